// attach: what the node keeps is what was hashed, and the message names just that.

#include "nodes/attachments/attach.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;
static const char content[] = "The plan, in brief.\n";

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return file_replace(scratch_at(&scratch, "plan.pdf"), span_text(content), 0644, &why);
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static size_t entries(const char *folder)
{
    names_t names;
    if (names_list(&names, scratch_at(&scratch, folder), "", &why) != 0)
        return 0;
    size_t n = names.n;
    names_free(&names);
    return n;
}

static void a_copy_is_kept_under_its_digest(void **state)
{
    (void)state;
    attachment_t attachment;
    hash_t digest;
    buf_t copy = {0};
    char name[HASH_HEX], path[PATH_MAX];
    sha256(span_text(content), &digest);
    assert_int_equal(attach_keep(scratch.path, scratch_at(&scratch, "plan.pdf"), NULL,
                         &attachment, &why),
        0);
    assert_true(hash_equal(&attachment.digest, &digest));
    assert_int_equal(attachment.size, sizeof content - 1);
    hex_encode(digest.bytes, sizeof digest.bytes, name);
    assert_int_equal(path_join(path, sizeof path,
                         scratch_at(&scratch, "attachments/outbox"), name, &why),
        0);
    assert_int_equal(file_read_private(path, 100, &copy, &why), 0);
    assert_true(span_is(buf_span(&copy), content));
    buf_destroy(&copy);
    attach_forget(scratch.path, &attachment);
    assert_int_equal(entries("attachments/outbox"), 0);
}

// Then another message waits for it, and its author must not take it away.
static void it_is_said_when_it_was_there_before(void **state)
{
    (void)state;
    attachment_t attachment;
    const char *path = scratch_at(&scratch, "plan.pdf");
    assert_int_equal(attach_keep(scratch.path, path, NULL, &attachment, &why), 0);
    assert_int_equal(attach_keep(scratch.path, path, NULL, &attachment, &why), 1);
    assert_int_equal(entries("attachments/outbox"), 1);
}

static void what_is_ours_is_moved(void **state)
{
    (void)state;
    attachment_t attachment = {.size = sizeof content - 1};
    const char *path = scratch_at(&scratch, "upload");
    char name[HASH_HEX + 32];
    sha256(span_text(content), &attachment.digest);
    (void)snprintf(name, sizeof name, "attachments/outbox/");
    hex_encode(attachment.digest.bytes, sizeof(hash_t), name + strlen(name));
    for (int before = 0; before < 2; before++) {
        assert_int_equal(file_replace(path, span_text(content), 0600, &why), 0);
        assert_int_equal(attach_take(scratch.path, path, &attachment, &why), before);
        assert_int_not_equal(access(path, F_OK), 0);
        assert_int_equal(access(scratch_at(&scratch, name), R_OK), 0);
    }
    assert_int_equal(attach_take(scratch.path, path, &attachment, &why), -1);
    assert_int_equal(symlink("plan.pdf", path), 0);
    assert_int_equal(attach_take(scratch.path, path, &attachment, &why), -1);
    assert_int_equal(entries("attachments/outbox"), 1);
}

static void what_is_no_file_leaves_nothing(void **state)
{
    (void)state;
    attachment_t attachment;
    static const char *const bad[] = {"none", "attachments", "."};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(attach_keep(scratch.path, scratch_at(&scratch, bad[i]), NULL,
                             &attachment, &why),
            -1);
        assert_non_null(strstr(why.text, bad[i]));
    }
    assert_int_equal(entries("attachments/outbox"), 0);
}

// What the document is after the file was named in it.
static void check_named(const char *before, const char *expected)
{
    attachment_t attachment = {.size = 20};
    json_t *document = json_loads(before, 0, NULL);
    assert_non_null(document);
    memset(attachment.digest.bytes, 0xab, sizeof attachment.digest.bytes);
    int result = attach_name(document, "folder/plan.pdf", &attachment, &why);
    char *after = json_dumps(document, JSON_COMPACT);
    if (expected)
        assert_string_equal(after, expected);
    assert_int_equal(result, expected ? 0 : -1);
    free(after);
    json_decref(document);
}

#define HEX "abababababababababababababababababababababababababababababababab"
#define NAMED(name) "{\"name\":\"" name "\",\"size\":20,\"sha256\":\"" HEX "\"}"

static void the_message_names_it_where_it_belongs(void **state)
{
    (void)state;
    check_named("{\"kind\":\"plan.submission\",\"body\":{}}",
        "{\"kind\":\"plan.submission\",\"body\":{\"file\":" NAMED("plan.pdf") "}}");
    check_named("{\"kind\":\"trace.manifest\",\"body\":{\"traces\":[{\"file\":1}]}}",
        "{\"kind\":\"trace.manifest\",\"body\":{\"traces\":[{\"file\":1},{"
        "\"file\":" NAMED("plan.pdf") "}]}}");
    check_named("{\"kind\":\"trace.manifest\",\"body\":{}}",
        "{\"kind\":\"trace.manifest\",\"body\":{\"traces\":[{\"file\":" NAMED(
            "plan.pdf") "}]}}");
    // an object with its name, and what it was before
    check_named("{\"kind\":\"other\",\"body\":{\"a\":[{\"name\":\"plan.pdf\"}]}}",
        "{\"kind\":\"other\",\"body\":{\"a\":[" NAMED("plan.pdf") "]}}");
    check_named("{\"kind\":\"other\",\"body\":{\"a\":{\"name\":\"plan.pdf\",\"size\":1,"
                "\"sha256\":\"00\"}}}",
        "{\"kind\":\"other\",\"body\":{\"a\":" NAMED("plan.pdf") "}}");
    // its digest stands there already, under another name
    check_named("{\"kind\":\"other\",\"body\":{\"a\":" NAMED("original") "}}",
        "{\"kind\":\"other\",\"body\":{\"a\":" NAMED("original") "}}");
}

static void where_it_belongs_must_be_known(void **state)
{
    (void)state;
    check_named("{\"kind\":\"other\",\"body\":{}}", NULL);
    assert_non_null(strstr(why.text, "{\"name\": \"plan.pdf\"}"));
    check_named("{\"kind\":\"other\",\"body\":{\"name\":\"plan.pdf\",\"more\":1}}", NULL);
    check_named("{\"kind\":\"other\",\"body\":{\"name\":\"another.pdf\"}}", NULL);
    check_named("{\"kind\":\"plan.submission\"}", NULL);
    check_named("{\"kind\":\"plan.submission\",\"body\":[]}", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_kept_under_its_digest),
        TEST(it_is_said_when_it_was_there_before),
        TEST(what_is_ours_is_moved),
        TEST(what_is_no_file_leaves_nothing),
        TEST(the_message_names_it_where_it_belongs),
        TEST(where_it_belongs_must_be_known),
    };
    return test_group(tests, NULL, NULL);
}
