// rules_whole - whether all packs together are sound: can the hub send what is emitted,
// does that end, can duties be met, and does no act keep a higher one's messages from
// passing?  What is wrong with one rule was found while it was read.

#include "lib/base/memory.h"
#include "lib/rules/rules_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// Mark all kinds that a message of this kind may lead to by emissions.  Each kind is
// entered once, so the recursion is no deeper than there are kinds.
static void mark_reached(const rules_t *self, const kind_t *kind, bool *reached)
{
    for (size_t i = kind->first; i < kind->end; i++)
        for (size_t e = 0; e < self->rule[i].emits; e++) {
            const kind_t *next = rules_kind(self, self->rule[i].emit[e].kind);
            assert(next != NULL); // check_emission came first
            if (reached[next - self->kind])
                continue;
            reached[next - self->kind] = true;
            mark_reached(self, next, reached);
        }
}

// Of each kind one message follows from another at most, so this bounds a batch.
static int check_number(const rules_t *self, const rule_t *rule, size_t e, cause_t *why)
{
    const kind_t *kind = rules_kind(self, rule->kind);
    bool *reached = memory_new(self->kinds, sizeof *reached);
    size_t n = 0;
    assert(kind != NULL);
    mark_reached(self, kind, reached);
    for (size_t i = 0; i < self->kinds; i++)
        n += reached[i];
    free(reached);
    return n <= EMISSIONS_MAX
               ? 0
               : cause_set(why,
                     "%s:%u: rule '%s': from one '%s' messages of %zu kinds would be "
                     "derived in all, and %d is the most",
                     rule->path, rule->emit[e].line, rule->id, rule->kind, n,
                     EMISSIONS_MAX);
}

// Whatever the roles and tests of the rules on the way: an end must not hang on them.
static bool leads_to(const rules_t *self, const kind_t *from, const kind_t *to)
{
    bool *reached = memory_new(self->kinds, sizeof *reached);
    mark_reached(self, from, reached);
    bool result = from == to || reached[to - self->kind];
    free(reached);
    return result;
}

static int check_emission(const rules_t *self, const rule_t *rule, size_t e, cause_t *why)
{
    const kind_t *kind = rules_kind(self, rule->emit[e].kind);
    if (kind == NULL || (kind->roles & role_bit("hub")) == 0)
        return cause_set(why,
            "%s:%u: rule '%s' emits '%s', which no rule lets the hub send", rule->path,
            rule->emit[e].line, rule->id, rule->emit[e].kind);
    return 0;
}

static int check_end(const rules_t *self, const rule_t *rule, size_t e, cause_t *why)
{
    const kind_t *to = rules_kind(self, rule->kind),
                 *from = rules_kind(self, rule->emit[e].kind);
    assert(to != NULL && from != NULL); // check_emission came first
    if (leads_to(self, from, to))
        return cause_set(why, "%s:%u: rule '%s' emits '%s', which leads back to '%s'",
            rule->path, rule->emit[e].line, rule->id, rule->emit[e].kind, rule->kind);
    return 0;
}

// A kind that nobody may send would be a precondition that nothing meets, or an end that
// never comes.
static int check_looked_at(
    const rules_t *self, const rule_t *rule, const require_t *require, cause_t *why)
{
    const char *name;
    for (size_t i = 0; (name = require_kind(require, i)) != NULL; i++) {
        const kind_t *kind = rules_kind(self, name);
        if (kind == NULL || kind->roles == 0)
            return cause_set(why,
                "%s:%u: rule '%s' requires a look at '%s', which no rule lets anybody "
                "send",
                rule->path, require->line, rule->id, name);
        if (require->by == BY_ROLE && !(kind->roles & role_bit(require->role)))
            return cause_set(why,
                "%s:%u: rule '%s' looks for '%s' by %s, whom no rule lets send it",
                rule->path, require->line, rule->id, name, require->role);
    }
    return 0;
}

static int check_requires(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t r = 0; r < self->rule[i].requires; r++)
            if (check_looked_at(self, &self->rule[i], &self->rule[i].require[r], why) !=
                0)
                return -1;
    return 0;
}

static int check_carried(const rules_t *self, const rule_t *rule, cause_t *why)
{
    for (size_t k = 0; k < rule->carries.kinds; k++) {
        const kind_t *kind = rules_kind(self, rule->carries.kind[k]);
        if (kind == NULL || kind->roles == 0)
            return cause_set(why,
                "%s:%u: rule '%s' carries '%s', which no rule lets anybody send",
                rule->path, rule->carries.line, rule->id, rule->carries.kind[k]);
    }
    return 0;
}

