// value_json - a copy of what was read, for jansson to change or print.

#ifndef LIB_JSON_VALUE_JSON_H
#define LIB_JSON_VALUE_JSON_H

#include "lib/json/value.h"

#include <jansson.h>

// Owned by the caller; NULL for NULL, and for a text that jansson does not take (a NUL).
json_t *value_json(const value_t *self);

#endif
