// audit_duties - what a message does to an exercise, takes back, corrects or answers is
// kept by its position.  Most messages do nothing of this and have no place in `deed`.

#include "nodes/audit/audit_duties.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/message/exercises.h"
#include "lib/message/lineage.h"
#include "nodes/cli/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What a message does besides informing its receivers.
typedef struct {
    uint64_t position;
    exercise_act_t act;
    char exercise[NODE_ID_MAX]; // "": nothing to any
    bool cancels, supersedes;
    hash_t re, incident; // what those began as that it names
    char *said;          // of its body, what a duty could ask for, as JSON; NULL: nothing
    bool erased;         // or nobody can tell any more
} deed_t;

// A duty as its newest entry has it.
typedef struct {
    hash_t of; // what its message began as, name, node and exercise: what never changes
    hash_t message;
    int64_t due_ms;
    bool extends;
    int64_t bound_ms;
    bool handed;
    int64_t handed_ms;
    duty_state_t state;
    reference_t by, answer;
} course_t;

struct audit_duties {
    const marks_t *messages; // borrowed: author and id -> position
    size_t deeds, deeds_room;
    deed_t *deed; // by increasing position
    exercises_t *exercises;
    lineage_t *lineage;
    marks_t ids; // hash of a duty's id -> index into `course`
    size_t n, room;
    course_t *course;
};

audit_duties_t *audit_duties_new(const marks_t *messages)
{
    audit_duties_t *self = memory_new(1, sizeof *self);
    self->messages = messages;
    self->exercises = exercises_new();
    self->lineage = lineage_new();
    return self;
}

void audit_duties_destroy(audit_duties_t **self_p)
{
    audit_duties_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    marks_free(&self->ids);
    exercises_destroy(&self->exercises);
    lineage_destroy(&self->lineage);
    for (size_t i = 0; i < self->deeds; i++)
        free(self->deed[i].said);
    free(self->deed);
    free(self->course);
    free(self);
}

static void keep_deed(audit_duties_t *self, const deed_t *deed)
{
    if (self->deeds == self->deeds_room) {
        self->deeds_room = self->deeds_room ? 2 * self->deeds_room : 64;
        self->deed = memory_grow(self->deed, self->deeds_room, sizeof *self->deed);
    }
    self->deed[self->deeds++] = *deed;
}

static int by_position(const void *key, const void *item)
{
    uint64_t position = *(const uint64_t *)key;
    const deed_t *deed = item;
    return (position > deed->position) - (position < deed->position);
}

static const deed_t *deed_at(const audit_duties_t *self, uint64_t position)
{
    static const deed_t none = {0};
    const deed_t *found = self->deeds ? bsearch(&position, self->deed, self->deeds,
                                            sizeof *self->deed, by_position)
                                      : NULL;
    return found ? found : &none;
}

// The exercise that the message was sent within; "": none.
static const char *within(const deed_t *deed)
{
    return deed->act == EXERCISE_WITHIN ? deed->exercise : "";
}

static int check_receivers(const audit_duties_t *self, const deed_t *deed,
    const routing_t *routing, cause_t *why)
{
    for (size_t i = 0; within(deed)[0] && i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route_delivers(route) &&
            !exercises_has(self->exercises, EXERCISE_JOINS, deed->exercise, route->node))
            return cause_set(why,
                "said within the exercise %s, and sent to %s, not in it", deed->exercise,
                route->node);
    }
    return 0;
}

// What a message of this name began as.
static void hash_first(const audit_duties_t *self, const reference_t *name, hash_t *hash)
{
    reference_t first;
    lineage_first(self->lineage, name, &first);
    marks_pair(first.author, first.id, hash);
}

static void take_reference(const audit_duties_t *self, const route_t *route, deed_t *deed)
{
    reference_t to = {0};
    memcpy(to.author, route->node, sizeof to.author);
    memcpy(to.id, route->id, sizeof to.id);
    if (route->refer == REFER_RE)
        hash_first(self, &to, &deed->re);
    if (route->refer == REFER_INCIDENT)
        hash_first(self, &to, &deed->incident);
    deed->cancels |= route->refer == REFER_CANCELS;
    deed->supersedes |= route->refer == REFER_SUPERSEDES;
}

