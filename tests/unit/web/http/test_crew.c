// The crew does what it is given, each once; an officer has a share of what may wait, and
// others have theirs.

#include "lib/sys/task.h"
#include "tests/lib/test.h"
#include "web/http/crew.h"

enum { MANY = 1000, SHARE = 32 };

static mutex_t mutex;
static wakeup_t moved;
static bool held; // the crew does nothing
static size_t done[MANY], all_done;

static void work(void *context, void *job)
{
    size_t *count = job;
    mutex_lock(&mutex);
    while (held)
        wakeup_wait(&moved, &mutex);
    *count += 1;
    all_done++;
    wakeup_broadcast(&moved);
    mutex_unlock(&mutex);
    assert_null(context);
}

static void hold(bool it)
{
    mutex_lock(&mutex);
    held = it;
    wakeup_broadcast(&moved);
    mutex_unlock(&mutex);
}

static void wait_for(size_t n)
{
    mutex_lock(&mutex);
    while (all_done < n)
        wakeup_wait(&moved, &mutex);
    mutex_unlock(&mutex);
}

static crew_t *start(void)
{
    cause_t why;
    memset(done, 0, sizeof done);
    all_done = 0;
    crew_t *crew = crew_new(3, work, NULL, &why);
    assert_non_null(crew);
    return crew;
}

static void each_job_is_done_once(void **state)
{
    (void)state;
    cause_t why;
    crew_t *crew = start();
    for (size_t i = 0; i < MANY; i++) {
        wait_for(i >= SHARE ? i - SHARE / 2 : 0);
        while (!crew_give(crew, done + i, "aigul", &why))
            task_yield(); // a job is done before its place is free
    }
    crew_destroy(&crew);
    assert_int_equal(all_done, MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(done[i], 1);
}

static void an_officer_has_a_share(void **state)
{
    (void)state;
    cause_t why;
    crew_t *crew = start();
    hold(true);
    for (size_t i = 0; i < SHARE; i++)
        assert_true(crew_give(crew, done + i, "aigul", &why));
    assert_false(crew_give(crew, done + SHARE, "aigul", &why));
    assert_non_null(strstr(why.text, "of this officer"));
    assert_true(crew_give(crew, done + SHARE, "berik", &why));
    assert_int_equal(crew_busy(crew), SHARE + 1);
    hold(false);
    crew_end(crew);
    assert_int_equal(all_done, SHARE + 1);
    assert_false(crew_give(crew, done, "aigul", &why));
    crew_destroy(&crew);
}

static void all_together_have_a_bound(void **state)
{
    (void)state;
    cause_t why;
    char name[16];
    size_t given = 0;
    crew_t *crew = start();
    hold(true);
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "officer-%zu", i % 50);
        given += crew_give(crew, done + i, name, &why);
    }
    assert_int_equal(given, 256);
    hold(false);
    crew_destroy(&crew);
    assert_int_equal(all_done, given);
}

int main(void)
{
    mutex_init(&mutex);
    wakeup_init(&moved);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_job_is_done_once),
        cmocka_unit_test(an_officer_has_a_share),
        cmocka_unit_test(all_together_have_a_bound),
    };
    return test_group(tests, NULL, NULL);
}
