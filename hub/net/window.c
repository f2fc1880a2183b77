// window - `sent` is set back for what goes out once more, and `reached` keeps how far it
// had been: the node may have got the first copy after all.

#include "hub/net/window.h"

#include "lib/base/moment.h"

#include <inttypes.h>

void window_open(window_t *self, uint32_t size, uint64_t stored, int64_t resend_ms)
{
    *self = (window_t){.size = size,
        .sent = stored,
        .acked = stored,
        .resend_first_ms = resend_ms,
        .resend_ms = resend_ms};
}

// To be sent again from here on; what went out before may still be acknowledged.
static void set_back(window_t *self, uint64_t sent)
{
    if (self->sent > self->reached)
        self->reached = self->sent;
    self->sent = sent;
    if (self->acked > sent)
        self->acked = sent;
    if (self->acked == sent)
        self->weight = 0;
}

int window_ack(window_t *self, uint64_t number, int64_t monotonic_ms, cause_t *why)
{
    if (number > self->sent && number > self->reached)
        return cause_set(why,
            "acknowledged up to %" PRIu64 ", and only %" PRIu64 " deliveries were sent",
            number, self->sent);
    if (number > self->sent)
        self->sent = number;
    if (number > self->acked) {
        // As if all were of one size: it is only to know when there is too much of it.
        uint64_t waiting = self->sent - self->acked;
        self->weight -= self->weight / waiting * (number - self->acked);
        self->acked = number;
        self->resend_ms = self->resend_first_ms;
        self->resend_at_ms = moment_after(monotonic_ms, self->resend_ms);
    }
    if (self->acked == self->sent)
        self->weight = 0;
    return 0;
}

int window_again(window_t *self, const again_t *again, cause_t *why)
{
    if (again->first == 0 || again->last < again->first)
        return cause_set(
            why, "inbox numbers begin with 1, and ranges do not run backwards");
    if (again->first - 1 < self->sent)
        set_back(self, again->first - 1);
    return 0;
}

void window_sent(window_t *self, uint64_t n, size_t bytes, int64_t monotonic_ms)
{
    if (self->sent == self->acked)
        self->resend_at_ms = moment_after(monotonic_ms, self->resend_ms);
    self->sent += n;
    self->weight += bytes;
}

bool window_resend(window_t *self, int64_t monotonic_ms)
{
    static const int64_t longest_ms = 3600 * 1000;
    if (self->sent <= self->acked || monotonic_ms < self->resend_at_ms)
        return false;
    set_back(self, self->acked);
    if (self->resend_ms < longest_ms)
        self->resend_ms *= 2;
    return true;
}
