// routing_facts - what a routing record repeats of its message: what it refers to, what
// it does to an exercise, which files it names, what it was derived from.
//
// So the log can be asked what follows from what without reading documents, and also
// where one was lawfully erased.

#ifndef HUB_DECIDE_ROUTING_FACTS_H
#define HUB_DECIDE_ROUTING_FACTS_H

#include "lib/message/document.h"
#include "lib/message/routing.h"

// Append these lines; no author is told of them, its message says the same.
void routing_facts_add(routing_t *routing, const document_t *document);

#endif
