// rules_follow - a cause is tried with every combination of values that its tests, and
// those of the rules for what is derived, can tell apart: one in which the first hold and
// none of the others do is shown to whoever wrote the rules.

#include "lib/lawcheck/rules_follow.h"

#include "lib/lawcheck/cells.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AXES_MAX = 16, TRIES_MAX = 200000, CELL_TEXT = 80, TEXT_MAX = 3000 };

// A field of the cause that something depends on, and which of its values is tried.
typedef struct {
    char pointer[POINTER_MAX];
    cells_t cells;
    size_t at;
} axis_t;

typedef struct {
    const rules_t *rules;
    const schemas_t *schemas;
    cause_t *why;
    const rule_t *rule; // whose emission it is
    const emit_t *emit;
    size_t axes;
    axis_t axis[AXES_MAX];
    bool too_many; // axes
} space_t;

// What a derived message has at a pointer.
typedef enum { FROM_CAUSE, IS_THERE, IS_MISSING, UNKNOWN } origin_t;

static axis_t *axis_of(space_t *self, const char *pointer)
{
    for (size_t i = 0; i < self->axes; i++)
        if (strcmp(self->axis[i].pointer, pointer) == 0)
            return &self->axis[i];
    return NULL;
}

static void add_axis(space_t *self, const char *pointer)
{
    if (axis_of(self, pointer))
        return;
    if (self->axes == AXES_MAX) {
        self->too_many = true;
        return;
    }
    axis_t *axis = &self->axis[self->axes++];
    *axis = (axis_t){0};
    (void)snprintf(axis->pointer, sizeof axis->pointer, "%s", pointer);
    cells_begin(&axis->cells, self->schemas, self->rule->kind, pointer);
}

static void add_test(space_t *self, const char *pointer, const condition_t *test)
{
    add_axis(self, pointer);
    axis_t *axis = axis_of(self, pointer);
    if (axis)
        cells_test(&axis->cells, self->schemas, self->rule->kind, pointer, test);
}

static void close_axes(space_t *self)
{
    for (size_t i = 0; i < self->axes; i++)
        cells_close(&self->axis[i].cells);
    self->axes = 0;
    self->too_many = false;
}

// Whether `pointer` is this field or something within it.
static bool is_within(const char *pointer, const char *field)
{
    size_t size = strlen(field);
    return strncmp(pointer, field, size) == 0 &&
           (pointer[size] == '\0' || pointer[size] == '/');
}

static origin_t origin_in_body(const emit_t *emit, const char *pointer, char *out)
{
    char field[POINTER_MAX];
    for (size_t i = 0; i < emit->fields; i++) {
        (void)snprintf(field, sizeof field, "/body/%s", emit->field[i].name);
        if (!is_within(pointer, field))
            continue;
        int size = snprintf(
            out, POINTER_MAX, "%s%s", emit->field[i].pointer, pointer + strlen(field));
        return size < POINTER_MAX ? FROM_CAUSE : UNKNOWN;
    }
    if (is_within(pointer, "/body/cause"))
        return pointer[strlen("/body/cause")] ? UNKNOWN : IS_THERE;
    if (is_within(pointer, "/body/carried") && emit->carry)
        return pointer[strlen("/body/carried")] ? UNKNOWN : IS_THERE;
    return IS_MISSING;
}

// As hub/decide/derive.c makes it.
static origin_t origin_of(const emit_t *emit, const char *pointer, char *out)
{
    static const char *const copied[] = {
        "/status", "/exercise", "/marking", "/to", "/summary", NULL};
    static const char *const own[] = {
        "/dabyl", "/id", "/kind", "/from", "/for", "/sent", "/nonce", "/incident", NULL};
    if (is_within(pointer, "/body"))
        return pointer[strlen("/body")] ? origin_in_body(emit, pointer, out) : IS_THERE;
    for (size_t i = 0; copied[i]; i++)
        if (is_within(pointer, copied[i])) {
            (void)snprintf(out, POINTER_MAX, "%s", pointer);
            return FROM_CAUSE;
        }
    for (size_t i = 0; own[i]; i++)
        if (is_within(pointer, own[i]))
            return UNKNOWN; // it is there, with a value of the moment
    return IS_MISSING;
}

static const cell_t *tried(const axis_t *axis)
{
    return axis->cells.open || axis->cells.n == 0 ? NULL : &axis->cells.cell[axis->at];
}

