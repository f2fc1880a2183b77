// attachments - one chain for each place of a hash table, keyed with random bytes: a
// "digest" in a message is whatever its author wrote there.

#include "lib/attachments.h"

#include "lib/memory.h"

#include <sodium.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

typedef enum { NAMED, HANDED_IN } fact_t;

typedef struct {
    hash_t digest;
    fact_t fact;
    int author;
    uint64_t size; // named
    uint64_t position;
    size_t next; // 1 + index of the next one in the chain; 0: none
} item_t;

struct attachments {
    uint8_t key[crypto_shorthash_KEYBYTES];
    item_t *item;
    size_t n, room;
    size_t *chain; // 1 + index of its first item; as many as there is room for items
};

attachments_t *attachments_new(void)
{
    attachments_t *self = memory_new(1, sizeof *self);
    randombytes_buf(self->key, sizeof self->key);
    return self;
}

void attachments_destroy(attachments_t **self_p)
{
    attachments_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->item);
    free(self->chain);
    free(self);
}

static size_t *chain_of(const attachments_t *self, const hash_t *digest)
{
    uint64_t tag;
    crypto_shorthash((uint8_t *)&tag, digest->bytes, sizeof digest->bytes, self->key);
    return &self->chain[tag & (self->room - 1)];
}

static void link_item(attachments_t *self, size_t i)
{
    size_t *chain = chain_of(self, &self->item[i].digest);
    self->item[i].next = *chain;
    *chain = i + 1;
}

static void grow(attachments_t *self)
{
    self->room = self->room ? 2 * self->room : FIRST_ROOM;
    self->item = memory_grow(self->item, self->room, sizeof *self->item);
    free(self->chain);
    self->chain = memory_new(self->room, sizeof *self->chain);
    for (size_t i = 0; i < self->n; i++)
        link_item(self, i);
}

static void add(attachments_t *self, const item_t *item)
{
    if (self->n == self->room)
        grow(self);
    self->item[self->n] = *item;
    link_item(self, self->n++);
}

void attachments_named(attachments_t *self, const hash_t *digest, uint64_t size,
    int author, uint64_t position)
{
    add(self, &(item_t){.digest = *digest,
                  .fact = NAMED,
                  .author = author,
                  .size = size,
                  .position = position});
}

void attachments_handed_in(
    attachments_t *self, const hash_t *digest, int author, uint64_t position)
{
    add(self, &(item_t){.digest = *digest,
                  .fact = HANDED_IN,
                  .author = author,
                  .position = position});
}

// The next item about this digest after `before`, or the first one.
static const item_t *next(
    const attachments_t *self, const hash_t *digest, const item_t *before)
{
    size_t at = before ? before->next : self->room ? *chain_of(self, digest) : 0;
    while (at > 0 && !hash_equal(&self->item[at - 1].digest, digest))
        at = self->item[at - 1].next;
    return at > 0 ? &self->item[at - 1] : NULL;
}

bool attachments_entry(
    const attachments_t *self, const hash_t *digest, int author, uint64_t *position)
{
    for (const item_t *item = NULL; (item = next(self, digest, item)) != NULL;)
        if (item->fact == HANDED_IN && item->author == author) {
            *position = item->position;
            return true;
        }
    return false;
}

// One answer for what does not exist and for what is not the asker's.
static int unknown(refusal_t *refusal)
{
    return refuse(refusal, "attachment.unknown", "", "",
        "no message that you sent or had names this attachment");
}

int attachments_give(const attachments_t *self, const hash_t *digest, uint64_t size,
    int node, refusal_t *refusal)
{
    for (const item_t *item = NULL; (item = next(self, digest, item)) != NULL;)
        if (item->fact == NAMED && item->author == node && item->size == size)
            return 0;
    return unknown(refusal);
}

int attachments_fetch(const attachments_t *self, const hash_t *digest, int node,
    attachments_had_fn had, void *context, refusal_t *refusal)
{
    uint64_t entry;
    bool named = false;
    for (const item_t *item = NULL; (item = next(self, digest, item)) != NULL;) {
        if (item->fact != NAMED ||
            (item->author != node && !had(context, node, item->position)))
            continue;
        if (attachments_entry(self, digest, item->author, &entry))
            return 0;
        named = true;
    }
    if (!named)
        return unknown(refusal);
    (void)refuse(refusal, "attachment.absent", "", "",
        "its author has not handed it in yet: ask again later");
    refusal->retry = true;
    return -1;
}
