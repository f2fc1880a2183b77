// retention - walks for the different numbers of days, and one list of what they found.
//
// The list is gone through in rounds: what stays is written back to its front, so that it
// keeps the order of the log and nothing is moved for each that goes.  It is bounded;
// when it is full the walks wait for room.

#include "hub/journal/retention.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS = 256,          // entries at once
    ITEMS_MOST = 1 << 20, // 16 bytes each
    ORDERED_MOST = 16,    // of which nobody has looked yet whether they are gone
    ROUND_MS = 5000,      // between the beginnings of two rounds, at least
};

#define DAY_MS ((int64_t)24 * 3600 * 1000)

typedef struct {
    int64_t days;
    uint64_t position;  // of the entry to be looked at next
    int64_t forward_ms; // by the clock entries before that
} walk_t;

typedef struct {
    uint64_t position;
    uint8_t age, hold;
} item_t;

struct retention {
    entries_t *entries;
    ages_t ages;
    size_t walks;
    walk_t walk[AGES_MOST];
    size_t of[AGES_MOST]; // the walk of an age
    uint64_t count[AGES_MOST][HOLDS], gone[AGES_MOST];
    size_t n, room;
    item_t *item; // [0, kept) and [next, n) are there
    size_t kept, next;
    size_t orders;
    item_t order[ORDERED_MOST];
    int64_t round_ms; // monotonic: the next begins
};

const char *hold_name(hold_t hold)
{
    static const char *const names[HOLDS] = {
        "due", "unsigned", "duty", "exercise", "named", "company", "attachment", "other"};
    return names[hold];
}

retention_t *retention_new(entries_t *entries)
{
    retention_t *self = memory_new(1, sizeof *self);
    self->entries = entries;
    self->round_ms = MOMENT_PAST;
    return self;
}

void retention_destroy(retention_t **self_p)
{
    if (*self_p)
        free((*self_p)->item);
    free(*self_p);
    *self_p = NULL;
}

// One walk for all kinds of the same age.
static size_t walk_of(retention_t *self, int64_t days)
{
    size_t i = 0;
    while (i < self->walks && self->walk[i].days != days)
        i++;
    if (i == self->walks)
        self->walk[self->walks++] = (walk_t){.days = days};
    return i;
}

bool retention_set(retention_t *self, const ages_t *ages)
{
    if (ages_same(&self->ages, ages))
        return false;
    self->ages = *ages;
    self->walks = self->n = self->kept = self->next = self->orders = 0;
    memset(self->count, 0, sizeof self->count);
    memset(self->gone, 0, sizeof self->gone);
    for (size_t i = 0; i < ages->n; i++)
        self->of[i] = walk_of(self, ages->age[i].days);
    self->round_ms = MOMENT_PAST;
    return true;
}

bool retention_on(const retention_t *self)
{
    return self->ages.n > 0;
}

// --------------------------------------------------------------------------------

static const char STEP[] = "the wall clock moved by ";

void clock_step_print(int64_t step_ms, char *out, size_t room)
{
    (void)snprintf(out, room, "%s%" PRId64 " ms\n", STEP, step_ms);
}

int64_t clock_step_forward(span_t text)
{
    uint64_t ms;
    const size_t before = sizeof STEP - 1, behind = sizeof " ms\n" - 1;
    if (text.size < before + behind || memcmp(text.data, STEP, before) != 0 ||
        !decimal_decode(span_of(text.data + before, text.size - before - behind), &ms) ||
        ms > INT64_MAX)
        return 0;
    return (int64_t)ms;
}

static int64_t due_ms(const walk_t *walk, const leaf_t *leaf, int64_t forward_ms)
{
    int64_t lag_ms = moment_between(walk->forward_ms, forward_ms);
    return moment_after(
        moment_after(leaf->time_ms, moment_span(walk->days, DAY_MS)), lag_ms);
}

static void add(retention_t *self, const item_t *item)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->item = memory_grow(self->item, self->room, sizeof *self->item);
    }
    self->item[self->n++] = *item;
}

