// draft: what a batch's leaves say is what its entries hold, and derived messages carry
// the hub's seal, each in its own place.

#include "hub/journal/draft.h"

#include "lib/tlog/merkle.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

#define ID "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"

enum { FIRST = 1000, TIME = 1795347570 };

static cause_t why;

static leaf_t finished(const draft_item_t *item)
{
    leaf_t leaf;
    hash_t hash;
    if (leaf_take(&leaf, item->bytes, &why) != 0)
        fail_msg("%s", why.text);
    merkle_leaf(item->bytes, &hash);
    assert_true(hash_equal(&hash, &item->hashes.leaf));
    return leaf;
}

static void is_hash_of(bool has, const hash_t *hash, span_t bytes)
{
    hash_t expected;
    assert_int_equal(has, bytes.size > 0);
    sha256(bytes, &expected);
    if (has)
        assert_true(hash_equal(hash, &expected));
}

static void leaves_say_what_entries_hold(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    draft_t *draft = draft_new();
    draft_clear(draft, FIRST, TIME);
    char record[] = "a record";
    draft_item_t *item = draft_add(draft, "message", "advisory", "nccis", ID);
    draft_set_document(item, span_text("{}"), NULL);
    draft_set_seal(item, span_text("a seal"));
    draft_set_record(draft, item, span_text(record));
    record[0] = 'X'; // copied: the caller's buffer is its own again
    draft_set_document(
        draft_add(draft, "start", "", "", ""), span_text("dabyl-hub\n"), NULL);
    draft_add(draft, "session", "", "isoc-a", "");
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    assert_int_equal(draft_first(draft), FIRST);
    assert_int_equal(draft_count(draft), 3);
    for (size_t i = 0; i < 3; i++) {
        item = draft_at(draft, i);
        leaf_t leaf = finished(item);
        assert_int_equal(leaf.position, FIRST + i);
        assert_int_equal(leaf.time_ms, TIME);
        is_hash_of(leaf.has_document, &leaf.document, item->document);
        is_hash_of(leaf.has_seal, &leaf.seal, item->seal.head);
        is_hash_of(leaf.has_record, &leaf.record, item->record);
    }
    assert_true(span_is(draft_at(draft, 0)->record, "a record"));
    assert_string_equal(finished(draft_at(draft, 0)).kind, "advisory");
    assert_string_equal(finished(draft_at(draft, 0)).id, ID);
    assert_string_equal(finished(draft_at(draft, 2)).author, "isoc-a");
    draft_destroy(&draft);
    assert_null(draft);
    draft_destroy(&draft);
}

static void a_hash_that_is_known_is_not_made_again(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    hash_t hash = {{1, 2, 3}};
    draft_t *draft = draft_new();
    draft_clear(draft, 0, TIME);
    draft_set_document(draft_add(draft, "message", "k", "a", ID), span_text("{}"), &hash);
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    leaf_t leaf = finished(draft_at(draft, 0));
    assert_true(hash_equal(&leaf.document, &hash));
    draft_destroy(&draft);
}

// Derived messages stand between others; one signature covers them all.
static void derived_messages_are_sealed_together(size_t n)
{
    seal_key_t key = sample_key(3);
    const seal_place_t place = {span_text("s"), 4, span_text("a path")};
    draft_t *draft = draft_new();
    draft_clear(draft, FIRST, TIME);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "{\"n\":%zu}", i);
        draft_set_place(draft_add(draft, "message", "k", "a", ID), &place, NULL);
        draft_item_t *item = draft_add(draft, "message", "security.alert", "hub", ID);
        draft_set_document(item, arena_copy(draft_arena(draft), span_text(text)), NULL);
        item->derived = true;
    }
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    for (size_t i = 0; i < n; i++) {
        const draft_item_t *item = draft_at(draft, 2 * i + 1);
        const seal_place_t *authors = &draft_at(draft, 2 * i)->seal;
        seal_head_t head;
        leaf_t leaf = finished(item);
        is_hash_of(leaf.has_seal, &leaf.seal, item->seal.head);
        assert_int_equal(seal_head_parse(&head, item->seal.head, &why), 0);
        assert_int_equal(head.count, n);
        assert_true(item->placed);
        assert_int_equal(item->seal.index, i);
        assert_ptr_equal(item->seal.head.data, draft_at(draft, 1)->seal.head.data);
        assert_int_equal(
            seal_place_holds(&head, (uint32_t)i, item->seal.path, &leaf.document, &why),
            0);
        assert_int_equal(seal_check_signature(&head, 0, key.public_key, &why), 0);
        assert_memory_equal(authors, &place, sizeof place); // authors' seals stay
    }
    draft_destroy(&draft);
}

