// depot: what comes in piece by piece is kept whole or not at all, whoever else sends the
// same, and whatever was interrupted.

#include "lib/blob/depot.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <fcntl.h>

enum { SIZE = 2500000, PIECE = 65536, COST_MIN = 16384 };

static scratch_t scratch;
static cause_t why;
static uint8_t bytes[SIZE];
static depot_t *depot;
static depot_no_t no;
static depot_options_t options;

static void open_well(void)
{
    options.folder = scratch.path;
    depot = depot_open(&options, &why);
    if (!depot)
        fail_msg("%s", why.text);
}

static void open_again(void)
{
    depot_close(&depot);
    open_well();
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    options = (depot_options_t){.total_bytes = UINT64_C(1) << 40, .keep_ms = 3600 * 1000};
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 11);
    open_well();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    depot_close(&depot);
    scratch_close(&scratch);
    return 0;
}

static depot_key_t key_of(const char *node, uint64_t size)
{
    depot_key_t key = {.size = size};
    sha256(span_of(bytes, (size_t)size), &key.digest);
    (void)snprintf(key.node, sizeof key.node, "%s", node);
    return key;
}

static uint64_t held(const depot_key_t *key)
{
    uint64_t offset = 0;
    depot_result_t result = depot_give(depot, key, &offset, &no);
    if (result != DEPOT_HELD)
        fail_msg("%d, not held: %s", (int)result, no.refusal.text);
    return offset;
}

// Pieces of `data` from an offset to an end.
static depot_result_t write_from(
    const depot_key_t *key, const uint8_t *data, uint64_t offset, uint64_t end)
{
    depot_result_t result = DEPOT_HELD;
    while (result == DEPOT_HELD && offset < end) {
        size_t size = end - offset < PIECE ? (size_t)(end - offset) : PIECE;
        result =
            depot_write(depot, key, offset, span_of(data + offset, size), &offset, &no);
    }
    return result;
}

static depot_result_t check(depot_key_t *key)
{
    depot_result_t result = DEPOT_CHECKING;
    for (int i = 0; i < 100 && result == DEPOT_CHECKING; i++)
        if (!depot_check(depot, &result, key, &no))
            fail_msg("there is nothing to hash");
    return result;
}

static bool there(const char *name)
{
    return access(scratch_at(&scratch, name), F_OK) == 0;
}

static size_t files(const char *folder)
{
    names_t names;
    assert_int_equal(names_list(&names, scratch_at(&scratch, folder), "", &why), 0);
    size_t n = names.n;
    names_free(&names);
    return n;
}

static void send_whole(const char *node, uint64_t size)
{
    depot_key_t found, key = key_of(node, size);
    depot_result_t result = write_from(&key, bytes, held(&key), size);
    assert_int_equal(result, DEPOT_CHECKING);
    assert_int_equal(check(&found), DEPOT_WHOLE);
    assert_string_equal(found.node, node);
}

static void check_kept(uint64_t size)
{
    buf_t file = {0};
    char path[PATH_MAX];
    depot_key_t key = key_of("anybody", size);
    assert_true(depot_path(depot, &key.digest, path, sizeof path));
    assert_int_equal(file_read(path, SIZE, &file, &why), 0);
    assert_true(span_equal(buf_span(&file), span_of(bytes, (size_t)size)));
    buf_destroy(&file);
}

static void pieces_become_whole(void **state)
{
    (void)state;
    depot_key_t key = key_of("owner", SIZE);
    assert_int_equal(held(&key), 0);
    send_whole("owner", SIZE);
    check_kept(SIZE);
    assert_int_equal(files("coming"), 1); // until the log has it
    depot_settle(depot, &key);
    assert_int_equal(files("coming"), 0);
    check_kept(SIZE);
    assert_false(depot_checks(depot));
}

static void it_goes_on_where_it_was(void **state)
{
    (void)state;
    depot_key_t found, key = key_of("owner", SIZE);
    assert_int_equal(write_from(&key, bytes, 0, SIZE / 2), DEPOT_HELD);
    assert_int_equal(held(&key), SIZE / 2); // the process is the same
    open_again();
    uint64_t offset = held(&key);
    assert_true(offset > 0 && offset <= SIZE / 2);
    // a piece for another place writes nothing, and says where to go on
    assert_int_equal(
        depot_write(depot, &key, offset + 1, span_of(bytes, 9), &offset, &no),
        DEPOT_HELD);
    assert_int_equal(offset, held(&key));
    assert_int_equal(write_from(&key, bytes, offset, SIZE), DEPOT_CHECKING);
    assert_int_equal(check(&found), DEPOT_WHOLE);
    check_kept(SIZE);
}

