// delegations - a list, looked through from its beginning: there are as many as people
// who stand in for others just now.

#include "lib/message/delegations.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    reference_t message; // its author is the node
    char person[NODE_ID_MAX];
    char office[CODE_MAX];
    char territory[KIND_MAX]; // "": none
    char exercise[NODE_ID_MAX];
    int64_t from_ms, until_ms;
} delegation_t;

struct delegations {
    size_t n, room;
    delegation_t *delegation;
};

delegations_t *delegations_new(void)
{
    return memory_new(1, sizeof(delegations_t));
}

void delegations_destroy(delegations_t **self_p)
{
    delegations_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->delegation);
    free(self);
}

// The time of entries never goes back, so what has ended never begins again.  Entries
// taken over from another log have times of their own.
static void forget_ended(delegations_t *self, const leaf_t *leaf)
{
    size_t kept = 0;
    if (leaf_is_former(leaf))
        return;
    for (size_t i = 0; i < self->n; i++)
        if (self->delegation[i].until_ms > leaf->time_ms)
            self->delegation[kept++] = self->delegation[i];
    self->n = kept;
}

static delegation_t *make(delegations_t *self)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 4;
        self->delegation =
            memory_grow(self->delegation, self->room, sizeof *self->delegation);
    }
    self->delegation[self->n] = (delegation_t){0};
    return &self->delegation[self->n++];
}

void delegations_add(
    delegations_t *self, const leaf_t *leaf, const route_t *route, const char *exercise)
{
    forget_ended(self, leaf);
    delegation_t *delegation = make(self);
    *delegation = (delegation_t){.from_ms = route->from_ms, .until_ms = route->until_ms};
    memcpy(delegation->message.author, leaf->author, sizeof delegation->message.author);
    memcpy(delegation->message.id, leaf->id, sizeof delegation->message.id);
    memcpy(delegation->person, route->node, sizeof delegation->person);
    memcpy(delegation->office, route->code, sizeof delegation->office);
    if (strcmp(route->kind, "-") != 0)
        memcpy(delegation->territory, route->kind, sizeof delegation->territory);
    (void)snprintf(delegation->exercise, sizeof delegation->exercise, "%s", exercise);
}

static bool is_it(const delegation_t *delegation, const acting_t *acting)
{
    return acting->at_ms >= delegation->from_ms && acting->at_ms < delegation->until_ms &&
           strcmp(delegation->message.author, acting->node) == 0 &&
           strcmp(delegation->person, acting->person) == 0 &&
           strcmp(delegation->office, acting->office) == 0 &&
           (!acting->territory ||
               strcmp(delegation->territory, acting->territory) == 0) &&
           (!delegation->exercise[0] ||
               strcmp(delegation->exercise, acting->exercise) == 0);
}

bool delegations_next(const delegations_t *self, const acting_t *acting, size_t *cursor,
    reference_t *message)
{
    while (*cursor < self->n) {
        const delegation_t *delegation = &self->delegation[(*cursor)++];
        if (!is_it(delegation, acting))
            continue;
        *message = delegation->message;
        return true;
    }
    return false;
}

void delegations_clear(delegations_t *self)
{
    self->n = 0;
}

void delegations_save(const delegations_t *self, buf_t *out)
{
    buf_put_u32(out, (uint32_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        const delegation_t *delegation = &self->delegation[i];
        buf_put_short(out, span_text(delegation->message.author));
        buf_put_short(out, span_text(delegation->message.id));
        buf_put_short(out, span_text(delegation->person));
        buf_put_short(out, span_text(delegation->office));
        buf_put_short(out, span_text(delegation->territory));
        buf_put_short(out, span_text(delegation->exercise));
        buf_put_u64(out, (uint64_t)delegation->from_ms);
        buf_put_u64(out, (uint64_t)delegation->until_ms);
    }
}

static bool load_text(reader_t *from, char *out, size_t room)
{
    return text_copy(take_short(from), out, room);
}

bool delegations_load(delegations_t *self, reader_t *from)
{
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        delegation_t *it = make(self);
        from->bad |= !load_text(from, it->message.author, sizeof it->message.author) ||
                     !load_text(from, it->message.id, sizeof it->message.id) ||
                     !load_text(from, it->person, sizeof it->person) ||
                     !load_text(from, it->office, sizeof it->office) ||
                     !load_text(from, it->territory, sizeof it->territory) ||
                     !load_text(from, it->exercise, sizeof it->exercise);
        it->from_ms = (int64_t)take_u64(from);
        it->until_ms = (int64_t)take_u64(from);
    }
    return !from->bad;
}
