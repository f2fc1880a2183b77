// edition - words for what is of another version than the one that is read here.
//
// Each format says its version where it begins (PROTOCOL.md, section 13), so that a
// program meets another one with a sentence that names both.

#ifndef LIB_BASE_EDITION_H
#define LIB_BASE_EDITION_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// A text's first line against the one that is known, such as "dabyl-seal/v1".  -1 where
// it is another; `what` is named in the cause: "a seal".
int edition_line(span_t line, const char *known, const char *what, cause_t *why);
int edition_number(uint64_t found, uint64_t known, const char *what, cause_t *why);

#endif