static void find(retention_t *self, size_t walk, const leaf_t *leaf)
{
    int age = ages_of(&self->ages, leaf->kind);
    if (age < 0 || self->of[age] != walk)
        return;
    const item_t item = {
        .position = leaf->position, .age = (uint8_t)age, .hold = HOLD_NONE};
    add(self, &item);
    self->count[age][HOLD_NONE]++;
}

// By how much the clock entry there says that the clock was put forward.
static int64_t forward_at(retention_t *self, uint64_t position)
{
    entry_t entry;
    cause_t ignored; // the journal knows it
    return entries_read(self->entries, position, &entry, &ignored) == 0
               ? clock_step_forward(entry.document)
               : 0;
}

// False: the entry is too young, and so are all behind it; or there is no room.
static bool step(retention_t *self, size_t at, int64_t now_ms, int64_t forward_ms)
{
    leaf_t leaf;
    cause_t ignored; // what has no leaf that can be read is no message
    walk_t *walk = &self->walk[at];
    if (self->n >= ITEMS_MOST)
        return false;
    if (entries_leaf(self->entries, walk->position, &leaf, &ignored) == 0) {
        if (!moment_due(due_ms(walk, &leaf, forward_ms), now_ms))
            return false;
        if (leaf_is_message(&leaf))
            find(self, at, &leaf);
        else if (strcmp(leaf.type, "clock") == 0)
            walk->forward_ms =
                moment_after(walk->forward_ms, forward_at(self, walk->position));
    }
    walk->position++;
    return true;
}

bool retention_walk(retention_t *self, int64_t now_ms, int64_t forward_ms)
{
    size_t steps = 0;
    uint64_t end = entries_end(self->entries);
    for (size_t i = 0; i < self->walks; i++)
        while (self->walk[i].position < end && step(self, i, now_ms, forward_ms))
            if (++steps == STEPS)
                return true;
    return false;
}

// --------------------------------------------------------------------------------

static void end_round(retention_t *self)
{
    self->n = self->kept;
    self->kept = self->next = 0;
}

bool retention_next(retention_t *self, int64_t monotonic_ms, retention_item_t *item)
{
    if (self->next == self->n)
        end_round(self);
    if (self->n == 0 || (self->next == 0 && !moment_due(self->round_ms, monotonic_ms)))
        return false;
    if (self->next == 0)
        self->round_ms = moment_after(monotonic_ms, ROUND_MS);
    *item = (retention_item_t){.position = self->item[self->next].position,
        .age = &self->ages.age[self->item[self->next].age]};
    return true;
}

void retention_gone(retention_t *self)
{
    const item_t *item = &self->item[self->next++];
    self->count[item->age][item->hold]--;
    self->gone[item->age]++;
}

void retention_held(retention_t *self, hold_t hold)
{
    item_t item = self->item[self->next++];
    self->count[item.age][item.hold]--;
    item.hold = (uint8_t)hold;
    self->count[item.age][hold]++;
    self->item[self->kept++] = item;
}

bool retention_ordered(retention_t *self)
{
    if (self->orders == ORDERED_MOST) {
        retention_held(self, HOLD_NONE);
        return false;
    }
    item_t item = self->item[self->next++];
    self->count[item.age][item.hold]--;
    item.hold = HOLD_NONE;
    self->count[item.age][HOLD_NONE]++;
    self->order[self->orders++] = item;
    return true;
}

size_t retention_orders(const retention_t *self)
{
    return self->orders;
}

uint64_t retention_order(const retention_t *self, size_t i)
{
    return self->order[i].position;
}

void retention_settle(retention_t *self, size_t i, bool gone)
{
    const item_t item = self->order[i];
    self->order[i] = self->order[--self->orders];
    if (!gone) {
        add(self, &item);
        return;
    }
    self->count[item.age][HOLD_NONE]--;
    self->gone[item.age]++;
}