static void wrong_bytes_are_dropped_and_can_come_again(void **state)
{
    (void)state;
    static uint8_t other[SIZE];
    depot_key_t found, key = key_of("owner", SIZE);
    memcpy(other, bytes, SIZE);
    other[SIZE - 1] ^= 1;
    assert_int_equal(write_from(&key, other, 0, SIZE), DEPOT_CHECKING);
    assert_int_equal(check(&found), DEPOT_REFUSED);
    assert_string_equal(no.refusal.code, "attachment.digest");
    assert_false(no.refusal.retry);
    assert_int_equal(files("coming") + files("whole"), 0);
    send_whole("owner", SIZE);
    check_kept(SIZE);
}

static void nobody_spoils_another(void **state)
{
    (void)state;
    static uint8_t other[SIZE];
    depot_key_t key = key_of("owner", SIZE), foe = key_of("foe", SIZE), found;
    assert_int_equal(write_from(&key, bytes, 0, SIZE / 2), DEPOT_HELD);
    assert_int_equal(held(&foe), 0);
    assert_int_equal(write_from(&foe, other, 0, SIZE), DEPOT_CHECKING);
    assert_int_equal(check(&found), DEPOT_REFUSED);
    assert_string_equal(found.node, "foe");
    assert_int_equal(write_from(&key, bytes, held(&key), SIZE), DEPOT_CHECKING);
    assert_int_equal(check(&found), DEPOT_WHOLE);
    depot_settle(depot, &key);
    // a second sender of the same is a copy too many once its entry is there
    send_whole("foe", SIZE);
    depot_settle(depot, &foe);
    assert_int_equal(files("coming"), 0);
    assert_int_equal(files("whole"), 1);
    check_kept(SIZE);
}

// Killed between hashing and the log's entry.
static void what_was_found_whole_stays_so(void **state)
{
    (void)state;
    depot_key_t key = key_of("owner", SIZE);
    uint64_t offset;
    send_whole("owner", SIZE);
    open_again();
    assert_int_equal(depot_give(depot, &key, &offset, &no), DEPOT_WHOLE);
    assert_int_equal(
        depot_write(depot, &key, 0, span_of(bytes, 1), &offset, &no), DEPOT_WHOLE);
    check_kept(SIZE);
    depot_settle(depot, &key);
    check_kept(SIZE);
}

static void an_empty_file_is_one(void **state)
{
    (void)state;
    depot_key_t found, key = key_of("owner", 0);
    uint64_t offset;
    buf_t out = {0};
    uint64_t size = 1;
    assert_int_equal(depot_give(depot, &key, &offset, &no), DEPOT_CHECKING);
    assert_int_equal(check(&found), DEPOT_WHOLE);
    assert_int_equal(depot_read(depot, &key.digest, 0, PIECE, &out, &size, &no), 0);
    assert_int_equal(out.size + size, 0);
    buf_destroy(&out);
}

static void it_is_read_in_pieces(void **state)
{
    (void)state;
    buf_t out = {0}, all = {0};
    uint64_t size = 0;
    depot_key_t key = key_of("owner", SIZE);
    assert_int_equal(depot_read(depot, &key.digest, 0, PIECE, &out, &size, &no), -1);
    assert_string_equal(no.refusal.code, "attachment.absent");
    send_whole("owner", SIZE);
    while (all.size < SIZE) {
        assert_int_equal(
            depot_read(depot, &key.digest, all.size, PIECE, &out, &size, &no), 0);
        assert_true(out.size > 0 && out.size <= PIECE && size == SIZE);
        buf_put_span(&all, buf_span(&out));
    }
    assert_true(span_equal(buf_span(&all), span_of(bytes, SIZE)));
    assert_int_equal(depot_read(depot, &key.digest, SIZE, PIECE, &out, &size, &no), -1);
    assert_int_equal(
        depot_read(depot, &key.digest, UINT64_MAX, PIECE, &out, &size, &no), -1);
    buf_destroy(&out);
    buf_destroy(&all);
}

static void limits_hold(void **state)
{
    (void)state;
    uint64_t offset;
    depot_key_t small = key_of("owner", 1000), key = key_of("owner", SIZE);
    options.total_bytes = SIZE + COST_MIN - 1;
    open_again();
    send_whole("owner", SIZE);
    assert_int_equal(depot_give(depot, &small, &offset, &no), DEPOT_REFUSED);
    assert_string_equal(no.refusal.code, "disk.full");
    assert_string_equal(no.refusal.by, "attachments.total_bytes");
    assert_true(no.refusal.retry && no.trouble.text[0] == 0);
    open_again(); // counted again, and one with two names once
    assert_int_equal(depot_give(depot, &small, &offset, &no), DEPOT_REFUSED);
    depot_settle(depot, &key);
    options.total_bytes = SIZE + COST_MIN;
    open_again();
    send_whole("owner", 1000);
    options.total_bytes *= 2;
    options.reserve_bytes = UINT64_C(1) << 60;
    open_again();
    key = key_of("owner", 10);
    assert_int_equal(depot_give(depot, &key, &offset, &no), DEPOT_REFUSED);
    assert_string_equal(no.refusal.by, "attachments.reserve_bytes");
}

