// What travels at joining is whole, secret and of this connection, or it is nothing; and
// the digits stand for all of it.

#include "tests/lib/test.h"

#include "lib/enrol/join.h"

#include <sodium.h>

static cause_t why;

typedef struct {
    join_keys_t hub, node;
} talk_t;

static void begin(talk_t *talk)
{
    uint8_t hello[JOIN_HELLO];
    join_keys_new(&talk->hub);
    join_keys_new(&talk->node);
    join_hello(&talk->hub, hello);
    assert_int_equal(join_take_hello(&talk->node, hello, &why), 0);
}

// The question as the hub has it, with one bit changed, or none (-1).
static int ask(talk_t *talk, span_t request, int bit, buf_t *out)
{
    buf_t sent = {0};
    join_ask(&talk->node, request, &sent);
    if (bit >= 0)
        sent.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    size_t size = join_take_head(&talk->hub, sent.data);
    int result =
        size == sent.size - JOIN_HEAD
            ? join_take_question(&talk->hub, span_of(sent.data + JOIN_HEAD, size), out)
            : -1;
    buf_destroy(&sent);
    return result;
}

static void a_question_arrives_whole_or_not_at_all(void **state)
{
    (void)state;
    const span_t request = span_text("a request");
    const int bits = 8 * (JOIN_HEAD + JOIN_AROUND + (int)request.size);
    buf_t got = {0};
    for (int bit = -1; bit < bits; bit++) {
        talk_t talk;
        begin(&talk);
        int result = ask(&talk, request, bit, &got);
        // the highest bit of a key counts for nothing in X25519
        if (bit == -1 || bit == 8 * 31 + 7)
            assert_int_equal(result, 0);
        else
            assert_int_equal(result, -1);
        assert_true(result != 0 || span_equal(buf_span(&got), request));
    }
    buf_destroy(&got);
}

static void an_answer_is_of_its_connection(void **state)
{
    (void)state;
    talk_t one, two;
    buf_t got = {0};
    buf_t sent = {0};
    begin(&one);
    begin(&two);
    assert_int_equal(ask(&one, span_text("x"), -1, &got), 0);
    assert_int_equal(ask(&two, span_text("x"), -1, &got), 0);
    join_answer(&one.hub, span_text("an answer"), &sent);
    const size_t size = join_take_length(sent.data);
    const span_t sealed = span_of(sent.data + JOIN_LENGTH, size);
    assert_int_equal(size + JOIN_LENGTH, sent.size);
    assert_int_equal(join_take_answer(&two.node, sealed, &got), -1);
    assert_int_equal(join_take_question(&one.hub, sealed, &got), -1); // not echoed
    assert_int_equal(join_take_answer(&one.node, sealed, &got), 0);
    assert_true(span_is(buf_span(&got), "an answer"));
    buf_destroy(&got);
    buf_destroy(&sent);
}

static void lengths_and_keys_that_nobody_sends_are_refused(void **state)
{
    (void)state;
    talk_t talk;
    begin(&talk);
    uint8_t head[JOIN_HEAD];
    static const struct {
        uint32_t size;
        bool good;
    } cases[] = {{0, false}, {JOIN_AROUND, false}, {JOIN_AROUND + 1, true},
        {JOIN_REQUEST_MAX + JOIN_AROUND, true},
        {JOIN_REQUEST_MAX + JOIN_AROUND + 1, false}, {UINT32_MAX, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_t bytes = {0};
        buf_put(&bytes, talk.node.public_key, 32);
        buf_put_u32(&bytes, cases[i].size);
        memcpy(head, bytes.data, sizeof head);
        buf_destroy(&bytes);
        assert_int_equal(
            join_take_head(&talk.hub, head), cases[i].good ? cases[i].size : 0);
    }
    memset(head, 0, 32); // of small order
    assert_int_equal(join_take_head(&talk.hub, head), 0);
    uint8_t hello[JOIN_HELLO];
    join_hello(&talk.hub, hello);
    hello[0] ^= 1;
    assert_int_equal(join_take_hello(&talk.node, hello, &why), -1);
    assert_non_null(strstr(why.text, "no hub"));
}

static void the_digits_stand_for_request_log_and_authority(void **state)
{
    (void)state;
    char digits[4][FINGERPRINT_TEXT];
    join_digits(span_text("r"), span_text("v"), span_text("c"), digits[0]);
    join_digits(span_text("x"), span_text("v"), span_text("c"), digits[1]);
    join_digits(span_text("r"), span_text("x"), span_text("c"), digits[2]);
    join_digits(span_text("r"), span_text("v"), span_text("x"), digits[3]);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(digits[i], digits[k]);
    // what PROTOCOL.md says, computed with sha256sum
    assert_string_equal(digits[0], "73607 45288 72153 82545 78983 06063 79031 91613");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_arrives_whole_or_not_at_all),
        cmocka_unit_test(an_answer_is_of_its_connection),
        cmocka_unit_test(lengths_and_keys_that_nobody_sends_are_refused),
        cmocka_unit_test(the_digits_stand_for_request_log_and_authority),
    };
    return sodium_init() < 0 ? 1 : test_group(tests, NULL, NULL);
}
