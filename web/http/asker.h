// asker - questions to the node's daemon, each asked once for all who want it at the
// time.
//
// Whoever asks waits; an answer younger than `fresh_ms` is shared.

#ifndef WEB_HTTP_ASKER_H
#define WEB_HTTP_ASKER_H

#include "lib/base/cause.h"

#include <jansson.h>
#include <stdint.h>

typedef struct asker asker_t;

asker_t *asker_new(const char *control); // the daemon's socket
void asker_destroy(asker_t **self_p);
// "status", or "ask duties" with arguments as JSON text behind a line end.  The answer is
// the caller's; NULL with the cause: nobody answered, or it was an error.
json_t *asker_ask(asker_t *self, const char *request, int64_t fresh_ms, cause_t *why);
// The same where the answer is there already, or on its way to somebody else; NULL: it
// would have to be asked for.
json_t *asker_share(asker_t *self, const char *request, int64_t fresh_ms);

#endif
