// frame_messages - a text that many messages have in common stands once, and items name
// it by its place: heads of seals, and what is around a leaf.

#include "lib/base/text.h"
#include "lib/message/frame_inside.h"

#include <assert.h>
#include <string.h>

// Of how many of its last texts a list is asked whether they are the same.
enum { LOOK_BACK = 8 };

static void put_heads(buf_t *out, const sealed_head_t *head, size_t n)
{
    assert(n <= FRAME_HEADS_MAX);
    buf_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        buf_put_long(out, head[i].text);
        buf_put_long(out, head[i].proof);
    }
}

static bool proof_whole(span_t proof)
{
    return proof.size % sizeof(hash_t) == 0;
}

static size_t take_heads(reader_t *body, size_t least, sealed_head_t *head)
{
    size_t n = frame_take_count(body, least, FRAME_HEADS_MAX);
    for (size_t i = 0; i < n; i++) {
        head[i].text = take_long(body);
        head[i].proof = take_long(body);
        body->bad |= !proof_whole(head[i].proof);
    }
    return n;
}

uint16_t frame_list(span_t *list, size_t *n, span_t text)
{
    size_t end = *n > LOOK_BACK ? *n - LOOK_BACK : 0;
    for (size_t i = *n; i > end; i--)
        if (span_equal(list[i - 1], text))
            return (uint16_t)(i - 1);
    assert(*n < FRAME_ITEMS_MAX);
    list[*n] = text;
    return (uint16_t)(*n)++;
}

// What a list has is named by an item, and stands in the order in which items name it
// first.  `named`: how many of it were.
static bool name_next(size_t *named, size_t which)
{
    if (which > *named)
        return false;
    *named += which == *named;
    return true;
}

// The places under heads, as a decoder goes along: each head has one, and they increase.
typedef struct {
    size_t heads, named;
    uint32_t next[FRAME_HEADS_MAX]; // one more than the last place, 0: none yet
} places_t;

static void places_begin(places_t *self, size_t heads)
{
    self->heads = heads;
    self->named = 0;
    memset(self->next, 0, heads * sizeof self->next[0]);
}

static bool places_add(places_t *self, const sealed_t *item)
{
    if (item->head >= self->heads || item->index >= SEAL_COUNT_MAX ||
        item->index < self->next[item->head] || !name_next(&self->named, item->head))
        return false;
    self->next[item->head] = item->index + 1;
    return true;
}

void publish_put(buf_t *out, const publish_t *self)
{
    frame_put_header(out, FRAME_PUBLISH);
    put_heads(out, self->head, self->heads);
    buf_put_u16(out, (uint16_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        buf_put_u16(out, self->item[i].head);
        buf_put_u32(out, self->item[i].index);
        buf_put_long(out, self->item[i].document);
    }
}

int publish_take(publish_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_PUBLISH);
    bool good = true;
    places_t places;
    self->heads = take_heads(&body, 1, self->head);
    self->n = frame_take_count(&body, 1, FRAME_ITEMS_MAX);
    places_begin(&places, self->heads);
    for (size_t i = 0; i < self->n && !body.bad; i++) {
        sealed_t *item = &self->item[i];
        item->head = take_u16(&body);
        item->index = take_u32(&body);
        item->document = take_long(&body);
        good &= places_add(&places, item);
    }
    return frame_finish(&body, good && places.named == self->heads, "PUBLISH", why);
}

void receipt_put(buf_t *out, const receipt_t *self)
{
    frame_put_header(out, FRAME_RECEIPT);
    buf_put_long(out, self->checkpoint);
    buf_put_long(out, self->proof);
    buf_put_u16(out, (uint16_t)self->tolds);
    for (size_t i = 0; i < self->tolds; i++)
        buf_put_long(out, self->told[i]);
    buf_put_u16(out, (uint16_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        buf_put_short(out, self->item[i].leaf);
        buf_put_u16(out, self->item[i].told);
    }
}

int receipt_take(receipt_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_RECEIPT);
    bool good = true;
    size_t tolds = 0;
    self->checkpoint = take_long(&body);
    self->proof = take_long(&body);
    self->tolds = frame_take_count(&body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->tolds; i++)
        self->told[i] = take_long(&body);
    self->n = frame_take_count(&body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->n && !body.bad; i++) {
        self->item[i].leaf = take_short(&body);
        self->item[i].told = take_u16(&body);
        good &= self->item[i].told < self->tolds && name_next(&tolds, self->item[i].told);
    }
    good &= tolds == self->tolds && proof_whole(self->proof);
    return frame_finish(&body, good, "RECEIPT", why);
}

void refused_put(buf_t *out, const refused_t *self)
{
    frame_put_header(out, FRAME_REFUSED);
    buf_put_u16(out, (uint16_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        const refused_item_t *item = &self->item[i];
        buf_put(out, item->document.bytes, sizeof item->document.bytes);
        buf_put_u8(out, item->retry);
        buf_put_short(out, item->code);
        buf_put_short(out, item->pointer);
        buf_put_short(out, item->by);
        buf_put_short(out, item->text);
    }
}

static bool take_refused(reader_t *body, refused_item_t *item)
{
    (void)take_into(body, item->document.bytes, sizeof item->document.bytes);
    uint8_t retry = take_u8(body);
    item->retry = retry == 1;
    item->code = take_short(body);
    item->pointer = take_short(body);
    item->by = take_short(body);
    item->text = take_short(body);
    return retry <= 1 && text_is_word(item->code) && text_is_line(item->pointer) &&
           text_is_line(item->by) && text_is_line(item->text);
}

int refused_take(refused_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_REFUSED);
    bool good = true;
    self->n = frame_take_count(&body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->n && !body.bad; i++)
        good &= take_refused(&body, &self->item[i]);
    return frame_finish(&body, good, "REFUSED", why);
}

