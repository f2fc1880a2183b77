// standby_copy: bytes of segments come in pieces of any size; what is changed, or does
// not follow, is not written.

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/tlog/erasing.h"
#include "nodes/backup/standby_copy.h"
#include "tests/lib/batches.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sodium.h>
#include <string.h>

enum { BATCHES = 3 };

typedef struct {
    log_vkey_t vkey;
    uint8_t secret[64];
    buf_t segment; // header and batches
    buf_t note;    // of all of it
} log_t;

static void log_make(log_t *self)
{
    cause_t why;
    merkle_t tree = {0};
    uint8_t seed[32] = {1}, public_key[32];
    *self = (log_t){0};
    crypto_sign_seed_keypair(public_key, self->secret, seed);
    assert_int_equal(log_vkey_of(&self->vkey, "hub.test/log", public_key, &why), 0);
    segment_header_t header = {0};
    sha256(span_text("hub.test/log"), &header.origin);
    segment_header_put(&self->segment, &header);
    for (uint64_t i = 0; i < BATCHES; i++) {
        batch_mixed_t mixed;
        batch_mixed_open(&mixed, tree.size);
        batch_header_t batch = {.sequence = i, .first = tree.size};
        merkle_root(&tree, &batch.root_before);
        batch_write(&self->segment, &batch, mixed.entry, BATCH_MIXED);
        for (size_t j = 0; j < BATCH_MIXED; j++) {
            hash_t leaf;
            merkle_leaf(mixed.entry[j].leaf, &leaf);
            merkle_add(&tree, &leaf);
        }
        batch_mixed_close(&mixed);
    }
    checkpoint_t checkpoint = {.size = tree.size};
    merkle_root(&tree, &checkpoint.root);
    (void)snprintf(checkpoint.origin, sizeof checkpoint.origin, "hub.test/log");
    checkpoint_sign(&checkpoint, &self->vkey, self->secret, &self->note);
}

static void log_free(log_t *self)
{
    buf_destroy(&self->segment);
    buf_destroy(&self->note);
}

static int feed(standby_copy_t *copy, span_t bytes, size_t piece, cause_t *why)
{
    for (size_t at = 0; at < bytes.size; at += piece) {
        size_t size = bytes.size - at < piece ? bytes.size - at : piece;
        if (standby_copy_put(copy, span_of(bytes.data + at, size), false, why) != 0)
            return -1;
    }
    return 0;
}

static void test_pieces(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 64, 1000, 1 << 20};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        cause_t why;
        log_t log;
        scratch_t scratch;
        buf_t there = {0};
        scratch_open(&scratch);
        log_make(&log);
        standby_copy_t *copy = standby_copy_open(scratch.path, &log.vkey, &why);
        assert_non_null(copy);
        if (feed(copy, buf_span(&log.segment), pieces[i], &why) != 0)
            fail_msg("%s", why.text);
        assert_int_equal(standby_copy_kept(copy).offset, log.segment.size);
        assert_int_equal(standby_copy_sign(copy, buf_span(&log.note), true, &why), 0);
        standby_copy_close(&copy);
        assert_int_equal(
            file_read(scratch_at(&scratch, "journal/segments/00000000000000000000.seg"),
                1 << 20, &there, &why),
            0);
        assert_true(span_equal(buf_span(&there), buf_span(&log.segment)));
        copy = standby_copy_open(scratch.path, &log.vkey, &why);
        assert_non_null(copy);
        assert_int_equal(standby_copy_tree(copy)->size, BATCHES * BATCH_MIXED);
        assert_int_equal(standby_copy_checkpoint(copy)->size, BATCHES * BATCH_MIXED);
        standby_copy_close(&copy);
        buf_destroy(&there);
        log_free(&log);
        scratch_close(&scratch);
    }
}

