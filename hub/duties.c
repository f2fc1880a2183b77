// duties - what messages, deliveries and time do to duties; where these are found is the
// table's business (lib/duty_table.c), which looks at no more of them than it finds.
//
// Duties of exercises lie among the real ones, but never in their way: of those settled
// they have a place of their own, they fall due after them, and nobody counts them.

#include "hub/duties.h"

#include "lib/memory.h"
#include "lib/moment.h"

#include <stdlib.h>
#include <string.h>

struct duties {
    duty_table_t *table;
    size_t drafted; // in this turn
    size_t told;    // how many of what was drafted duties_to_tell has looked at
    bool held;
};

duties_t *duties_new(void)
{
    duties_t *self = memory_new(1, sizeof *self);
    self->table = duty_table_new(DUTIES_SETTLED);
    return self;
}

void duties_destroy(duties_t **self_p)
{
    duties_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    duty_table_destroy(&self->table);
    free(self);
}

void duties_begin(duties_t *self)
{
    duty_table_forget(self->table);
    self->drafted = self->told = 0;
}

size_t duties_drafted(const duties_t *self)
{
    return self->drafted;
}

void duties_undo(duties_t *self, size_t drafted)
{
    duty_table_undo(self->table, drafted);
    self->drafted = drafted;
    if (self->told > drafted)
        self->told = drafted;
}

void duties_apply(duties_t *self, const duty_t *duty, uint64_t number)
{
    duty_table_fold(self->table, duty, number);
}

void duties_hold(duties_t *self, bool held)
{
    self->held = held;
}

bool duties_held(const duties_t *self)
{
    return self->held;
}

static bool change(duties_t *self, duty_t *duty, duty_state_t state,
    const reference_t *by, const duties_out_t *out)
{
    duty->state = state;
    duty->at_ms = out->time_ms;
    duty->held = self->held;
    duty->by = by ? *by : (reference_t){0};
    if (!out->write(out->context, duty))
        return false;
    (void)duty_table_draft(self->table, duty);
    self->drafted++;
    return true;
}

static duty_state_t met_at(const duty_t *duty, int64_t time_ms)
{
    return time_ms > duty->due_ms ? DUTY_MET_LATE : DUTY_MET;
}

// Call with an unsettled duty; the copy is the visitor's to change and pass on.
typedef void (*change_fn)(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out);

static const duty_t *next_named(
    const duties_t *self, const void *name, duty_cursor_t *cursor)
{
    return duty_table_of_message(self->table, name, cursor);
}

static const duty_t *next_played(
    const duties_t *self, const void *exercise, duty_cursor_t *cursor)
{
    return duty_table_of_exercise(self->table, exercise, cursor);
}

typedef const duty_t *(*next_fn)(
    const duties_t *self, const void *of, duty_cursor_t *cursor);

// Each unsettled one that `next` yields.  A visitor may change what the one it has is
// found by, so the walk is ahead of it by one.
static void each_open(duties_t *self, next_fn next, const void *of, change_fn visit,
    const void *about, const duties_out_t *out)
{
    duty_cursor_t cursor = {0};
    for (const duty_t *duty = next(self, of, &cursor), *after; duty; duty = after) {
        after = next(self, of, &cursor);
        if (duty_settled(duty))
            continue;
        duty_t copy = *duty;
        visit(self, &copy, about, out);
    }
}

static void each_of(duties_t *self, const reference_t *name, change_fn visit,
    const void *about, const duties_out_t *out)
{
    if (name->author[0])
        each_open(self, next_named, name, visit, about, out);
}

static bool same_duty(const duty_t *a, const duty_t *planned)
{
    return strcmp(a->name, planned->name) == 0 && strcmp(a->who, planned->who) == 0 &&
           strcmp(a->message.author, planned->message.author) == 0;
}

static void correct(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const duty_t *planned = about;
    if (!same_duty(duty, planned))
        return;
    duty->latest = planned->message;
    if (planned->due_ms < duty->due_ms) {
        duty->due_ms = planned->due_ms;
        duty->from_ms = planned->from_ms;
        duty->warns = planned->warns;
        duty->near_ms = planned->near_ms;
    }
    (void)change(self, duty, duty->state, &planned->message, out);
}

// Whether there is such a duty already, also one that is settled.
static bool known(
    const duties_t *self, const duty_t *planned, const reference_t *corrects)
{
    duty_cursor_t cursor = {0};
    const duty_t *duty;
    if (corrects->author[0] == 0)
        return false;
    while ((duty = duty_table_of_message(self->table, corrects, &cursor)) != NULL)
        if (same_duty(duty, planned))
            return true;
    return false;
}

