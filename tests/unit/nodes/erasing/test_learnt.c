// learnt: what the log proves that it erased is marked, and nothing that anybody else
// says; the mark proves the same by itself, and is kept once.

#include "nodes/erasing/learnt.h"

#include "lib/json/writer.h"
#include "nodes/inbox/erased.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ORIGIN "hub.example/log"
#define FIRST "019abd3c-5c00-7a4e-9b6d-000000000001"
#define SECOND "019abd3c-5c00-7a4e-9b6d-000000000002"
#define WORDS "dabyl-erasure/v1\nposition 1\nposition 2\n"

typedef struct {
    proven_t log;
    buf_t answer;
    cause_t why;
} world_t;

// Entries 1 and 2 are messages, and entry 4 erases both.
static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    leaf_t start = {.type = "start"}, erasure = {.type = "erasure", .has_document = true};
    proven_open(&world->log, ORIGIN);
    (void)proven_add(&world->log, &start);
    (void)proven_message(&world->log, FIRST);
    (void)proven_message(&world->log, SECOND);
    (void)proven_add(&world->log, &start);
    sha256(span_text(WORDS), &erasure.document);
    erasure.time_ms = INT64_C(1795348800000);
    (void)proven_add(&world->log, &erasure);
    (void)proven_add(&world->log, &start);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    proven_close(&world->log);
    buf_destroy(&world->answer);
    free(world);
    return 0;
}

static int fetch(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const proven_t *log = context;
    merkle_t tree = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_add(&tree, &log->hash[i]);
    merkle_root(&tree, out);
    return 0;
}

// What a hub answers that shows these entries, with these words of each that is no
// message.
static span_t answer(world_t *world, const uint64_t *at, size_t n, const char *words,
    int64_t upto, bool proves)
{
    buf_t proof = {0};
    writer_t to = writer_to(&world->answer);
    buf_clear(&world->answer);
    writer_object(&to, NULL);
    writer_integer(&to, "upto", upto);
    writer_array(&to, "entries");
    for (size_t i = 0; i < n; i++) {
        writer_object(&to, NULL);
        writer_base64(&to, "leaf", buf_span(&world->log.text[at[i]]));
        if (!leaf_is_message(&world->log.leaf[at[i]]))
            writer_text(&to, "document", words);
        writer_end(&to);
    }
    writer_end(&to);
    writer_span(&to, "checkpoint", proven_note(&world->log));
    if (n > 0 && proves) {
        assert_int_equal(
            merkle_prove_run(at, n, world->log.n, fetch, &world->log, &proof), 0);
        writer_base64(&to, "proof", buf_span(&proof));
    }
    writer_end(&to);
    buf_destroy(&proof);
    return buf_span(&world->answer);
}

static const uint64_t both[] = {1, 2, 4};

static void refused(world_t *world, span_t text, const char *reason)
{
    learnt_t learnt;
    assert_int_equal(learnt_read(&learnt, text, &world->log.vkey, &world->why), -1);
    if (!strstr(world->why.text, reason))
        fail_msg("'%s' is not in '%s'", reason, world->why.text);
    assert_null(learnt.item);
}

static void what_is_proven_is_learnt(void **state)
{
    world_t *world = *state;
    learnt_t learnt;
    assert_int_equal(learnt_read(&learnt, answer(world, both, 3, WORDS, 6, true),
                         &world->log.vkey, &world->why),
        0);
    assert_int_equal(learnt.n, 2);
    assert_int_equal(learnt.upto, 6);
    assert_false(learnt.more);
    assert_string_equal(learnt.item[0].message.id, FIRST);
    assert_string_equal(learnt.item[1].message.author, "nccis");
    assert_int_equal(learnt.item[1].position, 4);
    assert_int_equal(learnt.item[1].at_ms, INT64_C(1795348800000));
    learnt_close(&learnt);
}

// A node is shown the leaves of its own messages alone.
static void others_are_passed_over(void **state)
{
    world_t *world = *state;
    learnt_t learnt;
    static const uint64_t one[] = {2, 4};
    assert_int_equal(learnt_read(&learnt, answer(world, one, 2, WORDS, 6, true),
                         &world->log.vkey, &world->why),
        0);
    assert_int_equal(learnt.n, 1);
    assert_string_equal(learnt.item[0].message.id, SECOND);
    learnt_close(&learnt);
    assert_int_equal(learnt_read(&learnt, answer(world, NULL, 0, WORDS, 3, true),
                         &world->log.vkey, &world->why),
        0);
    assert_int_equal(learnt.n, 0);
    assert_int_equal(learnt.upto, 3);
    learnt_close(&learnt);
}

static void what_is_not_proven_is_refused(void **state)
{
    world_t *world = *state;
    static const uint64_t start[] = {1, 3}, falling[] = {2, 1, 4};
    proven_t other;
    refused(world, answer(world, both, 3, WORDS, 6, false), "not proven");
    refused(world, answer(world, both, 3, "dabyl-erasure/v1\nposition 1\n", 6, true),
        "not those that the log recorded");
    refused(world, answer(world, start, 2, WORDS, 6, true),
        "not those that the log recorded");
    refused(world, answer(world, falling, 3, WORDS, 6, false), "do not rise");
    refused(world, answer(world, both, 3, WORDS, 7, true), "more than there is");
    refused(world, span_text("{\"entries\":[]}"), "checkpoint");
    refused(world, span_text("{\"topics\":["), "cannot be read");
    refused(world, span_text("[]"), "checkpoint");
    proven_open(&other, ORIGIN);
    learnt_t learnt;
    assert_int_equal(learnt_read(&learnt, answer(world, both, 3, WORDS, 6, true),
                         &other.vkey, &world->why),
        -1);
    proven_close(&other);
}