int audit_duties_message(audit_duties_t *self, const leaf_t *leaf,
    const routing_t *routing, const char *said, cause_t *why)
{
    deed_t deed = {.position = leaf->position};
    bool refers = false;
    const route_t *line = routing_exercise(routing);
    if (line) {
        deed.act = line->act;
        memcpy(deed.exercise, line->node, sizeof deed.exercise);
        exercises_add(self->exercises, line->act, line->node, leaf->author);
    }
    lineage_add(self->lineage, leaf->author, leaf->id, routing);
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_REFER) {
            take_reference(self, &routing->route[i], &deed);
            refers = true;
        }
    deed.erased = said == NULL;
    if (refers && said && said[0]) // who names nothing answers nothing
        deed.said = memory_text(said);
    if (deed.exercise[0] || refers)
        keep_deed(self, &deed);
    return check_receivers(self, &deed, routing, why);
}

static bool find(const audit_duties_t *self, const reference_t *name, uint64_t *position)
{
    hash_t hash;
    marks_pair(name->author, name->id, &hash);
    return marks_get(self->messages, &hash, position);
}

// Whether two messages are of one chain of corrections.
static bool of_one_chain(
    const audit_duties_t *self, const reference_t *a, const reference_t *b)
{
    reference_t first_a, first_b;
    if (a->author[0] == 0 || b->author[0] == 0)
        return false;
    lineage_first(self->lineage, a, &first_a);
    lineage_first(self->lineage, b, &first_b);
    return reference_same(&first_a, &first_b);
}

static bool closes(const deed_t *by, const char *exercise)
{
    return exercise[0] && by->act == EXERCISE_CLOSES &&
           strcmp(by->exercise, exercise) == 0;
}

static bool says_wanted(const duty_t *duty, const deed_t *by)
{
    const value_limits_t limits = {.depth = 2, .values = 1024};
    value_fault_t fault;
    value_t *root = by->said ? value_parse(span_text(by->said), &limits, &fault) : NULL;
    bool met = by->erased || wanted_met(&duty->met_when, root);
    value_free(&root);
    return met;
}

// Whether it attests that this duty's notice was given otherwise, when the duty says so.
static bool attests(const duty_t *duty, const deed_t *by)
{
    const value_limits_t limits = {.depth = 2, .values = 1024};
    value_fault_t fault;
    document_t document = {0};
    int64_t told_ms;
    if (by->erased)
        return duty->told;
    memcpy(document.from, duty->debtor, sizeof document.from);
    memcpy(document.kind, duty->attested_by, sizeof document.kind);
    document.root = by->said ? value_parse(span_text(by->said), &limits, &fault) : NULL;
    bool good = document.root && duty->told && duty_met_by(duty, &document) &&
                duty_told_at(document.root, &told_ms) && told_ms == duty->told_ms;
    value_free(&document.root);
    return good;
}

static bool is_settled(duty_state_t state)
{
    return duty_settled(&(duty_t){.state = state});
}

static bool is_met(duty_state_t state)
{
    return state == DUTY_MET || state == DUTY_MET_LATE;
}

// Whether its debtor says it of the message, by the field that it must, and takes nothing
// back.
static bool is_about(const duty_t *duty, const deed_t *by)
{
    hash_t first;
    marks_pair(duty->first.author, duty->first.id, &first);
    bool named = (duty->refers != REFER_INCIDENT && hash_equal(&by->re, &first)) ||
                 (duty->refers != REFER_RE && hash_equal(&by->incident, &first));
    return named && !by->cancels && strcmp(duty->by.author, duty->debtor) == 0;
}

static bool answers(
    const audit_duties_t *self, const duty_t *duty, const deed_t *by, cause_t *why)
{
    if (strcmp(duty->met_by, "acceptance") == 0)
        return reference_same(&duty->by, &duty->message) ||
               cause_set(why, "the duty is met by the acceptance of another") == 0;
    if (!is_about(duty, by) || !of_one_chain(self, &duty->by, &duty->answer))
        return cause_set(why, "the duty is met by what does not answer it") == 0;
    if (duty_by_delivery(duty))
        return attests(duty, by) ||
               cause_set(why, "the duty is met by what does not attest it") == 0;
    return says_wanted(duty, by) ||
           cause_set(why, "the duty is met by another answer than it asks for") == 0;
}

