// schema_keywords - the profile: one table of keywords, and how the value of each is
// compiled.
//
// The order of the table is the order of checking: what is cheap or says most comes
// first. maxItems and items stand before uniqueItems, which compares all pairs.

#include "lib/json/schema_tree.h"

#include <string.h>

int keyword_fault(const site_t *site, const clause_t *clause, const char *expected)
{
    return cause_set(site->loader->why, "%s: \"%s\" must be %s", site->loader->file->name,
        clause->keyword->name, expected);
}

static int compile_count(const site_t *site, clause_t *clause)
{
    // 2.0 is a count too.
    double number = value_number(clause->value);
    if (!type_matches(T_INTEGER, clause->value) || number < 0 || number > 9e15)
        return keyword_fault(site, clause, "a count");
    clause->as.count = (size_t)number;
    return 1;
}

static int compile_number(const site_t *site, clause_t *clause)
{
    bool divisor = strcmp(clause->keyword->name, "multipleOf") == 0;
    if (!value_is_number(clause->value))
        return keyword_fault(site, clause, "a number");
    if (divisor && value_number(clause->value) <= 0)
        return keyword_fault(site, clause, "more than 0");
    return 1;
}

static int compile_text(const site_t *site, clause_t *clause)
{
    return value_is(clause->value, VALUE_STRING)
               ? 0
               : keyword_fault(site, clause, "a string");
}

static int compile_schema_uri(const site_t *site, clause_t *clause)
{
    const char *uri = value_text(clause->value);
    if (!uri || strcmp(uri, "https://json-schema.org/draft/2020-12/schema") != 0)
        return keyword_fault(
            site, clause, "https://json-schema.org/draft/2020-12/schema");
    return 0;
}

static int compile_id(const site_t *site, clause_t *clause)
{
    if (site->schema != site->loader->file->json)
        return keyword_fault(site, clause, "at the root of a file");
    return compile_text(site, clause);
}

static int compile_anchor(const site_t *site, clause_t *clause)
{
    site->node->anchor = value_text(clause->value);
    return compile_text(site, clause);
}

// $defs asserts nothing, but what stands in it must be in the profile.
static int compile_defs(const site_t *site, clause_t *clause)
{
    if (!value_is(clause->value, VALUE_OBJECT))
        return keyword_fault(site, clause, "an object of schemas");
    value_each(value, clause->value)
    {
        if (!schema_node(site->loader, value))
            return -1;
    }
    return 0;
}

static int compile_type(const site_t *site, clause_t *clause)
{
    size_t n = value_is(clause->value, VALUE_ARRAY) ? value_count(clause->value) : 1;
    for (size_t i = 0; i < n; i++) {
        const value_t *one = value_is(clause->value, VALUE_ARRAY)
                                 ? value_item(clause->value, i)
                                 : clause->value;
        unsigned types = value_is(one, VALUE_STRING) ? type_named(value_text(one)) : 0;
        if (types == 0)
            return keyword_fault(site, clause, "the name of a type, or a list of them");
        clause->as.types |= types;
    }
    return n > 0 ? 1 : keyword_fault(site, clause, "at least one type");
}

static int compile_const(const site_t *site, clause_t *clause)
{
    (void)site;
    (void)clause;
    return 1; // any value will do
}

static int compile_enum(const site_t *site, clause_t *clause)
{
    return value_is(clause->value, VALUE_ARRAY)
               ? 1
               : keyword_fault(site, clause, "a list of values");
}

static bool are_names(const value_t *list)
{
    value_each(name, list)
    {
        if (!value_is(name, VALUE_STRING))
            return false;
    }
    return value_is(list, VALUE_ARRAY);
}

static required_t required_of(const site_t *site, const value_t *list)
{
    required_t required = {
        .name = schema_take(site->loader, value_count(list) * sizeof(field_t) + 1)};
    value_each(name, list)
    {
        const char *key = value_text(name);
        uint32_t length = (uint32_t)value_length(name);
        required.name[required.n++] =
            (field_t){key, length, value_hash(key, length), NULL};
    }
    return required;
}

static int compile_required(const site_t *site, clause_t *clause)
{
    if (!are_names(clause->value))
        return keyword_fault(site, clause, "a list of names");
    clause->as.required = required_of(site, clause->value);
    return 1;
}

static int compile_dependent_required(const site_t *site, clause_t *clause)
{
    value_each(value, clause->value)
    {
        if (!are_names(value))
            return keyword_fault(site, clause, "lists of names by name");
    }
    return value_is(clause->value, VALUE_OBJECT)
               ? 1
               : keyword_fault(site, clause, "an object");
}

static int compile_unique(const site_t *site, clause_t *clause)
{
    if (type_of(clause->value) != T_BOOLEAN)
        return keyword_fault(site, clause, "a boolean");
    if (site->loader->set->bounded && !value_get(site->schema, "maxItems"))
        return keyword_fault(site, clause, "beside maxItems");
    return value_is(clause->value, VALUE_TRUE);
}

