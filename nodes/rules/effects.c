// effects - every rule is expanded, and an effect is kept only while no other one covers
// it: what a rule delivers to a target under a test is covered by a rule that delivers to
// the same target without a test, or with one that is met more often.  The target `all`
// covers no role, since a marking may keep `all` from somebody whom a named role would
// reach.

#include "nodes/rules/effects.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool same_target(const target_t *a, const target_t *b)
{
    return a->type == b->type && strcmp(a->role, b->role) == 0;
}

// That whatever meets every test of `a` meets every test of `b`.
static bool tests_imply(const condition_t *a, size_t n, const condition_t *b, size_t m)
{
    for (size_t i = 0; i < m; i++) {
        bool implied = false;
        for (size_t k = 0; !implied && k < n; k++)
            implied = condition_implies(&a[k], &b[i]);
        if (!implied)
            return false;
    }
    return true;
}

static bool same_kinds(const require_t *a, const require_t *b)
{
    bool same = a->others == b->others && strcmp(a->kind, b->kind) == 0;
    for (size_t i = 0; same && i < a->others; i++)
        same = strcmp(a->other[i], b->other[i]) == 0;
    return same;
}

static bool same_require(const require_t *a, const require_t *b)
{
    return a->type == b->type && a->of == b->of && a->stands == b->stands &&
           seals_same(&a->seals, &b->seals) && a->refers == b->refers &&
           a->version == b->version && a->by == b->by && strcmp(a->role, b->role) == 0 &&
           strcmp(a->subject, b->subject) == 0 && same_kinds(a, b) &&
           strcmp(a->pointer, b->pointer) == 0 &&
           agreement_equal(&a->agreement, &b->agreement) &&
           tests_imply(a->condition, a->conditions, b->condition, b->conditions) &&
           tests_imply(b->condition, b->conditions, a->condition, a->conditions);
}

static bool same_duty(const oblige_t *a, const oblige_t *b)
{
    return strcmp(a->duty, b->duty) == 0 && same_target(&a->debtor, &b->debtor) &&
           a->has_towards == b->has_towards && same_target(&a->towards, &b->towards) &&
           a->met_by == b->met_by && strcmp(a->kind, b->kind) == 0 &&
           a->refers == b->refers && wanted_same(&a->met_when, &b->met_when) &&
           a->interim == b->interim;
}

static bool same_terms(const oblige_t *a, const oblige_t *b)
{
    bool same = a->within_ms == b->within_ms && a->near_ms == b->near_ms &&
                a->by_default == b->by_default && a->stays == b->stays &&
                strcmp(a->from, b->from) == 0 && strcmp(a->until, b->until) == 0 &&
                a->bound_ms == b->bound_ms && a->extends == b->extends &&
                a->tells == b->tells;
    for (size_t i = 0; same && i < a->tells; i++)
        same = same_target(&a->tell[i], &b->tell[i]);
    return same;
}

static bool same_enrolment(const enrolment_t *a, const enrolment_t *b)
{
    return a->leaves == b->leaves && a->of == b->of &&
           strcmp(a->pointer, b->pointer) == 0;
}

bool effect_same_matter(const effect_t *a, const effect_t *b)
{
    if (a->type != b->type || strcmp(a->kind, b->kind) != 0 ||
        strcmp(a->from, b->from) != 0)
        return false;
    if (a->type == EFFECT_RECEIVE)
        return same_target(a->to, b->to);
    if (a->type == EFFECT_REQUIRE)
        return same_require(a->require, b->require);
    if (a->type == EFFECT_OBLIGE)
        return same_duty(a->oblige, b->oblige);
    if (a->type == EFFECT_ENROL)
        return same_enrolment(a->enrolment, b->enrolment);
    if (a->type == EFFECT_DELEGATE)
        return delegates_same(a->delegates, b->delegates);
    if (a->type == EFFECT_OFFER)
        return strcmp(a->reader, b->reader) == 0;
    if (a->type == EFFECT_REMARK)
        return strcmp(a->remark->code, b->remark->code) == 0 &&
               same_require(&a->remark->met, &b->remark->met);
    return a->type != EFFECT_DERIVE || strcmp(a->emit->kind, b->emit->kind) == 0;
}

static bool implies_all(const rule_t *a, const rule_t *b)
{
    return tests_imply(a->condition, a->conditions, b->condition, b->conditions);
}

