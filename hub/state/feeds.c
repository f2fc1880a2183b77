// feeds - each feed is found by its node, by the threads that it follows, and by one of
// the fields it asks for: by the one that the fewest messages share.  What is drafted is
// applied at once and noted, so that it can be taken back: a turn decides by what it has
// drafted itself.

#include "hub/state/feeds.h"

#include "hub/state/tags.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOLLOWED_MAX = 4096, // threads of one feed; the oldest are followed no more
    LEVELS = 10,
    WORD_ROOM = NODE_ID_MAX + 4,
};

typedef struct {
    standing_feed_t standing;
    char node[NODE_ID_MAX];
    feed_t feed;
    bool stands; // false: a draft has ended it
    size_t by_node;
    size_t found_by; // tags
    size_t *found;
    size_t followed; // so far; only the newest FOLLOWED_MAX count
    size_t *follows; // tags, a ring
    uint64_t seen;   // by the search of this number
} slot_t;

typedef enum { BEGAN, ENDED, COUNTED, FOLLOWED } deed_t;

// What a draft did, and how it was before.
typedef struct {
    deed_t deed;
    size_t slot, tag;
    uint64_t count;
    hash_t digest;
} undo_t;

struct feeds {
    size_t n, room, free_n, free_room, stand;
    slot_t **slot;
    size_t *free; // numbers of slots to be used again
    tags_t *by_node, *by_field, *by_thread;
    size_t level[LEVELS]; // feeds that ask for this one or higher; 0: for none
    uint64_t search;
    size_t undos, undos_room;
    undo_t *undo;
};

feeds_t *feeds_new(const uint8_t *key)
{
    feeds_t *self = memory_new(1, sizeof *self);
    self->by_node = tags_new();
    self->by_field = tags_new();
    self->by_thread = tags_keyed(key);
    return self;
}

static void free_slot(slot_t **slot_p)
{
    slot_t *slot = *slot_p;
    *slot_p = NULL;
    if (!slot)
        return;
    feed_close(&slot->feed);
    free(slot->found);
    free(slot->follows);
    free(slot);
}

void feeds_destroy(feeds_t **self_p)
{
    feeds_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        free_slot(&self->slot[i]);
    free(self->slot);
    free(self->free);
    free(self->undo);
    tags_destroy(&self->by_node);
    tags_destroy(&self->by_field);
    tags_destroy(&self->by_thread);
    free(self);
}

// The fields from the rarest value to the most common.
static const feed_field_t rarest[] = {
    FEED_OBJECT, FEED_AUTHOR, FEED_COUNTRY, FEED_CATEGORY, FEED_SECTOR, FEED_FIELDS};

// By which field a feed is found; FEED_FIELDS: by its kinds alone.
static feed_field_t field_of(const feed_t *feed)
{
    for (size_t i = 0; rarest[i] != FEED_FIELDS; i++) {
        size_t at = 0;
        if (feed_value(feed, rarest[i], &at))
            return rarest[i];
    }
    return FEED_FIELDS;
}

// The second word of a tag, beside the kind: field, least level, value.
static void write_word(
    feed_field_t field, int level, const char *value, char word[WORD_ROOM])
{
    word[0] = (char)('a' + field);
    word[1] = (char)('0' + level);
    (void)memccpy(word + 2, value, 0, WORD_ROOM - 3);
    word[WORD_ROOM - 1] = 0;
}

static void add_tag(
    feeds_t *self, slot_t *slot, size_t number, const char *kind, const char *value)
{
    char word[WORD_ROOM];
    write_word(field_of(&slot->feed), slot->feed.level, value, word);
    slot->found = memory_grow(slot->found, slot->found_by + 1, sizeof *slot->found);
    slot->found[slot->found_by++] = tags_add(self->by_field, kind, word, number);
}

