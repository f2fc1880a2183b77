// lineage - a row for each message that refers or is referred to; rows name each other by
// number, so that a name is kept once.
//
// The draft is a layer of its own, with rows for all that it names, and forgotten whole.
// What is asked is looked for in the draft and then below it.  The hash is keyed with
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

// What is told of a message by naming another: rows, from 1; 0: nothing was said.
typedef enum { FIRST, ROOT, LATEST, KINSHIPS } kinship_t;

typedef struct {
    size_t name;            // where "author NUL id NUL" is in `names`
    uint32_t kin[KINSHIPS]; // LATEST: of a first
    bool replaced;          // superseded or cancelled
    bool cancels;           // it is a withdrawal
    bool withdrawn;         // of a first: its chain has ended
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
    layer_t drafted, durable;
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

lineage_t *lineage_new(void)
{
    lineage_t *self = memory_new(1, sizeof *self);
    open_layer(&self->drafted);
    open_layer(&self->durable);
    return self;
}

void lineage_destroy(lineage_t **self_p)
{
    lineage_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    close_layer(&self->drafted);
    close_layer(&self->durable);
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

// What the newest layer that says anything says; else the message itself.
static void ask(const lineage_t *self, const reference_t *message, kinship_t kinship,
    reference_t *answer)
{
    const layer_t *layers[] = {&self->drafted, &self->durable};
    const reference_t asked = *message; // it may be the answer's place
    *answer = asked;
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        const row_t *row = find(layers[i], &asked);
        if (row && row->kin[kinship]) {
            name_of(layers[i], row->kin[kinship], answer);
            return;
        }
    }
}

void lineage_first(const lineage_t *self, const reference_t *message, reference_t *first)
{
    ask(self, message, FIRST, first);
}

void lineage_latest(
    const lineage_t *self, const reference_t *message, reference_t *latest)
{
    lineage_first(self, message, latest);
    ask(self, latest, LATEST, latest);
}

void lineage_root(const lineage_t *self, const reference_t *message, reference_t *root)
{
    ask(self, message, ROOT, root);
}

bool lineage_stands(const lineage_t *self, const reference_t *message)
{
    const row_t *drafted = find(&self->drafted, message);
    const row_t *durable = find(&self->durable, message);
    return !(drafted && (drafted->replaced || drafted->cancels)) &&
           !(durable && (durable->replaced || durable->cancels));
}

bool lineage_withdrawn(const lineage_t *self, const reference_t *message)
{
    reference_t first;
    lineage_first(self, message, &first);
    const row_t *drafted = find(&self->drafted, &first);
    const row_t *durable = find(&self->durable, &first);
    return (drafted && drafted->withdrawn) || (durable && durable->withdrawn);
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

static void add_withdrawal(
    lineage_t *self, layer_t *layer, const reference_t *message, const named_t *named)
{
    reference_t first;
    lineage_first(self, &named->withdraws, &first);
    uint32_t row = put(layer, message), before = put(layer, &named->withdraws),
             begun = put(layer, &first);
    layer->rows[row - 1].kin[FIRST] = begun;
    layer->rows[row - 1].cancels = named->cancels;
    layer->rows[before - 1].replaced = true;
    layer->rows[begun - 1].kin[LATEST] = row;
    layer->rows[begun - 1].withdrawn |= named->cancels;
}

static void add(lineage_t *self, layer_t *layer, const char *author, const char *id,
    const routing_t *routing)
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
        add_withdrawal(self, layer, &message, &named);
    lineage_first(self, above, &root);
    lineage_root(self, &root, &root);
    uint32_t row = put(layer, &message), begun = put(layer, &root);
    layer->rows[row - 1].kin[ROOT] = begun;
}

void lineage_add(
    lineage_t *self, const char *author, const char *id, const routing_t *routing)
{
    add(self, &self->durable, author, id, routing);
}

void lineage_draft(
    lineage_t *self, const char *author, const char *id, const routing_t *routing)
{
    add(self, &self->drafted, author, id, routing);
}
