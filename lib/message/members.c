// members - two layers: what is durable, and over it whole copies of the sets that the
// turn's draft changes, forgotten with the turn.
//
// A layer is a table from the hash of a name to its list, which is short: people sit
// together in it.  The hash is keyed with random bytes, so that nobody outside can make
// many names fall into one place; the name found by it is compared.

#include "lib/message/members.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/sys/random.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

// What a message says of a node.
typedef struct {
    char node[NODE_ID_MAX];
    bool joined;    // false: it leaves
    bool stale;     // while the message is corrected: not said again yet
    reference_t by; // the first of the chain that says so
} said_t;

// What is said of a set; and in which sets the message of this name says something.
typedef struct {
    reference_t name;
    size_t n, room;
    said_t *said; // in the log's order
    size_t abouts;
    reference_t *about;
} set_t;

typedef struct {
    uint8_t key[crypto_shorthash_KEYBYTES];
    uint32_t *slots;   // sets, from 1; 0: free; open addressing, half full at most
    size_t slots_room; // a power of two
    set_t *set;
    size_t sets, sets_room;
} layer_t;

struct members {
    layer_t drafted, durable;
};

reference_t members_set(const route_t *line)
{
    reference_t set = {0};
    memcpy(set.author, line->author, sizeof set.author);
    memcpy(set.id, line->id, sizeof set.id);
    return set;
}

static void open_layer(layer_t *layer)
{
    random_bytes(layer->key, sizeof layer->key);
    layer->slots_room = FIRST_ROOM;
    layer->slots = memory_new(layer->slots_room, sizeof *layer->slots);
}

static void clear(layer_t *layer)
{
    for (size_t i = 0; i < layer->sets; i++) {
        free(layer->set[i].said);
        free(layer->set[i].about);
    }
    if (layer->sets)
        memset(layer->slots, 0, layer->slots_room * sizeof *layer->slots);
    layer->sets = 0;
}

static void close_layer(layer_t *layer)
{
    clear(layer);
    free(layer->set);
    free(layer->slots);
}

members_t *members_new(void)
{
    members_t *self = memory_new(1, sizeof *self);
    open_layer(&self->drafted);
    open_layer(&self->durable);
    return self;
}

void members_destroy(members_t **self_p)
{
    members_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    close_layer(&self->drafted);
    close_layer(&self->durable);
    free(self);
}

void members_begin(members_t *self)
{
    clear(&self->drafted);
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
    return hash & (layer->slots_room - 1);
}

// The slot of this name, or the free one where it belongs.
static uint32_t *slot_of(const layer_t *layer, const reference_t *name)
{
    size_t i = place_of(layer, name);
    while (
        layer->slots[i] && !reference_same(&layer->set[layer->slots[i] - 1].name, name))
        i = (i + 1) & (layer->slots_room - 1);
    return &layer->slots[i];
}

static void grow(layer_t *layer)
{
    free(layer->slots);
    layer->slots_room *= 2;
    layer->slots = memory_new(layer->slots_room, sizeof *layer->slots);
    for (size_t i = 0; i < layer->sets; i++)
        *slot_of(layer, &layer->set[i].name) = (uint32_t)i + 1;
}

static set_t *find(const layer_t *layer, const reference_t *name)
{
    uint32_t at = layer->sets ? *slot_of(layer, name) : 0;
    return at ? &layer->set[at - 1] : NULL;
}

static set_t *make(layer_t *layer, const reference_t *name)
{
    if (2 * (layer->sets + 1) > layer->slots_room)
        grow(layer);
    if (layer->sets == layer->sets_room) {
        layer->sets_room = layer->sets_room ? 2 * layer->sets_room : FIRST_ROOM;
        layer->set = memory_grow(layer->set, layer->sets_room, sizeof *layer->set);
    }
    layer->set[layer->sets++] = (set_t){.name = *name};
    *slot_of(layer, name) = (uint32_t)layer->sets;
    return &layer->set[layer->sets - 1];
}

// As it is with the draft; NULL: nothing is said of it.
static const set_t *look(const members_t *self, const reference_t *name)
{
    const set_t *drafted = find(&self->drafted, name);
    return drafted ? drafted : find(&self->durable, name);
}

static void *copy_of(const void *items, size_t n, size_t size)
{
    void *copy = memory_new(n, size);
    if (n)
        memcpy(copy, items, n * size);
    return copy;
}

// To be changed in this layer: in the draft a copy of what is durable.  Valid until the
// next one is asked for.
static set_t *change(members_t *self, layer_t *layer, const reference_t *name)
{
    set_t *set = find(layer, name);
    if (set)
        return set;
    set = make(layer, name);
    const set_t *durable = layer == &self->drafted ? find(&self->durable, name) : NULL;
    if (!durable)
        return set;
    set->n = set->room = durable->n;
    set->said = copy_of(durable->said, durable->n, sizeof *durable->said);
    set->abouts = durable->abouts;
    set->about = copy_of(durable->about, durable->abouts, sizeof *durable->about);
    return set;
}

static said_t *said_by(const set_t *set, const char *node, const reference_t *by)
{
    for (size_t i = set->n; i > 0; i--)
        if (strcmp(set->said[i - 1].node, node) == 0 &&
            reference_same(&set->said[i - 1].by, by))
            return &set->said[i - 1];
    return NULL;
}

