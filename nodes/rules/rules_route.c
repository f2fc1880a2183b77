// rules_route - a line is one of a few sorts; what is of none is shown by its word.

#include "nodes/rules/rules_route.h"

#include "lib/base/bytes.h"
#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"
#include "nodes/rules/rules_words.h"

#include <stdio.h>
#include <string.h>

const rule_t *rules_route_rule(const char *id, const rules_t *rules)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (strcmp(rules_at(rules, i)->id, id) == 0)
            return rules_at(rules, i);
    return NULL;
}

static void print_delegation(const route_t *route)
{
    const char *territory = strcmp(route->kind, "-") == 0 ? "" : route->kind;
    printf(say("%1$s acts as %2$s"), route->node, route->code);
    printf("%s%s, ", territory[0] ? " " : "", territory);
    screen_time_ms(stdout, route->from_ms);
    fputs(" - ", stdout);
    screen_time_ms(stdout, route->until_ms);
}

// Who was told, and who was not.
static bool print_telling(const route_t *route)
{
    switch (route->type) {
    case ROUTE_DELIVER:
        printf(say("told %s"), route->node);
        return true;
    case ROUTE_BY_SUBSCRIPTION:
        printf(say("told %s, by subscription"), route->node);
        return true;
    case ROUTE_SUBSCRIBERS:
        printf(say("told by subscription, which the author does not know of: %llu"),
            (unsigned long long)route->size);
        return true;
    case ROUTE_WITHHOLD:
        printf(say("not told %s"), route->node);
        printf(": %s (%s)", route->code, words_refusal_title(route->code));
        return true;
    case ROUTE_UNREACHED:
        printf(say("not reached: %s"), route->node);
        return true;
    case ROUTE_ABSENT:
        printf("%s %s", say("NOBODY HAS THIS ROLE:"), route->node);
        return true;
    default:
        return false;
    }
}

// Older messages that came with it, or did not.
static bool print_carrying(const route_t *route)
{
    switch (route->type) {
    case ROUTE_CARRIES:
        printf(say("with it %s had %s %s"), route->node, route->author, route->id);
        return true;
    case ROUTE_OMITS:
        printf(strcmp(route->code, "backfill.depth") == 0
                   ? say("%s had no look at %llu older entries")
                   : say("%s had %llu older messages less"),
            route->node, (unsigned long long)route->size);
        printf(": %s (%s)", route->code, words_refusal_title(route->code));
        return true;
    default:
        return false;
    }
}

static bool print_feeds(const route_t *route)
{
    switch (route->type) {
    case ROUTE_FEED:
        printf(say("feed %s"), route->feed);
        printf(", %s: ", route->node);
        printf(say("number %llu"), (unsigned long long)route->size);
        return true;
    case ROUTE_SUBSCRIBES:
        printf(say("subscribes to %s"), route->feed);
        printf(": %s %s", feed_field_name(route->field), route->node);
        return true;
    case ROUTE_UNSUBSCRIBES:
        printf(say("ends the feed %s"), route->feed);
        return true;
    default:
        return false;
    }
}

// Who stands for whom, who takes part.
static bool print_people(const route_t *route)
{
    const bool everywhere = strcmp(route->kind, "-") == 0;
    switch (route->type) {
    case ROUTE_DELEGATES:
        print_delegation(route);
        return true;
    case ROUTE_ACTS:
        printf(say("%1$s acts as %2$s"), route->node, route->code);
        printf("%s%s (%s %s)", everywhere ? "" : " ", everywhere ? "" : route->kind,
            route->author, route->id);
        return true;
    case ROUTE_EXERCISE:
        printf(say("exercise: %s %s"), exercise_act_name(route->act), route->node);
        return true;
    case ROUTE_JOINS:
    case ROUTE_LEAVES:
        printf("%s: %s (%s %s)", route_type_name(route->type), route->node, route->author,
            route->id);
        return true;
    default:
        return false;
    }
}

// What the message itself is and names.
static void print_message(const route_t *route)
{
    char digest[HASH_HEX];
    switch (route->type) {
    case ROUTE_LEVEL:
        printf(say("level %llu"), (unsigned long long)route->size);
        break;
    case ROUTE_EMIT:
        printf(say("the hub made %s"), route->kind);
        printf(" %s", route->id);
        break;
    case ROUTE_REMARK:
        printf("%s %s: %s", say("note:"), route->code, words_refusal(route->code));
        break;
    case ROUTE_REFER:
        printf("%s: %s %s", refer_name(route->refer), route->node, route->id);
        break;
    case ROUTE_ATTACHMENT:
        hex_encode(route->digest.bytes, sizeof route->digest.bytes, digest);
        printf(
            say("attachment: %s, %llu bytes"), digest, (unsigned long long)route->size);
        break;
    case ROUTE_CAUSE:
        printf(say("cause: %s %s"), route->node, route->id);
        break;
    case ROUTE_EXPIRES:
        printf(say("expires: %s"), route->code);
        break;
    default:
        fputs(route_type_name(route->type), stdout);
        break;
    }
}

void rules_print_route(const route_t *route, const rules_t *rules)
{
    if (!print_telling(route) && !print_carrying(route) && !print_feeds(route) &&
        !print_people(route))
        print_message(route);
    if (!route->rule[0]) {
        putchar('\n');
        return;
    }
    const rule_t *rule = rules_route_rule(route->rule, rules);
    printf("  (%s %s, ", say("rule"), route->rule);
    mail_print_cites(route->cites, stdout);
    puts(")");
    if (rule)
        rules_print_rule(rule, 4, stdout);
}
