// duty_table - places for duties, and indexes from what they are looked for by to the
// number of a place.
//
// A place with nothing folded is of this turn's draft alone; it goes with the draft.  The
// unsettled ones also stand in a list by serial numbers that only rise, with holes where
// some were settled; the settled ones in a ring for each world.

#include "hub/state/duty_table_inside.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

duty_table_t *duty_table_new(size_t settled_max, lookup_t *lookup)
{
    duty_table_t *self = memory_new(1, sizeof *self);
    self->settled_max = settled_max;
    self->room = 64;
    self->place = memory_new(self->room, sizeof *self->place);
    self->n = 1;
    self->ids = tags_new();
    self->counts = duty_counts_new();
    self->messages = tags_new();
    self->causes = tags_new();
    self->answers = tags_new();
    self->own = lookup ? NULL : lookup_new();
    self->lookup = lookup ? lookup : self->own;
    self->creditors = tags_new();
    self->debtors = tags_new();
    self->exercises = tags_new();
    for (size_t i = 0; i < DUTY_WORLDS; i++) {
        self->due[i] = due_new();
        self->settled[i].place = memory_new(settled_max, sizeof *self->settled[i].place);
    }
    return self;
}

void duty_table_destroy(duty_table_t **self_p)
{
    duty_table_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->drafts; i++)
        free(self->draft[i]);
    for (size_t i = 1; i < self->n; i++)
        free(self->place[i].folded);
    tags_destroy(&self->ids);
    duty_counts_destroy(&self->counts);
    tags_destroy(&self->messages);
    tags_destroy(&self->causes);
    tags_destroy(&self->answers);
    lookup_destroy(&self->own);
    tags_destroy(&self->creditors);
    tags_destroy(&self->debtors);
    tags_destroy(&self->exercises);
    for (size_t i = 0; i < DUTY_WORLDS; i++) {
        due_destroy(&self->due[i]);
        free(self->settled[i].place);
    }
    free(self->place);
    free(self->unused);
    free(self->row);
    free(self->draft);
    free(self);
}

duty_t *duty_table_copy(const duty_t *duty)
{
    duty_t *out = memory_new(1, sizeof *out);
    *out = *duty;
    return out;
}

static const duty_t *now_of(const place_t *place)
{
    return place->drafted ? place->drafted : place->folded;
}

static int64_t fires_ms(const duty_t *duty)
{
    if (duty->state == DUTY_OPEN && duty->warns)
        return duty->near_ms;
    if (duty->state == DUTY_HANDED && duty_met_at(duty, duty->handed_ms) == DUTY_MET)
        return !duty->warns                      ? DUE_NEVER // nothing of it will be late
               : duty->handed_ms < duty->near_ms ? duty->near_ms
                                                 : duty->due_ms;
    return duty->state == DUTY_OPEN || duty->state == DUTY_HANDED ||
                   duty->state == DUTY_NEAR
               ? duty->due_ms
               : DUE_NEVER;
}

// What only the draft has does not fall due before it is in the log.
void duty_table_set_due(duty_table_t *self, size_t i)
{
    const place_t *place = &self->place[i];
    if (place->folded)
        due_set(self->due[duty_world(place->folded)], i, fires_ms(now_of(place)),
            place->serial);
}

static size_t find(const duty_table_t *self, const char *id)
{
    size_t cursor = 0, i;
    while (tags_find(self->ids, id, "", &cursor, &i))
        if (strcmp(now_of(&self->place[i])->id, id) == 0)
            return i;
    return 0;
}

static size_t take_place(duty_table_t *self)
{
    size_t i;
    if (self->unused_n) {
        i = self->unused[--self->unused_n];
    } else {
        if (self->n == self->room) {
            self->room *= 2;
            self->place = memory_grow(self->place, self->room, sizeof *self->place);
        }
        i = self->n++;
    }
    self->place[i] = (place_t){.born = ++self->births};
    return i;
}

