// Histories of duties and exercises as a journal could tell them: what may be, and what
// may not.

#include "nodes/audit/audit_duties.h"

#include "lib/base/times.h"

#include "lib/rules/duty.h"
#include "tests/lib/test.h"

enum { MINUTE = 60000 };
static const int64_t T0 = INT64_C(1795348800000); // due an hour later

// What is said before the duties, by position.
enum {
    ORDER = 1,
    ANSWER,
    CANCEL,
    JOINS,
    PLAYED,
    IN_AUTUMN,
    IN_WINTER,
    CLOSING,
    FIXED,   // the order
    DROPPED, // that again
    UNSAID,  // the answer
    BESIDE,  // another answer
    ASIDE,   // an answer to something else, of the order's incident
    FOREIGN, // an answer by who owes none
    ATTESTS, // that notice was given otherwise, at 20 minutes
    ATTESTS_OTHER,
    MESSAGES
};

typedef struct {
    const char *act;    // to an exercise, as its line has it; NULL: nothing
    const char *author; // NULL: nccis
    int re, incident, supersedes, cancels; // positions
    const char *answer, *attests;
} said_t;

static const said_t said[MESSAGES] = {
    [ANSWER] = {.author = "isoc", .re = ORDER, .answer = "taken"},
    [CANCEL] = {.cancels = ORDER},
    [JOINS] = {.act = "exercise joins autumn\n"},
    [PLAYED] = {.act = "exercise within autumn\n"},
    [IN_AUTUMN] = {.act = "exercise within autumn\n", .author = "isoc", .re = PLAYED},
    [IN_WINTER] = {.act = "exercise within winter\n", .author = "isoc", .re = PLAYED},
    [CLOSING] = {.act = "exercise closes autumn\n"},
    [FIXED] = {.supersedes = ORDER},
    [DROPPED] = {.supersedes = FIXED},
    [UNSAID] = {.author = "isoc", .re = ORDER, .cancels = ANSWER},
    [BESIDE] = {.author = "isoc", .re = FIXED},
    [ASIDE] = {.author = "isoc", .re = JOINS, .incident = ORDER},
    [FOREIGN] = {.author = "owner", .re = ORDER},
    [ATTESTS] = {.author = "isoc", .re = ORDER, .attests = "answer"},
    [ATTESTS_OTHER] = {.author = "isoc", .re = ORDER, .attests = "other"},
};

typedef struct {
    spill_health_t health;
    marks_t *messages;
    audit_duties_t *duties;
} world_t;

static void name_of(int position, char id[MESSAGE_ID_MAX])
{
    (void)snprintf(
        id, MESSAGE_ID_MAX, "019abd3c-5c00-7a4e-9b6d-%012d", position); // in any case
}

static const char *author_of(int position)
{
    return position < MESSAGES && said[position].author ? said[position].author : "nccis";
}

static void refer(routing_t *routing, refer_t field, int to)
{
    route_t route = {.type = ROUTE_REFER, .refer = field, .tell = TELL_NONE};
    if (!to)
        return;
    (void)snprintf(route.node, sizeof route.node, "%s", author_of(to));
    name_of(to, route.id);
    routing_add(routing, &route);
}

