// rules_route - what a line of a record says, for people, with the rule that it rests on.

#ifndef NODES_RULES_RULES_ROUTE_H
#define NODES_RULES_RULES_ROUTE_H

#include "lib/message/routing.h"
#include "lib/rules/rules.h"

// The rule of this name; NULL: these rules have none.
const rule_t *rules_route_rule(const char *id, const rules_t *rules);
// On standard output, the rule of `rules` below it, if they have it.
void rules_print_route(const route_t *route, const rules_t *rules);

#endif
