// original - the original is read again, as its author sent it: rules of today are asked
// what they would have required of it.

#include "hub/decide/original.h"

#include <string.h>

// By a rule that asked something of the original: as many officers, and that what takes
// its place, or takes it back, is something that the rule is about, too.
static int check_kept(const evaluation_t *evaluation, const rule_t *rule)
{
    const document_t *document = evaluation->document;
    bool asks = false;
    for (size_t i = 0; i < rule->requires; i++) {
        const require_t *require = &rule->require[i];
        if (require->type != REQUIRE_SEALS)
            asks = true;
        else if (require_check(require, evaluation->recipients.log, document, rule->id,
                     rule->cites, &evaluation->decision->refusal) != 0)
            return -1;
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
    size_t i = 0;
    value_t *root = log->document(log->context, &evaluation->original);
    while (root && result == 0 &&
           (rule = rules_next(evaluation->law->rules, &i, evaluation->document->kind,
                evaluation->author->role, root)) != NULL)
        result = check_kept(evaluation, rule);
    value_free(&root);
    return result;
}

// Whom the author was not told of then, it is not told of now.
static void add_holder(
    evaluation_t *evaluation, const char *node, const routing_t *original)
{
    routing_t *routing = &evaluation->decision->routing;
    const member_t *member = roster_member(evaluation->law->roster, node);
    const route_t *before = routing_find(original, node);
    route_t route = {.type = ROUTE_DELIVER,
        .tell = before ? before->tell : TELL_NONE,
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