static int say(world_t *world, int position, const char *deliver)
{
    cause_t why;
    hash_t name;
    routing_t routing = {0};
    route_t route;
    leaf_t leaf = {.position = (uint64_t)position};
    name_of(position, leaf.id);
    (void)snprintf(leaf.author, sizeof leaf.author, "%s", author_of(position));
    marks_pair(leaf.author, leaf.id, &name);
    marks_put(world->messages, &name, leaf.position);
    if (said[position].act) {
        assert_int_equal(route_parse(&route, span_text(said[position].act), &why), 0);
        routing_add(&routing, &route);
    }
    refer(&routing, REFER_RE, said[position].re);
    refer(&routing, REFER_INCIDENT, said[position].incident);
    refer(&routing, REFER_SUPERSEDES, said[position].supersedes);
    refer(&routing, REFER_CANCELS, said[position].cancels);
    if (deliver) {
        route = (route_t){.type = ROUTE_DELIVER};
        (void)snprintf(route.node, sizeof route.node, "%s", deliver);
        routing_add(&routing, &route);
    }
    char body[128] = "", at[TIME_TEXT];
    time_print(T0 + 20 * MINUTE, at);
    if (said[position].attests)
        (void)snprintf(body, sizeof body,
            "{\"body\":{\"duty\":\"%s\",\"told_at\":\"%s\"}}", said[position].attests,
            at);
    if (said[position].answer)
        (void)snprintf(
            body, sizeof body, "{\"body\":{\"answer\":\"%s\"}}", said[position].answer);
    int result = audit_duties_message(world->duties, &leaf, &routing, body, &why);
    routing_close(&routing);
    return result;
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->messages = marks_new(&world->health);
    world->duties = audit_duties_new(world->messages, &world->health);
    for (int i = ORDER; i < MESSAGES; i++)
        assert_int_equal(say(world, i, NULL), 0);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    audit_duties_destroy(&world->duties);
    marks_destroy(&world->messages);
    free(world);
    return 0;
}

// One entry: minutes after the start, what changed it (0: time), which message brought
// it.
typedef struct {
    duty_state_t state;
    int at, by, brought;
    const char *exercise, *who;
    int due;             // minutes; 0: 60
    const char *wanted;  // answer; NULL: any will do
    const char *towards; // to be delivered there; NULL: it is to be answered
    int handed;          // minutes
    int told;            // minutes; 0: it was not
    int bound;           // minutes; 0: nobody may give more time
} step_t;

#define HANDED(state, at, by, handed)                                                    \
    {                                                                                    \
        DUTY_##state, at, by, ORDER, "", "isoc", 0, NULL, "owner", handed, 0, 0          \
    }

#define REAL(state, at, by)                                                              \
    {                                                                                    \
        DUTY_##state, at, by, ORDER, "", "isoc", 0, NULL, NULL, 0, 0, 0                  \
    }
#define GAME(state, at, by)                                                              \
    {                                                                                    \
        DUTY_##state, at, by, PLAYED, "autumn", "isoc", 0, NULL, NULL, 0, 0, 0           \
    }

#define LONGER(by, due, bound)                                                           \
    {                                                                                    \
        DUTY_OPEN, 1, by, ORDER, "", "isoc", due, NULL, NULL, 0, 0, bound                \
    }

static void want(wanted_t *wanted, const char *answer)
{
    *wanted = (wanted_t){.n = 1, .test[0] = {.field = "answer", .words = 1}};
    (void)snprintf(wanted->test[0].word[0], WANTED_WORD_MAX, "%s", answer);
}

#define NOBODY(state, at, by, told)                                                      \
    {                                                                                    \
        DUTY_##state, at, by, ORDER, "", "isoc", 0, NULL, "role:media", 0, told, 0       \
    }

