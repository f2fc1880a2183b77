// upload: what lies in the folder goes to the hub as the hub says, and leaves the folder
// when it is handed in or never can be.

#include "nodes/attachments/upload.h"

#include "lib/base/file.h"
#include "lib/message/attachment.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static store_t *store;
static upload_t *upload;
static cause_t why;
static now_t now;
static char said[512]; // what was sent and told, since it was looked at last
static bool deaf;      // nothing can be sent
static bool zeros;     // the file goes on behind its content
static const char content[] = "The plan, in brief.\n";
static hash_t digest;
static char name[HASH_HEX];

static void __attribute__((format(printf, 1, 2))) note(const char *format, ...)
{
    size_t used = strlen(said);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(said + used, sizeof said - used, format, args);
    va_end(args);
}

static bool give(void *context, const give_t *give)
{
    (void)context;
    if (deaf)
        return false;
    assert_true(hash_equal(&give->digest, &digest));
    note("give %d; ", (int)give->size);
    return true;
}

static bool piece(void *context, const piece_t *piece)
{
    (void)context;
    if (deaf)
        return false;
    if (!zeros)
        assert_memory_equal(piece->data.data, content + piece->offset, piece->data.size);
    note("piece %d+%d of %d; ", (int)piece->offset, (int)piece->data.size,
        (int)piece->size);
    return true;
}

static void told(void *context, transfer_event_t event, const hash_t *about,
    uint64_t offset, const char *text)
{
    static const char *const names[] = {"begun", "done", "later", "refused"};
    (void)context;
    (void)text;
    assert_true(hash_equal(about, &digest));
    note("%s %d; ", names[event], (int)offset);
}

static void expect(const char *wanted)
{
    upload_turn(upload, now, true);
    assert_string_equal(said, wanted);
    said[0] = 0;
}

static void put_file(void)
{
    char path[PATH_MAX];
    assert_int_equal(path_join(path, sizeof path, upload_folder(upload), name, &why), 0);
    assert_int_equal(file_replace(path, span_text(content), 0600, &why), 0);
    upload_hurry(upload);
}

static bool there(const char *folder, const char *ending)
{
    char file[256];
    (void)snprintf(file, sizeof file, "%s/%s%s", folder, name, ending);
    return access(scratch_at(&scratch, file), F_OK) == 0;
}

static int set_up(void **state)
{
    static const upload_events_t events = {.give = give, .piece = piece, .told = told};
    (void)state;
    scratch_open(&scratch);
    sha256(span_text(content), &digest);
    hex_encode(digest.bytes, sizeof digest.bytes, name);
    now = (now_t){.monotonic_ms = 1000000};
    said[0] = 0;
    deaf = zeros = false;
    static const log_vkey_t vkey;
    store = store_open(&(store_options_t){scratch.path, "me", &vkey}, &why);
    upload = store ? upload_open(scratch.path, store, &events, &why) : NULL;
    if (!upload)
        fail_msg("%s", why.text);
    expect(""); // an empty folder
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    upload_close(&upload);
    store_close(&store);
    scratch_close(&scratch);
    return 0;
}

static void held(uint64_t offset)
{
    upload_held(upload, &(held_t){digest, sizeof content - 1, offset, 8});
}

static void receipt(void)
{
    attachment_t attachment = {.digest = digest, .size = sizeof content - 1};
    leaf_t leaf = {.position = 7};
    buf_t text = {0};
    attachment_print(&attachment, &text);
    link_receipt_t receipt = {
        .leaf = &leaf, .leaf_bytes = span_text("leaf\n"), .told = buf_span(&text)};
    upload_receipt(upload, &receipt, span_text("note\n"));
    buf_destroy(&text);
}

static void refused(const char *code, bool retry)
{
    refusal_t refusal = {0};
    (void)refuse(&refusal, code, "", "", "no");
    refusal.retry = retry;
    upload_refused(upload, &digest, &refusal);
}

static void a_file_goes_piece_by_piece(void **state)
{
    (void)state;
    put_file();
    expect("give 20; ");
    expect(""); // one answer at a time
    held(0);
    expect("begun 0; piece 0+8 of 20; ");
    held(8);
    expect("piece 8+8 of 20; ");
    held(16);
    expect("piece 16+4 of 20; ");
    receipt();
    expect("done 20; ");
    assert_false(there("attachments/outbox", ""));
    assert_true(there("attachments/sent", ".attachment"));
    assert_true(there("attachments/sent", ".tlog-proof"));
    assert_int_equal(upload_due_ms(upload), INT64_MAX);
}

// What lies elsewhere is not handed in by a link that somebody put here.
static void a_link_is_no_file(void **state)
{
    (void)state;
    char path[PATH_MAX];
    const char *elsewhere = scratch_at(&scratch, "elsewhere");
    assert_int_equal(file_replace(elsewhere, span_text(content), 0600, &why), 0);
    assert_int_equal(path_join(path, sizeof path, upload_folder(upload), name, &why), 0);
    assert_int_equal(symlink(elsewhere, path), 0);
    upload_hurry(upload);
    expect("");
}

