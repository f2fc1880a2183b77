// check - everything that a start would stumble over, tried without changing anything.
//
// The journal is read and folded as at a start, into a folder of its own that is removed
// afterwards; the law is judged by what the journal says was in force; addresses are
// bound and let go again.

#ifndef HUB_CHECK_H
#define HUB_CHECK_H

#include "hub/hub.h"
#include "lib/lawcheck/rules_warn.h"

// What there is to say of a start that would succeed, in words for people.
typedef struct {
    char untried[256];   // because a hub runs on this journal; or ""
    warnings_t warnings; // what is not wrong, and may leave somebody untold
} check_t;

// `start` as for hub_open.  -1: the start would fail, and why.  check_close in any case.
int hub_check(
    check_t *self, const hub_options_t *options, hub_start_t *start, cause_t *why);
void check_close(check_t *self);

#endif
