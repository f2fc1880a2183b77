// vault - two queues behind one lock: jobs from the hub's thread, answers to it.  The
// depot between the two is the vault's own thread's.

#include "hub/attach/vault.h"

#include "lib/base/memory.h"
#include "lib/message/frame.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { SWEEP_MS = 3600 * 1000 };

// A job with bytes of its own.
typedef struct {
    vault_job_t job;
    buf_t data;
} waiting_t;

struct vault {
    task_t thread;
    bool running;
    int event; // counts the answers

    // The thread's own.
    depot_t *depot;
    int64_t sweep_ms; // CLOCK_STEADY: when to look for what nobody goes on with
    uint32_t piece_bytes;
    buf_t piece;

    // Shared, under the lock.
    mutex_t lock;
    wakeup_t more, erased;
    const hash_t *erase; // what somebody waits for; NULL: nothing
    int removed;         // of it; -1: see why
    cause_t why;
    bool stop;
    waiting_t job[VAULT_JOBS_MAX];
    size_t first, jobs; // a ring
    vault_answer_t *answer;
    size_t answers, room;
    atomic_ullong used; // what the depot has, for who asks
};

static void put_answer(vault_t *self, const vault_answer_t *answer)
{
    static const uint64_t one = 1;
    mutex_lock(&self->lock);
    if (self->answers == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->answer = memory_grow(self->answer, self->room, sizeof *self->answer);
    }
    self->answer[self->answers++] = *answer;
    if (write(self->event, &one, sizeof one) != sizeof one)
        abort(); // a counter of 64 bits is not full
    mutex_unlock(&self->lock);
}

// Nothing is answered while it is being hashed.
static void answer_given(vault_t *self, const vault_job_t *job, depot_result_t result,
    uint64_t held, const depot_no_t *no)
{
    vault_answer_t answer = {.type = VAULT_FRAME, .job = job->type, .key = job->key};
    if (result == DEPOT_CHECKING)
        return;
    if (result == DEPOT_WHOLE)
        answer.type = VAULT_WHOLE;
    if (result == DEPOT_REFUSED) {
        answer.type = VAULT_REFUSED;
        answer.no = *no;
    }
    if (result == DEPOT_HELD)
        held_put(&answer.frame,
            &(held_t){job->key.digest, job->key.size, held, self->piece_bytes});
    put_answer(self, &answer);
}

static void do_read(vault_t *self, const vault_job_t *job)
{
    vault_answer_t answer = {.type = VAULT_FRAME, .job = job->type, .key = job->key};
    uint64_t size = 0;
    if (depot_read(self->depot, &job->key.digest, job->offset, self->piece_bytes,
            &self->piece, &size, &answer.no) == 0)
        piece_put(&answer.frame,
            &(piece_t){job->key.digest, size, job->offset, buf_span(&self->piece)});
    else
        answer.type = VAULT_REFUSED;
    put_answer(self, &answer);
}

static void do_job(vault_t *self, const vault_job_t *job)
{
    depot_no_t no;
    uint64_t held = 0;
    depot_result_t result;
    switch (job->type) {
    case VAULT_GIVE:
        result = depot_give(self->depot, &job->key, &held, &no);
        answer_given(self, job, result, held, &no);
        break;
    case VAULT_WRITE:
        result = depot_write(self->depot, &job->key, job->offset, job->data, &held, &no);
        answer_given(self, job, result, held, &no);
        break;
    case VAULT_READ:
        do_read(self, job);
        break;
    case VAULT_SETTLE:
        depot_settle(self->depot, &job->key);
        break;
    }
}

static void check_some(vault_t *self)
{
    vault_job_t job = {.type = VAULT_WRITE};
    depot_result_t result;
    depot_no_t no;
    if (depot_check(self->depot, &result, &job.key, &no))
        answer_given(self, &job, result, 0, &no);
}

// The next job; waits for one unless there is something to hash.  False: there is none.
static bool next_job(vault_t *self, waiting_t *out, bool *stop)
{
    mutex_lock(&self->lock);
    bool patient = !depot_checks(self->depot);
    while (patient && !self->stop && self->jobs == 0 && !self->erase)
        patient = wakeup_wait_until(&self->more, &self->lock, self->sweep_ms);
    bool found = !self->stop && self->jobs > 0;
    if (found) {
        *out = self->job[self->first];
        self->job[self->first] = (waiting_t){0};
        self->first = (self->first + 1) % VAULT_JOBS_MAX;
        self->jobs--;
    }
    *stop = self->stop;
    mutex_unlock(&self->lock);
    return found;
}

