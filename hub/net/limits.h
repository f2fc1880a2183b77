// limits - how often each limit was reached, for the log and the status: at once when it
// is the first time, then once a minute as long as it goes on.

#ifndef HUB_NET_LIMITS_H
#define HUB_NET_LIMITS_H

#include <stdint.h>

typedef struct limits limits_t;

typedef enum {
    LIMIT_CONNECTIONS,
    LIMIT_NODE_CONNECTIONS,
    LIMIT_ADDRESS_HANDSHAKES,
    LIMIT_HELLO,
    LIMIT_WAITING_BYTES,
    LIMIT_ATTACHMENTS_NODE,
    LIMIT_ATTACHMENTS_TOTAL,
    LIMITS
} limit_t;

limits_t *limits_new(void);
void limits_destroy(limits_t **self_p);
// Since the start it was reached so often, last by `who` ("": it is not said).
void limits_set(limits_t *self, limit_t limit, uint64_t times, const char *who);
// Log what was reached since it was said last.
void limits_say(limits_t *self, int64_t monotonic_ms);
const char *limits_name(limit_t limit); // that of its option: "limits.connections"
uint64_t limits_times(const limits_t *self, limit_t limit);

#endif
