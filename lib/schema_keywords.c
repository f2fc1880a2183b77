// schema_keywords - the profile: one table of keywords, and how the value of each is
// compiled.
//
// The order of the table is the order of checking: what is cheap or says most comes
// first. maxItems stands before uniqueItems, which compares all pairs.

#include "lib/schema_tree.h"

#include <string.h>

static int fault(loader_t *loader, const clause_t *clause, const char *expected)
{
    return cause_set(loader->why, "%s: \"%s\" must be %s", loader->file->name,
        clause->keyword->name, expected);
}

static void *take(loader_t *loader, size_t size)
{
    return memset(arena_take(loader->set->arena, size), 0, size);
}

// A subschema that applies to the same value as `node` does.
static node_t *beside(loader_t *loader, node_t *node, const json_t *json)
{
    node_t *to = schema_node(loader, json);
    if (to) {
        edge_t *edge = take(loader, sizeof *edge);
        *edge = (edge_t){to, node->in_place};
        node->in_place = edge;
    }
    return to;
}

static int compile_count(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    // 2.0 is a count too.
    double number = json_number_value(clause->value);
    if (!type_matches(T_INTEGER, clause->value) || number < 0 || number > 9e15)
        return fault(loader, clause, "a count");
    clause->as.count = (size_t)number;
    return 1;
}

static int compile_number(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    bool divisor = strcmp(clause->keyword->name, "multipleOf") == 0;
    if (!json_is_number(clause->value))
        return fault(loader, clause, "a number");
    if (divisor && json_number_value(clause->value) <= 0)
        return fault(loader, clause, "more than 0");
    return 1;
}

static int compile_text(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    return json_is_string(clause->value) ? 0 : fault(loader, clause, "a string");
}

static int compile_schema_uri(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    const char *uri = json_string_value(clause->value);
    if (!uri || strcmp(uri, "https://json-schema.org/draft/2020-12/schema") != 0)
        return fault(loader, clause, "https://json-schema.org/draft/2020-12/schema");
    return 0;
}

static int compile_id(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    if (schema != loader->file->json)
        return fault(loader, clause, "at the root of a file");
    return compile_text(loader, node, clause, schema);
}

static int compile_anchor(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    node->anchor = json_string_value(clause->value);
    return compile_text(loader, node, clause, schema);
}

// $defs asserts nothing, but what stands in it must be in the profile.
static int compile_defs(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    const char *key;
    json_t *value;
    if (!json_is_object(clause->value))
        return fault(loader, clause, "an object of schemas");
    json_object_foreach((json_t *)clause->value, key, value)
    {
        if (!schema_node(loader, value))
            return -1;
    }
    return 0;
}

static int compile_type(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    size_t n = json_is_array(clause->value) ? json_array_size(clause->value) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_is_array(clause->value)
                                ? json_array_get(clause->value, i)
                                : clause->value;
        unsigned types = json_is_string(one) ? type_named(json_string_value(one)) : 0;
        if (types == 0)
            return fault(loader, clause, "the name of a type, or a list of them");
        clause->as.types |= types;
    }
    return n > 0 ? 1 : fault(loader, clause, "at least one type");
}

static int compile_const(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)loader;
    (void)node;
    (void)clause;
    (void)schema;
    return 1;
}

static int compile_enum(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    return json_is_array(clause->value) ? 1 : fault(loader, clause, "a list of values");
}

static bool are_names(const json_t *list)
{
    size_t i;
    json_t *name;
    json_array_foreach(list, i, name)
    {
        if (!json_is_string(name))
            return false;
    }
    return json_is_array(list);
}

static int compile_required(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    return are_names(clause->value) ? 1 : fault(loader, clause, "a list of names");
}

static int compile_dependent_required(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)clause->value, key, value)
    {
        if (!are_names(value))
            return fault(loader, clause, "lists of names by name");
    }
    return json_is_object(clause->value) ? 1 : fault(loader, clause, "an object");
}

static int compile_unique(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    if (!json_is_boolean(clause->value))
        return fault(loader, clause, "a boolean");
    if (loader->set->bounded && !json_object_get(schema, "maxItems"))
        return fault(loader, clause, "beside maxItems");
    return json_is_true(clause->value);
}

static int compile_pattern(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    if (compile_text(loader, node, clause, schema) != 0)
        return -1;
    return schema_pattern(
               loader, json_string_value(clause->value), &clause->as.pattern) == 0
               ? 1
               : -1;
}

static int compile_format(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    if (compile_text(loader, node, clause, schema) != 0)
        return -1;
    clause->as.format = format_find(json_string_value(clause->value));
    return clause->as.format
               ? 1
               : cause_set(loader->why, "%s: format \"%s\" is not in the profile",
                     loader->file->name, json_string_value(clause->value));
}

static int compile_ref(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    if (compile_text(loader, node, clause, schema) != 0)
        return -1;
    pending_t *pending = take(loader, sizeof *pending);
    *pending = (pending_t){loader->set->pending, loader->file, node, clause};
    loader->set->pending = pending;
    return 1;
}