static int compile_pattern(const site_t *site, clause_t *clause)
{
    const char *text = value_text(clause->value);
    if (compile_text(site, clause) != 0)
        return -1;
    clause->as.pattern = pattern_compile(site->loader, text);
    return clause->as.pattern ? 1 : -1;
}

static int compile_format(const site_t *site, clause_t *clause)
{
    const char *name = value_text(clause->value);
    if (compile_text(site, clause) != 0)
        return -1;
    clause->as.format = format_find(name);
    if (!clause->as.format)
        return cause_set(site->loader->why, "%s: format \"%s\" is not in the profile",
            site->loader->file->name, name);
    return 1;
}

static int compile_ref(const site_t *site, clause_t *clause)
{
    if (compile_text(site, clause) != 0)
        return -1;
    unresolved_t *pending = schema_take(site->loader, sizeof *pending);
    *pending = (unresolved_t){
        site->loader->set->pending, site->loader->file, site->node, clause};
    site->loader->set->pending = pending;
    return 1;
}

// Fill `list` from an array of schemas.
static int compile_nodes(
    const site_t *site, clause_t *clause, nodes_t *list, bool in_place)
{
    size_t n = value_count(clause->value);
    if (n == 0)
        return keyword_fault(site, clause, "a list of schemas");
    list->node = schema_take(site->loader, n * sizeof(schema_node_t *));
    for (; list->n < n; list->n++) {
        const value_t *json = value_item(clause->value, list->n);
        schema_node_t *to =
            in_place ? schema_beside(site, json) : schema_node(site->loader, json);
        if (!to)
            return -1;
        list->node[list->n] = to;
    }
    return 1;
}

static int compile_some(const site_t *site, clause_t *clause)
{
    return compile_nodes(site, clause, &clause->as.list, true);
}

static int compile_prefix(const site_t *site, clause_t *clause)
{
    return compile_nodes(site, clause, &clause->as.list, false);
}

static int compile_not(const site_t *site, clause_t *clause)
{
    clause->as.node = schema_beside(site, clause->value);
    return clause->as.node ? 1 : -1;
}

static int compile_unevaluated(const site_t *site, clause_t *clause)
{
    clause->as.node = schema_node(site->loader, clause->value);
    return clause->as.node ? 1 : -1;
}

static int compile_items(const site_t *site, clause_t *clause)
{
    clause->as.items.skip = value_count(value_get(site->schema, "prefixItems"));
    clause->as.items.node = schema_node(site->loader, clause->value);
    return clause->as.items.node ? 1 : -1;
}

// A count that stands beside `contains`.
static size_t sibling_count(const site_t *site, const char *name, size_t otherwise)
{
    const value_t *value = value_get(site->schema, name);
    double number = value_number(value);
    return value && number >= 0 && number < 9e15 ? (size_t)number : otherwise;
}

static int compile_contains(const site_t *site, clause_t *clause)
{
    clause->as.contains.min = sibling_count(site, "minContains", 1);
    clause->as.contains.max = sibling_count(site, "maxContains", SIZE_MAX);
    clause->as.contains.node = schema_node(site->loader, clause->value);
    return clause->as.contains.node ? 1 : -1;
}

// minContains and maxContains are read by `contains`; alone they say nothing.
static int compile_contains_count(const site_t *site, clause_t *clause)
{
    return compile_count(site, clause) < 0 ? -1 : 0;
}

static int compile_if(const site_t *site, clause_t *clause)
{
    const value_t *yes = value_get(site->schema, "then");
    const value_t *no = value_get(site->schema, "else");
    clause->as.branch.test = schema_beside(site, clause->value);
    clause->as.branch.yes = yes ? schema_beside(site, yes) : NULL;
    clause->as.branch.no = no ? schema_beside(site, no) : NULL;
    bool failed = !clause->as.branch.test || (yes && !clause->as.branch.yes) ||
                  (no && !clause->as.branch.no);
    return failed ? -1 : 1;
}

// `then` and `else` are read by `if`; alone they say nothing, but must be schemas.
static int compile_branch(const site_t *site, clause_t *clause)
{
    return schema_node(site->loader, clause->value) ? 0 : -1;
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
    {"x-words", T_ANY, compile_words, NULL, NULL},
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
    {"$ref", T_ANY, compile_ref, check_ref, covers_ref},
    {"properties", T_OBJECT, compile_members, check_members, covers_members},
    {"patternProperties", T_OBJECT, compile_members, check_members, covers_members},
    {"additionalProperties", T_OBJECT, compile_members, check_members, covers_members},
    {"prefixItems", T_ARRAY, compile_prefix, check_prefix_items, NULL},
    {"items", T_ARRAY, compile_items, check_items, NULL},
    {"uniqueItems", T_ARRAY, compile_unique, check_unique_items, NULL},
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
