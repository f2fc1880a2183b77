// basis - what a message that is begun is about, and what of that stands in it already:
// of a correction all that the original says, of a withdrawal the least that it must.

#ifndef NODES_WRITING_BASIS_H
#define NODES_WRITING_BASIS_H

#include "lib/message/document.h"
#include "nodes/writing/compose.h"

// As a message names another; an empty author: it names none so.
typedef struct {
    reference_t re, incident, supersedes, cancels;
} basis_t;

typedef enum {
    BASIS_BEGUN,
    BASIS_ABSENT,  // what is corrected or taken back is not in this node's folder
    BASIS_REFUSED, // it is another's, or of another kind
} basis_result_t;

// Into a document that was begun and is empty yet; `self` is the id of this node.  What
// only is referred to need not be here.
basis_result_t basis_begin(
    compose_t *compose, const basis_t *basis, const char *self, refusal_t *refusal);

#endif
