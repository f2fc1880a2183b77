// former - the logs that a node has left: former/1, former/2 and so on in its folder,
// each with inbox/, sent/, state/ and hub.vkey of that log, as they were.

#ifndef NODES_INBOX_FORMER_H
#define NODES_INBOX_FORMER_H

#include "lib/base/cause.h"

#include <limits.h>
#include <stdbool.h>

// Whether going over was begun and not finished.
bool former_unfinished(const char *node);
// How many logs it has left, and the folder of the n-th, from 1 on.
int former_last(const char *node);
void former_nth(const char *node, int n, char out[PATH_MAX]);
// The folder of the log of this name that was left last.  -1: there is none.
int former_find(const char *node, const char *origin, char out[PATH_MAX], cause_t *why);

#endif
