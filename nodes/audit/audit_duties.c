// audit_duties - what a message does to an exercise, takes back, corrects or answers is
// kept by its position.  Most messages do nothing of this and have no place in `deeds`.
// Both they and duties are put aside (spill.h): there may be as many as entries.

#include "nodes/audit/audit_duties.h"

#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/message/exercises.h"
#include "lib/message/lineage.h"
#include "nodes/audit/ancestry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What a message does besides informing its receivers.
typedef struct {
    exercise_act_t act;
    char exercise[NODE_ID_MAX]; // "": nothing to any
    bool cancels, supersedes;
    hash_t re, incident; // what those began as that it names
    // Of its body, what a duty could ask for, as JSON: where that is put aside; 0:
    // nothing
    size_t said_size;
    uint64_t said;
    bool erased; // or nobody can tell any more
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
    marks_t *messages; // borrowed: author and id -> position
    marks_t *at;       // hash of a position -> where its deed is in `deeds`
    spill_t *deeds, *said;
    exercises_t *exercises;
    ancestry_t *ancestry;
    lineage_t *lineage;
    marks_t *ids; // hash of a duty's id -> where it is in `courses`
    spill_t *courses;
};

audit_duties_t *audit_duties_new(marks_t *messages, spill_health_t *health)
{
    audit_duties_t *self = memory_new(1, sizeof *self);
    self->messages = messages;
    self->at = marks_new(health);
    self->deeds = spill_new(health);
    self->said = spill_new(health);
    self->exercises = exercises_new();
    self->ancestry = ancestry_new(health);
    const lineage_keeper_t keeper = ancestry_keeper(self->ancestry);
    self->lineage = lineage_kept(&keeper);
    self->ids = marks_new(health);
    self->courses = spill_new(health);
    return self;
}

void audit_duties_destroy(audit_duties_t **self_p)
{
    audit_duties_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    marks_destroy(&self->at);
    marks_destroy(&self->ids);
    spill_destroy(&self->deeds);
    spill_destroy(&self->said);
    spill_destroy(&self->courses);
    exercises_destroy(&self->exercises);
    lineage_destroy(&self->lineage);
    ancestry_destroy(&self->ancestry);
    free(self);
}

static void hash_position(uint64_t position, hash_t *out)
{
    sha256(span_of(&position, sizeof position), out);
}

static void keep_deed(audit_duties_t *self, uint64_t position, deed_t *deed, span_t said)
{
    hash_t name;
    deed->said_size = said.size;
    deed->said = spill_add(self->said, said.data, said.size);
    hash_position(position, &name);
    marks_put(self->at, &name, spill_add(self->deeds, deed, sizeof *deed));
}

// What the message at this position does; nothing, when nothing is known of it.
static deed_t deed_at(const audit_duties_t *self, uint64_t position)
{
    deed_t deed = {0};
    hash_t name;
    uint64_t at;
    hash_position(position, &name);
    if (marks_get(self->at, &name, &at))
        spill_read(self->deeds, at, &deed, sizeof deed);
    return deed;
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
    deed_t deed = {0};
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
    if (deed.exercise[0] || refers) // who names nothing answers nothing
        keep_deed(self, leaf->position, &deed, span_text(refers && said ? said : ""));
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

// What a message says, as far as a duty could ask for it; NULL: nothing.
static value_t *said_by(const audit_duties_t *self, const deed_t *by)
{
    const value_limits_t limits = {.depth = 2, .values = 1024};
    value_fault_t fault;
    if (by->said_size == 0)
        return NULL;
    char *text = memory_new(by->said_size, 1);
    spill_read(self->said, by->said, text, by->said_size);
    value_t *root = value_parse(span_of(text, by->said_size), &limits, &fault);
    free(text);
    return root;
}

static bool says_wanted(const audit_duties_t *self, const duty_t *duty, const deed_t *by)
{
    value_t *root = said_by(self, by);
    bool met = by->erased || wanted_met(&duty->met_when, root);
    value_free(&root);
    return met;
}

// Whether it attests that this duty's notice was given otherwise, when the duty says so.
static bool attests(const audit_duties_t *self, const duty_t *duty, const deed_t *by)
{
    document_t document = {0};
    int64_t told_ms;
    if (by->erased)
        return duty->told;
    memcpy(document.from, duty->debtor, sizeof document.from);
    memcpy(document.kind, duty->attested_by, sizeof document.kind);
    document.root = said_by(self, by);
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
        return attests(self, duty, by) ||
               cause_set(why, "the duty is met by what does not attest it") == 0;
    return says_wanted(self, duty, by) ||
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
           (reported && is_about(duty, by) && !says_wanted(self, duty, by)) ||
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
    deed_t deed = deed_at(self, position);
    if (strcmp(within(&deed), duty->exercise) != 0)
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
    deed = deed_at(self, position);
    return check_cause(self, duty, &deed, before, why);
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

// Where the duty of this id is put aside; one that was not there is from now on.
static uint64_t course_of(audit_duties_t *self, const char *id, course_t *course)
{
    hash_t hash;
    uint64_t at;
    sha256(span_text(id), &hash);
    if (marks_get(self->ids, &hash, &at)) {
        spill_read(self->courses, at, course, sizeof *course);
        return at;
    }
    *course = (course_t){.due_ms = MOMENT_NEVER, .state = DUTY_OPEN};
    at = spill_add(self->courses, course, sizeof *course);
    marks_put(self->ids, &hash, at);
    return at;
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
           deed_at(self, position).supersedes;
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
    course_t course;
    uint64_t at = course_of(self, duty->id, &course);
    if (check_times(duty, leaf, &course, why) != 0 ||
        check_handed(duty, leaf, &course, why) != 0 ||
        check_messages(self, duty, &course, why) != 0 ||
        check_course(self, duty, &course, why) != 0)
        return -1;
    spill_write(self->courses, at, &course, sizeof course);
    return 0;
}

uint64_t audit_duties_count(const audit_duties_t *self)
{
    return marks_count(self->ids);
}
