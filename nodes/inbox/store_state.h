// store_state - the inside of the store, shared by store_open.c (how far the inbox goes)
// and store.c (what comes after), nobody else.

#ifndef NODES_INBOX_STORE_STATE_H
#define NODES_INBOX_STORE_STATE_H

#include "nodes/inbox/before.h"
#include "nodes/inbox/sequence.h"
#include "nodes/inbox/stage.h"
#include "nodes/inbox/store.h"
#include "nodes/inbox/stored.h"

#include <limits.h>

struct store {
    char *folder;
    stage_t *sent, *inbox, *aside, *carried;
    stored_t stored;
    before_t *before;     // what there was of the log before
    buf_t proof;          // of the last delivery stored
    size_t strays;        // files with the next number that are no deliveries
    cause_t stray;        // the first of them, and why
    sequence_t *sequence; // of the inbox, where store_find looked last
    buf_t checkpoint;
    buf_t scratch;
};

int store_path(const store_t *self, const char *name, char out[PATH_MAX], cause_t *why);
// A small file of state/, `name` with its folder.
int store_write_state(const store_t *self, const char *name, span_t data, cause_t *why);
int store_write_record(store_t *self, uint64_t number, cause_t *why); // state/stored

#endif
