// leaf: one text per leaf, and no other text is taken.

#include "lib/tlog/leaf.h"

#include "tests/lib/test.h"

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const char full[] = "dabyl-leaf/v1\n"
                           "position 18446744073709551615\n"
                           "time 2026-11-22T11:39:30.123Z\n"
                           "type message\n"
                           "kind incident.notice\n"
                           "author isoc-energy\n"
                           "id 017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"
                           "document " HEX "\n"
                           "seal " HEX "\n"
                           "record " HEX "\n";
static const char bare[] = "dabyl-leaf/v1\nposition 0\ntime 1970-01-01T00:00:00.000Z\n"
                           "type start\nkind -\nauthor -\nid -\ndocument -\nseal -\n"
                           "record -\n";

static void assert_refused(const char *text)
{
    leaf_t leaf;
    cause_t why = {""};
    if (leaf_take(&leaf, span_text(text), &why) == 0)
        fail_msg("taken:\n%s", text);
    assert_memory_equal(why.text, "malformed leaf: ", 16);
}

// The text of `full` with one piece replaced.
static void assert_refused_with(const char *piece, const char *other)
{
    char text[2 * sizeof full];
    const char *at = strstr(full, piece);
    assert_non_null(at);
    size_t before = (size_t)(at - full);
    memcpy(text, full, before);
    strcpy(text + before, other);
    strcat(text, at + strlen(piece));
    assert_refused(text);
}

static void test_a_full_leaf(void **state)
{
    (void)state;
    leaf_t leaf;
    cause_t why;
    assert_int_equal(leaf_take(&leaf, span_text(full), &why), 0);
    assert_true(leaf.position == UINT64_MAX);
    assert_int_equal(leaf.time_ms, INT64_C(1795347570123));
    assert_string_equal(leaf.type, "message");
    assert_string_equal(leaf.kind, "incident.notice");
    assert_string_equal(leaf.author, "isoc-energy");
    assert_string_equal(leaf.id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_true(leaf.has_document && leaf.has_seal && leaf.has_record);
    assert_int_equal(leaf.record.bytes[31], 0xff);
}

static void test_a_bare_leaf(void **state)
{
    (void)state;
    leaf_t leaf;
    cause_t why;
    assert_int_equal(leaf_take(&leaf, span_text(bare), &why), 0);
    assert_string_equal(leaf.kind, "");
    assert_string_equal(leaf.author, "");
    assert_string_equal(leaf.id, "");
    assert_false(leaf.has_document || leaf.has_seal || leaf.has_record);
}

static void test_print_gives_the_text_parsed(void **state)
{
    (void)state;
    const char *const texts[] = {full, bare};
    for (size_t i = 0; i < 2; i++) {
        leaf_t leaf;
        cause_t why;
        buf_t out = {0};
        assert_int_equal(leaf_take(&leaf, span_text(texts[i]), &why), 0);
        leaf_put(&leaf, &out);
        assert_string_equal(buf_text(&out), texts[i]);
        buf_destroy(&out);
    }
}

static void test_the_longest_leaf_fits(void **state)
{
    (void)state;
    leaf_t leaf = {.position = UINT64_MAX,
        .has_document = true,
        .has_seal = true,
        .has_record = true};
    leaf_t back;
    cause_t why;
    buf_t out = {0};
    memset(leaf.type, 't', TYPE_MAX - 1);
    memset(leaf.kind, 'k', KIND_MAX - 1);
    memset(leaf.author, 'a', NODE_ID_MAX - 1);
    memset(leaf.id, 'i', MESSAGE_ID_MAX - 1);
    leaf_put(&leaf, &out);
    assert_in_range(out.size, 1, LEAF_MAX);
    assert_int_equal(leaf_take(&back, buf_span(&out), &why), 0);
    assert_string_equal(back.author, leaf.author);
    buf_destroy(&out);
}

static void test_other_texts_are_refused(void **state)
{
    (void)state;
    assert_refused("");
    assert_refused("\n");
    assert_refused_with("leaf/v1", "leaf/v2");
    assert_refused_with("leaf/v1\n", "leaf/v1\r\n");
    assert_refused_with("position 18446744073709551615", "position 18446744073709551616");
    assert_refused_with("position 1844", "position 01844");
    assert_refused_with("position 1844", "position +1844");
    assert_refused_with("position 1844", "position  1844");
    assert_refused_with("position 18446744073709551615", "position -");
    assert_refused_with("position", "Position");
    assert_refused_with("30.123Z", "30Z");
    assert_refused_with("30.123Z", "30.1230Z");
    assert_refused_with("30.123Z", "30.123z");
    assert_refused_with("22T11", "22t11");
    assert_refused_with("30.123Z", "30.123+00:00");
    assert_refused_with("11:39:30", "23:59:60");
    assert_refused_with("type message", "type -");
    assert_refused_with("type message", "type ");
    assert_refused_with("type message", "type message-with-a-name-too-long");
    assert_refused_with("author isoc-energy", "author isoc energy");
    assert_refused_with("author isoc-energy", "author \xd0\xb6");
    assert_refused_with("author isoc-energy\n", "author isoc-energy\t\n");
    assert_refused_with("author isoc-energy\n", "");
    assert_refused_with("kind incident.notice\nauthor isoc-energy\n",
        "author isoc-energy\nkind incident.notice\n");
    assert_refused_with("id 017f", "id 0017f");
    assert_refused_with("document 00", "document 0");
    assert_refused_with("document 00", "document 000");
    assert_refused_with("document " HEX, "document");
    assert_refused_with("seal 001122334455667788", "seal 0011223344556677GG");
    assert_refused_with("seal 00112233445566778899aa", "seal 00112233445566778899AA");
    assert_refused_with("ff\nrecord", "ff \nrecord");
    assert_refused_with("record 00", "record  0");
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    leaf_t leaf;
    cause_t why;
    for (size_t size = 0; size < sizeof full - 1; size++)
        assert_int_equal(leaf_take(&leaf, span_of(full, size), &why), -1);
    assert_int_equal(leaf_take(&leaf, span_of(full, sizeof full), &why), -1); // a zero
}

// A changed byte is refused, or is another leaf: never the same one in other words.
static void test_every_flipped_bit_shows(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof full - 1); bit++) {
        char text[sizeof full];
        leaf_t leaf;
        cause_t why;
        buf_t out = {0};
        memcpy(text, full, sizeof full);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        if (leaf_take(&leaf, span_of(text, sizeof full - 1), &why) == 0) {
            leaf_put(&leaf, &out);
            assert_true(span_equal(buf_span(&out), span_of(text, sizeof full - 1)));
        }
        buf_destroy(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_leaf),
        cmocka_unit_test(test_a_bare_leaf),
        cmocka_unit_test(test_print_gives_the_text_parsed),
        cmocka_unit_test(test_the_longest_leaf_fits),
        cmocka_unit_test(test_other_texts_are_refused),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_every_flipped_bit_shows),
    };
    return test_group(tests, NULL, NULL);
}
