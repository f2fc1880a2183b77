// period - a span of time that a request asks for.

#ifndef WEB_FIGURES_PERIOD_H
#define WEB_FIGURES_PERIOD_H

#include "web/http/reply.h"
#include "web/http/request.h"

typedef struct {
    bool has_since, has_until;
    int64_t since_ms, until_ms; // until is not in it
} period_t;

// Of "since" and "until", each a moment or a day ("2026-11-22": its beginning, UTC).
// -1: one of them is neither, and that was answered.
int period_read(const request_t *request, period_t *out, reply_t *reply);

#endif