// What is copied into a derived message, in any order.
static bool copies_all(const emit_t *a, const emit_t *b)
{
    for (size_t i = 0; i < b->fields; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < a->fields; k++)
            found = strcmp(a->field[k].name, b->field[i].name) == 0 &&
                    strcmp(a->field[k].pointer, b->field[i].pointer) == 0;
        if (!found)
            return false;
    }
    return true;
}

static bool same_contents(const emit_t *a, const emit_t *b)
{
    return a->carry == b->carry && copies_all(a, b) && copies_all(b, a);
}

bool effect_same_when(const effect_t *a, const effect_t *b)
{
    return implies_all(a->rule, b->rule) && implies_all(b->rule, a->rule);
}

bool effect_same_terms(const effect_t *a, const effect_t *b)
{
    if (a->type == EFFECT_DERIVE)
        return same_contents(a->emit, b->emit);
    if (a->type == EFFECT_RECEIVE)
        return a->rule->own_objects == b->rule->own_objects &&
               carries_same(&a->rule->carries, &b->rule->carries);
    return a->type != EFFECT_OBLIGE || same_terms(a->oblige, b->oblige);
}

static bool covers(const effect_t *wide, const effect_t *narrow)
{
    if (!effect_same_matter(wide, narrow) || !implies_all(narrow->rule, wide->rule))
        return false;
    if (!effect_same_terms(wide, narrow))
        return false;
    return wide->type != EFFECT_RECEIVE || wide->rule->passes_marking ||
           !narrow->rule->passes_marking;
}

static void add(effects_t *self, const effect_t *effect)
{
    for (size_t i = 0; i < self->n; i++)
        if (covers(&self->effect[i], effect))
            return;
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++)
        if (!covers(effect, &self->effect[i]))
            self->effect[kept++] = self->effect[i];
    self->n = kept;
    if (self->n == self->room) {
        self->room = self->room == 0 ? 64 : 2 * self->room;
        self->effect = memory_grow(self->effect, self->room, sizeof *self->effect);
    }
    self->effect[self->n++] = *effect;
}

static void add_rule(effects_t *self, const rule_t *rule, const char *from)
{
    effect_t effect = {
        .type = EFFECT_SEND, .kind = rule->kind, .from = from, .rule = rule};
    if (rule_allows(rule))
        add(self, &effect);
    effect.type = EFFECT_RECEIVE;
    for (size_t i = 0; i < rule->targets; i++) {
        effect.to = &rule->target[i];
        add(self, &effect);
    }
    effect.type = EFFECT_DERIVE;
    effect.to = NULL;
    for (size_t i = 0; i < rule->emits; i++) {
        effect.emit = &rule->emit[i];
        add(self, &effect);
    }
    effect.type = EFFECT_REQUIRE;
    effect.emit = NULL;
    for (size_t i = 0; i < rule->requires; i++) {
        effect.require = &rule->require[i];
        add(self, &effect);
    }
    effect.type = EFFECT_OBLIGE;
    effect.require = NULL;
    for (size_t i = 0; i < rule->obliges; i++) {
        effect.oblige = &rule->oblige[i];
        add(self, &effect);
    }
    effect.type = EFFECT_ENROL;
    effect.oblige = NULL;
    for (size_t i = 0; i < rule->enrolments; i++) {
        effect.enrolment = &rule->enrolment[i];
        add(self, &effect);
    }
    effect.type = EFFECT_DELEGATE;
    effect.enrolment = NULL;
    effect.delegates = &rule->delegates;
    if (rule->delegates.line)
        add(self, &effect);
    effect.type = EFFECT_OFFER;
    effect.delegates = NULL;
    for (size_t i = 0; cert_roles[i]; i++) {
        effect.reader = cert_roles[i];
        if (rule->subscribers & role_bit(cert_roles[i]))
            add(self, &effect);
    }
    effect.type = EFFECT_REMARK;
    effect.reader = NULL;
    for (size_t i = 0; i < rule->remarks; i++) {
        effect.remark = &rule->remark[i];
        add(self, &effect);
    }
}

void effects_of(effects_t *self, const rules_t *rules)
{
    *self = (effects_t){0};
    for (size_t i = 0; i < rules_count(rules); i++)
        for (size_t role = 0; cert_roles[role]; role++)
            if (rules_at(rules, i)->roles & role_bit(cert_roles[role]))
                add_rule(self, rules_at(rules, i), cert_roles[role]);
}

void effects_close(effects_t *self)
{
    free(self->effect);
    *self = (effects_t){0};
}
