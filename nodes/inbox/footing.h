// footing - that the folders of a node are those it has used together: an empty one,
// where a disk is not mounted, is no first start.
//
// A hidden file in state/, inbox/ and sent/ has the same random word.  Where none has it,
// the node begins; where one lacks it that had it, something else lies there.

#ifndef NODES_INBOX_FOOTING_H
#define NODES_INBOX_FOOTING_H

#include "lib/base/cause.h"

// Only looks.
int footing_check(const char *folder, cause_t *why);
// The same, and marks the folders of a node that begins.
int footing_take(const char *folder, cause_t *why);
// They are begun anew: inbox and sent were moved away as a whole.
int footing_forget(const char *folder, cause_t *why);

#endif