static tags_t *index_of(const duty_table_t *self, int key)
{
    return key == BY_ID         ? self->ids
           : key == BY_TOWARDS  ? self->creditors
           : key == BY_DEBTOR   ? self->debtors
           : key == BY_EXERCISE ? self->exercises
           : key == BY_MESSAGE  ? self->messages
           : key == BY_CAUSE    ? self->causes
                                : self->answers;
}

static void untag(duty_table_t *self, size_t i, int key)
{
    size_t *tag = &self->place[i].tag[key];
    if (*tag)
        tags_remove(index_of(self, key), *tag);
    *tag = 0;
}

static void tag(duty_table_t *self, size_t i, int key, const char *a, const char *b)
{
    untag(self, i, key);
    self->place[i].tag[key] = tags_add(index_of(self, key), a, b, i);
}

void duty_table_tag_message(
    duty_table_t *self, size_t i, int key, const reference_t *name)
{
    if (name->author[0])
        tag(self, i, key, name->author, name->id);
    else
        untag(self, i, key);
}

static void leave_place(duty_table_t *self, size_t i)
{
    for (int key = 0; key < KEYS; key++)
        untag(self, i, key);
    free(self->place[i].folded);
    self->place[i] = (place_t){0};
    if (self->unused_n == self->unused_room) {
        self->unused_room = self->unused_room ? 2 * self->unused_room : 64;
        self->unused = memory_grow(self->unused, self->unused_room, sizeof *self->unused);
    }
    self->unused[self->unused_n++] = i;
}

// What never changes of a duty.
size_t duty_table_add_place(duty_table_t *self, const duty_t *duty)
{
    size_t i = take_place(self);
    tag(self, i, BY_ID, duty->id, "");
    duty_table_tag_message(self, i, BY_MESSAGE, &duty->first);
    duty_table_tag_message(self, i, BY_CAUSE, &duty->cause);
    if (duty->exercise[0])
        tag(self, i, BY_EXERCISE, duty->exercise, "");
    return i;
}

bool duty_table_stands(const duty_table_t *self, const row_t *row)
{
    const place_t *place = &self->place[row->place];
    return place->serial == row->serial && place->folded && !duty_settled(place->folded);
}

static void close_holes(duty_table_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->rows; i++)
        if (duty_table_stands(self, &self->row[i]))
            self->row[kept++] = self->row[i];
    self->rows = kept;
}

// Half of it may be holes: so closing them costs each row a step or two.
static void add_row(duty_table_t *self, size_t i)
{
    size_t standing = self->unsettled[DUTY_REAL] + self->unsettled[DUTY_PLAYED];
    if (self->rows == self->rows_room && self->rows >= 2 * standing)
        close_holes(self);
    if (self->rows == self->rows_room) {
        self->rows_room = self->rows_room ? 2 * self->rows_room : 64;
        self->row = memory_grow(self->row, self->rows_room, sizeof *self->row);
    }
    self->place[i].serial = ++self->serial;
    self->row[self->rows++] = (row_t){self->serial, i};
}

size_t *duty_table_ring_place(
    const duty_table_t *self, duty_world_t world, uint64_t serial)
{
    return &self->settled[world].place[(serial - 1) % self->settled_max];
}

// Values of a lookup rise, and what lapses was not said in that order: so they are the
// number of lapses, above the position.
enum { POSITION_BITS = 36 };

static void add_lapsed(duty_table_t *self, lookup_kind_t kind, const char *a,
    const char *b, uint64_t position)
{
    lookup_tag_t tag = lookup_tag(self->lookup, kind, a, b, "");
    lookup_add(self->lookup, &tag, self->lapses << POSITION_BITS | position);
}

static bool find_lapsed(const duty_table_t *self, lookup_kind_t kind, const char *a,
    const char *b, duty_cursor_t *cursor, uint64_t *position)
{
    uint64_t value;
    lookup_tag_t tag = lookup_tag(self->lookup, kind, a, b, "");
    if (!lookup_find(self->lookup, &tag, &cursor->at, &value))
        return false;
    *position = value & ((1ull << POSITION_BITS) - 1);
    return true;
}