// Fill `list` from an array of schemas.
static int compile_nodes(
    loader_t *loader, node_t *node, clause_t *clause, nodes_t *list, bool in_place)
{
    size_t n = json_array_size(clause->value);
    if (n == 0)
        return fault(loader, clause, "a list of schemas");
    list->node = take(loader, n * sizeof(node_t *));
    for (; list->n < n; list->n++) {
        const json_t *json = json_array_get(clause->value, list->n);
        node_t *to = in_place ? beside(loader, node, json) : schema_node(loader, json);
        if (!to)
            return -1;
        list->node[list->n] = to;
    }
    return 1;
}

static int compile_some(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)schema;
    return compile_nodes(loader, node, clause, &clause->as.list, true);
}

static int compile_prefix(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)schema;
    return compile_nodes(loader, node, clause, &clause->as.list, false);
}

static int compile_not(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)schema;
    clause->as.node = beside(loader, node, clause->value);
    return clause->as.node ? 1 : -1;
}

static int compile_unevaluated(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    clause->as.node = schema_node(loader, clause->value);
    return clause->as.node ? 1 : -1;
}

static int compile_items(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    clause->as.items.skip = json_array_size(json_object_get(schema, "prefixItems"));
    clause->as.items.node = schema_node(loader, clause->value);
    return clause->as.items.node ? 1 : -1;
}

// A count that stands beside `contains`.
static size_t sibling_count(const json_t *schema, const char *name, size_t otherwise)
{
    const json_t *value = json_object_get(schema, name);
    return value ? (size_t)json_number_value(value) : otherwise;
}

static int compile_contains(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    clause->as.contains.min = sibling_count(schema, "minContains", 1);
    clause->as.contains.max = sibling_count(schema, "maxContains", SIZE_MAX);
    clause->as.contains.node = schema_node(loader, clause->value);
    return clause->as.contains.node ? 1 : -1;
}

// minContains and maxContains are read by `contains`; alone they say nothing.
static int compile_contains_count(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    return compile_count(loader, node, clause, schema) < 0 ? -1 : 0;
}

static int compile_if(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    const json_t *yes = json_object_get(schema, "then");
    const json_t *no = json_object_get(schema, "else");
    clause->as.branch.test = beside(loader, node, clause->value);
    clause->as.branch.yes = yes ? beside(loader, node, yes) : NULL;
    clause->as.branch.no = no ? beside(loader, node, no) : NULL;
    bool failed = !clause->as.branch.test || (yes && !clause->as.branch.yes) ||
                  (no && !clause->as.branch.no);
    return failed ? -1 : 1;
}

// `then` and `else` are read by `if`; alone they say nothing, but must be schemas.
static int compile_branch(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)node;
    (void)schema;
    return schema_node(loader, clause->value) ? 0 : -1;
}

static size_t hash(const char *key, size_t length)
{
    uint32_t value = 2166136261u; // FNV-1a
    for (size_t i = 0; i < length; i++)
        value = (value ^ (uint8_t)key[i]) * 16777619u;
    return value ^ value >> 15;
}

static field_t *slot_of(const fields_t *self, const char *key, size_t length)
{
    size_t i = hash(key, length) & self->mask;
    while (self->slot[i].node && (self->slot[i].length != length ||
                                     memcmp(self->slot[i].key, key, length) != 0))
        i = (i + 1) & self->mask;
    return &self->slot[i];
}

const node_t *fields_find(const fields_t *self, const char *key, size_t length)
{
    return slot_of(self, key, length)->node;
}

// A table of the schemas in `object` (NULL: an empty one).  `with`: they apply in place.
static int compile_fields(
    loader_t *loader, fields_t *fields, const json_t *object, node_t *with)
{
    const char *key;
    size_t length;
    json_t *value;
    while (fields->mask < 2 * json_object_size(object) + 1)
        fields->mask = fields->mask * 2 + 1;
    fields->slot = take(loader, (fields->mask + 1) * sizeof(field_t));
    json_object_keylen_foreach((json_t *)object, key, length, value)
    {
        node_t *node = with ? beside(loader, with, value) : schema_node(loader, value);
        if (!node)
            return -1;
        *slot_of(fields, key, length) = (field_t){key, length, node};
    }
    return 0;
}

static int compile_patterns(loader_t *loader, members_t *members, const json_t *object)
{
    const char *key;
    json_t *value;
    size_t n = json_object_size(object);
    nodes_t *list = &members->by_pattern;
    if (n == 0)
        return 0;
    list->node = take(loader, n * sizeof(node_t *));
    members->pattern = take(loader, n * sizeof(pcre2_code *));
    json_object_foreach((json_t *)object, key, value)
    {
        list->node[list->n] = schema_node(loader, value);
        if (!list->node[list->n] ||
            schema_pattern(loader, key, &members->pattern[list->n]) != 0)
            return -1;
        list->n++;
    }
    return 0;
}

