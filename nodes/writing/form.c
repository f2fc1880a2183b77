// form - a walk through the schema's objects and lists, down to what a person writes.

#include "nodes/writing/form.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 6, MEMBERS_MAX = 64 };

// What the node adds, what only the hub writes, and what is in parts.
static bool is_not_written(const char *pointer)
{
    static const char *const names[] = {"/dabyl", "/id", "/kind", "/from", "/sent",
        "/nonce", "/for", "/state_secret", "/body/carried"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], pointer) == 0)
            return true;
    return false;
}

// Names of an object's members, each once.
typedef struct {
    size_t n;
    const char *name[MEMBERS_MAX];
} members_list_t;

static void add_member(void *context, const char *name)
{
    members_list_t *list = context;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->name[i], name) == 0)
            return;
    if (list->n < MEMBERS_MAX)
        list->name[list->n++] = name;
}

static members_list_t members_of(const form_t *self, const char *pointer)
{
    members_list_t list = {0};
    schemas_members(self->schemas, self->kind, pointer, add_member, &list);
    return list;
}

static bool is_reference(const members_list_t *list)
{
    return list->n == 2 && strcmp(list->name[0], "author") == 0 &&
           strcmp(list->name[1], "id") == 0;
}

// "/body/traces/-/collected_at" is "traces-collected-at".
static void name_option(const char *pointer, char option[BLANK_OPTION])
{
    static const char body[] = "/body/";
    size_t n = 0;
    if (strncmp(pointer, body, sizeof body - 1) == 0)
        pointer += sizeof body - 1;
    else
        pointer++;
    for (; *pointer && n + 1 < BLANK_OPTION; pointer++) {
        if (strncmp(pointer, "/-", 2) == 0 && (!pointer[2] || pointer[2] == '/')) {
            pointer++;
            continue;
        }
        option[n++] = *pointer == '/' || *pointer == '_' ? '-' : *pointer;
    }
    option[n] = 0;
}

static blank_t *add(form_t *self, const char *pointer)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 32;
        self->blank = memory_grow(self->blank, self->room, sizeof *self->blank);
    }
    blank_t *blank = &self->blank[self->n++];
    *blank = (blank_t){0};
    (void)snprintf(blank->pointer, sizeof blank->pointer, "%s", pointer);
    name_option(pointer, blank->option);
    return blank;
}

static blank_type_t type_of_field(const schema_field_t *field)
{
    if (field->number && !field->text)
        return BLANK_NUMBER;
    if (field->truth && !field->text)
        return BLANK_TRUTH;
    return field->moment ? BLANK_MOMENT : BLANK_TEXT;
}

static bool is_item(const char *pointer)
{
    size_t length = strlen(pointer);
    return length > 2 && strcmp(pointer + length - 2, "/-") == 0;
}

static void add_scalar(form_t *self, const char *pointer, const schema_field_t *field)
{
    if (field->constant)
        return;
    blank_t *blank = add(self, pointer);
    blank->type = type_of_field(field);
    blank->listed = is_item(pointer);
    blank->needed = !field->optional;
    blank->among = field->among;
    blank->has_minimum = field->has_minimum;
    blank->has_maximum = field->has_maximum;
    blank->minimum = field->minimum;
    blank->maximum = field->maximum;
    blank->has_longest = field->has_longest;
    blank->longest = field->longest;
    blank->date = field->date;
}

static void add_reference(form_t *self, const char *pointer, const schema_field_t *field)
{
    blank_t *blank = add(self, pointer);
    blank->type = BLANK_REFERENCE;
    blank->listed = is_item(pointer);
    blank->needed = !field->optional;
}

static bool is_tongue(const char *name)
{
    return strcmp(name, "kk") == 0 || strcmp(name, "ru") == 0 || strcmp(name, "en") == 0;
}

// The same text in several languages: one of them is enough.
static void join_tongues(form_t *self, const schema_field_t *whole, size_t from)
{
    for (size_t i = from; i < self->n; i++) {
        self->blank[i].tongue = true;
        self->blank[i].needed = !whole->optional;
    }
}

