// erase_plan - a message that is to be taken out of the log lawfully: what stands in the
// way of that, and what goes with it.  Nothing is changed; a source of the hub itself.

#ifndef HUB_ERASE_PLAN_H
#define HUB_ERASE_PLAN_H

#include "hub/hub_inside.h"

// A file that what goes has named.
typedef struct {
    hash_t digest;
    uint64_t size;
    uint64_t keeper; // a message that stays and names it; 0: it goes
} named_file_t;

// Good within a turn, and nothing in it is to be closed: `hub` is borrowed.  It is not
// copied, since `log` points into it.
typedef struct {
    hub_t *hub;
    history_view_t view;
    precedents_t log;
    leaf_t leaf;    // the message
    erasure_t goes; // it and what goes with it, in the order of the log
    hold_t hold;    // which of what stands in the way was found
    size_t files;
    named_file_t file[ERASURE_FILES];
} erase_plan_t;

void erase_plan_begin(erase_plan_t *self, hub_t *hub);
// The message that an operator names, as "ID" or "AUTHOR ID".  -1: none, or several.
int erase_plan_find(erase_plan_t *self, const char *name, cause_t *why);
// All that goes with the message that was found.  -1: something is in the way, as `hold`
// and the cause say.
int erase_plan_gather(erase_plan_t *self, cause_t *why);

#endif
