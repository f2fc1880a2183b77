// contacts - of each owner's node the names of its messages, the newest in a ring: what
// one node says much of is forgotten of that node alone.

#include "hub/state/contacts.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct contacts_owner {
    char name[NODE_ID_MAX];
    uint64_t added; // so far
    size_t room;
    contacts_change_t *change; // message i at i % CONTACTS_OF_OWNER
};

struct contacts {
    size_t n, room;
    contacts_owner_t *owner; // by name
};

contacts_t *contacts_new(void)
{
    return memory_new(1, sizeof(contacts_t));
}

void contacts_destroy(contacts_t **self_p)
{
    contacts_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        free(self->owner[i].change);
    free(self->owner);
    free(self);
}

// The first owner whose name is not before this one.
static size_t place_of(const contacts_t *self, const char *name)
{
    size_t low = 0, high = self->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(self->owner[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static contacts_owner_t *owner_of(contacts_t *self, const char *name)
{
    size_t at = place_of(self, name);
    if (at < self->n && strcmp(self->owner[at].name, name) == 0)
        return &self->owner[at];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->owner = memory_grow(self->owner, self->room, sizeof *self->owner);
    }
    memmove(
        &self->owner[at + 1], &self->owner[at], (self->n++ - at) * sizeof *self->owner);
    self->owner[at] = (contacts_owner_t){0};
    (void)snprintf(self->owner[at].name, sizeof self->owner[at].name, "%s", name);
    return &self->owner[at];
}

static void add(contacts_owner_t *owner, const char *id, uint64_t position)
{
    size_t at = owner->added++ % CONTACTS_OF_OWNER;
    if (at >= owner->room) {
        owner->room = owner->room ? 2 * owner->room : 4;
        owner->change = memory_grow(owner->change, owner->room, sizeof *owner->change);
    }
    contacts_change_t *change = &owner->change[at];
    change->position = position;
    (void)snprintf(change->id, sizeof change->id, "%s", id);
}

void contacts_add(contacts_t *self, const char *author, const char *id, uint64_t position)
{
    add(owner_of(self, author), id, position);
}

const contacts_owner_t *contacts_at(const contacts_t *self, size_t i)
{
    return i < self->n ? &self->owner[i] : NULL;
}

const contacts_owner_t *contacts_of(const contacts_t *self, const char *author)
{
    const contacts_owner_t *owner = contacts_at(self, place_of(self, author));
    return owner && strcmp(owner->name, author) == 0 ? owner : NULL;
}

const char *contacts_author(const contacts_owner_t *owner)
{
    return owner->name;
}

uint64_t contacts_said(const contacts_owner_t *owner)
{
    return owner->added;
}

uint64_t contacts_first(const contacts_owner_t *owner)
{
    return owner->added > CONTACTS_OF_OWNER ? owner->added - CONTACTS_OF_OWNER : 0;
}

const contacts_change_t *contacts_change(const contacts_owner_t *owner, uint64_t i)
{
    return &owner->change[i % CONTACTS_OF_OWNER];
}

void contacts_save(const contacts_t *self, buf_t *out)
{
    buf_put_u32(out, (uint32_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        const contacts_owner_t *owner = &self->owner[i];
        buf_put_short(out, span_text(owner->name));
        buf_put_u64(out, owner->added);
        for (uint64_t k = contacts_first(owner); k < owner->added; k++) {
            buf_put_short(out, span_text(contacts_change(owner, k)->id));
            buf_put_u64(out, contacts_change(owner, k)->position);
        }
    }
}

// The ring is filled from its beginning on: what was forgotten leaves places that are
// filled last.
static void load_owner(contacts_owner_t *owner, uint64_t added, reader_t *from)
{
    uint64_t first = added > CONTACTS_OF_OWNER ? added - CONTACTS_OF_OWNER : 0;
    for (owner->added = 0; first > 0 && owner->added < CONTACTS_OF_OWNER;)
        add(owner, "", 0); // makes room for all
    owner->added = first;
    while (owner->added < added && !from->bad) {
        char id[MESSAGE_ID_MAX];
        from->bad |= !text_copy(take_short(from), id, sizeof id);
        add(owner, id, take_u64(from));
    }
}

bool contacts_load(contacts_t *self, reader_t *from)
{
    char name[NODE_ID_MAX];
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        from->bad |= !text_copy(take_short(from), name, sizeof name);
        uint64_t added = take_u64(from);
        if (!from->bad)
            load_owner(owner_of(self, name), added, from);
    }
    return !from->bad;
}
