// courier - a program that takes one notice to one recipient: sendmail, curl or a
// command, with the notice on its standard input.
//
// It has so long and is ended then, with all of its process group.  Nobody waits for it:
// it is looked after now and then.  The last line that it prints is the reason when it
// fails.  Nothing that it reads or prints is written to a disk.

#ifndef NODES_NOTIFY_COURIER_H
#define NODES_NOTIFY_COURIER_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct courier courier_t;

typedef struct {
    char *const *arguments; // the first is the program's path
    span_t input;           // what it reads; a copy is made
    int64_t timeout_ms;
} courier_task_t;

// NULL: it cannot be started.
courier_t *courier_start(const courier_task_t *task, int64_t monotonic_ms, cause_t *why);
pid_t courier_pid(const courier_t *self);
uint64_t courier_born(const courier_t *self); // of that process, for courier_end_former
// Whether it has ended: 1 well, -1 not, with the reason; 0: it goes on.
int courier_look(courier_t *self, int64_t monotonic_ms, cause_t *why);
int courier_fd(const courier_t *self);  // readable: it prints something, or has ended
void courier_close(courier_t **self_p); // ends what still runs
// End what an earlier process started and left, if it still runs.
void courier_end_former(pid_t pid, uint64_t born);

#endif
