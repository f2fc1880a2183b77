// answers: every answer goes to its session once, proven, in as few frames as will do.

#include "hub/send/answers.h"

#include "lib/message/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// What was sent, one line a frame: "<session> receipt 4,7 proof 4,7" or
// "<session> refused code,code".
static buf_t sent;
static cause_t why;
static uint64_t missing; // a position whose entry cannot be read; 0: none
static bool unprovable;

static int entry(
    void *context, uint64_t position, span_t *leaf, span_t *told, cause_t *cause)
{
    static char text[5000][16];
    (void)context;
    if (missing && position == missing)
        return cause_set(cause, "gone");
    (void)snprintf(text[position], sizeof text[0], "%d", (int)position);
    *leaf = span_text(text[position]);
    *told = span_text("told");
    return 0;
}

static int prove(
    void *context, const uint64_t *positions, size_t n, buf_t *proof, cause_t *cause)
{
    (void)context;
    if (unprovable)
        return cause_set(cause, "no proof");
    for (size_t i = 0; i < n; i++) { // one "hash" a position
        buf_put(proof, (uint8_t[24]){0}, 24);
        buf_put_u64(proof, positions[i]);
    }
    return 0;
}

static void note_receipt(span_t frame)
{
    receipt_t *receipt = malloc(sizeof *receipt);
    assert_int_equal(receipt_take(receipt, frame, &why), 0);
    assert_true(span_is(receipt->checkpoint, "note"));
    buf_put_text(&sent, "receipt ");
    for (size_t i = 0; i < receipt->n; i++) {
        assert_true(span_is(receipt->item[i].told, "told"));
        buf_put_text(&sent, i ? "," : "");
        buf_put_span(&sent, receipt->item[i].leaf);
    }
    reader_t proof = reader_of(receipt->proof);
    for (const char *word = " proof "; proof.rest.size; word = ",") {
        (void)take_bytes(&proof, 24);
        buf_printf(&sent, "%s%d", word, (int)take_u64(&proof));
    }
    free(receipt);
}

static void note_refused(span_t frame)
{
    refused_t *refused = malloc(sizeof *refused);
    assert_int_equal(refused_take(refused, frame, &why), 0);
    buf_put_text(&sent, "refused ");
    for (size_t i = 0; i < refused->n; i++) {
        buf_put_text(&sent, i ? "," : "");
        buf_put_span(&sent, refused->item[i].code);
        buf_printf(&sent, ":%d%s", refused->item[i].document.bytes[0],
            refused->item[i].retry ? "!" : "");
    }
    free(refused);
}

static void note(void *context, int session, span_t frame)
{
    reader_t body;
    (void)context;
    buf_printf(&sent, "%d ", session);
    if (frame_type(frame, &body) == FRAME_RECEIPT)
        note_receipt(frame);
    else
        note_refused(frame);
    buf_put_text(&sent, "\n");
}

static int send_all(answers_t *answers)
{
    answers_out_t out = {entry, prove, note, NULL, span_text("note")};
    buf_clear(&sent);
    return answers_send(answers, &out, &why);
}

static void sends(answers_t *answers, const char *expected)
{
    assert_int_equal(send_all(answers), 0);
    assert_string_equal(buf_text(&sent), expected);
}

static void refuse_with(
    answers_t *answers, int session, uint8_t document, const char *code, bool retry)
{
    refusal_t refusal;
    hash_t hash = {{document}};
    (void)refuse(&refusal, code, "/kind", "rules", "no");
    refusal.retry = retry;
    answers_refusal(answers, session, &hash, &refusal);
}

static void each_session_gets_its_own(void **state)
{
    (void)state;
    answers_t *answers = answers_new();
    answers_receipt(answers, 2, 9);
    answers_receipt(answers, 1, 7);
    answers_receipt(answers, 2, 3);
    answers_receipt(answers, 1, 4);
    refuse_with(answers, 2, 5, "rate.limit", true);
    refuse_with(answers, 1, 6, "doc.size", false);
    refuse_with(answers, 2, 7, "role.kind", false);
    sends(answers, "1 receipt 4,7 proof 4,7\n"
                   "2 receipt 3,9 proof 3,9\n"
                   "1 refused doc.size:6\n"
                   "2 refused rate.limit:5!,role.kind:7\n");
    answers_clear(answers);
    sends(answers, "");
    answers_destroy(&answers);
    assert_null(answers);
    answers_destroy(&answers);
}

// A message that is published twice in one turn is one entry and has one receipt.
static void the_same_entry_is_answered_once_a_session(void **state)
{
    (void)state;
    answers_t *answers = answers_new();
    answers_receipt(answers, 1, 4);
    answers_receipt(answers, 2, 4);
    answers_receipt(answers, 1, 4);
    answers_receipt(answers, 1, 4);
    sends(answers, "1 receipt 4 proof 4\n2 receipt 4 proof 4\n");
    answers_destroy(&answers);
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static void too_many_for_one_frame_go_in_several(void **state)
{
    (void)state;
    answers_t *answers = answers_new();
    for (uint64_t position = 0; position < 2 * FRAME_ITEMS_MAX + 1; position++)
        answers_receipt(answers, 1, position);
    assert_int_equal(send_all(answers), 0);
    assert_int_equal(lines(buf_text(&sent)), 3);
    answers_clear(answers);
    for (unsigned i = 0; i < FRAME_ITEMS_MAX + 1; i++)
        refuse_with(answers, 1, (uint8_t)i, "doc.size", false);
    assert_int_equal(send_all(answers), 0);
    assert_int_equal(lines(buf_text(&sent)), 2);
    answers_destroy(&answers);
}

static void what_cannot_be_read_or_proven_is_a_failure(void **state)
{
    (void)state;
    answers_t *answers = answers_new();
    answers_receipt(answers, 1, 4);
    missing = 4;
    assert_int_equal(send_all(answers), -1);
    assert_string_equal(why.text, "gone");
    missing = 0;
    unprovable = true;
    assert_int_equal(send_all(answers), -1);
    assert_string_equal(buf_text(&sent), "");
    unprovable = false;
    sends(answers, "1 receipt 4 proof 4\n"); // nothing is left over from before
    answers_destroy(&answers);
    buf_destroy(&sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_session_gets_its_own),
        cmocka_unit_test(the_same_entry_is_answered_once_a_session),
        cmocka_unit_test(too_many_for_one_frame_go_in_several),
        cmocka_unit_test(what_cannot_be_read_or_proven_is_a_failure),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
