// publisher - keeps what it sealed until the receipt has proven it.

#include "tests/bench/floor/client.h"

#include "lib/base/memory.h"
#include "tests/bench/peers/message.h"

#include <string.h>

void *publisher_open(void *world, party_t *party, cause_t *why)
{
    client_t *self = client_open(world, party, why);
    if (self)
        self->sent = memory_new(self->world->options->window, sizeof *self->sent);
    return self;
}

int publisher_publish(void *context, span_t message, uint32_t number, cause_t *why)
{
    client_t *self = context;
    (void)number; // they come in order, from 0 on
    (void)why;
    buf_put_span(&self->waiting, message);
    return 0;
}

static sent_t *sent_at(client_t *self, uint64_t number)
{
    return &self->sent[number % self->world->options->window];
}

// Note what the receipt has to say, and print the head of all their seals.
static int sign(
    client_t *self, const hash_t *document, size_t n, buf_t *text, cause_t *why)
{
    seal_head_t head;
    hash_t seal;
    seal_head_begin(&head, FLOOR_ORIGIN, document, n);
    if (seal_head_sign(
            &head, &self->world->keys->publisher[party_index(self->party)], why) != 0)
        return -1;
    seal_head_print(&head, text);
    sha256(buf_span(text), &seal);
    for (size_t i = 0; i < n; i++)
        *sent_at(self, self->end++) = (sent_t){document[i], seal};
    return 0;
}

static int seal_some(client_t *self, const uint8_t *from, size_t n, cause_t *why)
{
    publish_t *publish = &self->publish;
    hash_t document[FRAME_ITEMS_MAX];
    buf_t text = {0};
    for (size_t i = 0; i < n; i++) {
        span_t bytes = span_of(from + i * MESSAGE_BYTES, MESSAGE_BYTES);
        publish->item[i] = (sealed_t){.index = (uint32_t)i, .document = bytes};
        sha256(bytes, &document[i]);
    }
    int result = sign(self, document, n, &text, why);
    if (result == 0) {
        publish->n = n;
        publish->heads = 1;
        publish->head[0] = (sealed_head_t){.text = buf_span(&text)}; // all are there
        publish_put(&self->out, publish);
        result = client_send(self, why);
    }
    buf_destroy(&text);
    return result;
}

static int seal_all(client_t *self, cause_t *why)
{
    size_t all = self->waiting.size / MESSAGE_BYTES, together = self->world->together;
    for (size_t at = 0; at < all; at += together) {
        size_t n = all - at < together ? all - at : together;
        if (seal_some(self, self->waiting.data + at * MESSAGE_BYTES, n, why) != 0)
            return -1;
    }
    buf_clear(&self->waiting);
    return 0;
}

// That the leaf is of the message that is next.
static int check_leaf(client_t *self, uint64_t number, span_t bytes, cause_t *why)
{
    leaf_t leaf;
    const sent_t *sent = sent_at(self, number);
    if (leaf_take(&leaf, bytes, why) != 0)
        return -1;
    if (!leaf.has_document || !hash_equal(&leaf.document, &sent->document) ||
        !leaf.has_seal || !hash_equal(&leaf.seal, &sent->seal) ||
        strcmp(leaf.author, self->world->keys->name[party_index(self->party)]) != 0)
        return cause_set(why, "floor: no receipt of what was sent");
    run_add(&self->run, leaf.position, bytes);
    return 0;
}

// All or nothing of a receipt counts.
static int take_receipt(client_t *self, span_t frame, cause_t *why)
{
    receipt_t *receipt = &self->receipt;
    hash_t root;
    if (receipt_take(receipt, frame, why) != 0)
        return -1;
    if (receipt->n > self->end - self->first)
        return cause_set(why, "floor: a receipt of more than was sent");
    self->run.n = 0;
    for (size_t i = 0; i < receipt->n; i++)
        if (check_leaf(self, self->first + i, receipt->item[i].leaf, why) != 0)
            return -1;
    if (run_check(&self->run, self->world->keys, receipt->checkpoint, receipt->proof,
            &root, why) != 0)
        return -1;
    for (size_t i = 0; i < receipt->n; i++)
        party_acknowledged(self->party, (uint32_t)self->first++);
    return 0;
}

int publisher_collect(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    if (seal_all(self, why) != 0)
        return -1;
    return client_wait(self, most_ns) ? client_take_all(self, take_receipt, why) : 0;
}