// Again in the place where the message said something of the node before.
static void say(set_t *set, const char *node, bool joined, const reference_t *by)
{
    said_t *said = said_by(set, node, by);
    if (!said) {
        if (set->n == set->room) {
            set->room = set->room ? 2 * set->room : FIRST_ROOM;
            set->said = memory_grow(set->said, set->room, sizeof *set->said);
        }
        said = &set->said[set->n++];
        *said = (said_t){.by = *by};
        (void)snprintf(said->node, sizeof said->node, "%s", node);
    }
    said->joined = joined;
    said->stale = false;
}

static void note_about(set_t *message, const reference_t *set)
{
    for (size_t i = 0; i < message->abouts; i++)
        if (reference_same(&message->about[i], set))
            return;
    message->about =
        memory_grow(message->about, message->abouts + 1, sizeof *message->about);
    message->about[message->abouts++] = *set;
}

static void spoil(set_t *set, const reference_t *by)
{
    for (size_t i = 0; i < set->n; i++)
        set->said[i].stale |= reference_same(&set->said[i].by, by);
}

static void drop_stale(set_t *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->n; i++)
        if (!set->said[i].stale)
            set->said[kept++] = set->said[i];
    set->n = kept;
}

static void each_about(members_t *self, layer_t *layer, const reference_t *by,
    void (*act)(set_t *set, const reference_t *by))
{
    const set_t *message = look(self, by);
    for (size_t i = 0; message && i < message->abouts; i++) {
        const reference_t about = message->about[i];
        act(change(self, layer, &about), by);
        message = look(self, by);
    }
}

static void drop(set_t *set, const reference_t *by)
{
    (void)by;
    drop_stale(set);
}

static void add(
    members_t *self, layer_t *layer, const reference_t *by, const routing_t *routing)
{
    bool withdraws = routing_withdraws(routing) != NULL;
    if (withdraws)
        each_about(self, layer, by, spoil);
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type != ROUTE_JOINS && route->type != ROUTE_LEAVES)
            continue;
        const reference_t set = members_set(route);
        say(change(self, layer, &set), route->node, route->type == ROUTE_JOINS, by);
        note_about(change(self, layer, by), &set);
    }
    if (withdraws)
        each_about(self, layer, by, drop);
}

void members_add(members_t *self, const reference_t *by, const routing_t *routing)
{
    add(self, &self->durable, by, routing);
}

void members_draft(members_t *self, const reference_t *by, const routing_t *routing)
{
    add(self, &self->drafted, by, routing);
}

// Whether what is said at this place is the last word on its node.
static bool is_last(const set_t *set, size_t at)
{
    for (size_t i = at + 1; i < set->n; i++)
        if (strcmp(set->said[i].node, set->said[at].node) == 0)
            return false;
    return true;
}

bool members_has(const members_t *self, const reference_t *name, const char *node)
{
    const set_t *set = look(self, name);
    for (size_t i = set ? set->n : 0; i > 0; i--)
        if (strcmp(set->said[i - 1].node, node) == 0)
            return set->said[i - 1].joined;
    return false;
}

bool members_said(const members_t *self, const reference_t *name, const char *node,
    const reference_t *by)
{
    const set_t *set = look(self, name);
    return set && said_by(set, node, by);
}

const char *members_next(const members_t *self, const reference_t *name, size_t *next)
{
    const set_t *set = look(self, name);
    while (set && *next < set->n) {
        size_t at = (*next)++;
        if (set->said[at].joined && is_last(set, at))
            return set->said[at].node;
    }
    return NULL;
}

static void save_name(const reference_t *name, buf_t *out)
{
    buf_put_short(out, span_text(name->author));
    buf_put_short(out, span_text(name->id));
}

void members_save(const members_t *self, buf_t *out)
{
    const layer_t *layer = &self->durable;
    buf_put_u32(out, (uint32_t)layer->sets);
    for (size_t i = 0; i < layer->sets; i++) {
        const set_t *set = &layer->set[i];
        save_name(&set->name, out);
        buf_put_u32(out, (uint32_t)set->n);
        for (size_t k = 0; k < set->n; k++) {
            buf_put_short(out, span_text(set->said[k].node));
            buf_put_u8(out, set->said[k].joined);
            save_name(&set->said[k].by, out);
        }
        buf_put_u32(out, (uint32_t)set->abouts);
        for (size_t k = 0; k < set->abouts; k++)
            save_name(&set->about[k], out);
    }
}

static void load_name(reader_t *from, reference_t *name)
{
    *name = (reference_t){0};
    from->bad |= !text_copy(take_short(from), name->author, sizeof name->author);
    from->bad |= !text_copy(take_short(from), name->id, sizeof name->id);
}

bool members_load(members_t *self, reader_t *from)
{
    reference_t name;
    for (uint32_t sets = take_u32(from); sets > 0 && !from->bad; sets--) {
        load_name(from, &name);
        set_t *set = make(&self->durable, &name);
        for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
            char node[NODE_ID_MAX];
            from->bad |= !text_copy(take_short(from), node, sizeof node);
            bool joined = take_u8(from) != 0;
            load_name(from, &name);
            say(set, node, joined, &name);
        }
        for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
            load_name(from, &name);
            note_about(set, &name);
        }
    }
    return !from->bad;
}