bool retention_past(const retention_t *self, const leaf_t *leaf)
{
    int age = ages_of(&self->ages, leaf->kind);
    return age >= 0 && leaf->position < self->walk[self->of[age]].position;
}

bool retention_younger(
    const retention_t *self, const retention_item_t *than, uint64_t position)
{
    size_t age = (size_t)(than->age - self->ages.age);
    return position >= self->walk[self->of[age]].position;
}

size_t retention_ages(const retention_t *self)
{
    return self->ages.n;
}

void retention_count(const retention_t *self, size_t age, retained_t *out)
{
    *out = (retained_t){.age = self->ages.age[age], .gone = self->gone[age]};
    memcpy(out->past, self->count[age], sizeof out->past);
}

uint64_t retained_held(const retained_t *self)
{
    uint64_t held = 0;
    for (hold_t hold = HOLD_NONE + 1; hold < HOLDS; hold++)
        held += self->past[hold];
    return held;
}

uint64_t retention_looked(const retention_t *self)
{
    uint64_t looked = entries_end(self->entries);
    for (size_t i = 0; i < self->walks; i++)
        if (self->walk[i].position < looked)
            looked = self->walk[i].position;
    return looked;
}

// --------------------------------------------------------------------------------

static void save_item(const item_t *item, buf_t *out)
{
    buf_put_u64(out, item->position);
    buf_put_u8(out, item->age);
    buf_put_u8(out, item->hold);
}

void retention_save(const retention_t *self, buf_t *out)
{
    buf_put_u32(out, (uint32_t)self->ages.n);
    for (size_t i = 0; i < self->ages.n; i++) {
        buf_put_short(out, span_text(self->ages.age[i].kind));
        buf_put_u64(out, (uint64_t)self->ages.age[i].days);
        buf_put_u64(out, self->gone[i]);
    }
    for (size_t i = 0; i < self->walks; i++) {
        buf_put_u64(out, self->walk[i].position);
        buf_put_u64(out, (uint64_t)self->walk[i].forward_ms);
    }
    buf_put_u32(out, (uint32_t)(self->kept + self->n - self->next + self->orders));
    for (size_t i = 0; i < self->kept; i++)
        save_item(&self->item[i], out);
    for (size_t i = self->next; i < self->n; i++)
        save_item(&self->item[i], out);
    for (size_t i = 0; i < self->orders; i++)
        save_item(&self->order[i], out);
}

static void load_ages(retention_t *self, reader_t *from)
{
    ages_t ages = {0};
    uint64_t gone[AGES_MOST] = {0};
    size_t n = take_u32(from);
    from->bad |= n > AGES_MOST;
    while (ages.n < n && !from->bad) {
        age_t *age = &ages.age[ages.n];
        from->bad |= !text_copy(take_short(from), age->kind, sizeof age->kind);
        age->days = (int64_t)take_u64(from);
        gone[ages.n++] = take_u64(from);
    }
    (void)retention_set(self, &ages);
    memcpy(self->gone, gone, sizeof gone);
}

static void load_item(retention_t *self, reader_t *from, uint64_t size)
{
    item_t item = {.position = take_u64(from)};
    item.age = take_u8(from);
    item.hold = take_u8(from);
    from->bad |= item.position >= size || item.age >= self->ages.n || item.hold >= HOLDS;
    if (from->bad)
        return;
    self->item[self->n++] = item;
    self->count[item.age][item.hold]++;
}

bool retention_load(retention_t *self, reader_t *from, uint64_t size)
{
    load_ages(self, from);
    for (size_t i = 0; i < self->walks && !from->bad; i++) {
        self->walk[i].position = take_u64(from);
        self->walk[i].forward_ms = (int64_t)take_u64(from);
        from->bad |= self->walk[i].position > size;
    }
    size_t n = take_u32(from);
    from->bad |= n > ITEMS_MOST;
    if (from->bad)
        return false;
    self->room = n;
    self->item = memory_grow(self->item, n + 1, sizeof *self->item);
    while (n-- > 0 && !from->bad)
        load_item(self, from, size);
    return !from->bad;
}
