// child - a program and all that it starts: begun, heard, ended whole.
//
// It runs in a process group of its own, but what it starts may leave that (setsid) and
// outlive it.  All of it stays below the daemon, which adopts orphans: so a timeout ends
// whatever the run has started.  Which run it is stands in state/command.running, so that
// the next daemon does not begin while one of the last daemon's is still at work.
//
// What it prints goes into a pipe in the folder (state/command.output): a line of the log
// for each of the first few lines, and a count of the rest.  A program that prints waits
// for the daemon, not the daemon for it, and goes on under the next daemon.

#ifndef NODES_DAEMON_CHILD_H
#define NODES_DAEMON_CHILD_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHILD_LINES = 20, CHILD_LINE = 400 }; // of each run, in the log

typedef struct {
    void *context;
    void (*line)(void *context, const char *text);  // one that it printed
    void (*dropped)(void *context, uint64_t bytes); // of a run that printed more
} child_events_t;

typedef struct child child_t;

child_t *child_open(const char *folder, const child_events_t *events, cause_t *why);
void child_close(child_t **self_p); // what runs is left to itself

// Run the program with one argument.  -1: it cannot be started.
int child_start(child_t *self, const char *program, const char *argument, cause_t *why);
// Whether it has ended, and how (as waitpid tells it).  What it started and left behind
// may go on.
bool child_ended(child_t *self, int *status);
// Kill all that the run started; true when nothing of it is left.  Call it again until
// then.
bool child_end_all(child_t *self);
// Whether a run of the last daemon goes on; and end it.
bool child_lingers(child_t *self);
void child_end_lingering(child_t *self);
// Take what was printed; `finish` counts what was too much for the log.
void child_listen(child_t *self);
void child_finish(child_t *self);
int child_fd(const child_t *self); // readable when something was printed

#endif
