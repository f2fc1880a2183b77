// duties - an array of what is unsettled, what was settled last, and the drafts of this
// turn over both.
//
// There are as many as people have left undone, so walking the array is cheap; a hash of
// the two names that a duty answers to keeps most of the walk to comparing numbers.
// Duties of exercises lie among the real ones, but never in their way: of those settled
// they have a place of their own, they fall due after them, and nobody counts them.

#include "hub/duties.h"

#include "lib/memory.h"
#include "lib/recent.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t message, latest; // hashes of the names it answers to
    uint64_t id;              // and of its own
    int64_t fires_ms;
    uint64_t number; // of the message in the inbox of `who`
    duty_t *duty;    // owned
} slot_t;

typedef enum { REAL, PLAYED, WORLDS } duty_world_t;

struct duties {
    size_t n, room;
    slot_t *slot;      // unsettled, in the order they were opened
    size_t of[WORLDS]; // how many of them are
    recent_t *settled[WORLDS];
    size_t drafts, drafts_room;
    duty_t **draft; // every state that this turn made
    size_t told;    // how many of them were looked at by duties_to_tell
    bool held;
    int64_t next_ms;
};

static duty_world_t world_of(const duty_t *duty)
{
    return duty->exercise[0] ? PLAYED : REAL;
}

duties_t *duties_new(void)
{
    duties_t *self = memory_new(1, sizeof *self);
    for (size_t i = 0; i < WORLDS; i++)
        self->settled[i] = recent_new(DUTIES_SETTLED);
    self->next_ms = INT64_MAX;
    return self;
}

void duties_begin(duties_t *self)
{
    for (size_t i = 0; i < self->drafts; i++)
        free(self->draft[i]);
    self->drafts = self->told = 0;
}

void duties_destroy(duties_t **self_p)
{
    duties_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    duties_begin(self);
    for (size_t i = 0; i < self->n; i++)
        free(self->slot[i].duty);
    for (size_t i = 0; i < WORLDS; i++)
        recent_destroy(&self->settled[i]);
    free(self->slot);
    free(self->draft);
    free(self);
}

static duty_t *copy(const duty_t *duty)
{
    duty_t *out = memory_new(1, sizeof *out);
    *out = *duty;
    return out;
}

static uint64_t name_hash(const reference_t *name)
{
    uint64_t hash =
        14695981039346656037u; // FNV-1a: a filter, what it lets in is compared
    for (const char *at = name->id; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 1099511628211u;
    for (const char *at = name->author; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 1099511628211u;
    return hash;
}

static int64_t fires_ms(const duty_t *duty)
{
    if (duty->state == DUTY_OPEN && duty->near_ms)
        return duty->near_ms;
    return duty->state == DUTY_OPEN || duty->state == DUTY_NEAR ? duty->due_ms
                                                                : INT64_MAX;
}

static void find_next(duties_t *self)
{
    self->next_ms = INT64_MAX;
    for (size_t i = 0; i < self->n; i++)
        if (self->slot[i].fires_ms < self->next_ms)
            self->next_ms = self->slot[i].fires_ms;
}

static uint64_t id_hash(const char *id)
{
    reference_t name = {0};
    memcpy(name.id, id, strlen(id));
    return name_hash(&name);
}

static slot_t *slot_of(duties_t *self, const char *id)
{
    uint64_t hash = id_hash(id);
    for (size_t i = 0; i < self->n; i++)
        if (self->slot[i].id == hash && strcmp(self->slot[i].duty->id, id) == 0)
            return &self->slot[i];
    return NULL;
}

static void settle(duties_t *self, slot_t *slot, const duty_t *duty)
{
    recent_add(self->settled[world_of(duty)], duty);
    if (!slot)
        return; // it was met as it was opened
    free(slot->duty);
    self->of[world_of(duty)]--;
    self->n--;
    memmove(slot, slot + 1, (self->n - (size_t)(slot - self->slot)) * sizeof *self->slot);
}

static slot_t *add_slot(duties_t *self)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->slot = memory_grow(self->slot, self->room, sizeof *self->slot);
    }
    slot_t *slot = &self->slot[self->n++];
    *slot = (slot_t){0};
    return slot;
}

void duties_apply(duties_t *self, const duty_t *duty, uint64_t number)
{
    slot_t *slot = slot_of(self, duty->id);
    if (duty_settled(duty)) {
        settle(self, slot, duty);
    } else {
        if (!slot) {
            slot = add_slot(self);
            slot->number = number;
            self->of[world_of(duty)]++;
        }
        free(slot->duty);
        slot->duty = copy(duty);
        slot->id = id_hash(duty->id);
        slot->fires_ms = fires_ms(duty);
        slot->message = name_hash(&duty->message);
        slot->latest = name_hash(&duty->latest);
    }
    find_next(self);
}

