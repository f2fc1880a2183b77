// schema_field - what all schemas that hold for a field agree on: those it is described
// by, those they refer to and those of `allOf`.  Branches are not followed.

#include "lib/json/schema_tree.h"

#include <string.h>

enum { SCHEMAS_MAX = 32 }; // that hold for one value; ours have three

typedef struct {
    size_t n;
    bool open; // there are more, or branches that may say more
    const schema_node_t *node[SCHEMAS_MAX];
} facts_t;

static void gather(facts_t *self, const schema_node_t *node)
{
    if (self->n == SCHEMAS_MAX) {
        self->open = true;
        return;
    }
    self->node[self->n++] = node;
    for (size_t i = 0; i < node->n; i++) {
        const clause_t *clause = &node->clause[i];
        if (clause->keyword->check == check_ref)
            gather(self, clause->as.node);
        else if (clause->keyword->check == check_all_of)
            for (size_t k = 0; k < clause->as.list.n; k++)
                gather(self, clause->as.list.node[k]);
    }
}

static bool demands(const clause_t *clause, const char *key, size_t length)
{
    if (clause->keyword->check != check_required)
        return false;
    value_each(name, clause->value)
    {
        if (value_length(name) == length && memcmp(value_text(name), key, length) == 0)
            return true;
    }
    return false;
}

// One step down; whether every such object has the field.
static bool descend(const facts_t *from, facts_t *to, const char *key, size_t length)
{
    bool required = false;
    *to = (facts_t){.open = from->open};
    for (size_t i = 0; i < from->n; i++)
        for (size_t k = 0; k < from->node[i]->n; k++) {
            const clause_t *clause = &from->node[i]->clause[k];
            required |= demands(clause, key, length);
            if (clause->keyword->compile != compile_members)
                continue;
            const schema_node_t *found = fields_find(
                &clause->as.members->fields, key, length, value_hash(key, length));
            if (found)
                gather(to, found);
        }
    return required;
}

// Any item of an array.
static void into_items(const facts_t *from, facts_t *to)
{
    *to = (facts_t){.open = from->open};
    for (size_t i = 0; i < from->n; i++)
        for (size_t k = 0; k < from->node[i]->n; k++)
            if (from->node[i]->clause[k].keyword->check == check_items)
                gather(to, from->node[i]->clause[k].as.items.node);
}

static void walk(const schemas_t *self, const char *kind, const char *pointer,
    facts_t *facts, bool *optional)
{
    const schema_file_t *file = schema_file_of(self, kind);
    facts_t next;
    *facts = (facts_t){.open = !file || strchr(pointer, '~')};
    *optional = false;
    if (file)
        gather(facts, file->root);
    while (*pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        if (length == 1 && *pointer == '-') {
            into_items(facts, &next);
            *facts = next;
            pointer += length;
            continue;
        }
        *optional |= !descend(facts, &next, pointer, length);
        *facts = next;
        pointer += length;
    }
    facts->open |= facts->n == 0;
}

static void bound(schema_field_t *field, const clause_t *clause)
{
    const value_t *value = clause->value;
    schema_check_t *check = clause->keyword->check;
    if (check != check_minimum && check != check_maximum && check != check_max_length)
        return;
    int64_t number = value_is(value, VALUE_INTEGER) ? value_integer(value)
                                                    : (int64_t)value_number(value);
    if (check == check_minimum && (!field->has_minimum || number > field->minimum)) {
        field->has_minimum = true;
        field->minimum = number;
    }
    if (check == check_maximum && (!field->has_maximum || number < field->maximum)) {
        field->has_maximum = true;
        field->maximum = number;
    }
    if (check == check_max_length && (!field->has_longest || number < field->longest)) {
        field->has_longest = true;
        field->longest = number;
    }
}

static unsigned types_of_all(const value_t *values)
{
    unsigned types = 0;
    value_each(value, values)
    {
        types |= type_of(value);
    }
    return types;
}

static unsigned types_of(const clause_t *clause)
{
    schema_check_t *check = clause->keyword->check;
    if (check == check_never)
        return 0;
    if (check == check_type)
        return clause->as.types;
    if (check == check_const)
        return type_of(clause->value);
    return check == check_enum ? types_of_all(clause->value) : T_ANY;
}

// Of one that is said to be a moment or a day, when it is.
static bool has_format(const facts_t *facts, const char *format)
{
    for (size_t i = 0; i < facts->n; i++)
        for (size_t k = 0; k < facts->node[i]->n; k++) {
            const clause_t *clause = &facts->node[i]->clause[k];
            if (clause->keyword->check == check_format &&
                strcmp(value_text(clause->value), format) == 0)
                return true;
        }
    return false;
}

void schemas_field(
    const schemas_t *self, const char *kind, const char *pointer, schema_field_t *field)
{
    facts_t facts;
    unsigned types = T_ANY;
    *field = (schema_field_t){0};
    walk(self, kind, pointer, &facts, &field->optional);
    field->open = facts.open;
    for (size_t i = 0; i < facts.n; i++)
        for (size_t k = 0; k < facts.node[i]->n; k++) {
            const clause_t *clause = &facts.node[i]->clause[k];
            types &= types_of(clause);
            bound(field, clause);
            if (clause->keyword->check == check_enum)
                field->among = clause->value;
            if (clause->keyword->check == check_const)
                field->constant = clause->value;
        }
    field->text = types & T_STRING;
    field->moment = field->text && has_format(&facts, "date-time");
    field->date = field->text && has_format(&facts, "date");
    field->number = types & T_NUMBER;
    field->truth = types & T_BOOLEAN;
    field->other = types & (T_OBJECT | T_ARRAY | T_NULL);
    field->object = types & T_OBJECT;
    field->array = types & T_ARRAY;
    field->never = types == 0;
}

const char *schema_description(
    const schemas_t *self, const char *kind, const char *pointer)
{
    facts_t facts;
    bool optional;
    walk(self, kind, pointer, &facts, &optional);
    for (size_t i = 0; i < facts.n; i++) {
        const char *text = value_text(value_get(facts.node[i]->json, "description"));
        if (text)
            return text;
    }
    return NULL;
}

bool schemas_accept(
    const schemas_t *self, const char *kind, const char *pointer, const value_t *value)
{
    facts_t facts;
    bool optional, accepted = true;
    refusal_t refusal;
    schema_run_t run = {.refusal = &refusal, .quiet = 1, .limits = self->match};
    walk(self, kind, pointer, &facts, &optional);
    for (size_t i = 0; i < facts.n && accepted; i++)
        accepted = node_accepts(&run, facts.node[i], value, NULL);
    pcre2_match_data_free(run.match);
    return accepted;
}

void schemas_required(const schemas_t *self, const char *kind, const char *pointer,
    void (*visit)(void *context, const char *name), void *context)
{
    facts_t facts;
    bool optional;
    walk(self, kind, pointer, &facts, &optional);
    for (size_t i = 0; i < facts.n; i++)
        for (size_t k = 0; k < facts.node[i]->n; k++) {
            const clause_t *clause = &facts.node[i]->clause[k];
            if (clause->keyword->check != check_required)
                continue;
            value_each(name, clause->value)
            {
                visit(context, value_text(name));
            }
        }
}

void schemas_members(const schemas_t *self, const char *kind, const char *pointer,
    void (*visit)(void *context, const char *name), void *context)
{
    facts_t facts;
    bool optional;
    walk(self, kind, pointer, &facts, &optional);
    for (size_t i = 0; i < facts.n; i++)
        value_each(member, value_get(facts.node[i]->json, "properties"))
        {
            visit(context, member->key);
        }
}
