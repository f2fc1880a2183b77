// changes - each effect of the old rules is paired with one of the new rules on the same
// matter, and the two are compared; effects without a partner were removed or added. What
// changes alike for several senders becomes one change.

#include "nodes/rules/changes.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool same_change(const change_t *a, const change_t *b)
{
    effect_t matter = *a->matter;
    matter.from = b->matter->from; // whoever sends it
    return a->type == b->type && effect_same_matter(&matter, b->matter) &&
           a->matter->rule == b->matter->rule && !a->before == !b->before &&
           (!a->before || a->before->rule == b->before->rule);
}

static void add_change(changes_t *self, const change_t *change)
{
    for (size_t i = 0; i < self->n; i++)
        if (same_change(&self->change[i], change)) {
            self->change[i].from |= role_bit(change->matter->from);
            return;
        }
    if (self->n == self->room) {
        self->room = self->room == 0 ? 32 : 2 * self->room;
        self->change = memory_grow(self->change, self->room, sizeof *self->change);
    }
    self->change[self->n] = *change;
    self->change[self->n++].from = role_bit(change->matter->from);
}

static void add_aspect(
    changes_t *self, change_type_t type, const effect_t *before, const effect_t *after)
{
    add_change(self,
        &(change_t){.type = type, .matter = after, .before = before, .after = after});
}

static void compare(changes_t *self, const effect_t *before, const effect_t *after)
{
    const rule_t *old = before->rule, *new = after->rule;
    if (!effect_same_when(before, after))
        add_aspect(self, CHANGE_WHEN, before, after);
    if (before->type == EFFECT_SEND) // who may speak rests on all that the rules do
        return;
    if (strcmp(old->cites, new->cites) != 0)
        add_aspect(self, CHANGE_CITES, before, after);
    if (before->type != EFFECT_REQUIRE && before->type != EFFECT_OBLIGE &&
        old->tell != new->tell)
        add_aspect(self, CHANGE_TELL, before, after);
    if (before->type == EFFECT_RECEIVE && old->passes_marking != new->passes_marking)
        add_aspect(self, CHANGE_PASSES, before, after);
    if ((before->type == EFFECT_DERIVE || before->type == EFFECT_RECEIVE) &&
        !effect_same_terms(before, after))
        add_aspect(self, CHANGE_CARRIES, before, after);
    if (before->type == EFFECT_OBLIGE && !effect_same_terms(before, after))
        add_aspect(self, CHANGE_TERMS, before, after);
}

// The effect on the same matter that is still free: one with the same tests if there is,
// else any.
static size_t find_partner(const effect_t *wanted, const effects_t *in, const bool *taken)
{
    size_t found = in->n;
    for (size_t i = 0; i < in->n; i++) {
        if (taken[i] || !effect_same_matter(wanted, &in->effect[i]))
            continue;
        if (effect_same_when(wanted, &in->effect[i]))
            return i;
        found = found < in->n ? found : i;
    }
    return found;
}

// By kind, and otherwise in the order found.
static void sort(changes_t *self)
{
    for (size_t i = 1; i < self->n; i++) {
        change_t change = self->change[i];
        size_t at = i;
        for (;
             at > 0 && strcmp(self->change[at - 1].matter->kind, change.matter->kind) > 0;
             at--)
            self->change[at] = self->change[at - 1];
        self->change[at] = change;
    }
}

void changes_between(changes_t *self, const effects_t *before, const effects_t *after)
{
    bool *taken = memory_new(after->n, sizeof *taken);
    *self = (changes_t){0};
    for (size_t i = 0; i < before->n; i++) {
        size_t partner = find_partner(&before->effect[i], after, taken);
        if (partner == after->n) {
            add_change(self, &(change_t){.type = CHANGE_REMOVED,
                                 .matter = &before->effect[i],
                                 .before = &before->effect[i]});
            continue;
        }
        taken[partner] = true;
        compare(self, &before->effect[i], &after->effect[partner]);
    }
    for (size_t i = 0; i < after->n; i++)
        if (!taken[i])
            add_change(self, &(change_t){.type = CHANGE_ADDED,
                                 .matter = &after->effect[i],
                                 .after = &after->effect[i]});
    free(taken);
    sort(self);
}

void changes_close(changes_t *self)
{
    free(self->change);
    *self = (changes_t){0};
}