// Of something that has to be there, and of which no part has to: which part it is, only
// the person knows.
static void ask_for_some(form_t *self, size_t from)
{
    for (size_t i = from; i < self->n; i++)
        if (self->blank[i].needed)
            return;
    for (size_t i = from; i < self->n; i++)
        self->blank[i].matters = true;
}

static void walk(form_t *self, const char *pointer, unsigned depth);

static void walk_object(
    form_t *self, const char *pointer, const schema_field_t *field, unsigned depth)
{
    char inside[BLANK_POINTER];
    members_list_t list = members_of(self, pointer);
    size_t from = self->n, tongues = 0;
    if (is_reference(&list)) {
        add_reference(self, pointer, field);
        return;
    }
    for (size_t i = 0; i < list.n; i++) {
        int n = snprintf(inside, sizeof inside, "%s/%s", pointer, list.name[i]);
        tongues += is_tongue(list.name[i]);
        if (n > 0 && (size_t)n < sizeof inside)
            walk(self, inside, depth + 1);
    }
    if (list.n > 0 && tongues == list.n)
        join_tongues(self, field, from);
    else if (!field->optional && depth > 0)
        ask_for_some(self, from);
}

static void walk(form_t *self, const char *pointer, unsigned depth)
{
    schema_field_t field;
    char item[BLANK_POINTER];
    schemas_field(self->schemas, self->kind, pointer, &field);
    if (field.never || is_not_written(pointer) || depth == DEEPEST)
        return;
    if (field.array && !field.text) {
        if ((size_t)snprintf(item, sizeof item, "%.150s/-", pointer) < sizeof item)
            walk(self, item, depth + 1);
    } else if (field.object && !field.text)
        walk_object(self, pointer, &field, depth);
    else
        add_scalar(self, pointer, &field);
}

// Of two with one name, the body's keeps it.
static void tell_apart(form_t *self)
{
    char name[BLANK_OPTION];
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(self->blank[i].option, self->blank[k].option) == 0) {
                (void)snprintf(name, sizeof name, "message-%.80s", self->blank[i].option);
                memcpy(self->blank[i].option, name, sizeof name);
            }
}

// What it is about comes first, what only qualifies it last.
static int rank(const blank_t *blank)
{
    static const char *const order[] = {
        "/re", "/incident", "/to", "/body", "/summary", "/marking", NULL};
    int i = 0;
    for (; order[i]; i++)
        if (strncmp(blank->pointer, order[i], strlen(order[i])) == 0)
            return i;
    return i;
}

// By insertion: within a rank the order is the schema's.
static void sort(form_t *self)
{
    for (size_t i = 1; i < self->n; i++) {
        blank_t blank = self->blank[i];
        size_t at = i;
        for (; at > 0 && rank(&self->blank[at - 1]) > rank(&blank); at--)
            self->blank[at] = self->blank[at - 1];
        self->blank[at] = blank;
    }
}

bool form_counts(const form_t *self, const rule_t *rule)
{
    return strcmp(rule->kind, self->kind) == 0 && (rule->roles & role_bit(self->role));
}

static blank_t *find(form_t *self, const char *pointer)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->blank[i].pointer, pointer) == 0)
            return &self->blank[i];
    return NULL;
}

static void need(form_t *self, const char *pointer, const rule_t *rule)
{
    blank_t *blank = find(self, pointer);
    if (!blank || blank->needed)
        return;
    blank->needed = true;
    blank->by = rule;
}

static bool matters(form_t *self, const char *pointer)
{
    char item[BLANK_POINTER];
    blank_t *blank = find(self, pointer);
    (void)snprintf(item, sizeof item, "%.150s/-", pointer);
    blank = blank ? blank : find(self, item);
    if (blank)
        blank->matters = true;
    return blank;
}

static bool is_addressed(const rule_t *rule)
{
    for (size_t i = 0; i < rule->targets; i++)
        if (rule->target[i].type != TARGET_TO)
            return false;
    return rule->targets > 0;
}