// It leaves where to read it again.
static void lapse(duty_table_t *self, size_t i)
{
    const place_t *place = &self->place[i];
    const duty_t *duty = place->folded;
    self->lapses++;
    add_lapsed(self, LOOKUP_DUTY, duty->id, "", place->position);
    if (duty->answer.author[0])
        add_lapsed(
            self, LOOKUP_ANSWER, duty->answer.author, duty->answer.id, place->position);
    leave_place(self, i);
}

static void add_settled(duty_table_t *self, size_t i)
{
    duty_world_t world = duty_world(self->place[i].folded);
    uint64_t serial = ++self->settled[world].added;
    size_t *slot = duty_table_ring_place(self, world, serial);
    if (*slot)
        lapse(self, *slot);
    *slot = i;
    self->place[i].serial = serial;
}

static bool is_owed_nobody(const duty_t *duty)
{
    return duty_world(duty) == DUTY_REAL && duty_to_nobody(duty);
}

// Out of the list, where it leaves a hole, or out of its ring.
static void lift(duty_table_t *self, size_t i)
{
    place_t *place = &self->place[i];
    duty_world_t world = duty_world(place->folded);
    if (duty_settled(place->folded))
        *duty_table_ring_place(self, world, place->serial) = 0;
    else
        self->unsettled[world]--;
    if (!duty_settled(place->folded))
        self->owed_nobody -= is_owed_nobody(place->folded);
}

void duty_table_order(duty_table_t *self, size_t i)
{
    const duty_t *duty = self->place[i].folded;
    if (duty_settled(duty)) {
        add_settled(self, i);
        untag(self, i, BY_TOWARDS);
        return;
    }
    add_row(self, i);
    self->unsettled[duty_world(duty)]++;
    self->owed_nobody += is_owed_nobody(duty);
    if (duty_deliverable(duty))
        tag(self, i, BY_TOWARDS, duty->towards, "");
}

void duty_table_tag_debtor(duty_table_t *self, size_t i)
{
    const place_t *place = &self->place[i];
    if (duty_settled(place->folded) || (!place->brought && !place->corrected))
        untag(self, i, BY_DEBTOR);
    else if (!place->tag[BY_DEBTOR])
        tag(self, i, BY_DEBTOR, place->folded->debtor, "");
}

void duty_table_fold(duty_table_t *self, const duty_t *duty, const duty_entry_t *entry)
{
    size_t i = find(self, duty->id);
    if (!i)
        i = duty_table_add_place(self, duty);
    place_t *place = &self->place[i];
    duty_t *old = place->folded;
    bool moves = !old || duty_settled(old) != duty_settled(duty);
    if (entry->number)
        place->number = entry->number;
    place->brought = entry->brought;
    place->position = entry->position;
    if (old && moves)
        lift(self, i);
    place->folded = duty_table_copy(duty);
    if (old)
        duty_counts_take(self->counts, old);
    duty_counts_add(self->counts, duty);
    free(old);
    if (moves)
        duty_table_order(self, i);
    duty_table_tag_debtor(self, i);
    duty_table_tag_message(self, i, BY_ANSWER, &duty->answer);
    if (place->drafted && reference_same(&place->drafted->answer, &duty->answer))
        untag(self, i, BY_DRAFTED);
    duty_table_set_due(self, i);
}

const duty_t *duty_table_draft(duty_table_t *self, const duty_t *duty)
{
    if (self->drafts == self->drafts_room) {
        self->drafts_room = self->drafts_room ? 2 * self->drafts_room : 16;
        self->draft = memory_grow(self->draft, self->drafts_room, sizeof *self->draft);
    }
    duty_t *drafted = self->draft[self->drafts++] = duty_table_copy(duty);
    size_t i = find(self, duty->id);
    if (!i)
        i = duty_table_add_place(self, duty);
    place_t *place = &self->place[i];
    place->drafted = drafted;
    if (place->folded && reference_same(&place->folded->answer, &duty->answer))
        untag(self, i, BY_DRAFTED);
    else
        duty_table_tag_message(self, i, BY_DRAFTED, &duty->answer);
    duty_table_set_due(self, i);
    return drafted;
}

