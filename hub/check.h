// check - everything that a start would stumble over, tried without changing anything.
//
// The journal is read and folded as at a start, into a folder of its own that is removed
// afterwards; the law is judged by what the journal says was in force; addresses are
// bound and let go again.

#ifndef HUB_CHECK_H
#define HUB_CHECK_H

#include "hub/hub.h"

// What could not be tried, because a hub runs on this journal: "" or words for people.
typedef struct {
    char untried[256];
} check_t;

// `start` as for hub_open.  -1: the start would fail, and why.  `warn` is told what is
// not wrong and may leave somebody untold.
int hub_check(check_t *self, const hub_options_t *options, hub_start_t *start,
    void (*warn)(const char *text), cause_t *why);

#endif
