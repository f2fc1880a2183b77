// routing_facts - what a routing record repeats of its message: what it refers to, what
// it does to an exercise, which files it names, what it was derived from.
//
// So the log can be asked what follows from what without reading documents, and also
// where one was lawfully erased.

#ifndef LIB_RECITAL_H
#define LIB_RECITAL_H

#include "lib/message/document.h"
#include "lib/message/routing.h"

// Append these lines; no author is told of them, its message says the same.
void routing_facts_add(routing_t *routing, const document_t *document);

#endif