static void add_tags(feeds_t *self, slot_t *slot, size_t number)
{
    feed_field_t field = field_of(&slot->feed);
    const char *kind, *value;
    for (size_t k = 0; (kind = feed_value(&slot->feed, FEED_KIND, &k)) != NULL;) {
        if (field == FEED_FIELDS)
            add_tag(self, slot, number, kind, "");
        for (size_t v = 0; field != FEED_FIELDS &&
                           (value = feed_value(&slot->feed, field, &v)) != NULL;)
            add_tag(self, slot, number, kind, value);
    }
    self->level[slot->feed.level]++;
    slot->by_node = tags_add(self->by_node, slot->node, "", number);
}

static size_t take_number(feeds_t *self)
{
    if (self->free_n > 0)
        return self->free[--self->free_n];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->slot = memory_grow(self->slot, self->room, sizeof(slot_t *));
    }
    return self->n++;
}

static void remove_slot(feeds_t *self, size_t number)
{
    slot_t *slot = self->slot[number];
    size_t follows =
        slot->followed < FOLLOWED_MAX ? slot->followed : (size_t)FOLLOWED_MAX;
    for (size_t i = 0; i < slot->found_by; i++)
        tags_remove(self->by_field, slot->found[i]);
    for (size_t i = 0; i < follows; i++)
        tags_remove(self->by_thread, slot->follows[i]);
    tags_remove(self->by_node, slot->by_node);
    self->level[slot->feed.level]--;
    free_slot(&self->slot[number]);
    if (self->free_n == self->free_room) {
        self->free_room = self->free_room ? 2 * self->free_room : 16;
        self->free = memory_grow(self->free, self->free_room, sizeof *self->free);
    }
    self->free[self->free_n++] = number;
}

static slot_t *find_slot(
    feeds_t *self, const char *node, const char *name, size_t *number)
{
    size_t cursor = 0;
    while (tags_find(self->by_node, node, "", &cursor, number)) {
        slot_t *slot = self->slot[*number];
        if (slot->stands && strcmp(slot->node, node) == 0 &&
            strcmp(slot->feed.name, name) == 0)
            return slot;
    }
    return NULL;
}

static void note(feeds_t *self, const undo_t *undo)
{
    if (self->undos == self->undos_room) {
        self->undos_room = self->undos_room ? 2 * self->undos_room : 64;
        self->undo = memory_grow(self->undo, self->undos_room, sizeof *self->undo);
    }
    self->undo[self->undos++] = *undo;
}

// One kind of entry on its way into the state.
typedef struct {
    const leaf_t *leaf;
    const reference_t *thread;
    bool drafted;
} entry_of_t;

static void end(feeds_t *self, size_t number, const entry_of_t *entry)
{
    self->stand--;
    if (!entry->drafted) {
        remove_slot(self, number);
        return;
    }
    self->slot[number]->stands = false;
    note(self, &(undo_t){.deed = ENDED, .slot = number});
}

static slot_t *new_slot(feed_t *feed, const entry_of_t *entry)
{
    slot_t *slot = memory_new(1, sizeof *slot);
    memcpy(slot->node, entry->leaf->author, sizeof slot->node);
    slot->feed = *feed; // which is its own from now on
    *feed = (feed_t){0};
    slot->stands = true;
    slot->standing = (standing_feed_t){.node = slot->node,
        .feed = &slot->feed,
        .since = entry->leaf->position,
        .changed = entry->leaf->position};
    memcpy(slot->standing.subscription.author, slot->node, sizeof slot->node);
    memcpy(slot->standing.subscription.id, entry->leaf->id, sizeof entry->leaf->id);
    feed_begin(slot->node, slot->feed.name, &slot->standing.digest);
    return slot;
}

// It stands in the place of the one of its name, and goes on counting.
static void begin(feeds_t *self, feed_t *feed, const entry_of_t *entry)
{
    size_t number;
    slot_t *slot = new_slot(feed, entry);
    slot_t *before = find_slot(self, slot->node, slot->feed.name, &number);
    if (before) {
        slot->standing.since = before->standing.since;
        slot->standing.count = before->standing.count;
        slot->standing.digest = before->standing.digest;
        end(self, number, entry);
    }
    number = take_number(self);
    self->slot[number] = slot;
    self->stand++;
    add_tags(self, slot, number);
    if (entry->drafted)
        note(self, &(undo_t){.deed = BEGAN, .slot = number});
}