static int check_carries(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        if (check_carried(self, &self->rule[i], why) != 0)
            return -1;
    return 0;
}

// What meets a duty must be something that those who have the duty may send.
static int check_duty(const rules_t *self, const rule_t *rule, size_t o, cause_t *why)
{
    const oblige_t *oblige = &rule->oblige[o];
    bool attested = oblige->attested_by[0] != 0;
    const char *met_by = attested ? oblige->attested_by : oblige->kind;
    const kind_t *kind = rules_kind(self, met_by);
    bool role = oblige->debtor.role[0] != 0;
    uint32_t debtor = role ? role_bit(oblige->debtor.role) : UINT32_MAX;
    if ((oblige->met_by != MET_BY_KIND && !attested) ||
        (kind != NULL && (kind->roles & debtor) != 0))
        return 0;
    return cause_set(why,
        "%s:%u: duty '%s' of rule '%s' is met by '%s', which no rule lets %s send",
        rule->path, oblige->line, oblige->duty, rule->id, met_by,
        role ? oblige->debtor.role : "anybody");
}

static int check_duties(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t o = 0; o < self->rule[i].obliges; o++)
            if (check_duty(self, &self->rule[i], o, why) != 0)
                return -1;
    return 0;
}

// A feed of what nobody may send would be empty for ever.
static int check_offers(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++) {
        const rule_t *rule = &self->rule[i];
        const kind_t *kind = rules_kind(self, rule->kind);
        assert(kind != NULL);
        if (rule->subscribers != 0 && (kind->roles & rule->roles) == 0)
            return cause_set(why,
                "%s:%u: rule '%s' offers '%s', which no rule lets any of its roles send",
                rule->path, rule->line, rule->id, rule->kind);
    }
    return 0;
}

static int each_emission(const rules_t *self,
    int (*check)(const rules_t *, const rule_t *, size_t, cause_t *), cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t e = 0; e < self->rule[i].emits; e++)
            if (check(self, &self->rule[i], e, why) != 0)
                return -1;
    return 0;
}

// Of all packs the highest that lets anybody send the kind; NULL when none does.
static const pack_t *pack_of_kind(const rules_t *self, const char *kind)
{
    const kind_t *found = rules_kind(self, kind);
    const pack_t *highest = NULL;
    for (size_t i = found->first; i < found->end; i++) {
        const pack_t *pack = self->rule[i].pack;
        if (rule_allows(&self->rule[i]) && (!highest || pack->act < highest->act))
            highest = pack;
    }
    return highest;
}

static int meddles(const rule_t *rule, unsigned line, const pack_t *higher,
    const char *what, cause_t *why)
{
    return cause_set(why,
        "%s:%u: rule '%s' of %s %s '%s', which is a kind of %s: a lower act may add to "
        "it, and must not have it refused",
        rule->path, line, rule->id, rule->pack->instrument, what, rule->kind,
        higher->instrument);
}

// What a lower act says must not keep from being taken what a higher one lets pass.
static int check_rank(const rules_t *self, const rule_t *rule, cause_t *why)
{
    const pack_t *higher = pack_of_kind(self, rule->kind);
    if (!higher || higher->act >= rule->pack->act)
        return 0;
    if (rule->requires > 0)
        return meddles(rule, rule->require[0].line, higher,
            rule->require[0].type == REQUIRE_SEALS ? "wants seals on"
                                                   : "requires something of",
            why);
    if (rule->enrolments > 0 || rule->delegates.line > 0)
        return meddles(rule, rule->line, higher, "says who belongs or acts by", why);
    for (size_t i = 0; i < rule->obliges; i++)
        if (rule->oblige[i].from[0] || rule->oblige[i].until[0])
            return meddles(rule, rule->oblige[i].line, higher,
                "counts by a moment that must stand in", why);
    return 0;
}

static int check_ranks(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        if (check_rank(self, &self->rule[i], why) != 0)
            return -1;
    return 0;
}

int rules_check_whole(const rules_t *self, cause_t *why)
{
    if (each_emission(self, check_emission, why) != 0 ||
        each_emission(self, check_end, why) != 0 ||
        each_emission(self, check_number, why) != 0 || check_requires(self, why) != 0 ||
        check_carries(self, why) != 0 || check_offers(self, why) != 0 ||
        check_ranks(self, why) != 0)
        return -1;
    return check_duties(self, why);
}
