// entries: the draft lies behind the journal, what is read is counted, and a position
// that nothing has is a failure.

#include "hub/journal/entries.h"
#include "tests/lib/samples.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID(digit) "019abd3c-5c00-7a4e-9b6d-00000000000" digit

typedef struct {
    scratch_t scratch;
    journal_t *journal;
    merkle_t tree;
    draft_t *draft;
    entries_t *entries;
    cause_t why;
} world_t;

static int no_entry(void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    (void)context, (void)position, (void)entry;
    return cause_set(why, "this journal is new");
}

static void no_root(void *context, hash_t *root)
{
    (void)context;
    *root = (hash_t){{0}};
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    const journal_options_t options = {.folder = world->scratch.path,
        .state = world->scratch.path,
        .segment_bytes = 1 << 20,
        .turn_bytes = 1 << 16,
        .origin = SAMPLE_ORIGIN};
    const journal_replay_t replay = {no_entry, no_root, NULL};
    world->journal = journal_open(&options, &replay, &world->why);
    assert_non_null(world->journal);
    world->draft = draft_new();
    world->entries = entries_new(world->journal, world->draft);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    entries_destroy(&world->entries);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    journal_close(&world->journal);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static void draft_message(world_t *world, const char *id, const char *text)
{
    draft_item_t *item = draft_add(world->draft, "message", "advisory", "nccis", id);
    draft_set_document(item, span_text(text), NULL);
    draft_set_record(world->draft, item, span_text(id));
}

// What was drafted goes into the journal, and the next turn begins.
static void commit(world_t *world)
{
    seal_key_t key = sample_key(1);
    hash_t root;
    merkle_root(&world->tree, &root);
    draft_finish(world->draft, SAMPLE_ORIGIN, &key);
    const entry_t *entries = draft_entries(world->draft, &world->tree);
    assert_int_equal(journal_append(world->journal, draft_first(world->draft), &root,
                         entries, draft_count(world->draft), &world->why),
        JOURNAL_OK);
    assert_int_equal(journal_wait(world->journal, &world->why), JOURNAL_OK);
    draft_clear(world->draft, journal_next(world->journal), 1);
}

static void is_there(world_t *world, uint64_t position, const char *id, const char *text)
{
    entry_t entry;
    span_t record;
    leaf_t leaf;
    assert_int_equal(entries_read(world->entries, position, &entry, &world->why), 0);
    assert_true(span_is(entry.document, text));
    assert_int_equal(entries_record(world->entries, position, &record, &world->why), 0);
    assert_true(span_is(record, id));
    assert_int_equal(entries_leaf(world->entries, position, &leaf, &world->why), 0);
    assert_string_equal(leaf.id, id);
    assert_int_equal(leaf.position, position);
}

static void is_nowhere(world_t *world, uint64_t position)
{
    entry_t entry;
    span_t record;
    leaf_t leaf;
    assert_int_equal(entries_read(world->entries, position, &entry, &world->why), -1);
    assert_int_equal(entries_record(world->entries, position, &record, &world->why), -1);
    assert_int_equal(entries_leaf(world->entries, position, &leaf, &world->why), -1);
}

static void the_draft_lies_behind_the_journal(void **state)
{
    world_t *world = *state;
    draft_message(world, ID("1"), "{\"a\":1}");
    draft_message(world, ID("2"), "{}");
    is_there(world, 0, ID("1"), "{\"a\":1}");
    is_there(world, 1, ID("2"), "{}");
    is_nowhere(world, 2);
    commit(world);
    draft_message(world, ID("3"), "{\"b\":2}");
    is_there(world, 0, ID("1"), "{\"a\":1}");
    is_there(world, 1, ID("2"), "{}");
    is_there(world, 2, ID("3"), "{\"b\":2}");
    draft_cut(world->draft, 0);
    is_nowhere(world, 2);
}

static void a_log_without_journal_has_its_draft(void **state)
{
    world_t *world = *state;
    draft_message(world, ID("1"), "{}");
    commit(world);
    draft_message(world, ID("2"), "{}");
    entries_set_journal(world->entries, NULL);
    is_there(world, 1, ID("2"), "{}");
    is_nowhere(world, 0);
    entries_set_journal(world->entries, world->journal);
    is_there(world, 0, ID("1"), "{}");
}

enum { SEALED = 5 };

// Documents that were sealed together, and their places.
typedef struct {
    buf_t head, path[SEALED];
    char document[SEALED][16];
} together_t;

static void seal_together(together_t *sealed)
{
    hash_t hashes[SEALED], leaves[SEALED];
    seal_key_t key = sample_key(2);
    seal_head_t head;
    cause_t why;
    *sealed = (together_t){0};
    for (size_t i = 0; i < SEALED; i++) {
        (void)snprintf(sealed->document[i], sizeof sealed->document[i], "{\"n\":%zu}", i);
        sha256(span_text(sealed->document[i]), &hashes[i]);
        merkle_leaf(span_of(hashes[i].bytes, sizeof(hash_t)), &leaves[i]);
    }
    seal_head_begin(&head, SAMPLE_ORIGIN, hashes, SEALED);
    assert_int_equal(seal_head_sign(&head, &key, &why), 0);
    seal_head_print(&head, &sealed->head);
    for (size_t i = 0; i < SEALED; i++)
        merkle_path_of(leaves, SEALED, i, &sealed->path[i]);
}

static seal_place_t place_of(const together_t *sealed, size_t i)
{
    return (seal_place_t){
        buf_span(&sealed->head), (uint32_t)i, buf_span(&sealed->path[i])};
}

static void draft_sealed(world_t *world, const together_t *sealed, size_t i)
{
    const seal_place_t place = place_of(sealed, i);
    draft_item_t *item = draft_add(world->draft, "message", "advisory", "nccis", ID("1"));
    draft_set_document(item, span_text(sealed->document[i]), NULL);
    draft_set_place(item, &place, NULL);
}

static void is_placed(
    world_t *world, uint64_t position, const together_t *sealed, size_t i)
{
    const seal_place_t place = place_of(sealed, i);
    entry_t entry;
    assert_int_equal(
        entries_read_placed(world->entries, position, &entry, &world->why), 0);
    assert_true(span_is(entry.document, sealed->document[i]));
    assert_true(span_equal(entry.seal, place.head));
    assert_true(entry.placed && entry.proven);
    assert_int_equal(entry.index, i);
    assert_true(span_equal(entry.path, place.path));
}

// Out of the draft and out of the journal, alone or beside others.
static void a_place_is_read_with_its_path(void **state)
{
    world_t *world = *state;
    together_t sealed;
    entry_t entry;
    seal_together(&sealed);
    draft_message(world, ID("9"), "{}"); // without a seal
    for (size_t i = 0; i < 3; i++)
        draft_sealed(world, &sealed, i);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < 3; i++)
            is_placed(world, 1 + i, &sealed, i);
        assert_int_equal(entries_read_placed(world->entries, 0, &entry, &world->why), 0);
        assert_false(entry.placed || entry.proven);
        if (pass == 0)
            commit(world);
    }
    draft_sealed(world, &sealed, 4); // what is left of them comes later
    is_placed(world, 4, &sealed, 4);
    is_placed(world, 2, &sealed, 1);
    commit(world);
    is_placed(world, 4, &sealed, 4);
    is_placed(world, 3, &sealed, 2);
    is_there(world, 0, ID("9"), "{}");
    assert_int_equal(entries_read_placed(world->entries, 5, &entry, &world->why), -1);
    entries_set_journal(world->entries, NULL);
    assert_int_equal(entries_read_placed(world->entries, 4, &entry, &world->why), -1);
    buf_destroy(&sealed.head);
    for (size_t i = 0; i < SEALED; i++)
        buf_destroy(&sealed.path[i]);
}

