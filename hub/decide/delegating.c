// delegating - that the one who delegates holds the office is the rule's `seals`; what is
// looked at here is to whom, and for how long.

#include "hub/decide/delegating.h"

#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>

static const char *text_at(const evaluation_t *evaluation, const char *pointer)
{
    const char *text = value_text(value_at(evaluation->document->root, pointer));
    return text ? text : "";
}

#define refused(evaluation, rule, code, pointer, ...)                                    \
    refuse(&(evaluation)->decision->refusal, code, pointer, (rule)->id, __VA_ARGS__)

// To a person: an officer of the node, who does not hold the office anyway.
static int check_person(evaluation_t *evaluation, const rule_t *rule)
{
    const delegates_t *delegates = &rule->delegates;
    const char *node = evaluation->author->id;
    const char *person = text_at(evaluation, delegates->person);
    const char *office = text_at(evaluation, delegates->office);
    const cert_t *cert;
    bool known = false;
    for (size_t i = 0; (cert = roster_seal_of(evaluation->law->roster, person, i,
                            evaluation->entry_ms)) != NULL;
         i++) {
        if (strcmp(cert->role, "officer") != 0 || strcmp(cert->node, node) != 0)
            continue;
        known = true;
        if (strcmp(cert->office, office) == 0 &&
            strcmp(cert->territory, text_at(evaluation, delegates->territory)) == 0)
            return refused(evaluation, rule, "delegation.self", delegates->person,
                "%s is the %s of %s, and does not act in that office", person, office,
                node);
    }
    return known
               ? 0
               : refused(evaluation, rule, "delegation.person", delegates->person,
                     "%s has no officer '%s' with a certificate in force", node, person);
}

// A moment that the record can name: an offset may put one behind the year 9999.
static bool is_moment(const char *text, int64_t *moment_ms)
{
    char printed[TIME_TEXT];
    int64_t again;
    if (!time_parse(span_text(text), moment_ms))
        return false;
    time_print(*moment_ms, printed);
    return time_parse(span_text(printed), &again) && again == *moment_ms;
}

static int take_moment(
    evaluation_t *evaluation, const rule_t *rule, const char *pointer, int64_t *moment_ms)
{
    return is_moment(text_at(evaluation, pointer), moment_ms)
               ? 0
               : refused(evaluation, rule, "delegation.time", pointer,
                     "%s must be a moment", pointer);
}

static int take_times(evaluation_t *evaluation, const rule_t *rule, route_t *route)
{
    const delegates_t *delegates = &rule->delegates;
    if (take_moment(evaluation, rule, delegates->from, &route->from_ms) != 0 ||
        take_moment(evaluation, rule, delegates->until, &route->until_ms) != 0)
        return -1;
    if (route->until_ms <= route->from_ms)
        return refused(evaluation, rule, "delegation.time", delegates->until,
            "it ends before it begins");
    if (route->until_ms <= evaluation->entry_ms)
        return refused(evaluation, rule, "delegation.time", delegates->until,
            "it has ended already");
    // Nobody has acted before it was said.
    if (route->from_ms < evaluation->entry_ms)
        route->from_ms = evaluation->entry_ms;
    return 0;
}

int delegating_apply(evaluation_t *evaluation, const rule_t *rule)
{
    const delegates_t *delegates = &rule->delegates;
    if (delegates->line == 0)
        return 0;
    route_t route = {.type = ROUTE_DELEGATES, .tell = TELL_NONE};
    if (check_person(evaluation, rule) != 0 || take_times(evaluation, rule, &route) != 0)
        return -1;
    const char *territory = text_at(evaluation, delegates->territory);
    (void)snprintf(
        route.node, sizeof route.node, "%s", text_at(evaluation, delegates->person));
    (void)snprintf(
        route.code, sizeof route.code, "%s", text_at(evaluation, delegates->office));
    (void)snprintf(route.kind, sizeof route.kind, "%s", territory[0] ? territory : "-");
    routing_add(&evaluation->decision->routing, &route);
    return 0;
}

// Who sealed for somebody in office is in the record, whichever rules ask for it.
static void note_acting(const evaluation_t *evaluation, const acting_seal_t *acting)
{
    routing_t *routing = &evaluation->decision->routing;
    route_t route = {.type = ROUTE_ACTS, .tell = TELL_SENDER};
    memcpy(route.node, acting->officer->name, sizeof route.node);
    memcpy(route.code, acting->office, sizeof acting->office);
    memcpy(route.author, acting->by.author, sizeof route.author);
    memcpy(route.id, acting->by.id, sizeof route.id);
    (void)snprintf(route.kind, sizeof route.kind, "%s",
        acting->territory[0] ? acting->territory : "-");
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_ACTS &&
            strcmp(routing->route[i].node, route.node) == 0 &&
            strcmp(routing->route[i].code, route.code) == 0)
            return;
    routing_add(routing, &route);
}

void delegating_note(
    const evaluation_t *evaluation, const seals_t *seals, const value_t *root)
{
    const precedents_t *log = evaluation->recipients.log;
    acting_seal_t acting[SEALS_WANTED_MAX];
    sealers_t sealers = {0};
    if (!log->sealers(log->context, &sealers))
        return;
    size_t n = seals_acting(seals, &sealers, root, acting);
    for (size_t i = 0; i < n; i++)
        note_acting(evaluation, &acting[i]);
}
