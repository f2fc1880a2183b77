// roots - the checkpoints that left the hub lately, by their root.
//
// An acknowledgement names the root that the node had proofs under, and the journal must
// not take one over a root that no auditor will find.

#ifndef HUB_SEND_ROOTS_H
#define HUB_SEND_ROOTS_H

#include "lib/base/bytes.h"

typedef struct roots roots_t;

roots_t *roots_new(void);
void roots_destroy(roots_t **self_p);
// The root at this size of the log; sizes never decrease.  The oldest are forgotten.
void roots_add(roots_t *self, const hash_t *root, uint64_t size);
bool roots_find(const roots_t *self, const hash_t *root, uint64_t *size);

#endif
