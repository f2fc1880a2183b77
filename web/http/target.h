// target - what stands behind the method in a request's first line: a path of steps and a
// query of names with values, decoded once and strictly.
//
// Whatever two readers could take differently is refused: steps that are empty, "." or
// "..", an encoded slash, control characters, what is no UTF-8, a name that is there
// twice.

#ifndef WEB_HTTP_TARGET_H
#define WEB_HTTP_TARGET_H

#include "lib/base/bytes.h"

#include <stdbool.h>

enum {
    TARGET_MAX = 8192, // bytes, encoded
    TARGET_STEPS = 8,
    TARGET_STEP = 200, // bytes of a step with its zero, decoded
    TARGET_PAIRS = 24,
};

typedef struct {
    size_t steps; // 0: "/"
    char step[TARGET_STEPS][TARGET_STEP];
    size_t pairs;
    struct {
        const char *name, *value; // in `text`
    } pair[TARGET_PAIRS];
    char text[TARGET_MAX];
} target_t;

// False: it is malformed or longer than we take.
bool target_parse(target_t *self, span_t raw);
const char *target_query(const target_t *self, const char *name); // "" when not there

// The value of a cookie in a Cookie header, into `out`; false when it is not there, is
// there twice, or does not fit.
bool target_cookie(span_t header, const char *name, char *out, size_t room);

#endif
