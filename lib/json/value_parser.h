// value_parser - what value_parse.c and value_scalar.c share.  Nobody else includes this.
//
// The copy of the text ends in a NUL, which is in no token, so that nothing here asks
// whether there is another byte; and in some more, since strings are read eight bytes at
// a time.  Strings are unescaped where they stand: they only get
// shorter, and the closing quote becomes their NUL.  Offsets in the copy are offsets in
// the text.

#ifndef LIB_JSON_VALUE_PARSER_H
#define LIB_JSON_VALUE_PARSER_H

#include "lib/json/value.h"

enum { PARSER_BEHIND = 8 }; // NULs behind the text

typedef struct {
    const value_limits_t *limits;
    value_fault_t *fault;
    char *text, *end; // the copy, and its NUL
    char *at;
    value_t *values; // the first one keeps the block, for value_free
    void *block;     // the text, behind the first values
    uint32_t n, room;
    unsigned depth;
    bool nul; // a string has one: \u0000
} parser_t;

// Write the fault.  Always false.
bool parser_fail_at(
    parser_t *self, const char *at, value_fault_kind_t kind, const char *what);
bool parser_fail(parser_t *self, const char *what); // of syntax, where the parser is

// From the opening quote to behind the closing one.
bool parser_string(parser_t *self, const char **text, uint32_t *length);
// From the first character to behind the last, into an integer or a real.
bool parser_number(parser_t *self, value_t *value);

#endif