// A bit of an answer that is another one is never another truth.
static void no_flipped_bit_marks_another_message(void **state)
{
    world_t *world = *state;
    buf_t text = {0};
    learnt_t learnt;
    buf_put_span(&text, answer(world, both, 3, WORDS, 6, true));
    for (size_t i = 0; i < text.size; i++) {
        text.data[i] ^= 1;
        if (learnt_read(&learnt, buf_span(&text), &world->log.vkey, &world->why) == 0) {
            for (size_t k = 0; k < learnt.n; k++)
                assert_true(strcmp(learnt.item[k].message.id, FIRST) == 0 ||
                            strcmp(learnt.item[k].message.id, SECOND) == 0);
            learnt_close(&learnt);
        }
        text.data[i] ^= 1;
    }
    buf_destroy(&text);
}

// --------------------------------------------------------------------------------

static void a_mark_proves_the_same_by_itself(void **state)
{
    world_t *world = *state;
    learnt_t learnt;
    erased_t erased;
    reference_t other = {"isoc-a", FIRST};
    assert_int_equal(learnt_read(&learnt, answer(world, both, 3, WORDS, 6, true),
                         &world->log.vkey, &world->why),
        0);
    const learnt_item_t *item = &learnt.item[0];
    const span_t mark = buf_span(&item->mark);
    const log_vkey_t *vkey = &world->log.vkey;
    assert_int_equal(erased_check(mark, &item->message, vkey, &erased, &world->why), 0);
    assert_int_equal(erased.position, 4);
    assert_int_equal(erased_check(mark, &other, vkey, &erased, &world->why), -1);
    for (size_t n = 0; n < mark.size; n++)
        assert_int_equal(erased_check(span_of(mark.data, n), &item->message, vkey,
                             &erased, &world->why),
            -1);
    learnt_close(&learnt);
}

static void it_is_kept_once(void **state)
{
    world_t *world = *state;
    scratch_t scratch;
    learnt_t learnt;
    names_t names;
    erased_t erased;
    reference_t message;
    char by[ERASED_BY_MAX], folder[300];
    scratch_open(&scratch);
    (void)snprintf(folder, sizeof folder, "%s/state", scratch.path);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(learnt_read(&learnt, answer(world, both, 3, WORDS, 6, true),
                         &world->log.vkey, &world->why),
        0);
    const char *node = scratch.path;
    for (size_t i = 0; i < 2; i++)
        for (int again = 0; again < 2; again++)
            assert_int_equal(erased_note(node, &learnt.item[i].message,
                                 buf_span(&learnt.item[i].mark), i == 0, &world->why),
                !again);
    erased = erased_of(node, &learnt.item[0].message);
    assert_true(erased.there && erased.waits);
    assert_int_equal(erased.at_ms, INT64_C(1795348800000));
    erased = erased_of(node, &learnt.item[1].message);
    assert_true(erased.there && !erased.waits);
    assert_int_equal(erased_verify(node, &learnt.item[1].message, &world->log.vkey,
                         &erased, &world->why),
        1);
    assert_int_equal(erased_waiting(node, &names, &world->why), 0);
    assert_int_equal(names.n, 1);
    assert_true(erased_name(names.name[0], &message));
    assert_string_equal(message.id, FIRST);
    assert_false(erased_begun(node, &message, by));
    assert_int_equal(erased_begin(node, &message, "aigul", &world->why), 0);
    assert_true(erased_begun(node, &message, by));
    assert_string_equal(by, "aigul");
    names_free(&names);
    assert_int_equal(erased_done(node, &message, &world->why), 0);
    assert_int_equal(erased_done(node, &message, &world->why), 0);
    assert_false(erased_of(node, &message).waits);
    learnt_close(&learnt);
    scratch_close(&scratch);
}

static void where_to_ask_from_is_of_one_log(void **state)
{
    world_t *world = *state;
    scratch_t scratch;
    char folder[300];
    scratch_open(&scratch);
    (void)snprintf(folder, sizeof folder, "%s/state", scratch.path);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(erased_asked(scratch.path, ORIGIN), 0);
    assert_int_equal(erased_asked_to(scratch.path, ORIGIN, 7, &world->why), 0);
    assert_int_equal(erased_asked(scratch.path, ORIGIN), 7);
    assert_int_equal(erased_asked(scratch.path, "hub.example/other"), 0);
    scratch_close(&scratch);
}

static void names_lead_nowhere_else(void **state)
{
    (void)state;
    reference_t message;
    assert_false(erased_name("", &message));
    assert_false(erased_name(FIRST, &message));
    assert_false(erased_name("." FIRST, &message));
    assert_false(erased_name("../x." FIRST, &message));
    assert_false(erased_name("nccis-" FIRST, &message));
    assert_true(erased_name("nccis.kz." FIRST, &message));
    assert_string_equal(message.author, "nccis.kz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_proven_is_learnt),
        TEST(others_are_passed_over),
        TEST(what_is_not_proven_is_refused),
        TEST(no_flipped_bit_marks_another_message),
        TEST(a_mark_proves_the_same_by_itself),
        TEST(it_is_kept_once),
        TEST(where_to_ask_from_is_of_one_log),
        TEST(names_lead_nowhere_else),
    };
    return test_group(tests, NULL, NULL);
}