static void what_rests_too_long_is_dropped(void **state)
{
    (void)state;
    static const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    depot_key_t key = key_of("owner", SIZE);
    assert_int_equal(write_from(&key, bytes, 0, SIZE / 2), DEPOT_HELD);
    open_again();
    assert_int_equal(files("coming"), 1);
    names_t names;
    assert_int_equal(names_list(&names, scratch_at(&scratch, "coming"), "", &why), 0);
    char path[PATH_MAX];
    assert_int_equal(
        path_join(path, sizeof path, scratch_at(&scratch, "coming"), names.name[0], &why),
        0);
    names_free(&names);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    open_again();
    assert_int_equal(files("coming"), 0);
    assert_true(there("whole"));
}

// Beginning is cheap: who begins many takes no other's place, and not all of the disk's
// names.
static void many_beginnings_are_their_senders_loss(void **state)
{
    (void)state;
    uint64_t offset;
    depot_key_t key = key_of("owner", SIZE);
    assert_int_equal(write_from(&key, bytes, 0, 3 * PIECE), DEPOT_HELD);
    options.total_bytes = 100 * COST_MIN;
    for (uint64_t i = 1; i <= 100; i++) {
        depot_key_t foe = key_of("foe", i);
        assert_int_equal(depot_give(depot, &foe, &offset, &no), DEPOT_HELD);
    }
    assert_int_equal(held(&key), 3 * PIECE);
    open_again();
    for (uint64_t i = 101; i <= 300; i++) {
        depot_key_t foe = key_of("foe", i);
        assert_int_equal(
            depot_write(depot, &foe, 1, span_of(bytes, 1), &offset, &no), DEPOT_REFUSED);
    }
    assert_string_equal(no.refusal.by, "attachments.total_bytes");
    assert_int_equal(files("coming"), 101);
}

static void refused_by(const depot_key_t *key, const char *by)
{
    uint64_t offset;
    assert_int_equal(depot_give(depot, key, &offset, &no), DEPOT_REFUSED);
    assert_string_equal(no.refusal.code, "disk.full");
    assert_string_equal(no.refusal.by, by);
    assert_true(no.refusal.retry);
}

// A sender's share is of what comes and what is kept, over restarts too; what an operator
// takes away counts no more.  Nobody else has less for it.
static void a_sender_has_a_share_of_the_room(void **state)
{
    (void)state;
    enum { FILES = 10 };
    depot_key_t more = key_of("foe", FILES + 1), large = key_of("owner", SIZE);
    options.share_bytes = FILES * COST_MIN;
    open_again();
    for (uint64_t i = 1; i <= FILES; i++) {
        depot_key_t key = key_of("foe", i);
        if (i % 2)
            (void)held(&key); // begun only
        else
            send_whole("foe", i);
        if (i % 4)
            depot_settle(depot, &key);
        refused_by(&large, "attachments.node_bytes"); // it is too large for any
        if (i % 2 && i % 4)
            (void)held(&key); // settling dropped it
    }
    for (int again = 0; again < 3; again++) {
        refused_by(&more, "attachments.node_bytes");
        depot_key_t other = key_of("owner", 100 + (uint64_t)again);
        (void)held(&other);
        if (again == 1)
            assert_int_equal(depot_sweep(depot, &why), 0);
        else
            open_again();
    }
    char path[PATH_MAX];
    depot_key_t old = key_of("foe", 2);
    depot_settle(depot, &old);
    assert_true(depot_path(depot, &old.digest, path, sizeof path));
    assert_int_equal(unlink(path), 0);
    size_t senders = files("senders");
    assert_int_equal(depot_sweep(depot, &why), 0);
    assert_int_equal(files("senders"), senders - 1);
    assert_int_equal(held(&more), 0);
}

// What two sent is the latter's, and once.
static void of_two_senders_the_last_has_it(void **state)
{
    (void)state;
    depot_key_t small = key_of("first", 10), again = key_of("second", 10);
    options.share_bytes = COST_MIN;
    open_again();
    send_whole("first", 5000);
    depot_key_t sent = key_of("first", 5000);
    depot_settle(depot, &sent);
    refused_by(&small, "attachments.node_bytes");
    send_whole("second", 5000);
    sent = key_of("second", 5000);
    depot_settle(depot, &sent);
    assert_int_equal(held(&small), 0);
    refused_by(&again, "attachments.node_bytes");
    open_again();
    refused_by(&again, "attachments.node_bytes");
    check_kept(5000);
}

