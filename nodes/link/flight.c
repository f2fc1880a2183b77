// flight - a list of parcels in order, and a table that finds a sent document by its
// hash.
//
// Invariants: a document is in the table if and only if it is SENT; `sent` counts those
// and is at most `window`, `sent_bytes` their sizes; a parcel with nothing open is not in
// the list; every parcel before `cursor` has nothing WAITING.

#include "nodes/link/flight.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS = 1024,
    FRAME_ITEMS = 64,
    FRAME_BYTES = 256 * 1024,
    WINDOW_MAX = 65536,
    WINDOW_BYTES = 8 << 20, // PROTOCOL.md: with so much unanswered nothing more is sent
};

typedef enum { WAITING, SENT, ANSWERED } state_t;

typedef struct cargo cargo_t;

typedef struct slot {
    struct slot *next; // in its bucket
    cargo_t *cargo;
    uint32_t i; // in the parcel
    state_t state;
} slot_t;

struct cargo {
    cargo_t *before, *after;
    parcel_t *parcel;
    size_t open;  // not answered
    size_t first; // nothing before it is WAITING
    size_t n;
    slot_t slot[];
};

struct flight {
    cargo_t *head, *tail;
    cargo_t *cursor; // NULL: nothing WAITING anywhere
    size_t unanswered, sent, window;
    size_t sent_bytes; // of what is in the table
    slot_t *bucket[BUCKETS];
    sealing_t *sealing; // of the frame that is filled
};

flight_t *flight_new(void)
{
    flight_t *self = memory_new(1, sizeof *self);
    self->sealing = sealing_new();
    return self;
}

static void drop(flight_t *self, cargo_t *cargo)
{
    if (self->cursor == cargo)
        self->cursor = cargo->after;
    *(cargo->before ? &cargo->before->after : &self->head) = cargo->after;
    *(cargo->after ? &cargo->after->before : &self->tail) = cargo->before;
    parcel_destroy(&cargo->parcel);
    free(cargo);
}

void flight_destroy(flight_t **self_p)
{
    flight_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->head)
        drop(self, self->head);
    sealing_destroy(&self->sealing);
    free(self);
}

void flight_add(flight_t *self, parcel_t **parcel_p)
{
    size_t n = parcel_count(*parcel_p);
    cargo_t *cargo = memory_new(1, sizeof *cargo + n * sizeof(slot_t));
    cargo->parcel = *parcel_p;
    *parcel_p = NULL;
    cargo->n = cargo->open = n;
    for (size_t i = 0; i < n; i++)
        cargo->slot[i] = (slot_t){.cargo = cargo, .i = (uint32_t)i};
    cargo->before = self->tail;
    *(self->tail ? &self->tail->after : &self->head) = cargo;
    self->tail = cargo;
    if (!self->cursor)
        self->cursor = cargo;
    self->unanswered += n;
}

void flight_restart(flight_t *self, uint32_t window)
{
    memset(self->bucket, 0, sizeof self->bucket);
    self->sent = self->sent_bytes = 0;
    self->window = window < WINDOW_MAX ? window : WINDOW_MAX;
    self->cursor = self->head;
    for (cargo_t *cargo = self->head; cargo; cargo = cargo->after) {
        cargo->first = 0;
        for (size_t i = 0; i < cargo->n; i++)
            if (cargo->slot[i].state == SENT)
                cargo->slot[i].state = WAITING;
    }
}

static size_t bucket_of(const hash_t *hash)
{
    return (size_t)(hash->bytes[0] | hash->bytes[1] << 8) % BUCKETS;
}

static void put_item(
    flight_t *self, publish_t *frame, const parcel_t *parcel, const parcel_item_t *item)
{
    seal_place_t place = {parcel_head(parcel), item->index, item->path};
    frame->item[frame->n++] = (sealed_t){
        .head = (uint16_t)sealing_add(self->sealing, &place),
        .index = item->index,
        .document = item->document,
    };
}

