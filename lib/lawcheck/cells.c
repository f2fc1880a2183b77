// cells - for each test of a field the values are collected that it could treat
// differently: a bound and its two neighbours for whole numbers, each text that is named
// and one that is not.  Values that the schema of the kind does not allow are left out.

#include "lib/lawcheck/cells.h"

#include "lib/base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void add(cells_t *self, const cell_t *cell)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->cell[i].type == cell->type &&
            (cell->type != CELL_VALUE || value_equal(&self->cell[i].value, &cell->value)))
            return;
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 8;
        self->cell = memory_grow(self->cell, self->room, sizeof *self->cell);
    }
    self->cell[self->n++] = *cell;
}

// One field of one kind, while its cells are found.
typedef struct {
    cells_t *cells;
    const schemas_t *schemas;
    const char *kind, *pointer;
} place_t;

static void add_value(const place_t *place, const value_t *value)
{
    cell_t cell = {CELL_VALUE, *value};
    cell.value.key = NULL;
    cell.value.span = 1;
    if (!place->cells->open &&
        schemas_accept(place->schemas, place->kind, place->pointer, &cell.value))
        add(place->cells, &cell);
}

static void add_number(const place_t *place, int64_t number)
{
    const int64_t steps[] = {-1, 0, 1};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        value_t value = {.type = VALUE_INTEGER};
        if (!__builtin_add_overflow(number, steps[i], &value.as.integer))
            add_value(place, &value);
    }
}

static void add_values(const place_t *place, const value_t *values)
{
    value_each(value, values)
    {
        if (value_is(value, VALUE_INTEGER))
            add_number(place, value_integer(value));
        else if (!value_is(value, VALUE_ARRAY) && !value_is(value, VALUE_OBJECT))
            add_value(place, value);
    }
}

void cells_field(cells_t *self, const schemas_t *schemas, const char *kind,
    const char *pointer, const schema_field_t *field)
{
    place_t place = {self, schemas, kind, pointer};
    add_values(&place, field->among);
    if (field->constant)
        add_value(&place, field->constant);
    if (field->has_minimum)
        add_number(&place, field->minimum);
    if (field->has_maximum)
        add_number(&place, field->maximum);
}

void cells_begin(
    cells_t *self, const schemas_t *schemas, const char *kind, const char *pointer)
{
    schema_field_t field;
    place_t place = {self, schemas, kind, pointer};
    bool listed;
    schemas_field(schemas, kind, pointer, &field);
    listed = field.among || field.constant;
    *self = (cells_t){.open = field.open};
    if (field.optional)
        add(self, &(cell_t){.type = CELL_ABSENT});
    if ((field.text || field.other) && !listed)
        add(self, &(cell_t){.type = CELL_OTHER});
    if (field.truth) {
        add_value(&place, &(value_t){.type = VALUE_TRUE});
        add_value(&place, &(value_t){.type = VALUE_FALSE});
    }
    if (field.number && !listed)
        add_number(&place, 0);
    cells_field(self, schemas, kind, pointer, &field);
}

void cells_test(cells_t *self, const schemas_t *schemas, const char *kind,
    const char *pointer, const condition_t *test)
{
    place_t place = {self, schemas, kind, pointer};
    if (test->type == CONDITION_AT_LEAST || test->type == CONDITION_AT_MOST)
        add_number(&place, test->bound);
    add_values(&place, test->values);
}

void cells_close(cells_t *self)
{
    free(self->cell);
    *self = (cells_t){0};
}

bool cell_meets(const cell_t *self, const condition_t *test)
{
    if (self->type != CELL_OTHER)
        return condition_meets(test, self->type == CELL_VALUE ? &self->value : NULL);
    return (test->type == CONDITION_PRESENT && test->wanted) ||
           (test->type == CONDITION_IS_TRUE && !test->wanted);
}

void cell_print(const cell_t *self, char *out, size_t room)
{
    if (self->type != CELL_VALUE)
        (void)snprintf(
            out, room, "%s", self->type == CELL_ABSENT ? "nothing" : "something else");
    else if (value_is(&self->value, VALUE_STRING))
        (void)snprintf(out, room, "'%s'", value_text(&self->value));
    else if (value_is_number(&self->value))
        (void)snprintf(out, room, "%g", value_number(&self->value));
    else
        (void)snprintf(
            out, room, "%s", value_is(&self->value, VALUE_TRUE) ? "true" : "false");
}