static bool is_followed(feeds_t *self, size_t number, const reference_t *thread)
{
    size_t cursor = 0, found;
    while (tags_find(self->by_thread, thread->author, thread->id, &cursor, &found))
        if (found == number)
            return true;
    return false;
}

// A draft may go beyond the bound for a turn: nothing is pushed out that would have to
// come back.
static void follow(feeds_t *self, slot_t *slot, size_t number, const entry_of_t *entry)
{
    const reference_t *thread = entry->thread;
    if (thread->author[0] == 0 || is_followed(self, number, thread))
        return;
    size_t tag = tags_add(self->by_thread, thread->author, thread->id, number);
    if (entry->drafted) {
        note(self, &(undo_t){.deed = FOLLOWED, .slot = number, .tag = tag});
        return;
    }
    size_t at = slot->followed++ % FOLLOWED_MAX;
    if (slot->followed > FOLLOWED_MAX)
        tags_remove(self->by_thread, slot->follows[at]);
    else
        slot->follows = memory_grow(slot->follows, slot->followed, sizeof *slot->follows);
    slot->follows[at] = tag;
}

static void count_one(feeds_t *self, const route_t *route, const entry_of_t *entry)
{
    size_t number;
    slot_t *slot = find_slot(self, route->node, route->feed, &number);
    if (!slot)
        return;
    standing_feed_t *standing = &slot->standing;
    if (entry->drafted)
        note(self, &(undo_t){.deed = COUNTED,
                       .slot = number,
                       .count = standing->count,
                       .digest = standing->digest});
    standing->count = route->size;
    standing->digest = route->digest;
    follow(self, slot, number, entry);
}

static void apply(feeds_t *self, const routing_t *routing, const entry_of_t *entry)
{
    feed_t feed;
    size_t number;
    bool asks = false;
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type == ROUTE_UNSUBSCRIBES &&
            find_slot(self, entry->leaf->author, route->feed, &number))
            end(self, number, entry);
        if (route->type == ROUTE_FEED)
            count_one(self, route, entry);
        asks = asks || route->type == ROUTE_SUBSCRIBES;
    }
    if (asks && feed_of(&feed, routing))
        begin(self, &feed, entry);
}

void feeds_follow(feeds_t *self, const char *node, const char *name,
    const reference_t *thread, bool drafted)
{
    size_t number;
    slot_t *slot = find_slot(self, node, name, &number);
    if (slot)
        follow(self, slot, number, &(entry_of_t){.thread = thread, .drafted = drafted});
}

void feeds_add(feeds_t *self, const leaf_t *leaf, const routing_t *routing,
    const reference_t *thread)
{
    feeds_begin(self);
    apply(self, routing, &(entry_of_t){leaf, thread, false});
}

void feeds_draft(feeds_t *self, const leaf_t *leaf, const routing_t *routing,
    const reference_t *thread)
{
    apply(self, routing, &(entry_of_t){leaf, thread, true});
}

static void take_back(feeds_t *self, const undo_t *undo)
{
    slot_t *slot = self->slot[undo->slot];
    switch (undo->deed) {
    case BEGAN:
        self->stand--;
        remove_slot(self, undo->slot);
        break;
    case ENDED:
        self->stand++;
        slot->stands = true;
        break;
    case COUNTED:
        slot->standing.count = undo->count;
        slot->standing.digest = undo->digest;
        break;
    case FOLLOWED:
        tags_remove(self->by_thread, undo->tag);
        break;
    }
}

void feeds_begin(feeds_t *self)
{
    while (self->undos > 0)
        take_back(self, &self->undo[--self->undos]);
}

static void add_found(slot_t *slot, feeds_found_t *found)
{
    if (found->n == found->room) {
        found->room = found->room ? 2 * found->room : 16;
        found->feed = memory_grow(found->feed, found->room, sizeof *found->feed);
    }
    found->feed[found->n++] = &slot->standing;
}

