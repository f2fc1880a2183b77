// last - what the hub has answered last to a question, for when it answers no more, and
// what its clock says now.

#ifndef WEB_LAST_H
#define WEB_LAST_H

#include "lib/base/times.h"

#include <jansson.h>
#include <stdbool.h>

enum { LAST_QUESTIONS = 32 }; // remembered; of more the one that is oldest is forgotten

typedef struct last last_t;

typedef struct {
    json_t *answer;      // the caller's; NULL: there was none yet
    bool stale;          // it is not of now
    int64_t answered_ms; // when it came, by this machine's clock; without one, when it
                         // was asked first
    int64_t age_ms;      // since then
    int64_t now_ms;      // the hub's clock at this moment, as far as its `now` tells
} last_answer_t;

last_t *last_new(void);
void last_destroy(last_t **self_p);
// From any thread.  `fresh` is what was answered now, and taken over; NULL: nobody did.
void last_take(last_t *self, const char *question, json_t *fresh, const now_t *now,
    last_answer_t *out);

#endif
