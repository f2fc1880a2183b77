// stock - two halves: new items go into one until it is full, then what the other held is
// forgotten and it is filled.
//
// Items are found by their positions in a table where a new one takes the place of
// another.  What depends on the law in force, or on what an operator orders, is looked up
// once a turn.

#include "hub/send/stock.h"

#include "hub/send/aside.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"
#include "lib/tlog/erasure.h"

#include <stdlib.h>

enum { SLOTS = 8192, RECENT = 8 };

struct stock {
    stock_setup_t setup;
    const roster_t *roster;
    uint64_t turn;
    arena_t *arena, *older; // the two halves
    size_t bytes;           // in the newer
    uint64_t halves;        // begun so far
    struct {
        stock_item_t *item;
        uint64_t half;
    } slot[SLOTS];
    stock_seal_t *recent[RECENT]; // of the newer half
    size_t seals;
};

stock_t *stock_new(const stock_setup_t *setup)
{
    stock_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->arena = arena_new();
    self->older = arena_new();
    self->halves = 2; // so that a slot's zero is too old
    return self;
}

void stock_destroy(stock_t **self_p)
{
    stock_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    arena_destroy(&self->arena);
    arena_destroy(&self->older);
    free(self);
}

void stock_begin(stock_t *self, const roster_t *roster)
{
    self->roster = roster;
    self->turn++;
}

bool stock_is_full(const stock_t *self)
{
    return self->bytes > STOCK_BYTES;
}

void stock_make_room(stock_t *self)
{
    if (!stock_is_full(self))
        return;
    arena_t *newer = self->older;
    arena_clear(newer);
    self->older = self->arena;
    self->arena = newer;
    self->bytes = 0;
    self->halves++;
    self->seals = 0;
}

// Whether a seal's first signature is by this key.
static bool is_by(span_t head, const char *key_id)
{
    static const char word[] = "\nsig ed25519 ";
    const uint8_t *at =
        head.size ? memmem(head.data, head.size, word, sizeof word - 1) : NULL;
    return at && head.size - (size_t)(at - head.data) > sizeof word - 1 + HASH_HEX &&
           memcmp(at + sizeof word - 1, key_id, HASH_HEX - 1) == 0;
}

static stock_seal_t *new_seal(stock_t *self, span_t text)
{
    stock_seal_t *seal = arena_take(self->arena, sizeof *seal);
    *seal = (stock_seal_t){
        .text = arena_copy(self->arena, text), .own = is_by(text, self->setup.own_key)};
    self->bytes += sizeof *seal + text.size;
    return seal;
}

// What was sealed together mostly comes together: its head is kept once.
static stock_seal_t *seal_of(stock_t *self, span_t head)
{
    for (size_t i = 1; i <= RECENT && i <= self->seals; i++) {
        stock_seal_t *seal = self->recent[(self->seals - i) % RECENT];
        if (span_equal(seal->text, head))
            return seal;
    }
    return self->recent[self->seals++ % RECENT] = new_seal(self, head);
}

// The seal of the message that a message of the hub's carries, or NULL.
static stock_seal_t *carried_seal(stock_t *self, span_t document)
{
    stock_seal_t *seal = NULL;
    buf_t text = {0};
    value_t *root = document_again(document);
    const char *base64 = value_text(value_at(root, "/body/carried/seal"));
    if (base64 && base64_decode(span_text(base64), &text))
        seal = new_seal(self, buf_span(&text));
    buf_destroy(&text);
    value_free(&root);
    return seal;
}

static stock_item_t *read_item(stock_t *self, uint64_t position, cause_t *why)
{
    entry_t entry;
    if (entries_read_placed(self->setup.entries, position, &entry, why) != 0)
        return NULL;
    stock_item_t *item = arena_take(self->arena, sizeof *item);
    *item = (stock_item_t){.position = position,
        .leaf = arena_copy(self->arena, entry.leaf),
        .document = arena_copy(self->arena, entry.document),
        .seal = seal_of(self, entry.seal),
        .record = arena_copy(self->arena, entry.record),
        .proven = entry.proven};
    item->place = (seal_place_t){
        item->seal->text, entry.index, arena_copy(self->arena, entry.path)};
    if (item->seal->own)
        item->carried = carried_seal(self, item->document);
    receivers_read(&item->receivers, item->record, self->arena);
    self->bytes += sizeof *item + entry_size(&entry) + entry.path.size +
                   item->receivers.n * sizeof *item->receivers.own;
    return item;
}

