// given - what a daemon was started with when that is not its configuration: a folder, or
// another daemon's.

#ifndef LIB_CONFIG_GIVEN_H
#define LIB_CONFIG_GIVEN_H

#include "lib/base/cause.h"

// The daemon whose configuration this file is ("dabyl-hub", "dabyl-node"); NULL: it
// cannot be told.
const char *given_whose(const char *path);

// `path` could not be read as the configuration of `program`, for the reason in `why`:
// where something else was given, the cause says what it is and what is wanted, else it
// stays.
void given_explain(const char *program, const char *path, cause_t *why);

#endif