// Not while anything is being hashed: that may take as long as it takes.
static void sweep(vault_t *self)
{
    cause_t ignored;
    int64_t now_ms = clock_ms(CLOCK_STEADY);
    if (now_ms < self->sweep_ms || depot_checks(self->depot))
        return;
    (void)depot_sweep(self->depot, &ignored);
    self->sweep_ms = now_ms + SWEEP_MS;
}

// Behind all jobs: one of them could bring it.
static void erase_some(vault_t *self)
{
    cause_t why;
    mutex_lock(&self->lock);
    const hash_t *digest = self->jobs == 0 ? self->erase : NULL;
    mutex_unlock(&self->lock);
    if (!digest)
        return;
    int removed = depot_erase(self->depot, digest, &why);
    mutex_lock(&self->lock);
    self->erase = NULL;
    self->removed = removed;
    if (removed < 0)
        self->why = why;
    wakeup_signal(&self->erased);
    mutex_unlock(&self->lock);
}

static void *run(void *context)
{
    vault_t *self = context;
    bool stop = false;
    while (!stop) {
        waiting_t waiting = {0};
        sweep(self);
        atomic_store(&self->used, depot_used(self->depot));
        if (next_job(self, &waiting, &stop)) {
            waiting.job.data = buf_span(&waiting.data);
            do_job(self, &waiting.job);
            buf_destroy(&waiting.data);
        }
        if (!stop)
            check_some(self);
        erase_some(self);
    }
    return NULL;
}

static int start(vault_t *self, cause_t *why)
{
    self->running = task_start(&self->thread, "vault", run, self) == 0;
    return self->running ? 0 : cause_errno(why, "the thread vault");
}

vault_t *vault_open(const depot_options_t *depot, uint32_t piece_bytes, cause_t *why)
{
    vault_t *self = memory_new(1, sizeof *self);
    self->piece_bytes = piece_bytes;
    mutex_init(&self->lock);
    wakeup_init(&self->more);
    wakeup_init(&self->erased);
    self->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
    if (self->event < 0)
        (void)cause_errno(why, "eventfd");
    else if ((self->depot = depot_open(depot, why)) && start(self, why) == 0)
        return self;
    vault_close(&self);
    return NULL;
}

static void end_thread(vault_t *self)
{
    mutex_lock(&self->lock);
    self->stop = true;
    wakeup_signal(&self->more);
    mutex_unlock(&self->lock);
    task_join(self->thread);
}

void vault_close(vault_t **self_p)
{
    vault_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->running)
        end_thread(self);
    depot_close(&self->depot);
    for (size_t i = 0; i < VAULT_JOBS_MAX; i++)
        buf_destroy(&self->job[i].data);
    for (size_t i = 0; i < self->answers; i++)
        buf_destroy(&self->answer[i].frame);
    free(self->answer);
    buf_destroy(&self->piece);
    if (self->event >= 0)
        (void)close(self->event);
    wakeup_destroy(&self->more);
    wakeup_destroy(&self->erased);
    mutex_destroy(&self->lock);
    free(self);
}

bool vault_ask(vault_t *self, const vault_job_t *job)
{
    mutex_lock(&self->lock);
    bool room = self->jobs < VAULT_JOBS_MAX;
    if (room) {
        waiting_t *waiting = &self->job[(self->first + self->jobs++) % VAULT_JOBS_MAX];
        *waiting = (waiting_t){.job = *job};
        buf_put_span(&waiting->data, job->data);
        wakeup_signal(&self->more);
    }
    mutex_unlock(&self->lock);
    return room;
}

int vault_erase(vault_t *self, const hash_t *digest, cause_t *why)
{
    mutex_lock(&self->lock);
    self->erase = digest;
    wakeup_signal(&self->more);
    while (self->erase)
        wakeup_wait(&self->erased, &self->lock);
    int removed = self->removed;
    if (removed < 0)
        *why = self->why;
    mutex_unlock(&self->lock);
    return removed;
}

uint64_t vault_used(const vault_t *self)
{
    return atomic_load(&self->used);
}

int vault_fd(const vault_t *self)
{
    return self->event;
}

static bool take(vault_t *self, bool whole, vault_answer_t *out)
{
    uint64_t one;
    size_t i = 0;
    mutex_lock(&self->lock);
    while (i < self->answers && (self->answer[i].type == VAULT_WHOLE) != whole)
        i++;
    bool found = i < self->answers;
    if (found) {
        *out = self->answer[i];
        memmove(&self->answer[i], &self->answer[i + 1],
            (--self->answers - i) * sizeof *self->answer);
        (void)!read(self->event, &one, sizeof one);
    }
    mutex_unlock(&self->lock);
    return found;
}

bool vault_take_whole(vault_t *self, vault_answer_t *out)
{
    return take(self, true, out);
}

bool vault_take(vault_t *self, vault_answer_t *out)
{
    return take(self, false, out);
}
