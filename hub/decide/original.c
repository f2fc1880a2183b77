// original - the document of the original is read from the log and put to the rules in
// force, as if it were sent now: what they require of it is required of the message that
// corrects it or takes it back.  So nobody gets around a condition by sending something
// harmless first.

#include "hub/decide/original.h"

#include "hub/decide/delegating.h"

#include <string.h>

// A rule that applied to the original.  It wants as many officers again, in the offices
// that the original names: a correction cannot name others in their place.  And if it
// asked anything else, the message must satisfy the rule's conditions, too: else a
// correction could turn the original into something that the rule is not about.
static int check_kept(
    const evaluation_t *evaluation, const rule_t *rule, const value_t *original)
{
    const document_t *document = evaluation->document;
    bool asks = false;
    for (size_t i = 0; i < rule->requires; i++) {
        const require_t *require = &rule->require[i];
        if (require->type != REQUIRE_SEALS)
            asks = true;
        else if (require_seals(require, evaluation->recipients.log, document, original,
                     rule->id, rule->cites, &evaluation->decision->refusal) != 0)
            return -1;
        else
            delegating_note(evaluation, &require->seals, original);
    }
    if (!asks || rule_tests(rule, "/supersedes") || rule_tests(rule, "/cancels"))
        return 0;
    for (size_t i = 0; i < rule->conditions; i++)
        if (!condition_holds(&rule->condition[i], document->root))
            return refuse(&evaluation->decision->refusal, "withdrawal.nature",
                rule->condition[i].pointer, rule->id,
                "the original was a %s of which paragraph %s asks something; what %s it "
                "must be one, too",
                document->kind, rule->cites,
                document->cancels.author[0] ? "takes back" : "corrects");
    return 0;
}

int original_check(const evaluation_t *evaluation)
{
    const precedents_t *log = evaluation->recipients.log;
    const rule_t *rule;
    int result = 0;
    value_t *root = log->document(log->context, &evaluation->original);
    rules_walk_t walk = rules_walk(evaluation->law->rules, evaluation->document->kind,
        evaluation->author->role, root);
    while (root && result == 0 && (rule = rules_next(&walk)) != NULL)
        result = check_kept(evaluation, rule, root);
    value_free(&root);
    return result;
}

// Whom the author was not told of then, it is not told of now; but of those who were
// brought in since.  Who had it only by having asked to read along, has the correction as
// a reader, too: a line that delivers it would make a party.
static void add_holder(
    evaluation_t *evaluation, const char *node, const routing_t *original)
{
    routing_t *routing = &evaluation->decision->routing;
    const member_t *member = roster_member(evaluation->law->roster, node);
    const route_t *before = routing_find(original, node);
    bool reads = !before && !recipients_party(&evaluation->recipients, NULL,
                                &evaluation->original, node);
    bool brought = !before && recipients_sent(evaluation->recipients.log,
                                  &evaluation->original, original, node);
    route_t route = {.type = before  ? before->type
                             : reads ? ROUTE_BY_SUBSCRIPTION
                                     : ROUTE_DELIVER,
        .tell = before    ? before->tell
                : brought ? TELL_SENDER
                          : TELL_NONE,
        .rule = "original.receivers",
        .cites = "default"};
    if (!member || !audience_may_receive(evaluation->author, member) ||
        routing_find(routing, node))
        return;
    memcpy(route.node, member->id, sizeof route.node);
    routing_add(routing, &route);
}

void original_add_holders(evaluation_t *evaluation)
{
    const leaf_t *original = &evaluation->original;
    routing_t routing = {0};
    recipients_walk_t walk;
    const char *node;
    if (recipients_record(&evaluation->recipients, original, &routing) != 0)
        return;
    recipients_begin(&walk, &evaluation->recipients, original, NULL);
    while ((node = recipients_next(&walk)) != NULL)
        add_holder(evaluation, node, &routing);
    recipients_end(&walk);
    routing_close(&routing);
}
