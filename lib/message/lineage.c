// lineage - what is drafted lies over what is durable, and is forgotten whole; what is
// asked is looked for in the draft and then below it.
//
// In memory there is a row for each message that refers or is referred to; rows name each
// other by number, so that a name is kept once.  The hash is keyed with
// random bytes, so that nobody outside can make many names fall into one place; a name
// found by it is compared.

#include "lib/message/lineage.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

typedef struct {
    size_t name;        // where "author NUL id NUL" is in `names`
    uint32_t kin[KINS]; // rows, from 1; 0: nothing was said
    unsigned told;      // bit k - KINS: kinship k
} row_t;

typedef struct {
    uint8_t key[crypto_shorthash_KEYBYTES];
    uint32_t *slots; // rows, from 1; 0: free; open addressing, half full at most
    size_t room;     // a power of two
    row_t *rows;
    size_t n, rows_room;
    buf_t names;
} layer_t;

struct lineage {
    layer_t drafted, memory;
    lineage_keeper_t over, durable; // of `drafted`; of `memory`, or somebody else's
};

static void open_layer(layer_t *layer)
{
    random_bytes(layer->key, sizeof layer->key);
    layer->room = FIRST_ROOM;
    layer->slots = memory_new(layer->room, sizeof *layer->slots);
}

static void close_layer(layer_t *layer)
{
    free(layer->slots);
    free(layer->rows);
    buf_destroy(&layer->names);
}

void lineage_destroy(lineage_t **self_p)
{
    lineage_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    close_layer(&self->drafted);
    close_layer(&self->memory);
    free(self);
}

void lineage_begin(lineage_t *self)
{
    layer_t *layer = &self->drafted;
    if (layer->n == 0)
        return;
    memset(layer->slots, 0, layer->room * sizeof *layer->slots);
    layer->n = 0;
    buf_clear(&layer->names);
}

static void name_of(const layer_t *layer, uint32_t row, reference_t *name)
{
    const char *author = (const char *)layer->names.data + layer->rows[row - 1].name;
    *name = (reference_t){0};
    (void)snprintf(name->author, sizeof name->author, "%s", author);
    (void)snprintf(name->id, sizeof name->id, "%s", author + strlen(author) + 1);
}

// The hash is of "author NUL id".
static size_t place_of(const layer_t *layer, const reference_t *name)
{
    uint8_t text[NODE_ID_MAX + MESSAGE_ID_MAX];
    const size_t author = strlen(name->author) + 1, id = strlen(name->id);
    uint64_t hash;
    memcpy(text, name->author, author);
    memcpy(text + author, name->id, id);
    (void)crypto_shorthash((uint8_t *)&hash, text, author + id, layer->key);
    return hash & (layer->room - 1);
}

// The slot of this name, or the free one where it belongs.
static uint32_t *slot_of(const layer_t *layer, const reference_t *name)
{
    for (size_t i = place_of(layer, name);; i = (i + 1) & (layer->room - 1)) {
        reference_t other;
        if (!layer->slots[i])
            return &layer->slots[i];
        name_of(layer, layer->slots[i], &other);
        if (reference_same(&other, name))
            return &layer->slots[i];
    }
}

static void grow(layer_t *layer)
{
    free(layer->slots);
    layer->room *= 2;
    layer->slots = memory_new(layer->room, sizeof *layer->slots);
    for (uint32_t row = 1; row <= layer->n; row++) {
        reference_t name;
        name_of(layer, row, &name);
        *slot_of(layer, &name) = row;
    }
}

// The row of this name, made when there is none.
static uint32_t put(layer_t *layer, const reference_t *name)
{
    if (2 * (layer->n + 1) > layer->room)
        grow(layer);
    uint32_t *slot = slot_of(layer, name);
    if (*slot)
        return *slot;
    if (layer->n == layer->rows_room) {
        layer->rows_room = layer->rows_room ? 2 * layer->rows_room : FIRST_ROOM;
        layer->rows = memory_grow(layer->rows, layer->rows_room, sizeof *layer->rows);
    }
    assert(layer->n < UINT32_MAX); // memory ends before
    layer->rows[layer->n++] = (row_t){.name = layer->names.size};
    buf_put(&layer->names, name->author, strlen(name->author) + 1);
    buf_put(&layer->names, name->id, strlen(name->id) + 1);
    return *slot = (uint32_t)layer->n;
}

static const row_t *find(const layer_t *layer, const reference_t *name)
{
    // Most messages name none, and in most turns none is named.
    uint32_t row = layer->n && name->author[0] ? *slot_of(layer, name) : 0;
    return row ? &layer->rows[row - 1] : NULL;
}

static void say(void *context, kinship_t kinship, const reference_t *message,
    const reference_t *other)
{
    layer_t *layer = context;
    uint32_t row = put(layer, message);
    if (kinship >= KINS) {
        layer->rows[row - 1].told |= 1u << (kinship - KINS);
        return;
    }
    uint32_t kin = put(layer, other);
    layer->rows[row - 1].kin[kinship] = kin;
}