// Brought by its message, corrected by what supersedes that, or owed again since what met
// it does not any more.
static bool may_be_owed(const audit_duties_t *self, const duty_t *duty, const deed_t *by,
    const course_t *before)
{
    bool withdraws = by->cancels || by->supersedes;
    bool reported = duty->interim && reference_same(&duty->by, &duty->heard);
    return reference_same(&duty->by, &duty->message) ||
           (reported && is_about(duty, by) && !says_wanted(duty, by)) ||
           (by->supersedes && reference_same(&duty->by, &duty->latest) &&
               of_one_chain(self, &duty->by, &duty->message)) ||
           (withdraws && is_met(before->state) &&
               of_one_chain(self, &duty->by, &before->answer));
}

static int check_cause(const audit_duties_t *self, const duty_t *duty, const deed_t *by,
    const course_t *before, cause_t *why)
{
    if (duty->state == DUTY_WITHDRAWN) {
        if (closes(by, duty->exercise))
            return 0;
        if (!(by->cancels || by->supersedes) ||
            (!of_one_chain(self, &duty->by, &duty->message) &&
                !(by->cancels && of_one_chain(self, &duty->by, &duty->cause))) ||
            (duty->stays && by->cancels))
            return cause_set(
                why, "the duty is withdrawn by what takes nothing of it back");
    } else if (is_met(duty->state)) {
        if (!answers(self, duty, by, why))
            return -1;
    } else if (!may_be_owed(self, duty, by, before)) {
        return cause_set(why, "the duty is owed by what does not ask it");
    }
    if (strcmp(within(by), duty->exercise) != 0)
        return cause_set(
            why, "the duty is changed by a message that is not of its exercise");
    return 0;
}

// Brought and changed by what is of its own exercise, or real as it is.
static int check_messages(
    const audit_duties_t *self, const duty_t *duty, const course_t *before, cause_t *why)
{
    uint64_t position;
    reference_t first;
    if (!find(self, &duty->message, &position) || position != duty->position)
        return cause_set(why, "the duty's message is not at its position");
    if (strcmp(within(deed_at(self, position)), duty->exercise) != 0)
        return cause_set(why, "the duty and its message are not of the same exercise");
    lineage_first(self->lineage, &duty->message, &first);
    if (!reference_same(&first, &duty->first))
        return cause_set(why, "the duty's message began as another");
    if (duty->by.author[0] == 0)
        return duty->state == DUTY_WITHDRAWN
                   ? cause_set(why, "the duty is withdrawn by nobody")
                   : 0;
    if (!find(self, &duty->by, &position))
        return cause_set(why, "the duty is changed by a message that there is not");
    return check_cause(self, duty, deed_at(self, position), before, why);
}

static int check_times(
    const duty_t *duty, const leaf_t *leaf, const course_t *before, cause_t *why)
{
    bool late = duty_met_at(duty, leaf->time_ms) == DUTY_MET_LATE;
    // By another answer, that was given before: late or not is what it was then.
    bool again = is_met(before->state) && is_met(duty->state);
    if (duty->at_ms != leaf->time_ms || strcmp(duty->debtor, leaf->author) != 0)
        return cause_set(why, "the duty names another node or moment than its leaf");
    if ((duty->state == DUTY_MET && late && !again) ||
        (duty->state == DUTY_MET_LATE && !late) ||
        (duty->state == DUTY_OVERDUE && leaf->time_ms < duty->due_ms) ||
        (duty->state == DUTY_HANDED && !duty->held && late) ||
        (duty->state == DUTY_NEAR && leaf->time_ms < duty->near_ms))
        return cause_set(
            why, "the duty cannot be %s at this time", duty_state_name(duty->state));
    return 0;
}

// What is to be delivered is handed over by the message that brings the duty, and what
// was handed over stays so.
static int check_handed(
    const duty_t *duty, const leaf_t *leaf, const course_t *before, cause_t *why)
{
    bool brought = reference_same(&duty->by, &duty->message);
    if (duty->handed != duty_deliverable(duty))
        return cause_set(why, duty->handed
                                  ? "a duty was handed over that nobody can sign for"
                                  : MARK("a duty was not handed over by its message"));
    if (duty->state == DUTY_HANDED && !duty->handed)
        return cause_set(why, "a duty was handed over at no time");
    if (duty->told && (!is_met(duty->state) || !duty->by.author[0]))
        return cause_set(why, "a duty was told otherwise, and nothing attests it");
    if (!duty->handed)
        return 0;
    if (brought ? duty->handed_ms != leaf->time_ms
                : before->handed && duty->handed_ms != before->handed_ms)
        return cause_set(why, "a duty was handed over at another time than its message");
    return 0;
}

