// fibers - ucontext, a list, and a scheduler that asks everybody who waits.
//
// Tasks of the programs (lib/sys/task.h) are fibers of the machine that starts them, and
// their mutexes and wake-ups are told apart by what is written into the space of the
// real ones.  Which of those that can run goes next is drawn.

#include "tests/sim/fibers.h"

#include "lib/sys/clock.h"
#include "lib/sys/task.h"
#include "tests/sim/chance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { STACK = 1 << 20, FIRST = 24, FIBERS = 4096 };

struct fiber {
    ucontext_t context;
    void *stack;
    machine_t *machine;
    char name[24];
    void (*run)(void *context);
    void *argument;
    fibers_when_fn when;
    void *when_context;
    int64_t until_us; // the latest
    bool ended;
};

static struct {
    fiber_t *fiber[FIBERS];
    size_t n;
    fiber_t *current;
    ucontext_t scheduler;
    void *spare[FIBERS]; // stacks
    size_t spares;
    int64_t now_us;
    bool stopping;
    void (*died)(machine_t *machine);
    machine_t *dying;
    uint64_t digest;
} self = {.now_us = INT64_C(1796083200000000)}; // 2026-12-01

int64_t fibers_now_us(void)
{
    return self.now_us;
}

fiber_t *fibers_current(void)
{
    return self.current;
}

machine_t *fibers_machine(void)
{
    return self.current ? self.current->machine : NULL;
}

bool fibers_ended(const fiber_t *fiber)
{
    return fiber->ended;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "the simulator: %s\n", what);
    abort();
}

static void leave(void)
{
    fiber_t *fiber = self.current;
    (void)swapcontext(&fiber->context, &self.scheduler);
}

static void enter(void)
{
    fiber_t *fiber = self.current;
    fiber->run(fiber->argument);
    fiber->ended = true;
    leave();
}

static void *take_stack(void)
{
    if (self.spares > 0)
        return self.spare[--self.spares];
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        fail("no memory for a stack");
    return stack;
}

fiber_t *fibers_start(
    machine_t *machine, const char *name, void (*run)(void *context), void *context)
{
    fiber_t *fiber = calloc(1, sizeof *fiber);
    if (!fiber || self.n == FIBERS)
        fail("too many fibers");
    fiber->stack = take_stack();
    fiber->machine = machine;
    fiber->run = run;
    fiber->argument = context;
    fiber->until_us = self.now_us;
    (void)snprintf(fiber->name, sizeof fiber->name, "%s", name);
    (void)getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = STACK;
    makecontext(&fiber->context, enter, 0);
    self.fiber[self.n++] = fiber;
    return fiber;
}

// What it was is kept: somebody may still ask whether it has ended.
static void drop(size_t i)
{
    fiber_t *fiber = self.fiber[i];
    fiber->ended = true;
    self.spare[self.spares++] = fiber->stack;
    self.fiber[i] = self.fiber[--self.n];
}

void fibers_wait(fibers_when_fn when, void *context, int64_t until_us)
{
    fiber_t *fiber = self.current;
    if (!fiber)
        fail("nobody is there who could wait");
    fiber->when = when;
    fiber->when_context = context;
    fiber->until_us = until_us;
    leave();
    fiber->when = NULL;
}

void fibers_sleep(int64_t us)
{
    fibers_wait(NULL, NULL, self.now_us + us);
}

void fibers_yield(void)
{
    if (self.current)
        fibers_sleep(0);
}

void fibers_on_death(void (*died)(machine_t *machine))
{
    self.died = died;
}

void fibers_end_machine(machine_t *machine)
{
    machine->up = false;
    if (fibers_machine() == machine) {
        self.dying = machine;
        leave();
    }
    for (size_t i = self.n; i-- > 0;)
        if (self.fiber[i]->machine == machine)
            drop(i);
}

void fibers_step(void)
{
    enum { PREEMPT = 24 };
    machine_t *machine = fibers_machine();
    if (!machine)
        return;
    machine->steps++;
    if (machine->dies_at && machine->steps >= machine->dies_at) {
        machine->dies_at = 0;
        machine->up = false;
        self.dying = machine;
        leave();
    }
    if (chance_one_in(PREEMPT))
        fibers_yield();
}

static int64_t due_us(const fiber_t *fiber)
{
    int64_t at = fiber->when ? fiber->when(fiber->when_context) : FIBERS_NEVER;
    return at < fiber->until_us ? at : fiber->until_us;
}

// One of those that can run, or none; then `*next` is when somebody will.
static fiber_t *choose(int64_t *next)
{
    fiber_t *chosen = NULL;
    uint64_t ready = 0;
    *next = FIBERS_NEVER;
    for (size_t i = 0; i < self.n; i++) {
        int64_t at = due_us(self.fiber[i]);
        if (at <= self.now_us && chance_one_in(++ready))
            chosen = self.fiber[i];
        if (at < *next)
            *next = at;
    }
    return chosen;
}

static void sweep(const fiber_t *fiber)
{
    for (size_t i = 0; i < self.n; i++)
        if (self.fiber[i] == fiber) {
            drop(i);
            return;
        }
}

static void bury(void)
{
    machine_t *machine = self.dying;
    self.dying = NULL;
    fibers_end_machine(machine);
    if (self.died)
        self.died(machine);
}

void fibers_stop(void)
{
    self.stopping = true;
}

