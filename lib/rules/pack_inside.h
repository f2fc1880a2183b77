// pack_inside - what pack.c and pack_names.c share.  Nobody else includes this.

#ifndef LIB_RULES_PACK_INSIDE_H
#define LIB_RULES_PACK_INSIDE_H

#include "lib/rules/pack.h"
#include "lib/rules/rule_load.h"

// "2018-08-09"
int pack_read_date(const load_t *load, const char *key, char out[DATE_MAX]);
// `says` and `bodies`, after the paragraphs.
int pack_read_names(pack_t *self, const load_t *load);
void pack_close_names(pack_t *self);

#endif
