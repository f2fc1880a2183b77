// public_log - what the hub publishes of its log, over HTTP as C2SP tlog-tiles asks:
// /checkpoint, /tile/<level>/<index>[.p/<width>] and /tile/entries/<index>[.p/<width>].
//
// All of it is signed or hashed by what is: whoever changes it on its way is found out,
// and it needs no TLS.  No path is made of what came: a name is read as numbers, and the
// file is opened by those.  Nothing beyond the published checkpoint is given.

#ifndef WEB_OUTSIDE_PUBLIC_LOG_H
#define WEB_OUTSIDE_PUBLIC_LOG_H

#include "web/outside/outside.h"

typedef struct public_log public_log_t;

int public_log_check(const char *listen, cause_t *why); // as monitor_check
// `folder` is the journal's.
public_log_t *public_log_open(const char *folder, const char *listen, cause_t *why);
void public_log_close(public_log_t **self_p);
void public_log_turn(public_log_t *self); // as outside_turn; NULL: nothing

#endif
