// answers - sorted by session, then position; the same position is answered once a frame.

#include "hub/send/answers.h"

#include "lib/base/arena.h"
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
    answers_setup_t setup;
    receipt_answer_t *receipts;
    size_t receipts_n, receipts_room;
    refusal_answer_t *refusals;
    size_t refusals_n, refusals_room;
    receipt_t *receipt; // scratch
    refused_t *refused; // scratch
    uint64_t positions[FRAME_ITEMS_MAX];
    arena_t *arena; // what is told in one frame and the stock has not
    buf_t proof;
};

answers_t *answers_new(const answers_setup_t *setup)
{
    answers_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->arena = arena_new();
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
    arena_destroy(&self->arena);
    buf_destroy(&self->proof);
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

// The same message twice in one turn has one receipt a session.
static void sort_receipts(answers_t *self)
{
    receipt_answer_t *answer = self->receipts;
    size_t kept = 0;
    if (self->receipts_n > 1)
        qsort(answer, self->receipts_n, sizeof *answer, by_session_and_position);
    for (size_t i = 0; i < self->receipts_n; i++)
        if (kept == 0 || by_session_and_position(&answer[kept - 1], &answer[i]) != 0)
            answer[kept++] = answer[i];
    self->receipts_n = kept;
}

// Its leaf, and what its author may know.
static int read_receipt(
    answers_t *self, uint64_t position, receipt_item_t *item, cause_t *why)
{
    receipt_t *receipt = self->receipt;
    const stock_item_t *entry = stock_item(self->setup.stock, position, why);
    if (!entry)
        return -1;
    item->leaf = entry->leaf;
    item->told =
        frame_list(receipt->told, &receipt->tolds, stock_told(entry, self->arena));
    return 0;
}

static bool has_enough(const answers_t *self, size_t bytes)
{
    size_t n = self->receipt->n;
    return n == FRAME_ITEMS_MAX || bytes >= FRAME_SOFT_LIMIT ||
           (n > 0 && stock_is_full(self->setup.stock));
}

// Receipts for one session from `*next` on, as many as go into a frame.
static int read_receipts(answers_t *self, size_t *next, cause_t *why)
{
    receipt_t *receipt = self->receipt;
    int session = self->receipts[*next].session;
    size_t bytes = 0;
    arena_clear(self->arena);
    stock_make_room(self->setup.stock);
    receipt->tolds = 0;
    for (receipt->n = 0; *next < self->receipts_n && !has_enough(self, bytes);
         receipt->n++, ++*next) {
        const receipt_answer_t *answer = &self->receipts[*next];
        receipt_item_t *item = &receipt->item[receipt->n];
        if (answer->session != session)
            break;
        if (read_receipt(self, answer->position, item, why) != 0)
            return -1;
        self->positions[receipt->n] = answer->position;
        bytes += item->leaf.size + receipt->told[item->told].size;
    }
    return 0;
}

static int fill_receipt(answers_t *self, size_t *next, span_t checkpoint, uint64_t size,
    buf_t *frame, cause_t *why)
{
    receipt_t *receipt = self->receipt;
    buf_clear(&self->proof);
    if (read_receipts(self, next, why) != 0 ||
        tree_prove_run(
            self->setup.tree, self->positions, receipt->n, size, &self->proof, why) != 0)
        return -1;
    receipt->checkpoint = checkpoint;
    receipt->proof = buf_span(&self->proof);
    receipt_put(frame, receipt);
    return 0;
}

// Refusals for one session from `*next` on, as many as go into a frame.
static void fill_refused(answers_t *self, size_t *next, buf_t *frame)
{
    refused_t *refused = self->refused;
    int session = self->refusals[*next].session;
    for (refused->n = 0; *next < self->refusals_n && refused->n < FRAME_ITEMS_MAX &&
                         self->refusals[*next].session == session;
         ++*next) {
        const refusal_answer_t *answer = &self->refusals[*next];
        const refusal_t *refusal = &answer->refusal;
        refused->item[refused->n++] = (refused_item_t){answer->document,
            span_text(refusal->code), span_text(refusal->pointer), span_text(refusal->by),
            span_text(refusal->text), refusal->retry};
    }
    refused_put(frame, refused);
}

int answers_send(answers_t *self, span_t checkpoint, uint64_t size, cause_t *why)
{
    sort_receipts(self);
    for (size_t next = 0; next < self->receipts_n;) {
        int session = self->receipts[next].session;
        buf_t frame = {0};
        if (fill_receipt(self, &next, checkpoint, size, &frame, why) != 0)
            return -1;
        reception_answer(self->setup.reception, session, &frame);
    }
    if (self->refusals_n > 1)
        qsort(self->refusals, self->refusals_n, sizeof *self->refusals, by_session);
    for (size_t next = 0; next < self->refusals_n;) {
        int session = self->refusals[next].session;
        buf_t frame = {0};
        fill_refused(self, &next, &frame);
        reception_answer(self->setup.reception, session, &frame);
    }
    return 0;
}
