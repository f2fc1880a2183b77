// housekeeping - the monotonic clock says when to look; it also bears witness against the
// wall clock, since it never steps.

#include "hub/housekeeping.h"

#include "lib/base/moment.h"

int housekeeping_check(now_t now, int64_t last_entry_ms, cause_t *why)
{
    char last[TIME_TEXT], wall[TIME_TEXT];
    if (now.wall_ms >= last_entry_ms)
        return 0;
    time_print(last_entry_ms, last);
    time_print(now.wall_ms, wall);
    return cause_set(why,
        "the clock says %s, before the last entry at %s: set the clock, or start with "
        "--accept-clock if it is right",
        wall, last);
}

void housekeeping_begin(housekeeping_t *self, now_t now)
{
    self->wall_offset_ms = moment_between(now.monotonic_ms, now.wall_ms);
}

housekeeping_news_t housekeeping_turn(
    housekeeping_t *self, now_t now, bool full, int64_t tolerated_ms)
{
    housekeeping_news_t news = {0};
    int64_t offset = moment_between(now.monotonic_ms, now.wall_ms);
    int64_t step = moment_between(self->wall_offset_ms, offset);
    if (full != self->full)
        news.room = full ? ROOM_GONE : ROOM_BACK;
    self->full = full;
    if (step > tolerated_ms || step < -tolerated_ms) {
        news.step_ms = step;
        self->wall_offset_ms = offset;
    }
    news.slow = moment_between(self->looked_at_ms, now.monotonic_ms) >= HOUSEKEEPING_MS;
    if (news.slow)
        self->looked_at_ms = now.monotonic_ms;
    return news;
}

bool housekeeping_certificates(housekeeping_t *self, now_t now)
{
    if (!moment_due(self->certificates_at_ms, now.monotonic_ms))
        return false;
    self->certificates_at_ms =
        moment_after(now.monotonic_ms, HOUSEKEEPING_CERTIFICATES_MS);
    return true;
}

void housekeeping_certificates_soon(housekeeping_t *self)
{
    self->certificates_at_ms = MOMENT_PAST;
}
