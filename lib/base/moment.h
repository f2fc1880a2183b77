// moment - arithmetic with moments and spans in milliseconds that never leaves its range.
//
// When something is due is compared, subtracted and waited for.  "Never" and "long ago"
// are two values that every function here knows, so that no difference overflows and a
// daemon does not sleep for what is due at once.

#ifndef LIB_BASE_MOMENT_H
#define LIB_BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define MOMENT_NEVER INT64_MAX // not due by itself
#define MOMENT_PAST INT64_MIN  // due whenever somebody looks

// So long after the moment; never stays never, and so does what is too far away.
int64_t moment_after(int64_t at_ms, int64_t span_ms);
// From one to the other; what does not fit is the nearest that does.
int64_t moment_between(int64_t from_ms, int64_t to_ms);
// How long until it is due: 0 when it is, MOMENT_NEVER when it never is.
int64_t moment_left(int64_t due_ms, int64_t now_ms);
// The same as poll and its like take it: -1 for never.
int moment_poll(int64_t due_ms, int64_t now_ms);
bool moment_due(int64_t due_ms, int64_t now_ms);       // never is never due, at no time
void moment_sooner(int64_t *due_ms, int64_t other_ms); // the earlier of the two
// So many units; what does not fit is the nearest that does.
int64_t moment_span(int64_t count, int64_t unit_ms);

#endif
