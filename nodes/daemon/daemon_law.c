// daemon_law - asks for the law in force at the beginning of each session, and every
// minute whether it still is.  Only tools use it: what may be sent the hub decides, and
// nothing is refused here by a law that may have changed.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/json/value.h"

#include <inttypes.h>
#include <string.h>

enum { LAW_EACH_MS = 60 * 1000, LAW_AGAIN_MS = 5 * 1000 };

void daemon_law_open(daemon_t *self)
{
    cause_t why;
    // Without one, or with another log's, everything is asked for.
    (void)law_copy_load(&self->law, self->conf->folder, &self->credentials.vkey, &why);
    self->law_at_ms = MOMENT_NEVER;
}

void daemon_law_restart(daemon_t *self)
{
    self->law_at_ms = self->now.monotonic_ms;
}

void daemon_law_turn(daemon_t *self)
{
    cause_t ignored;
    buf_t arguments = {0};
    if (!moment_due(self->law_at_ms, self->now.monotonic_ms))
        return;
    self->law_at_ms = moment_after(self->now.monotonic_ms, LAW_EACH_MS);
    law_copy_ask(self->law.parts ? &self->law : NULL, &arguments);
    if (link_query(self->link, DAEMON_ASKS_LAW, "law", buf_span(&arguments), &ignored) !=
        0)
        self->law_at_ms = MOMENT_NEVER; // until there is a session
    buf_destroy(&arguments);
}

static int take(daemon_t *self, span_t answer, cause_t *why)
{
    law_copy_t fresh;
    if (law_copy_read(&fresh, answer, &self->credentials.vkey, why) != 0)
        return -1;
    int result = 0;
    if (law_copy_newest(&fresh) < law_copy_newest(&self->law))
        result = cause_set(why, "it is older than the one that this node has");
    else
        result = law_copy_keep(self->conf->folder, answer, why);
    if (result != 0) {
        law_copy_close(&fresh);
        return -1;
    }
    law_copy_close(&self->law);
    self->law = fresh;
    return 0;
}

void daemon_law_answered(daemon_t *self, span_t answer)
{
    cause_t why;
    if (law_copy_same(answer))
        return;
    if (memmem(answer.data, answer.size, "\"retry\":true", 12)) {
        self->law_at_ms = moment_after(self->now.monotonic_ms, LAW_AGAIN_MS);
        return;
    }
    if (take(self, answer, &why) == 0)
        log_line(LOG_INFO, "law.known", "position=%" PRIu64, law_copy_newest(&self->law));
    else
        log_line(LOG_WARNING, "law.kept",
            "reason=\"%s\" action=\"what this node knew of the law stays\"", why.text);
}
