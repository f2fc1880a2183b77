// rules_roles - the roles that a law needs somebody of, and the paragraphs by which.

#ifndef LIB_RULES_RULES_ROLES_H
#define LIB_RULES_RULES_ROLES_H

#include "lib/rules/rules.h"

enum { NEED_CITES_MAX = 256 };

// Somebody must have the role, to receive, to owe a duty or to be owed one.
typedef struct {
    const char *role;           // NULL: there is no such rule
    bool by_law;                // a rule that is no default needs it
    char cites[NEED_CITES_MAX]; // of those rules; of defaults where there are only these
} need_t;

// One more rule that needs it.
void need_add(need_t *self, const char *cites);
// By how many rules it is needed, and what they cite.
size_t rules_need(const rules_t *rules, const char *role, need_t *need);

#endif
