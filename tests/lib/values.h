// values - values for tests, from text or from trees that jansson has built.

#ifndef TESTS_LIB_VALUES_H
#define TESTS_LIB_VALUES_H

#include "lib/json/value.h"

#include "tests/lib/test.h"

#include <jansson.h>

// Fails the test when the text is no JSON.
static inline value_t *value_read(const char *text)
{
    const value_limits_t limits = {.depth = 512, .values = 1 << 20};
    value_fault_t fault;
    value_t *value = value_parse(span_text(text), &limits, &fault);
    if (!value)
        fail_msg("%s: %s at %zu", text, fault.what, fault.at);
    return value;
}

// Takes over the tree; NULL for NULL.
static inline value_t *value_from(json_t *tree)
{
    char *text = json_dumps(tree, JSON_ENCODE_ANY);
    value_t *value = text ? value_read(text) : NULL;
    free(text);
    json_decref(tree);
    return value;
}

#endif
