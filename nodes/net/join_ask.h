// join_ask - one question to a hub that takes requests to join, and its answer.

#ifndef NODES_NET_JOIN_ASK_H
#define NODES_NET_JOIN_ASK_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/net/tcp.h"

#include <jansson.h>

// The answer, an object, which is the caller's.  Nothing in it is believed yet: only that
// `state`, `vkey` and `ca` are texts is known.  NULL: nobody answers there, or not so.
json_t *join_ask_hub(const tcp_address_t *hub, span_t request, cause_t *why);
// The text of a member, "" where there is none.
const char *join_text(const json_t *answer, const char *name);
// The digits that this answer and the request come to.
void join_digits_of(span_t request, const json_t *answer, char *out);

#endif
