// group - subtrees that a proof asks for lie before the group, where the log's peaks have
// them, or in it, where they are folded from leaves.

#include "tests/bench/floor/group.h"

#include "tests/bench/peers/message.h"

#include <stdlib.h>
#include <string.h>

void group_begin(group_t *self, const keys_t *keys, const merkle_t *log, int64_t ms)
{
    self->keys = keys;
    self->before = *log;
    self->after = *log;
    self->time_ms = ms;
    self->run.n = 0;
    self->deliver.n = 0;
    self->deliver.heads = 0;
    self->deliver.whys = 1; // empty
    buf_clear(&self->note);
}

bool group_has_room(const group_t *self, size_t n)
{
    return self->run.n + n <= FRAME_ITEMS_MAX;
}

// Its number in place of the last digits: publishers differ by their names.
static void note_id(span_t document, char id[MESSAGE_ID_MAX])
{
    static const char none[MESSAGE_ID_MAX] = "00000000-0000-7000-8000-000000000000";
    char digits[9];
    message_t message = {0};
    (void)message_parse(&message, document);
    uint8_t number[4] = {(uint8_t)(message.number >> 24), (uint8_t)(message.number >> 16),
        (uint8_t)(message.number >> 8), (uint8_t)message.number};
    hex_encode(number, sizeof number, digits);
    memcpy(id, none, sizeof none);
    memcpy(id + sizeof none - sizeof digits, digits, sizeof digits - 1);
}

// The leaf of document i of the batch; its bytes stay with the group.
static span_t add_leaf(group_t *self, const batch_t *batch, size_t i, span_t document)
{
    size_t at = self->run.n;
    leaf_t leaf = {.position = self->after.size,
        .time_ms = self->time_ms,
        .type = "message",
        .kind = "incident.notice",
        .has_document = true,
        .has_seal = true,
        .document = batch->document[i],
        .seal = batch->seal};
    memcpy(leaf.author, self->keys->name[batch->author], sizeof *self->keys->name);
    note_id(document, leaf.id);
    buf_clear(&self->scratch);
    leaf_put(&leaf, &self->scratch);
    span_t bytes = buf_span(&self->scratch);
    memcpy(self->leaf[at].bytes, bytes.data, bytes.size);
    self->leaf[at].size = bytes.size;
    self->leaf[at].author = batch->author;
    run_add(&self->run, leaf.position, bytes);
    merkle_add(&self->after, &self->run.leaf[at]);
    return span_of(self->leaf[at].bytes, bytes.size);
}

void group_add(group_t *self, const publish_t *publish, const batch_t *batch)
{
    deliver_t *deliver = &self->deliver;
    for (size_t i = 0; i < publish->n; i++) {
        deliver_item_t *item = &deliver->item[deliver->n++];
        span_t leaf = add_leaf(self, batch, i, publish->item[i].document);
        *item = (deliver_item_t){.number = self->after.size, .sealed = publish->item[i]};
        item->sealed.head = (uint16_t)deliver->heads;
        leaf_divide(leaf, &item->front, &item->back);
    }
    deliver->head[deliver->heads++] = publish->head[0];
}

static int fetch(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const group_t *self = context;
    uint64_t first = index << level, end = (index + 1) << level;
    if (end <= self->before.size) {
        *out = self->before.peak[level];
        return 0;
    }
    if (level == 0) {
        *out = self->run.leaf[first - self->before.size];
        return 0;
    }
    hash_t left, right;
    (void)fetch(context, level - 1, 2 * index, &left);
    (void)fetch(context, level - 1, 2 * index + 1, &right);
    merkle_node(&left, &right, out);
    return 0;
}

static span_t prove(group_t *self, const uint64_t *position, size_t n)
{
    buf_clear(&self->proof);
    if (merkle_prove_run(position, n, self->after.size, fetch, self, &self->proof) != 0)
        abort();
    return buf_span(&self->proof);
}

void group_end(group_t *self, buf_t *frame)
{
    checkpoint_t checkpoint = {.origin = FLOOR_ORIGIN, .size = self->after.size};
    merkle_root(&self->after, &checkpoint.root);
    checkpoint_sign(
        &checkpoint, &self->keys->vkey, self->keys->log.secret_key, &self->note);
    self->deliver.checkpoint = buf_span(&self->note);
    self->deliver.proof = prove(self, self->run.position, self->run.n);
    deliver_put(frame, &self->deliver);
}

void group_put_receipt(group_t *self, size_t author, buf_t *frame)
{
    uint64_t position[FRAME_ITEMS_MAX];
    receipt_t *receipt = &self->receipt;
    receipt->n = 0;
    for (size_t i = 0; i < self->run.n; i++)
        if (self->leaf[i].author == author) {
            position[receipt->n] = self->run.position[i];
            receipt->item[receipt->n++].leaf =
                span_of(self->leaf[i].bytes, self->leaf[i].size);
        }
    if (receipt->n == 0)
        return;
    receipt->checkpoint = buf_span(&self->note);
    receipt->proof = prove(self, position, receipt->n);
    receipt->tolds = 1; // empty
    receipt_put(frame, receipt);
}