// No flipped bit reaches the disk in a batch that counts: it is refused, or the log's own
// checkpoint is not of these entries.
static void test_changed(void **state)
{
    (void)state;
    cause_t why;
    log_t log;
    log_make(&log);
    for (size_t at = 0; at < log.segment.size; at += 13) {
        scratch_t scratch;
        scratch_open(&scratch);
        log.segment.data[at] ^= 4;
        standby_copy_t *copy = standby_copy_open(scratch.path, &log.vkey, &why);
        assert_non_null(copy);
        bool good = feed(copy, buf_span(&log.segment), 1 << 20, &why) == 0 &&
                    standby_copy_kept(copy).offset == log.segment.size &&
                    standby_copy_sign(copy, buf_span(&log.note), true, &why) == 0;
        log.segment.data[at] ^= 4;
        if (good)
            fail_msg("a flipped bit at %zu is believed", at);
        standby_copy_close(&copy);
        scratch_close(&scratch);
    }
    log_free(&log);
}

static void test_not_ours(void **state)
{
    (void)state;
    cause_t why;
    log_t log;
    log_vkey_t other;
    scratch_t scratch;
    scratch_open(&scratch);
    log_make(&log);
    standby_copy_t *copy = standby_copy_open(scratch.path, &log.vkey, &why);
    assert_non_null(copy);
    assert_null(standby_copy_open(scratch.path, &log.vkey, &why)); // in use
    standby_copy_close(&copy);
    assert_int_equal(log_vkey_of(&other, "other.test/log", log.vkey.key, &why), 0);
    assert_null(standby_copy_open(scratch.path, &other, &why));
    assert_int_equal(
        file_create(scratch_at(&scratch, "hub.conf"), span_text("\n"), 0600, &why), 0);
    assert_null(standby_copy_open(scratch.path, &log.vkey, &why));
    log_free(&log);
    scratch_close(&scratch);
}

// The hub erases in a batch of which half is under way: it comes again, and is good then.
// What comes damaged twice is damaged.
static void test_erased_meanwhile(void **state)
{
    (void)state;
    cause_t why;
    log_t log;
    scratch_t scratch, hub;
    buf_t erased = {0};
    scratch_open(&scratch);
    scratch_open(&hub);
    log_make(&log);
    assert_int_equal(folder_make(scratch_at(&hub, "segments"), 0700, &why), 0);
    const char *path = scratch_at(&hub, "segments/00000000000000000000.seg");
    assert_int_equal(file_replace(path, buf_span(&log.segment), 0600, &why), 0);
    const erasure_t what = {.n = 1, .position = {BATCH_MIXED}}; // in the second batch
    assert_int_equal(erasing_run(hub.path, &what, &why), 0);
    assert_int_equal(file_read(path, 1 << 20, &erased, &why), 0);
    standby_copy_t *copy = standby_copy_open(scratch.path, &log.vkey, &why);
    assert_non_null(copy);
    size_t half = log.segment.size / 2;
    span_t first = span_of(log.segment.data, half);
    span_t second = span_of(erased.data + half, erased.size - half);
    assert_int_equal(standby_copy_put(copy, first, false, &why), 0);
    assert_int_equal(standby_copy_put(copy, second, false, &why), 1);
    uint64_t kept = standby_copy_kept(copy).offset;
    assert_int_equal(standby_copy_tree(copy)->size, BATCH_MIXED);
    standby_copy_forget(copy);
    second = span_of(erased.data + kept, erased.size - kept);
    assert_int_equal(standby_copy_put(copy, second, false, &why), 0);
    assert_int_equal(standby_copy_kept(copy).offset, erased.size);
    assert_int_equal(standby_copy_sign(copy, buf_span(&log.note), true, &why), 0);
    standby_copy_close(&copy);
    folder_remove(scratch_at(&scratch, "journal"));
    copy = standby_copy_open(scratch.path, &log.vkey, &why);
    assert_non_null(copy);
    erased.data[erased.size - 1] ^= 1;
    assert_int_equal(standby_copy_put(copy, buf_span(&erased), false, &why), 1);
    kept = standby_copy_kept(copy).offset;
    standby_copy_forget(copy);
    second = span_of(erased.data + kept, erased.size - kept);
    assert_int_equal(standby_copy_put(copy, second, false, &why), -1);
    standby_copy_close(&copy);
    buf_destroy(&erased);
    log_free(&log);
    scratch_close(&scratch);
    scratch_close(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_erased_meanwhile),
    };
    return test_group(tests, NULL, NULL);
}
