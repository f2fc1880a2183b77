// store, stage, waiting, runner: what a node keeps, and that it counts right after a
// crash.

#include "lib/file.h"
#include "nodes/runner.h"
#include "nodes/stage.h"
#include "nodes/store.h"
#include "nodes/waiting.h"
#include "tests/lib/scratch.h"

#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#define ID_A "0192f0c1-0000-7000-8000-00000000000a"
#define ID_B "0192f0c1-0000-7000-8000-00000000000b"

typedef struct {
    scratch_t scratch;
    store_t *store;
    waiting_t *waiting;
    size_t reminded;
    uint64_t failed[16];
    run_outcome_t outcome[16];
    size_t failures;
    int unseen;
} world_t;

static cause_t why;

static void start(world_t *world)
{
    store_close(&world->store);
    waiting_close(&world->waiting);
    world->store = store_open(world->scratch.path, &why);
    world->waiting = waiting_open(world->scratch.path, &why);
    assert_non_null(world->waiting);
}

static int setup(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    assert_true(sodium_init() >= 0);
    scratch_open(&world->scratch);
    start(world);
    assert_non_null(world->store);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_t *world = *state;
    store_close(&world->store);
    waiting_close(&world->waiting);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static const char *content(world_t *world, const char *name)
{
    static buf_t text[4];
    static unsigned at;
    buf_t *out = &text[at++ % 4];
    buf_destroy(out);
    if (file_read(scratch_at(&world->scratch, name), 1 << 20, out, &why) != 0)
        fail_msg("%s", why.text);
    static char copy[4][8192];
    (void)snprintf(copy[at % 4], sizeof copy[0], "%s", buf_text(out));
    buf_destroy(out);
    return copy[at % 4];
}

static bool there(world_t *world, const char *name)
{
    return access(scratch_at(&world->scratch, name), F_OK) == 0;
}

static link_delivery_t delivery(uint64_t number, const leaf_t *leaf)
{
    return (link_delivery_t){.number = number,
        .leaf = leaf,
        .leaf_text = span_text("dabyl-leaf/v1\nposition 5\n"),
        .why = span_text("deliver me rule none 4"),
        .document = span_text("{\"a\":1}"),
        .seal = span_text("dabyl-seal/v1\n"),
        .path = span_of("", 0)};
}

static int deliver(world_t *world, uint64_t first, size_t n, const char *id)
{
    leaf_t leaf = {.position = 5, .type = "message", .kind = "advisory"};
    link_delivery_t all[16];
    (void)snprintf(leaf.id, sizeof leaf.id, "%s", id);
    for (size_t i = 0; i < n; i++)
        all[i] = delivery(first + i, &leaf);
    return store_inbox(world->store, all, n, span_text("note\n"), &why);
}

static void keeps_deliveries(void **state)
{
    world_t *world = *state;
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    assert_int_equal(deliver(world, 2, 9, ID_B), 0); // enough for one flush of all
    assert_int_equal(store_stored(world->store), 10);
    assert_string_equal(content(world, "inbox/000000000001-" ID_A ".json"), "{\"a\":1}");
    assert_string_equal(
        content(world, "inbox/000000000001-" ID_A ".why"), "deliver me rule none 4\n");
    assert_string_equal(
        content(world, "inbox/000000000001-" ID_A ".seal"), "dabyl-seal/v1\n");
    assert_non_null(
        strstr(content(world, "inbox/000000000010-" ID_B ".tlog-proof"), "note\n"));
    assert_string_equal(content(world, "state/stored"), "10\n");
    start(world);
    assert_int_equal(store_stored(world->store), 10);
}

static void counts_in_what_a_crash_left(void **state)
{
    world_t *world = *state;
    assert_int_equal(deliver(world, 1, 3, ID_A), 0);
    // Killed after the files got their names and before the number was written.
    assert_int_equal(file_replace(scratch_at(&world->scratch, "state/stored"),
                         span_text("1\n"), 0600, &why),
        0);
    start(world);
    assert_int_equal(store_stored(world->store), 3);
    // Killed between the files of one message: it is not counted, and comes again.
    unlink(scratch_at(&world->scratch, "inbox/000000000003-" ID_A ".json"));
    assert_int_equal(file_replace(scratch_at(&world->scratch, "state/stored"),
                         span_text("1\n"), 0600, &why),
        0);
    start(world);
    assert_int_equal(store_stored(world->store), 2);
    assert_int_equal(deliver(world, 3, 1, ID_A), 0);
    assert_int_equal(store_stored(world->store), 3);
}

static void does_not_count_by_files_alone(void **state)
{
    world_t *world = *state;
    assert_int_equal(deliver(world, 1, 3, ID_A), 0);
    // Somebody worked them off and moved them away.
    unlink(scratch_at(&world->scratch, "inbox/000000000001-" ID_A ".json"));
    unlink(scratch_at(&world->scratch, "inbox/000000000003-" ID_A ".json"));
    start(world);
    assert_int_equal(store_stored(world->store), 3);
}

static void sweeps_what_was_half_written(void **state)
{
    world_t *world = *state;
    assert_int_equal(file_replace(scratch_at(&world->scratch, "inbox/.stage-3"),
                         span_text("half"), 0600, &why),
        0);
    start(world);
    assert_false(there(world, "inbox/.stage-3"));
}

static void refuses_a_number_that_is_none(void **state)
{
    world_t *world = *state;
    static const char *const bad[] = {"x\n", "1", "-1\n", "007\n", "1 \n", "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(file_replace(scratch_at(&world->scratch, "state/stored"),
                             span_text(bad[i]), 0600, &why),
            0);
        start(world);
        assert_null(world->store);
        assert_non_null(strstr(why.text, "state/stored"));
    }
}

