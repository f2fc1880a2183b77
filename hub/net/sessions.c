// sessions - an array of slots; two indexes into it: by routing id (chains) and by inbox.
//
// Session pointers stay valid while the session lives: slots are allocated one by one.

#include "hub/net/sessions.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, CERT_SET_FIRST = 64 };

// Which certificates a session was sent: open addressing over pointers.
typedef struct {
    const void **item;
    size_t room, n;
} set_t;

typedef struct {
    int64_t tokens; // in thousandths
    int64_t at_ms;
} bucket_t;

// What outlives a node's sessions.
typedef struct {
    int slot; // of the live session, -1: none
    bool contradicts;
    bool heard; // before: a session has ended
    int64_t heard_ms;
    bucket_t allowance[ALLOWANCES];
} owner_t;

struct sessions {
    session_t **slot;
    set_t *certs; // beside each slot
    size_t n, room;
    size_t live;
    int bucket[BUCKETS]; // first slot of the chain, -1: none
    owner_t *by_inbox;
    size_t inboxes;
};

sessions_t *sessions_new(void)
{
    sessions_t *self = memory_new(1, sizeof *self);
    memset(self->bucket, 0xff, sizeof self->bucket);
    return self;
}

void sessions_destroy(sessions_t **self_p)
{
    sessions_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++) {
        free(self->slot[i]);
        free(self->certs[i].item);
    }
    free(self->slot);
    free(self->certs);
    free(self->by_inbox);
    free(self);
    *self_p = NULL;
}

static int *bucket_of(sessions_t *self, span_t route)
{
    return &self->bucket[span_hash(route) % BUCKETS];
}

session_t *sessions_find(sessions_t *self, span_t route, const uint8_t key[32])
{
    for (int i = *bucket_of(self, route); i >= 0; i = self->slot[i]->next) {
        session_t *session = self->slot[i];
        if (span_equal(span_of(session->route, session->route_size), route) &&
            memcmp(session->key, key, 32) == 0)
            return session;
    }
    return NULL;
}

session_t *sessions_of_inbox(sessions_t *self, int inbox)
{
    if ((size_t)inbox >= self->inboxes || self->by_inbox[inbox].slot < 0)
        return NULL;
    return self->slot[self->by_inbox[inbox].slot];
}

static size_t free_slot(sessions_t *self)
{
    for (size_t i = 0; self->live < self->n && i < self->n; i++)
        if (!self->slot[i]->live)
            return i;
    if (self->n == self->room) {
        self->room = self->room ? self->room * 2 : 16;
        self->slot = memory_grow(self->slot, self->room, sizeof *self->slot);
        self->certs = memory_grow(self->certs, self->room, sizeof *self->certs);
    }
    self->slot[self->n] = memory_new(1, sizeof(session_t));
    self->certs[self->n] = (set_t){0};
    return self->n++;
}

static owner_t *owner_of(sessions_t *self, int inbox)
{
    size_t wanted = (size_t)inbox + 1;
    if (wanted > self->inboxes) {
        size_t room = wanted * 2;
        self->by_inbox = memory_grow(self->by_inbox, room, sizeof *self->by_inbox);
        for (size_t i = self->inboxes; i < room; i++)
            self->by_inbox[i] = (owner_t){.slot = -1};
        self->inboxes = room;
    }
    return &self->by_inbox[inbox];
}

session_t *sessions_open(
    sessions_t *self, span_t route, const uint8_t key[32], const char *node, int inbox)
{
    size_t i = free_slot(self);
    session_t *session = self->slot[i];
    *session = (session_t){.live = true, .inbox = inbox, .slot = (int)i};
    session->route_size = (uint8_t)route.size;
    memcpy(session->route, route.data, session->route_size);
    memcpy(session->key, key, sizeof session->key);
    memcpy(session->node, node, strnlen(node, sizeof session->node - 1));
    int *bucket = bucket_of(self, route);
    session->next = *bucket;
    *bucket = (int)i;
    owner_t *owner = owner_of(self, inbox);
    owner->slot = (int)i;
    owner->contradicts = false;
    self->live++;
    return session;
}