// What rules ask of every such message: that it names another; and somebody, when only
// who is named gets it.
static void apply_rule(form_t *self, const rule_t *rule)
{
    char pointer[BLANK_POINTER];
    for (size_t i = 0; i < rule->requires && rule->conditions == 0; i++) {
        const require_t *require = &rule->require[i];
        (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
        if (require->type != REQUIRE_SEALS)
            need(self, pointer, rule);
    }
    for (size_t i = 0; i < rule->conditions; i++)
        (void)matters(self, rule->condition[i].pointer);
    for (size_t i = 0; i < rule->targets; i++)
        if (rule->target[i].type == TARGET_OBJECT_OWNER ||
            rule->target[i].type == TARGET_OBJECT_ISOC) {
            // One is enough for most; who has several names them as well.
            if (!matters(self, "/body/object"))
                (void)matters(self, "/body/objects");
        }
    for (size_t i = 0; i < rule->obliges; i++)
        (void)matters(self, rule->oblige[i].from);
}

static void apply_rules(form_t *self)
{
    const rule_t *addressed = NULL;
    bool others = false;
    for (size_t i = 0; i < rules_count(self->rules); i++) {
        const rule_t *rule = rules_at(self->rules, i);
        if (!form_counts(self, rule))
            continue;
        apply_rule(self, rule);
        if (is_addressed(rule))
            addressed = rule;
        else
            others |= rule->targets > 0 || rule->emits > 0;
    }
    if (addressed && !others)
        need(self, "/to/-", addressed);
}

// Every message has these two; what they are unless somebody says so, everybody knows.
static void go_without_saying(form_t *self)
{
    static const char *const pointers[] = {"/marking", "/status"};
    for (size_t i = 0; i < 2; i++) {
        blank_t *blank = find(self, pointers[i]);
        if (blank) {
            blank->needed = false;
            blank->matters = true;
        }
    }
}

void form_open(form_t *self, const rules_t *rules, const schemas_t *schemas,
    const char *kind, const char *role)
{
    *self = (form_t){.rules = rules, .schemas = schemas, .kind = kind, .role = role};
    const members_list_t list = members_of(self, "");
    char pointer[BLANK_POINTER];
    for (size_t i = 0; i < list.n; i++) {
        (void)snprintf(pointer, sizeof pointer, "/%.150s", list.name[i]);
        walk(self, pointer, 0);
    }
    sort(self);
    go_without_saying(self);
    tell_apart(self);
    apply_rules(self);
}

void form_close(form_t *self)
{
    free(self->blank);
    *self = (form_t){0};
}

const blank_t *form_at(const form_t *self, const char *pointer)
{
    return find((form_t *)self, pointer);
}

// Whether the option is this blank's; the number in it, "traces-2-type", is that of an
// item, counted from 1.
static bool names(const blank_t *blank, const char *option, long *item)
{
    const char *name = blank->option;
    *item = -1;
    for (;;) {
        char c = *option == '_' || *option == '.' ? '-' : *option;
        if (c == *name && c == 0)
            return true;
        char *end;
        if (c == '-' && *item < 0 && option[1] >= '1' && option[1] <= '9' &&
            strstr(blank->pointer, "/-")) {
            *item = strtol(option + 1, &end, 10) - 1;
            option = end;
            continue;
        }
        if (c != *name)
            return false;
        option++;
        name++;
    }
}

const blank_t *form_find(const form_t *self, const char *option, long *item)
{
    for (size_t i = 0; i < self->n; i++)
        if (names(&self->blank[i], option, item))
            return &self->blank[i];
    return NULL;
}

const char *form_marking(const form_t *self)
{
    static const char *marking = "TLP:AMBER";
    bool all = false;
    for (size_t i = 0; i < rules_count(self->rules); i++) {
        const rule_t *rule = rules_at(self->rules, i);
        for (size_t k = 0; form_counts(self, rule) && k < rule->conditions; k++) {
            const condition_t *test = &rule->condition[k];
            if (strcmp(test->pointer, "/marking") == 0 && test->type == CONDITION_IN &&
                value_count(test->values) == 1)
                return value_text(value_item(test->values, 0));
        }
        for (size_t k = 0; form_counts(self, rule) && k < rule->targets; k++)
            all |= rule->target[k].type == TARGET_ALL;
    }
    return all ? "TLP:GREEN" : marking;
}

const char *form_words(const form_t *self, const blank_t *blank, const char *language)
{
    const char *words =
        schemas_words(self->schemas, self->kind, blank->pointer, language);
    return words ? words : blank->option;
}
