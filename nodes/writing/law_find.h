// law_find - the law by which somebody writes: of the hub, if it can be asked, else as
// the node knew it last, else as it was shipped.

#ifndef NODES_WRITING_LAW_FIND_H
#define NODES_WRITING_LAW_FIND_H

#include "nodes/cli/command.h"
#include "nodes/roles/law_copy.h"

typedef enum { LAW_IN_FORCE, LAW_KNOWN, LAW_SHIPPED } law_standing_t;

typedef struct {
    law_copy_t law;
    law_standing_t standing;
    char role[ROLE_MAX]; // of this node's certificate; "" without a node
} law_found_t;

// -1 with the cause.  What is not in force is said on standard error.
int law_find(law_found_t *self, const call_t *call, cause_t *why);
// Only to show what messages say: as the node knew it last, else as it was shipped,
// without asking the hub.  Where there is neither, schemas are NULL.
void law_find_words(law_found_t *self, const char *node);
void law_found_close(law_found_t *self);

#endif
