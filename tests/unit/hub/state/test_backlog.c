// backlog: what is of a level and what is owed, by number, each once, and only what is
// still to come.

#include "hub/state/backlog.h"

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

typedef struct {
    scratch_t scratch;
    inboxes_t *inboxes;
    duties_t *duties;
    int inbox;
    unsigned made;
    cause_t why;
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    world->inboxes = inboxes_open(world->scratch.path, &world->why);
    world->duties = duties_new(NULL);
    world->inbox = inboxes_of(world->inboxes, "owner", &world->why);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    duties_destroy(&world->duties);
    inboxes_close(&world->inboxes);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static void deliver(world_t *world, uint8_t level, bool played)
{
    uint64_t position = inboxes_last(world->inboxes, world->inbox);
    assert_int_equal(inboxes_add(world->inboxes, world->inbox, position, &world->why), 0);
    if (level)
        inboxes_mark(world->inboxes, world->inbox, level, played);
}

// An entry of the duty `which`, which this number of the debtor's inbox brought.
static void say(world_t *world, unsigned which, const char *debtor, uint64_t number,
    duty_state_t state, int64_t due_ms)
{
    duty_t duty = {.state = state, .due_ms = due_ms};
    (void)snprintf(duty.id, sizeof duty.id, "duty-%u", which);
    (void)snprintf(duty.debtor, sizeof duty.debtor, "%s", debtor);
    (void)snprintf(duty.met_by, sizeof duty.met_by, "reply");
    if (which >= 100)
        (void)snprintf(duty.exercise, sizeof duty.exercise, "autumn");
    duties_apply(world->duties, &duty,
        &(duty_entry_t){
            .position = ++world->made, .brought = duty_settled(&duty) ? 0 : number});
}

// As "number:level:marks:due ...".
static const char *told(const world_t *world, uint64_t after)
{
    static char text[512];
    ahead_t ahead;
    size_t used = 0;
    text[0] = 0;
    bool any = backlog_urgent(
        world->inboxes, world->duties, "owner", world->inbox, after, &ahead);
    assert_int_equal(any, ahead.n > 0);
    for (size_t i = 0; i < ahead.n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d:%u:%u:%d",
            i ? " " : "", (int)ahead.item[i].number, ahead.item[i].level,
            ahead.item[i].marks, (int)ahead.item[i].due_ms);
    return text;
}

static void levels_and_duties_stand_by_number(void **state)
{
    world_t *world = *state;
    assert_string_equal(told(world, 0), "");
    for (unsigned number = 1; number <= 9; number++)
        deliver(world, number == 3 ? 4 : number == 6 ? 5 : 0, false);
    assert_string_equal(told(world, 0), "3:4:0:0 6:5:0:0");
    say(world, 1, "owner", 8, DUTY_OPEN, 80);
    say(world, 2, "owner", 6, DUTY_NEAR, 60); // a number before the last that owes
    say(world, 3, "owner", 2, DUTY_OVERDUE, 20);
    say(world, 4, "other", 5, DUTY_OPEN, 50);
    say(world, 5, "owner", 0, DUTY_OPEN, 50); // it was not brought by a delivery
    assert_string_equal(told(world, 0), "2:0:1:20 3:4:0:0 6:5:1:60 8:0:1:80");
    assert_string_equal(told(world, 2), "3:4:0:0 6:5:1:60 8:0:1:80");
    assert_string_equal(told(world, 6), "8:0:1:80");
    inboxes_set_acked(world->inboxes, world->inbox, 3);
    assert_string_equal(told(world, 0), "6:5:1:60 8:0:1:80");
    assert_string_equal(told(world, 8), "");
}

static void only_what_is_open_is_owed(void **state)
{
    world_t *world = *state;
    deliver(world, 0, false);
    deliver(world, 3, false);
    static const duty_state_t open[] = {DUTY_OPEN, DUTY_HANDED, DUTY_NEAR, DUTY_OVERDUE};
    static const duty_state_t settled[] = {DUTY_MET, DUTY_MET_LATE, DUTY_WITHDRAWN};
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 3; k++) {
            unsigned which = 10 * i + k;
            say(world, which, "owner", 1, open[i], 70);
            say(world, which + 50, "owner", 2, open[i], 70);
            assert_string_equal(told(world, 0), "1:0:1:70 2:3:1:70");
            say(world, which, "owner", 1, settled[k], 70);
            assert_string_equal(told(world, 0), "2:3:1:70");
            say(world, which + 50, "owner", 2, settled[k], 70);
            assert_string_equal(told(world, 0), "2:3:0:0");
            say(world, which, "owner", 1, open[i], 70); // owed again
            assert_string_equal(told(world, 0), "1:0:1:70 2:3:0:0");
            say(world, which, "owner", 1, settled[k], 70);
        }
}

