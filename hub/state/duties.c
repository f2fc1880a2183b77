// duties - what messages, deliveries and time do to duties; where these are found is the
// table's business (hub/state/duty_table.c), which looks at no more of them than it
// finds.
//
// Duties of exercises lie among the real ones, but never in their way: of those settled
// they have a place of their own, they fall due after them, and nobody counts them.

#include "hub/state/duties.h"

#include "hub/state/duty_answer.h"
#include "hub/state/withdrawal.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <stdlib.h>
#include <string.h>

struct duties {
    duty_table_t *table;
    size_t drafted; // in this turn
    size_t told;    // how many of what was drafted duties_to_tell has looked at
    bool held;
    buf_t text; // of an entry
};

duties_t *duties_new(lookup_t *lookup)
{
    duties_t *self = memory_new(1, sizeof *self);
    self->table = duty_table_new(DUTIES_SETTLED, lookup);
    return self;
}

void duties_destroy(duties_t **self_p)
{
    duties_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    duty_table_destroy(&self->table);
    buf_destroy(&self->text);
    free(self);
}

void duties_save(const duties_t *self, buf_t *out)
{
    buf_put_u8(out, self->held);
    duty_table_save(self->table, out);
}

int duties_load(
    duties_t *self, reader_t *from, duty_read_fn read, void *context, cause_t *why)
{
    self->held = take_u8(from) != 0;
    return duty_table_load(self->table, from, read, context, why);
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

void duties_apply(duties_t *self, const duty_t *duty, const duty_entry_t *entry)
{
    duty_table_fold(self->table, duty, entry);
}

void duties_corrected(duties_t *self, const char *id, uint64_t number)
{
    duty_table_corrected(self->table, id, number);
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
    const reference_t *by, const duties_log_t *log)
{
    duty->state = state;
    duty->at_ms = log->time_ms;
    duty->held = self->held;
    duty->by = by ? *by : (reference_t){0};
    buf_clear(&self->text);
    duty_print(duty, &self->text);
    if (!readback_text(
            log->readback, log->draft, "duty", duty->debtor, buf_span(&self->text)))
        return false; // nobody could read it again: the duty stays as it was
    (void)duty_table_draft(self->table, duty);
    self->drafted++;
    return true;
}

static bool is_met(const duty_t *duty)
{
    return duty->state == DUTY_MET || duty->state == DUTY_MET_LATE;
}

static reference_t name_of(const document_t *document)
{
    reference_t name = {0};
    memcpy(name.author, document->from, sizeof name.author);
    memcpy(name.id, document->id, sizeof name.id);
    return name;
}

// A visitor of duties: end, bring_back, meet, drop.  The copy is its to change and pass
// on.
typedef void (*change_fn)(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log);
// A walk: duty_table_of_message, duty_table_of_cause, duty_table_of_answer.
typedef const duty_t *(*next_fn)(
    const duty_table_t *table, const reference_t *of, duty_cursor_t *cursor);

static void each(duties_t *self, next_fn next, const reference_t *of, change_fn visit,
    const duties_deed_t *deed, const duties_log_t *log)
{
    duty_cursor_t cursor = {0};
    if (of->author[0] == 0)
        return;
    // A visitor may change what the one it has is found by, so the walk is ahead by one.
    for (const duty_t *duty = next(self->table, of, &cursor), *after; duty;
         duty = after) {
        after = next(self->table, of, &cursor);
        duty_t copy = *duty;
        if (strcmp(duty->exercise, routing_within(deed->routing)) == 0)
            visit(self, &copy, deed, log);
    }
}

static void each_of(duties_t *self, const reference_t *first, change_fn visit,
    const duties_deed_t *deed, const duties_log_t *log)
{
    each(self, duty_table_of_message, first, visit, deed, log);
}

// Whether the message answers the one that brought the duty, naming it as it must.
static bool names(const duty_t *duty, const duties_deed_t *deed)
{
    bool by_re =
        duty->refers != REFER_INCIDENT && reference_same(&deed->re, &duty->first);
    bool by_incident =
        duty->refers != REFER_RE && reference_same(&deed->incident, &duty->first);
    return (by_re || by_incident) && deed->document->cancels.author[0] == 0;
}

static bool meets(const duty_t *duty, const duties_deed_t *deed)
{
    return names(duty, deed) && duty_met_by(duty, deed->document);
}

// News of what is still owed: noted once, and nothing else about it changes.
static void hear(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log)
{
    const reference_t name = name_of(deed->document);
    if (!names(duty, deed) || !duty_reported_by(duty, deed->document) ||
        reference_same(&duty->heard, &name))
        return;
    duty->heard = name;
    (void)change(self, duty, duty->state, &name, log);
}

static void meet(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log)
{
    const reference_t name = name_of(deed->document);
    if (duty_settled(duty))
        return;
    if (!meets(duty, deed)) {
        hear(self, duty, deed, log);
        return;
    }
    duty->answer = deed->first;
    duty->told =
        duty_by_delivery(duty) && duty_told_at(deed->document->root, &duty->told_ms);
    (void)change(self, duty, duty_met_at(duty, log->time_ms), &name, log);
}

static void withdraw(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log)
{
    const reference_t name = name_of(deed->document);
    if (!duty_settled(duty) && strcmp(deed->first.author, deed->document->from) == 0)
        (void)change(self, duty, DUTY_WITHDRAWN, &name, log);
}

// The rule says whether a duty ends with the message.
static void end(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log)
{
    if (!duty->stays)
        withdraw(self, duty, deed, log);
}

static bool has_ended(const duty_t *duty, const duties_log_t *log)
{
    const history_t *history = log->view.history;
    return !duty->stays &&
           (history_withdrawn(history, &duty->first) ||
               (duty->cause.author[0] && history_withdrawn(history, &duty->cause)));
}

// As it stands when nothing has met it yet.
static duty_state_t unmet_at(const duties_t *self, const duty_t *duty, int64_t time_ms)
{
    bool over = duty_met_at(duty, time_ms) == DUTY_MET_LATE;
    return over && !self->held ? DUTY_OVERDUE : duty->handed ? DUTY_HANDED : DUTY_OPEN;
}

// Of another attestation: when it was told by that.
static bool is_told_by(duty_t *duty, const precedents_t *log, const leaf_t *leaf)
{
    if (!duty_by_delivery(duty))
        return false;
    value_t *root = log->document(log->context, leaf);
    bool told = root && duty_told_at(root, &duty->told_ms);
    value_free(&root);
    return told;
}

// What met it does not any more.
static void bring_back(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log)
{
    const reference_t name = name_of(deed->document);
    const precedents_t precedents = history_precedents(&log->view);
    leaf_t other;
    if (!is_met(duty) || meets(duty, deed) || has_ended(duty, log))
        return;
    if (duty_answer_find(duty, &precedents, &other)) {
        const reference_t answer = message_name(&other);
        history_first(log->view.history, &answer, &duty->answer);
        duty->told = is_told_by(duty, &precedents, &other);
        (void)change(self, duty, duty_met_at(duty, other.time_ms), &answer, log);
        return;
    }
    duty->answer = (reference_t){0};
    if (names(duty, deed) && duty_reported_by(duty, deed->document))
        duty->heard = name;
    duty->told = false;
    // if the time of what is open is over, that comes next
    (void)change(self, duty,
        duty->handed ? unmet_at(self, duty, log->time_ms) : DUTY_OPEN, &name, log);
}

static bool read_duty(const duties_log_t *log, uint64_t position, duty_t *duty)
{
    entry_t entry;
    cause_t why;
    return history_entry(log->view.history, position, &entry) &&
           duty_parse(duty, entry.document, &why) == 0;
}

// The newest entry of a settled duty that is kept no more.
static bool read_lapsed(
    const duties_t *self, const char *id, duty_t *duty, const duties_log_t *log)
{
    duty_cursor_t cursor = {0};
    uint64_t position, newest = 0;
    bool found = false;
    while (duty_table_lapsed(self->table, id, &cursor, &position)) {
        duty_t read;
        if ((found && position < newest) || !read_duty(log, position, &read) ||
            strcmp(read.id, id) != 0)
            continue;
        found = true;
        newest = position;
        *duty = read;
    }
    return found;
}

static void bring_back_lapsed(
    duties_t *self, const duties_deed_t *deed, const duties_log_t *log)
{
    duty_cursor_t cursor = {0};
    uint64_t position;
    duty_t read, duty;
    while (duty_table_lapsed_answer(self->table, &deed->first, &cursor, &position))
        if (read_duty(log, position, &read) && !duty_table_find(self->table, read.id) &&
            read_lapsed(self, read.id, &duty, log) &&
            reference_same(&duty.answer, &deed->first) &&
            strcmp(duty.exercise, routing_within(deed->routing)) == 0)
            bring_back(self, &duty, deed, log);
}

// What is still open in an exercise ends with it.
static void close_exercise(duties_t *self, const char *exercise,
    const duties_deed_t *deed, const duties_log_t *log)
{
    const reference_t name = name_of(deed->document);
    duty_cursor_t cursor = {0};
    const duty_t *found;
    while ((found = duty_table_of_exercise(self->table, exercise, &cursor)) != NULL) {
        duty_t duty = *found;
        if (!duty_settled(&duty))
            (void)change(self, &duty, DUTY_WITHDRAWN, &name, log);
    }
}

void duties_message(duties_t *self, const duties_deed_t *deed, const duties_log_t *log)
{
    const document_t *document = deed->document;
    const route_t *exercise = routing_exercise(deed->routing);
    if (document->status == STATUS_TEST)
        return;
    if (document->cancels.author[0]) {
        each_of(self, &deed->first, end, deed, log);
        each(self, duty_table_of_cause, &deed->first, end, deed, log);
    }
    if (withdrawn_by(document)) {
        each(self, duty_table_of_answer, &deed->first, bring_back, deed, log);
        bring_back_lapsed(self, deed, log);
    }
    each_of(self, &deed->re, meet, deed, log);
    each_of(self, &deed->incident, meet, deed, log);
    if (exercise && exercise->act == EXERCISE_CLOSES)
        close_exercise(self, exercise->node, deed, log);
}

// What is to be delivered has been handed over by the message that brings the duty: it is
// with the hub, whose matter its way is from here on.
static void begin(duties_t *self, const duty_t *planned, const duties_log_t *log)
{
    duty_t duty = *planned;
    duty.handed = duty_deliverable(&duty);
    duty.handed_ms = log->time_ms;
    if (strcmp(duty.met_by, "acceptance") == 0)
        (void)change(self, &duty, duty_met_at(&duty, log->time_ms), &duty.message, log);
    else
        (void)change(
            self, &duty, unmet_at(self, &duty, log->time_ms), &duty.message, log);
}

static void take_time_of(duty_t *self, const duty_t *planned)
{
    self->due_ms = planned->due_ms;
    self->from_ms = planned->from_ms;
    self->until = planned->until;
    self->warns = planned->warns;
    self->near_ms = planned->near_ms;
}

// Who asks may give more time, where the rule let it when the duty began, and no more
// than that said; never who owes.
static bool may_extend(const duty_t *standing, const duty_t *planned)
{
    return standing->extends && planned->until &&
           strcmp(planned->message.author, standing->debtor) != 0 &&
           planned->due_ms <= standing->bound_ms;
}

static void correct(duties_t *self, const duty_t *standing, const duty_t *planned,
    const duties_log_t *log)
{
    duty_t duty = *standing;
    duty.latest = planned->message;
    if (planned->due_ms < duty.due_ms)
        take_time_of(&duty, planned);
    else if (planned->due_ms > duty.due_ms && may_extend(&duty, planned)) {
        const int64_t from_ms = duty.from_ms;
        take_time_of(&duty, planned);
        duty.from_ms = from_ms;
        duty.state = unmet_at(self, &duty, log->time_ms);
    }
    if (duty.handed) // perhaps not in time, by what is said now
        duty.state = unmet_at(self, &duty, log->time_ms);
    (void)change(self, &duty, duty.state, &planned->message, log);
}

// Who owes it has no more time for having left it out in between.
static void begin_again(duties_t *self, const duty_t *standing, const duty_t *planned,
    const duties_log_t *log)
{
    duty_t duty = *planned;
    if (strcmp(duty.message.author, duty.debtor) == 0 && standing->due_ms < duty.due_ms)
        take_time_of(&duty, standing);
    begin(self, &duty, log);
}

void duties_open(duties_t *self, const duty_t *planned, const duties_log_t *log)
{
    duty_t lapsed;
    const duty_t *standing = duty_table_find(self->table, planned->id);
    if (!standing && read_lapsed(self, planned->id, &lapsed, log))
        standing = &lapsed;
    if (!standing)
        begin(self, planned, log);
    else if (standing->state == DUTY_WITHDRAWN)
        begin_again(self, standing, planned, log);
    else if (!is_met(standing))
        correct(self, standing, planned, log);
}

// The corrected ones name the correction by now.
static void drop(
    duties_t *self, duty_t *duty, const duties_deed_t *deed, const duties_log_t *log)
{
    const reference_t name = name_of(deed->document);
    if (!reference_same(&duty->latest, &name) && !reference_same(&duty->message, &name))
        withdraw(self, duty, deed, log);
}

void duties_drop(duties_t *self, const duties_deed_t *deed, const duties_log_t *log)
{
    if (deed->document->status != STATUS_TEST && deed->document->supersedes.author[0])
        each_of(self, &deed->first, drop, deed, log);
}

void duties_delivered(
    duties_t *self, const char *node, uint64_t number, const duties_log_t *log)
{
    duty_cursor_t cursor = {0};
    const duty_t *found;
    while ((found = duty_table_of_delivery(self->table, node, number, &cursor)) != NULL) {
        duty_t duty = *found;
        if (!duty_settled(&duty))
            (void)change(self, &duty, duty_met_at(&duty, log->time_ms), NULL, log);
    }
}

// After a long stop both may have passed: then it is over, and nobody is warned of that.
static void fall_due(duties_t *self, duty_world_t world, int64_t now_ms, size_t *most,
    const duties_log_t *log)
{
    const duty_t *found;
    for (; *most > 0 && (found = duty_table_due(self->table, world, now_ms)); --*most) {
        duty_t duty = *found;
        duty_state_t state = duty.due_ms <= now_ms ? DUTY_OVERDUE : DUTY_NEAR;
        if (duty.state == DUTY_HANDED && duty_met_at(&duty, now_ms) == DUTY_MET) {
            state = DUTY_HANDED; // its debtor is told that nobody has signed yet, once
            duty.warns = false;
        }
        if (!change(self, &duty, state, NULL, log))
            duty_table_put_off(self->table, duty.id); // or it would hold up the others
    }
}

void duties_turn(duties_t *self, int64_t now_ms, size_t most, const duties_log_t *log)
{
    if (self->held)
        return;
    fall_due(self, DUTY_REAL, now_ms, &most, log);
    fall_due(self, DUTY_PLAYED, now_ms, &most, log);
}

const duty_t *duties_to_tell(duties_t *self)
{
    const duty_t *duty;
    while ((duty = duty_table_drafted(self->table, self->told)) != NULL) {
        self->told++;
        // A correction of what is overdue is no news of that, nor is a report on it.
        bool news =
            duty->by.author[0] == 0 ||
            (duty->latest.author[0] == 0 && !reference_same(&duty->by, &duty->heard));
        bool unsigned_for = duty->state == DUTY_HANDED && duty->by.author[0] == 0;
        if ((news && (duty->state == DUTY_NEAR || duty->state == DUTY_OVERDUE)) ||
            unsigned_for)
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

const duty_t *duties_brought(const duties_t *self, const char *node, uint64_t after,
    duty_cursor_t *cursor, uint64_t *number)
{
    return duty_table_brought(self->table, node, after, cursor, number);
}

size_t duties_unsettled(const duties_t *self)
{
    return duty_table_unsettled(self->table, DUTY_REAL);
}

size_t duties_owed_nobody(const duties_t *self)
{
    return duty_table_owed_nobody(self->table);
}

const duty_counts_t *duties_counts(const duties_t *self)
{
    return duty_table_counts(self->table);
}

uint64_t duties_passed(const duties_t *self)
{
    return duty_table_passed(self->table);
}