static void put_delivered_item(buf_t *out, const deliver_item_t *item)
{
    buf_put_u64(out, item->number);
    buf_put_u16(out, item->why);
    buf_put_u8(out, !item->aside);
    if (item->aside) {
        buf_put_short(out, item->leaf);
        return;
    }
    buf_put_u16(out, item->sealed.head);
    buf_put_u32(out, item->sealed.index);
    buf_put_tiny(out, item->front);
    buf_put_tiny(out, item->back);
    buf_put_long(out, item->sealed.document);
}

// What all of it takes, or a little more.
static size_t delivered_size(const deliver_t *self)
{
    enum { AROUND = 32 }; // lengths and numbers of the frame, of each item
    size_t size = 2 * AROUND + self->checkpoint.size + self->proof.size;
    for (size_t i = 0; i < self->certs; i++)
        size += sizeof(uint32_t) + self->cert[i].size;
    for (size_t i = 0; i < self->heads; i++)
        size += 2 * sizeof(uint32_t) + self->head[i].text.size + self->head[i].proof.size;
    for (size_t i = 0; i < self->whys; i++)
        size += sizeof(uint16_t) + self->why[i].size;
    for (size_t i = 0; i < self->n; i++) {
        const deliver_item_t *item = &self->item[i];
        size += AROUND + (item->aside ? item->leaf.size
                                      : item->front.size + item->back.size +
                                            item->sealed.document.size);
    }
    return size;
}

static void put_delivered(buf_t *out, const deliver_t *self)
{
    buf_reserve(out, delivered_size(self));
    buf_put_u16(out, (uint16_t)self->certs);
    for (size_t i = 0; i < self->certs; i++)
        buf_put_long(out, self->cert[i]);
    buf_put_long(out, self->checkpoint);
    buf_put_long(out, self->proof);
    put_heads(out, self->head, self->heads);
    buf_put_u16(out, (uint16_t)self->whys);
    for (size_t i = 0; i < self->whys; i++)
        buf_put_short(out, self->why[i]);
    buf_put_u16(out, (uint16_t)self->n);
    for (size_t i = 0; i < self->n; i++)
        put_delivered_item(out, &self->item[i]);
}

void deliver_put(buf_t *out, const deliver_t *self)
{
    frame_put_header(out, FRAME_DELIVER);
    put_delivered(out, self);
}

void carried_put(buf_t *out, const deliver_t *self)
{
    frame_put_header(out, FRAME_CARRIED);
    buf_put_u64(out, self->carrier);
    put_delivered(out, self);
}

// A sealed document and what is around its hashes, or a leaf and nothing else.
static bool take_delivered(reader_t *body, places_t *places, deliver_item_t *item)
{
    *item = (deliver_item_t){.number = take_u64(body), .why = take_u16(body)};
    uint8_t there = take_u8(body);
    item->aside = there == 0;
    if (item->aside) {
        item->leaf = take_short(body);
        return true;
    }
    item->sealed.head = take_u16(body);
    item->sealed.index = take_u32(body);
    item->front = take_tiny(body);
    item->back = take_tiny(body);
    item->sealed.document = take_long(body);
    return there == 1 && places_add(places, &item->sealed);
}

static bool take_deliver_items(reader_t *body, deliver_t *self)
{
    bool good = true;
    uint64_t number = 0; // the first inbox number is 1
    size_t whys = 0;
    places_t places;
    places_begin(&places, self->heads);
    for (size_t i = 0; i < self->n && !body->bad; i++) {
        deliver_item_t *item = &self->item[i];
        good &= take_delivered(body, &places, item) && item->number > number &&
                item->why < self->whys && name_next(&whys, item->why);
        number = item->number;
    }
    return good && places.named == self->heads && whys == self->whys;
}

static bool take_deliveries(reader_t *body, deliver_t *self)
{
    self->certs = frame_take_count(body, 0, sizeof self->cert / sizeof *self->cert);
    for (size_t i = 0; i < self->certs; i++)
        self->cert[i] = take_long(body);
    self->checkpoint = take_long(body);
    self->proof = take_long(body);
    self->heads = take_heads(body, 0, self->head);
    self->whys = frame_take_count(body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->whys; i++)
        self->why[i] = take_short(body);
    self->n = frame_take_count(body, 1, FRAME_ITEMS_MAX);
    return take_deliver_items(body, self) && proof_whole(self->proof);
}

int deliver_take(deliver_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_DELIVER);
    self->carrier = 0;
    bool good = take_deliveries(&body, self);
    return frame_finish(&body, good, "DELIVER", why);
}

int carried_take(deliver_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_CARRIED);
    self->carrier = take_u64(&body);
    bool good = take_deliveries(&body, self);
    return frame_finish(&body, good && self->carrier > 0, "CARRIED", why);
}

void carry_ask_put(buf_t *out, const carry_ask_t *self)
{
    frame_put_header(out, FRAME_CARRY);
    buf_put_u64(out, self->number);
    buf_put_u64(out, self->first);
}

int carry_ask_take(carry_ask_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_CARRY);
    self->number = take_u64(&body);
    self->first = take_u64(&body);
    return frame_finish(&body, self->number > 0 && self->first > 0, "CARRY", why);
}
