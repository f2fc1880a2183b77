// share - where schemas and rules lie that came with the programs.

#ifndef NODES_UPKEEP_SHARE_H
#define NODES_UPKEEP_SHARE_H

#include "lib/base/cause.h"

#include <limits.h>

// Told, or (NULL) found from the program's own place: <prefix>/bin and
// <prefix>/share/dabyl when installed, build/<mode> and the top of the sources when not.
int share_find(const char *told, char out[PATH_MAX], cause_t *why);

#endif
