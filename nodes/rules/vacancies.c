#include "nodes/rules/vacancies.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_officer(const cert_t *cert)
{
    return strcmp(cert->role, "officer") == 0;
}

static bool has_node(const cert_list_t *roster, const char *name, const char *role)
{
    for (size_t i = 0; i < roster->n; i++) {
        const cert_t *cert = &roster->item[i].cert;
        if (strcmp(cert->role, role) == 0 && (!name || strcmp(cert->name, name) == 0))
            return true;
    }
    return false;
}

// Where the message names the office, whichever an officer has may be that.
static bool would_do(const seal_wanted_t *wanted, const char *office)
{
    bool found = wanted->pointer[0] && office[0];
    for (size_t i = 0; !found && i < wanted->offices; i++)
        found = strcmp(wanted->office[i], office) == 0;
    return found;
}

static bool is_held(
    const seal_wanted_t *wanted, const cert_list_t *roster, const char *role)
{
    for (size_t i = 0; i < roster->n; i++) {
        const cert_t *cert = &roster->item[i].cert;
        if (is_officer(cert) && would_do(wanted, cert->office) &&
            has_node(roster, cert->node, role))
            return true;
    }
    return false;
}

static vacancy_t *vacancy_of(vacancies_t *self, const char *office, const char *role)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->vacancy[i].office, office) == 0 &&
            strcmp(self->vacancy[i].need.role, role) == 0)
            return &self->vacancy[i];
    self->vacancy = memory_grow(self->vacancy, self->n + 1, sizeof *self->vacancy);
    vacancy_t *added = &self->vacancy[self->n++];
    *added = (vacancy_t){.need = {.role = role}};
    (void)snprintf(added->office, sizeof added->office, "%s", office);
    return added;
}

static void add(
    vacancies_t *self, const seal_wanted_t *wanted, const char *role, const char *cites)
{
    buf_t office = {0};
    seal_wanted_print(wanted, &office);
    need_add(&vacancy_of(self, buf_text(&office), role)->need, cites);
    buf_destroy(&office);
}

// What this rule asks of an officer of each role that may send its kind.
static void ask_seals(vacancies_t *self, const rule_t *rule, const seal_wanted_t *wanted,
    const cert_list_t *roster)
{
    for (size_t i = 0; cert_roles[i] != NULL; i++)
        if ((rule->roles & role_bit(cert_roles[i])) &&
            has_node(roster, NULL, cert_roles[i]) &&
            !is_held(wanted, roster, cert_roles[i]))
            add(self, wanted, cert_roles[i], rule->cites);
}

static void ask_rule(vacancies_t *self, const rule_t *rule, const cert_list_t *roster)
{
    for (size_t i = 0; i < rule->requires; i++) {
        const seals_t *seals = &rule->require[i].seals;
        for (size_t k = 0; rule->require[i].type == REQUIRE_SEALS && k < seals->n; k++)
            if (seals->wanted[k].offices > 0 || seals->wanted[k].pointer[0])
                ask_seals(self, rule, &seals->wanted[k], roster);
    }
}

void vacancies_find(vacancies_t *self, const rules_t *rules, const cert_list_t *roster)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (rules_at(rules, i)->delegates.line == 0)
            ask_rule(self, rules_at(rules, i), roster);
}

void vacancies_close(vacancies_t *self)
{
    free(self->vacancy);
    *self = (vacancies_t){0};
}
