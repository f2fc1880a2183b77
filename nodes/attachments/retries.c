// retries - a handful of entries: those that fail at the moment.

#include "nodes/attachments/retries.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <stdlib.h>

void retries_free(retries_t *self)
{
    free(self->item);
    *self = (retries_t){0};
}

static retry_t *find(const retries_t *self, const hash_t *digest)
{
    for (size_t i = 0; i < self->n; i++)
        if (hash_equal(&self->item[i].digest, digest))
            return &self->item[i];
    return NULL;
}

bool retries_due(const retries_t *self, const hash_t *digest, int64_t now_ms)
{
    const retry_t *item = find(self, digest);
    return !item || moment_due(item->due_ms, now_ms);
}

bool retries_later(retries_t *self, const hash_t *digest, int64_t now_ms)
{
    retry_t *item = find(self, digest);
    bool first = !item;
    if (first) {
        if (self->n == self->room) {
            self->room = self->room ? 2 * self->room : 8;
            self->item = memory_grow(self->item, self->room, sizeof *self->item);
        }
        item = &self->item[self->n++];
        *item = (retry_t){.digest = *digest, .pause_ms = RETRIES_FIRST_MS / 2};
    }
    item->pause_ms *= 2;
    if (item->pause_ms > RETRIES_MOST_MS)
        item->pause_ms = RETRIES_MOST_MS;
    item->due_ms = moment_after(now_ms, item->pause_ms);
    return first;
}

void retries_forget(retries_t *self, const hash_t *digest)
{
    retry_t *item = find(self, digest);
    if (item)
        *item = self->item[--self->n];
}

void retries_hurry(retries_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        self->item[i].due_ms = MOMENT_PAST;
}

void retries_drop(retries_t *self, int64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++)
        if (!moment_due(self->item[i].due_ms, now_ms))
            self->item[kept++] = self->item[i];
    self->n = kept;
}

int64_t retries_next_ms(const retries_t *self)
{
    int64_t next = MOMENT_NEVER;
    for (size_t i = 0; i < self->n; i++)
        moment_sooner(&next, self->item[i].due_ms);
    return next;
}
