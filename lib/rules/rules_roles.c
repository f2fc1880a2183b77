#include "lib/rules/rules_roles.h"

#include "lib/rules/citation.h"

#include <stdio.h>
#include <string.h>

static bool names(const target_t *target, const char *role)
{
    return target->type == TARGET_ROLE && strcmp(target->role, role) == 0;
}

static bool needs(const rule_t *rule, const char *role)
{
    for (size_t i = 0; i < rule->targets; i++)
        if (names(&rule->target[i], role))
            return true;
    for (size_t i = 0; i < rule->obliges; i++) {
        const oblige_t *oblige = &rule->oblige[i];
        if (names(&oblige->debtor, role) ||
            (oblige->has_towards && names(&oblige->towards, role)))
            return true;
    }
    return false;
}

// Each text once; one that finds no room is left out.
static void add_cites(need_t *need, const char *cites)
{
    size_t used = strlen(need->cites), size = strlen(cites);
    for (const char *at = need->cites; (at = strstr(at, cites)) != NULL; at += size)
        if ((at == need->cites || at[-1] == ' ') && (at[size] == 0 || at[size] == ';'))
            return;
    if (used + size + 3 > sizeof need->cites)
        return;
    (void)snprintf(
        need->cites + used, sizeof need->cites - used, "%s%s", used ? "; " : "", cites);
}

void need_add(need_t *self, const char *cites)
{
    bool by_law = !citation_by_default(cites);
    if (by_law && !self->by_law)
        self->cites[0] = 0; // what the law says counts for more than our defaults
    self->by_law |= by_law;
    if (by_law || !self->by_law)
        add_cites(self, cites);
}

size_t rules_need(const rules_t *rules, const char *role, need_t *need)
{
    size_t n = 0;
    *need = (need_t){0};
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (!needs(rule, role))
            continue;
        need->role = role;
        n++;
        need_add(need, rule->cites);
    }
    return n;
}
