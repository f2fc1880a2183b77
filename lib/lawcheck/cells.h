// cells - the values of one field that tests can tell apart, one of each sort: so that
// what tests let through can be seen by trying, before there is any message.

#ifndef LIB_LAWCHECK_CELLS_H
#define LIB_LAWCHECK_CELLS_H

#include "lib/json/schema.h"
#include "lib/rules/condition.h"

typedef enum { CELL_ABSENT, CELL_VALUE, CELL_OTHER } cell_type_t;

// CELL_OTHER: something that no test names, a list or an object or another text.
typedef struct {
    cell_type_t type;
    value_t value; // CELL_VALUE: a scalar; a text is borrowed from tests or schemas
} cell_t;

typedef struct {
    bool open; // nothing is known of the field: any test may hold
    size_t n, room;
    cell_t *cell;
} cells_t;

// Those of the field of this kind, none of them yet but what every message may have.
void cells_begin(
    cells_t *self, const schemas_t *schemas, const char *kind, const char *pointer);
// And on either side of what the test, or another field's schema, names.
void cells_test(cells_t *self, const schemas_t *schemas, const char *kind,
    const char *pointer, const condition_t *test);
void cells_field(cells_t *self, const schemas_t *schemas, const char *kind,
    const char *pointer, const schema_field_t *field);
void cells_close(cells_t *self);

bool cell_meets(const cell_t *self, const condition_t *test);
// "3", "'TLP:RED'", "nothing", "something else", for complaints.
void cell_print(const cell_t *self, char *out, size_t room);

#endif
