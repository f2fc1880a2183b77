// misuse - what is wrong with a word of a daemon's command line.
//
// getopt_long complains by itself, in English and in the name that it was called by, so
// it is told to be silent: its short options begin with ':' and `opterr` is 0.

#ifndef LIB_CONFIG_MISUSE_H
#define LIB_CONFIG_MISUSE_H

#include "lib/base/cause.h"

#include <getopt.h>

// Say what getopt_long meant when it returned `found`, ':' or '?', and nothing was asked
// of it since.  Always returns -1.
int misuse_cause(int found, char *const *argv, const struct option *longs, cause_t *why);

#endif
