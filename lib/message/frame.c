// frame - each frame is two header bytes and a body of numbers and length-prefixed
// strings.
//
// A decoder reads everything with a reader that never goes past the end, then asks once
// whether anything was short or left over.  Words and lines that others will log are
// checked here, so that nobody above has to think of control characters.

#include "lib/message/frame.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/message/peer.h"

#include <assert.h>
#include <string.h>

enum { AHEAD_LEVEL_MAX = 9 };

// Of how many of its last texts a list is asked whether they are the same.
enum { LOOK_BACK = 8 };

static void put_header(buf_t *out, frame_type_t type)
{
    buf_put_u8(out, FRAME_VERSION);
    buf_put_u8(out, (uint8_t)type);
}

int frame_type(span_t frame, reader_t *body)
{
    *body = reader_of(frame);
    uint8_t version = take_u8(body);
    uint8_t type = take_u8(body);
    return body->bad || version != FRAME_VERSION ? -1 : type;
}

int frame_check_version(span_t frame, cause_t *why)
{
    if (frame.size == 0)
        return cause_set(why, "a frame of nothing");
    return edition_number(frame.data[0], FRAME_VERSION, "a frame", why);
}

// The reader of a frame's body; bad when the frame is not of this type.
static reader_t body_of(span_t frame, frame_type_t type)
{
    reader_t body;
    if (frame_type(frame, &body) != (int)type)
        body.bad = true;
    return body;
}

// The end of every decoder: all was there, nothing is left, and the values were good.
static int finish(const reader_t *body, bool good, const char *name, cause_t *why)
{
    if (good && reader_done(body))
        return 0;
    return cause_set(why, "malformed %s frame", name);
}

static bool agent_good(span_t agent)
{
    return text_is_line(agent) && agent.size <= AGENT_SIZE_MAX;
}

void hello_put(buf_t *out, const hello_t *self)
{
    put_header(out, FRAME_HELLO);
    buf_put_short(out, self->node);
    buf_put_short(out, self->agent);
    buf_put_u64(out, self->stored);
    buf_put_u64(out, self->position);
    buf_put_u32(out, self->window);
    buf_put_long(out, self->checkpoint);
}

int hello_take(hello_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_HELLO);
    self->node = take_short(&body);
    self->agent = take_short(&body);
    self->stored = take_u64(&body);
    self->position = take_u64(&body);
    self->window = take_u32(&body);
    self->checkpoint = take_long(&body);
    bool good = text_is_word(self->node) && self->node.size < NODE_ID_MAX &&
                agent_good(self->agent) && self->window > 0 &&
                (self->stored > 0 || self->position == 0);
    return finish(&body, good, "HELLO", why);
}

void welcome_put(buf_t *out, const welcome_t *self)
{
    put_header(out, FRAME_WELCOME);
    buf_put_short(out, self->origin);
    buf_put_long(out, self->checkpoint);
    buf_put_long(out, self->consistency);
    buf_put_u64(out, self->inbox_last);
    buf_put_u32(out, self->window);
    buf_put_u32(out, self->size_limit);
    buf_put_u64(out, (uint64_t)self->time_ms);
}

int welcome_take(welcome_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_WELCOME);
    self->origin = take_short(&body);
    self->checkpoint = take_long(&body);
    self->consistency = take_long(&body);
    self->inbox_last = take_u64(&body);
    self->window = take_u32(&body);
    self->size_limit = take_u32(&body);
    uint64_t time_ms = take_u64(&body);
    self->time_ms = (int64_t)time_ms;
    bool good = text_is_word(self->origin) && self->window > 0 && time_ms < TIME_END_MS &&
                self->consistency.size % sizeof(hash_t) == 0;
    return finish(&body, good, "WELCOME", why);
}

void knows_put(buf_t *out, span_t agent)
{
    put_header(out, FRAME_KNOWS);
    buf_put_short(out, agent);
}

int knows_take(span_t *agent, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_KNOWS);
    *agent = take_short(&body);
    return finish(&body, agent_good(*agent), "KNOWS", why);
}