static int enter(world_t *world, const step_t *step)
{
    cause_t why;
    int64_t at_ms = T0 + (int64_t)step->at * MINUTE;
    leaf_t leaf = {.position = 99, .time_ms = at_ms, .author = "isoc"};
    duty_t duty = {.name = "answer",
        .state = step->state,
        .rule = "r",
        .cites = "6, default",
        .met_by = "reply",
        .refers = REFER_RE,
        .message = {.author = "nccis"},
        .position = (uint64_t)step->brought,
        .from_ms = T0,
        .due_ms = T0 + (int64_t)(step->due ? step->due : 60) * MINUTE,
        .warns = true,
        .near_ms = T0 + (int64_t)50 * MINUTE,
        .at_ms = at_ms};
    (void)snprintf(duty.debtor, sizeof duty.debtor, "%s", step->who);
    (void)snprintf(duty.exercise, sizeof duty.exercise, "%s", step->exercise);
    if (step->towards) {
        (void)snprintf(duty.met_by, sizeof duty.met_by, "delivery");
        (void)snprintf(duty.towards, sizeof duty.towards, "%s", step->towards);
    }
    duty.handed = step->towards && strncmp(step->towards, "role:", 5) != 0;
    duty.handed |= step->state == DUTY_HANDED;
    duty.handed_ms = T0 + (int64_t)step->handed * MINUTE;
    if (step->towards)
        (void)snprintf(duty.attested_by, sizeof duty.attested_by, "attestation");
    duty.told = step->told > 0;
    duty.told_ms = T0 + (int64_t)step->told * MINUTE;
    duty.until = duty.extends = step->bound > 0;
    duty.bound_ms = T0 + (int64_t)step->bound * MINUTE;
    name_of(step->brought, duty.message.id);
    name_of(50, duty.id);
    duty.incident = duty.message;
    duty.first = duty.message;
    if (step->brought == DROPPED || step->brought == FIXED)
        name_of(ORDER, duty.first.id);
    if (step->wanted)
        want(&duty.met_when, step->wanted);
    duty.interim = step->wanted != NULL;
    if (duty.interim && !duty_settled(&duty) && step->by > ORDER)
        (void)snprintf(
            duty.heard.author, sizeof duty.heard.author, "%s", author_of(step->by));
    if (duty.heard.author[0])
        name_of(step->by, duty.heard.id);
    if (step->by) {
        (void)snprintf(duty.by.author, sizeof duty.by.author, "%s", author_of(step->by));
        name_of(step->by, duty.by.id);
        if (step->by == FIXED || step->by == DROPPED)
            duty.latest = duty.by;
    }
    if (step->state == DUTY_MET || step->state == DUTY_MET_LATE)
        duty.answer = duty.by;
    return audit_duties_entry(world->duties, &leaf, &duty, &why);
}

typedef struct {
    const char *name;
    bool good;
    step_t step[4];
} history_t;

