// trust - what nodes are told of whom to believe, beside the revocation list in force:
// the CAs, the hub's channel certificate, and the one that comes after it.

#ifndef HUB_ASK_TRUST_H
#define HUB_ASK_TRUST_H

#include "lib/base/bytes.h"
#include "lib/config/hub_options.h"

// PEM; empty where there is none.
typedef struct {
    buf_t ca, channel, next;
} trust_t;

// Read anew; what cannot be read is left out, with a line in the log.
void trust_read(trust_t *self, const hub_options_t *options);
void trust_close(trust_t *self);

#endif