static bool cause_meets(space_t *self, const rule_t *rule)
{
    for (size_t i = 0; i < rule->conditions; i++) {
        const axis_t *axis = axis_of(self, rule->condition[i].pointer);
        const cell_t *cell = axis ? tried(axis) : NULL;
        if (cell && !cell_meets(cell, &rule->condition[i]))
            return false;
    }
    return true;
}

// The first test of the hub's rule that what is derived fails, or NULL.
static const condition_t *failed(space_t *self, const rule_t *rule)
{
    static const cell_t there = {.type = CELL_OTHER}, missing = {.type = CELL_ABSENT};
    char pointer[POINTER_MAX];
    for (size_t i = 0; i < rule->conditions; i++) {
        const condition_t *test = &rule->condition[i];
        const cell_t *cell = NULL;
        const axis_t *axis;
        switch (origin_of(self->emit, test->pointer, pointer)) {
        case FROM_CAUSE:
            axis = axis_of(self, pointer);
            cell = axis ? tried(axis) : NULL;
            break;
        case IS_THERE:
            cell = &there;
            break;
        case IS_MISSING:
            cell = &missing;
            break;
        case UNKNOWN:
            if (test->type == CONDITION_PRESENT)
                cell = &there;
            break;
        }
        if (cell && !cell_meets(cell, test))
            return test;
    }
    return NULL;
}

// The next combination; false when all were tried.
static bool step(space_t *self)
{
    for (size_t i = 0; i < self->axes; i++) {
        axis_t *axis = &self->axis[i];
        if (!axis->cells.open && ++axis->at < axis->cells.n)
            return true;
        axis->at = 0;
    }
    return false;
}

// A combination that the rule's own tests let through and `bad` objects to.
static bool find(
    space_t *self, bool (*bad)(space_t *self, const void *context), const void *context)
{
    size_t tries = 1;
    for (size_t i = 0; i < self->axes; i++) {
        const cells_t *cells = &self->axis[i].cells;
        if (!cells->open && cells->n > 0 && (tries *= cells->n) > TRIES_MAX)
            return false;
    }
    if (self->too_many)
        return false;
    do
        if (cause_meets(self, self->rule) && bad(self, context))
            return true;
    while (step(self));
    return false;
}

static bool is_hubs(const rule_t *rule, const char *kind)
{
    return strcmp(rule->kind, kind) == 0 && (rule->roles & role_bit("hub")) != 0;
}

static void add_own_tests(space_t *self)
{
    for (size_t i = 0; i < self->rule->conditions; i++)
        add_test(self, self->rule->condition[i].pointer, &self->rule->condition[i]);
}

static void add_tests(space_t *self, const rule_t *hubs)
{
    char pointer[POINTER_MAX];
    for (size_t i = 0; i < hubs->conditions; i++)
        if (origin_of(self->emit, hubs->condition[i].pointer, pointer) == FROM_CAUSE)
            add_test(self, pointer, &hubs->condition[i]);
}

// Whether no rule of the hub lets it pass.
static bool is_stopped(space_t *self, const void *context)
{
    (void)context;
    for (size_t i = 0; i < rules_count(self->rules); i++) {
        const rule_t *rule = rules_at(self->rules, i);
        if (is_hubs(rule, self->emit->kind) && rule_allows(rule) && !failed(self, rule))
            return false;
    }
    return true;
}

// What a test found there, of the cause or of what is derived.
static void print_found(space_t *self, const condition_t *test, char *out)
{
    char pointer[POINTER_MAX];
    origin_t origin = origin_of(self->emit, test->pointer, pointer);
    const axis_t *axis = origin == FROM_CAUSE ? axis_of(self, pointer) : NULL;
    const cell_t *cell = axis ? tried(axis) : NULL;
    if (cell)
        cell_print(cell, out, CELL_TEXT);
    else
        (void)snprintf(
            out, CELL_TEXT, "%s", origin == IS_MISSING ? "nothing" : "what is there");
}