void follow_put(buf_t *out, const follow_t *self)
{
    put_header(out, FRAME_FOLLOW);
    buf_put_u64(out, self->segment);
    buf_put_u64(out, self->offset);
    buf_put_u64(out, self->entries);
}

int follow_take(follow_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_FOLLOW);
    self->segment = take_u64(&body);
    self->offset = take_u64(&body);
    self->entries = take_u64(&body);
    return finish(&body, self->entries >= self->segment, "FOLLOW", why);
}

void tail_put(buf_t *out, const tail_t *self)
{
    put_header(out, FRAME_TAIL);
    buf_put_u64(out, self->segment);
    buf_put_u64(out, self->offset);
    buf_put_u8(out, self->over);
    buf_put_long(out, self->note);
    buf_put_long(out, self->data);
}

int tail_take(tail_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_TAIL);
    self->segment = take_u64(&body);
    self->offset = take_u64(&body);
    uint8_t over = take_u8(&body);
    self->over = over == 1;
    self->note = take_long(&body);
    self->data = take_long(&body);
    bool good = over <= 1 && (self->data.size > 0 || over == 1 || self->note.size > 0);
    return finish(&body, good, "TAIL", why);
}

static void put_heads(buf_t *out, const sealed_head_t *head, size_t n)
{
    assert(n <= FRAME_HEADS_MAX);
    buf_put_u16(out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        buf_put_long(out, head[i].text);
        buf_put_long(out, head[i].proof);
    }
}

// A list's length; one beyond the limit ends the decoding.
static size_t take_count(reader_t *body, size_t least, size_t most)
{
    size_t n = take_u16(body);
    if (!body->bad && n >= least && n <= most)
        return n;
    body->bad = true;
    return 0;
}

static bool proof_whole(span_t proof)
{
    return proof.size % sizeof(hash_t) == 0;
}

static size_t take_heads(reader_t *body, size_t least, sealed_head_t *head)
{
    size_t n = take_count(body, least, FRAME_HEADS_MAX);
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
    put_header(out, FRAME_PUBLISH);
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
    reader_t body = body_of(frame, FRAME_PUBLISH);
    bool good = true;
    places_t places;
    self->heads = take_heads(&body, 1, self->head);
    self->n = take_count(&body, 1, FRAME_ITEMS_MAX);
    places_begin(&places, self->heads);
    for (size_t i = 0; i < self->n && !body.bad; i++) {
        sealed_t *item = &self->item[i];
        item->head = take_u16(&body);
        item->index = take_u32(&body);
        item->document = take_long(&body);
        good &= places_add(&places, item);
    }
    return finish(&body, good && places.named == self->heads, "PUBLISH", why);
}

void receipt_put(buf_t *out, const receipt_t *self)
{
    put_header(out, FRAME_RECEIPT);
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
    reader_t body = body_of(frame, FRAME_RECEIPT);
    bool good = true;
    size_t tolds = 0;
    self->checkpoint = take_long(&body);
    self->proof = take_long(&body);
    self->tolds = take_count(&body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->tolds; i++)
        self->told[i] = take_long(&body);
    self->n = take_count(&body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->n && !body.bad; i++) {
        self->item[i].leaf = take_short(&body);
        self->item[i].told = take_u16(&body);
        good &= self->item[i].told < self->tolds && name_next(&tolds, self->item[i].told);
    }
    good &= tolds == self->tolds && proof_whole(self->proof);
    return finish(&body, good, "RECEIPT", why);
}

void refused_put(buf_t *out, const refused_t *self)
{
    put_header(out, FRAME_REFUSED);
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
    reader_t body = body_of(frame, FRAME_REFUSED);
    bool good = true;
    self->n = take_count(&body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->n && !body.bad; i++)
        good &= take_refused(&body, &self->item[i]);
    return finish(&body, good, "REFUSED", why);
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
    put_header(out, FRAME_DELIVER);
    put_delivered(out, self);
}

