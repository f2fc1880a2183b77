// contacts - of each owner's node the names of its messages, the newest in a ring: what
// one node says much of is forgotten of that node alone.

#include "hub/state/contacts.h"

#include "lib/base/memory.h"

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

void contacts_add(contacts_t *self, const char *author, const char *id, uint64_t position)
{
    contacts_owner_t *owner = owner_of(self, author);
    size_t at = owner->added++ % CONTACTS_OF_OWNER;
    if (at >= owner->room) {
        owner->room = owner->room ? 2 * owner->room : 4;
        owner->change = memory_grow(owner->change, owner->room, sizeof *owner->change);
    }
    contacts_change_t *change = &owner->change[at];
    change->position = position;
    (void)snprintf(change->id, sizeof change->id, "%s", id);
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