static bool is_full(const flight_t *self)
{
    return self->sent >= self->window || self->sent_bytes >= WINDOW_BYTES;
}

static size_t cost(const parcel_item_t *item)
{
    return item->document.size + item->path.size;
}

// Move documents of one parcel into the frame.  False when the frame or the window is
// full.
static bool fill_from(flight_t *self, cargo_t *cargo, publish_t *frame, size_t *bytes)
{
    for (; cargo->first < cargo->n; cargo->first++) {
        slot_t *slot = &cargo->slot[cargo->first];
        if (slot->state != WAITING)
            continue;
        parcel_item_t item = parcel_item(cargo->parcel, slot->i);
        size_t size = cost(&item);
        if (is_full(self) || frame->n >= FRAME_ITEMS ||
            (frame->n > 0 && *bytes + size > FRAME_BYTES))
            return false;
        put_item(self, frame, cargo->parcel, &item);
        *bytes += size;
        size_t bucket = bucket_of(&item.hash);
        slot->state = SENT;
        slot->next = self->bucket[bucket];
        self->bucket[bucket] = slot;
        self->sent++;
        self->sent_bytes += size;
    }
    return true;
}

// Paths were made or checked by the parcels.
static void put_heads(flight_t *self, publish_t *frame)
{
    const sealed_head_t *heads;
    int made = sealing_finish(self->sealing, &heads);
    assert(made == 0);
    (void)made;
    frame->heads = sealing_heads(self->sealing);
    for (size_t i = 0; i < frame->heads; i++)
        frame->head[i] = heads[i];
}

size_t flight_next(flight_t *self, publish_t *frame)
{
    size_t bytes = 0;
    sealing_clear(self->sealing);
    frame->n = 0;
    while (self->cursor && fill_from(self, self->cursor, frame, &bytes))
        self->cursor = self->cursor->after;
    put_heads(self, frame);
    return frame->n;
}

// Where the table points at the slot for this document; *of it is NULL when there is
// none.
static slot_t *const *find(const flight_t *self, const hash_t *document)
{
    slot_t *const *at = &self->bucket[bucket_of(document)];
    for (; *at; at = &(*at)->next) {
        parcel_item_t item = parcel_item((*at)->cargo->parcel, (*at)->i);
        if (hash_equal(&item.hash, document))
            break;
    }
    return at;
}

const parcel_t *flight_find(const flight_t *self, const hash_t *document, size_t *i)
{
    const slot_t *slot = *find(self, document);
    if (!slot)
        return NULL;
    *i = slot->i;
    return slot->cargo->parcel;
}

// Take the document out of the table; NULL when it is not there.
static slot_t *unsent(flight_t *self, const hash_t *document)
{
    slot_t **at = &self->bucket[bucket_of(document)];
    slot_t *slot = *find(self, document);
    if (!slot)
        return NULL;
    while (*at != slot)
        at = &(*at)->next;
    *at = slot->next;
    parcel_item_t item = parcel_item(slot->cargo->parcel, slot->i);
    self->sent--;
    self->sent_bytes -= cost(&item);
    return slot;
}

void flight_answered(flight_t *self, const hash_t *document)
{
    slot_t *slot = unsent(self, document);
    if (!slot)
        return;
    slot->state = ANSWERED;
    self->unanswered--;
    if (--slot->cargo->open == 0)
        drop(self, slot->cargo);
}

void flight_again(flight_t *self, const hash_t *document)
{
    slot_t *slot = unsent(self, document);
    if (!slot)
        return;
    slot->state = WAITING;
    slot->cargo->first = 0;
    self->cursor = self->head; // rare enough to look at all of them again
}

size_t flight_unanswered(const flight_t *self)
{
    return self->unanswered;
}

bool flight_ready(const flight_t *self)
{
    return self->cursor && !is_full(self);
}
