// beside - a daemon of the same build, asked whether it would start.

#ifndef NODES_UPKEEP_BESIDE_H
#define NODES_UPKEEP_BESIDE_H

#include "lib/base/cause.h"

#include <limits.h>

// A daemon ("dabyl-hub"): the one beside this program, else its name, to be found as any
// other.
void beside_find(const char *daemon, char out[PATH_MAX]);
// What `daemon -n conf` says, which it prints itself: 1, it would start; 0, it would not.
// -1 with the cause when it cannot be asked.
int beside_check(const char *daemon, const char *conf, cause_t *why);

#endif
