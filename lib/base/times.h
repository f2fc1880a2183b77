// times - moments as milliseconds since the epoch, UTC; RFC 3339 in and out.
//
// Nothing below main asks what time it is: `now` is passed down.  clock_now is for main
// loops.

#ifndef LIB_BASE_TIMES_H
#define LIB_BASE_TIMES_H

#include "lib/base/bytes.h"

#include <stdint.h>

typedef struct {
    int64_t wall_ms;      // CLOCK_REALTIME
    int64_t monotonic_ms; // CLOCK_BOOTTIME: goes on while the machine sleeps
} now_t;

now_t clock_now(void);

// The first millisecond that a year of four digits cannot say: no format has it.
#define TIME_END_MS INT64_C(253402300800000)

enum { TIME_TEXT = 25 }; // "2026-11-22T11:39:30.123Z" and the terminating zero

void time_print(int64_t ms, char out[TIME_TEXT]);
// Any RFC 3339 date-time (offsets, fractions); what is finer than a millisecond is cut.
bool time_parse(span_t text, int64_t *ms);

enum { UUID_BYTES = 16, UUID_TEXT = 37 };

// A UUID (RFC 9562) of any version as text, with its zero, and back; only lower case is
// taken.
void uuid_print(const uint8_t bytes[UUID_BYTES], char out[UUID_TEXT]);
bool uuid_parse(span_t text, uint8_t out[UUID_BYTES]);

// A UUIDv7 for this moment: 48 bits of time, 74 random bits.
void uuid7_new(int64_t now_ms, char out[37]);
// The same from given bytes instead of random ones (at least 10 are used).
void uuid7_from(int64_t ms, const uint8_t bytes[10], char out[37]);
int64_t uuid7_time_ms(const char *id); // the moment inside it; 0: it is none
bool uuid7_valid(span_t text);         // lower case, version 7, variant 10

#endif
