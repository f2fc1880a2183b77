// condition - a test of one field of a message, as rules state it:
//
//     { field = "/body/level"; at_least = 3; }
//
// The field is a JSON pointer; beside it stands one of at_least, at_most (whole numbers),
// equals (a scalar), in (an array of scalars), present and is_true (true or false).

#ifndef LIB_RULES_CONDITION_H
#define LIB_RULES_CONDITION_H

#include "lib/config/settings.h"
#include "lib/json/value.h"

enum { POINTER_MAX = 96 };

typedef enum {
    CONDITION_AT_LEAST,
    CONDITION_AT_MOST,
    CONDITION_IN, // `equals` is `in` with one value
    CONDITION_PRESENT,
    CONDITION_IS_TRUE,
} condition_type_t;

typedef struct {
    char pointer[POINTER_MAX];
    condition_type_t type;
    bool wanted;     // PRESENT and IS_TRUE: false turns the test round
    int64_t bound;   // AT_LEAST, AT_MOST
    value_t *values; // IN: an array of scalars, owned
} condition_t;

int condition_read(condition_t *self, const settings_t *file,
    const config_setting_t *group, cause_t *why);
void condition_close(condition_t *self);
// A field that is absent, or of another type than the test's, meets no test but one for
// absence.
bool condition_holds(const condition_t *self, const value_t *message);
// The same of the field itself; NULL: it is absent.
bool condition_meets(const condition_t *self, const value_t *field);
// That whatever meets `a` meets `b`; false also where it cannot be seen from the tests.
bool condition_implies(const condition_t *a, const condition_t *b);

// RFC 6901, and not the whole document.
bool pointer_valid(const char *pointer);

#endif
