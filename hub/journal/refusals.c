// refusals - a short list: as many lines as peers that were refused something lately.
// When there are too many different ones, the rest is counted together under the empty
// peer.

#include "hub/journal/refusals.h"

#include "lib/base/memory.h"
#include "lib/tlog/leaf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Beyond LINES_MAX there are only lines of the empty peer: one a code of the table.
enum { LINES_MAX = 512, CODES_MAX = 128 };

typedef struct {
    char peer[NODE_ID_MAX];
    const char *code;
    uint64_t count;
    uint64_t taken; // on its way to the log
} line_t;

struct refusals {
    size_t n;
    uint64_t total;
    size_t codes;
    struct {
        const char *code;
        uint64_t count;
    } of[CODES_MAX]; // since the start
    line_t line[LINES_MAX + CODES_MAX];
};

refusals_t *refusals_new(void)
{
    refusals_t *self = memory_new(1, sizeof *self);
    return self;
}

void refusals_destroy(refusals_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

static line_t *find(refusals_t *self, const char *peer, const char *code)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->line[i].code == code && strcmp(self->line[i].peer, peer) == 0)
            return &self->line[i];
    return NULL;
}

static void count_code(refusals_t *self, const char *code)
{
    size_t i = 0;
    while (i < self->codes && self->of[i].code != code)
        i++;
    assert(i < CODES_MAX);
    if (i == self->codes)
        self->of[self->codes++].code = code;
    self->of[i].count++;
}

void refusals_count(refusals_t *self, const char *peer, const char *code)
{
    self->total++;
    count_code(self, code);
    line_t *line = find(self, peer, code);
    if (!line && self->n >= LINES_MAX) {
        peer = "";
        line = find(self, peer, code);
    }
    if (!line) {
        assert(self->n < LINES_MAX + CODES_MAX); // no more codes than that
        line = &self->line[self->n++];
        *line = (line_t){.code = code};
        (void)snprintf(line->peer, sizeof line->peer, "%s", peer);
    }
    line->count++;
}

static const line_t *first_waiting(const refusals_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->line[i].count > 0)
            return &self->line[i];
    return NULL;
}

bool refusals_any(const refusals_t *self)
{
    return first_waiting(self) != NULL;
}

uint64_t refusals_total(const refusals_t *self)
{
    return self->total;
}

const char *refusals_code(const refusals_t *self, size_t i, uint64_t *count)
{
    if (i >= self->codes)
        return NULL;
    *count = self->of[i].count;
    return self->of[i].code;
}

bool refusals_take(refusals_t *self, char *peer, size_t room, buf_t *text)
{
    const line_t *first = first_waiting(self);
    if (!first)
        return false;
    (void)snprintf(peer, room, "%s", first->peer);
    for (size_t i = 0; i < self->n; i++) {
        line_t *line = &self->line[i];
        if (line->count == 0 || strcmp(line->peer, peer) != 0)
            continue;
        buf_printf(text, "%s %llu\n", line->code, (unsigned long long)line->count);
        line->taken += line->count;
        line->count = 0;
    }
    return true;
}

void refusals_arrived(refusals_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++) {
        self->line[i].taken = 0;
        if (self->line[i].count > 0)
            self->line[kept++] = self->line[i];
    }
    self->n = kept;
}

void refusals_take_back(refusals_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        self->line[i].count += self->line[i].taken;
        self->line[i].taken = 0;
    }
}
