// readback: what recovery could not read is found before it is written, whatever is wrong
// with it, and what stood in the draft before it stays.

#include "hub/state/readback.h"

#include "tests/lib/samples.h"
#include "tests/lib/test.h"

#define ID(digit) "019abd3c-5c00-7a4e-9b6d-00000000000" digit
#define RECORD                                                                           \
    "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\nrules 1\n"                \
    "deliver nccis r sender 8\nwithhold bank r sender marking.tlp 9\n"                   \
    "deliver kib r none 9\n"
#define RECORD_OTHER                                                                     \
    "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\nrules 2\n"                \
    "deliver kib r none 9\n"

// What a replay would stop at is found out before it is written.
static void what_no_replay_can_read_is_found_before(void **state)
{
    static const struct {
        const char *type, *author, *document, *record;
    } bad[] = {
        {"message", "isoc-a", "{}", "dabyl-routing/v1\nrules 1\n"},
        {"message", "isoc-a", "{}", RECORD "deliver nccis r sender \n"},
        {"message", "isoc-a", "{}", ""},
        {"duty", "kib", "{\"duty\": \"answer\"}\n", ""},
        {"duty", "kib", "", ""},
        {"delivery", "kib", "dabyl-ack/v1\n", ""},
        {"attachment", "isoc-a", "four", ""},
        {"no word", "", "", ""},
        {"", "", "", ""},
        {"session", "two words", "", ""},
        {"session", "a\nb", "", ""},
        {"session", "a\tb", "", ""},
    };
    const log_vkey_t vkey = sample_vkey();
    readback_t *readback = readback_new(&vkey);
    (void)state;
    draft_t *draft = draft_new();
    draft_clear(draft, 1, INT64_C(1795348800000));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        draft_item_t *item = draft_add(draft, bad[i].type, "", bad[i].author, "");
        draft_set_document(item, span_text(bad[i].document), NULL);
        draft_set_record(draft, item, span_text(bad[i].record));
        assert_false(readback_draft(readback, draft, i));
    }
    draft_cut(draft, 0);
    draft_item_t *item = draft_add(draft, "message", "advisory", "isoc-a", ID("1"));
    draft_set_record(draft, item, span_text(RECORD));
    assert_true(readback_draft(readback, draft, 0));
    (void)draft_add(draft, "former.message", "advisory", "isoc-a", ID("2"));
    draft_set_record(draft, draft_at(draft, 1), span_text(RECORD));
    assert_false(readback_draft(readback, draft, 1)); // nobody has read it before
    draft_destroy(&draft);
    readback_destroy(&readback);
}

// Nor does it become durable: what stood in the draft before it stays.
static void what_no_replay_can_read_leaves_the_draft(void **state)
{
    const log_vkey_t vkey = sample_vkey();
    readback_t *readback = readback_new(&vkey);
    (void)state;
    draft_t *draft = draft_new();
    draft_clear(draft, 1, INT64_C(1795348800000));
    assert_true(readback_text(readback, draft, "session", "kib", span_text("twice\n")));
    assert_false(readback_text(readback, draft, "duty", "kib", span_text("no duty\n")));
    assert_int_equal(draft_count(draft), 1);
    assert_int_equal(readback_failed(readback), 1);
    draft_add_text(draft, "attachment", "isoc-a", span_text("four\n"));
    assert_false(readback_draft(readback, draft, 0));
    assert_false(readback_draft(readback, draft, 1));
    assert_true(readback_draft(readback, draft, 2));
    assert_int_equal(readback_failed(readback), 3);
    assert_int_equal(draft_count(draft), 2); // whoever added it takes it away
    draft_destroy(&draft);
    readback_destroy(&readback);
}

// A record that was read is the fold's without being read once more, until it is another.
static void what_was_read_is_kept_with_its_message(void **state)
{
    const log_vkey_t vkey = sample_vkey();
    readback_t *readback = readback_new(&vkey);
    cause_t why;
    (void)state;
    draft_t *draft = draft_new();
    draft_clear(draft, 1, INT64_C(1795348800000));
    for (size_t i = 0; i < 2; i++) {
        draft_item_t *item = draft_add(draft, "message", "advisory", "isoc-a", ID("1"));
        draft_set_record(
            draft, item, span_text(i ? RECORD "remark late sender\n" : RECORD));
        assert_null(item->routing);
    }
    assert_true(readback_draft(readback, draft, 0));
    for (size_t i = 0; i < 2; i++) {
        buf_t text = {0};
        draft_item_t *item = draft_at(draft, i);
        entry_t entry = draft_entry(item);
        entry.record = span_text("never read");
        const entry_parts_t *parts = readback_drafted(readback, item, &entry, &why);
        assert_int_equal(parts->type, ENTRY_MESSAGE);
        routing_print(parts->routing, &text);
        assert_true(span_equal(buf_span(&text), item->record));
        buf_destroy(&text);
        draft_set_record(draft, item, span_text(RECORD_OTHER));
        entry = draft_entry(item);
        parts = readback_drafted(readback, item, &entry, &why);
        assert_int_equal(parts->routing->n, 1);
    }
    draft_destroy(&draft);
    readback_destroy(&readback);
}

// Each type by its own reader, and what has none of its own by nothing.
static void what_was_read_is_handed_out_by_its_type(void **state)
{
    const log_vkey_t vkey = sample_vkey();
    readback_t *readback = readback_new(&vkey);
    const leaf_t message = {.type = "message"}, start = {.type = "start"};
    const entry_t entry = {.record = span_text(RECORD)};
    cause_t why;
    (void)state;
    const entry_parts_t *parts =
        readback_entry(readback, &message, &entry, KNOWN_SEALED, &why);
    assert_non_null(parts);
    assert_int_equal(parts->type, ENTRY_MESSAGE);
    assert_int_equal(parts->routing->n, 3);
    parts = readback_entry(readback, &start, &entry, KNOWN_NOTHING, &why);
    assert_int_equal(parts->type, ENTRY_OTHER);
    const entry_t spoiled = {.record = span_text(RECORD "nonsense\n")};
    assert_null(readback_entry(readback, &message, &spoiled, KNOWN_SEALED, &why));
    assert_non_null(strstr(why.text, "routing record"));
    assert_int_equal(readback_salvage(readback, &spoiled)->n, 2); // those that deliver
    readback_destroy(&readback);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_replay_can_read_is_found_before),
        cmocka_unit_test(what_no_replay_can_read_leaves_the_draft),
        cmocka_unit_test(what_was_read_is_kept_with_its_message),
        cmocka_unit_test(what_was_read_is_handed_out_by_its_type),
    };
    return test_group(tests, NULL, NULL);
}
