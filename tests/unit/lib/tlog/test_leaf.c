// leaf: one form per leaf, and no other octets are taken.

#include "lib/tlog/leaf.h"

#include "tests/lib/test.h"

#define ID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

// Where the fields of `full` begin.
enum {
    HAS = 1,
    POSITION = 2,
    TIME = 10,
    TYPE = 18,
    KIND = TYPE + 1 + 7,
    AUTHOR = KIND + 1 + 15,
    UUID = AUTHOR + 1 + 11,
    DOCUMENT = UUID + 16,
    SEAL = DOCUMENT + 32,
    RECORD = SEAL + 32,
    FULL = RECORD + 32
};

static cause_t why;

static leaf_t full_leaf(void)
{
    leaf_t leaf = {.position = UINT64_MAX,
        .time_ms = INT64_C(1795347570123),
        .type = "message",
        .kind = "incident.notice",
        .author = "isoc-energy",
        .id = ID,
        .has_document = true,
        .has_seal = true,
        .has_record = true};
    memset(leaf.document.bytes, 0xd0, sizeof leaf.document);
    memset(leaf.seal.bytes, 0x5e, sizeof leaf.seal);
    memset(leaf.record.bytes, 0xec, sizeof leaf.record);
    return leaf;
}

// Its octets as PROTOCOL.md has them, put together by hand.
static void put_full(buf_t *out)
{
    static const uint8_t uuid[] = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3, 0x98,
        0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    const leaf_t leaf = full_leaf();
    buf_put(out, "\x01\x0f\xff\xff\xff\xff\xff\xff\xff\xff", 10);
    buf_put(out, "\x00\x00\x01\xa2\x03\x0d\xdd\xcb", 8);
    buf_put_text(out, "\x07"
                      "message\x0f"
                      "incident.notice\x0b"
                      "isoc-energy");
    buf_put(out, uuid, sizeof uuid);
    buf_put(out, leaf.document.bytes, 32);
    buf_put(out, leaf.seal.bytes, 32);
    buf_put(out, leaf.record.bytes, 32);
}

static const uint8_t bare[] = "\x01\x00"
                              "\0\0\0\0\0\0\0\0"
                              "\0\0\0\0\0\0\0\0"
                              "\x05start\0";
enum { BARE = sizeof bare }; // the string's own zero is the author's

static span_t bare_span(void)
{
    return span_of(bare, BARE);
}

