// leftovers - a table by name.  Another file may come under the same name, so that the
// time begins anew as soon as inode, size or times differ from what was noted.

#include "nodes/outbox/leftovers.h"

#include "lib/base/bytes.h"
#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

// More than this many are not remembered: they are as if seen for the first time.
enum { BUCKETS = 4096, ITEMS_MAX = 65536, REASON_MAX = 256 };

typedef struct item {
    struct item *next;
    bool asked; // since the last sweep
    bool said;  // the reason
    leftover_kind_t kind;
    char *reason;              // NULL: none was given
    int64_t first_ms, same_ms; // seen, and the same, since then
    struct stat info;
    char name[];
} item_t;

struct leftovers {
    size_t n;
    item_t *bucket[BUCKETS];
};

leftovers_t *leftovers_new(void)
{
    leftovers_t *self = memory_new(1, sizeof *self);
    return self;
}

static void drop(leftovers_t *self, item_t **at)
{
    item_t *item = *at;
    *at = item->next;
    free(item->reason);
    free(item);
    self->n--;
}

void leftovers_destroy(leftovers_t **self_p)
{
    leftovers_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (self->bucket[i])
            drop(self, &self->bucket[i]);
    free(self);
}

static item_t **bucket_of(leftovers_t *self, const char *name)
{
    // A bad name costs time, nothing else.
    return &self->bucket[span_hash(span_text(name)) % BUCKETS];
}

static item_t *find(leftovers_t *self, const char *name, int64_t now_ms)
{
    item_t **bucket = bucket_of(self, name);
    size_t size = strlen(name) + 1;
    for (item_t *item = *bucket; item; item = item->next)
        if (strcmp(item->name, name) == 0)
            return item;
    if (self->n == ITEMS_MAX)
        return NULL;
    item_t *item = memory_new(1, sizeof *item + size);
    memcpy(item->name, name, size);
    item->first_ms = item->same_ms = now_ms;
    item->next = *bucket;
    *bucket = item;
    self->n++;
    return item;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           same_time(&a->st_mtim, &b->st_mtim) && same_time(&a->st_ctim, &b->st_ctim);
}

int64_t leftovers_still_ms(
    leftovers_t *self, const char *name, const struct stat *info, int64_t now_ms)
{
    item_t *item = find(self, name, now_ms);
    if (!item)
        return 0;
    item->asked = true;
    if (!same(&item->info, info))
        item->same_ms = now_ms;
    item->info = *info;
    return now_ms - item->same_ms;
}

bool leftovers_stays(leftovers_t *self, const char *name, leftover_kind_t kind,
    const char *reason, int64_t now_ms)
{
    item_t *item = find(self, name, now_ms);
    if (!item)
        return false;
    item->asked = true;
    item->kind = kind;
    if (!item->reason || strcmp(item->reason, reason) != 0) {
        free(item->reason);
        item->reason = memory_text(reason);
        item->said = false;
    }
    bool say = !item->said &&
               (kind == LEFT_FOR_GOOD || now_ms - item->first_ms >= LEFTOVERS_LONG_MS);
    item->said |= say;
    return say;
}

void leftovers_sweep(leftovers_t *self)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (item_t **at = &self->bucket[i]; *at;) {
            if (!(*at)->asked) {
                drop(self, at);
                continue;
            }
            (*at)->asked = false;
            at = &(*at)->next;
        }
}

void leftovers_each(const leftovers_t *self,
    void (*visit)(void *context, const leftover_t *item), void *context)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (const item_t *item = self->bucket[i]; item; item = item->next)
            if (item->reason)
                visit(context,
                    &(leftover_t){item->name, item->reason, item->kind, item->first_ms});
}
