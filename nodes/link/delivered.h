// delivered - whether the lines that come with a delivery are such as a record has.
//
// A delivery's leaf is proven to be in the log, its document and seal to be the leaf's.
// What else it says is the hub's word, and a hub that lies contradicts itself.  The
// document has to be one and say who wrote it, what it is and which it is as the leaf
// does: that is document_fits.  The lines of the record have to be about this node: the
// first delivers it, by a rule, others say what goes along, or remark something.

#ifndef NODES_LINK_DELIVERED_H
#define NODES_LINK_DELIVERED_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// 0, or -1 with what contradicts what.  `node` is the one that has it delivered.
int delivered_check(span_t lines, const char *node, cause_t *why);

#endif