static int stopped(space_t *self)
{
    const rule_t *rule = self->rule;
    char found[CELL_TEXT];
    for (size_t i = 0; i < rules_count(self->rules); i++) {
        const rule_t *hubs = rules_at(self->rules, i);
        const condition_t *test =
            is_hubs(hubs, self->emit->kind) ? failed(self, hubs) : NULL;
        if (!test || !rule_allows(hubs))
            continue;
        print_found(self, test, found);
        return cause_set(self->why,
            "%s:%u: rule '%s' emits '%s' with %s in %s, and then no rule lets the hub "
            "send "
            "it: see rule '%s' (%s:%u)",
            rule->path, self->emit->line, rule->id, self->emit->kind, found,
            test->pointer, hubs->id, hubs->path, hubs->line);
    }
    return cause_set(self->why,
        "%s:%u: rule '%s' emits '%s', which no rule lets the hub send", rule->path,
        self->emit->line, rule->id, self->emit->kind);
}

static int check_passes(space_t *self)
{
    add_own_tests(self);
    for (size_t i = 0; i < rules_count(self->rules); i++) {
        const rule_t *rule = rules_at(self->rules, i);
        if (is_hubs(rule, self->emit->kind) && rule_allows(rule))
            add_tests(self, rule);
    }
    int result = find(self, is_stopped, NULL) ? stopped(self) : 0;
    close_axes(self);
    return result;
}

typedef struct {
    const rule_t *rule; // the hub's, for what is derived
    const oblige_t *oblige;
} counted_t;

// Whether the duty is brought by what does not say when it began.
static bool has_no_moment(space_t *self, const void *context)
{
    const counted_t *counted = context;
    char pointer[POINTER_MAX];
    origin_t origin = origin_of(self->emit, counted->oblige->from, pointer);
    if (failed(self, counted->rule))
        return false;
    const axis_t *axis = origin == FROM_CAUSE ? axis_of(self, pointer) : NULL;
    const cell_t *cell = axis ? tried(axis) : NULL;
    return origin == IS_MISSING || (cell && cell->type == CELL_ABSENT);
}

static int check_moment(space_t *self, const rule_t *hubs, const oblige_t *oblige)
{
    const rule_t *rule = self->rule;
    counted_t counted = {hubs, oblige};
    char pointer[POINTER_MAX];
    if (oblige->from[0] == '\0')
        return 0;
    add_own_tests(self);
    add_tests(self, hubs);
    if (origin_of(self->emit, oblige->from, pointer) == FROM_CAUSE)
        add_axis(self, pointer);
    bool found = find(self, has_no_moment, &counted);
    close_axes(self);
    return found ? cause_set(self->why,
                       "%s:%u: rule '%s' emits '%s' also without %s, from which duty "
                       "'%s' of rule '%s' counts (%s:%u)",
                       rule->path, self->emit->line, rule->id, self->emit->kind,
                       oblige->from, oblige->duty, hubs->id, hubs->path, oblige->line)
                 : 0;
}

static int check_moments(space_t *self)
{
    for (size_t i = 0; i < rules_count(self->rules); i++) {
        const rule_t *rule = rules_at(self->rules, i);
        for (size_t k = 0; is_hubs(rule, self->emit->kind) && k < rule->obliges; k++)
            if (check_moment(self, rule, &rule->oblige[k]) != 0)
                return -1;
    }
    return 0;
}

typedef struct {
    const char *from, *to; // pointers, into the cause and what is derived
    bool required;
    const schema_field_t *field; // that it becomes
} copied_t;

static bool only_the_first_takes(
    const space_t *self, const copied_t *copied, const char *text)
{
    const value_t value = {
        .type = VALUE_STRING, .as.text = text, .length = (uint32_t)strlen(text)};
    return schemas_accept(self->schemas, self->rule->kind, copied->from, &value) &&
           !schemas_accept(self->schemas, self->emit->kind, copied->to, &value);
}

// Whether a text of the one field may be none for the other: some of several forms and
// sizes are tried.
static bool narrows(const space_t *self, const copied_t *copied)
{
    static const char *const forms[] = {"Some words.", "2026-01-01T00:00:00Z"};
    static const size_t sizes[] = {1, 40, 70, 300, TEXT_MAX};
    char text[TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (only_the_first_takes(self, copied, forms[i]))
            return true;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(text, 'x', sizes[i]);
        text[sizes[i]] = '\0';
        if (only_the_first_takes(self, copied, text))
            return true;
    }
    return false;
}