void duties_hold(duties_t *self, bool held)
{
    self->held = held;
}

bool duties_held(const duties_t *self)
{
    return self->held;
}

static const duty_t *drafted(const duties_t *self, const char *id)
{
    for (size_t i = self->drafts; i > 0; i--)
        if (strcmp(self->draft[i - 1]->id, id) == 0)
            return self->draft[i - 1];
    return NULL;
}

// As it is now: folded, or as this turn has it.
static const duty_t *now_of(const duties_t *self, const duty_t *folded)
{
    const duty_t *newer = self->drafts ? drafted(self, folded->id) : NULL;
    return newer ? newer : folded;
}

static void change(duties_t *self, duty_t *duty, duty_state_t state,
    const reference_t *by, const duties_out_t *out)
{
    duty->state = state;
    duty->at_ms = out->time_ms;
    duty->held = self->held;
    duty->by = by ? *by : (reference_t){0};
    if (self->drafts == self->drafts_room) {
        self->drafts_room = self->drafts_room ? 2 * self->drafts_room : 16;
        self->draft = memory_grow(self->draft, self->drafts_room, sizeof *self->draft);
    }
    self->draft[self->drafts++] = copy(duty);
    out->write(out->context, duty);
}

static duty_state_t met_at(const duty_t *duty, int64_t time_ms)
{
    return time_ms > duty->due_ms ? DUTY_MET_LATE : DUTY_MET;
}

static bool is(const reference_t *a, const reference_t *b)
{
    return a->author[0] && strcmp(a->id, b->id) == 0 && strcmp(a->author, b->author) == 0;
}

static bool answers_to(const duty_t *duty, const reference_t *name)
{
    return is(name, &duty->message) || is(name, &duty->latest);
}

// Call with an unsettled duty; the copy is the visitor's to change and pass on.
typedef void (*change_fn)(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out);

// Each of those that only this turn's draft has: `n` are in it, a visitor adds to them.
static void each_drafted(duties_t *self, size_t n, const reference_t *name,
    change_fn visit, const void *about, const duties_out_t *out)
{
    for (size_t i = 0; i < n; i++) {
        duty_t duty = *self->draft[i];
        if (!slot_of(self, duty.id) && drafted(self, duty.id) == self->draft[i] &&
            !duty_settled(&duty) && (!name || answers_to(&duty, name)))
            visit(self, &duty, about, out);
    }
}

// Each that answers to this name; with NULL, each.
static void each_open(duties_t *self, const reference_t *name, change_fn visit,
    const void *about, const duties_out_t *out)
{
    if (name && name->author[0] == 0)
        return;
    uint64_t hash = name ? name_hash(name) : 0;
    size_t drafts = self->drafts;
    for (size_t i = 0; i < self->n; i++) {
        const slot_t *slot = &self->slot[i];
        if (name && slot->message != hash && slot->latest != hash)
            continue;
        duty_t duty = *now_of(self, slot->duty);
        if (!duty_settled(&duty) && (!name || answers_to(&duty, name)))
            visit(self, &duty, about, out);
    }
    each_drafted(self, drafts, name, visit, about, out);
}

static bool same_duty(const duty_t *a, const duty_t *planned, const reference_t *corrects)
{
    return answers_to(a, corrects) && strcmp(a->name, planned->name) == 0 &&
           strcmp(a->who, planned->who) == 0 &&
           strcmp(a->message.author, planned->message.author) == 0;
}

static void correct(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const duty_t *planned = about;
    if (strcmp(duty->name, planned->name) != 0 || strcmp(duty->who, planned->who) != 0 ||
        strcmp(duty->message.author, planned->message.author) != 0)
        return;
    duty->latest = planned->message;
    if (planned->due_ms < duty->due_ms) {
        duty->due_ms = planned->due_ms;
        duty->from_ms = planned->from_ms;
        duty->near_ms = planned->near_ms;
    }
    change(self, duty, duty->state, &planned->message, out);
}