// Whether it is one that was not looked at yet, and of another node.
static bool is_new(const feeds_t *self, slot_t *slot, const feed_facts_t *facts)
{
    if (!slot->stands || slot->seen == self->search ||
        strcmp(slot->node, facts->author) == 0)
        return false;
    slot->seen = self->search;
    return true;
}

static void look_at(feeds_t *self, const feed_facts_t *facts, feed_field_t field,
    int level, const char *value, feeds_found_t *found)
{
    char word[WORD_ROOM];
    size_t cursor = 0, number;
    write_word(field, level, value, word);
    while (tags_find(self->by_field, facts->kind, word, &cursor, &number)) {
        slot_t *slot = self->slot[number];
        if (is_new(self, slot, facts) && feed_chooses(&slot->feed, facts))
            add_found(slot, found);
    }
}

static void look_at_level(
    feeds_t *self, const feed_facts_t *facts, int level, feeds_found_t *found)
{
    const char *value;
    for (size_t i = 0; rarest[i] != FEED_FIELDS; i++) {
        feed_walk_t walk = {0};
        while ((value = feed_fact(facts, rarest[i], &walk)) != NULL)
            look_at(self, facts, rarest[i], level, value, found);
    }
    look_at(self, facts, FEED_FIELDS, level, "", found);
}

static bool has_kind(const feed_t *feed, const char *kind)
{
    const char *value;
    for (size_t i = 0; (value = feed_value(feed, FEED_KIND, &i)) != NULL;)
        if (strcmp(value, kind) == 0)
            return true;
    return false;
}

static int by_change(const void *a, const void *b)
{
    const standing_feed_t *const *left = a, *const *right = b;
    return (*left)->changed < (*right)->changed ? -1
                                                : (*left)->changed > (*right)->changed;
}

// In the order of subscriptions: which feed came to follow first is nobody's business.
//
// That two threads fall into one hash would put a message into a feed whose node may have
// it anyway: rules and markings are asked afterwards.
static void look_at_thread(feeds_t *self, const feed_facts_t *facts,
    const reference_t *thread, feeds_found_t *found)
{
    size_t cursor = 0, number, before = found->n;
    while (tags_find(self->by_thread, thread->author, thread->id, &cursor, &number)) {
        slot_t *slot = self->slot[number];
        if (has_kind(&slot->feed, facts->kind) && is_new(self, slot, facts))
            add_found(slot, found);
    }
    if (found->n - before > 1)
        qsort(found->feed + before, found->n - before, sizeof *found->feed, by_change);
}

void feeds_find(feeds_t *self, const feed_facts_t *facts, const reference_t *thread,
    feeds_found_t *found)
{
    found->n = 0;
    self->search++;
    if (self->stand == 0)
        return;
    for (int level = 0; level < LEVELS && (level == 0 || level <= facts->level); level++)
        if (self->level[level] > 0)
            look_at_level(self, facts, level, found);
    if (thread->author[0])
        look_at_thread(self, facts, thread, found);
}

void feeds_found_close(feeds_found_t *found)
{
    free(found->feed);
    *found = (feeds_found_t){0};
}

const standing_feed_t *feeds_named(feeds_t *self, const char *node, const char *name)
{
    size_t number;
    const slot_t *slot = find_slot(self, node, name, &number);
    return slot ? &slot->standing : NULL;
}

const standing_feed_t *feeds_of(feeds_t *self, const char *node, size_t *i)
{
    size_t number;
    while (tags_find(self->by_node, node, "", i, &number)) {
        const slot_t *slot = self->slot[number];
        if (slot->stands && strcmp(slot->node, node) == 0)
            return &slot->standing;
    }
    return NULL;
}

size_t feeds_count(const feeds_t *self)
{
    return self->stand;
}

// --------------------------------------------------------------------------------

static size_t kept_follows(const slot_t *slot)
{
    return slot->followed < FOLLOWED_MAX ? slot->followed : (size_t)FOLLOWED_MAX;
}

