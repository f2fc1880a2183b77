// schema_fields - names to schemas: the table, and the keywords that need one.

#include "lib/json/schema_tree.h"

// A table of the schemas in `object` (NULL: an empty one).
static int compile_fields(
    const site_t *site, fields_t *fields, const value_t *object, bool in_place)
{
    fields->n = value_count(object);
    // At most half full, so that a name that is not there is soon found missing.
    while (fields->mask < 2 * fields->n + 1)
        fields->mask = fields->mask * 2 + 1;
    fields->slot = schema_take(site->loader, (fields->mask + 1) * sizeof(field_t));
    value_each(value, object)
    {
        schema_node_t *node =
            in_place ? schema_beside(site, value) : schema_node(site->loader, value);
        if (!node)
            return -1;
        *fields_slot(fields, value->key, value->key_length, value->key_hash) =
            (field_t){value->key, value->key_length, value->key_hash, node};
    }
    return 0;
}

static int compile_patterns(const site_t *site, members_t *members, const value_t *object)
{
    size_t n = value_count(object);
    nodes_t *list = &members->by_pattern;
    if (n == 0)
        return 0;
    list->node = schema_take(site->loader, n * sizeof(schema_node_t *));
    members->pattern = schema_take(site->loader, n * sizeof(pattern_t *));
    value_each(value, object)
    {
        list->node[list->n] = schema_node(site->loader, value);
        if (list->node[list->n])
            members->pattern[list->n] = pattern_compile(site->loader, value->key);
        if (!members->pattern[list->n])
            return -1;
        list->n++;
    }
    return 0;
}

static const field_t *only_field(const fields_t *fields)
{
    const field_t *field = fields->slot;
    while (!field->node)
        field++;
    return field;
}

// Whichever of the three is met first in the table makes the one clause for all of them.
int compile_members(const site_t *site, clause_t *clause)
{
    const value_t *fields = value_get(site->schema, "properties");
    const value_t *patterns = value_get(site->schema, "patternProperties");
    const value_t *others = value_get(site->schema, "additionalProperties");
    if ((fields && !value_is(fields, VALUE_OBJECT)) ||
        (patterns && !value_is(patterns, VALUE_OBJECT)))
        return keyword_fault(site, clause, "an object of schemas");
    for (size_t i = 0; i < site->node->n; i++)
        if (site->node->clause[i].keyword->check == check_members)
            return 0;
    members_t *members = schema_take(site->loader, sizeof *members);
    clause->as.members = members;
    members->others = others ? schema_node(site->loader, others) : NULL;
    if (others) // the only one of the three that refuses by itself
        clause->keyword = keyword_find("additionalProperties");
    if ((others && !members->others) ||
        compile_fields(site, &members->fields, fields, false) != 0 ||
        compile_patterns(site, members, patterns) != 0)
        return -1;
    if (members->fields.n == 1 && !patterns && !others)
        members->only = only_field(&members->fields);
    return 1;
}

int compile_dependent_schemas(const site_t *site, clause_t *clause)
{
    if (!value_is(clause->value, VALUE_OBJECT))
        return keyword_fault(site, clause, "an object of schemas");
    clause->as.fields = schema_take(site->loader, sizeof(fields_t));
    return compile_fields(site, clause->as.fields, clause->value, true) == 0 ? 1 : -1;
}
