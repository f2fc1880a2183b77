// membership - each node that a rule's `joins` or `leaves` finds in the message is held
// against who belongs to the set, by log and draft.

#include "hub/decide/membership.h"

#include "hub/state/withdrawal.h"

#include <stdio.h>
#include <string.h>

// One node that one key of a rule names.
typedef struct {
    evaluation_t *evaluation;
    const rule_t *rule;
    const enrolment_t *enrolment;
    reference_t set;
    reference_t own; // what the message began as
    char pointer[POINTER_MAX + 8];
} enrol_t;

#define refuse_member(enrol, code, ...)                                                  \
    refuse(&(enrol)->evaluation->decision->refusal, code, (enrol)->pointer,              \
        (enrol)->rule->id, __VA_ARGS__)

// The line of this record about this node and set, or NULL.
static const route_t *line_about(
    const routing_t *routing, const reference_t *set, const char *node)
{
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type != ROUTE_JOINS && route->type != ROUTE_LEAVES)
            continue;
        reference_t about = members_set(route);
        if (reference_same(&about, set) && strcmp(route->node, node) == 0)
            return route;
    }
    return NULL;
}

static void add_line(
    routing_t *routing, route_type_t type, const reference_t *set, const char *node)
{
    route_t route = {.type = type, .tell = TELL_NONE};
    memcpy(route.author, set->author, sizeof route.author);
    memcpy(route.id, set->id, sizeof route.id);
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    routing_add(routing, &route);
}

static bool belongs(const enrol_t *enrol, const char *node)
{
    return history_belongs(enrol->evaluation->history, &enrol->set, node);
}

// What a correction says again was looked at before.
static bool repeats(const enrol_t *enrol, const char *node)
{
    return history_enrolled(enrol->evaluation->history, &enrol->set, node, &enrol->own);
}

static int join(const enrol_t *enrol, const char *node)
{
    evaluation_t *evaluation = enrol->evaluation;
    if (!roster_member(evaluation->law->roster, node))
        return refuse_member(
            enrol, "member.unknown", "'%s' is not a node of this system", node);
    if (belongs(enrol, node) && !repeats(enrol, node))
        evaluation_remark(evaluation, "member.already");
    add_line(&evaluation->decision->routing, ROUTE_JOINS, &enrol->set, node);
    return 0;
}

static int leave(const enrol_t *enrol, const char *node)
{
    if (!belongs(enrol, node) && !repeats(enrol, node))
        return refuse_member(enrol, "member.absent",
            "'%s' does not belong to it and cannot leave it", node);
    add_line(&enrol->evaluation->decision->routing, ROUTE_LEAVES, &enrol->set, node);
    return 0;
}

static int enrol_node(const enrol_t *enrol, const char *node)
{
    const routing_t *routing = &enrol->evaluation->decision->routing;
    const route_t *line = line_about(routing, &enrol->set, node);
    if (!line)
        return enrol->enrolment->leaves ? leave(enrol, node) : join(enrol, node);
    if ((line->type == ROUTE_LEAVES) == enrol->enrolment->leaves)
        return 0;
    return refuse_member(
        enrol, "member.both", "'%s' cannot join and leave by one message", node);
}

static int find_set(enrol_t *enrol)
{
    evaluation_t *evaluation = enrol->evaluation;
    const precedents_t *log = evaluation->recipients.log;
    withdrawal_first(log, evaluation->document, &enrol->own);
    if (enrol->enrolment->of == REFERS) {
        enrol->set = enrol->own;
        return 0;
    }
    const reference_t *named = reference_of(evaluation->document, enrol->enrolment->of);
    (void)snprintf(
        enrol->pointer, sizeof enrol->pointer, "/%s", enrolment_of(enrol->enrolment));
    if (!named->author[0])
        return refuse_member(enrol, "precondition.unmet",
            "%s must name the message that began what is joined or left",
            enrolment_of(enrol->enrolment));
    log->first(log->context, named, &enrol->set);
    return 0;
}

static int enrol_all(enrol_t *enrol)
{
    const char *pointer = enrol->enrolment->pointer;
    const value_t *nodes = value_at(enrol->evaluation->document->root, pointer);
    size_t i = 0;
    if (value_is(nodes, VALUE_STRING)) {
        (void)snprintf(enrol->pointer, sizeof enrol->pointer, "%s", pointer);
        return enrol_node(enrol, value_text(nodes));
    }
    value_each(one, nodes)
    {
        const char *node = value_text(one);
        (void)snprintf(enrol->pointer, sizeof enrol->pointer, "%s/%zu", pointer, i++);
        if (node && enrol_node(enrol, node) != 0)
            return -1;
    }
    return 0;
}

int membership_apply(evaluation_t *evaluation, const rule_t *rule)
{
    for (size_t i = 0; i < rule->enrolments; i++) {
        enrol_t enrol = {
            .evaluation = evaluation, .rule = rule, .enrolment = &rule->enrolment[i]};
        if (find_set(&enrol) != 0 || enrol_all(&enrol) != 0)
            return -1;
    }
    return 0;
}

bool membership_begins(
    const evaluation_t *evaluation, const reference_t *first, const char *node)
{
    const route_t *line = line_about(&evaluation->decision->routing, first, node);
    return line && line->type == ROUTE_JOINS &&
           !history_belongs(evaluation->history, first, node);
}
