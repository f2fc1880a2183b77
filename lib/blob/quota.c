// quota - accounts by name in chains; owners are few, and stay.

#include "lib/blob/quota.h"

#include "lib/base/bytes.h"
#include "lib/base/memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 256 };

typedef struct account {
    struct account *next;
    char *owner;
    uint64_t bytes;
} account_t;

struct quota {
    uint64_t total, share, bytes;
    account_t *bucket[BUCKETS];
};

quota_t *quota_new(uint64_t total, uint64_t share)
{
    quota_t *self = memory_new(1, sizeof *self);
    self->total = total;
    self->share = share;
    return self;
}

void quota_clear(quota_t *self)
{
    for (size_t i = 0; i < BUCKETS; i++)
        while (self->bucket[i]) {
            account_t *account = self->bucket[i];
            self->bucket[i] = account->next;
            free(account->owner);
            free(account);
        }
    self->bytes = 0;
}

void quota_destroy(quota_t **self_p)
{
    quota_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    quota_clear(self);
    free(self);
}

static size_t bucket_of(const char *owner)
{
    return span_hash(span_text(owner)) % BUCKETS;
}

static account_t *find(const quota_t *self, const char *owner)
{
    account_t *account = self->bucket[bucket_of(owner)];
    while (account && strcmp(account->owner, owner) != 0)
        account = account->next;
    return account;
}

static account_t *find_or_open(quota_t *self, const char *owner)
{
    account_t *account = find(self, owner);
    if (account)
        return account;
    account = memory_new(1, sizeof *account);
    account->owner = memory_text(owner);
    account->next = self->bucket[bucket_of(owner)];
    self->bucket[bucket_of(owner)] = account;
    return account;
}

static void change(uint64_t *bytes, uint64_t more, uint64_t less)
{
    *bytes += more;
    *bytes -= less < *bytes ? less : *bytes;
}

void quota_count(quota_t *self, const char *owner, uint64_t more, uint64_t less)
{
    change(&self->bytes, more, less);
    change(&find_or_open(self, owner)->bytes, more, less);
}

static bool fits(uint64_t bytes, uint64_t more, uint64_t limit)
{
    return bytes <= limit && more <= limit - bytes;
}

uint64_t quota_used(const quota_t *self)
{
    return self->bytes;
}

quota_room_t quota_room(const quota_t *self, const char *owner, uint64_t more)
{
    const account_t *account = find(self, owner);
    if (self->share > 0 && *owner &&
        !fits(account ? account->bytes : 0, more, self->share))
        return QUOTA_SHARE;
    return fits(self->bytes, more, self->total) ? QUOTA_ROOM : QUOTA_TOTAL;
}