static bool said(
    void *context, kinship_t kinship, const reference_t *message, reference_t *other)
{
    const layer_t *layer = context;
    const row_t *row = find(layer, message);
    if (!row)
        return false;
    if (kinship >= KINS)
        return row->told >> (kinship - KINS) & 1;
    if (row->kin[kinship])
        name_of(layer, row->kin[kinship], other);
    return row->kin[kinship] != 0;
}

static lineage_t *new_lineage(void)
{
    lineage_t *self = memory_new(1, sizeof *self);
    open_layer(&self->drafted);
    self->over = (lineage_keeper_t){say, said, &self->drafted};
    return self;
}

lineage_t *lineage_new(void)
{
    lineage_t *self = new_lineage();
    open_layer(&self->memory);
    self->durable = (lineage_keeper_t){say, said, &self->memory};
    return self;
}

lineage_t *lineage_kept(const lineage_keeper_t *keeper)
{
    lineage_t *self = new_lineage();
    self->durable = *keeper;
    return self;
}

static bool is_said(const lineage_keeper_t *keeper, kinship_t kinship,
    const reference_t *message, reference_t *other)
{
    return keeper->said(keeper->context, kinship, message, other);
}

// What the newest layer that says anything says; else the message itself.
static void ask(const lineage_t *self, const reference_t *message, kinship_t kinship,
    reference_t *answer)
{
    const reference_t asked = *message; // it may be the answer's place
    reference_t other;
    *answer = asked;
    if (asked.author[0] && (is_said(&self->over, kinship, &asked, &other) ||
                               is_said(&self->durable, kinship, &asked, &other)))
        *answer = other;
}

void lineage_first(const lineage_t *self, const reference_t *message, reference_t *first)
{
    ask(self, message, KIN_FIRST, first);
}

void lineage_latest(
    const lineage_t *self, const reference_t *message, reference_t *latest)
{
    lineage_first(self, message, latest);
    ask(self, latest, KIN_LATEST, latest);
}

void lineage_root(const lineage_t *self, const reference_t *message, reference_t *root)
{
    ask(self, message, KIN_ROOT, root);
}

static bool is_told(const lineage_t *self, kinship_t kinship, const reference_t *message)
{
    return message->author[0] && (is_said(&self->over, kinship, message, NULL) ||
                                     is_said(&self->durable, kinship, message, NULL));
}

bool lineage_stands(const lineage_t *self, const reference_t *message)
{
    return !is_told(self, KIN_REPLACED, message) && !is_told(self, KIN_CANCELS, message);
}

bool lineage_withdrawn(const lineage_t *self, const reference_t *message)
{
    reference_t first;
    lineage_first(self, message, &first);
    return is_told(self, KIN_WITHDRAWN, &first);
}

// --------------------------------------------------------------------------------

// What a record refers to; an author "": not by this field.
typedef struct {
    reference_t incident, re, withdraws;
    bool cancels;
} named_t;

static named_t named_by(const routing_t *routing)
{
    named_t named = {0};
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type != ROUTE_REFER || route->refer == REFER_UNDER)
            continue; // what allows a message is not for that reason in its thread
        reference_t *to = route->refer == REFER_INCIDENT ? &named.incident
                          : route->refer == REFER_RE     ? &named.re
                                                         : &named.withdraws;
        memcpy(to->author, route->node, sizeof to->author);
        memcpy(to->id, route->id, sizeof to->id);
        named.cancels |= route->refer == REFER_CANCELS;
    }
    return named;
}

static void add_withdrawal(const lineage_t *self, const lineage_keeper_t *to,
    const reference_t *message, const named_t *named)
{
    reference_t first;
    lineage_first(self, &named->withdraws, &first);
    to->say(to->context, KIN_FIRST, message, &first);
    to->say(to->context, KIN_LATEST, &first, message);
    to->say(to->context, KIN_REPLACED, &named->withdraws, NULL);
    if (!named->cancels)
        return;
    to->say(to->context, KIN_CANCELS, message, NULL);
    to->say(to->context, KIN_WITHDRAWN, &first, NULL);
}

static void add(const lineage_t *self, const lineage_keeper_t *to, const char *author,
    const char *id, const routing_t *routing)
{
    named_t named = named_by(routing);
    const reference_t *above = named.incident.author[0] ? &named.incident
                               : named.re.author[0]     ? &named.re
                                                        : &named.withdraws;
    reference_t message = {0}, root;
    if (above->author[0] == 0)
        return;
    (void)snprintf(message.author, sizeof message.author, "%s", author);
    (void)snprintf(message.id, sizeof message.id, "%s", id);
    if (named.withdraws.author[0])
        add_withdrawal(self, to, &message, &named);
    lineage_first(self, above, &root);
    lineage_root(self, &root, &root);
    to->say(to->context, KIN_ROOT, &message, &root);
}

void lineage_add(
    lineage_t *self, const char *author, const char *id, const routing_t *routing)
{
    add(self, &self->durable, author, id, routing);
}

void lineage_draft(
    lineage_t *self, const char *author, const char *id, const routing_t *routing)
{
    add(self, &self->over, author, id, routing);
}
