// job: what was started runs beside its starter, its end is seen once and can be polled
// for, and nothing is left behind that still runs.

#include "lib/base/job.h"

#include "tests/lib/test.h"

#include <poll.h>
#include <pthread.h>

enum { PATIENCE_MS = 20000 };

// It ends when it is let go.
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool may_end;
    int ran;
} work_t;

static cause_t why;

static void run(void *context)
{
    work_t *work = context;
    (void)pthread_mutex_lock(&work->lock);
    while (!work->may_end)
        (void)pthread_cond_wait(&work->changed, &work->lock);
    work->ran++;
    (void)pthread_mutex_unlock(&work->lock);
}

static void let_go(work_t *work)
{
    (void)pthread_mutex_lock(&work->lock);
    work->may_end = true;
    (void)pthread_cond_signal(&work->changed);
    (void)pthread_mutex_unlock(&work->lock);
}

static void its_end_is_seen_once(void **state)
{
    (void)state;
    job_t *job = job_new("a job", &why);
    struct pollfd item = {.fd = job_fd(job), .events = POLLIN};
    work_t work = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
    assert_false(job_runs(job) || job_done(job));
    for (int i = 1; i <= 3; i++) {
        work.may_end = false;
        assert_int_equal(job_start(job, run, &work, &why), 0);
        assert_true(job_runs(job));
        assert_false(job_done(job)); // it cannot have ended
        assert_int_equal(poll(&item, 1, 0), 0);
        let_go(&work);
        assert_int_equal(poll(&item, 1, PATIENCE_MS), 1);
        assert_true(job_runs(job));
        assert_true(job_done(job));
        assert_int_equal(work.ran, i);
        assert_false(job_runs(job) || job_done(job));
        assert_int_equal(poll(&item, 1, 0), 0);
    }
    job_destroy(&job);
    job_destroy(&job);
}

static void whoever_gives_it_up_waits(void **state)
{
    (void)state;
    job_t *job = job_new("a job", &why);
    work_t work = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
    assert_int_equal(job_start(job, run, &work, &why), 0);
    let_go(&work);
    job_destroy(&job);
    assert_int_equal(work.ran, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_end_is_seen_once),
        cmocka_unit_test(whoever_gives_it_up_waits),
    };
    return test_group(tests, NULL, NULL);
}
