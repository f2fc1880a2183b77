// footing - checks that a node's folders are those that it has always used together:
// where a disk is not mounted, an empty folder must not be taken for a first start.
//
// A hidden file in state/, inbox/ and sent/ holds the same random word.  When none of
// them has the file, it is a first start; when only some have it, or the words differ, a
// folder is missing or another one.

#ifndef NODES_INBOX_FOOTING_H
#define NODES_INBOX_FOOTING_H

#include "lib/base/cause.h"

enum { FOOTING_WORD = 40 + 1 };

// Only looks.
int footing_check(const char *folder, cause_t *why);
// The same, and marks the folders of a node that begins.
int footing_take(const char *folder, cause_t *why);
// The word, which no other node has: into `out`, "" for one that has not begun.
int footing_word(const char *folder, char out[FOOTING_WORD], cause_t *why);
// Begin anew, after inbox and sent were moved away on purpose.
int footing_forget(const char *folder, cause_t *why);

#endif
