// replies - what others have answered to a message that this node sent.

#ifndef NODES_SENDING_REPLIES_H
#define NODES_SENDING_REPLIES_H

#include "nodes/inbox/mail.h"

typedef struct replies replies_t;

// By the catalogue of the node's messages; NULL where there is none yet: then nobody can
// say it soon.
replies_t *replies_open(const char *node);
void replies_close(replies_t **self_p);
// Those to this message, the oldest first: [{"from", "answer" or "kind", "at", "number",
// "id"}].  The caller owns it.
json_t *replies_of(replies_t *self, const reference_t *message);

#endif