static void one_derived_or_many(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 9; n++)
        derived_messages_are_sealed_together(n);
    derived_messages_are_sealed_together(300);
}

// What is handed to the journal says how it is sealed: under a head, by a text, or not.
static void entries_say_how_they_are_sealed(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    const seal_place_t place = {span_text("a head"), 4, span_text("a path")};
    const seal_place_t none = {0};
    hash_t hash = {{1, 2, 3}};
    merkle_t tree = {0};
    draft_t *draft = draft_new();
    draft_clear(draft, FIRST, TIME);
    draft_set_place(draft_add(draft, "message", "k", "a", ID), &place, &hash);
    draft_set_seal(draft_add(draft, "rules", "", "", ""), span_text("a text"));
    draft_item_t *unsealed = draft_add(draft, "message", "k", "a", ID);
    draft_set_place(unsealed, &place, NULL);
    draft_set_place(unsealed, &none, NULL); // the last word counts
    draft_item_t *by_text = draft_add(draft, "rules", "", "", "");
    draft_set_place(by_text, &place, NULL);
    draft_set_seal(by_text, span_text("another"));
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    const entry_t *entries = draft_entries(draft, &tree);
    assert_true(entries[0].placed && entries[0].proven);
    assert_int_equal(entries[0].index, 4);
    assert_true(span_is(entries[0].seal, "a head"));
    assert_true(span_is(entries[0].path, "a path"));
    assert_true(hash_equal(&entries[0].hashes->seal, &hash)); // as it was known
    assert_false(entries[1].placed || entries[1].proven);
    assert_true(span_is(entries[1].seal, "a text"));
    assert_false(entries[2].placed || entries[2].proven);
    assert_int_equal(entries[2].seal.size + entries[2].path.size, 0);
    assert_false(finished(unsealed).has_seal);
    assert_false(entries[3].placed || entries[3].proven);
    assert_true(span_is(entries[3].seal, "another"));
    assert_int_equal(entries[3].path.size, 0);
    draft_destroy(&draft);
}

// A leaf that was wanted early is written again when a part of it comes later.
static void an_early_leaf_is_not_kept_beyond_a_new_part(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    const seal_place_t place = {span_text("a head"), 4, span_text("a path")};
    draft_t *draft = draft_new();
    leaf_t leaf;
    draft_clear(draft, FIRST, TIME);
    draft_item_t *item = draft_add(draft, "message", "k", "a", ID);
    draft_set_document(item, span_text("{}"), NULL);
    assert_int_equal(leaf_take(&leaf, draft_leaf(draft, item), &why), 0);
    assert_true(leaf.has_document && !leaf.has_seal && !leaf.has_record);
    draft_set_place(item, &place, NULL);
    assert_int_equal(leaf_take(&leaf, draft_leaf(draft, item), &why), 0);
    assert_true(leaf.has_seal && !leaf.has_record);
    draft_set_record(draft, item, span_text("a record"));
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    leaf = finished(item);
    assert_true(leaf.has_document && leaf.has_seal && leaf.has_record);
    draft_destroy(&draft);
}

static void a_cleared_draft_begins_where_it_is_told(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    draft_t *draft = draft_new();
    for (uint64_t turn = 0; turn < 10; turn++) {
        draft_clear(draft, turn * 7, TIME);
        assert_int_equal(draft_count(draft), 0);
        for (size_t i = 0; i < 200; i++)
            draft_add(draft, "session", "", "a", "");
        draft_finish(draft, SAMPLE_ORIGIN, &key);
        assert_int_equal(finished(draft_at(draft, 199)).position, turn * 7 + 199);
        assert_false(finished(draft_at(draft, 0)).has_document);
    }
    draft_destroy(&draft);
}

