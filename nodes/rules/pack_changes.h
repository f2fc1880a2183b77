// pack_changes - which acts new rules bring, take out or carry out in another edition.

#ifndef NODES_RULES_PACK_CHANGES_H
#define NODES_RULES_PACK_CHANGES_H

#include "lib/rules/rules.h"

// To standard output, a line or a JSON object each.  How many there are.
size_t pack_changes_print(const rules_t *before, const rules_t *after, bool json);

#endif
