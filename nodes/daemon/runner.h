// runner - runs a program for each delivered message: one at a time, in order, never
// waiting.
//
// A program that fails is run again a few times and then left.  How far it came is kept
// in state/command, so a message may be handed over twice after a crash and is never
// skipped.

#ifndef NODES_DAEMON_RUNNER_H
#define NODES_DAEMON_RUNNER_H

#include "lib/base/cause.h"
#include "lib/base/times.h"

#include <stdint.h>

typedef struct {
    const char *folder;  // the node's
    const char *program; // its path; "": nothing is ever run
    int64_t timeout_ms;
    int64_t pause_ms; // before running it again, doubled each time up to an hour
    unsigned tries;
} runner_options_t;

typedef enum { RUN_FAILED, RUN_GIVEN_UP, RUN_SKIPPED, RUN_WAITS } run_outcome_t;

typedef struct {
    void *context;
    // 1 and the path of the message with this number; 0: it is not there any more; -1: it
    // cannot be told now.
    int (*find)(void *context, uint64_t number, char *path, size_t room, cause_t *why);
    void (*failed)(
        void *context, uint64_t number, run_outcome_t outcome, const char *text);
    // A line that the program printed; may be NULL.
    void (*printed)(void *context, uint64_t number, const char *text);
} runner_events_t;

typedef struct runner runner_t;

// What was delivered before the first start with a program (numbers up to `stored`) is
// left alone.
runner_t *runner_open(const runner_options_t *options, const runner_events_t *events,
    uint64_t stored, cause_t *why);
void runner_close(runner_t **self_p); // a running program is left to itself

// Start what is to be started, notice what has ended (after SIGCHLD), kill what hangs.
// Numbers up to `stored` are there.  -1: its state cannot be kept.
int runner_turn(runner_t *self, uint64_t stored, now_t now, cause_t *why);
int64_t runner_due_ms(const runner_t *self); // monotonic; MOMENT_NEVER: not by itself
int runner_fd(const runner_t *self);         // to be polled, or -1
uint64_t runner_done(const runner_t *self);

#endif
