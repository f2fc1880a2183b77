// Any bytes as JSON: what jansson takes is taken, and is the same; what it refuses is
// refused.  Two readers that disagree about a document would be a way around every check.

#include "lib/json/value_json.h"

#include <stdlib.h>
#include <string.h>

static void insist(int condition)
{
    if (!condition)
        abort();
}

// Integers beyond 64 bits and reals beyond a double are jansson's own limits.
static int is_too_large(const json_error_t *error)
{
    return json_error_code(error) == json_error_numeric_overflow;
}

// Strict refuses some of what is JSON, and reads the rest no differently.
static void strict_agrees(span_t text, const value_t *plain)
{
    const value_limits_t limits = {.depth = 100, .values = 1 << 16, .strict = true};
    value_fault_t fault;
    value_t *strict = value_parse(text, &limits, &fault);
    insist(!strict || (plain && value_equal(strict, plain)));
    insist(strict || fault.at <= text.size);
    value_free(&strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const value_limits_t limits = {.depth = 100, .values = 1 << 16};
    const size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    value_fault_t fault;
    json_error_t error;
    value_t *value = value_parse(span_of(data, size), &limits, &fault);
    json_t *other = json_loadb(size ? (const char *)data : "", size, flags, &error);
    strict_agrees(span_of(data, size), value);
    if (size && memchr(data, 0, size)) { // jansson overlooks some
        insist(!value);
        json_decref(other);
        return 0;
    }
    if (value && other) {
        json_t *same = value_json(value);
        insist(json_equal(same, other));
        json_decref(same);
    } else if (value) {
        insist(is_too_large(&error));
    } else {
        insist(!other || fault.kind == VALUE_DEPTH || fault.kind == VALUE_MANY);
        insist(fault.at <= size);
    }
    value_free(&value);
    json_decref(other);
    return 0;
}
