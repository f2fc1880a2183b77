// rules_warn - whether paragraph 14 is carried out is tried with an incident of each
// level: does it lead to an alert of the agencies?  Names and citations of rules are not
// looked at, since they may say anything.

#include "lib/lawcheck/rules_warn.h"

#include "lib/base/memory.h"
#include "lib/rules/rules_roles.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALERT_FROM = 3, ALERT_TO = 5 };

static const char agencies[] = "national-security", level[] = "/body/level";

// What brings news of an incident's level.
static const char *const news[] = {"incident.notice", "incident.update"};

void warnings_add(warnings_t *self, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    self->text = memory_grow(self->text, self->n + 1, sizeof *self->text);
    self->text[self->n++] = memory_text(text);
}

// Whether the rule applies at this level, whatever else the message says.
static bool applies_at(const rule_t *rule, uint32_t role, int64_t at)
{
    const value_t value = {.type = VALUE_INTEGER, .as.integer = at};
    if ((rule->roles & role) == 0)
        return false;
    for (size_t i = 0; i < rule->conditions; i++)
        if (strcmp(rule->condition[i].pointer, level) != 0 ||
            !condition_meets(&rule->condition[i], &value))
            return false;
    return true;
}

static bool delivers(const rule_t *rule)
{
    for (size_t i = 0; rule->passes_marking && i < rule->targets; i++)
        if (rule->target[i].type == TARGET_ROLE &&
            strcmp(rule->target[i].role, agencies) == 0)
            return true;
    return false;
}

// Whether the agencies are told of such a message, or of what is derived from it; as deep
// as kinds follow, which rules bound.
static bool told(const rules_t *rules, const char *kind, uint32_t role, int64_t at)
{
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (strcmp(rule->kind, kind) != 0 || !applies_at(rule, role, at))
            continue;
        if (delivers(rule))
            return true;
        for (size_t e = 0; e < rule->emits; e++)
            if (told(rules, rule->emit[e].kind, role_bit("hub"), at))
                return true;
    }
    return false;
}

static void add_word(char *list, size_t room, const char *word)
{
    size_t used = strlen(list);
    (void)snprintf(list + used, room - used, "%s%s", used > 0 ? ", " : "", word);
}

// Senders of this kind of whose message of this level nobody is alerted.
static void find_untold(
    const rules_t *rules, const char *kind, int64_t at, char *list, size_t room)
{
    for (size_t i = 0; cert_roles[i] != NULL; i++)
        if (rules_permit(rules, kind, cert_roles[i]) &&
            !told(rules, kind, role_bit(cert_roles[i]), at))
            add_word(list, room, cert_roles[i]);
}

static void warn_of_alerts(const rules_t *rules, warnings_t *warnings)
{
    for (size_t i = 0; i < sizeof news / sizeof news[0]; i++)
        for (int at = ALERT_FROM; at <= ALERT_TO; at++) {
            char roles[512] = "";
            find_untold(rules, news[i], at, roles, sizeof roles);
            if (roles[0])
                warnings_add(warnings,
                    "paragraph 488:14: by these rules the national security agencies are "
                    "not "
                    "told, whatever its marking, of an %s of level %d from: %s",
                    news[i], at, roles);
        }
    if (!rules_permit(rules, news[0], "isoc") && !rules_permit(rules, news[0], "owner"))
        warnings_add(warnings,
            "paragraphs 488:8 and 488:14: no rule lets an operational centre or an owner "
            "report "
            "an incident (%s)",
            news[0]);
}

static void warn_of_reminders(const rules_t *rules, warnings_t *warnings)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (rules_at(rules, i)->obliges > 0) {
            if (!rules_permit(rules, "service.notice", "hub"))
                warnings_add(warnings,
                    "the rules bring duties, and no rule lets the hub send the "
                    "service.notice that reminds of them");
            return;
        }
}

// --------------------------------------------------------------------------------

static void warn_of_roles(const rules_t *rules,
    bool (*has_role)(const void *context, const char *role), const void *context,
    warnings_t *warnings)
{
    char missing[900] = "";
    need_t need;
    for (size_t i = 0; cert_roles[i] != NULL; i++)
        if (rules_need(rules, cert_roles[i], &need) > 0 &&
            !has_role(context, cert_roles[i])) {
            char word[ROLE_MAX + NEED_CITES_MAX + 4];
            (void)snprintf(word, sizeof word, "%s (%s)", need.role, need.cites);
            add_word(missing, sizeof missing, word);
        }
    if (missing[0])
        warnings_add(warnings,
            "the rules address roles that nobody in the roster has, and what they send "
            "there reaches nobody: %s",
            missing);
}

void rules_warn(const rules_t *rules,
    bool (*has_role)(const void *context, const char *role), const void *context,
    warnings_t *warnings)
{
    *warnings = (warnings_t){0};
    warn_of_alerts(rules, warnings);
    warn_of_reminders(rules, warnings);
    if (has_role != NULL)
        warn_of_roles(rules, has_role, context, warnings);
}

void warnings_close(warnings_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        free(self->text[i]);
    free(self->text);
    *self = (warnings_t){0};
}

bool roster_has_role(const void *roster, const char *role)
{
    return roster_group(roster, role, "").n > 0;
}
