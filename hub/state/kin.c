// kin - a value of the lookup is the number of a name, from 1, in the column of names.
// Each time something is said its name is a new one: so what was said last has the
// greatest number.

#include "hub/state/kin.h"

#include "hub/journal/column.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct kin {
    lookup_t *lookup;
    column_t *names;
    bool failed;
    cause_t why; // when it failed: the first
};

// `from` says what was in it; NULL: it is to be empty.
static kin_t *open_names(
    const char *state_folder, lookup_t *lookup, reader_t *from, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, state_folder, "names", why) != 0)
        return NULL;
    kin_t *self = memory_new(1, sizeof *self);
    self->lookup = lookup;
    self->names = from ? column_again(path, sizeof(reference_t), from, why)
                       : column_open(path, sizeof(reference_t), why);
    if (!self->names)
        kin_close(&self);
    return self;
}

kin_t *kin_open(const char *state_folder, lookup_t *lookup, cause_t *why)
{
    return open_names(state_folder, lookup, NULL, why);
}

kin_t *kin_again(const char *state_folder, lookup_t *lookup, reader_t *from, cause_t *why)
{
    return open_names(state_folder, lookup, from, why);
}

void kin_save(const kin_t *self, buf_t *out)
{
    column_save(self->names, out);
}

void kin_close(kin_t **self_p)
{
    kin_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    column_close(&self->names);
    free(self);
}

static void note_failure(kin_t *self, const cause_t *why)
{
    if (!self->failed)
        self->why = *why;
    self->failed = true;
}

static lookup_tag_t tag_of(
    const kin_t *self, kinship_t kinship, const reference_t *message)
{
    const char what[] = {(char)('a' + kinship), 0};
    return lookup_tag(self->lookup, LOOKUP_LINEAGE, message->author, message->id, what);
}

// The bytes behind the ends of both texts are zeros: what is saved is the same each time.
static reference_t clean(const reference_t *name)
{
    reference_t copy = {0};
    (void)memccpy(copy.author, name->author, 0, sizeof copy.author - 1);
    (void)memccpy(copy.id, name->id, 0, sizeof copy.id - 1);
    return copy;
}

static void say(void *context, kinship_t kinship, const reference_t *message,
    const reference_t *other)
{
    kin_t *self = context;
    cause_t why;
    lookup_tag_t tag = tag_of(self, kinship, message);
    if (kinship >= KINS) {
        lookup_add(self->lookup, &tag, 1);
        return;
    }
    reference_t name = clean(other);
    if (column_add(self->names, &name, &why) != 0)
        note_failure(self, &why);
    else
        lookup_add(self->lookup, &tag, column_count(self->names));
}

static bool said(
    void *context, kinship_t kinship, const reference_t *message, reference_t *other)
{
    kin_t *self = context;
    cause_t why;
    size_t cursor = 0;
    uint64_t number;
    lookup_tag_t tag = tag_of(self, kinship, message);
    if (!lookup_find(self->lookup, &tag, &cursor, &number))
        return false;
    if (kinship >= KINS || column_get(self->names, number - 1, other, &why) == 0)
        return true;
    note_failure(self, &why);
    return false;
}

lineage_keeper_t kin_keeper(kin_t *self)
{
    return (lineage_keeper_t){say, said, self};
}

int kin_check(const kin_t *self, cause_t *why)
{
    return self->failed ? cause_set(why, "%s", self->why.text) : 0;
}
