// limits - names are those of hub.conf, so that whoever reads one knows what to turn.

#include "hub/net/limits.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { AGAIN_MS = 60 * 1000, WHO_MAX = 128 };

static const char *const names[LIMITS] = {[LIMIT_CONNECTIONS] = "limits.connections",
    [LIMIT_NODE_CONNECTIONS] = "limits.node_connections",
    [LIMIT_ADDRESS_HANDSHAKES] = "limits.address_handshakes",
    [LIMIT_HELLO] = "timing.hello_ms",
    [LIMIT_WAITING_BYTES] = "limits.waiting_bytes",
    [LIMIT_ATTACHMENTS_NODE] = "attachments.node_bytes",
    [LIMIT_ATTACHMENTS_TOTAL] = "attachments.total_bytes"};

typedef struct {
    uint64_t times, said;
    int64_t said_ms;
    char who[WHO_MAX];
} reached_t;

struct limits {
    reached_t reached[LIMITS];
};

limits_t *limits_new(void)
{
    return memory_new(1, sizeof(limits_t));
}

void limits_destroy(limits_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

void limits_set(limits_t *self, limit_t limit, uint64_t times, const char *who)
{
    reached_t *one = &self->reached[limit];
    if (times == one->times)
        return;
    one->times = times;
    (void)snprintf(one->who, sizeof one->who, "%s", who);
}

void limits_say(limits_t *self, int64_t monotonic_ms)
{
    for (size_t i = 0; i < LIMITS; i++) {
        reached_t *one = &self->reached[i];
        if (one->times == one->said ||
            (one->said > 0 && monotonic_ms - one->said_ms < AGAIN_MS))
            continue;
        log_line(LOG_WARNING, "limit.reached", "limit=%s times=%" PRIu64 " last=%s",
            names[i], one->times, one->who[0] ? one->who : "-");
        one->said = one->times;
        one->said_ms = monotonic_ms;
    }
}

const char *limits_name(limit_t limit)
{
    return names[limit];
}

uint64_t limits_times(const limits_t *self, limit_t limit)
{
    return self->reached[limit].times;
}