// From memory that ends where the leaf ends, so that the sanitizer sees any step beyond.
static int take(leaf_t *leaf, span_t bytes)
{
    uint8_t *copy = malloc(bytes.size ? bytes.size : 1);
    if (bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    why.text[0] = 0;
    int result = leaf_take(leaf, span_of(copy, bytes.size), &why);
    free(copy);
    return result;
}

static void assert_refused(span_t bytes)
{
    leaf_t leaf;
    assert_int_equal(take(&leaf, bytes), -1);
    assert_memory_equal(why.text, "malformed leaf: ", 16);
}

// The octets of `full`, some of them replaced.
static void assert_refused_with(size_t at, const void *other, size_t size)
{
    buf_t bytes = {0};
    put_full(&bytes);
    memcpy(bytes.data + at, other, size);
    assert_refused(buf_span(&bytes));
    buf_destroy(&bytes);
}

// The leaf's octets, which leaf_take takes back; whether they are these.
static void put_is_taken(const leaf_t *leaf, span_t wanted)
{
    buf_t out = {0}, again = {0};
    leaf_t back;
    assert_true(leaf_put(leaf, &out));
    if (wanted.size > 0)
        assert_true(span_equal(buf_span(&out), wanted));
    assert_in_range(out.size, 1, LEAF_MAX);
    if (take(&back, buf_span(&out)) != 0)
        fail_msg("%s", why.text);
    leaf_put(&back, &again);
    assert_true(span_equal(buf_span(&out), buf_span(&again)));
    buf_destroy(&out);
    buf_destroy(&again);
}

static void test_a_full_leaf(void **state)
{
    (void)state;
    const leaf_t whole = full_leaf();
    leaf_t leaf;
    buf_t bytes = {0};
    put_full(&bytes);
    assert_int_equal(bytes.size, FULL);
    assert_int_equal(take(&leaf, buf_span(&bytes)), 0);
    assert_true(leaf.position == UINT64_MAX);
    assert_int_equal(leaf.time_ms, INT64_C(1795347570123));
    assert_string_equal(leaf.type, "message");
    assert_string_equal(leaf.kind, "incident.notice");
    assert_string_equal(leaf.author, "isoc-energy");
    assert_string_equal(leaf.id, ID);
    assert_true(leaf.has_document && leaf.has_seal && leaf.has_record);
    assert_true(hash_equal(&leaf.document, &whole.document));
    assert_true(hash_equal(&leaf.seal, &whole.seal));
    assert_true(hash_equal(&leaf.record, &whole.record));
    put_is_taken(&whole, buf_span(&bytes));
    buf_destroy(&bytes);
}

static void test_a_bare_leaf(void **state)
{
    (void)state;
    leaf_t leaf;
    assert_int_equal(take(&leaf, bare_span()), 0);
    assert_string_equal(leaf.type, "start");
    assert_string_equal(leaf.kind, "");
    assert_string_equal(leaf.author, "");
    assert_string_equal(leaf.id, "");
    assert_false(leaf.has_document || leaf.has_seal || leaf.has_record);
    put_is_taken(&(leaf_t){.type = "start"}, bare_span());
}

// What it has, it has at the same places and in the same order.
static void test_every_set_of_parts(void **state)
{
    (void)state;
    for (unsigned has = 0; has < 32; has++) {
        leaf_t leaf = full_leaf();
        buf_t out = {0};
        leaf.has_document = has & 1;
        leaf.has_seal = has & 2;
        leaf.has_record = has & 4;
        if (!(has & 8))
            leaf.id[0] = 0;
        if (has & 16) {
            memcpy(leaf.type, "former.message", sizeof "former.message");
            leaf.former = 0x0102030405060708;
        }
        put_is_taken(&leaf, (span_t){0});
        leaf_put(&leaf, &out);
        assert_int_equal(out.data[HAS], has);
        size_t hashes = (size_t)__builtin_popcount(has & 7);
        size_t more = (has & 16 ? 7U + 8U : 0U) + (has & 8 ? 16U : 0U);
        assert_int_equal(out.size, UUID + more + 32 * hashes);
        if (has & 16)
            assert_memory_equal(out.data + out.size - 8, "\1\2\3\4\5\6\7\x08", 8);
        buf_destroy(&out);
    }
}

static void test_the_longest_leaf_fits(void **state)
{
    (void)state;
    leaf_t leaf = full_leaf();
    buf_t out = {0};
    memset(leaf.type, 't', TYPE_MAX - 1);
    memcpy(leaf.type, "former.", 7);
    memset(leaf.kind, 'k', KIND_MAX - 1);
    memset(leaf.author, 'a', NODE_ID_MAX - 1);
    put_is_taken(&leaf, (span_t){0});
    leaf_put(&leaf, &out);
    assert_int_equal(out.size, LEAF_MAX); // 290: as PROTOCOL.md has it
    assert_int_equal(out.size, 290);
    buf_put_u8(&out, 0);
    assert_refused(buf_span(&out));
    buf_destroy(&out);
}

static bool is_put(const leaf_t *leaf)
{
    buf_t out = {0};
    bool put = leaf_put(leaf, &out);
    assert_int_equal(put, out.size > 0);
    buf_destroy(&out);
    return put;
}

static void test_what_is_no_leaf_is_not_put(void **state)
{
    (void)state;
    static const char *const ids[] = {"x", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017F22E2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e279b0-7cc3-98c4-dc0c0c07398f-",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g"};
    leaf_t leaf;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        leaf = full_leaf();
        (void)snprintf(leaf.id, sizeof leaf.id, "%s", ids[i]);
        assert_false(is_put(&leaf));
    }
    leaf = full_leaf();
    leaf.type[0] = 0;
    assert_false(is_put(&leaf));
    leaf = full_leaf();
    leaf.author[4] = ' ';
    assert_false(is_put(&leaf));
    leaf = full_leaf();
    leaf.kind[4] = '\n';
    assert_false(is_put(&leaf));
    leaf = full_leaf();
    leaf.time_ms = -1;
    assert_false(is_put(&leaf));
}

static void test_other_octets_are_refused(void **state)
{
    (void)state;
    assert_refused(span_text(""));
    assert_refused(span_text("dabyl-leaf/v1\nposition 0\n"));
    assert_refused_with(0, "\0", 1); // versions
    assert_refused_with(0, "\x02", 1);
    assert_refused_with(HAS, "\x2f", 1); // what nobody knows
    assert_refused_with(HAS, "\x4f", 1);
    assert_refused_with(HAS, "\x8f", 1);
    assert_refused_with(HAS, "\x1f", 1); // former, and the type does not say so
    assert_refused_with(HAS, "\x07", 1); // the id's octets follow all the same
    assert_refused_with(HAS, "\x0e", 1);
    assert_refused_with(TIME, "\x80", 1); // before 1970
    assert_refused_with(TYPE, "\x00", 1); // none
    assert_refused_with(TYPE, "\x08", 1);
    assert_refused_with(TYPE, "\x06", 1);
    assert_refused_with(TYPE + 1, "former.", 7); // and nothing says from where
    assert_refused_with(TYPE + 3, " ", 1);
    assert_refused_with(TYPE + 3, "\0", 1);
    assert_refused_with(KIND + 3, "\t", 1);
    assert_refused_with(AUTHOR + 3, "\xd0\xb6", 2);
    assert_refused_with(AUTHOR + 3, "\x7f", 1);
}

