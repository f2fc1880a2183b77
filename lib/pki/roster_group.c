// roster_group - members by role, and by role and organisation: a message finds those it
// goes to without a look at everybody who is enrolled.

#include "lib/base/memory.h"
#include "lib/pki/roster_held.h"

#include <stdlib.h>
#include <string.h>

static int compare(const member_t *a, const member_t *b, bool organisations)
{
    int order = strcmp(a->role, b->role);
    if (order == 0 && organisations)
        order = strcmp(a->organisation, b->organisation);
    return order;
}

// Within a group by id.
static int by_role(const void *a, const void *b)
{
    const member_t *one = *(const member_t *const *)a;
    const member_t *other = *(const member_t *const *)b;
    int order = compare(one, other, false);
    return order != 0 ? order : strcmp(one->id, other->id);
}

static int by_organisation(const void *a, const void *b)
{
    const member_t *one = *(const member_t *const *)a;
    const member_t *other = *(const member_t *const *)b;
    int order = compare(one, other, true);
    return order != 0 ? order : strcmp(one->id, other->id);
}

void roster_group_members(roster_t *self)
{
    size_t n = self->members;
    self->by_role = memory_new(n + 1, sizeof *self->by_role);
    self->by_organisation = memory_new(n + 1, sizeof *self->by_organisation);
    for (size_t i = 0; i < n; i++)
        self->by_role[i] = self->by_organisation[i] = &self->member[i];
    qsort(self->by_role, n, sizeof *self->by_role, by_role);
    qsort(self->by_organisation, n, sizeof *self->by_organisation, by_organisation);
}

// How many of them come before the key; `after`: and are as the key.
static size_t count_before(const member_t *const *member, size_t n, const member_t *key,
    bool organisations, bool after)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(member[middle], key, organisations);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool set(char *out, size_t room, const char *word)
{
    size_t size = strnlen(word, room);
    if (size < room)
        memcpy(out, word, size + 1);
    return size < room;
}

roster_group_t roster_group(
    const roster_t *self, const char *role, const char *organisation)
{
    member_t key = {0};
    bool any = organisation[0] == 0;
    const member_t *const *member = any ? self->by_role : self->by_organisation;
    if (!set(key.role, sizeof key.role, role) ||
        !set(key.organisation, sizeof key.organisation, organisation))
        return (roster_group_t){0};
    size_t first = count_before(member, self->members, &key, !any, false);
    size_t end = count_before(member, self->members, &key, !any, true);
    return (roster_group_t){member + first, end - first};
}
