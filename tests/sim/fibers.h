// fibers - machines, what runs on them, and the time they live in.
//
// All of it is one thread: at any moment one fiber runs, and goes on until it waits or is
// made to let another go first.  Time stands still while anybody can run, and then jumps
// to the next moment that somebody waits for.  A machine can end between any two of its
// calls: its fibers are forgotten where they stand, as a kill leaves them.

#ifndef TESTS_SIM_FIBERS_H
#define TESTS_SIM_FIBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIBERS_NEVER INT64_MAX

typedef struct machine {
    char name[32];
    size_t number;
    bool up;
    unsigned life;          // counts starts
    int64_t wall_offset_us; // of its clock
    int64_t drift_ppm;      // how much faster its clocks go
    int64_t booted_us;
    uint64_t steps;   // calls that could have been its last
    uint64_t dies_at; // the step at which it ends; 0: none is drawn
    bool cuts_power;  // and then as by a power cut
    unsigned signals; // bit n: signal n waits
} machine_t;

typedef struct fiber fiber_t;

int64_t fibers_now_us(void); // since 1970, by no clock in particular

// Runs on a machine, or on none ("the world", NULL), which nothing ends.
fiber_t *fibers_start(
    machine_t *machine, const char *name, void (*run)(void *context), void *context);
bool fibers_ended(const fiber_t *fiber);

// The machine of who runs; NULL: the world's, or nothing runs yet.
machine_t *fibers_machine(void);
fiber_t *fibers_current(void);

// When a fiber goes on: a moment that is not later than now, or the next moment at which
// to ask again, or never.
typedef int64_t (*fibers_when_fn)(void *context);
void fibers_wait(fibers_when_fn when, void *context, int64_t until_us);
void fibers_sleep(int64_t us);
// A call of the system: others may go first, and it may be the machine's last.
void fibers_step(void);
void fibers_yield(void);

// The machine ends here; its fibers are gone.  Does not return when one of them says so.
void fibers_end_machine(machine_t *machine);
// What is called when a machine ended because its time had come.
void fibers_on_death(void (*died)(machine_t *machine));

// Until nobody waits for anything, or this moment has come, or somebody says stop.
void fibers_run(int64_t until_us);
void fibers_stop(void);
// Of who went on when: the same for the same run.
uint64_t fibers_digest(void);

#endif
