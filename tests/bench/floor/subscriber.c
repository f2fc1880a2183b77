// subscriber - signs what it has when half of its window is used, or after a moment.

#include "tests/bench/floor/client.h"

#include "lib/sys/clock.h"
#include "tests/bench/floor/group.h"
#include "tests/bench/floor/socket.h"

#include <sodium.h>
#include <string.h>

enum { ACK_ENTRIES = 512, ACK_US = 50000 };

static int subscribe(client_t *self, cause_t *why)
{
    uint8_t answer[2] = {0};
    buf_put_u8(&self->out, FRAME_VERSION);
    buf_put_u8(&self->out, FLOOR_SUBSCRIBE);
    buf_put_u8(&self->out, (uint8_t)party_index(self->party));
    if (client_send(self, why) != 0)
        return -1;
    if (zmq_recv(self->socket, answer, sizeof answer, 0) != sizeof answer ||
        answer[1] != FLOOR_SUBSCRIBE)
        return cause_set(why, "floor: the hub does not answer");
    return 0;
}

void *subscriber_open(void *world, party_t *party, cause_t *why)
{
    client_t *self = client_open(world, party, why);
    if (self && subscribe(self, why) != 0) {
        client_close(self);
        return NULL;
    }
    return self;
}

static int acknowledge(client_t *self, cause_t *why)
{
    const seal_key_t *key = &self->world->keys->subscriber[party_index(self->party)];
    ack_t ack = {.number = self->has, .root = self->root};
    ack_signed_text(FLOOR_ORIGIN, key->id, ack.number, &ack.root, &self->out);
    (void)crypto_sign_detached(
        ack.signature, NULL, self->out.data, self->out.size, key->secret_key);
    buf_clear(&self->out);
    ack_put(&self->out, &ack);
    self->acked = self->has;
    return client_send(self, why);
}

static int acknowledge_in_time(client_t *self, cause_t *why)
{
    if (self->has == self->acked)
        return 0;
    if (self->has - self->acked < ACK_ENTRIES && clock_us(CLOCK_STEADY) < self->due_us)
        return 0;
    return acknowledge(self, why);
}

// Rebuild the item's leaf: it is the next entry, and by who sealed the document.
static int add_leaf(client_t *self, const deliver_item_t *item, size_t i, cause_t *why)
{
    leaf_t leaf;
    const batch_t *batch = &self->batch;
    uint64_t position = self->has + self->run.n;
    buf_clear(&self->out);
    leaf_join(item->front, &batch->document[i], &batch->seal, item->back, &self->out);
    if (leaf_take(&leaf, buf_span(&self->out), why) != 0)
        return -1;
    if (item->aside || item->number != position + 1 || leaf.position != position ||
        !leaf_is_message(&leaf) ||
        strcmp(leaf.author, self->world->keys->name[batch->author]) != 0)
        return cause_set(why, "floor: no delivery, or not the next");
    run_add(&self->run, position, buf_span(&self->out));
    return 0;
}

// The items of the next head, from `at` on, which lie one behind the other.
static int take_batch(client_t *self, size_t head, size_t *at, cause_t *why)
{
    const deliver_t *deliver = &self->deliver;
    size_t first = *at;
    self->batch.n = 0;
    for (; *at < deliver->n && deliver->item[*at].sealed.head == head; (*at)++)
        batch_add(&self->batch, &deliver->item[*at].sealed);
    if (batch_check(&self->batch, self->world->keys, &deliver->head[head], why) != 0)
        return -1;
    for (size_t i = 0; i < self->batch.n; i++)
        if (add_leaf(self, &deliver->item[first + i], i, why) != 0)
            return -1;
    return 0;
}

static int check_delivery(client_t *self, cause_t *why)
{
    const deliver_t *deliver = &self->deliver;
    size_t at = 0;
    self->run.n = 0;
    for (size_t head = 0; head < deliver->heads; head++)
        if (take_batch(self, head, &at, why) != 0)
            return -1;
    if (at != deliver->n)
        return cause_set(why, "floor: items that are under no seal");
    int result = run_check(&self->run, self->world->keys, deliver->checkpoint,
        deliver->proof, &self->root, why);
    buf_clear(&self->out);
    return result;
}

// Everything is verified before anything of it is told.
static int take_delivery(client_t *self, span_t frame, cause_t *why)
{
    deliver_t *deliver = &self->deliver;
    if (deliver_take(deliver, frame, why) != 0 || check_delivery(self, why) != 0)
        return -1;
    for (size_t i = 0; i < deliver->n; i++)
        party_delivered(self->party, deliver->item[i].sealed.document);
    if (self->has == self->acked)
        self->due_us = clock_us(CLOCK_STEADY) + ACK_US;
    self->has += deliver->n;
    return acknowledge_in_time(self, why);
}

int subscriber_receive(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    return client_wait(self, most_ns) ? client_take_all(self, take_delivery, why)
                                      : acknowledge_in_time(self, why);
}

void subscriber_close(void *context)
{
    client_t *self = context;
    cause_t why;
    if (self->has != self->acked)
        (void)acknowledge(self, &why); // whether it came, the hub is asked at the end
    client_close(self);
}
