// courier - a program that takes one notice to one recipient: sendmail, curl or a
// command, with the notice on its standard input.
//
// It has so long and is ended then, with all of its process group.  Nobody waits for it:
// it is looked after now and then.  What it prints is kept in a file, of which the last
// line is the reason when it fails.

#ifndef NODES_NOTIFY_COURIER_H
#define NODES_NOTIFY_COURIER_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct courier courier_t;

typedef struct {
    char *const *arguments; // the first is the program's path
    const char *input;      // path of the file that it reads
    const char *said;       // path of the file for what it prints
    int64_t timeout_ms;
} courier_task_t;

// NULL: it cannot be started.
courier_t *courier_start(const courier_task_t *task, int64_t monotonic_ms, cause_t *why);
pid_t courier_pid(const courier_t *self);
uint64_t courier_born(const courier_t *self); // of that process, for courier_end_former
// Whether it has ended: 1 well, -1 not, with the reason; 0: it goes on.
int courier_look(courier_t *self, int64_t monotonic_ms, cause_t *why);
int64_t courier_due_ms(const courier_t *self); // monotonic: its time is over
void courier_close(courier_t **self_p);        // ends what still runs
// End what an earlier process started and left, if it still runs.
void courier_end_former(pid_t pid, uint64_t born);

#endif
