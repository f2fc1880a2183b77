// moment - the compiler's checked arithmetic; the sign says at which end it went over.

#include "lib/base/moment.h"

#include <limits.h>

static int64_t end_of(bool upper)
{
    return upper ? INT64_MAX : INT64_MIN;
}

int64_t moment_after(int64_t at_ms, int64_t span_ms)
{
    int64_t sum;
    if (at_ms == MOMENT_NEVER || at_ms == MOMENT_PAST)
        return at_ms;
    return __builtin_add_overflow(at_ms, span_ms, &sum) ? end_of(span_ms > 0) : sum;
}

int64_t moment_between(int64_t from_ms, int64_t to_ms)
{
    int64_t span;
    return __builtin_sub_overflow(to_ms, from_ms, &span) ? end_of(to_ms > from_ms) : span;
}

bool moment_due(int64_t due_ms, int64_t now_ms)
{
    return due_ms != MOMENT_NEVER && due_ms <= now_ms;
}

int64_t moment_left(int64_t due_ms, int64_t now_ms)
{
    if (due_ms == MOMENT_NEVER)
        return MOMENT_NEVER;
    int64_t left = moment_between(now_ms, due_ms);
    return left > 0 ? left : 0;
}

int moment_poll(int64_t due_ms, int64_t now_ms)
{
    int64_t left = moment_left(due_ms, now_ms);
    if (left == MOMENT_NEVER && due_ms == MOMENT_NEVER)
        return -1;
    return left < INT_MAX ? (int)left : INT_MAX;
}

void moment_sooner(int64_t *due_ms, int64_t other_ms)
{
    if (other_ms < *due_ms)
        *due_ms = other_ms;
}

int64_t moment_span(int64_t count, int64_t unit_ms)
{
    int64_t span;
    return __builtin_mul_overflow(count, unit_ms, &span)
               ? end_of((count > 0) == (unit_ms > 0))
               : span;
}
