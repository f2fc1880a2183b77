// download: what is wanted is asked for, kept when its bytes are the right ones, and
// asked for again when they are not there yet.

#include "nodes/attachments/download.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static store_t *store;
static download_t *download;
static cause_t why;
static now_t now;
static char said[512];
static const char content[] = "The plan, in brief.\n";
enum { SIZE = sizeof content - 1 };
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

static bool fetch(void *context, const fetch_t *fetch)
{
    (void)context;
    assert_true(hash_equal(&fetch->digest, &digest));
    note("fetch %d; ", (int)fetch->offset);
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
    download_turn(download, now, true);
    assert_string_equal(said, wanted);
    said[0] = 0;
}

static void want(const char *text)
{
    char path[PATH_MAX];
    assert_int_equal(
        path_join(path, sizeof path, download_folder(download), name, &why), 0);
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
    download_hurry(download);
}

static bool there(const char *folder, const char *ending)
{
    char file[256];
    (void)snprintf(file, sizeof file, "%s/%s%s", folder, name, ending);
    return access(scratch_at(&scratch, file), F_OK) == 0;
}

static void open_well(void)
{
    static const download_events_t events = {.fetch = fetch, .told = told};
    static const log_vkey_t vkey;
    store = store_open(&(store_options_t){scratch.path, "me", &vkey}, &why);
    download = store ? download_open(scratch.path, store, &events, &why) : NULL;
    if (!download)
        fail_msg("%s", why.text);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    sha256(span_text(content), &digest);
    hex_encode(digest.bytes, sizeof digest.bytes, name);
    now = (now_t){.monotonic_ms = 1000000};
    said[0] = 0;
    open_well();
    expect("");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    download_close(&download);
    store_close(&store);
    scratch_close(&scratch);
    return 0;
}

static void send_piece(const char *data, uint64_t offset, size_t size)
{
    piece_t piece = {digest, SIZE, offset, span_of(data + offset, size)};
    download_piece(download, &piece);
}

static void refused(const char *code, bool retry)
{
    refusal_t refusal = {0};
    (void)refuse(&refusal, code, "", "", "no");
    refusal.retry = retry;
    download_refused(download, &digest, &refusal);
}

static void pieces_become_the_file(void **state)
{
    (void)state;
    buf_t file = {0};
    char path[PATH_MAX];
    want("20\n");
    expect("fetch 0; ");
    expect("");
    send_piece(content, 0, 12);
    expect("begun 0; fetch 12; ");
    send_piece(content, 12, 8);
    expect("done 20; ");
    (void)snprintf(path, sizeof path, "%s/attachments/whole/%s", scratch.path, name);
    assert_int_equal(file_read(path, SIZE, &file, &why), 0);
    assert_true(span_is(buf_span(&file), content));
    assert_false(there("attachments/wanted", ""));
    want("20\n"); // once more: it is there
    expect("done 20; ");
    buf_destroy(&file);
}

static void it_goes_on_after_a_restart(void **state)
{
    (void)state;
    want("20\n");
    expect("fetch 0; ");
    send_piece(content, 0, 12);
    download_restart(download); // a new session of the same process
    expect("begun 0; fetch 12; ");
    send_piece(content, 12, 1);
    expect("begun 12; fetch 13; ");
    download_close(&download);
    store_close(&store);
    open_well();
    expect("fetch 0; "); // the last MiB was not flushed
}

static void what_is_not_there_yet_is_asked_for_later(void **state)
{
    (void)state;
    want("20\n");
    expect("fetch 0; ");
    refused("attachment.absent", true);
    expect("later 0; ");
    assert_true(there("attachments/wanted", ""));
    now.monotonic_ms = download_due_ms(download);
    expect("fetch 0; ");
}

static void what_nobody_wants_any_more_is_not_waited_for(void **state)
{
    (void)state;
    char path[128];
    want("20\n");
    expect("fetch 0; ");
    refused("attachment.absent", true);
    expect("later 0; ");
    (void)snprintf(path, sizeof path, "attachments/wanted/%s", name);
    assert_int_equal(unlink(scratch_at(&scratch, path)), 0);
    now.monotonic_ms = download_due_ms(download);
    expect("");
    assert_int_equal(download_due_ms(download), INT64_MAX);
}

static void what_is_not_ours_is_refused(void **state)
{
    (void)state;
    want("20\n");
    expect("fetch 0; ");
    refused("attachment.unknown", false);
    expect("refused 0; ");
    assert_false(there("attachments/wanted", ""));
    assert_true(there("refused", ".reason.json"));
}

static void other_bytes_are_not_kept(void **state)
{
    (void)state;
    static const char other[] = "The plan, in grief.\n";
    want("20\n");
    expect("fetch 0; ");
    send_piece(other, 0, SIZE);
    expect("begun 0; later 20; ");
    assert_false(there("attachments/whole", ""));
    expect(""); // not at once
    now.monotonic_ms = download_due_ms(download);
    expect("fetch 0; ");
    send_piece(content, 0, SIZE);
    expect("begun 0; done 20; ");
}

static void what_is_no_request_is_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "20", "many\n", "20\n20\n", "-1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        want(texts[i]);
        expect("");
    }
    assert_int_equal(download_due_ms(download), INT64_MAX);
}

// A folder that cannot be read is looked at again, but not without a pause.
static void an_unreadable_folder_is_waited_for(void **state)
{
    (void)state;
    char moved[PATH_MAX];
    const char *folder = download_folder(download);
    (void)snprintf(moved, sizeof moved, "%s.away", folder);
    want("20\n");
    assert_int_equal(rename(folder, moved), 0);
    expect("");
    assert_true(download_due_ms(download) > now.monotonic_ms);
    assert_int_equal(rename(moved, folder), 0);
    now.monotonic_ms = download_due_ms(download);
    expect("fetch 0; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_become_the_file),
        TEST(it_goes_on_after_a_restart),
        TEST(what_is_not_there_yet_is_asked_for_later),
        TEST(what_nobody_wants_any_more_is_not_waited_for),
        TEST(what_is_not_ours_is_refused),
        TEST(other_bytes_are_not_kept),
        TEST(what_is_no_request_is_left_alone),
        TEST(an_unreadable_folder_is_waited_for),
    };
    return test_group(tests, NULL, NULL);
}