static void a_second_name_does_not_make_it_whole(void **state)
{
    (void)state;
    names_t names;
    char path[PATH_MAX];
    struct stat backup;
    depot_key_t key = key_of("owner", SIZE);
    assert_int_equal(write_from(&key, bytes, 0, SIZE / 2), DEPOT_HELD);
    assert_int_equal(names_list(&names, scratch_at(&scratch, "coming"), "", &why), 0);
    assert_int_equal(
        path_join(path, sizeof path, scratch_at(&scratch, "coming"), names.name[0], &why),
        0);
    names_free(&names);
    assert_int_equal(link(path, scratch_at(&scratch, "backup")), 0);
    open_again();
    send_whole("owner", SIZE);
    depot_settle(depot, &key);
    check_kept(SIZE);
    assert_int_equal(stat(scratch_at(&scratch, "backup"), &backup), 0);
    assert_int_equal(backup.st_size, SIZE / 2);
}

static void odd_things_are_not_read(void **state)
{
    (void)state;
    char path[PATH_MAX], hex[HASH_HEX];
    buf_t out = {0};
    uint64_t size;
    for (uint64_t i = 1; i <= 3; i++) {
        depot_key_t key = key_of("owner", i);
        hex_encode(key.digest.bytes, sizeof key.digest.bytes, hex);
        (void)snprintf(path, sizeof path, "%s/%s", scratch_at(&scratch, "whole"), hex);
        assert_int_equal(i == 1   ? mkfifo(path, 0600)
                         : i == 2 ? mkdir(path, 0700)
                                  : symlink("/etc/passwd", path),
            0);
        assert_int_equal(depot_read(depot, &key.digest, 0, PIECE, &out, &size, &no), -1);
        assert_string_equal(no.refusal.code, "attachment.absent");
        assert_true(no.trouble.text[0] != 0);
    }
    open_again();
    buf_destroy(&out);
    send_whole("owner", 1); // takes the pipe's place
    check_kept(1);
}

// A disk or a person did it; who can, mends it.
static void what_is_damaged_is_replaced(void **state)
{
    (void)state;
    char path[PATH_MAX];
    depot_key_t key = key_of("owner", SIZE);
    send_whole("owner", SIZE);
    depot_settle(depot, &key);
    assert_true(depot_path(depot, &key.digest, path, sizeof path));
    assert_int_equal(truncate(path, SIZE / 3), 0);
    send_whole("other", SIZE);
    check_kept(SIZE);
    key = key_of("other", SIZE);
    depot_settle(depot, &key);
    check_kept(SIZE);
    assert_int_equal(files("coming"), 0);
    assert_int_equal(files("whole"), 1);
}

// Whole, coming in from others, and being hashed; and nothing else.
static void all_of_one_goes(void **state)
{
    (void)state;
    depot_key_t key = key_of("owner", SIZE), other = key_of("other", SIZE);
    depot_key_t stays = key_of("owner", PIECE);
    send_whole("owner", SIZE);
    depot_settle(depot, &key);
    send_whole("owner", PIECE);
    depot_settle(depot, &stays);
    assert_int_equal(write_from(&other, bytes, held(&other), PIECE), DEPOT_HELD);
    depot_key_t third = key_of("third", SIZE);
    assert_int_equal(write_from(&third, bytes, held(&third), SIZE), DEPOT_CHECKING);
    assert_int_equal(depot_erase(depot, &key.digest, &why), 1);
    assert_int_equal(files("coming"), 0);
    assert_int_equal(files("whole"), 1);
    assert_int_equal(files("senders"), 1);
    assert_int_equal(depot_used(depot), PIECE);
    assert_false(depot_checks(depot));
    assert_int_equal(held(&other), 0); // it begins anew
    assert_int_equal(depot_erase(depot, &key.digest, &why), 1);
    assert_int_equal(depot_erase(depot, &key.digest, &why), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_become_whole),
        TEST(it_goes_on_where_it_was),
        TEST(wrong_bytes_are_dropped_and_can_come_again),
        TEST(nobody_spoils_another),
        TEST(what_was_found_whole_stays_so),
        TEST(an_empty_file_is_one),
        TEST(it_is_read_in_pieces),
        TEST(limits_hold),
        TEST(what_rests_too_long_is_dropped),
        TEST(many_beginnings_are_their_senders_loss),
        TEST(a_sender_has_a_share_of_the_room),
        TEST(of_two_senders_the_last_has_it),
        TEST(a_second_name_does_not_make_it_whole),
        TEST(odd_things_are_not_read),
        TEST(what_is_damaged_is_replaced),
        TEST(all_of_one_goes),
    };
    return test_group(tests, NULL, NULL);
}
