// origin, successor, before, former leaves: what goes from one log to the next, byte for
// byte, and what a node believes of it.

#include "lib/base/file.h"
#include "lib/tlog/successor.h"
#include "nodes/inbox/before.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID_A "0192f0c1-0000-7000-8000-00000000000a"
#define ID_B "0192f0c1-0000-7000-8000-00000000000b"

enum { OLD = 40 };

static cause_t why;
static scratch_t scratch;
static proven_t old, new;
static buf_t text; // of the new log's origin
static origin_t origin;

static int set_up(void **unused)
{
    (void)unused;
    assert_true(sodium_init() >= 0);
    scratch_open(&scratch);
    proven_open(&old, "hub.example/log");
    proven_open(&new, "hub.example/log-2");
    for (size_t i = 0; i < OLD; i++)
        (void)proven_message(&old, i % 2 ? ID_A : ID_B);
    origin = (origin_t){.vkey = new.vkey,
        .succeeds = true,
        .predecessor = old.vkey,
        .taken = OLD,
        .formers = 12,
        .note = proven_note(&old)};
    buf_clear(&text);
    origin_print(&origin, &text);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    buf_destroy(&text);
    proven_close(&old);
    proven_close(&new);
    scratch_close(&scratch);
    return 0;
}

static void an_origin_has_one_spelling(void **unused)
{
    (void)unused;
    origin_t read;
    assert_int_equal(origin_parse(&read, buf_span(&text), &why), 0);
    assert_true(read.succeeds);
    assert_int_equal(read.taken, OLD);
    assert_int_equal(read.formers, 12);
    assert_int_equal(read.checkpoint.size, OLD);
    assert_int_equal(origin_carried(&read), OLD);
    assert_string_equal(read.predecessor.origin, "hub.example/log");
    for (size_t i = 0; i < text.size; i++) {
        text.data[i] ^= 1;
        bool bad = origin_parse(&read, buf_span(&text), &why) != 0;
        text.data[i] ^= 1;
        // A digit of the two numbers makes another number, and nothing else may change.
        if (!bad && read.taken == OLD && read.formers == 12)
            fail_msg("byte %zu counts for nothing", i);
    }
    size_t first = strcspn(buf_text(&text), "\n") + 1;
    for (size_t n = 0; n < text.size; n++)
        assert_true(
            (origin_parse(&read, span_of(text.data, n), &why) == 0) == (n == first));
    assert_int_equal(origin_parse(&read, span_of(text.data, first), &why), 0);
    assert_false(read.succeeds);
}

static void a_former_leaf_says_where_it_stood(void **unused)
{
    (void)unused;
    leaf_t read, leaf = {.position = 7, .type = "former.message", .former = 123};
    buf_t printed = {0};
    leaf_put(&leaf, &printed);
    assert_int_equal(leaf_take(&read, buf_span(&printed), &why), 0);
    assert_int_equal(read.former, 123);
    assert_true(leaf_is_former(&read) && leaf_is_message(&read));
    for (size_t n = 0; n < printed.size; n++)
        assert_int_equal(leaf_take(&read, span_of(printed.data, n), &why), -1);
    buf_clear(&printed);
    (void)snprintf(leaf.type, sizeof leaf.type, "message");
    leaf_put(&leaf, &printed);
    assert_int_equal(leaf_take(&read, buf_span(&printed), &why), 0);
    assert_false(leaf_is_former(&read));
    buf_put_text(&printed, "former 3\n"); // of what is of this log
    assert_int_equal(leaf_take(&read, buf_span(&printed), &why), -1);
    buf_destroy(&printed);
}

// What the new log's operator hands over: a folder, from its journal.
static void hand_over(void)
{
    leaf_t leaf = {.type = "origin", .has_document = true};
    buf_t proof = {0};
    span_t hashes = span_of(old.hash, OLD * sizeof(hash_t));
    sha256(buf_span(&text), &leaf.document);
    size_t at = proven_add(&new, &leaf);
    assert_int_equal(at, 0);
    for (size_t i = 0; i < 5; i++)
        (void)proven_message(&new, ID_A);
    span_t note = proven_note(&new);
    link_delivery_t first = proven_delivery(&new, 1, at);
    tlog_proof_write(&proof, first.leaf_bytes, at, first.path, note);
    assert_int_equal(successor_write(scratch.path, &new.vkey, hashes, &why), 0);
    assert_false(successor_proven(scratch.path));
    assert_int_equal(
        successor_prove(scratch.path, buf_span(&text), buf_span(&proof), &why), 0);
    assert_true(successor_proven(scratch.path));
    buf_destroy(&proof);
}

