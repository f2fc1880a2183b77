// answers - sorted by session, then position; the same position is answered once a frame.

#include "hub/send/answers.h"

#include "lib/base/memory.h"
#include "lib/message/frame.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_SOFT_LIMIT = 256 * 1024 }; // bytes of leaves and of what authors are told

typedef struct {
    int session;
    uint64_t position;
} receipt_answer_t;

typedef struct {
    int session;
    hash_t document;
    refusal_t refusal;
} refusal_answer_t;

struct answers {
    receipt_answer_t *receipts;
    size_t receipts_n, receipts_room;
    refusal_answer_t *refusals;
    size_t refusals_n, refusals_room;
    receipt_t *receipt; // scratch
    refused_t *refused; // scratch
    uint64_t positions[FRAME_ITEMS_MAX];
    buf_t proof, out;
};

answers_t *answers_new(void)
{
    answers_t *self = memory_new(1, sizeof *self);
    self->receipt = memory_new(1, sizeof *self->receipt);
    self->refused = memory_new(1, sizeof *self->refused);
    return self;
}

void answers_destroy(answers_t **self_p)
{
    answers_t *self = *self_p;
    if (!self)
        return;
    free(self->receipts);
    free(self->refusals);
    free(self->receipt);
    free(self->refused);
    buf_destroy(&self->proof);
    buf_destroy(&self->out);
    free(self);
    *self_p = NULL;
}

void answers_clear(answers_t *self)
{
    self->receipts_n = 0;
    self->refusals_n = 0;
}

void answers_receipt(answers_t *self, int session, uint64_t position)
{
    if (self->receipts_n == self->receipts_room) {
        self->receipts_room = self->receipts_room ? self->receipts_room * 2 : 64;
        self->receipts =
            memory_grow(self->receipts, self->receipts_room, sizeof *self->receipts);
    }
    self->receipts[self->receipts_n++] = (receipt_answer_t){session, position};
}

void answers_refusal(
    answers_t *self, int session, const hash_t *document, const refusal_t *refusal)
{
    if (self->refusals_n == self->refusals_room) {
        self->refusals_room = self->refusals_room ? self->refusals_room * 2 : 16;
        self->refusals =
            memory_grow(self->refusals, self->refusals_room, sizeof *self->refusals);
    }
    self->refusals[self->refusals_n++] = (refusal_answer_t){session, *document, *refusal};
}

static int by_session_and_position(const void *a, const void *b)
{
    const receipt_answer_t *x = a;
    const receipt_answer_t *y = b;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

static int by_session(const void *a, const void *b)
{
    const refusal_answer_t *x = a;
    const refusal_answer_t *y = b;
    return (x->session > y->session) - (x->session < y->session);
}

static int send_receipt(
    answers_t *self, int session, const answers_out_t *out, cause_t *why)
{
    receipt_t *receipt = self->receipt;
    buf_clear(&self->proof);
    if (out->prove(out->context, self->positions, receipt->n, &self->proof, why) != 0)
        return -1;
    receipt->checkpoint = out->checkpoint;
    receipt->proof = buf_span(&self->proof);
    buf_clear(&self->out);
    receipt_put(&self->out, receipt);
    out->send(out->context, session, buf_span(&self->out));
    receipt->n = 0;
    return 0;
}

static int send_receipts(answers_t *self, const answers_out_t *out, cause_t *why)
{
    receipt_t *receipt = self->receipt;
    size_t bytes = 0;
    receipt->n = 0;
    for (size_t i = 0; i < self->receipts_n; i++) {
        const receipt_answer_t *answer = &self->receipts[i];
        const receipt_answer_t *next = i + 1 < self->receipts_n ? answer + 1 : NULL;
        if (next && by_session_and_position(answer, next) == 0)
            continue; // the same message twice in one turn
        receipt_item_t *item = &receipt->item[receipt->n];
        if (out->entry(out->context, answer->position, &item->leaf, &item->told, why) !=
            0)
            return -1;
        self->positions[receipt->n++] = answer->position;
        bytes += item->leaf.size + item->told.size;
        bool last = !next || next->session != answer->session;
        if (!last && receipt->n < FRAME_ITEMS_MAX && bytes < FRAME_SOFT_LIMIT)
            continue;
        if (send_receipt(self, answer->session, out, why) != 0)
            return -1;
        bytes = 0;
    }
    return 0;
}

static void send_refusals(answers_t *self, const answers_out_t *out)
{
    refused_t *refused = self->refused;
    refused->n = 0;
    for (size_t i = 0; i < self->refusals_n; i++) {
        const refusal_answer_t *answer = &self->refusals[i];
        const refusal_t *refusal = &answer->refusal;
        refused->item[refused->n++] = (refused_item_t){answer->document,
            span_text(refusal->code), span_text(refusal->pointer), span_text(refusal->by),
            span_text(refusal->text), refusal->retry};
        bool last = i + 1 == self->refusals_n || answer[1].session != answer->session;
        if (!last && refused->n < FRAME_ITEMS_MAX)
            continue;
        buf_clear(&self->out);
        refused_put(&self->out, refused);
        out->send(out->context, answer->session, buf_span(&self->out));
        refused->n = 0;
    }
}

int answers_send(answers_t *self, const answers_out_t *out, cause_t *why)
{
    if (self->receipts_n > 1)
        qsort(self->receipts, self->receipts_n, sizeof *self->receipts,
            by_session_and_position);
    if (self->refusals_n > 1)
        qsort(self->refusals, self->refusals_n, sizeof *self->refusals, by_session);
    if (send_receipts(self, out, why) != 0)
        return -1;
    send_refusals(self, out);
    return 0;
}
