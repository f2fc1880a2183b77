// housekeeping - what need not be looked at every turn, and what changes by itself: the
// clocks, the room on the disk, certificates that end.
//
// It is told what is so and says what is new; what follows from that is the hub's.

#ifndef HUB_HOUSEKEEPING_H
#define HUB_HOUSEKEEPING_H

#include "lib/base/cause.h"
#include "lib/base/times.h"

enum {
    HOUSEKEEPING_MS = 1000,                // between two looks at what is slow
    HOUSEKEEPING_CERTIFICATES_MS = 3600000 // and at what certificates are near their end
};

// All zeros, then housekeeping_begin.
typedef struct {
    int64_t wall_offset_ms; // wall minus monotonic, when they last agreed
    int64_t looked_at_ms;   // monotonic
    int64_t certificates_at_ms;
    bool full;
} housekeeping_t;

typedef enum { ROOM_AS_BEFORE, ROOM_GONE, ROOM_BACK } room_t;

// What a turn finds.
typedef struct {
    int64_t step_ms; // the wall clock moved by this against the other one; 0: it did not
    room_t room;
    bool slow; // sessions, the publisher: it is time to look
} housekeeping_news_t;

// At a start: the wall clock must not stand before the log's last entry.
int housekeeping_check(now_t now, int64_t last_entry_ms, cause_t *why);
void housekeeping_begin(housekeeping_t *self, now_t now);
// `full`: no batch would fit on the disk now.  `tolerated_ms`: steps up to this are none.
housekeeping_news_t housekeeping_turn(
    housekeeping_t *self, now_t now, bool full, int64_t tolerated_ms);
// Whether it is time to look for certificates near their end; if so, not again for an
// hour, or until housekeeping_certificates_soon.
bool housekeeping_certificates(housekeeping_t *self, now_t now);
void housekeeping_certificates_soon(housekeeping_t *self);

#endif
