// leftovers - what stays in the outbox: since when it has not changed, and why it stays.
//
// A file that its writer may not be done with is looked at again and again; it counts as
// whole when nothing about it has changed for a while.  Whoever asks for the status is
// told of each, and the log once.

#ifndef NODES_OUTBOX_LEFTOVERS_H
#define NODES_OUTBOX_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

typedef struct leftovers leftovers_t;

leftovers_t *leftovers_new(void);
void leftovers_destroy(leftovers_t **self_p);

// For how long this file has been as it is now; 0 when it is seen for the first time.
int64_t leftovers_still_ms(
    leftovers_t *self, const char *name, const struct stat *info, int64_t now_ms);
typedef enum {
    LEFT_FOR_NOW,  // somebody may be working on it; worth a word when that takes long
    LEFT_FOR_GOOD, // until a person does something
} leftover_kind_t;

enum { LEFTOVERS_LONG_MS = 10000 };

// It stays, and why.  True when that is to be said: once for each reason.
bool leftovers_stays(leftovers_t *self, const char *name, leftover_kind_t kind,
    const char *reason, int64_t now_ms);
// All names were asked for since the last time, but those that are gone: forget them.
void leftovers_sweep(leftovers_t *self);

typedef struct {
    const char *name, *reason;
    leftover_kind_t kind;
    int64_t since_ms; // monotonic
} leftover_t;

// What stays and was told a reason for, in no order.
void leftovers_each(const leftovers_t *self,
    void (*visit)(void *context, const leftover_t *item), void *context);

#endif
