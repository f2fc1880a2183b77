// ancestry - a mark for each thing that is said of a message, and that an audit asks for;
// what it is said to be of is a name, put aside.

#include "nodes/audit/ancestry.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ancestry {
    marks_t *marks; // hash of kinship, author and id -> where the other's name is
    spill_t *names;
};

ancestry_t *ancestry_new(spill_health_t *health)
{
    ancestry_t *self = memory_new(1, sizeof *self);
    self->marks = marks_new(health);
    self->names = spill_new(health);
    return self;
}

void ancestry_destroy(ancestry_t **self_p)
{
    ancestry_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    marks_destroy(&self->marks);
    spill_destroy(&self->names);
    free(self);
}

static void hash_of(kinship_t kinship, const reference_t *message, hash_t *out)
{
    char author[NODE_ID_MAX + 4];
    (void)snprintf(author, sizeof author, "%d %s", (int)kinship, message->author);
    marks_pair(author, message->id, out);
}

static void say_of(void *context, kinship_t kinship, const reference_t *message,
    const reference_t *other)
{
    ancestry_t *self = context;
    hash_t name;
    if (kinship == KIN_ROOT || kinship == KIN_LATEST)
        return; // nobody asks that here
    hash_of(kinship, message, &name);
    marks_put(
        self->marks, &name, other ? spill_add(self->names, other, sizeof *other) : 0);
}

static bool said_of(
    void *context, kinship_t kinship, const reference_t *message, reference_t *other)
{
    ancestry_t *self = context;
    hash_t name;
    uint64_t at;
    hash_of(kinship, message, &name);
    if (!marks_get(self->marks, &name, &at))
        return false;
    if (kinship < KINS)
        spill_read(self->names, at, other, sizeof *other);
    return true;
}

lineage_keeper_t ancestry_keeper(ancestry_t *self)
{
    return (lineage_keeper_t){say_of, said_of, self};
}