void carried_put(buf_t *out, const deliver_t *self)
{
    put_header(out, FRAME_CARRIED);
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
    self->certs = take_count(body, 0, sizeof self->cert / sizeof *self->cert);
    for (size_t i = 0; i < self->certs; i++)
        self->cert[i] = take_long(body);
    self->checkpoint = take_long(body);
    self->proof = take_long(body);
    self->heads = take_heads(body, 0, self->head);
    self->whys = take_count(body, 1, FRAME_ITEMS_MAX);
    for (size_t i = 0; i < self->whys; i++)
        self->why[i] = take_short(body);
    self->n = take_count(body, 1, FRAME_ITEMS_MAX);
    return take_deliver_items(body, self) && proof_whole(self->proof);
}

int deliver_take(deliver_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_DELIVER);
    self->carrier = 0;
    bool good = take_deliveries(&body, self);
    return finish(&body, good, "DELIVER", why);
}

int carried_take(deliver_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_CARRIED);
    self->carrier = take_u64(&body);
    bool good = take_deliveries(&body, self);
    return finish(&body, good && self->carrier > 0, "CARRIED", why);
}

void carry_ask_put(buf_t *out, const carry_ask_t *self)
{
    put_header(out, FRAME_CARRY);
    buf_put_u64(out, self->number);
    buf_put_u64(out, self->first);
}

int carry_ask_take(carry_ask_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_CARRY);
    self->number = take_u64(&body);
    self->first = take_u64(&body);
    return finish(&body, self->number > 0 && self->first > 0, "CARRY", why);
}

void ack_put(buf_t *out, const ack_t *self)
{
    put_header(out, FRAME_ACK);
    buf_put_u64(out, self->number);
    buf_put(out, self->root.bytes, sizeof self->root.bytes);
    buf_put(out, self->signature, sizeof self->signature);
}

int ack_take(ack_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_ACK);
    self->number = take_u64(&body);
    (void)take_into(&body, self->root.bytes, sizeof self->root.bytes);
    (void)take_into(&body, self->signature, sizeof self->signature);
    return finish(&body, self->number > 0, "ACK", why);
}

void again_put(buf_t *out, const again_t *self)
{
    put_header(out, FRAME_AGAIN);
    buf_put_u64(out, self->first);
    buf_put_u64(out, self->last);
}

int again_take(again_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_AGAIN);
    self->first = take_u64(&body);
    self->last = take_u64(&body);
    return finish(&body, self->first >= 1 && self->first <= self->last, "AGAIN", why);
}

void explain_put(buf_t *out, frame_type_t type, const explain_t *self)
{
    assert(type == FRAME_EXPLAIN || type == FRAME_EXPLAINED || type == FRAME_ANSWER);
    put_header(out, type);
    buf_put_u32(out, self->request);
    buf_put_long(out, self->text);
}

int explain_take(explain_t *self, span_t frame, cause_t *why)
{
    reader_t body;
    int type = frame_type(frame, &body);
    body.bad |= type != FRAME_EXPLAIN && type != FRAME_EXPLAINED && type != FRAME_ANSWER;
    self->request = take_u32(&body);
    self->text = take_long(&body);
    return finish(&body, true, "EXPLAIN", why);
}

void query_put(buf_t *out, const query_t *self)
{
    put_header(out, FRAME_ASK);
    buf_put_u32(out, self->request);
    buf_put_short(out, self->topic);
    buf_put_long(out, self->arguments);
}

int query_take(query_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_ASK);
    self->request = take_u32(&body);
    self->topic = take_short(&body);
    self->arguments = take_long(&body);
    return finish(&body, text_is_word(self->topic), "ASK", why);
}

static void put_digest(buf_t *out, const hash_t *digest)
{
    buf_put(out, digest->bytes, sizeof digest->bytes);
}

static void take_digest(reader_t *body, hash_t *digest)
{
    (void)take_into(body, digest->bytes, sizeof digest->bytes);
}

void give_put(buf_t *out, const give_t *self)
{
    put_header(out, FRAME_GIVE);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->size);
}