// Every checkpoint of the old log leads there; one of another history, or a newer one,
// does not.
static void every_older_checkpoint_leads_there(void **unused)
{
    (void)unused;
    successor_t read;
    merkle_t tree = {0};
    hand_over();
    assert_int_equal(successor_read(&read, scratch_at(&scratch, "succession"), &why), 0);
    for (uint64_t size = 0; size <= OLD; size++) {
        checkpoint_t own = {.size = size};
        merkle_root(&tree, &own.root);
        assert_int_equal(successor_check(&read, &own, &why), 1);
        own.root.bytes[size % 32] ^= 1;
        assert_int_equal(successor_check(&read, &own, &why), -1);
        if (size < OLD)
            merkle_add(&tree, &old.hash[size]);
    }
    checkpoint_t newer = {.size = OLD + 1};
    assert_int_equal(successor_check(&read, &newer, &why), -1);
    // A copy that was shorter than the checkpoint: then nothing can be told of it.
    read.hashes.size -= sizeof(hash_t);
    checkpoint_t own = {.size = 3};
    assert_int_equal(successor_check(&read, &own, &why), 0);
    read.hashes.size += sizeof(hash_t);
    successor_close(&read);
}

static void what_is_handed_over_is_proven_or_refused(void **unused)
{
    (void)unused;
    static const char *const names[] = {"vkey", "origin", "origin.tlog-proof"};
    successor_t read;
    buf_t part = {0};
    hand_over();
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "succession/%s", names[i]);
        buf_clear(&part);
        assert_int_equal(file_read(scratch_at(&scratch, name), 1 << 20, &part, &why), 0);
        for (size_t at = 0; at < part.size; at++) {
            part.data[at] ^= 1;
            assert_int_equal(
                file_replace(scratch_at(&scratch, name), buf_span(&part), 0600, &why), 0);
            part.data[at] ^= 1;
            assert_int_equal(
                successor_read(&read, scratch_at(&scratch, "succession"), &why), -1);
        }
        assert_int_equal(
            file_replace(scratch_at(&scratch, name), buf_span(&part), 0600, &why), 0);
    }
    buf_destroy(&part);
}

static void what_was_had_is_known_again(void **unused)
{
    (void)unused;
    buf_t file = {0};
    leaf_t had = old.leaf[9], other = old.leaf[9], former = {.type = "former.message"};
    (void)snprintf(had.author, sizeof had.author, "isoc-energy");
    other = had;
    other.document.bytes[3] ^= 1;
    before_t *self = before_open(scratch.path, &why); // it left no log
    assert_non_null(self);
    assert_false(before_had(self, &had, false));
    assert_false(before_had(self, &former, false));
    before_close(&self);
    before_print(&file, true, 30);
    for (size_t i = 0; i < OLD; i++)
        before_print_had(&file, &old.leaf[i]);
    before_print_had(&file, &had);
    assert_int_equal(folder_make(scratch_at(&scratch, "state"), 0700, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(&scratch, "state/before"), buf_span(&file), 0600, &why),
        0);
    self = before_open(scratch.path, &why);
    assert_non_null(self);
    assert_true(before_had(self, &had, false));
    assert_false(before_had(self, &other, false)); // other bytes are another message
    assert_true(before_had(self, &other, true));   // but for what the hub derives
    for (former.former = 0; former.former < 60; former.former++)
        assert_true(before_had(self, &former, false) == (former.former <= 30));
    before_close(&self);
    for (size_t n = 1; n < file.size; n += 7) {
        assert_int_equal(file_replace(scratch_at(&scratch, "state/before"),
                             span_of(file.data, n), 0600, &why),
            0);
        self = before_open(scratch.path, &why); // or it says where it is wrong
        if (!self)
            assert_non_null(strstr(why.text, "state/before"));
        before_close(&self);
    }
    buf_destroy(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_origin_has_one_spelling),
        TEST(a_former_leaf_says_where_it_stood),
        TEST(every_older_checkpoint_leads_there),
        TEST(what_is_handed_over_is_proven_or_refused),
        TEST(what_was_had_is_known_again),
    };
    return test_group(tests, NULL, NULL);
}