// Whether there is such a duty already, also one that is settled.
static bool known(
    const duties_t *self, const duty_t *planned, const reference_t *corrects)
{
    if (corrects->author[0] == 0)
        return false;
    for (size_t i = 0; i < self->n; i++)
        if (same_duty(now_of(self, self->slot[i].duty), planned, corrects))
            return true;
    for (size_t i = 0; i < self->drafts; i++)
        if (same_duty(self->draft[i], planned, corrects))
            return true;
    const recent_t *settled = self->settled[world_of(planned)];
    const duty_t *old;
    for (size_t i = 0; (old = recent_at(settled, i)) != NULL; i++)
        if (same_duty(old, planned, corrects))
            return true;
    return false;
}

void duties_open(duties_t *self, const duty_t *planned, const reference_t *corrects,
    const duties_out_t *out)
{
    duty_t duty = *planned;
    if (known(self, planned, corrects)) {
        each_open(self, corrects, correct, planned, out);
        return;
    }
    if (strcmp(duty.met_by, "acceptance") == 0) {
        change(self, &duty, met_at(&duty, out->time_ms), &duty.message, out);
        return;
    }
    bool over = out->time_ms > duty.due_ms && !self->held;
    change(self, &duty, over ? DUTY_OVERDUE : DUTY_OPEN, &duty.message, out);
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
        change(self, duty, met_at(duty, out->time_ms), &deed->name, out);
}

static void withdraw(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const deed_t *deed = about;
    if (strcmp(duty->message.author, deed->document->from) == 0 &&
        strcmp(duty->exercise, deed->within) == 0)
        change(self, duty, DUTY_WITHDRAWN, &deed->name, out);
}

// What is still open in an exercise ends with it.
static void close_in(
    duties_t *self, duty_t *duty, const void *about, const duties_out_t *out)
{
    const deed_t *deed = about;
    if (strcmp(duty->exercise, deed->closes) == 0)
        change(self, duty, DUTY_WITHDRAWN, &deed->name, out);
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
    each_open(self, &document->re, meet, &deed, out);
    each_open(self, &document->incident, meet, &deed, out);
    each_open(self, &document->cancels, withdraw, &deed, out);
    if (exercise && exercise->act == EXERCISE_CLOSES) {
        deed.closes = exercise->node;
        each_open(self, NULL, close_in, &deed, out);
    }
}

void duties_delivered(
    duties_t *self, const char *node, uint64_t number, const duties_out_t *out)
{
    for (size_t i = 0; i < self->n; i++) {
        const slot_t *slot = &self->slot[i];
        if (slot->number == 0 || slot->number > number)
            continue;
        duty_t duty = *now_of(self, slot->duty);
        if (!duty_settled(&duty) && strcmp(duty.met_by, "delivery") == 0 &&
            strcmp(duty.who, node) == 0)
            change(self, &duty, met_at(&duty, out->time_ms), NULL, out);
    }
}

// After a long stop both may have passed: then it is over, and nobody is warned of that.
static void fall_due(duties_t *self, duty_world_t world, int64_t now_ms, size_t *most,
    const duties_out_t *out)
{
    for (size_t i = 0; i<self->n && * most> 0; i++) {
        duty_t duty = *now_of(self, self->slot[i].duty);
        if (world_of(&duty) != world || fires_ms(&duty) > now_ms)
            continue;
        change(self, &duty, duty.due_ms <= now_ms ? DUTY_OVERDUE : DUTY_NEAR, NULL, out);
        --*most;
    }
}

void duties_turn(duties_t *self, int64_t now_ms, size_t most, const duties_out_t *out)
{
    if (self->held || now_ms < self->next_ms)
        return;
    fall_due(self, REAL, now_ms, &most, out);
    fall_due(self, PLAYED, now_ms, &most, out);
}

const duty_t *duties_to_tell(duties_t *self)
{
    while (self->told < self->drafts) {
        const duty_t *duty = self->draft[self->told++];
        // A correction of what is overdue is no news of that.
        bool news = duty->by.author[0] == 0 || duty->latest.author[0] == 0;
        if (news && (duty->state == DUTY_NEAR || duty->state == DUTY_OVERDUE))
            return duty;
    }
    return NULL;
}

int64_t duties_next_ms(const duties_t *self)
{
    return self->held ? INT64_MAX : self->next_ms;
}

void duties_each(const duties_t *self, duties_visit_fn visit, void *context)
{
    for (size_t i = 0; i < self->n; i++)
        visit(context, self->slot[i].duty);
    const duty_t *old;
    for (size_t world = 0; world < WORLDS; world++)
        for (size_t i = 0; (old = recent_at(self->settled[world], i)) != NULL; i++)
            visit(context, old);
}

size_t duties_unsettled(const duties_t *self)
{
    return self->of[REAL];
}