static void hash_constants(const duty_t *duty, hash_t *hash)
{
    buf_t text = {0};
    buf_printf(&text, "%s\n%s\n%s\n%s\n%s\n%s", duty->first.author, duty->first.id,
        duty->name, duty->debtor, duty->towards, duty->exercise);
    sha256(buf_span(&text), hash);
    buf_destroy(&text);
}

static course_t *course_of(audit_duties_t *self, const char *id)
{
    hash_t hash;
    uint64_t index = self->n;
    sha256(span_text(id), &hash);
    if (marks_get(&self->ids, &hash, &index))
        return &self->course[index];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->course = memory_grow(self->course, self->room, sizeof *self->course);
    }
    marks_put(&self->ids, &hash, index);
    self->course[self->n] = (course_t){.due_ms = MOMENT_NEVER, .state = DUTY_OPEN};
    return &self->course[self->n++];
}

// What is settled goes on only where it is owed again: by a message that asks anew what
// was withdrawn, or since what met it was taken back or corrected.
static bool may_go_on(
    const audit_duties_t *self, const duty_t *duty, bool anew, const course_t *before)
{
    if (before->state == DUTY_WITHDRAWN)
        return anew;
    return duty->state != DUTY_WITHDRAWN && before->by.author[0] &&
           !lineage_stands(self->lineage, &before->by) &&
           (!is_met(duty->state) || lineage_stands(self->lineage, &duty->by));
}

// Who asks may have given more time by a correction, within the bound that there was.
static bool may_be_longer(
    const audit_duties_t *self, const duty_t *duty, const course_t *before)
{
    uint64_t position;
    return before->extends && duty->until && duty->due_ms <= before->bound_ms &&
           strcmp(duty->by.author, duty->debtor) != 0 &&
           reference_same(&duty->by, &duty->latest) && find(self, &duty->by, &position) &&
           deed_at(self, position)->supersedes;
}

static int check_time(
    const audit_duties_t *self, const duty_t *duty, const course_t *before, cause_t *why)
{
    if (duty->extends != before->extends ||
        (duty->extends && duty->bound_ms != before->bound_ms))
        return cause_set(why, "a duty has another bound than before");
    return duty->due_ms <= before->due_ms || may_be_longer(self, duty, before)
               ? 0
               : cause_set(why, "a duty has more time than before");
}

static int check_course(
    audit_duties_t *self, const duty_t *duty, course_t *before, cause_t *why)
{
    course_t now = {.due_ms = duty->due_ms,
        .extends = duty->extends,
        .bound_ms = duty->bound_ms,
        .handed = duty->handed,
        .handed_ms = duty->handed_ms,
        .state = duty->state,
        .by = duty->by,
        .answer = duty->answer};
    bool known = before->due_ms != MOMENT_NEVER;
    hash_constants(duty, &now.of);
    marks_pair(duty->message.author, duty->message.id, &now.message);
    bool anew = known && before->state == DUTY_WITHDRAWN &&
                reference_same(&duty->by, &duty->message);
    if (known && is_settled(before->state) && !may_go_on(self, duty, anew, before))
        return cause_set(why, "a duty that is settled goes on");
    if (known && !anew && check_time(self, duty, before, why) != 0)
        return -1;
    if (known && (!hash_equal(&before->of, &now.of) ||
                     (!anew && !hash_equal(&before->message, &now.message))))
        return cause_set(why, "a duty became another's, or one of another message");
    *before = now;
    return 0;
}

int audit_duties_entry(
    audit_duties_t *self, const leaf_t *leaf, const duty_t *duty, cause_t *why)
{
    course_t *before = course_of(self, duty->id);
    if (check_times(duty, leaf, before, why) != 0 ||
        check_handed(duty, leaf, before, why) != 0 ||
        check_messages(self, duty, before, why) != 0)
        return -1;
    return check_course(self, duty, before, why);
}

uint64_t audit_duties_count(const audit_duties_t *self)
{
    return self->n;
}
