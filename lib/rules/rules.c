// rules - an array sorted by kind, in the order of the packs within a kind: what the
// higher act says stands in a record before what a lower one adds.
//
// Deciding is then a walk over the few rules of one kind: roles are bits, `when` is a
// handful of comparisons.

#include "lib/base/memory.h"
#include "lib/rules/rules_inside.h"

#include <string.h>

// Sorted by insertion into place: the order of reading must stay within a kind.
static void sort_by_kind(rules_t *self)
{
    for (size_t i = 1; i < self->n; i++) {
        rule_t rule = self->rule[i];
        size_t at = i;
        for (; at > 0 && strcmp(self->rule[at - 1].kind, rule.kind) > 0; at--)
            self->rule[at] = self->rule[at - 1];
        self->rule[at] = rule;
    }
}

// Kinds that no rule is about are not among them: nobody may publish one.
static void note_attesting(rules_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t o = 0; o < self->rule[i].obliges; o++) {
            const kind_t *kind = rules_kind(self, self->rule[i].oblige[o].attested_by);
            if (kind)
                self->kind[kind - self->kind].attests = true;
        }
}

void rules_index(rules_t *self)
{
    sort_by_kind(self);
    self->kind = memory_new(self->n, sizeof *self->kind);
    for (size_t i = 0; i < self->n; i++) {
        const rule_t *rule = &self->rule[i];
        if (i == 0 || strcmp(rule->kind, self->rule[i - 1].kind) != 0)
            self->kind[self->kinds++] = (kind_t){.name = rule->kind, .first = i};
        kind_t *kind = &self->kind[self->kinds - 1];
        kind->end = i + 1;
        if (rule_allows(rule))
            kind->roles |= rule->roles;
        kind->subscribers |= rule->subscribers;
    }
    note_attesting(self);
}

const kind_t *rules_kind(const rules_t *self, const char *name)
{
    size_t low = 0, high = self->kinds;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, self->kind[middle].name);
        if (order == 0)
            return &self->kind[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

size_t rules_count(const rules_t *self)
{
    return self->n;
}

const rule_t *rules_at(const rules_t *self, size_t i)
{
    return &self->rule[i];
}

span_t rules_text(const rules_t *self)
{
    return buf_span(&self->text);
}

size_t rules_packs(const rules_t *self)
{
    return self->parts;
}

const pack_t *rules_pack(const rules_t *self, size_t i)
{
    return self->part[i].pack;
}

const char *rules_pack_path(const rules_t *self, size_t i)
{
    return self->part[i].path;
}

span_t rules_pack_text(const rules_t *self, size_t i)
{
    return span_of(self->text.data + self->part[i].begin, self->part[i].size);
}

bool rules_permit(const rules_t *self, const char *kind, const char *role)
{
    const kind_t *found = rules_kind(self, kind);
    return found != NULL && (found->roles & role_bit(role)) != 0;
}

bool rules_offer(const rules_t *self, const char *kind, const char *role)
{
    const kind_t *found = rules_kind(self, kind);
    return found != NULL && (found->subscribers & role_bit(role)) != 0;
}

rules_walk_t rules_walk(
    const rules_t *self, const char *kind, const char *role, const value_t *message)
{
    const kind_t *found = rules_kind(self, kind);
    if (found == NULL)
        return (rules_walk_t){0};
    return (rules_walk_t){.at = self->rule + found->first,
        .end = self->rule + found->end,
        .role = role_bit(role),
        .message = message};
}

static bool applies(const rule_t *rule, const rules_walk_t *walk)
{
    if ((rule->roles & walk->role) == 0)
        return false;
    for (size_t i = 0; i < rule->conditions; i++)
        if (!condition_holds(&rule->condition[i], walk->message))
            return false;
    return true;
}

const rule_t *rules_next(rules_walk_t *walk)
{
    while (walk->at < walk->end) {
        const rule_t *rule = walk->at++;
        if (applies(rule, walk))
            return rule;
    }
    return NULL;
}

bool rules_attest(const rules_t *self, const char *kind)
{
    const kind_t *found = rules_kind(self, kind);
    return found != NULL && found->attests;
}
