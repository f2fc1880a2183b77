// attachment: files are found by their shape, wherever the body has them, and the log's
// text has one form.

#include "lib/message/attachment.h"

#include "lib/message/document.h"
#include "tests/lib/test.h"

#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"
#define FILE_OF(name, size)                                                              \
    "{\"name\":\"" name "\",\"size\":" size ",\"sha256\":\"" DIGEST "\"}"

static void note(void *context, const attachment_t *attachment)
{
    assert_int_equal(attachment->digest.bytes[0], 0x23);
    assert_int_equal(attachment->digest.bytes[31], 0x79);
    buf_printf(
        context, "%s %llu\n", attachment->name, (unsigned long long)attachment->size);
}

static void assert_files(const char *text, const char *wanted)
{
    static const document_limits_t limits = {1 << 20, 64};
    refusal_t refusal;
    value_t *root;
    buf_t found = {0};
    assert_int_equal(document_load(span_text(text), &limits, &root, &refusal), 0);
    attachments_each(root, note, &found);
    assert_string_equal(buf_text(&found), wanted);
    value_free(&root);
    buf_destroy(&found);
}

static void files_are_found_by_their_shape(void **state)
{
    (void)state;
    assert_files(
        "{\"body\":{\"file\":" FILE_OF("plan.pdf", "481203") "}}", "plan.pdf 481203\n");
    assert_files("{\"body\":{\"traces\":[{\"type\":\"log\",\"file\":" FILE_OF(
                     "a", "1") "},{\"file\":" FILE_OF("b",
                     "9007199254740991") "}],\"last\":" FILE_OF("c", "0") "}}",
        "a 1\nb 9007199254740991\nc 0\n");
    assert_files("{\"body\":" FILE_OF("whole", "7") "}", "whole 7\n");
    // the same one twice is named twice
    assert_files(
        "{\"body\":[" FILE_OF("a", "1") "," FILE_OF("a", "1") "]}", "a 1\na 1\n");
}

static void nothing_else_is_a_file(void **state)
{
    (void)state;
    static const char *const others[] = {"{}", "{\"body\":[]}",
        "{\"body\":\"" DIGEST "\"}", "{\"file\":" FILE_OF("outside", "1") ",\"body\":{}}",
        "{\"body\":{\"file\":{\"name\":\"a\",\"size\":1}}}",
        "{\"body\":{\"name\":\"a\",\"size\":-1,\"sha256\":\"" DIGEST "\"}}",
        "{\"body\":{\"name\":\"a\",\"size\":1.5,\"sha256\":\"" DIGEST "\"}}",
        "{\"body\":{\"name\":\"a\",\"size\":\"1\",\"sha256\":\"" DIGEST "\"}}",
        "{\"body\":{\"name\":1,\"size\":1,\"sha256\":\"" DIGEST "\"}}",
        "{\"body\":{\"name\":\"a\",\"size\":1,\"sha256\":\"" DIGEST "00\"}}",
        "{\"body\":{\"name\":\"a\",\"size\":1,\"sha256\":\"\"}}",
        "{\"body\":{\"name\":\"a\",\"size\":1,\"sha256\":\"" DIGEST "\",\"more\":1}}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_files(others[i], "");
}

static void the_text_has_one_form(void **state)
{
    (void)state;
    static const char text[] = "dabyl-attachment/v1\ndigest " DIGEST "\nsize 481203\n";
    static const char *const bad[] = {"", "dabyl-attachment/v1\n",
        "dabyl-attachment/v2\ndigest " DIGEST "\nsize 1\n",
        "dabyl-attachment/v1\ndigest " DIGEST "\nsize 01\n",
        "dabyl-attachment/v1\ndigest " DIGEST "\nsize 1",
        "dabyl-attachment/v1\ndigest " DIGEST "\nsize 1\n\n",
        "dabyl-attachment/v1\nsize 1\ndigest " DIGEST "\n"};
    attachment_t attachment;
    cause_t why;
    buf_t again = {0};
    assert_int_equal(attachment_parse(&attachment, span_text(text), &why), 0);
    assert_int_equal(attachment.size, 481203);
    attachment_print(&attachment, &again);
    assert_string_equal(buf_text(&again), text);
    buf_destroy(&again);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(attachment_parse(&attachment, span_text(bad[i]), &why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_found_by_their_shape),
        cmocka_unit_test(nothing_else_is_a_file),
        cmocka_unit_test(the_text_has_one_form),
    };
    return test_group(tests, NULL, NULL);
}
