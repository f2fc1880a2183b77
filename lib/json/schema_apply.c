// schema_apply - keywords that hand the value, or parts of it, to other nodes.
//
// The accepted path takes no memory.  unevaluatedProperties needs no notes of what was
// looked at: for each member it asks the clauses beside it, which know it from the schema
// alone (and, for anyOf, oneOf and if, from trying the branch again).

#include "lib/json/schema_tree.h"

#include <stdio.h>

enum { WANTED_TEXT = 160 };

bool node_accepts(schema_run_t *run, const schema_node_t *node, const value_t *value,
    const schema_place_t *at)
{
    unsigned type = type_of(value);
    node = node->acts;
    // Most schemas begin with the type, and most values have it.
    size_t first = (node->surely & type) != 0;
    const clause_t *end = node->clause + node->n;
    for (const clause_t *clause = node->clause + first; clause < end; clause++)
        if ((clause->applies & type) && !clause->check(run, clause, value, at))
            return false;
    return true;
}

// As node_accepts, without a refusal when it does not.
// Counts rather than flags, since branches hold branches.
static bool would_accept(schema_run_t *run, const schema_node_t *node,
    const value_t *value, const schema_place_t *at)
{
    run->quiet++;
    bool accepted = node_accepts(run, node, value, at);
    run->quiet--;
    return accepted;
}

static bool is_never(const schema_node_t *node)
{
    return node->n == 1 && node->clause[0].keyword->check == check_never;
}

// What no other keyword takes: `false` is the usual schema, and deserves a plain
// sentence.
static bool accepts_other(schema_run_t *run, const clause_t *clause,
    const schema_node_t *node, const value_t *value, const schema_place_t *at)
{
    if (is_never(node))
        return schema_fail(run, clause, at, "unknown field: the schema does not have it");
    return node_accepts(run, node, value, at);
}

static bool accepts_member(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at)
{
    const members_t *members = clause->as.members;
    const schema_node_t *node = fields_of_member(&members->fields, value);
    // A name and any number of patterns may all apply; only what none knows is `others`.
    bool known = node != NULL;
    if (node && !node_accepts(run, node, value, at))
        return false;
    for (size_t i = 0; i < members->by_pattern.n; i++)
        if (pattern_matches(run, members->pattern[i], at->key, at->number)) {
            known = true;
            if (!node_accepts(run, members->by_pattern.node[i], value, at))
                return false;
        }
    return known || !members->others ||
           accepts_other(run, clause, members->others, value, at);
}

// Of schemas that speak of one field alone, as branches do, the others are not looked at.
static bool accepts_only(schema_run_t *run, const field_t *field, const value_t *object,
    const schema_place_t *at)
{
    const value_t *value = value_member(object, field->key, field->length, field->hash);
    schema_place_t member = {at, field->key, field->length};
    return !value || node_accepts(run, field->node, value, &member);
}

bool check_members(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    const members_t *members = clause->as.members;
    if (members->only)
        return accepts_only(run, members->only, value, at);
    value_each(one, value)
    {
        schema_place_t member = {at, one->key, one->key_length};
        if (!accepts_member(run, clause, one, &member))
            return false;
    }
    return true;
}

bool covers_members(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member)
{
    const members_t *members = clause->as.members;
    (void)object;
    if (members->others || fields_of_member(&members->fields, member))
        return true;
    for (size_t i = 0; i < members->by_pattern.n; i++)
        if (pattern_matches(run, members->pattern[i], member->key, member->key_length))
            return true;
    return false;
}

bool check_prefix_items(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    size_t i = 0;
    value_each(one, value)
    {
        schema_place_t item = {at, NULL, i};
        if (i == clause->as.list.n)
            break;
        if (!node_accepts(run, clause->as.list.node[i++], one, &item))
            return false;
    }
    return true;
}

bool check_items(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    size_t i = 0;
    value_each(one, value)
    {
        schema_place_t item = {at, NULL, i++};
        if (item.number >= clause->as.items.skip &&
            !node_accepts(run, clause->as.items.node, one, &item))
            return false;
    }
    return true;
}

// Counts to the end even when enough are found, for maxContains and for the sentence.
bool check_contains(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    size_t i = 0;
    size_t found = 0;
    value_each(one, value)
    {
        schema_place_t item = {at, NULL, i++};
        found += would_accept(run, clause->as.contains.node, one, &item);
    }
    if (found >= clause->as.contains.min && found <= clause->as.contains.max)
        return true;
    return schema_fail(run, clause, at,
        "%zu items are of the wanted form, expected %zu to %zu", found,
        clause->as.contains.min, clause->as.contains.max);
}

bool check_ref(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return node_accepts(run, clause->as.node, value, at);
}

bool check_all_of(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    for (size_t i = 0; i < clause->as.list.n; i++)
        if (!node_accepts(run, clause->as.list.node[i], value, at))
            return false;
    return true;
}

// The one field that a branch wants, where it says nothing else; or NULL.
static const value_t *field_wanted(const value_t *branch)
{
    const value_t *names = value_get(branch, "required");
    return value_count(branch) == 1 && value_count(names) == 1 ? value_item(names, 0)
                                                               : NULL;
}