static bool does_not_fit(space_t *self, const void *context)
{
    const copied_t *copied = context;
    const axis_t *axis = axis_of(self, copied->from);
    const cell_t *cell = axis ? tried(axis) : NULL;
    if (!cell || copied->field->open)
        return false;
    switch (cell->type) {
    case CELL_ABSENT:
        return copied->required;
    case CELL_OTHER:
        return (!copied->field->text && !copied->field->other) || narrows(self, copied);
    case CELL_VALUE:
        break;
    }
    return !schemas_accept(self->schemas, self->emit->kind, copied->to, &cell->value);
}

static int check_copied(space_t *self, const char *from, const char *to)
{
    const rule_t *rule = self->rule;
    char found[CELL_TEXT] = "";
    schema_field_t field;
    schemas_field(self->schemas, self->emit->kind, to, &field);
    copied_t copied = {from, to, !field.optional, &field};
    for (size_t i = 0; i < rule->conditions; i++)
        if (strcmp(rule->condition[i].pointer, from) == 0)
            add_test(self, from, &rule->condition[i]);
    add_axis(self, from);
    axis_t *axis = axis_of(self, from);
    cells_field(&axis->cells, self->schemas, rule->kind, from, &field);
    bool bad = find(self, does_not_fit, &copied);
    if (bad && tried(axis)->type == CELL_OTHER && field.text)
        (void)snprintf(found, sizeof found, "every text");
    else if (bad)
        cell_print(tried(axis), found, sizeof found);
    close_axes(self);
    return bad ? cause_set(self->why,
                     "%s:%u: rule '%s' copies %s into %s of '%s', which does not take %s",
                     rule->path, self->emit->line, rule->id, from, to, self->emit->kind,
                     found)
               : 0;
}

// A field that every message of the derived kind has.
typedef struct {
    space_t *space;
    const char *above; // pointer of the object that it is in
    int result;
} needed_t;

static void check_needed(void *context, const char *name)
{
    needed_t *needed = context;
    space_t *self = needed->space;
    char pointer[POINTER_MAX], from[POINTER_MAX];
    int size = snprintf(pointer, sizeof pointer, "%s/%s", needed->above, name);
    if (needed->result != 0 || size >= POINTER_MAX)
        return;
    origin_t origin = origin_of(self->emit, pointer, from);
    if (origin == FROM_CAUSE)
        needed->result = check_copied(self, from, pointer);
    else if (origin == IS_MISSING)
        needed->result = cause_set(self->why,
            "%s:%u: rule '%s' emits '%s' without %s, which every message of that kind "
            "has",
            self->rule->path, self->emit->line, self->rule->id, self->emit->kind,
            pointer);
}

// What the hub writes into each, the schema must take.
static int check_envelope(space_t *self)
{
    static const char *const written[] = {"/for", "/incident", "/body/cause", NULL};
    schema_field_t field;
    for (size_t i = 0; written[i]; i++) {
        schemas_field(self->schemas, self->emit->kind, written[i], &field);
        if (!field.open && !field.text && !field.other)
            return cause_set(self->why, "%s:%u: rule '%s' emits '%s', which never has %s",
                self->rule->path, self->emit->line, self->rule->id, self->emit->kind,
                written[i]);
    }
    return 0;
}

static int check_fits(space_t *self)
{
    const emit_t *emit = self->emit;
    char to[POINTER_MAX];
    needed_t needed = {self, "", 0};
    schemas_required(self->schemas, emit->kind, "", check_needed, &needed);
    needed.above = "/body";
    schemas_required(self->schemas, emit->kind, "/body", check_needed, &needed);
    if (needed.result != 0 || check_envelope(self) != 0)
        return -1;
    for (size_t i = 0; i < emit->fields; i++) {
        (void)snprintf(to, sizeof to, "/body/%s", emit->field[i].name);
        if (check_copied(self, emit->field[i].pointer, to) != 0)
            return -1;
    }
    return 0;
}

int rules_follow(
    const rules_t *rules, const rule_t *rule, const schemas_t *schemas, cause_t *why)
{
    space_t space = {.rules = rules, .rule = rule, .schemas = schemas, .why = why};
    for (size_t i = 0; i < rule->emits; i++) {
        space.emit = &rule->emit[i];
        if (check_fits(&space) != 0 || check_passes(&space) != 0 ||
            check_moments(&space) != 0)
            return -1;
    }
    return 0;
}