void duty_table_forget(duty_table_t *self)
{
    for (size_t k = 0; k < self->drafts; k++) {
        size_t i = find(self, self->draft[k]->id);
        if (i) {
            self->place[i].drafted = NULL;
            untag(self, i, BY_DRAFTED);
        }
        if (i && !self->place[i].folded)
            leave_place(self, i);
        else if (i)
            duty_table_set_due(self, i);
    }
    for (size_t k = 0; k < self->drafts; k++)
        free(self->draft[k]);
    self->drafts = 0;
}

void duty_table_undo(duty_table_t *self, size_t drafted)
{
    duty_t *kept = memory_new(drafted + 1, sizeof *kept);
    for (size_t k = 0; k < drafted; k++)
        kept[k] = *self->draft[k];
    duty_table_forget(self);
    for (size_t k = 0; k < drafted; k++)
        (void)duty_table_draft(self, &kept[k]);
    free(kept);
}

void duty_table_put_off(duty_table_t *self, const char *id)
{
    size_t i = find(self, id);
    if (i && self->place[i].folded)
        due_set(self->due[duty_world(self->place[i].folded)], i, DUE_NEVER,
            self->place[i].serial);
}

const duty_t *duty_table_drafted(const duty_table_t *self, size_t i)
{
    return i < self->drafts ? self->draft[i] : NULL;
}

const duty_t *duty_table_find(const duty_table_t *self, const char *id)
{
    size_t i = find(self, id);
    return i ? now_of(&self->place[i]) : NULL;
}

// The next candidate that really has this message by that name: message_of and its like.
static const duty_t *next_named(const duty_table_t *self, tags_t *tags,
    const reference_t *(*name)(const duty_t *duty), const reference_t *first,
    duty_cursor_t *cursor)
{
    size_t i;
    while (tags_find(tags, first->author, first->id, &cursor->at, &i)) {
        const duty_t *duty = now_of(&self->place[i]);
        if (reference_same(name(duty), first))
            return duty;
    }
    return NULL;
}

static const reference_t *message_of(const duty_t *duty)
{
    return &duty->first;
}

const duty_t *duty_table_of_message(
    const duty_table_t *self, const reference_t *first, duty_cursor_t *cursor)
{
    return next_named(self, self->messages, message_of, first, cursor);
}

static const reference_t *cause_of(const duty_t *duty)
{
    return &duty->cause;
}

const duty_t *duty_table_of_cause(
    const duty_table_t *self, const reference_t *first, duty_cursor_t *cursor)
{
    return next_named(self, self->causes, cause_of, first, cursor);
}

static const reference_t *answer_of(const duty_t *duty)
{
    return &duty->answer;
}

const duty_t *duty_table_of_answer(
    const duty_table_t *self, const reference_t *first, duty_cursor_t *cursor)
{
    return next_named(self, self->answers, answer_of, first, cursor);
}

bool duty_table_lapsed(
    const duty_table_t *self, const char *id, duty_cursor_t *cursor, uint64_t *position)
{
    return find_lapsed(self, LOOKUP_DUTY, id, "", cursor, position);
}

bool duty_table_lapsed_answer(const duty_table_t *self, const reference_t *first,
    duty_cursor_t *cursor, uint64_t *position)
{
    return find_lapsed(self, LOOKUP_ANSWER, first->author, first->id, cursor, position);
}

// Messages get their numbers in the order in which they bring duties.
const duty_t *duty_table_of_delivery(
    const duty_table_t *self, const char *node, uint64_t number, duty_cursor_t *cursor)
{
    size_t i;
    while (tags_find(self->creditors, node, "", &cursor->at, &i)) {
        const place_t *place = &self->place[i];
        if (place->number > number)
            return NULL;
        if (place->number > 0 && strcmp(place->folded->towards, node) == 0)
            return now_of(place);
    }
    return NULL;
}