// Whichever of the three is met first in the table makes the one clause for all of them.
static int compile_members(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    const json_t *fields = json_object_get(schema, "properties");
    const json_t *patterns = json_object_get(schema, "patternProperties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    if ((fields && !json_is_object(fields)) || (patterns && !json_is_object(patterns)))
        return fault(loader, clause, "an object of schemas");
    for (size_t i = 0; i < node->n; i++)
        if (node->clause[i].keyword->check == check_members)
            return 0;
    members_t *members = take(loader, sizeof *members);
    clause->as.members = members;
    members->others = others ? schema_node(loader, others) : NULL;
    if (others) // the only one of the three that refuses by itself
        clause->keyword = keyword_find("additionalProperties");
    if ((others && !members->others) ||
        compile_fields(loader, &members->fields, fields, NULL) != 0 ||
        compile_patterns(loader, members, patterns) != 0)
        return -1;
    return 1;
}

static int compile_dependent_schemas(
    loader_t *loader, node_t *node, clause_t *clause, const json_t *schema)
{
    (void)schema;
    if (!json_is_object(clause->value))
        return fault(loader, clause, "an object of schemas");
    clause->as.fields = take(loader, sizeof(fields_t));
    return compile_fields(loader, clause->as.fields, clause->value, node) == 0 ? 1 : -1;
}

static const keyword_t keywords[] = {
    {"$schema", T_ANY, compile_schema_uri, NULL, NULL},
    {"$id", T_ANY, compile_id, NULL, NULL},
    {"$anchor", T_ANY, compile_anchor, NULL, NULL},
    {"$comment", T_ANY, compile_text, NULL, NULL},
    {"title", T_ANY, compile_text, NULL, NULL},
    {"description", T_ANY, compile_text, NULL, NULL},
    {"default", T_ANY, NULL, NULL, NULL},
    {"examples", T_ANY, NULL, NULL, NULL},
    {"$defs", T_ANY, compile_defs, NULL, NULL},

    {"type", T_ANY, compile_type, check_type, NULL},
    {"const", T_ANY, compile_const, check_const, NULL},
    {"enum", T_ANY, compile_enum, check_enum, NULL},
    {"minimum", T_NUMBER, compile_number, check_minimum, NULL},
    {"maximum", T_NUMBER, compile_number, check_maximum, NULL},
    {"exclusiveMinimum", T_NUMBER, compile_number, check_exclusive_minimum, NULL},
    {"exclusiveMaximum", T_NUMBER, compile_number, check_exclusive_maximum, NULL},
    {"multipleOf", T_NUMBER, compile_number, check_multiple_of, NULL},
    {"minLength", T_STRING, compile_count, check_min_length, NULL},
    {"maxLength", T_STRING, compile_count, check_max_length, NULL},
    {"pattern", T_STRING, compile_pattern, check_pattern, NULL},
    {"format", T_STRING, compile_format, check_format, NULL},
    {"required", T_OBJECT, compile_required, check_required, NULL},
    {"dependentRequired", T_OBJECT, compile_dependent_required, check_dependent_required,
        NULL},
    {"minProperties", T_OBJECT, compile_count, check_min_properties, NULL},
    {"maxProperties", T_OBJECT, compile_count, check_max_properties, NULL},
    {"minItems", T_ARRAY, compile_count, check_min_items, NULL},
    {"maxItems", T_ARRAY, compile_count, check_max_items, NULL},
    {"uniqueItems", T_ARRAY, compile_unique, check_unique_items, NULL},
    {"$ref", T_ANY, compile_ref, check_ref, covers_ref},
    {"properties", T_OBJECT, compile_members, check_members, covers_members},
    {"patternProperties", T_OBJECT, compile_members, check_members, covers_members},
    {"additionalProperties", T_OBJECT, compile_members, check_members, covers_members},
    {"prefixItems", T_ARRAY, compile_prefix, check_prefix_items, NULL},
    {"items", T_ARRAY, compile_items, check_items, NULL},
    {"contains", T_ARRAY, compile_contains, check_contains, NULL},
    {"minContains", T_ARRAY, compile_contains_count, NULL, NULL},
    {"maxContains", T_ARRAY, compile_contains_count, NULL, NULL},
    {"allOf", T_ANY, compile_some, check_all_of, covers_all_of},
    {"anyOf", T_ANY, compile_some, check_any_of, covers_any_of},
    {"oneOf", T_ANY, compile_some, check_one_of, covers_any_of},
    {"not", T_ANY, compile_not, check_not, NULL},
    {"if", T_ANY, compile_if, check_if, covers_if},
    {"then", T_ANY, compile_branch, NULL, NULL},
    {"else", T_ANY, compile_branch, NULL, NULL},
    {"dependentSchemas", T_OBJECT, compile_dependent_schemas, check_dependent_schemas,
        covers_dependent_schemas},
    // Last: what it asks is what the others have left.
    {"unevaluatedProperties", T_OBJECT, compile_unevaluated, check_unevaluated,
        covers_everything},
};

enum { KEYWORDS = sizeof keywords / sizeof keywords[0] };

const keyword_t *keyword_next(const keyword_t *after)
{
    const keyword_t *next = after ? after + 1 : keywords;
    return next < keywords + KEYWORDS ? next : NULL;
}

const keyword_t *keyword_find(const char *name)
{
    for (size_t i = 0; i < KEYWORDS; i++)
        if (strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    return NULL;
}
