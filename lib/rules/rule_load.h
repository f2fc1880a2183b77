// rule_load - what rule.c, require_read.c, agreement.c and oblige.c share while they read
// one group of a rules file.  Nobody else includes this.

#ifndef LIB_RULES_RULE_LOAD_H
#define LIB_RULES_RULE_LOAD_H

#include "lib/config/settings.h"

// What is being read, so that complaints can say where.
typedef struct {
    const settings_t *file;
    const config_setting_t *group;
    cause_t *why;
} load_t;

#define member_of(load, key) config_setting_get_member((load)->group, key)
// Always -1.
#define complain(load, at, ...) settings_fail(at, (load)->file, (load)->why, __VA_ARGS__)

// In rule.c.  How many groups the list at `key` has, 1 to `most`; 0: there is no such
// key; -1: it is no such list.  `example` is one of its groups, `what` names many of
// them.
int load_list(
    const load_t *self, const char *key, const char *example, int most, const char *what);

#endif