// Of several the first that is due; when that is met, the next.
static void one_number_may_bring_several(void **state)
{
    world_t *world = *state;
    deliver(world, 0, false);
    say(world, 1, "owner", 1, DUTY_OPEN, 90);
    say(world, 2, "owner", 1, DUTY_OPEN, 30);
    say(world, 3, "owner", 1, DUTY_OPEN, 60);
    assert_string_equal(told(world, 0), "1:0:1:30");
    say(world, 2, "owner", 1, DUTY_MET, 30);
    assert_string_equal(told(world, 0), "1:0:1:60");
    say(world, 3, "owner", 1, DUTY_OPEN, 95); // extended
    assert_string_equal(told(world, 0), "1:0:1:90");
    say(world, 1, "owner", 1, DUTY_WITHDRAWN, 90);
    say(world, 3, "owner", 1, DUTY_WITHDRAWN, 95);
    assert_string_equal(told(world, 0), "");
}

// Who has the original hears of the correction, and who has neither of the original.
static void a_correction_stands_for_what_it_corrects(void **state)
{
    world_t *world = *state;
    deliver(world, 0, false);
    deliver(world, 0, false);
    deliver(world, 0, false);
    say(world, 1, "owner", 1, DUTY_OPEN, 90);
    duties_corrected(world->duties, "duty-1", 3);
    say(world, 1, "owner", 1, DUTY_OPEN, 30);
    assert_string_equal(told(world, 0), "1:0:1:30");
    assert_string_equal(told(world, 1), "3:0:1:30");
    assert_string_equal(told(world, 3), "");
    say(world, 1, "owner", 1, DUTY_MET, 30);
    assert_string_equal(told(world, 1), "");
}

static void what_is_played_says_so(void **state)
{
    world_t *world = *state;
    deliver(world, 5, true);
    deliver(world, 5, true);
    deliver(world, 0, false);
    say(world, 100, "owner", 2, DUTY_OPEN, 20);
    say(world, 101, "owner", 3, DUTY_OPEN, 30);
    assert_string_equal(told(world, 0), "1:5:2:0 2:5:3:20 3:0:3:30");
}

static void the_rest_is_counted(void **state)
{
    world_t *world = *state;
    enum { MANY = AHEAD_MAX + 40 };
    ahead_t ahead;
    for (unsigned number = 1; number <= MANY; number++) {
        deliver(world, number % 3 ? 3 : 0, false);
        if (number % 3 == 0)
            say(world, number % 2 ? number : MANY + number, "owner", number, DUTY_OPEN,
                number);
    }
    assert_true(
        backlog_urgent(world->inboxes, world->duties, "owner", world->inbox, 10, &ahead));
    assert_int_equal(ahead.n, AHEAD_MAX);
    assert_int_equal(ahead.more, MANY - 10 - AHEAD_MAX);
    for (size_t i = 0; i < ahead.n; i++)
        assert_int_equal(ahead.item[i].number, 11 + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(levels_and_duties_stand_by_number),
        TEST(only_what_is_open_is_owed),
        TEST(one_number_may_bring_several),
        TEST(a_correction_stands_for_what_it_corrects),
        TEST(what_is_played_says_so),
        TEST(the_rest_is_counted),
    };
    return test_group(tests, NULL, NULL);
}