void sessions_close(sessions_t *self, session_t *session)
{
    int slot = session->slot;
    int *link = bucket_of(self, span_of(session->route, session->route_size));
    while (*link != slot)
        link = &self->slot[*link]->next;
    *link = session->next;
    owner_t *owner = &self->by_inbox[session->inbox];
    if (owner->slot == slot)
        owner->slot = -1;
    owner->heard = true;
    owner->heard_ms = session->heard_ms;
    free(self->certs[slot].item);
    self->certs[slot] = (set_t){0};
    session->live = false;
    self->live--;
}

void sessions_contradicts(sessions_t *self, int inbox)
{
    owner_of(self, inbox)->contradicts = true;
}

bool sessions_contradicted(const sessions_t *self, int inbox)
{
    return (size_t)inbox < self->inboxes && self->by_inbox[inbox].contradicts;
}

bool sessions_heard(const sessions_t *self, int inbox, int64_t *heard_ms)
{
    if ((size_t)inbox >= self->inboxes)
        return false;
    const owner_t *owner = &self->by_inbox[inbox];
    *heard_ms = owner->slot >= 0 ? self->slot[owner->slot]->heard_ms : owner->heard_ms;
    return owner->slot >= 0 || owner->heard;
}

size_t sessions_live(const sessions_t *self)
{
    return self->live;
}

size_t sessions_slots(const sessions_t *self)
{
    return self->n;
}

session_t *sessions_at(sessions_t *self, size_t slot)
{
    return self->slot[slot]->live ? self->slot[slot] : NULL;
}

size_t sessions_may(sessions_t *self, int inbox, allowance_t what, size_t n,
    int64_t per_second, int64_t monotonic_ms)
{
    bucket_t *bucket = &owner_of(self, inbox)->allowance[what];
    int64_t gained = moment_span(moment_between(bucket->at_ms, monotonic_ms), per_second);
    bucket->at_ms = monotonic_ms;
    bucket->tokens = moment_after(bucket->tokens, gained);
    if (bucket->tokens > per_second * 1000 || gained < 0)
        bucket->tokens = per_second * 1000;
    int64_t taken = bucket->tokens > 0 ? bucket->tokens / 1000 : 0;
    if (taken > (int64_t)n)
        taken = (int64_t)n;
    bucket->tokens -= taken * 1000;
    return (size_t)taken;
}

void sessions_charge(sessions_t *self, int inbox, allowance_t what, int64_t thousandths,
    int64_t per_second)
{
    bucket_t *bucket = &owner_of(self, inbox)->allowance[what];
    int64_t least = -60 * 1000 * per_second;
    bucket->tokens -= thousandths;
    if (bucket->tokens < least)
        bucket->tokens = least;
}

// True when the pointer was not in the set yet.
static bool put(set_t *set, const void *item)
{
    size_t i = ((uintptr_t)item >> 4) & (set->room - 1);
    while (set->item[i] && set->item[i] != item)
        i = (i + 1) & (set->room - 1);
    if (set->item[i])
        return false;
    set->item[i] = item;
    set->n++;
    return true;
}

static void grow(set_t *set)
{
    set_t bigger = {.room = set->room ? set->room * 2 : CERT_SET_FIRST};
    bigger.item = memory_new(bigger.room, sizeof *bigger.item);
    for (size_t i = 0; i < set->room; i++)
        if (set->item[i])
            (void)put(&bigger, set->item[i]);
    free(set->item);
    *set = bigger;
}

bool sessions_new_cert(sessions_t *self, const session_t *session, const void *cert)
{
    set_t *set = &self->certs[session->slot];
    if ((set->n + 1) * 2 > set->room)
        grow(set);
    return put(set, cert);
}

static void forget_certs(sessions_t *self, size_t slot)
{
    free(self->certs[slot].item);
    self->certs[slot] = (set_t){0};
}

void sessions_forget_certs(sessions_t *self, const session_t *session)
{
    if (session)
        forget_certs(self, (size_t)session->slot);
    for (size_t i = 0; !session && i < self->n; i++)
        forget_certs(self, i);
}
