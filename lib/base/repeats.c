// repeats - a table that is looked through: it is asked no oftener than a line is
// written.

#include "lib/base/repeats.h"

#include <stdio.h>
#include <string.h>

static bool is_over(const repeat_t *item, int64_t now_ms)
{
    return now_ms - item->since_ms >= REPEATS_MS;
}

static bool is_free(const repeat_t *item, int64_t now_ms)
{
    return item->what[0] == 0 || (is_over(item, now_ms) && item->more == 0);
}

static repeat_t *find(repeats_t *self, const char *what, int64_t now_ms)
{
    repeat_t *unused = NULL;
    for (size_t i = 0; i < REPEATS_DIFFERENT; i++) {
        repeat_t *item = &self->item[i];
        if (strncmp(item->what, what, REPEATS_WHAT - 1) == 0 && what[0])
            return item;
        if (!unused && is_free(item, now_ms))
            unused = item;
    }
    if (!unused)
        return &self->others;
    *unused = (repeat_t){.since_ms = now_ms};
    (void)snprintf(unused->what, sizeof unused->what, "%s", what);
    return unused;
}

bool repeats_say(repeats_t *self, const char *what, int64_t now_ms)
{
    repeat_t *item = find(self, what, now_ms);
    if (item->more == 0 && is_over(item, now_ms)) {
        item->since_ms = now_ms;
        item->said = 0;
    }
    if (item->more == 0 && item->said < REPEATS_EACH) {
        item->said++;
        return true;
    }
    item->more++;
    return false;
}

static bool take(repeat_t *item, int64_t now_ms, char what[REPEATS_WHAT], uint64_t *more)
{
    if (item->more == 0 || !is_over(item, now_ms))
        return false;
    memcpy(what, item->what, REPEATS_WHAT);
    *more = item->more;
    item->since_ms = now_ms;
    item->said = 0;
    item->more = 0;
    return true;
}

bool repeats_take(
    repeats_t *self, int64_t now_ms, char what[REPEATS_WHAT], uint64_t *more)
{
    for (size_t i = 0; i < REPEATS_DIFFERENT; i++)
        if (take(&self->item[i], now_ms, what, more))
            return true;
    if (!take(&self->others, now_ms, what, more))
        return false;
    (void)snprintf(what, REPEATS_WHAT, "log.others");
    return true;
}