static void save_slot(const feeds_t *self, const slot_t *slot, buf_t *out)
{
    const standing_feed_t *standing = &slot->standing;
    buf_put_short(out, span_text(slot->node));
    buf_put_short(out, span_text(slot->feed.name));
    buf_put_short(out, span_text(standing->subscription.id));
    buf_put_u64(out, standing->since);
    buf_put_u64(out, standing->changed);
    buf_put_u64(out, standing->count);
    buf_put(out, &standing->digest, sizeof standing->digest);
    buf_put_u32(out, (uint32_t)slot->feed.n);
    for (size_t i = 0; i < slot->feed.n; i++) {
        buf_put_u8(out, (uint8_t)slot->feed.test[i].field);
        buf_put_short(out, span_text(slot->feed.test[i].value));
    }
    buf_put_u64(out, slot->followed);
    for (size_t i = 0; i < kept_follows(slot); i++)
        buf_put_u64(out, tags_hash(self->by_thread, slot->follows[i]));
}

static int slots_by_change(const void *a, const void *b)
{
    const slot_t *const *left = a, *const *right = b;
    const standing_feed_t *x = &(*left)->standing, *y = &(*right)->standing;
    return x->changed < y->changed ? -1 : x->changed > y->changed;
}

void feeds_save(const feeds_t *self, buf_t *out)
{
    size_t n = 0;
    assert(self->undos == 0);
    const slot_t **sorted = memory_new(self->n, sizeof *sorted);
    for (size_t i = 0; i < self->n; i++)
        if (self->slot[i])
            sorted[n++] = self->slot[i];
    if (n > 0)
        qsort(sorted, n, sizeof *sorted, slots_by_change);
    buf_put_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        save_slot(self, sorted[i], out);
    free(sorted);
}

static void load_tests(feed_t *feed, reader_t *from)
{
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        feed->test = memory_grow(feed->test, feed->n + 1, sizeof *feed->test);
        feed_test_t *test = &feed->test[feed->n++];
        *test = (feed_test_t){.field = (feed_field_t)take_u8(from)};
        from->bad |= test->field >= FEED_FIELDS ||
                     !text_copy(take_short(from), test->value, sizeof test->value);
        if (!from->bad && test->field == FEED_LEVEL)
            feed->level = test->value[0] - '0';
    }
    from->bad |= feed->n == 0 || feed->level < 0 || feed->level >= LEVELS;
}

static void load_follows(feeds_t *self, slot_t *slot, size_t number, reader_t *from)
{
    slot->followed = take_u64(from);
    size_t n = kept_follows(slot);
    if (from->bad || n > from->rest.size)
        slot->followed = n = 0;
    slot->follows = memory_new(n, sizeof *slot->follows);
    for (size_t i = 0; i < n; i++)
        slot->follows[i] = tags_add_hash(self->by_thread, take_u64(from), number);
}

static bool load_slot(feeds_t *self, reader_t *from)
{
    slot_t *slot = memory_new(1, sizeof *slot);
    standing_feed_t *standing = &slot->standing;
    bool good = text_copy(take_short(from), slot->node, sizeof slot->node) &&
                text_copy(take_short(from), slot->feed.name, sizeof slot->feed.name) &&
                text_copy(take_short(from), standing->subscription.id,
                    sizeof standing->subscription.id);
    memcpy(standing->subscription.author, slot->node, sizeof slot->node);
    standing->node = slot->node;
    standing->feed = &slot->feed;
    standing->since = take_u64(from);
    standing->changed = take_u64(from);
    standing->count = take_u64(from);
    (void)take_into(from, standing->digest.bytes, sizeof standing->digest.bytes);
    load_tests(&slot->feed, from);
    if (!good || from->bad) {
        free_slot(&slot);
        return false;
    }
    slot->stands = true;
    size_t number = take_number(self);
    self->slot[number] = slot;
    self->stand++;
    add_tags(self, slot, number);
    load_follows(self, slot, number, from);
    return !from->bad;
}

int feeds_load(feeds_t *self, reader_t *from, cause_t *why)
{
    for (uint32_t n = take_u32(from); n > 0; n--)
        if (!load_slot(self, from))
            return cause_set(why, "a feed is missing");
    return from->bad ? cause_set(why, "feeds are missing") : 0;
}
