// signals - what the system or an operator asks of a daemon, read from a descriptor.

#ifndef HUB_SIGNALS_H
#define HUB_SIGNALS_H

#include "lib/base/cause.h"

#include <stdint.h>

typedef enum { SIGNALS_NONE, SIGNALS_RELOAD, SIGNALS_STOP } signals_t;

// Blocks SIGHUP, SIGTERM and SIGINT, in threads that start later too, and returns a
// descriptor that is readable when one has come.  The caller closes it.  -1: failed.
int signals_open(cause_t *why);
// The next one that has come: SIGHUP to reload, the others to stop; and of which user's
// process it was.
signals_t signals_next(int descriptor, uint32_t *uid);

#endif