// However it is read, and wherever it lies, it costs about what it has of bytes.
static void what_is_read_is_counted(void **state)
{
    world_t *world = *state;
    enum { LARGE = 10000 };
    char text[LARGE];
    uint64_t drafted, durable;
    memset(text, ' ', sizeof text - 1);
    text[LARGE - 1] = 0;
    draft_message(world, ID("1"), text);
    for (int pass = 0; pass < 2; pass++) {
        const uint64_t begun = entries_work(world->entries)->done;
        span_t record;
        entry_t entry;
        leaf_t leaf;
        assert_int_equal(entries_leaf(world->entries, 0, &leaf, &world->why), 0);
        assert_int_equal(entries_record(world->entries, 0, &record, &world->why), 0);
        drafted = entries_work(world->entries)->done - begun;
        assert_true(drafted >= 2 * WORK_READING && drafted < LARGE);
        assert_int_equal(entries_read(world->entries, 0, &entry, &world->why), 0);
        durable = entries_work(world->entries)->done - begun;
        assert_true(durable >= drafted + LARGE);
        if (pass == 0)
            commit(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_draft_lies_behind_the_journal),
        TEST(a_log_without_journal_has_its_draft),
        TEST(a_place_is_read_with_its_path),
        TEST(what_is_read_is_counted),
    };
    return test_group(tests, NULL, NULL);
}
