// period - any moment that RFC 3339 can say is one, however long ago.

#include "web/figures/period.h"

#include <stdio.h>
#include <string.h>

static bool parse(const char *text, int64_t *ms)
{
    char whole[40];
    if (strlen(text) == strlen("2026-11-22")) {
        (void)snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text);
        text = whole;
    }
    return time_parse(span_text(text), ms);
}

static int read_one(
    const request_t *request, const char *name, bool *has, int64_t *ms, reply_t *reply)
{
    const char *text = request_query(request, name);
    *has = text[0] != 0;
    if (!*has || parse(text, ms))
        return 0;
    reply_error(reply, 400, "malformed",
        "%s: a moment (RFC 3339) or a day is wanted, like 2026-11-22", name);
    return -1;
}

int period_read(const request_t *request, period_t *out, reply_t *reply)
{
    *out = (period_t){false, false, 0, 0};
    return read_one(request, "since", &out->has_since, &out->since_ms, reply) == 0
               ? read_one(request, "until", &out->has_until, &out->until_ms, reply)
               : -1;
}