static const history_t histories[] = {
    {"met", true, {REAL(OPEN, 0, ORDER), REAL(MET, 30, ANSWER)}},
    {"late", true,
        {REAL(OPEN, 0, ORDER), REAL(NEAR, 50, 0), REAL(OVERDUE, 60, 0),
            REAL(MET_LATE, 70, ANSWER)}},
    {"taken back", true, {REAL(OPEN, 0, ORDER), REAL(WITHDRAWN, 30, CANCEL)}},
    {"met after its time", false, {REAL(MET, 61, ANSWER)}},
    {"met late before it", false, {REAL(MET_LATE, 59, ANSWER)}},
    {"overdue too early", false, {REAL(OVERDUE, 59, 0)}},
    {"near too early", false, {REAL(NEAR, 49, 0)}},
    {"settled twice", false, {REAL(MET, 10, ANSWER), REAL(MET, 11, ANSWER)}},
    {"another's than its leaf's", false,
        {{DUTY_OPEN, 0, ORDER, ORDER, "", "owner", 0, NULL, NULL, 0, 0, 0}}},
    {"shortened", true,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, ORDER, ORDER, "", "isoc", 30, NULL, NULL, 0, 0, 0}}},
    {"lengthened", false,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, ORDER, ORDER, "", "isoc", 90, NULL, NULL, 0, 0, 0}}},
    {"given more time by who asks", true,
        {LONGER(ORDER, 60, 120), LONGER(FIXED, 120, 120), LONGER(DROPPED, 90, 120)}},
    {"given more time than its bound", false,
        {LONGER(ORDER, 60, 120), LONGER(FIXED, 121, 120)}},
    {"given more time with a bound of then", false,
        {LONGER(ORDER, 60, 120), LONGER(FIXED, 120, 180)}},
    {"given more time where there was no bound", false,
        {REAL(OPEN, 0, ORDER), LONGER(FIXED, 120, 120)}},
    {"given more time by no correction", false,
        {LONGER(ORDER, 60, 120), LONGER(ORDER, 90, 120)}},
    {"of another message", false,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, ORDER, ANSWER, "", "isoc", 0, NULL, NULL, 0, 0, 0}}},
    {"brought by nothing", false,
        {{DUTY_OPEN, 0, 0, 77, "", "isoc", 0, NULL, NULL, 0, 0, 0}}},
    {"changed by what there is not", false, {REAL(MET, 1, 77)}},
    {"met by the answer it wants", true,
        {REAL(OPEN, 0, ORDER),
            {DUTY_MET, 1, ANSWER, ORDER, "", "isoc", 0, "taken", NULL, 0, 0, 0}}},
    {"met by another answer", false,
        {{DUTY_MET, 1, ANSWER, ORDER, "", "isoc", 0, "done", NULL, 0, 0, 0}}},
    {"reported on", true,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, ANSWER, ORDER, "", "isoc", 0, "done", NULL, 0, 0, 0},
            {DUTY_OPEN, 2, BESIDE, ORDER, "", "isoc", 0, "done", NULL, 0, 0, 0}}},
    {"only reported on by what meets it", false,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, ANSWER, ORDER, "", "isoc", 0, "taken", NULL, 0, 0, 0}}},
    {"reported on by who does not owe it", false,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, FOREIGN, ORDER, "", "isoc", 0, "done", NULL, 0, 0, 0}}},
    {"reported on by what takes a report back", false,
        {REAL(OPEN, 0, ORDER),
            {DUTY_OPEN, 1, UNSAID, ORDER, "", "isoc", 0, "done", NULL, 0, 0, 0}}},
    {"met by one who does not owe it", false,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, FOREIGN)}},
    {"met by what answers something else", false,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, ASIDE)}},
    {"met by what takes an answer back", false,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, UNSAID)}},
    {"met by an answer to a correction", true,
        {REAL(OPEN, 0, ORDER), REAL(OPEN, 1, FIXED), REAL(MET, 2, BESIDE)}},
    {"owed again when its answer is taken back", true,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, ANSWER), REAL(OPEN, 2, UNSAID),
            REAL(OVERDUE, 60, 0)}},
    {"owed again, though its answer stands", false,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, BESIDE), REAL(OPEN, 2, UNSAID)}},
    {"met by another answer instead, which was in time", true,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, ANSWER), REAL(MET, 70, BESIDE)}},
    {"withdrawn by a correction that asks others", true,
        {REAL(OPEN, 0, ORDER), REAL(WITHDRAWN, 1, FIXED)}},
    {"asked anew, with more time", true,
        {REAL(OPEN, 0, ORDER), REAL(WITHDRAWN, 1, FIXED),
            {DUTY_OPEN, 2, DROPPED, DROPPED, "", "isoc", 90, NULL, NULL, 0, 0, 0}}},
    {"owed again by nothing", false,
        {REAL(OPEN, 0, ORDER), REAL(WITHDRAWN, 1, FIXED), REAL(OPEN, 2, FIXED)}},
    {"handed over, and signed for later", true,
        {HANDED(HANDED, 0, ORDER, 0), HANDED(HANDED, 50, 0, 0), HANDED(MET, 90, 0, 0)}},
    {"handed over, and yet overdue", true, // only if it is said so too late
        {HANDED(HANDED, 0, ORDER, 0), HANDED(OVERDUE, 60, 0, 0)}},
    {"handed over late", true,
        {HANDED(OVERDUE, 61, ORDER, 61), HANDED(MET_LATE, 62, 0, 61)}},
    {"handed over late, and met in time", false,
        {HANDED(OVERDUE, 61, ORDER, 61), HANDED(MET, 62, 0, 61)}},
    {"handed over late, as if it were not", false, {HANDED(HANDED, 61, ORDER, 61)}},
    {"handed over at another time than its message", false,
        {HANDED(HANDED, 3, ORDER, 2)}},
    {"handed over at two times", false,
        {HANDED(HANDED, 0, ORDER, 0), HANDED(MET, 90, 0, 1)}},
    {"handed over by who is to answer", false,
        {{DUTY_HANDED, 0, ORDER, ORDER, "", "isoc", 0, NULL, NULL, 0, 0, 0}}},
    {"handed over where nobody has the role", false,
        {{DUTY_HANDED, 0, ORDER, ORDER, "", "isoc", 0, NULL, "role:media", 0, 0, 0}}},
    {"towards nobody, and attested", true,
        {NOBODY(OPEN, 0, ORDER, 0), NOBODY(OVERDUE, 60, 0, 0),
            NOBODY(MET, 61, ATTESTS, 20)}},
    {"attested at another time", false,
        {NOBODY(OPEN, 0, ORDER, 0), NOBODY(MET, 30, ATTESTS, 21)}},
    {"attested of another duty", false,
        {NOBODY(OPEN, 0, ORDER, 0), NOBODY(MET, 30, ATTESTS_OTHER, 20)}},
    {"attested by an answer", false,
        {NOBODY(OPEN, 0, ORDER, 0), NOBODY(MET, 30, ANSWER, 20)}},
    {"told otherwise by nothing", false, {NOBODY(OPEN, 0, ORDER, 20)}},
    {"owed by what does not ask it", false, {REAL(OPEN, 0, ANSWER)}},
    {"withdrawn after it was met", false,
        {REAL(OPEN, 0, ORDER), REAL(MET, 1, ANSWER), REAL(WITHDRAWN, 2, CANCEL)}},
    {"met by no answer", false,
        {{DUTY_MET, 1, CANCEL, ORDER, "", "isoc", 0, "taken", NULL, 0, 0, 0}}},
    {"withdrawn by nobody", false, {REAL(WITHDRAWN, 1, 0)}},
    {"withdrawn by an answer", false, {REAL(WITHDRAWN, 1, ANSWER)}},
    {"real, withdrawn by a closing", false, {REAL(WITHDRAWN, 1, CLOSING)}},
    {"real, met by what is played", false, {REAL(MET, 1, IN_AUTUMN)}},
    {"real, of what is played", false,
        {{DUTY_OPEN, 0, 0, PLAYED, "", "isoc", 0, NULL, NULL, 0, 0, 0}}},
    {"played", true, {GAME(OPEN, 0, PLAYED), GAME(MET, 1, IN_AUTUMN)}},
    {"played, until it closes", true,
        {GAME(OPEN, 0, PLAYED), GAME(OVERDUE, 60, 0), GAME(WITHDRAWN, 70, CLOSING)}},
    {"played, met by its closing", false, {GAME(MET, 1, CLOSING)}},
    {"played, met in another", false, {GAME(MET, 1, IN_WINTER)}},
    {"played, met by what is real", false, {GAME(MET, 1, ANSWER)}},
    {"played, of what is real", false,
        {{DUTY_OPEN, 0, 0, ORDER, "autumn", "isoc", 0, NULL, NULL, 0, 0, 0}}},
};

static void histories_are_held_to_what_was_said(void **state)
{
    for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++) {
        const history_t *one = &histories[i];
        bool good = true;
        assert_int_equal(set_up(state), 0);
        for (size_t k = 0; good && k < 4 && one->step[k].who; k++)
            good = enter(*state, &one->step[k]) == 0;
        if (good != one->good)
            fail_msg("a duty %s is %s", one->name, good ? "taken" : "refused");
        (void)tear_down(state);
    }
}

static void an_exercise_reaches_nobody_else(void **state)
{
    assert_int_equal(set_up(state), 0);
    assert_int_equal(say(*state, IN_AUTUMN, "nccis"), 0); // it joined
    assert_int_equal(say(*state, IN_AUTUMN, "isoc"), -1);
    assert_int_equal(say(*state, IN_WINTER, "nccis"), -1);
    assert_int_equal(say(*state, ANSWER, "isoc"), 0);
    (void)tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_are_held_to_what_was_said),
        cmocka_unit_test(an_exercise_reaches_nobody_else),
    };
    return test_group(tests, NULL, NULL);
}