static void a_new_session_asks_where_to_go_on(void **state)
{
    (void)state;
    put_file();
    expect("give 20; ");
    held(0);
    expect("begun 0; piece 0+8 of 20; ");
    upload_restart(upload);
    held(8); // of the session before
    expect("give 20; ");
    held(8);
    expect("begun 8; piece 8+8 of 20; ");
}

static void messages_go_first(void **state)
{
    (void)state;
    put_file();
    upload_turn(upload, now, false);
    assert_string_equal(said, "");
    assert_int_equal(upload_due_ms(upload), INT64_MAX); // and nobody turns in circles
    expect("give 20; ");
    held(0);
    upload_turn(upload, now, false);
    assert_string_equal(said, "begun 0; ");
    said[0] = 0;
    expect("piece 0+8 of 20; ");
}

static void what_cannot_go_now_is_tried_again(void **state)
{
    (void)state;
    put_file();
    expect("give 20; ");
    refused("attachment.unknown", false);
    expect("later 0; ");
    assert_true(upload_due_ms(upload) > now.monotonic_ms);
    now.monotonic_ms = upload_due_ms(upload);
    expect("give 20; ");
    refused("disk.full", true);
    expect("");           // told once
    upload_hurry(upload); // a message was accepted
    expect("give 20; ");
    assert_true(there("attachments/outbox", ""));
    upload_restart(upload);
    deaf = true;
    expect("");
    deaf = false;
    expect("give 20; ");
}

static void what_never_can_is_refused(void **state)
{
    (void)state;
    put_file();
    expect("give 20; ");
    refused("attachment.size", false);
    expect("refused 0; ");
    assert_false(there("attachments/outbox", ""));
    assert_true(there("refused", ".reason.json"));
}

// Whoever reads the reason puts the right file there at once, perhaps before the wrong
// one is taken away.
static void what_took_its_place_goes_next(void **state)
{
    (void)state;
    for (int good = 0; good < 2; good++) {
        put_file();
        expect("give 20; ");
        held(0);
        said[0] = 0;
        put_file(); // another file of this name
        if (good)
            receipt();
        else
            refused("attachment.digest", false);
        assert_true(there("attachments/outbox", ""));
        said[0] = 0;
        expect("give 20; ");
        refused("attachment.digest", false);
        assert_false(there("attachments/outbox", ""));
        said[0] = 0;
    }
}

static void what_was_taken_back_is_not_waited_for(void **state)
{
    (void)state;
    char path[128];
    put_file();
    expect("give 20; ");
    refused("attachment.unknown", false);
    expect("later 0; ");
    (void)snprintf(path, sizeof path, "attachments/outbox/%s", name);
    assert_int_equal(unlink(scratch_at(&scratch, path)), 0);
    now.monotonic_ms = upload_due_ms(upload);
    expect("");
    assert_int_equal(upload_due_ms(upload), INT64_MAX); // and nobody turns in circles
}

static void no_piece_is_as_large_as_the_hub_likes(void **state)
{
    (void)state;
    char path[128];
    enum { LARGE = (1 << 20) + 1 };
    put_file();
    (void)snprintf(path, sizeof path, "attachments/outbox/%s", name);
    assert_int_equal(truncate(scratch_at(&scratch, path), LARGE), 0);
    expect("give 1048577; ");
    upload_held(upload, &(held_t){digest, LARGE, sizeof content - 1, UINT32_MAX});
    zeros = true;
    expect("begun 20; piece 20+1048557 of 1048577; ");
    upload_held(upload, &(held_t){digest, LARGE, 0, UINT32_MAX});
    expect("piece 0+1048576 of 1048577; ");
}

static void answers_about_others_mean_nothing(void **state)
{
    (void)state;
    hash_t other = {{1}};
    put_file();
    expect("give 20; ");
    upload_held(upload, &(held_t){other, 20, 0, 8});
    upload_held(upload, &(held_t){digest, 21, 0, 8});
    upload_held(upload, &(held_t){digest, 20, 20, 8});
    refusal_t refusal = {.code = "attachment.size"};
    upload_refused(upload, &other, &refusal);
    expect("");
    assert_true(there("attachments/outbox", ""));
}

// A folder that cannot be read is looked at again, but not without a pause.
static void an_unreadable_folder_is_waited_for(void **state)
{
    (void)state;
    char moved[PATH_MAX];
    const char *folder = upload_folder(upload);
    (void)snprintf(moved, sizeof moved, "%s.away", folder);
    put_file();
    assert_int_equal(rename(folder, moved), 0);
    expect("");
    assert_true(upload_due_ms(upload) > now.monotonic_ms);
    assert_int_equal(rename(moved, folder), 0);
    now.monotonic_ms = upload_due_ms(upload);
    expect("give 20; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_goes_piece_by_piece),
        TEST(a_link_is_no_file),
        TEST(a_new_session_asks_where_to_go_on),
        TEST(messages_go_first),
        TEST(what_cannot_go_now_is_tried_again),
        TEST(what_never_can_is_refused),
        TEST(what_took_its_place_goes_next),
        TEST(what_was_taken_back_is_not_waited_for),
        TEST(no_piece_is_as_large_as_the_hub_likes),
        TEST(answers_about_others_mean_nothing),
        TEST(an_unreadable_folder_is_waited_for),
    };
    return test_group(tests, NULL, NULL);
}
