// ancestry - what messages began as and whether they stand (lib/message/lineage.h), in
// memory that stays the same however many there are.

#ifndef NODES_AUDIT_ANCESTRY_H
#define NODES_AUDIT_ANCESTRY_H

#include "lib/message/lineage.h"
#include "nodes/audit/marks.h"

typedef struct ancestry ancestry_t;

ancestry_t *ancestry_new(spill_health_t *health);
void ancestry_destroy(ancestry_t **self_p);
// For as long as it is there.  Threads are not kept: each message is its own.
lineage_keeper_t ancestry_keeper(ancestry_t *self);

#endif
