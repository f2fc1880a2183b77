// repeats - how often the same may be said: a few times each minute, and then it is
// counted.
//
// What is the same is up to the caller: a text such as "message.refused node=a code=b".

#ifndef LIB_BASE_REPEATS_H
#define LIB_BASE_REPEATS_H

#include "lib/base/bytes.h"

enum {
    REPEATS_EACH = 10, // times that the same text is said within REPEATS_MS
    REPEATS_MS = 60000,
    REPEATS_WHAT = 192,      // bytes of a text, with its zero
    REPEATS_DIFFERENT = 256, // texts that are told apart; further ones count as one
};

typedef struct {
    char what[REPEATS_WHAT]; // "": unused
    int64_t since_ms;
    unsigned said;
    uint64_t more; // that were not said
} repeat_t;

// All zeros to begin with.
typedef struct {
    repeat_t item[REPEATS_DIFFERENT];
    repeat_t others;
} repeats_t;

// Whether it is to be said now (monotonic time); if not it is counted.
bool repeats_say(repeats_t *self, const char *what, int64_t now_ms);
// One whose minute is over with more than was said; its item begins anew.  False: none.
bool repeats_take(
    repeats_t *self, int64_t now_ms, char what[REPEATS_WHAT], uint64_t *more);

#endif
