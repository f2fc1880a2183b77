#include "nodes/link/carrying.h"

#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/message/document.h"

#include <stdlib.h>
#include <string.h>

struct carrying {
    uint64_t number;   // in the inbox; 0: nothing is fetched
    uint64_t position; // of that delivery in the log
    buf_t why;         // its lines
    size_t n;          // lines that bring something
    span_t *line;
    size_t got; // from the front
    leaf_t *leaf;
    link_carried_t *item;
    size_t bytes;
    bool ask; // for the rest, now
    int64_t asked_ms;
    arena_t *arena; // what was got
};

carrying_t *carrying_new(void)
{
    carrying_t *self = memory_new(1, sizeof *self);
    self->arena = arena_new();
    return self;
}

void carrying_clear(carrying_t *self)
{
    arena_clear(self->arena);
    free(self->line);
    free(self->leaf);
    free(self->item);
    self->line = NULL;
    self->leaf = NULL;
    self->item = NULL;
    self->n = self->got = self->bytes = 0;
    self->number = 0;
    self->ask = false;
}

void carrying_destroy(carrying_t **self_p)
{
    carrying_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    carrying_clear(self);
    arena_destroy(&self->arena);
    buf_destroy(&self->why);
    free(self);
}

size_t carrying_lines(span_t why)
{
    reader_t reader = reader_of(why);
    size_t n = 0;
    while (!reader.bad && reader.rest.size > 0)
        n += route_is(route_take_line(&reader), ROUTE_CARRIES);
    return n;
}

void carrying_begin(
    carrying_t *self, uint64_t number, uint64_t position, span_t why, int64_t now_ms)
{
    if (self->number == number && span_equal(buf_span(&self->why), why))
        return;
    carrying_clear(self);
    buf_clear(&self->why);
    buf_put_span(&self->why, why);
    self->number = number;
    self->position = position;
    size_t most = carrying_lines(why);
    self->line = memory_new(most, sizeof *self->line);
    self->leaf = memory_new(most, sizeof *self->leaf);
    self->item = memory_new(most, sizeof *self->item);
    reader_t reader = reader_of(buf_span(&self->why));
    while (!reader.bad && reader.rest.size > 0) {
        span_t line = route_take_line(&reader);
        if (route_is(line, ROUTE_CARRIES))
            self->line[self->n++] = line;
    }
    self->ask = true;
    self->asked_ms = now_ms;
}

uint64_t carrying_number(const carrying_t *self)
{
    return self->number;
}

bool carrying_whole(const carrying_t *self)
{
    return self->number > 0 && self->got == self->n;
}

const link_carried_t *carrying_items(const carrying_t *self, size_t *n)
{
    *n = self->got;
    return self->item;
}

bool carrying_ask_now(carrying_t *self, carry_ask_t *ask)
{
    if (!self->ask || self->number == 0)
        return false;
    *ask = (carry_ask_t){.number = self->number, .first = self->got + 1};
    return true;
}

void carrying_asked(carrying_t *self, int64_t now_ms)
{
    self->ask = false;
    self->asked_ms = now_ms;
}

int64_t carrying_asked_ms(const carrying_t *self)
{
    return self->number > 0 && self->got < self->n ? self->asked_ms : MOMENT_NEVER;
}

// What the line names, from before the delivery that brings it.
static int check_item(const carrying_t *self, const deliver_t *frame, size_t i,
    const leaf_t *leaf, const char *node, cause_t *why)
{
    const deliver_item_t *item = &frame->item[i];
    route_t route;
    span_t line = self->line[item->number - 1];
    if (!span_equal(frame->why[item->why], line) || route_parse(&route, line, why) != 0)
        return cause_set(why, "it is not for the line that brings it along");
    if (strcmp(route.node, node) != 0 || strcmp(route.author, leaf->author) != 0 ||
        strcmp(route.id, leaf->id) != 0)
        return cause_set(why, "%s of %s is brought along, and it is %s of %s", route.id,
            route.author, leaf->id, leaf->author);
    if (leaf->position >= self->position)
        return cause_set(why, "%s of %s is not from before it", route.id, route.author);
    return item->aside ? 0 : document_fits(item->sealed.document, leaf, why);
}

static void keep(carrying_t *self, const deliver_t *frame, const verifier_t *verifier,
    size_t i, span_t note)
{
    const deliver_item_t *item = &frame->item[i];
    leaf_t *leaf = &self->leaf[self->got];
    *leaf = *verifier_leaf(verifier, i);
    self->item[self->got] = (link_carried_t){.leaf = leaf,
        .leaf_bytes = arena_copy(self->arena, verifier_leaf_bytes(verifier, i)),
        .line = self->line[self->got],
        .aside = item->aside,
        .document = arena_copy(self->arena, item->sealed.document),
        .seal = arena_copy(self->arena, verifier_seal(verifier, i)),
        .path = arena_copy(self->arena, verifier_path(verifier, i)),
        .checkpoint = note};
    self->bytes += item->sealed.document.size;
    self->got++;
}

int carrying_take(carrying_t *self, const deliver_t *frame, const verifier_t *verifier,
    const char *node, int64_t now_ms, cause_t *why)
{
    if (self->number == 0 || frame->carrier != self->number ||
        frame->item[0].number != self->got + 1)
        return 0;
    span_t note = arena_copy(self->arena, frame->checkpoint);
    for (size_t i = 0; i < frame->n; i++) {
        if (frame->item[i].number != self->got + 1 || self->got == self->n)
            return cause_set(why, "it is for no line that brings something along");
        if (check_item(self, frame, i, verifier_leaf(verifier, i), node, why) != 0)
            return -1;
        keep(self, frame, verifier, i, note);
    }
    if (self->bytes > CARRYING_BYTES)
        return cause_set(why, "it is more than %d bytes", CARRYING_BYTES);
    self->ask = self->got < self->n;
    self->asked_ms = now_ms;
    return 1;
}

void carrying_missing(const carrying_t *self, cause_t *out)
{
    route_t route = {0};
    cause_t ignored;
    if (self->got < self->n)
        (void)route_parse(&route, self->line[self->got], &ignored);
    (void)cause_set(out,
        "number %llu of the inbox brings along %s of %s, and the hub does not hand it "
        "over",
        (unsigned long long)self->number, route.id, route.author);
}
