// store, stage, waiting, runner: what a node keeps, and that it counts right after a
// crash.

#include "lib/base/file.h"
#include "nodes/daemon/runner.h"
#include "nodes/daemon/waiting.h"
#include "nodes/inbox/stage.h"
#include "nodes/inbox/store.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>

#define ID_A "0192f0c1-0000-7000-8000-00000000000a"
#define ID_B "0192f0c1-0000-7000-8000-00000000000b"

typedef struct {
    scratch_t scratch;
    proven_t log;
    store_t *store;
    waiting_t *waiting;
    int begun; // duties
    size_t reminded;
    uint64_t failed[16];
    run_outcome_t outcome[16];
    size_t failures;
    int unseen;
    size_t printed, printed_more;
    int64_t timeout_ms; // 0: short
    runner_t *runner;
} world_t;

static cause_t why;

static void start(world_t *world)
{
    store_close(&world->store);
    waiting_close(&world->waiting);
    world->store =
        store_open(&(store_options_t){world->scratch.path, "me", &world->log.vkey}, &why);
    world->waiting = waiting_open(world->scratch.path, &why);
    assert_non_null(world->waiting);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    assert_true(sodium_init() >= 0);
    scratch_open(&world->scratch);
    proven_open(&world->log, "hub.example/log");
    start(world);
    assert_non_null(world->store);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    store_close(&world->store);
    waiting_close(&world->waiting);
    scratch_close(&world->scratch);
    proven_close(&world->log);
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

static int deliver(world_t *world, uint64_t first, size_t n, const char *id)
{
    link_delivery_t all[16];
    size_t at[16];
    for (size_t i = 0; i < n; i++)
        at[i] = proven_message(&world->log, id);
    span_t note = proven_note(&world->log);
    for (size_t i = 0; i < n; i++)
        all[i] = proven_delivery(&world->log, first + i, at[i]);
    return store_inbox(world->store, all, n, note, &why);
}

static void write_file(world_t *world, const char *name, span_t data)
{
    assert_int_equal(
        file_replace(scratch_at(&world->scratch, name), data, 0600, &why), 0);
}

static void read_file(world_t *world, const char *name, buf_t *out)
{
    buf_clear(out);
    assert_int_equal(file_read(scratch_at(&world->scratch, name), 1 << 20, out, &why), 0);
}

// With its line end it is text; what it brings along is there before the delivery itself.
static void keeps_what_comes_along(void **state)
{
    world_t *world = *state;
    static const char line[] = "carries me isoc-energy " ID_A;
    size_t older = proven_message(&world->log, ID_A),
           brings = proven_message(&world->log, ID_B);
    span_t note = proven_note(&world->log);
    link_delivery_t old = proven_delivery(&world->log, 7, older);
    link_carried_t carried = {.leaf = old.leaf,
        .leaf_bytes = old.leaf_bytes,
        .line = span_text(line),
        .document = old.document,
        .seal = old.seal,
        .path = old.path,
        .checkpoint = note};
    link_delivery_t delivery = proven_delivery(&world->log, 1, brings);
    delivery.carried = &carried;
    delivery.carries = 1;
    assert_int_equal(store_inbox(world->store, &delivery, 1, note, &why), 0);
    assert_int_equal(store_stored(world->store), 1);
    static const char base[] = "carried/000000000001.0001-" ID_A;
    static const char *const endings[] = {".json", ".seal", ".tlog-proof", ".why"};
    for (size_t i = 0; i < 4; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", base, endings[i]);
        if (!there(world, name))
            fail_msg("%s is not there", name);
    }
    assert_string_equal(content(world, "carried/000000000001.0001-" ID_A ".why"),
        "carries me isoc-energy " ID_A "\n");
    assert_true(there(world, "inbox/000000000001-" ID_B ".json"));
    assert_false(there(world, "inbox/000000000007-" ID_A ".json"));
    // The same again, as after a crash between the two, makes no second of it.
    start(world);
    assert_int_equal(store_stored(world->store), 1);
    carried.aside = true; // and of what the log sets aside there is the leaf
    delivery.number = 2;
    assert_int_equal(store_inbox(world->store, &delivery, 1, note, &why), 0);
    assert_true(there(world, "aside/000000000002.0001-" ID_A ".leaf"));
    assert_false(there(world, "carried/000000000002.0001-" ID_A ".json"));
}

static void keeps_deliveries(void **state)
{
    world_t *world = *state;
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    assert_int_equal(deliver(world, 2, 9, ID_B), 0); // enough for one flush of all
    assert_int_equal(store_stored(world->store), 10);
    assert_int_equal(store_position(world->store), 9);
    assert_string_equal(content(world, "inbox/000000000001-" ID_A ".json"), "{\"n\":0}");
    assert_string_equal(
        content(world, "inbox/000000000001-" ID_A ".why"), PROVEN_WHY "\n");
    assert_string_equal(content(world, "inbox/000000000001-" ID_A ".seal"),
        buf_text(&world->log.seal[0]));
    assert_non_null(strstr(
        content(world, "inbox/000000000010-" ID_B ".tlog-proof"), "hub.example/log"));
    start(world);
    assert_int_equal(store_stored(world->store), 10);
    assert_int_equal(store_position(world->store), 9);
    assert_null(store_stray(world->store));
}

static void counts_in_what_a_crash_left(void **state)
{
    world_t *world = *state;
    buf_t one = {0};
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    read_file(world, "state/stored", &one);
    assert_int_equal(deliver(world, 2, 2, ID_A), 0);
    // Killed after the files got their names and before the record was written.
    write_file(world, "state/stored", buf_span(&one));
    start(world);
    assert_int_equal(store_stored(world->store), 3);
    assert_int_equal(store_position(world->store), 2);
    // Killed between the files of one message: it is not counted, and comes again.
    unlink(scratch_at(&world->scratch, "inbox/000000000003-" ID_A ".json"));
    write_file(world, "state/stored", buf_span(&one));
    start(world);
    assert_int_equal(store_stored(world->store), 2);
    assert_int_equal(deliver(world, 3, 1, ID_A), 0);
    assert_int_equal(store_stored(world->store), 3);
    // Killed at the very first one.
    unlink(scratch_at(&world->scratch, "state/stored"));
    start(world);
    assert_int_equal(store_stored(world->store), 3);
    buf_destroy(&one);
}

// As on a full disk: no file can be written.
static void no_room(bool full)
{
    struct rlimit limit = {full ? 0 : RLIM_INFINITY, RLIM_INFINITY};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void starts_on_a_full_disk(void **state)
{
    world_t *world = *state;
    for (uint64_t kept = 0; kept < 2; kept++) {
        buf_t one = {0};
        uint64_t position = store_position(world->store);
        if (kept > 0)
            read_file(world, "state/stored", &one);
        assert_int_equal(deliver(world, kept + 1, 2, ID_A), 0);
        if (kept > 0)
            write_file(world, "state/stored", buf_span(&one));
        else
            unlink(scratch_at(&world->scratch, "state/stored"));
        no_room(true);
        start(world);
        no_room(false);
        if (!world->store)
            fail_msg("%s", why.text);
        assert_int_equal(store_stored(world->store), kept);
        assert_int_equal(store_position(world->store), position);
        assert_int_equal(deliver(world, kept + 1, 1, ID_A), 0); // again
        assert_int_equal(store_stored(world->store), kept + 1);
        buf_destroy(&one);
    }
    start(world);
    assert_int_equal(store_stored(world->store), 2);
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
    // But that they were there is not known without the record.
    unlink(scratch_at(&world->scratch, "state/stored"));
    start(world);
    assert_null(world->store);
    assert_non_null(strstr(why.text, "state/stored is missing"));
}

#define SECOND "inbox/000000000002-" ID_B

// What lies there under the next number: in turn each part is missing, empty, cut, of
// another message, or spoiled at any byte.
static void no_name_counts_without_its_proof(void **state)
{
    world_t *world = *state;
    static const char *const ending[] = {".json", ".seal", ".tlog-proof", ".why"};
    buf_t record = {0}, part[4] = {{0}}, other = {0};
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    read_file(world, "state/stored", &record);
    assert_int_equal(deliver(world, 2, 1, ID_B), 0);
    for (size_t i = 0; i < 4; i++) {
        char name[NAME_MAX];
        (void)snprintf(name, sizeof name, SECOND "%s", ending[i]);
        read_file(world, name, &part[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        char name[NAME_MAX], first[NAME_MAX];
        (void)snprintf(name, sizeof name, SECOND "%s", ending[i]);
        (void)snprintf(first, sizeof first, "inbox/000000000001-" ID_A "%s", ending[i]);
        read_file(world, first, &other);
        // Step 1 takes it away, 2 puts another's there, the others spoil one byte.
        for (size_t step = 1; step < 3 + part[i].size; step++) {
            unlink(scratch_at(&world->scratch, name));
            if (step == 2)
                write_file(world, name, buf_span(&other));
            if (step >= 3) {
                part[i].data[step - 3] ^= 1;
                write_file(world, name, buf_span(&part[i]));
                part[i].data[step - 3] ^= 1;
            }
            write_file(world, "state/stored", buf_span(&record));
            start(world);
            assert_non_null(world->store);
            // The line of the record is the same for all in this log, and the rule and
            // the paragraph in it prove nothing.
            bool same = step == 2 && i == 3;
            if (!same && (i != 3 || step < 3 || step < 3 + sizeof "deliver me"))
                assert_int_equal(store_stored(world->store), 1);
            if (i > 0 && step != 2 && store_stored(world->store) == 1)
                assert_non_null(strstr(store_stray(world->store), "000000000002"));
        }
        write_file(world, name, buf_span(&part[i]));
    }
    write_file(world, "state/stored", buf_span(&record));
    start(world);
    assert_int_equal(store_stored(world->store), 2);
    for (size_t i = 0; i < 4; i++)
        buf_destroy(&part[i]);
    buf_destroy(&record);
    buf_destroy(&other);
}

// An earlier delivery under a later number proves itself, and is none that comes next.
static void a_delivery_under_another_number_does_not_count(void **state)
{
    world_t *world = *state;
    static const char *const ending[] = {".seal", ".tlog-proof", ".why", ".json"};
    buf_t part = {0};
    assert_int_equal(deliver(world, 1, 2, ID_A), 0);
    for (size_t i = 0; i < 4; i++) {
        char from[NAME_MAX], to[NAME_MAX];
        (void)snprintf(from, sizeof from, "inbox/000000000001-" ID_A "%s", ending[i]);
        (void)snprintf(to, sizeof to, "inbox/000000000003-" ID_B "%s", ending[i]);
        read_file(world, from, &part);
        write_file(world, to, buf_span(&part));
    }
    start(world);
    assert_int_equal(store_stored(world->store), 2);
    assert_non_null(strstr(store_stray(world->store), "000000000003"));
    buf_destroy(&part);
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
    buf_t record = {0};
    static const char *const bad[] = {"x\n", "1", "-1\n", "007\n", "1 \n", "\n", "99\n",
        "dabyl-stored/v1\nnumber 99\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(world, "state/stored", span_text(bad[i]));
        start(world);
        assert_null(world->store);
        assert_non_null(strstr(why.text, "state/stored"));
    }
    unlink(scratch_at(&world->scratch, "state/stored"));
    start(world);
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    read_file(world, "state/stored", &record);
    size_t number = strlen("dabyl-stored/v1\nnumber "); // that one the hub compares
    for (size_t i = 0; i < record.size; i++) {
        if (i == number)
            continue;
        record.data[i] ^= 1;
        write_file(world, "state/stored", buf_span(&record));
        record.data[i] ^= 1;
        start(world);
        assert_null(world->store);
        assert_non_null(strstr(why.text, "state/stored"));
    }
    buf_destroy(&record);
}

static void another_logs_record_is_none(void **state)
{
    world_t *world = *state;
    log_vkey_t own = world->log.vkey;
    proven_t other;
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    proven_open(&other, "hub.example/log"); // the same name, another key
    world->log.vkey = other.vkey;
    start(world);
    assert_null(world->store);
    world->log.vkey = own;
    start(world);
    assert_int_equal(store_stored(world->store), 1);
    proven_close(&other);
}

static void never_makes_a_name_of_foreign_text(void **state)
{
    world_t *world = *state;
    leaf_t leaf;
    size_t at = proven_message(&world->log, ID_A);
    span_t note = proven_note(&world->log);
    link_delivery_t delivery = proven_delivery(&world->log, 1, at);
    leaf = *delivery.leaf; // as no leaf says it
    (void)snprintf(leaf.id, sizeof leaf.id, "../../etc/passwd");
    delivery.leaf = &leaf;
    assert_int_equal(store_inbox(world->store, &delivery, 1, note, &why), 0);
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

// Who puts a file of the same number beside a message does not take its place.
static void finds_the_one_that_has_its_proof(void **state)
{
    world_t *world = *state;
    char path[PATH_MAX];
    static const char strange[] =
        "inbox/000000000002-00000000-0000-7000-8000-000000000000.json";
    write_file(world, strange, span_text("{}"));
    assert_int_equal(deliver(world, 1, 3, ID_A), 0);
    for (int again = 0; again < 2; again++) {
        for (uint64_t number = 1; number <= 3; number++) {
            assert_int_equal(
                store_find(world->store, number, path, sizeof path, &why), 1);
            assert_non_null(strstr(path, ID_A ".json"));
        }
        start(world);
    }
    unlink(scratch_at(&world->scratch, "inbox/000000000003-" ID_A ".tlog-proof"));
    assert_int_equal(store_find(world->store, 3, path, sizeof path, &why), 1);
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

static void refuse_a(world_t *world, const char *code)
{
    refusal_t refusal = {0};
    hash_t hash = {{1}};
    (void)refuse(&refusal, code, "/body/level", "schema", "too large");
    assert_int_equal(
        store_refused(world->store, ID_A ".json", span_text("{}"), &hash, &refusal, &why),
        0);
}

static void send_a(world_t *world)
{
    seal_key_t key;
    const seal_key_t *keys = &key;
    crypto_sign_keypair(key.public_key, key.secret_key);
    seal_key_id(key.public_key, key.id);
    parcel_t *parcel = parcel_new();
    parcel_add(parcel, ID_A, span_text("{\"b\":2}"), 7);
    assert_int_equal(parcel_seal(parcel, "hub.example/log", &keys, 1, &why), 0);
    leaf_t leaf = {.position = 9, .type = "message"};
    link_receipt_t receipt = {.tag = 7,
        .parcel = parcel,
        .leaf = &leaf,
        .leaf_bytes = span_text("leaf\n"),
        .told = span_text("remark x sender\n")};
    assert_int_equal(store_sent(world->store, &receipt, 1, span_text("note\n"), &why), 0);
    parcel_destroy(&parcel);
}

static void keeps_receipts_and_forgets_refusals(void **state)
{
    world_t *world = *state;
    refuse_a(world, "doc.schema");
    json_t *reason = json_load_file(
        scratch_at(&world->scratch, "refused/" ID_A ".json.reason.json"), 0, NULL);
    assert_string_equal(
        json_string_value(json_object_get(reason, "pointer")), "/body/level");
    json_decref(reason);

    send_a(world);
    assert_string_equal(content(world, "sent/" ID_A ".json"), "{\"b\":2}");
    assert_string_equal(content(world, "sent/" ID_A ".told"), "remark x sender\n");
    assert_true(there(world, "sent/" ID_A ".seal"));
    assert_true(there(world, "sent/" ID_A ".tlog-proof"));
    assert_false(there(world, "refused/" ID_A ".json"));
    assert_false(there(world, "refused/" ID_A ".json.reason.json"));
}

// Two messages had one id: that the one has its receipt says nothing about the other.
static void keeps_what_was_refused_of_another_with_the_id(void **state)
{
    world_t *world = *state;
    refuse_a(world, "id.reused");
    for (int i = 0; i < 2; i++) {
        send_a(world);
        assert_true(there(world, "sent/" ID_A ".json"));
        assert_string_equal(content(world, "refused/" ID_A ".json"), "{}");
        assert_non_null(
            strstr(content(world, "refused/" ID_A ".json.reason.json"), "\"id.reused\""));
    }
}

static void keeps_the_checkpoint(void **state)
{
    world_t *world = *state;
    assert_int_equal(store_checkpoint(world->store).size, 0);
    assert_int_equal(store_keep_checkpoint(world->store, span_text("newest\n"), &why), 0);
    start(world);
    assert_true(span_is(store_checkpoint(world->store), "newest\n"));
    // One that is lost is not forgotten: the last delivery was proven in it.
    unlink(scratch_at(&world->scratch, "state/checkpoint"));
    start(world);
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    start(world);
    assert_true(span_equal(store_checkpoint(world->store), buf_span(&world->log.note)));
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

static void on_begun(void *context, const waiting_item_t *item)
{
    world_t *world = context;
    world->begun++;
    assert_non_null(item->text);
}

#define DUTY(author, id, mine, by)                                                       \
    "{\"cites\":\"488:14, default\",\"met_by\":\"" by "\","                              \
    "\"due\":\"2026-11-22T09:56:07.250Z\",\"message\":{\"author\":\"" author             \
    "\",\"id\":\"" id "\"},\"mine\":" mine "}"
#define DUTIES(list) "{\"more\":false,\"duties\":[" list "]}"

static int take(world_t *world, const char *answer)
{
    return waiting_take(world->waiting, span_text(answer), on_begun, world, &why);
}

// What could not be written down is asked for again, and is written down then.
static void a_duty_is_noted_on_the_disk_or_not_at_all(void **state)
{
    world_t *world = *state;
    static const char one[] = DUTIES(DUTY("hub", ID_A, "true", "acknowledgement"));
    struct rlimit none, before;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int refused = take(world, one);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(refused, -1);
    assert_int_equal(waiting_count(world->waiting), 0);
    assert_int_equal(take(world, one), 0);
    start(world);
    assert_int_equal(waiting_count(world->waiting), 1);
}

static void on_waiting(void *context, const waiting_item_t *item)
{
    world_t *world = context;
    world->reminded++;
    assert_string_equal(item->name, "000000000001-" ID_A);
    assert_string_equal(
        item->text, "acknowledgement hub 2026-11-22T09:56:07.250Z 488:14, default");
}

// The list is the hub's: what this node owes by an answer, and nothing else.
static void what_waits_is_what_is_owed(void **state)
{
    world_t *world = *state;
    assert_int_equal(deliver(world, 1, 1, ID_A), 0);
    static const char all[] =
        DUTIES(DUTY("hub", ID_A, "true", "acknowledgement") "," DUTY("nccis", ID_B,
            "false", "response.report") "," DUTY("nccis", ID_B, "true", "delivery"));
    assert_int_equal(take(world, all), 0);
    assert_int_equal(take(world, all), 0);
    assert_int_equal(world->begun, 1);
    start(world);
    waiting_each(world->waiting, on_waiting, world);
    assert_int_equal(world->reminded, 1);
    // Nothing that is no list changes it, and a list that was cut ends nothing.
    static const char *const others[] = {
        "", "[]", "{}", "{\"error\":\"no\"}", "{\"duties\":7}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(take(world, others[i]), -1);
    static const char *const odd[] = {"", "7", "{}", "{\"mine\":true}",
        DUTY("a b", ID_B, "true", "x"), DUTY("hub", "../x", "true", "x"),
        DUTY("hub", ID_B, "true", "x y")};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char text[600];
        (void)snprintf(text, sizeof text, "{\"more\":true,\"duties\":[%s]}", odd[i]);
        assert_int_equal(take(world, text), 0);
    }
    assert_int_equal(waiting_count(world->waiting), 1);
    assert_int_equal(take(world, DUTIES("")), 0);
    assert_int_equal(waiting_count(world->waiting), 0);
    start(world);
    assert_int_equal(waiting_count(world->waiting), 0);
    // Of what is not in the inbox, too.
    assert_int_equal(take(world, DUTIES(DUTY("nccis", ID_B, "true", "x"))), 0);
    assert_true(there(world, "state/waiting/000000000000-" ID_B));
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

static void on_printed(void *context, uint64_t number, const char *text)
{
    world_t *world = context;
    assert_true(!world->runner || number == runner_done(world->runner) + 1);
    assert_true(strlen(text) <= 400);
    world->printed++;
    world->printed_more += strncmp(text, "... and ", 8) == 0;
}

static runner_t *runner_of(
    world_t *world, const char *script, uint64_t stored, unsigned tries)
{
    const char *path = scratch_at(&world->scratch, "program");
    runner_events_t events = {
        .context = world, .find = find, .failed = failed, .printed = on_printed};
    runner_options_t options = {.folder = world->scratch.path,
        .program = path,
        .timeout_ms = world->timeout_ms ? world->timeout_ms : 200,
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

static void no_command_is_run_for_less_than_it_counted(void **state)
{
    world_t *world = *state;
    static const char program[] = "#!/bin/sh\n";
    runner_t *self = runner(world, program, 6);
    runner_close(&self);
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s", scratch_at(&world->scratch, "program"));
    runner_options_t options = {
        .folder = world->scratch.path, .program = path, .tries = 1};
    runner_events_t events = {.context = world};
    static const uint64_t stored[] = {0, 1, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_null(runner_open(&options, &events, stored[i], &why));
        assert_non_null(strstr(why.text, "state/command"));
    }
    self = runner_open(&options, &events, 6, &why);
    assert_non_null(self);
    runner_close(&self);
}

static pid_t pid_in(world_t *world, const char *name)
{
    int64_t until = clock_now().monotonic_ms + 20000;
    while (!there(world, name)) {
        assert_true(clock_now().monotonic_ms < until);
        (void)poll(NULL, 0, 2);
    }
    return (pid_t)strtol(content(world, name), NULL, 10);
}

static bool runs(pid_t pid)
{
    char path[64], state = 'X';
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    int got = fscanf(file, "%*d (%*[^)]) %c", &state);
    (void)fclose(file);
    return got == 1 && state != 'Z' && state != 'X';
}

// However a program tries to leave what it started behind: a timeout ends all of it.
static void a_timeout_ends_all_that_was_started(void **state)
{
    world_t *world = *state;
#define HERE "cd \"$(dirname \"$0\")\"; "
#define MARK "echo $$ > pid.new; mv pid.new pid; "
    static const char *const scripts[] = {
        HERE MARK "sleep 600",
        HERE "(" MARK "exec sleep 600) & sleep 600",
        HERE "setsid sh -c '" MARK "exec sleep 600' & sleep 600",
        HERE "setsid setsid sh -c '" MARK "exec sleep 600' & sleep 600",
        HERE "(setsid sh -c '" MARK "sleep 600 & wait' &) ; sleep 600",
        HERE "setsid sh -c '(setsid sh -c \"echo \\$\\$ > pid.new; mv pid.new pid; "
             "sleep 600; :\" &)'; sleep 600",
        HERE "trap '' TERM INT HUP; setsid nohup sh -c '" MARK
             "sleep 600; :' & sleep 600",
        HERE "setsid sh -c '" MARK "kill -STOP $$' & sleep 600",
        HERE "setsid env -i sh -c '" MARK "while sleep 0.01; do :; done' & wait",
    };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text, "#!/bin/sh\n%s\n", scripts[i]);
        unlink(scratch_at(&world->scratch, "pid"));
        unlink(scratch_at(&world->scratch, "state/command"));
        runner_t *self = runner_of(world, text, 0, 1);
        now_t now = {.monotonic_ms = 1}; // the timeout comes when the test says so
        world->failures = 0;
        assert_int_equal(runner_turn(self, 1, now, &why), 0);
        pid_t pid = pid_in(world, "pid");
        if (!runs(pid))
            fail_msg("it does not run: %s", scripts[i]);
        now.monotonic_ms += 1000;
        int64_t until = clock_now().monotonic_ms + 20000;
        while (runner_done(self) == 0) {
            assert_true(clock_now().monotonic_ms < until);
            assert_int_equal(runner_turn(self, 1, now, &why), 0);
        }
        assert_int_equal(world->outcome[0], RUN_GIVEN_UP);
        if (runs(pid))
            fail_msg("it goes on: %s", scripts[i]);
        runner_close(&self);
    }
}

// What a program that ended well has left running is its own affair.
static void what_is_left_running_on_purpose_stays(void **state)
{
    world_t *world = *state;
    runner_t *self =
        runner(world, "#!/bin/sh\n" HERE "setsid sh -c '" MARK "exec sleep 600' &\n", 0);
    run_to(self, 1);
    pid_t pid = pid_in(world, "pid");
    assert_true(runs(pid));
    assert_int_equal(world->failures, 0);
    runner_close(&self);
    assert_int_equal(kill(pid, SIGKILL), 0);
}

// A daemon that was killed leaves its program running: the next one waits for it.
static void one_at_a_time_over_a_restart(void **state)
{
    world_t *world = *state;
    static const char script[] = "#!/bin/sh\n" HERE "echo b $1 >> seen\n" MARK
                                 "while [ ! -e go ]; do sleep 0.01; done\n"
                                 "echo e $1 >> seen\n";
    world->timeout_ms = 600000; // nothing here may be ended for being slow
    runner_t *first = runner(world, script, 0);
    now_t now = clock_now();
    assert_int_equal(runner_turn(first, 2, now, &why), 0);
    pid_t pid = pid_in(world, "pid");
    runner_close(&first);
    runner_t *second = runner(world, script, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(runner_turn(second, 2, now, &why), 0);
    assert_true(runs(pid));
    assert_int_equal(world->outcome[0], RUN_WAITS);
    assert_int_equal(world->failures, 1);
    assert_null(strstr(content(world, "seen"), "\nb"));
    assert_true(runner_due_ms(second) < now.monotonic_ms + 1000);
    assert_int_equal(
        file_replace(scratch_at(&world->scratch, "go"), span_of("", 0), 0600, &why), 0);
    run_to(second, 2);
    runner_close(&second);
    const char *seen = content(world, "seen");
    for (const char *at = seen; *at; at = strchr(at, '\n') + 1)
        assert_int_equal(
            *at, (at - seen) / (strchr(seen, '\n') + 1 - seen) % 2 ? 'e' : 'b');
}

// Also where what it started has left its process group.
static void waits_no_longer_than_the_timeout(void **state)
{
    world_t *world = *state;
    static const char *const scripts[] = {
        "#!/bin/sh\n" HERE "[ -e pid ] || { " MARK "exec sleep 600; }\n",
        "#!/bin/sh\n" HERE "[ -e pid ] || { setsid sh -c '" MARK
        "exec sleep 600' & wait; }\n",
    };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        unlink(scratch_at(&world->scratch, "pid"));
        unlink(scratch_at(&world->scratch, "state/command"));
        runner_t *first = runner(world, scripts[i], 0);
        now_t now = {.monotonic_ms = 1};
        assert_int_equal(runner_turn(first, 1, now, &why), 0);
        pid_t pid = pid_in(world, "pid");
        runner_close(&first);
        runner_t *second = runner(world, scripts[i], 0);
        run_to(second, 1);
        if (runs(pid))
            fail_msg("it goes on: %s", scripts[i]);
        runner_close(&second);
    }
}

// What a program prints is bounded, and it is never stopped by it.
static void hears_the_first_lines(void **state)
{
    world_t *world = *state;
    static const struct {
        const char *script;
        size_t lines, more;
    } cases[] = {
        {":", 0, 0},
        {"echo one; echo two >&2", 2, 0},
        {"printf 'no end'", 1, 0},
        {"printf '\\n\\n\\nx\\n'", 1, 0},
        {"yes | head -n 3000000", 21, 1},
        {"head -c 9000000 /dev/zero", 2, 1},
        {"head -c 900000 /dev/urandom; seq 100", 21, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "#!/bin/sh\n%s\n", cases[i].script);
        unlink(scratch_at(&world->scratch, "state/command"));
        world->printed = world->printed_more = 0;
        world->timeout_ms = 20000;
        runner_t *self = runner(world, text, 0);
        world->runner = self;
        run_to(self, 1);
        assert_int_equal(world->printed, cases[i].lines);
        assert_int_equal(world->printed_more, cases[i].more);
        runner_close(&self);
    }
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
    scratch_in_memory();
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_comes_along),
        TEST(keeps_deliveries),
        TEST(counts_in_what_a_crash_left),
        TEST(starts_on_a_full_disk),
        TEST(does_not_count_by_files_alone),
        TEST(no_name_counts_without_its_proof),
        TEST(a_delivery_under_another_number_does_not_count),
        TEST(another_logs_record_is_none),
        TEST(sweeps_what_was_half_written),
        TEST(refuses_a_number_that_is_none),
        TEST(never_makes_a_name_of_foreign_text),
        TEST(finds_messages_by_number),
        TEST(finds_the_one_that_has_its_proof),
        TEST(tells_gone_from_unreadable),
        TEST(keeps_receipts_and_forgets_refusals),
        TEST(keeps_what_was_refused_of_another_with_the_id),
        TEST(keeps_the_checkpoint),
        TEST(takes_nothing_when_the_disk_is_full),
        TEST(a_duty_is_noted_on_the_disk_or_not_at_all),
        TEST(what_waits_is_what_is_owed),
        TEST(runs_a_program_for_each_message),
        TEST(no_command_is_run_for_less_than_it_counted),
        TEST(a_timeout_ends_all_that_was_started),
        TEST(what_is_left_running_on_purpose_stays),
        TEST(one_at_a_time_over_a_restart),
        TEST(waits_no_longer_than_the_timeout),
        TEST(hears_the_first_lines),
        TEST(pauses_grow_up_to_an_hour),
        TEST(leaves_alone_what_came_before_there_was_a_program),
    };
    return test_group(tests, NULL, NULL);
}