void duties_open(duties_t *self, const duty_t *planned, const reference_t *corrects,
    const duties_out_t *out)
{
    duty_t duty = *planned;
    if (known(self, planned, corrects)) {
        each_of(self, corrects, correct, planned, out);
        return;
    }
    if (strcmp(duty.met_by, "acceptance") == 0) {
        (void)change(self, &duty, met_at(&duty, out->time_ms), &duty.message, out);
        return;
    }
    bool over = out->time_ms > duty.due_ms && !self->held;
    (void)change(self, &duty, over ? DUTY_OVERDUE : DUTY_OPEN, &duty.message, out);
}

// A message that was accepted, and the exercise that it was sent within ("": none), or
// closes.
typedef struct {
    const document_t *document;
    const char *within, *closes;
    reference_t name;
} deed_t;

static void meet(duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const deed_t *deed = about;
    if (duty_met_by(duty, deed->document) && strcmp(duty->exercise, deed->within) == 0)
        (void)change(self, duty, met_at(duty, out->time_ms), &deed->name, out);
}

static void withdraw(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const deed_t *deed = about;
    if (strcmp(duty->message.author, deed->document->from) == 0 &&
        strcmp(duty->exercise, deed->within) == 0)
        (void)change(self, duty, DUTY_WITHDRAWN, &deed->name, out);
}

// What is still open in an exercise ends with it.
static void close_in(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const deed_t *deed = about;
    if (strcmp(duty->exercise, deed->closes) == 0)
        (void)change(self, duty, DUTY_WITHDRAWN, &deed->name, out);
}

void duties_message(duties_t *self, const document_t *document, const routing_t *routing,
    const duties_out_t *out)
{
    const route_t *exercise = routing_exercise(routing);
    deed_t deed = {.document = document, .within = routing_within(routing)};
    if (document->status == STATUS_TEST)
        return;
    memcpy(deed.name.author, document->from, sizeof deed.name.author);
    memcpy(deed.name.id, document->id, sizeof deed.name.id);
    each_of(self, &document->re, meet, &deed, out);
    each_of(self, &document->incident, meet, &deed, out);
    each_of(self, &document->cancels, withdraw, &deed, out);
    if (exercise && exercise->act == EXERCISE_CLOSES) {
        deed.closes = exercise->node;
        each_open(self, next_played, deed.closes, close_in, &deed, out);
    }
}

void duties_delivered(
    duties_t *self, const char *node, uint64_t number, const duties_out_t *out)
{
    duty_cursor_t cursor = {0};
    const duty_t *found;
    while ((found = duty_table_of_delivery(self->table, node, number, &cursor)) != NULL) {
        duty_t duty = *found;
        if (!duty_settled(&duty))
            (void)change(self, &duty, met_at(&duty, out->time_ms), NULL, out);
    }
}

// After a long stop both may have passed: then it is over, and nobody is warned of that.
static void fall_due(duties_t *self, duty_world_t world, int64_t now_ms, size_t *most,
    const duties_out_t *out)
{
    const duty_t *found;
    for (; *most > 0 && (found = duty_table_due(self->table, world, now_ms)); --*most) {
        duty_t duty = *found;
        duty_state_t state = duty.due_ms <= now_ms ? DUTY_OVERDUE : DUTY_NEAR;
        if (!change(self, &duty, state, NULL, out))
            duty_table_put_off(self->table, duty.id); // or it would hold up the others
    }
}

void duties_turn(duties_t *self, int64_t now_ms, size_t most, const duties_out_t *out)
{
    if (self->held)
        return;
    fall_due(self, DUTY_REAL, now_ms, &most, out);
    fall_due(self, DUTY_PLAYED, now_ms, &most, out);
}

const duty_t *duties_to_tell(duties_t *self)
{
    const duty_t *duty;
    while ((duty = duty_table_drafted(self->table, self->told)) != NULL) {
        self->told++;
        // A correction of what is overdue is no news of that.
        bool news = duty->by.author[0] == 0 || duty->latest.author[0] == 0;
        if (news && (duty->state == DUTY_NEAR || duty->state == DUTY_OVERDUE))
            return duty;
    }
    return NULL;
}

int64_t duties_next_ms(const duties_t *self)
{
    return self->held ? MOMENT_NEVER : duty_table_next_ms(self->table);
}

const duty_t *duties_walk(const duties_t *self, duty_walk_t *walk)
{
    return duty_table_walk(self->table, walk);
}

const duty_t *duties_of(
    const duties_t *self, const reference_t *message, duty_cursor_t *cursor)
{
    return duty_table_of_message(self->table, message, cursor);
}

size_t duties_unsettled(const duties_t *self)
{
    return duty_table_unsettled(self->table, DUTY_REAL);
}

uint64_t duties_passed(const duties_t *self)
{
    return duty_table_passed(self->table);
}