const duty_t *duty_table_brought(const duty_table_t *self, const char *node,
    uint64_t after, duty_cursor_t *cursor, uint64_t *number)
{
    size_t i;
    while (tags_find(self->debtors, node, "", &cursor->at, &i)) {
        const place_t *place = &self->place[i];
        *number = place->brought > after ? place->brought : place->corrected;
        if (*number > after && strcmp(place->folded->debtor, node) == 0)
            return place->folded;
    }
    return NULL;
}

void duty_table_corrected(duty_table_t *self, const char *id, uint64_t number)
{
    size_t i = find(self, id);
    if (!i || !self->place[i].folded)
        return;
    self->place[i].corrected = number;
    duty_table_tag_debtor(self, i);
}

const duty_t *duty_table_of_exercise(
    const duty_table_t *self, const char *exercise, duty_cursor_t *cursor)
{
    size_t i;
    while (tags_find(self->exercises, exercise, "", &cursor->at, &i)) {
        const duty_t *duty = now_of(&self->place[i]);
        if (strcmp(duty->exercise, exercise) == 0)
            return duty;
    }
    return NULL;
}

const duty_t *duty_table_due(const duty_table_t *self, duty_world_t world, int64_t now_ms)
{
    size_t i;
    int64_t at_ms;
    if (!due_first(self->due[world], &i, &at_ms) || at_ms > now_ms)
        return NULL;
    return now_of(&self->place[i]);
}

int64_t duty_table_next_ms(const duty_table_t *self)
{
    int64_t next_ms = DUE_NEVER;
    for (size_t world = 0; world < DUTY_WORLDS; world++) {
        size_t i;
        int64_t at_ms;
        if (due_first(self->due[world], &i, &at_ms) && at_ms < next_ms)
            next_ms = at_ms;
    }
    return next_ms;
}

static const duty_t *walk_unsettled(const duty_table_t *self, duty_walk_t *walk)
{
    size_t low = 0, high = self->rows;
    while (low < high) { // the first row behind the serial
        size_t middle = low + (high - low) / 2;
        if (self->row[middle].serial <= walk->serial)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < self->rows; low++)
        if (duty_table_stands(self, &self->row[low])) {
            walk->serial = self->row[low].serial;
            return self->place[self->row[low].place].folded;
        }
    return NULL;
}

static const duty_t *walk_settled(
    const duty_table_t *self, duty_world_t world, duty_walk_t *walk)
{
    uint64_t added = self->settled[world].added;
    uint64_t serial = walk->serial ? walk->serial : added + 1;
    while (serial > 1 && --serial + self->settled_max > added) {
        size_t i = *duty_table_ring_place(self, world, serial);
        walk->serial = serial;
        if (i)
            return self->place[i].folded;
    }
    return NULL;
}

const duty_t *duty_table_walk(const duty_table_t *self, duty_walk_t *walk)
{
    for (; walk->stage <= DUTY_WORLDS; *walk = (duty_walk_t){walk->stage + 1, 0}) {
        const duty_t *duty =
            walk->stage == 0 ? walk_unsettled(self, walk)
                             : walk_settled(self, (duty_world_t)(walk->stage - 1), walk);
        if (duty)
            return duty;
    }
    return NULL;
}

size_t duty_table_unsettled(const duty_table_t *self, duty_world_t world)
{
    return self->unsettled[world];
}

size_t duty_table_owed_nobody(const duty_table_t *self)
{
    return self->owed_nobody;
}

const duty_counts_t *duty_table_counts(const duty_table_t *self)
{
    return self->counts;
}

uint64_t duty_table_passed(const duty_table_t *self)
{
    return tags_passed(self->ids) + tags_passed(self->messages) +
           tags_passed(self->answers) + tags_passed(self->causes) +
           tags_passed(self->creditors) + tags_passed(self->debtors) +
           tags_passed(self->exercises);
}
