// daemon_duties - what this node owes by an answer of its own, asked of the hub: at the
// beginning of a session, when something came or was taken, every minute, and when a
// person wants to know now.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"

#include <string.h>

enum { DUTIES_SOON_MS = 200, DUTIES_AGAIN_MS = 1000, DUTIES_EACH_MS = 60 * 1000 };

void daemon_duties_soon(daemon_t *self)
{
    // Never more than one question a second, however much comes.
    int64_t at_ms = moment_after(self->now.monotonic_ms, DUTIES_SOON_MS);
    if (at_ms < self->duties_not_before_ms)
        at_ms = self->duties_not_before_ms;
    moment_sooner(&self->duties_at_ms, at_ms);
}

// Whether messages of this kind may bring a duty, or end one, by the law as it was known
// last; one that changed meanwhile is looked at within a minute.
static bool concerns_duties(const daemon_t *self, const char *kind)
{
    const rules_t *rules = self->law.rules;
    for (size_t i = 0; rules && i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        for (size_t k = 0; k < rule->obliges; k++)
            if (strcmp(rule->kind, kind) == 0 ||
                strcmp(rule->oblige[k].kind, kind) == 0 ||
                strcmp(rule->oblige[k].attested_by, kind) == 0)
                return true;
    }
    return !rules;
}

void daemon_duties_of(daemon_t *self, const char *kind)
{
    if (concerns_duties(self, kind))
        daemon_duties_soon(self);
}

static int ask(daemon_t *self, uint32_t number)
{
    cause_t ignored;
    self->duties_not_before_ms = moment_after(self->now.monotonic_ms, DUTIES_AGAIN_MS);
    self->duties_at_ms = moment_after(self->now.monotonic_ms, DUTIES_EACH_MS);
    if (link_query(
            self->link, number, "duties", span_text("{\"mine\":true}"), &ignored) == 0)
        return 0;
    self->duties_at_ms = MOMENT_NEVER; // until there is a session
    return -1;
}

void daemon_duties_turn(daemon_t *self)
{
    if (moment_due(self->duties_at_ms, self->now.monotonic_ms))
        (void)ask(self, DAEMON_ASKS_DUTIES);
}

int daemon_duties_now(daemon_t *self)
{
    return ask(self, DAEMON_ASKS_DUTIES_NOW);
}

static void say_begun(void *context, const waiting_item_t *item)
{
    (void)context;
    log_line(LOG_INFO, "needs.answer", "message=%s what=\"%s\"", item->name, item->text);
}

void daemon_duties_answered(daemon_t *self, span_t answer)
{
    cause_t why;
    if (memmem(answer.data, answer.size, "\"retry\":true", 12)) {
        self->duties_at_ms = self->duties_not_before_ms;
        return;
    }
    if (waiting_take(self->waiting, answer, say_begun, self, &why) != 0)
        log_line(LOG_WARNING, "duties.kept",
            "reason=\"%s\" action=\"what was known of duties stays\"", why.text);
}