// The first of several fields of which one is enough, and all of them in words; NULL:
// the branches ask for more than that.
static const value_t *fields_wanted(const value_t *branches, char text[WANTED_TEXT])
{
    size_t length = 0;
    value_each(branch, branches)
    {
        const value_t *name = field_wanted(branch);
        if (!name || length >= WANTED_TEXT)
            return NULL;
        int n = snprintf(text + length, WANTED_TEXT - length, "%s\"%s\"",
            length ? " or " : "", value_text(name));
        length += n > 0 ? (size_t)n : 0;
    }
    return field_wanted(value_item(branches, 0));
}

bool check_any_of(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    char wanted[WANTED_TEXT];
    for (size_t i = 0; i < clause->as.list.n; i++)
        if (would_accept(run, clause->as.list.node[i], value, at))
            return true;
    const value_t *name = run->quiet ? NULL : fields_wanted(clause->value, wanted);
    schema_place_t missing = {at, value_text(name), value_length(name)};
    if (name)
        return schema_fail(
            run, clause, &missing, "one of the fields %s is needed", wanted);
    return schema_fail(
        run, clause, at, "none of the %zu allowed forms", clause->as.list.n);
}

bool check_one_of(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    size_t found = 0;
    for (size_t i = 0; i < clause->as.list.n && found < 2; i++)
        found += would_accept(run, clause->as.list.node[i], value, at);
    return found == 1 ||
           schema_fail(run, clause, at, "%s of the %zu forms, of which one must hold",
               found ? "more than one" : "none", clause->as.list.n);
}

bool check_not(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return !would_accept(run, clause->as.node, value, at) ||
           schema_fail(run, clause, at, "has the form that is excluded here");
}

// The branch that holds for this value; NULL when there is none.
static const schema_node_t *branch_of(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at)
{
    return would_accept(run, clause->as.branch.test, value, at) ? clause->as.branch.yes
                                                                : clause->as.branch.no;
}

bool check_if(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    const schema_node_t *branch = branch_of(run, clause, value, at);
    return !branch || node_accepts(run, branch, value, at);
}

bool check_dependent_schemas(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at)
{
    const fields_t *fields = clause->as.fields;
    for (size_t i = 0; i <= fields->mask; i++) {
        const field_t *field = &fields->slot[i];
        if (field->node && value_member(value, field->key, field->length, field->hash) &&
            !node_accepts(run, field->node, value, at))
            return false;
    }
    return true;
}

static bool node_covers(schema_run_t *run, const schema_node_t *node,
    const value_t *object, const value_t *member)
{
    for (size_t i = 0; i < node->n; i++) {
        const clause_t *clause = &node->clause[i];
        if (clause->keyword->covers &&
            clause->keyword->covers(run, clause, object, member))
            return true;
    }
    return false;
}

bool covers_ref(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member)
{
    return node_covers(run, clause->as.node, object, member);
}

bool covers_all_of(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member)
{
    for (size_t i = 0; i < clause->as.list.n; i++)
        if (node_covers(run, clause->as.list.node[i], object, member))
            return true;
    return false;
}

bool covers_any_of(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member)
{
    for (size_t i = 0; i < clause->as.list.n; i++) {
        const schema_node_t *node = clause->as.list.node[i];
        // In this order: covering is a look into a table, accepting a whole check.
        if (node_covers(run, node, object, member) &&
            would_accept(run, node, object, NULL))
            return true;
    }
    return false;
}

bool covers_if(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member)
{
    const schema_node_t *test = clause->as.branch.test;
    bool holds = would_accept(run, test, object, NULL);
    const schema_node_t *branch = holds ? clause->as.branch.yes : clause->as.branch.no;
    return (holds && node_covers(run, test, object, member)) ||
           (branch && node_covers(run, branch, object, member));
}

bool covers_dependent_schemas(schema_run_t *run, const clause_t *clause,
    const value_t *object, const value_t *member)
{
    const fields_t *fields = clause->as.fields;
    for (size_t i = 0; i <= fields->mask; i++) {
        const field_t *field = &fields->slot[i];
        if (field->node && value_member(object, field->key, field->length, field->hash) &&
            node_covers(run, field->node, object, member))
            return true;
    }
    return false;
}

// An unevaluatedProperties that accepted the object has seen to every member.
bool covers_everything(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member)
{
    (void)run;
    (void)clause;
    (void)object;
    (void)member;
    return true;
}

// What `properties` have, here or where $ref leads, is covered whatever it is: that is
// nearly all there is, and needs no look at other clauses.
static bool is_named(const schema_node_t *node, const value_t *member)
{
    for (; node; node = node->refers)
        if (node->named && fields_of_member(node->named, member))
            return true;
    return false;
}

bool check_unevaluated(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    value_each(one, value)
    {
        schema_place_t member = {at, one->key, one->key_length};
        // The clauses in front of this one in its own schema.
        const clause_t *first = clause->schema->clause;
        bool covered = is_named(clause->schema, one);
        for (const clause_t *c = first; c < clause && !covered; c++)
            covered = c->keyword->covers && c->keyword->covers(run, c, value, one);
        if (!covered && !accepts_other(run, clause, clause->as.node, one, &member))
            return false;
    }
    return true;
}
