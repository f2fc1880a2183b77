// refusal - a "no" that is a result: it goes to the one refused and, aggregated, into the
// journal.
//
// Codes are stable: integrators may match on them.  refusal_sentence gives the plain
// words.

#ifndef LIB_BASE_REFUSAL_H
#define LIB_BASE_REFUSAL_H

#include "lib/base/bytes.h"

#include <stdbool.h>

typedef struct {
    const char *code;  // from the table in refusal.c; NULL: not refused
    char pointer[160]; // JSON pointer of the field; "" where none applies
    char by[96];       // the schema, rule or limit that refused; "" where none applies
    char text[320];    // one sentence: what is wrong and what was expected
    bool retry;        // true: nothing is wrong with the message, send it again later
} refusal_t;

// Every code the project uses, with what it means in one sentence; NULL after the last.
typedef struct {
    const char *code;
    const char *sentence;
} refusal_code_t;
extern const refusal_code_t refusal_codes[];

// Fill a refusal.  `code` must be in the table (a programmer's error otherwise).
// Always returns -1.
int refuse(refusal_t *self, const char *code, const char *pointer, const char *by,
    const char *format, ...) __attribute__((format(printf, 5, 6)));
const char *refusal_sentence(const char *code); // "" for an unknown code
// The table's own pointer for a code read from the wire, or NULL.
const char *refusal_code(span_t code);

#endif