static void never_makes_a_name_of_foreign_text(void **state)
{
    world_t *world = *state;
    assert_int_equal(deliver(world, 1, 1, "../../etc/passwd"), 0);
    assert_true(there(world, "inbox/000000000001-unnamed.json"));
}

static void finds_messages_by_number(void **state)
{
    world_t *world = *state;
    char path[PATH_MAX];
    assert_int_equal(deliver(world, 1, 2, ID_A), 0);
    assert_int_equal(store_find(world->store, 2, path, sizeof path, &why), 1);
    assert_non_null(strstr(path, "inbox/000000000002-" ID_A ".json"));
    assert_int_equal(deliver(world, 3, 1, ID_B), 0);
    assert_int_equal(store_find(world->store, 3, path, sizeof path, &why), 1);
    unlink(path);
    assert_int_equal(store_find(world->store, 3, path, sizeof path, &why), 0);
    assert_int_equal(store_find(world->store, 1, path, sizeof path, &why), 1);
    start(world);
    assert_int_equal(store_find(world->store, 3, path, sizeof path, &why), 0);
    assert_int_equal(store_find(world->store, 2, path, sizeof path, &why), 1);
}

// That an inbox cannot be read now does not mean that a message was moved away.
static void tells_gone_from_unreadable(void **state)
{
    world_t *world = *state;
    char path[PATH_MAX];
    struct rlimit before, none;
    assert_int_equal(deliver(world, 1, 2, ID_A), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 3; // no folder can be opened
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int found = store_find(world->store, 1, path, sizeof path, &why);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(found, -1);
    assert_int_equal(store_find(world->store, 1, path, sizeof path, &why), 1);
}

static void keeps_receipts_and_forgets_refusals(void **state)
{
    world_t *world = *state;
    seal_key_t key;
    const seal_key_t *keys = &key;
    refusal_t refusal = {0};
    hash_t hash = {{1}};
    crypto_sign_keypair(key.public_key, key.secret_key);
    seal_key_id(key.public_key, key.id);
    (void)refuse(&refusal, "doc.schema", "/body/level", "schema", "too large");
    assert_int_equal(
        store_refused(world->store, ID_A ".json", span_text("{}"), &hash, &refusal, &why),
        0);
    json_t *reason = json_load_file(
        scratch_at(&world->scratch, "refused/" ID_A ".json.reason.json"), 0, NULL);
    assert_string_equal(
        json_string_value(json_object_get(reason, "pointer")), "/body/level");
    json_decref(reason);

    parcel_t *parcel = parcel_new();
    parcel_add(parcel, ID_A, span_text("{\"b\":2}"), 7);
    assert_int_equal(parcel_seal(parcel, "hub.example/log", &keys, 1, &why), 0);
    leaf_t leaf = {.position = 9, .type = "message"};
    link_receipt_t receipt = {.tag = 7,
        .parcel = parcel,
        .leaf = &leaf,
        .leaf_text = span_text("leaf\n"),
        .told = span_text("remark x sender\n")};
    assert_int_equal(store_sent(world->store, &receipt, 1, span_text("note\n"), &why), 0);
    assert_string_equal(content(world, "sent/" ID_A ".json"), "{\"b\":2}");
    assert_string_equal(content(world, "sent/" ID_A ".told"), "remark x sender\n");
    assert_true(there(world, "sent/" ID_A ".seal"));
    assert_true(there(world, "sent/" ID_A ".tlog-proof"));
    assert_false(there(world, "refused/" ID_A ".json"));
    assert_false(there(world, "refused/" ID_A ".json.reason.json"));
    parcel_destroy(&parcel);
}

static void keeps_the_checkpoint(void **state)
{
    world_t *world = *state;
    assert_int_equal(store_checkpoint(world->store).size, 0);
    assert_int_equal(store_keep_checkpoint(world->store, span_text("newest\n"), &why), 0);
    start(world);
    assert_true(span_is(store_checkpoint(world->store), "newest\n"));
}

// A limit on file sizes stands for a full disk: writes end short, and then fail.
static void takes_nothing_when_the_disk_is_full(void **state)
{
    world_t *world = *state;
    struct rlimit before, none;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (rlim_t size = 0; size < 30; size += 3) {
        none = before;
        none.rlim_cur = size;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
        int one = deliver(world, 2, 1, ID_B);
        int many = deliver(world, 2, 9, ID_B);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(one, -1);
        assert_int_equal(many, -1);
        assert_int_equal(store_stored(world->store), 1);
        assert_false(there(world, "inbox/000000000002-" ID_B ".json"));
        assert_false(there(world, "inbox/.stage-0"));
    }
    assert_int_equal(deliver(world, 2, 1, ID_B), 0);
    assert_int_equal(store_stored(world->store), 2);
}

// What could not be written down is asked for again, and is written down then.
static void a_duty_is_noted_on_the_disk_or_not_at_all(void **state)
{
    world_t *world = *state;
    const profile_duty_t *duty =
        profile_duty(profile_of("national-security"), "security.alert");
    leaf_t leaf = {.kind = "security.alert", .author = "hub", .id = ID_A};
    struct rlimit none, before;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int refused = waiting_add(world->waiting, 4, &leaf, duty, &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(refused, -1);
    assert_int_equal(waiting_count(world->waiting), 0);
    assert_int_equal(waiting_add(world->waiting, 4, &leaf, duty, &why), 0);
    start(world);
    assert_int_equal(waiting_count(world->waiting), 1);
}

static void on_waiting(void *context, const waiting_item_t *item)
{
    world_t *world = context;
    world->reminded++;
    assert_non_null(strstr(item->name, ID_A));
    assert_string_equal(item->text, "security.alert hub 14");
}

static void reminds_until_it_is_answered(void **state)
{
    world_t *world = *state;
    const profile_duty_t *duty =
        profile_duty(profile_of("national-security"), "security.alert");
    leaf_t leaf = {.kind = "security.alert", .author = "hub", .id = ID_A};
    assert_non_null(duty);
    assert_int_equal(waiting_add(world->waiting, 4, &leaf, duty, &why), 0);
    assert_int_equal(waiting_add(world->waiting, 4, &leaf, duty, &why), 0);
    start(world);
    waiting_each(world->waiting, on_waiting, world);
    assert_int_equal(world->reminded, 1);
    static const char *const others[] = {"", "[]", "{\"re\": 7}", "{\"re\": {}}",
        "{\"re\": {\"author\": \"nccis\", \"id\": \"" ID_A "\"}}",
        "{\"re\": {\"author\": \"hub\", \"id\": \"" ID_B "\"}}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        waiting_answered(world->waiting, span_text(others[i]));
    assert_int_equal(waiting_count(world->waiting), 1);
    waiting_answered(world->waiting,
        span_text("{\"re\": {\"author\": \"hub\", \"id\": \"" ID_A "\"}}"));
    assert_int_equal(waiting_count(world->waiting), 0);
    start(world);
    assert_int_equal(waiting_count(world->waiting), 0);
}

static int find(void *context, uint64_t number, char *path, size_t room, cause_t *cause)
{
    world_t *world = context;
    if (number == 3)
        return 0; // taken out of the inbox
    if (number == 4 && !world->unseen++)
        return cause_set(cause, "the inbox cannot be read");
    (void)snprintf(path, room, "%s/message-%d", world->scratch.path, (int)number);
    return 1;
}

static void failed(
    void *context, uint64_t number, run_outcome_t outcome, const char *text)
{
    world_t *world = context;
    assert_true(text[0]);
    assert_true(world->failures < 16);
    world->failed[world->failures] = number;
    world->outcome[world->failures++] = outcome;
}

static runner_t *runner_of(
    world_t *world, const char *script, uint64_t stored, unsigned tries)
{
    const char *path = scratch_at(&world->scratch, "program");
    runner_events_t events = {.context = world, .find = find, .failed = failed};
    runner_options_t options = {.folder = world->scratch.path,
        .program = path,
        .timeout_ms = 200,
        .pause_ms = 1,
        .tries = tries};
    assert_int_equal(file_replace(path, span_text(script), 0700, &why), 0);
    runner_t *self = runner_open(&options, &events, stored, &why);
    if (!self)
        fail_msg("%s", why.text);
    return self;
}

static runner_t *runner(world_t *world, const char *script, uint64_t stored)
{
    return runner_of(world, script, stored, 2);
}

static void run_to(runner_t *self, uint64_t stored)
{
    int64_t until = clock_now().monotonic_ms + 20000;
    while (runner_done(self) < stored) {
        assert_true(clock_now().monotonic_ms < until);
        assert_int_equal(runner_turn(self, stored, clock_now(), &why), 0);
        (void)poll(NULL, 0, 2);
    }
}

static void runs_a_program_for_each_message(void **state)
{
    world_t *world = *state;
    // Fails for message 2 each time, hangs for message 5, and notes what it was given.
    runner_t *self = runner(world,
        "#!/bin/sh\n"
        "echo \"$1\" >> \"$(dirname \"$0\")/seen\"\n"
        "case $1 in *-2) exit 3;; *-5) sleep 600;; esac\n",
        0);
    run_to(self, 6);
    runner_close(&self);
    const char *seen = content(world, "seen");
    assert_non_null(strstr(seen, "message-1\n"));
    assert_non_null(strstr(seen, "message-4\n"));
    assert_non_null(strstr(seen, "message-6\n"));
    assert_null(strstr(seen, "message-3"));
    static const struct {
        uint64_t number;
        run_outcome_t outcome;
    } expected[] = {{2, RUN_FAILED}, {2, RUN_GIVEN_UP}, {3, RUN_SKIPPED}, {4, RUN_FAILED},
        {5, RUN_FAILED}, {5, RUN_GIVEN_UP}};
    assert_int_equal(world->failures, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(world->failed[i], expected[i].number);
        assert_int_equal(world->outcome[i], expected[i].outcome);
    }
    // After a restart it goes on where it was.
    self = runner(world, "#!/bin/sh\necho again-$1 >> \"$(dirname \"$0\")/seen\"\n", 6);
    run_to(self, 7);
    runner_close(&self);
    assert_null(strstr(content(world, "seen"), "again-6"));
}

// The clock of this test jumps to whenever the runner wants to go on.
static void pauses_grow_up_to_an_hour(void **state)
{
    enum { TRIES = 80, HOUR_MS = 3600 * 1000 };
    world_t *world = *state;
    runner_t *self = runner_of(world, "#!/bin/sh\nexit 1\n", 0, TRIES);
    now_t now = {.monotonic_ms = 1};
    int64_t longest_ms = 0;
    while (runner_done(self) == 0) {
        world->failures = 0;
        assert_int_equal(runner_turn(self, 1, now, &why), 0); // starts it
        int64_t started_ms = now.monotonic_ms;
        for (int i = 0; i < 10000 && world->failures == 0; i++) {
            assert_int_equal(runner_turn(self, 1, now, &why), 0);
            (void)poll(NULL, 0, 1);
        }
        assert_int_equal(world->failures, 1);
        if (world->outcome[0] == RUN_GIVEN_UP)
            break;
        now.monotonic_ms = runner_due_ms(self);
        assert_true(now.monotonic_ms - started_ms >= longest_ms);
        longest_ms = now.monotonic_ms - started_ms;
    }
    assert_int_equal(longest_ms, HOUR_MS);
    assert_int_equal(runner_done(self), 1);
    runner_close(&self);
}

static void leaves_alone_what_came_before_there_was_a_program(void **state)
{
    world_t *world = *state;
    runner_t *self = runner(world, "#!/bin/sh\nexit 0\n", 40);
    assert_int_equal(runner_done(self), 40);
    runner_close(&self);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    scratch_in_memory();
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(keeps_deliveries),
        TEST(counts_in_what_a_crash_left),
        TEST(does_not_count_by_files_alone),
        TEST(sweeps_what_was_half_written),
        TEST(refuses_a_number_that_is_none),
        TEST(never_makes_a_name_of_foreign_text),
        TEST(finds_messages_by_number),
        TEST(tells_gone_from_unreadable),
        TEST(keeps_receipts_and_forgets_refusals),
        TEST(keeps_the_checkpoint),
        TEST(takes_nothing_when_the_disk_is_full),
        TEST(a_duty_is_noted_on_the_disk_or_not_at_all),
        TEST(reminds_until_it_is_answered),
        TEST(runs_a_program_for_each_message),
        TEST(pauses_grow_up_to_an_hour),
        TEST(leaves_alone_what_came_before_there_was_a_program),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
