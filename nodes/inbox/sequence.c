// sequence - the names seen behind the last one taken, sorted by number.
//
// Numbers are given in order, and the daemon gives each file its name in that order.  So
// when `settled` was known, everything before it had its name; a listing begun after that
// shows what is there of it, and what it lacks is gone.

#include "nodes/inbox/sequence.h"

#include "lib/base/memory.h"
#include "nodes/inbox/mail.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t number;
    size_t listing; // how many listings were made before it was seen
    char id[MESSAGE_ID_MAX];
} seen_t;

struct sequence {
    char *folder;
    uint64_t after;
    uint64_t bound;   // higher numbers are names and no more
    uint64_t known;   // the highest number heard of
    uint64_t settled; // what was known when the last listing began
    size_t listings;
    size_t first, n, room; // seen[first..n-1] are those after `after`
    seen_t *seen;
};

sequence_t *sequence_new(const char *folder, uint64_t after)
{
    sequence_t *self = memory_new(1, sizeof *self);
    self->folder = memory_text(folder);
    self->after = self->known = after;
    self->bound = UINT64_MAX;
    return self;
}

void sequence_destroy(sequence_t **self_p)
{
    sequence_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->folder);
    free(self->seen);
    free(self);
}

// Room for one more; what was taken is dropped first.
static void make_room(sequence_t *self)
{
    if (self->n < self->room)
        return;
    if (self->first > self->room / 2) {
        self->n -= self->first;
        memmove(self->seen, self->seen + self->first, self->n * sizeof *self->seen);
        self->first = 0;
        return;
    }
    self->room = self->room ? 2 * self->room : 64;
    self->seen = memory_grow(self->seen, self->room, sizeof *self->seen);
}

static int compare(const seen_t *a, const seen_t *b)
{
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return strcmp(a->id, b->id);
}

// The one that was seen first comes first among equals.
static int by_number(const void *a, const void *b)
{
    const seen_t *x = a, *y = b;
    int order = compare(x, y);
    return order ? order : (x->listing > y->listing) - (x->listing < y->listing);
}

// At the end, as a name mostly comes; true when it has to be sorted in.
static bool append(sequence_t *self, const seen_t *seen)
{
    make_room(self);
    bool sorted = self->n == self->first || compare(&self->seen[self->n - 1], seen) < 0;
    self->seen[self->n++] = *seen;
    if (seen->number > self->known && seen->number <= self->bound)
        self->known = seen->number;
    return !sorted;
}

static void sort(sequence_t *self)
{
    size_t kept = self->first + 1;
    seen_t *seen = self->seen;
    qsort(seen + self->first, self->n - self->first, sizeof *seen, by_number);
    for (size_t i = kept; i < self->n; i++)
        if (compare(&seen[i], &seen[kept - 1]) != 0)
            seen[kept++] = seen[i];
    self->n = kept;
}

static bool parse(const sequence_t *self, const char *name, seen_t *out)
{
    *out = (seen_t){.listing = self->listings};
    return name[0] != '.' && mail_name(name, &out->number, out->id) && out->number > 0;
}

bool sequence_saw(sequence_t *self, const char *name)
{
    seen_t seen;
    if (!parse(self, name, &seen))
        return false;
    if (seen.number > self->after && append(self, &seen))
        sort(self);
    return true;
}

void sequence_expect(sequence_t *self, uint64_t last)
{
    if (last > self->known)
        self->known = last;
}

void sequence_bound(sequence_t *self, uint64_t last)
{
    self->bound = last;
    self->known = last;
    if (self->settled > last)
        self->settled = last;
}

int sequence_look(sequence_t *self, cause_t *why)
{
    seen_t seen;
    bool unsorted = false;
    uint64_t known = self->known;
    DIR *folder = opendir(self->folder);
    if (!folder)
        return cause_errno(why, "%s", self->folder);
    self->listings++;
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(folder)); errno = 0)
        if (parse(self, entry->d_name, &seen) && seen.number > self->after)
            unsorted |= append(self, &seen);
    int result = errno == 0 ? 0 : cause_errno(why, "%s", self->folder);
    (void)closedir(folder);
    if (unsorted)
        sort(self);
    if (result == 0)
        self->settled = known;
    return result;
}

// The first one seen that counts, or NULL.
static const seen_t *next_seen(const sequence_t *self)
{
    const seen_t *seen = self->first < self->n ? &self->seen[self->first] : NULL;
    return seen && seen->number <= self->bound ? seen : NULL;
}

// The next number is missing: what is said of it depends on when somebody looked.
static int settle(sequence_t *self, cause_t *why)
{
    uint64_t wanted = self->after + 1;
    const seen_t *seen = next_seen(self);
    uint64_t later = seen ? seen->number : self->known;
    bool there = seen && later <= wanted;
    return there || later < wanted || self->settled >= later ? 0
                                                             : sequence_look(self, why);
}

int sequence_next(sequence_t *self, sequence_next_t *next, cause_t *why)
{
    uint64_t wanted = self->after + 1;
    *next = (sequence_next_t){.place = SEQUENCE_END};
    if (settle(self, why) != 0)
        return -1;
    const seen_t *seen = next_seen(self);
    if (seen && seen->number <= wanted) {
        next->place = SEQUENCE_MESSAGE;
        next->first = next->last = seen->number;
        (void)snprintf(next->name, sizeof next->name, "%012" PRIu64 "-%s.json",
            seen->number, seen->id);
    } else if (self->settled >= wanted) {
        next->place = SEQUENCE_GONE;
        next->first = wanted;
        next->last =
            seen && seen->number <= self->settled ? seen->number - 1 : self->settled;
    }
    return 0;
}

void sequence_pass(sequence_t *self, uint64_t last)
{
    if (last > self->after)
        self->after = last;
    while (self->first < self->n && self->seen[self->first].number <= last)
        self->first++;
}

// A second file of one number stays to be taken.
void sequence_took(sequence_t *self, const sequence_next_t *next)
{
    if (next->place == SEQUENCE_GONE)
        sequence_pass(self, next->last);
    if (next->place != SEQUENCE_MESSAGE)
        return;
    self->first++;
    if (next->last > self->after)
        self->after = next->last;
}

uint64_t sequence_after(const sequence_t *self)
{
    return self->after;
}

uint64_t sequence_known(const sequence_t *self)
{
    return self->known;
}

size_t sequence_listings(const sequence_t *self)
{
    return self->listings;
}