// FNV-1a.
static void account(const fiber_t *fiber)
{
    for (const char *at = fiber->name; *at; at++)
        self.digest = (self.digest ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
    self.digest = (self.digest ^ (uint64_t)self.now_us) * UINT64_C(0x100000001b3);
}

uint64_t fibers_digest(void)
{
    return self.digest;
}

void fibers_run(int64_t until_us)
{
    int64_t next;
    self.stopping = false;
    while (!self.stopping) {
        fiber_t *fiber = choose(&next);
        if (!fiber && next > until_us)
            break;
        if (!fiber) {
            self.now_us = next;
            continue;
        }
        self.current = fiber;
        account(fiber);
        (void)swapcontext(&self.scheduler, &fiber->context);
        self.current = NULL;
        if (self.dying)
            bury();
        else if (fiber->ended)
            sweep(fiber);
    }
    if (!self.stopping && self.now_us < until_us)
        self.now_us = until_us;
}

// --- lib/sys/clock.h

// Clocks that go at their own pace: whoever looks again sees a later moment.
int64_t clock_us(clock_kind_t kind)
{
    const machine_t *machine = fibers_machine();
    if (!machine)
        return self.now_us;
    int64_t run_us = self.now_us - machine->booted_us;
    run_us += run_us / 1000000 * machine->drift_ppm;
    return kind == CLOCK_WALL ? machine->booted_us + run_us + machine->wall_offset_us
                              : run_us + 1000000;
}

int64_t clock_ms(clock_kind_t kind)
{
    return clock_us(kind) / 1000;
}

// --- lib/sys/task.h

typedef struct {
    fiber_t *owner;
} sim_mutex_t;

typedef struct {
    uint64_t calls;
} sim_wakeup_t;

_Static_assert(sizeof(sim_mutex_t) <= sizeof(mutex_t), "a mutex has room for ours");
_Static_assert(sizeof(sim_wakeup_t) <= sizeof(wakeup_t), "a condition has room for ours");

static sim_mutex_t *mutex_of(mutex_t *mutex)
{
    return (sim_mutex_t *)(void *)mutex;
}

static sim_wakeup_t *wakeup_of(wakeup_t *wakeup)
{
    return (sim_wakeup_t *)(void *)wakeup;
}

typedef struct {
    void *(*run)(void *context);
    void *context;
} task_begin_t;

static void task_run(void *context)
{
    task_begin_t begin = *(task_begin_t *)context;
    free(context);
    (void)begin.run(begin.context);
}

int task_start(task_t *task, const char *name, void *(*run)(void *context), void *context)
{
    task_begin_t *begin = calloc(1, sizeof *begin);
    if (!begin)
        fail("no memory");
    *begin = (task_begin_t){run, context};
    *task = (task_t)fibers_start(fibers_machine(), name, task_run, begin);
    return 0;
}

static int64_t when_ended(void *context)
{
    return ((fiber_t *)context)->ended ? 0 : FIBERS_NEVER;
}

void task_join(task_t task)
{
    fibers_wait(when_ended, (void *)task, FIBERS_NEVER);
}

void task_yield(void)
{
    enum { WHILE_US = 20 };
    fibers_sleep(WHILE_US);
}

void mutex_init(mutex_t *mutex)
{
    memset(mutex, 0, sizeof *mutex);
}

void mutex_destroy(mutex_t *mutex)
{
    (void)mutex;
}

static int64_t when_free(void *context)
{
    return ((sim_mutex_t *)context)->owner ? FIBERS_NEVER : 0;
}

void mutex_lock(mutex_t *mutex)
{
    fibers_step();
    while (mutex_of(mutex)->owner)
        fibers_wait(when_free, mutex, FIBERS_NEVER);
    mutex_of(mutex)->owner = self.current;
}

void mutex_unlock(mutex_t *mutex)
{
    if (mutex_of(mutex)->owner != self.current)
        fail("a mutex is unlocked by who does not hold it");
    mutex_of(mutex)->owner = NULL;
    fibers_step();
}

void wakeup_init(wakeup_t *wakeup)
{
    memset(wakeup, 0, sizeof *wakeup);
}

void wakeup_destroy(wakeup_t *wakeup)
{
    (void)wakeup;
}

typedef struct {
    const sim_wakeup_t *wakeup;
    uint64_t seen;
} asleep_t;

static int64_t when_called(void *context)
{
    const asleep_t *asleep = context;
    return asleep->wakeup->calls != asleep->seen ? 0 : FIBERS_NEVER;
}

static bool wait_called(wakeup_t *wakeup, mutex_t *mutex, int64_t until_us)
{
    asleep_t asleep = {wakeup_of(wakeup), wakeup_of(wakeup)->calls};
    mutex_of(mutex)->owner = NULL;
    fibers_wait(when_called, &asleep, until_us);
    bool called = asleep.wakeup->calls != asleep.seen;
    while (mutex_of(mutex)->owner)
        fibers_wait(when_free, mutex, FIBERS_NEVER);
    mutex_of(mutex)->owner = self.current;
    return called;
}

void wakeup_wait(wakeup_t *wakeup, mutex_t *mutex)
{
    (void)wait_called(wakeup, mutex, FIBERS_NEVER);
}

bool wakeup_wait_until(wakeup_t *wakeup, mutex_t *mutex, int64_t until_ms)
{
    int64_t left_us = until_ms * 1000 - clock_us(CLOCK_STEADY);
    return wait_called(wakeup, mutex, self.now_us + (left_us > 0 ? left_us : 0));
}

void wakeup_signal(wakeup_t *wakeup)
{
    wakeup_of(wakeup)->calls++;
}

void wakeup_broadcast(wakeup_t *wakeup)
{
    wakeup_of(wakeup)->calls++;
}
