// rules_warn - what is not wrong with rules, and yet may leave somebody untold: that is
// said when they are loaded, and for as long as they are in force.

#ifndef LIB_LAWCHECK_RULES_WARN_H
#define LIB_LAWCHECK_RULES_WARN_H

#include "lib/pki/roster.h"
#include "lib/rules/rules.h"

typedef struct {
    size_t n;
    char **text;
} warnings_t;

// - Paragraph 14: an incident of level 3, 4 or 5 of which the national security agencies
//   are not told, by a rule that a marking does not stop.
// - Duties, and no rule by which the hub may remind of them.
// - Roles that the rules address, and nobody has: not asked when `has_role` is NULL.
void rules_warn(const rules_t *rules,
    bool (*has_role)(const void *context, const char *role), const void *context,
    warnings_t *warnings);
void warnings_add(warnings_t *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void warnings_close(warnings_t *self);
// As rules_warn asks.
bool roster_has_role(const void *roster, const char *role);

#endif
