// audit_duties - what messages do to exercises, take back and answer is kept by position;
// of most messages that is nothing, so only the others have a place in `deed`.

#include "nodes/audit_duties.h"

#include "lib/exercises.h"
#include "lib/memory.h"
#include "lib/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What a message does beside being said.
typedef struct {
    uint64_t position;
    exercise_act_t act;
    char exercise[NODE_ID_MAX]; // "": nothing to any
    reference_t cancels;
    char answer[ANSWER_MAX]; // its /body/answer; "": none, or none that a duty could want
} deed_t;

// A duty as its newest entry has it.
typedef struct {
    hash_t of; // its message, name, node and exercise: what never changes
    int64_t due_ms;
    bool settled;
} standing_t;

struct audit_duties {
    const marks_t *messages; // borrowed: author and id -> position
    size_t deeds, deeds_room;
    deed_t *deed; // by increasing position
    exercises_t *exercises;
    marks_t ids; // hash of a duty's id -> index into `standing`
    size_t n, room;
    standing_t *standing;
};

audit_duties_t *audit_duties_new(const marks_t *messages)
{
    audit_duties_t *self = memory_new(1, sizeof *self);
    self->messages = messages;
    self->exercises = exercises_new();
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
    free(self->deed);
    free(self->standing);
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
        if (route->type == ROUTE_DELIVER &&
            !exercises_has(self->exercises, EXERCISE_JOINS, deed->exercise, route->node))
            return cause_set(why,
                "said within the exercise %s, and sent to %s, not in it", deed->exercise,
                route->node);
    }
    return 0;
}

int audit_duties_message(audit_duties_t *self, const leaf_t *leaf,
    const routing_t *routing, const char *answer, cause_t *why)
{
    deed_t deed = {.position = leaf->position};
    const route_t *line = routing_exercise(routing);
    if (line) {
        deed.act = line->act;
        memcpy(deed.exercise, line->node, sizeof deed.exercise);
        exercises_add(self->exercises, line->act, line->node, leaf->author);
    }
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_REFER &&
            routing->route[i].refer == REFER_CANCELS) {
            memcpy(deed.cancels.author, routing->route[i].node, NODE_ID_MAX);
            memcpy(deed.cancels.id, routing->route[i].id, MESSAGE_ID_MAX);
        }
    if (strlen(answer) < sizeof deed.answer)
        (void)snprintf(deed.answer, sizeof deed.answer, "%s", answer);
    if (deed.exercise[0] || deed.cancels.author[0] || deed.answer[0])
        keep_deed(self, &deed);
    return check_receivers(self, &deed, routing, why);
}

static bool find(const audit_duties_t *self, const reference_t *name, uint64_t *position)
{
    hash_t hash;
    marks_pair(name->author, name->id, &hash);
    return marks_get(self->messages, &hash, position);
}

static bool is(const reference_t *a, const reference_t *b)
{
    return a->author[0] && strcmp(a->author, b->author) == 0 && strcmp(a->id, b->id) == 0;
}

static bool closes(const deed_t *by, const char *exercise)
{
    return exercise[0] && by->act == EXERCISE_CLOSES &&
           strcmp(by->exercise, exercise) == 0;
}

static bool wants(const wanted_t *answers, const char *answer)
{
    for (size_t i = 0; i < answers->n; i++)
        if (strcmp(answers->word[i], answer) == 0)
            return true;
    return answers->n == 0;
}

static int check_cause(const duty_t *duty, const deed_t *by, cause_t *why)
{
    bool withdrawn = duty->state == DUTY_WITHDRAWN;
    if (withdrawn && closes(by, duty->exercise))
        return 0;
    if (withdrawn && !is(&by->cancels, &duty->message) &&
        !is(&by->cancels, &duty->latest))
        return cause_set(why, "the duty is withdrawn by what takes nothing of it back");
    if ((duty->state == DUTY_MET || duty->state == DUTY_MET_LATE) &&
        !wants(&duty->answers, by->answer))
        return cause_set(why, "the duty is met by another answer than it asks for");
    if (strcmp(within(by), duty->exercise) != 0)
        return cause_set(
            why, "the duty is changed by a message that is not of its exercise");
    return 0;
}

// Brought and changed by what is of its own exercise, or real as it is.
static int check_messages(const audit_duties_t *self, const duty_t *duty, cause_t *why)
{
    uint64_t position;
    if (!find(self, &duty->message, &position) || position != duty->position)
        return cause_set(why, "the duty's message is not at its position");
    if (strcmp(within(deed_at(self, position)), duty->exercise) != 0)
        return cause_set(why, "the duty and its message are not of the same exercise");
    if (duty->by.author[0] == 0)
        return duty->state == DUTY_WITHDRAWN
                   ? cause_set(why, "the duty is withdrawn by nobody")
                   : 0;
    if (!find(self, &duty->by, &position))
        return cause_set(why, "the duty is changed by a message that there is not");
    return check_cause(duty, deed_at(self, position), why);
}

static int check_times(const duty_t *duty, const leaf_t *leaf, cause_t *why)
{
    bool late = leaf->time_ms > duty->due_ms;
    if (duty->at_ms != leaf->time_ms || strcmp(duty->who, leaf->author) != 0)
        return cause_set(why, "the duty names another node or moment than its leaf");
    if ((duty->state == DUTY_MET && late) || (duty->state == DUTY_MET_LATE && !late) ||
        (duty->state == DUTY_OVERDUE && leaf->time_ms < duty->due_ms) ||
        (duty->state == DUTY_NEAR && (!duty->warns || leaf->time_ms < duty->near_ms)))
        return cause_set(
            why, "the duty cannot be %s at this time", duty_state_name(duty->state));
    return 0;
}

static void hash_constants(const duty_t *duty, hash_t *hash)
{
    buf_t text = {0};
    buf_printf(&text, "%s\n%s\n%s\n%s\n%s", duty->message.author, duty->message.id,
        duty->name, duty->who, duty->exercise);
    sha256(buf_span(&text), hash);
    buf_destroy(&text);
}

static standing_t *standing_of(audit_duties_t *self, const char *id)
{
    hash_t hash;
    uint64_t index = self->n;
    sha256(span_text(id), &hash);
    if (marks_get(&self->ids, &hash, &index))
        return &self->standing[index];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->standing = memory_grow(self->standing, self->room, sizeof *self->standing);
    }
    marks_put(&self->ids, &hash, index);
    self->standing[self->n] = (standing_t){.due_ms = MOMENT_NEVER};
    return &self->standing[self->n++];
}

static int check_course(audit_duties_t *self, const duty_t *duty, cause_t *why)
{
    standing_t now = {.due_ms = duty->due_ms, .settled = duty_settled(duty)};
    standing_t *before = standing_of(self, duty->id);
    hash_constants(duty, &now.of);
    if (before->settled || duty->due_ms > before->due_ms)
        return cause_set(
            why, "a duty that is settled goes on, or has more time than before");
    if (before->due_ms != MOMENT_NEVER && !hash_equal(&before->of, &now.of))
        return cause_set(why, "a duty became another's, or one of another message");
    *before = now;
    return 0;
}

int audit_duties_entry(
    audit_duties_t *self, const leaf_t *leaf, const duty_t *duty, cause_t *why)
{
    if (check_times(duty, leaf, why) != 0 || check_messages(self, duty, why) != 0)
        return -1;
    return check_course(self, duty, why);
}

uint64_t audit_duties_count(const audit_duties_t *self)
{
    return self->n;
}
