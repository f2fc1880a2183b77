// draft: what a batch's leaves say is what its entries hold, and derived messages carry
// the hub's seal, each in its own place.

#include "hub/journal/draft.h"

#include "lib/tlog/merkle.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { FIRST = 1000, TIME = 1795347570 };

static cause_t why;

static leaf_t finished(const draft_item_t *item)
{
    leaf_t leaf;
    hash_t hash;
    if (leaf_take(&leaf, item->text, &why) != 0)
        fail_msg("%s", why.text);
    merkle_leaf(item->text, &hash);
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
    draft_item_t *item = draft_add(draft, "message", "advisory", "nccis", "an-id");
    draft_set_document(item, span_text("{}"), NULL);
    draft_set_seal(item, span_text("a seal"), NULL);
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
        is_hash_of(leaf.has_seal, &leaf.seal, item->seal);
        is_hash_of(leaf.has_record, &leaf.record, item->record);
    }
    assert_true(span_is(draft_at(draft, 0)->record, "a record"));
    assert_string_equal(finished(draft_at(draft, 0)).kind, "advisory");
    assert_string_equal(finished(draft_at(draft, 0)).id, "an-id");
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
    draft_set_document(
        draft_add(draft, "message", "k", "a", "i"), span_text("{}"), &hash);
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    leaf_t leaf = finished(draft_at(draft, 0));
    assert_true(hash_equal(&leaf.document, &hash));
    draft_destroy(&draft);
}

// Derived messages stand between others; one signature covers them all.
static void derived_messages_are_sealed_together(size_t n)
{
    seal_key_t key = sample_key(3);
    draft_t *draft = draft_new();
    draft_clear(draft, FIRST, TIME);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "{\"n\":%zu}", i);
        draft_set_seal(draft_add(draft, "message", "k", "a", "i"), span_text("s"), NULL);
        draft_item_t *item = draft_add(draft, "message", "security.alert", "hub", "i");
        draft_set_document(item, arena_copy(draft_arena(draft), span_text(text)), NULL);
        item->derived = true;
    }
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    for (size_t i = 0; i < n; i++) {
        const draft_item_t *item = draft_at(draft, 2 * i + 1);
        seal_t seal;
        leaf_t leaf = finished(item);
        is_hash_of(leaf.has_seal, &leaf.seal, item->seal);
        assert_int_equal(seal_parse(&seal, item->seal, &why), 0);
        assert_int_equal(seal.head.count, n);
        assert_int_equal(seal.index, i);
        assert_int_equal(seal_check_place(&seal, &leaf.document, &why), 0);
        assert_int_equal(seal_check_signature(&seal.head, 0, key.public_key, &why), 0);
        assert_true(span_is(draft_at(draft, 2 * i)->seal, "s")); // authors' seals stay
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
        assert_true(span_equal(entries[i].leaf, draft_at(draft, i)->text));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_say_what_entries_hold),
        cmocka_unit_test(a_hash_that_is_known_is_not_made_again),
        cmocka_unit_test(one_derived_or_many),
        cmocka_unit_test(a_cleared_draft_begins_where_it_is_told),
        cmocka_unit_test(what_is_taken_back_was_never_there),
        cmocka_unit_test(entries_are_the_items_and_grow_the_tree),
    };
    return test_group(tests, NULL, NULL);
}
