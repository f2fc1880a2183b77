// law - the law in force as the node knows it (nodes/roles/law_copy.h), read once for all
// requests and again when the file has changed.

#ifndef WEB_LAW_H
#define WEB_LAW_H

#include "nodes/roles/law_copy.h"

typedef struct web_law web_law_t;

web_law_t *web_law_new(const char *node); // its folder; borrowed
void web_law_destroy(web_law_t **self_p); // nobody has it any more
// From any thread: the law, until it is given back; it does not change meanwhile.  NULL
// with the cause where the node has none that is proven.
const law_copy_t *web_law_take(web_law_t *self, cause_t *why);
void web_law_give(web_law_t *self, const law_copy_t **law); // NULL is fine

#endif