// A word longer than there is room for, and one that runs beyond the end.
static void test_hostile_lengths(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *before;
        size_t room;
    } words[] = {{TYPE, "", TYPE_MAX - 1}, {TYPE + 2, "\1t", KIND_MAX - 1},
        {TYPE + 3, "\1t\0", NODE_ID_MAX - 1}};
    for (size_t i = 0; i < 3; i++)
        for (unsigned size = 0; size < 256; size++) {
            buf_t bytes = {0};
            leaf_t leaf;
            buf_put(&bytes, bare, TYPE);
            buf_put(&bytes, "\1t\0", words[i].at - TYPE);
            buf_put_u8(&bytes, (uint8_t)size);
            for (unsigned k = 0; k < size; k++)
                buf_put_u8(&bytes, 'w');
            for (size_t rest = i; rest < 2; rest++)
                buf_put_u8(&bytes, 0);
            bool good = size <= words[i].room && (i > 0 || size > 0);
            assert_int_equal(take(&leaf, buf_span(&bytes)), good ? 0 : -1);
            bytes.size--; // one octet less than is said
            assert_refused(buf_span(&bytes));
            buf_destroy(&bytes);
        }
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    buf_t bytes = {0};
    put_full(&bytes);
    for (size_t size = 0; size < FULL; size++)
        assert_refused(span_of(bytes.data, size));
    buf_put_u8(&bytes, 0); // one too many
    assert_refused(buf_span(&bytes));
    for (size_t size = 0; size < BARE; size++)
        assert_refused(span_of(bare, size));
    buf_destroy(&bytes);
}

// A changed octet is refused, or is another leaf: never the same one in other octets.
static void every_flipped_bit_shows(span_t whole)
{
    buf_t bytes = {0}, out = {0};
    buf_put_span(&bytes, whole);
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        leaf_t leaf;
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        buf_clear(&out);
        if (take(&leaf, buf_span(&bytes)) == 0) {
            leaf_put(&leaf, &out);
            assert_true(span_equal(buf_span(&out), buf_span(&bytes)));
        }
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_destroy(&bytes);
    buf_destroy(&out);
}

static void test_every_flipped_bit_shows(void **state)
{
    (void)state;
    leaf_t former = full_leaf();
    buf_t bytes = {0};
    put_full(&bytes);
    every_flipped_bit_shows(buf_span(&bytes));
    every_flipped_bit_shows(bare_span());
    buf_clear(&bytes);
    memcpy(former.type, "former.message", sizeof "former.message");
    leaf_put(&former, &bytes);
    every_flipped_bit_shows(buf_span(&bytes));
    buf_destroy(&bytes);
}

// Whoever has document and seal makes the leaf of what is around their hashes.
static void test_divided_and_joined(void **state)
{
    (void)state;
    for (unsigned has = 3; has < 32; has += 4) {
        leaf_t leaf = full_leaf();
        buf_t whole = {0}, joined = {0};
        span_t front, back;
        leaf.has_record = has & 4;
        if (!(has & 8))
            leaf.id[0] = 0;
        if (has & 16)
            memcpy(leaf.type, "former.message", sizeof "former.message");
        leaf_put(&leaf, &whole);
        leaf_divide(buf_span(&whole), &front, &back);
        assert_in_range(front.size, 1, LEAF_FRONT_MAX);
        assert_in_range(back.size, 0, LEAF_BACK_MAX);
        assert_int_equal(front.size + back.size + 64, whole.size);
        leaf_join(front, &leaf.document, &leaf.seal, back, &joined);
        assert_true(span_equal(buf_span(&joined), buf_span(&whole)));
        buf_destroy(&whole);
        buf_destroy(&joined);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_leaf),
        cmocka_unit_test(test_a_bare_leaf),
        cmocka_unit_test(test_every_set_of_parts),
        cmocka_unit_test(test_the_longest_leaf_fits),
        cmocka_unit_test(test_what_is_no_leaf_is_not_put),
        cmocka_unit_test(test_other_octets_are_refused),
        cmocka_unit_test(test_hostile_lengths),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_every_flipped_bit_shows),
        cmocka_unit_test(test_divided_and_joined),
    };
    return test_group(tests, NULL, NULL);
}
