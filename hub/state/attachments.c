// attachments - one chain for each place of a hash table, keyed with random bytes: a
// "digest" in a message is whatever its author wrote there.
//
// A file has one item for each author, and no answer takes longer by how often an author
// named it itself: naming is cheap, and one thread answers everybody.

#include "hub/state/attachments.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/sys/random.h"

#include <sodium.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64, SIZES_TRIED = 64 };

typedef struct {
    uint64_t size;
    uint64_t position; // of the message
    size_t next;       // 1 + index of the naming before it; 0: none
} naming_t;

typedef struct {
    hash_t digest;
    int author;
    bool handed_in, erased; // never both
    uint64_t entry;         // that says so
    size_t naming;          // 1 + index of the newest; 0: none
    size_t next;            // 1 + index of the next item in the chain; 0: none
} item_t;

struct attachments {
    uint8_t key[crypto_shorthash_KEYBYTES];
    item_t *item;
    size_t n, room;
    size_t handed_in; // of these
    size_t *chain;    // 1 + index of its first item; as many as there is room for items
    naming_t *naming;
    size_t namings, naming_room;
};

attachments_t *attachments_new(void)
{
    attachments_t *self = memory_new(1, sizeof *self);
    random_bytes(self->key, sizeof self->key);
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
    free(self->naming);
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

// The next item about this digest after `before`, or the first one.
static item_t *next(const attachments_t *self, const hash_t *digest, const item_t *before)
{
    size_t at = before ? before->next : self->room ? *chain_of(self, digest) : 0;
    while (at > 0 && !hash_equal(&self->item[at - 1].digest, digest))
        at = self->item[at - 1].next;
    return at > 0 ? &self->item[at - 1] : NULL;
}

static item_t *find(const attachments_t *self, const hash_t *digest, int author)
{
    item_t *item = next(self, digest, NULL);
    while (item && item->author != author)
        item = next(self, digest, item);
    return item;
}

static item_t *find_or_add(attachments_t *self, const hash_t *digest, int author)
{
    item_t *item = find(self, digest, author);
    if (item)
        return item;
    if (self->n == self->room)
        grow(self);
    self->item[self->n] = (item_t){.digest = *digest, .author = author};
    link_item(self, self->n);
    return &self->item[self->n++];
}

static void add_naming(attachments_t *self, uint64_t size, uint64_t position, size_t next)
{
    if (self->namings == self->naming_room) {
        self->naming_room = self->naming_room ? 2 * self->naming_room : FIRST_ROOM;
        self->naming = memory_grow(self->naming, self->naming_room, sizeof *self->naming);
    }
    self->naming[self->namings++] = (naming_t){size, position, next};
}

void attachments_named(attachments_t *self, const hash_t *digest, uint64_t size,
    int author, uint64_t position)
{
    item_t *item = find_or_add(self, digest, author);
    add_naming(self, size, position, item->naming);
    item->naming = self->namings;
    item->erased = false;
}

void attachments_erased(attachments_t *self, const hash_t *digest)
{
    for (item_t *item = NULL; (item = next(self, digest, item)) != NULL;) {
        self->handed_in -= item->handed_in;
        item->handed_in = false;
        item->erased = true;
    }
}

bool attachments_is_erased(const attachments_t *self, const hash_t *digest, int author)
{
    const item_t *item = find(self, digest, author);
    return item && item->erased;
}

bool attachments_naming(const attachments_t *self, const hash_t *digest,
    attachments_cursor_t *cursor, uint64_t *position)
{
    while (cursor->naming == 0) {
        const item_t *item = cursor->item ? &self->item[cursor->item - 1] : NULL;
        if (!(item = next(self, digest, item)))
            return false;
        cursor->item = (size_t)(item - self->item) + 1;
        cursor->naming = item->naming;
    }
    const naming_t *naming = &self->naming[cursor->naming - 1];
    *position = naming->position;
    cursor->naming = naming->next;
    return true;
}

// Should it be said twice, the first entry counts.
void attachments_handed_in(
    attachments_t *self, const hash_t *digest, int author, uint64_t position)
{
    item_t *item = find_or_add(self, digest, author);
    if (!item->handed_in)
        item->entry = position;
    self->handed_in += !item->handed_in;
    item->handed_in = true;
}

size_t attachments_count(const attachments_t *self)
{
    return self->handed_in;
}

bool attachments_entry(
    const attachments_t *self, const hash_t *digest, int author, uint64_t *position)
{
    const item_t *item = find(self, digest, author);
    if (!item || !item->handed_in)
        return false;
    *position = item->entry;
    return true;
}

static int gone(refusal_t *refusal)
{
    return refuse(refusal, "attachment.erased", "", "",
        "it was erased by law, with the message that named it");
}

// One answer for what does not exist and for what is not the asker's.
static int unknown(refusal_t *refusal)
{
    return refuse(refusal, "attachment.unknown", "", "",
        "no message that you sent or had names this attachment");
}

// A file has one size.  Who named it with another has erred; with so many, errs on
// purpose.
int attachments_give(const attachments_t *self, const hash_t *digest, uint64_t size,
    int node, refusal_t *refusal)
{
    const item_t *item = find(self, digest, node);
    size_t at = item ? item->naming : 0;
    if (item && item->erased)
        return gone(refusal);
    for (int i = 0; at > 0 && i < SIZES_TRIED; i++) {
        const naming_t *naming = &self->naming[at - 1];
        if (naming->size == size)
            return 0;
        at = naming->next;
    }
    return unknown(refusal);
}

static bool had(const attachments_asker_t *asker, uint64_t position)
{
    uint64_t number;
    cause_t why;
    return (inboxes_find(asker->inboxes, asker->inbox, position, &number, &why) == 0 &&
               number > 0) ||
           (asker->history && history_brought(asker->history, position, asker->node));
}

// Whether the node had one of the messages in which this author names it, or wrote them.
static bool is_party(
    const attachments_t *self, const item_t *item, const attachments_asker_t *asker)
{
    size_t at = item->naming;
    bool found = at > 0 && item->author == asker->inbox;
    while (!found && at > 0) {
        found = had(asker, self->naming[at - 1].position);
        at = self->naming[at - 1].next;
    }
    return found;
}

int attachments_fetch(const attachments_t *self, const hash_t *digest,
    const attachments_asker_t *asker, refusal_t *refusal)
{
    bool named = false, erased = false;
    for (const item_t *item = NULL; (item = next(self, digest, item)) != NULL;) {
        // Of those who have not handed it in, one is enough for the answer.
        bool *is = item->erased ? &erased : &named;
        if ((*is && !item->handed_in) || !is_party(self, item, asker))
            continue;
        if (item->handed_in)
            return 0;
        *is = true;
    }
    if (!named)
        return erased ? gone(refusal) : unknown(refusal);
    (void)refuse(refusal, "attachment.absent", "", "",
        "its author has not handed it in yet: ask again later");
    refusal->retry = true;
    return -1;
}

// --------------------------------------------------------------------------------

static uint32_t namings_of(const attachments_t *self, const item_t *item)
{
    uint32_t n = 0;
    for (size_t at = item->naming; at > 0; at = self->naming[at - 1].next)
        n++;
    return n;
}

// Namings from the newest to the oldest, as they are chained.
static void save_item(
    const attachments_t *self, const item_t *item, const inboxes_t *inboxes, buf_t *out)
{
    buf_put(out, &item->digest, sizeof item->digest);
    buf_put_short(out, span_text(inboxes_node(inboxes, item->author)));
    buf_put_u8(out, (uint8_t)(item->handed_in | item->erased << 1));
    buf_put_u64(out, item->entry);
    buf_put_u32(out, namings_of(self, item));
    for (size_t at = item->naming; at > 0; at = self->naming[at - 1].next) {
        buf_put_u64(out, self->naming[at - 1].size);
        buf_put_u64(out, self->naming[at - 1].position);
    }
}

void attachments_save(const attachments_t *self, const inboxes_t *inboxes, buf_t *out)
{
    buf_put_u32(out, (uint32_t)self->n);
    for (size_t i = 0; i < self->n; i++)
        save_item(self, &self->item[i], inboxes, out);
}

static void load_namings(attachments_t *self, item_t *item, reader_t *from)
{
    uint32_t n = take_u32(from);
    if (n > 0)
        item->naming = self->namings + 1;
    for (; n > 0 && !from->bad; n--) {
        uint64_t size = take_u64(from), position = take_u64(from);
        add_naming(self, size, position, n > 1 ? self->namings + 2 : 0);
    }
}

int attachments_load(
    attachments_t *self, inboxes_t *inboxes, reader_t *from, cause_t *why)
{
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        hash_t digest = {0};
        char node[NODE_ID_MAX];
        (void)take_into(from, digest.bytes, sizeof digest.bytes);
        from->bad |= !text_copy(take_short(from), node, sizeof node);
        int author = from->bad ? -1 : inboxes_of(inboxes, node, why);
        if (author < 0)
            return from->bad ? cause_set(why, "an attachment is missing") : -1;
        item_t *item = find_or_add(self, &digest, author);
        uint8_t is = take_u8(from);
        item->handed_in = (is & 1) != 0;
        item->erased = (is & 2) != 0;
        self->handed_in += item->handed_in;
        item->entry = take_u64(from);
        load_namings(self, item, from);
    }
    return from->bad ? cause_set(why, "attachments are missing") : 0;
}