int give_take(give_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_GIVE);
    take_digest(&body, &self->digest);
    self->size = take_u64(&body);
    return finish(&body, true, "GIVE", why);
}

void held_put(buf_t *out, const held_t *self)
{
    put_header(out, FRAME_HELD);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->size);
    buf_put_u64(out, self->offset);
    buf_put_u32(out, self->piece);
}

int held_take(held_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_HELD);
    take_digest(&body, &self->digest);
    self->size = take_u64(&body);
    self->offset = take_u64(&body);
    self->piece = take_u32(&body);
    return finish(&body, self->offset <= self->size && self->piece > 0, "HELD", why);
}

void fetch_put(buf_t *out, const fetch_t *self)
{
    put_header(out, FRAME_FETCH);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->offset);
}

int fetch_take(fetch_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_FETCH);
    take_digest(&body, &self->digest);
    self->offset = take_u64(&body);
    return finish(&body, true, "FETCH", why);
}

void piece_put(buf_t *out, const piece_t *self)
{
    put_header(out, FRAME_PIECE);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->size);
    buf_put_u64(out, self->offset);
    buf_put_long(out, self->data);
}

int piece_take(piece_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_PIECE);
    take_digest(&body, &self->digest);
    self->size = take_u64(&body);
    self->offset = take_u64(&body);
    self->data = take_long(&body);
    bool good = self->offset <= self->size &&
                self->data.size <= self->size - self->offset &&
                (self->data.size > 0 || self->size == 0);
    return finish(&body, good, "PIECE", why);
}

void ahead_put(buf_t *out, const ahead_t *self)
{
    put_header(out, FRAME_AHEAD);
    buf_put_u32(out, self->more);
    buf_put_u16(out, (uint16_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        const ahead_item_t *item = &self->item[i];
        buf_put_u64(out, item->number);
        buf_put_u8(out, item->level);
        buf_put_u8(out, item->marks);
        if (item->marks & AHEAD_OWED)
            buf_put_u64(out, (uint64_t)item->due_ms);
    }
}

// It says a level or a duty, or it would say nothing.
static bool take_ahead(reader_t *body, ahead_item_t *item)
{
    item->number = take_u64(body);
    item->level = take_u8(body);
    item->marks = take_u8(body);
    bool owed = item->marks & AHEAD_OWED;
    uint64_t due_ms = owed ? take_u64(body) : 0;
    item->due_ms = (int64_t)due_ms;
    bool leveled = item->level >= LEVEL_URGENT && item->level <= AHEAD_LEVEL_MAX;
    return item->marks <= (AHEAD_OWED | AHEAD_PLAYED) && due_ms < TIME_END_MS &&
           (leveled || (owed && item->level == 0));
}

int ahead_take(ahead_t *self, span_t frame, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_AHEAD);
    uint64_t last = 0;
    self->more = take_u32(&body);
    self->n = take_count(&body, 1, AHEAD_MAX);
    bool good = true;
    for (size_t i = 0; i < self->n && !body.bad; i++) {
        good &= take_ahead(&body, &self->item[i]) && self->item[i].number > last;
        last = self->item[i].number;
    }
    return finish(&body, good, "AHEAD", why);
}

void bare_put(buf_t *out, frame_type_t type)
{
    assert(type == FRAME_PULSE || type == FRAME_RESYNC);
    put_header(out, type);
}

int bare_take(span_t frame, cause_t *why)
{
    reader_t body;
    (void)frame_type(frame, &body);
    return finish(&body, true, "bare", why);
}

void bye_put(buf_t *out, const char *code, const char *text)
{
    put_header(out, FRAME_BYE);
    buf_put_short(out, span_text(code));
    buf_put_short(out, span_text(text));
}

int bye_take(span_t frame, span_t *code, span_t *text, cause_t *why)
{
    reader_t body = body_of(frame, FRAME_BYE);
    *code = take_short(&body);
    *text = take_short(&body);
    return finish(&body, text_is_word(*code) && text_is_line(*text), "BYE", why);
}