static void what_is_taken_back_was_never_there(void **state)
{
    (void)state;
    draft_t *draft = draft_new();
    draft_clear(draft, 7, TIME);
    draft_add_text(draft, "start", "", span_text("x"));
    (void)draft_add(draft, "message", "k", "a", "1");
    (void)draft_add(draft, "message", "k", "a", "2");
    draft_cut(draft, 1);
    assert_int_equal(draft_count(draft), 1);
    assert_null(draft_find(draft, 8));
    assert_int_equal(draft_add(draft, "message", "k", "a", "3")->leaf.position, 8);
    draft_destroy(&draft);
}

static void entries_are_the_items_and_grow_the_tree(void **state)
{
    (void)state;
    draft_t *draft = draft_new();
    seal_key_t key = sample_key(1);
    merkle_t tree = {0}, expected = {0};
    draft_clear(draft, 7, INT64_C(1795348800000));
    for (size_t i = 0; i < 3; i++)
        draft_add_text(draft, "start", "", span_text(i == 1 ? "one" : "other"));
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    const entry_t *entries = draft_entries(draft, &tree);
    for (size_t i = 0; i < 3; i++) {
        hash_t leaf;
        assert_true(span_equal(entries[i].leaf, draft_at(draft, i)->bytes));
        merkle_leaf(entries[i].leaf, &leaf);
        merkle_add(&expected, &leaf);
    }
    assert_true(span_is(entries[1].document, "one"));
    assert_ptr_equal(draft_find(draft, 8), draft_at(draft, 1));
    assert_null(draft_find(draft, 6));
    assert_null(draft_find(draft, 10));
    assert_int_equal(entries[1].record.size, 0);
    assert_memory_equal(&tree, &expected, sizeof tree);
    draft_destroy(&draft);
}

// Until there are too many lines for that, and in the next turn again.
static void there_is_room_to_keep_what_records_say(void **state)
{
    enum { LINES = 1000 };
    size_t kept[2] = {0};
    buf_t text = {0};
    (void)state;
    buf_put_text(&text, "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\n"
                        "rules 7\n");
    for (size_t i = 0; i < LINES; i++)
        buf_printf(&text, "level %zu\n", i);
    draft_t *draft = draft_new();
    for (size_t turn = 0; turn < 2; turn++) {
        draft_clear(draft, 7, 0);
        for (size_t i = 0; i < 8; i++) {
            draft_item_t *item = draft_add(draft, "message", "advisory", "isoc-a", "");
            draft_set_record(draft, item, buf_span(&text));
            routing_t *routing = draft_routing(draft, item);
            if (!routing)
                continue;
            const route_t *lines = routing->route;
            assert_int_equal(routing_read(routing, item->record, &why), 0);
            assert_ptr_equal(routing->route, lines); // it did not have to grow
            item->routing = routing;
            kept[turn]++;
        }
        for (size_t i = 0; i < kept[turn]; i++) {
            const routing_t *routing = draft_at(draft, i)->routing;
            assert_int_equal(routing->n, LINES);
            assert_int_equal(routing->rules_position, 7);
            assert_int_equal(routing->route[LINES - 1].size, LINES - 1);
        }
        draft_set_record(draft, draft_at(draft, 0), span_text("another"));
        assert_null(draft_at(draft, 0)->routing);
    }
    assert_int_equal(kept[0], 4);
    assert_int_equal(kept[1], 4);
    buf_destroy(&text);
    draft_destroy(&draft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_say_what_entries_hold),
        cmocka_unit_test(a_hash_that_is_known_is_not_made_again),
        cmocka_unit_test(one_derived_or_many),
        cmocka_unit_test(entries_say_how_they_are_sealed),
        cmocka_unit_test(an_early_leaf_is_not_kept_beyond_a_new_part),
        cmocka_unit_test(a_cleared_draft_begins_where_it_is_told),
        cmocka_unit_test(what_is_taken_back_was_never_there),
        cmocka_unit_test(entries_are_the_items_and_grow_the_tree),
        cmocka_unit_test(there_is_room_to_keep_what_records_say),
    };
    return test_group(tests, NULL, NULL);
}
