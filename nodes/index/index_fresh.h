// index_fresh - a catalogue for one command: with all that is in the folders by now.

#ifndef NODES_INDEX_INDEX_FRESH_H
#define NODES_INDEX_INDEX_FRESH_H

#include "nodes/index/index_update.h"

typedef enum {
    FRESH_SOON, // if it takes no longer than a second or two
    FRESH_EVER, // however long it takes, in memory where nothing can be written
} index_patience_t;

typedef struct {
    index_patience_t patience;
    index_progress_t *progress; // or NULL
    void *context;
} index_fresh_t;

// NULL with the cause.  `*fault` tells whether that is one: else it would have taken too
// long, or somebody else is at it.  `*in_memory`: it could not be written.
typedef struct {
    bool fault, in_memory, anew;
} index_remark_t;
mail_index_t *index_fresh(
    const char *node, const index_fresh_t *options, index_remark_t *remark, cause_t *why);

#endif
