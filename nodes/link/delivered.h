// delivered - whether a delivery says the same everywhere.
//
// Its leaf is proven to be in the log, its document and seal to be the leaf's.  What else
// it says is the hub's word, and a hub that lies contradicts itself: the document has to
// be one and say who wrote it, what it is and which it is as the leaf does; the lines
// of the record have to be about this node: the first delivers it, by a rule, others say
// what goes along, or remark something.

#ifndef NODES_LINK_DELIVERED_H
#define NODES_LINK_DELIVERED_H

#include "lib/base/cause.h"
#include "lib/tlog/leaf.h"

typedef struct {
    const leaf_t *leaf;
    bool aside; // the log sets it aside: there is no document
    span_t document, why;
} delivered_t;

// 0, or -1 with what contradicts what.  `node` is the one that has it delivered.
int delivered_check(const delivered_t *self, const char *node, cause_t *why);
// The same of what another delivery brings along, whose line was looked at.
int delivered_check_carried(const delivered_t *self, cause_t *why);

#endif