// The certificates behind the signatures, as far as the roster has them.
static void look_up_certs(const stock_t *self, stock_seal_t *seal)
{
    static const char word[] = "sig ed25519 ";
    if (!seal || seal->turn == self->turn)
        return;
    seal->turn = self->turn;
    seal->certs = 0;
    reader_t reader = reader_of(seal->text);
    for (size_t n = 0; reader.rest.size > 0 && !reader.bad && n < SEAL_SIGNATURES_MAX;) {
        char key_id[HASH_HEX] = {0};
        span_t line = take_line(&reader);
        if (line.size < sizeof word - 1 + HASH_HEX ||
            memcmp(line.data, word, sizeof word - 1) != 0)
            continue;
        n++;
        memcpy(key_id, line.data + sizeof word - 1, HASH_HEX - 1);
        const cert_t *cert = roster_any_seal(self->roster, key_id);
        if (cert)
            seal->cert[seal->certs++] = cert;
    }
}

// Whose document is not where its seal has it goes as what is set aside does: nobody
// could take more of it.  Of what is set aside goes all that the receiver would take.
static bool goes_as_leaf(const stock_t *self, const stock_item_t *item)
{
    const entry_t entry = {.leaf = item->leaf,
        .document = item->document,
        .seal = item->seal->text,
        .proven = item->proven};
    return !item->proven || erasure_of(item->document) ||
           (item->named && !aside_is_whole(&entry, self->roster, self->setup.origin));
}

static void look_up(const stock_t *self, stock_item_t *item)
{
    item->turn = self->turn;
    item->named = quarantine_names(self->setup.quarantine, item->position);
    item->aside = goes_as_leaf(self, item);
    if (item->aside)
        return;
    leaf_divide(item->leaf, &item->front, &item->back);
    look_up_certs(self, item->seal);
    look_up_certs(self, item->carried);
}

const stock_item_t *stock_item(stock_t *self, uint64_t position, cause_t *why)
{
    size_t slot = position % SLOTS;
    stock_item_t *item = self->slot[slot].item;
    if (self->slot[slot].half + 1 < self->halves || item->position != position) {
        item = read_item(self, position, why);
        if (!item)
            return NULL;
        self->slot[slot].item = item;
        self->slot[slot].half = self->halves;
    }
    if (item->turn != self->turn)
        look_up(self, item);
    return item;
}

void stock_forget(stock_t *self, uint64_t position)
{
    size_t slot = position % SLOTS;
    const stock_item_t *item = self->slot[slot].item;
    if (self->slot[slot].half + 1 < self->halves || item->position != position)
        return; // or its memory is another's
    self->slot[slot].item = NULL;
    self->slot[slot].half = 0;
}

span_t stock_lines(const stock_item_t *item, receiver_t *receiver, arena_t *arena)
{
    if (!item->named)
        return receivers_lines(&item->receivers, receiver, arena);
    char node[NODE_ID_MAX];
    return text_copy(receiver->node, node, sizeof node)
               ? aside_line(item->record, node, arena)
               : (span_t){0};
}

static span_t salvage_told(span_t record, arena_t *arena)
{
    buf_t text = {0};
    routing_salvage_told(record, &text);
    span_t told = arena_copy(arena, buf_span(&text));
    buf_destroy(&text);
    return told;
}

span_t stock_told(const stock_item_t *item, arena_t *arena)
{
    if (item->named)
        return salvage_told(item->record, arena);
    // what an attachment's entry says is its author's to know
    return item->record.size > 0 ? item->receivers.told : item->document;
}
