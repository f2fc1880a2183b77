// rules_part - where one rules file ends and the next begins in the text of a whole
// folder, which the journal keeps as one.

#ifndef LIB_RULES_RULES_PART_H
#define LIB_RULES_RULES_PART_H

#include "lib/base/bytes.h"

// The bytes up to the second setting `rules` outside all brackets, strings and comments;
// the whole text when there is no second one.
size_t rules_part(span_t text);

#endif
