// outbox, pending, spool: one file is one message, whatever crashes where.
//
// A crash is played by leaving the disk as it would be found, and opening again.

#include "lib/base/file.h"
#include "nodes/outbox/outbox.h"
#include "nodes/outbox/spool.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <poll.h>
#include <sodium.h>

#include <jansson.h>

#define ORIGIN "hub.example/log"
#define ID_A "0192f0c1-0000-7000-8000-00000000000a"
#define ID_B "0192f0c1-0000-7000-8000-00000000000b"

typedef struct {
    scratch_t scratch;
    proven_t log;
    seal_key_t key;
    store_t *store;
    tray_t *tray;
    pending_t *pending;
    outbox_t *outbox;
    parcel_t *parcel[8]; // what was published
    size_t parcels;
    size_t taken, refused, left;
    char code[64], id[MESSAGE_ID_MAX], kind[KIND_MAX];
    now_t now;
} world_t;

static cause_t why;

static void on_ready(void *context, parcel_t **parcel_p)
{
    world_t *world = context;
    assert_true(world->parcels < 8);
    world->parcel[world->parcels++] = *parcel_p;
    *parcel_p = NULL;
}

static void on_taken(void *context, const char *file, const char *id, const char *kind)
{
    world_t *world = context;
    (void)file;
    world->taken++;
    strcpy(world->id, id);
    strcpy(world->kind, kind);
}

static void on_refused(void *context, const char *file, const refusal_t *refusal)
{
    world_t *world = context;
    (void)file;
    world->refused++;
    strcpy(world->code, refusal->code);
}

static void on_left(void *context, const char *file, const char *reason)
{
    world_t *world = context;
    (void)file;
    (void)reason;
    world->left++;
}

static void forget_parcels(world_t *world)
{
    while (world->parcels > 0)
        parcel_destroy(&world->parcel[--world->parcels]);
}

static void shut(world_t *world)
{
    outbox_close(&world->outbox);
    pending_close(&world->pending);
    tray_close(&world->tray);
    store_close(&world->store);
    forget_parcels(world);
}

static void start(world_t *world)
{
    shut(world);
    world->store =
        store_open(&(store_options_t){world->scratch.path, "me", &world->log.vkey}, &why);
    assert_non_null(world->store);
    world->tray = tray_open(world->scratch.path, &why);
    assert_non_null(world->tray);
    pending_options_t kept = {world->scratch.path, &world->log.vkey, world->tray};
    world->pending = pending_open(&kept, on_ready, world, &why);
    if (!world->pending)
        return; // some tests want that
    outbox_options_t options = {.folder = world->scratch.path,
        .rules = {.node = "isoc-energy", .limits = {.size = 4096, .depth = 16}},
        .origin = ORIGIN,
        .key = &world->key,
        .tray = world->tray,
        .store = world->store,
        .pending = world->pending};
    outbox_events_t events = {
        .context = world, .taken = on_taken, .refused = on_refused, .left = on_left};
    world->outbox = outbox_open(&options, &events, &why);
    assert_non_null(world->outbox);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    assert_true(sodium_init() >= 0);
    scratch_open(&world->scratch);
    proven_open(&world->log, ORIGIN);
    crypto_sign_keypair(world->key.public_key, world->key.secret_key);
    seal_key_id(world->key.public_key, world->key.id);
    world->now = clock_now();
    start(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    shut(world);
    scratch_close(&world->scratch);
    proven_close(&world->log);
    free(world);
    return 0;
}

static void drop(world_t *world, const char *name, const char *text)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/outbox/%s", world->scratch.path, name);
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
}

static void turn(world_t *world)
{
    if (outbox_turn(world->outbox, world->now, &why) != 0)
        fail_msg("%s", why.text);
}

// Until what is half written counts as refused.
static void wait_turn(world_t *world)
{
    turn(world);
    world->now.monotonic_ms += SORTING_HALF_MS;
    turn(world);
}

static size_t count(world_t *world, const char *folder, const char *ending)
{
    names_t names;
    assert_int_equal(
        names_list(&names, scratch_at(&world->scratch, folder), ending, &why), 0);
    size_t n = names.n;
    names_free(&names);
    return n;
}

static void receipt_of(world_t *world, const parcel_item_t *item, buf_t *proof)
{
    leaf_t leaf = {.type = "message", .has_document = true, .document = item->hash};
    (void)snprintf(leaf.id, sizeof leaf.id, "%s", item->id);
    size_t at = proven_add(&world->log, &leaf);
    span_t note = proven_note(&world->log);
    link_delivery_t proven = proven_delivery(&world->log, 1, at);
    tlog_proof_write(proof, proven.leaf_bytes, at, proven.path, note);
}

// The answer came and is stored: what is left of it is sent/ID.tlog-proof.
static void answer(world_t *world, const parcel_t *parcel, size_t i)
{
    char path[PATH_MAX];
    buf_t proof = {0};
    parcel_item_t item = parcel_item(parcel, i);
    (void)snprintf(path, sizeof path, "%s/sent/%s.json", world->scratch.path, item.id);
    assert_int_equal(file_replace(path, item.document, 0600, &why), 0);
    receipt_of(world, &item, &proof);
    (void)snprintf(
        path, sizeof path, "%s/sent/%s.tlog-proof", world->scratch.path, item.id);
    assert_int_equal(file_replace(path, buf_span(&proof), 0600, &why), 0);
    buf_destroy(&proof);
}

// What lies in sent/ under the name of a receipt is none unless the log proves it, and of
// this very document: nothing, another text, each byte of the true one spoiled,
// another's.
static void only_a_proven_receipt_ends_a_parcel(void **state)
{
    world_t *world = *state;
    buf_t proof = {0};
    drop(world, "a.json", "{\"kind\": \"incident.notice\", \"id\": \"" ID_A "\"}");
    turn(world);
    parcel_item_t item = parcel_item(world->parcel[0], 0);
    item.hash.bytes[0] ^= 1; // the same id, another document
    receipt_of(world, &item, &proof);
    for (size_t step = 0; step < 2; step++) {
        for (size_t i = 0; i < proof.size; i++) {
            proof.data[i] ^= step == 0 ? 0 : 1;
            assert_int_equal(
                file_replace(scratch_at(&world->scratch, "sent/" ID_A ".tlog-proof"),
                    span_of(proof.data, step == 0 ? i : proof.size), 0600, &why),
                0);
            proof.data[i] ^= step == 0 ? 0 : 1;
            start(world);
            assert_int_equal(world->parcels, 1);
        }
        buf_clear(&proof);
        item = parcel_item(world->parcel[0], 0);
        receipt_of(world, &item, &proof);
    }
    answer(world, world->parcel[0], 0);
    start(world);
    assert_int_equal(world->parcels, 0);
    buf_destroy(&proof);
}

static json_t *document(world_t *world, size_t parcel, size_t i)
{
    span_t text = parcel_item(world->parcel[parcel], i).document;
    json_t *root = json_loadb((const char *)text.data, text.size, 0, NULL);
    assert_non_null(root);
    return root;
}

static void completes_a_file(void **state)
{
    world_t *world = *state;
    drop(world, "mine.json", "{\"kind\": \"incident.notice\", \"body\": {\"level\": 2}}");
    turn(world);
    assert_int_equal(world->parcels, 1);
    assert_int_equal(count(world, "outbox", ""), 0);
    json_t *root = document(world, 0, 0);
    assert_int_equal(json_integer_value(json_object_get(root, "dabyl")), 1);
    assert_true(uuid7_valid(span_text(json_string_value(json_object_get(root, "id")))));
    assert_string_equal(json_string_value(json_object_get(root, "from")), "isoc-energy");
    assert_string_equal(json_string_value(json_object_get(root, "status")), "actual");
    assert_int_equal(strlen(json_string_value(json_object_get(root, "nonce"))), 32);
    int64_t sent_ms;
    assert_true(time_parse(
        span_text(json_string_value(json_object_get(root, "sent"))), &sent_ms));
    assert_int_equal(sent_ms, world->now.wall_ms);
    assert_string_equal(world->id, json_string_value(json_object_get(root, "id")));
    json_decref(root);
}

static void keeps_the_bytes_of_what_is_complete(void **state)
{
    world_t *world = *state;
    const char *text =
        "{ \"nonce\":\"00112233445566778899aabbccddeeff\",\"dabyl\":1, "
        "\"id\":\"" ID_A "\",\"from\":\"isoc-energy\",\"status\":\"test\","
        "\"sent\":\"2026-11-22T12:00:00Z\",\"kind\":\"incident.notice\"}\n";
    drop(world, "a.json", text);
    turn(world);
    assert_true(span_is(parcel_item(world->parcel[0], 0).document, text));
}

static void seals_what_waits_together(void **state)
{
    world_t *world = *state;
    char name[32];
    for (size_t i = 0; i < OUTBOX_TOGETHER + 3; i++) {
        (void)snprintf(name, sizeof name, "%03zu.json", i);
        drop(world, name, "{\"kind\": \"incident.notice\"}");
    }
    turn(world);
    assert_int_equal(parcel_count(world->parcel[0]), OUTBOX_TOGETHER);
    assert_int_equal(outbox_due_ms(world->outbox), world->now.monotonic_ms);
    turn(world);
    assert_int_equal(parcel_count(world->parcel[1]), 3);
    // Every seal is good by itself.
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < parcel_count(world->parcel[p]); i++) {
            buf_t text = {0};
            seal_t seal;
            parcel_item_t item = parcel_item(world->parcel[p], i);
            parcel_print_seal(world->parcel[p], i, &text);
            assert_int_equal(seal_parse(&seal, buf_span(&text), &why), 0);
            assert_int_equal(seal_check_place(&seal, &item.hash, &why), 0);
            assert_int_equal(
                seal_check_signature(&seal.head, 0, world->key.public_key, &why), 0);
            buf_destroy(&text);
        }
}

static void sends_in_the_order_of_arrival(void **state)
{
    world_t *world = *state;
    drop(world, "z.json", "{\"kind\": \"incident.notice\", \"id\": \"" ID_B "\"}");
    struct stat first, second;
    assert_int_equal(stat(scratch_at(&world->scratch, "outbox/z.json"), &first), 0);
    do { // until the file system's clock has moved on
        drop(world, "a.json", "{\"kind\": \"incident.update\", \"id\": \"" ID_A "\"}");
        assert_int_equal(stat(scratch_at(&world->scratch, "outbox/a.json"), &second), 0);
    } while (second.st_ctim.tv_sec == first.st_ctim.tv_sec &&
             second.st_ctim.tv_nsec == first.st_ctim.tv_nsec);
    turn(world);
    assert_string_equal(parcel_item(world->parcel[0], 0).id, ID_B);
    assert_string_equal(parcel_item(world->parcel[0], 1).id, ID_A);
}

static void turns_away_what_must_not_go(void **state)
{
    world_t *world = *state;
    static const struct {
        const char *text, *code;
    } bad[] = {
        {"{\"kind\": ", "doc.syntax"},
        {"{\"kind\": \"incident.notice\", \"kind\": 1}", "doc.duplicate-key"},
        {"{\"kind\": \"a\xff\"}", "doc.utf8"},
        {"[]", "doc.syntax"},
        {"{}", "doc.kind"},
        {"{\"kind\": 7}", "doc.kind"},
        {"{\"kind\": \"incident.notice\", \"from\": \"nccis\"}", "from.mismatch"},
        {"{\"kind\": \"incident.notice\", \"id\": \"../../x\"}", "doc.schema"},
        {"{\"kind\": \"incident.notice\", \"state_secret\": true}", "secret.declared"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        drop(world, "bad.json", bad[i].text);
        wait_turn(world);
        assert_int_equal(world->refused, i + 1);
        assert_string_equal(world->code, bad[i].code);
    }
    assert_int_equal(world->parcels, 0);
    assert_int_equal(count(world, "outbox", ""), 0);
    json_t *reason = json_load_file(
        scratch_at(&world->scratch, "refused/bad.json.reason.json"), 0, NULL);
    assert_string_equal(
        json_string_value(json_object_get(reason, "code")), "secret.declared");
    assert_true(strlen(json_string_value(json_object_get(reason, "sentence"))) > 10);
    json_decref(reason);

    char large[6000];
    memset(large, ' ', sizeof large);
    large[sizeof large - 1] = 0;
    drop(world, "large.json", large);
    turn(world);
    // None took the place of another.
    assert_int_equal(
        count(world, "refused", ".json"), 2 * (sizeof bad / sizeof bad[0] + 1));
    assert_string_equal(world->code, "doc.size");
    assert_int_equal(access(scratch_at(&world->scratch, "refused/large.json"), F_OK), 0);
}

static void leaves_alone_what_has_no_name_of_a_message(void **state)
{
    world_t *world = *state;
    drop(world, "notes.txt", "hello");
    drop(world, "x.json.part", "{}");
    turn(world);
    assert_int_equal(world->left, 2);
    world->now.monotonic_ms += SORTING_SCAN_MS;
    turn(world);
    assert_int_equal(world->left, 2); // said once
    drop(world, ".json", "{}");
    drop(world, ".notice.json", "{}");
    turn(world);
    assert_int_equal(world->left, 2); // somebody is writing them
    for (int i = 0; i < 2; i++) {
        world->now.monotonic_ms += SORTING_SCAN_MS;
        turn(world);
        assert_int_equal(world->left, 4);
    }
    assert_int_equal(world->parcels + world->refused, 0);
}

// One that stays is said again when it is another that stays.
static void says_of_each_that_it_stays(void **state)
{
    world_t *world = *state;
    drop(world, "a.txt", "hello");
    turn(world);
    assert_int_equal(unlink(scratch_at(&world->scratch, "outbox/a.txt")), 0);
    drop(world, "b.txt", "hello");
    turn(world);
    assert_int_equal(world->left, 2);
}

static void turns_away_what_is_no_file(void **state)
{
    world_t *world = *state;
    assert_int_equal(mkdir(scratch_at(&world->scratch, "outbox/folder.json"), 0700), 0);
    assert_int_equal(
        symlink("/etc/passwd", scratch_at(&world->scratch, "outbox/link.json")), 0);
    assert_int_equal(
        symlink("nowhere", scratch_at(&world->scratch, "outbox/dangling.json")), 0);
    assert_int_equal(mkfifo(scratch_at(&world->scratch, "outbox/pipe.json"), 0600), 0);
    turn(world);
    assert_int_equal(world->refused, 4);
    assert_string_equal(world->code, "file.kind");
    assert_int_equal(count(world, "outbox", ""), 0);
    assert_int_equal(count(world, "refused", ".json"), 8);
    assert_int_equal(count(world, "state/taken", ""), 0);
    assert_int_equal(world->parcels, 0);
}

static void waits_for_a_file_being_copied(void **state)
{
    world_t *world = *state;
    drop(world, "copy.json", "{\"kind\": \"incident.not");
    turn(world);
    assert_int_equal(world->refused, 0);
    assert_true(outbox_due_ms(world->outbox) <= world->now.monotonic_ms + 2000);
    drop(world, "copy.json", "{\"kind\": \"incident.notice\"}");
    turn(world);
    assert_int_equal(world->parcels, 1);
}

// Whole JSON, but not closed: its writer may have more to say.
static void waits_for_whoever_writes(void **state)
{
    world_t *world = *state;
    const char *text = "{\"kind\": \"incident.notice\"}";
    const char *path = scratch_at(&world->scratch, "outbox/open.json");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fflush(file) == 0);
    for (int i = 0; i < 3; i++) {
        world->now.monotonic_ms += SORTING_SCAN_MS;
        turn(world);
    }
    assert_int_equal(world->parcels, 0);
    assert_int_equal(world->left, 1); // said once
    assert_int_equal(fclose(file), 0);
    world->now.monotonic_ms += SORTING_BUSY_MS;
    turn(world);
    assert_int_equal(world->parcels, 1);
}

static void knows_what_it_sent_before(void **state)
{
    world_t *world = *state;
    const char *text =
        "{\"kind\": \"incident.notice\", \"id\": \"" ID_A "\", \"body\": 1}";
    const char *other =
        "{\"kind\": \"incident.notice\", \"id\": \"" ID_A "\", \"body\": 2}";
    drop(world, "a.json", text);
    drop(world, "b.json", text); // the same in the same turn
    turn(world);
    assert_int_equal(world->parcels, 1);
    assert_int_equal(parcel_count(world->parcel[0]), 1);
    assert_int_equal(count(world, "outbox", ""), 0);
    drop(world, "a.json", text); // while it is on its way
    drop(world, "c.json", other);
    turn(world);
    assert_int_equal(world->parcels, 1);
    assert_int_equal(world->refused, 1);
    assert_string_equal(world->code, "id.reused");
    answer(world, world->parcel[0], 0);
    uint64_t tag = parcel_item(world->parcel[0], 0).tag;
    assert_int_equal(pending_answered(world->pending, tag, &why), 0);
    drop(world, "a.json", text); // and after
    turn(world);
    assert_int_equal(world->parcels, 1);
    assert_int_equal(world->refused, 1);
    assert_int_equal(count(world, "outbox", ""), 0);
}

static void publishes_the_same_after_a_crash(void **state)
{
    world_t *world = *state;
    char before[2048];
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    drop(world, "b.json", "{\"kind\": \"incident.notice\"}");
    turn(world);
    parcel_item_t item = parcel_item(world->parcel[0], 1);
    hash_t seal = item.seal;
    (void)snprintf(before, sizeof before, "%.*s", (int)item.document.size,
        (const char *)item.document.data);
    start(world);
    assert_int_equal(world->parcels, 1);
    assert_int_equal(parcel_count(world->parcel[0]), 2);
    item = parcel_item(world->parcel[0], 1);
    assert_true(span_is(item.document, before));
    assert_true(hash_equal(&item.seal, &seal));
    // One answer is there: only the other one is published again.
    answer(world, world->parcel[0], 0);
    start(world);
    assert_int_equal(parcel_count(world->parcel[0]), 1);
    assert_true(span_is(parcel_item(world->parcel[0], 0).document, before));
    answer(world, world->parcel[0], 0);
    start(world);
    assert_int_equal(world->parcels, 0);
    assert_int_equal(count(world, "state/spool", ""), 0);
}

static void on_take(void *context, const char *take)
{
    strcpy(context, take);
}

// Killed after the file was taken, and again after the parcel was written.
static void makes_no_second_message_of_a_file(void **state)
{
    world_t *world = *state;
    char take[TAKEN_MAX] = "";
    const char *source = take;
    look_t look;
    parcel_t *parcel = parcel_new();
    const seal_key_t *key = &world->key;
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    assert_int_equal(tray_look(world->tray, "a.json", &look, &why), LOOK_GOOD);
    assert_int_equal(
        tray_take(world->tray, "a.json", &look, world->now.wall_ms, take, &why),
        TRAY_TAKEN);
    look_close(&look);
    shut(world);
    spool_t *spool = spool_open(world->scratch.path, &why);
    uint64_t serial = spool_next(spool);
    parcel_add(parcel, ID_A, span_text("{}"), serial << SPOOL_TAG_BITS);
    assert_int_equal(parcel_seal(parcel, ORIGIN, &key, 1, &why), 0);
    assert_int_equal(spool_put(spool, serial, parcel, &source, &why), 0);
    parcel_destroy(&parcel);
    spool_close(&spool);

    start(world);
    turn(world);
    assert_int_equal(world->parcels, 1);
    assert_string_equal(parcel_item(world->parcel[0], 0).id, ID_A);
    assert_int_equal(count(world, "state/taken", ""), 0);
    // A new file of the same name is a new message.
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    turn(world);
    assert_int_equal(world->parcels, 2);
}

// Only taken: nothing of it was written, and it becomes the message it would have been.
static void goes_on_with_what_was_taken(void **state)
{
    world_t *world = *state;
    char take[TAKEN_MAX], first[37];
    look_t look;
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    assert_int_equal(tray_look(world->tray, "a.json", &look, &why), LOOK_GOOD);
    assert_int_equal(
        tray_take(world->tray, "a.json", &look, world->now.wall_ms, take, &why),
        TRAY_TAKEN);
    look_close(&look);
    drop(world, "a.json", "{\"kind\": \"incident.update\"}");
    for (int i = 0; i < 2; i++) {
        start(world);
        take[0] = 0;
        assert_int_equal(tray_each(world->tray, on_take, take, &why), 0);
        assert_string_equal(taken_name(take), "a.json");
    }
    turn(world);
    assert_int_equal(parcel_count(world->parcel[0]), 2);
    (void)snprintf(first, sizeof first, "%s", parcel_item(world->parcel[0], 0).id);
    json_t *root = document(world, 0, 0);
    assert_string_equal(
        json_string_value(json_object_get(root, "kind")), "incident.notice");
    json_decref(root);
    hash_t seed;
    taken_seed(take, &seed);
    letter_birth_t birth = {taken_ms(take), seed};
    letter_t letter;
    refusal_t refusal;
    letter_rules_t rules = {.node = "isoc-energy", .limits = {.size = 4096, .depth = 16}};
    assert_int_equal(letter_open(&letter, &rules,
                         span_text("{\"kind\": \"incident.notice\"}"), &birth, &refusal),
        0);
    assert_string_equal(letter.id, first);
    assert_true(span_equal(
        buf_span(&letter.document), parcel_item(world->parcel[0], 0).document));
    letter_close(&letter);
}

static void says_when_a_parcel_is_damaged(void **state)
{
    world_t *world = *state;
    names_t names;
    buf_t file = {0};
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    turn(world);
    assert_int_equal(
        names_list(&names, scratch_at(&world->scratch, "state/spool"), ".parcel", &why),
        0);
    char path[PATH_MAX];
    (void)snprintf(
        path, sizeof path, "%s/state/spool/%s", world->scratch.path, names.name[0]);
    names_free(&names);
    assert_int_equal(file_read(path, 1 << 20, &file, &why), 0);
    for (size_t i = 0; i < file.size; i += 7) { // cut, then one bit
        assert_int_equal(file_replace(path, span_of(file.data, i), 0600, &why), 0);
        start(world);
        assert_null(world->pending);
        assert_non_null(strstr(why.text, path));
        file.data[i] ^= 4;
        assert_int_equal(file_replace(path, buf_span(&file), 0600, &why), 0);
        file.data[i] ^= 4;
        start(world);
        assert_null(world->pending);
    }
    assert_int_equal(file_replace(path, buf_span(&file), 0600, &why), 0);
    start(world);
    assert_int_equal(world->parcels, 1);
    buf_destroy(&file);
}

// A whole file with a right checksum, by whoever wrote it.
static void refuses_a_parcel_of_too_many(void **state)
{
    world_t *world = *state;
    const seal_key_t *key = &world->key;
    parcel_t *parcel = parcel_new();
    buf_t seal = {0}, file = {0};
    hash_t hash;
    const char *path = scratch_at(&world->scratch, "state/spool/000000000003.parcel");
    parcel_add(parcel, ID_A, span_text("{}"), 0);
    assert_int_equal(parcel_seal(parcel, ORIGIN, &key, 1, &why), 0);
    parcel_print_seal(parcel, 0, &seal);
    buf_put_text(&file, "DABYLPCL");
    buf_put_u32(&file, 2);
    buf_put_u16(&file, PARCEL_MAX + 1);
    for (size_t i = 0; i <= PARCEL_MAX; i++) {
        buf_put_short(&file, span_text(ID_A));
        buf_put_short(&file, span_text("x"));
        buf_put_long(&file, span_text("{}"));
        buf_put_long(&file, buf_span(&seal));
    }
    sha256(buf_span(&file), &hash);
    buf_put(&file, hash.bytes, sizeof hash.bytes);
    assert_int_equal(file_replace(path, buf_span(&file), 0600, &why), 0);
    start(world);
    assert_null(world->pending);
    assert_non_null(strstr(why.text, "1025 documents"));
    assert_int_equal(unlink(path), 0);
    parcel_destroy(&parcel);
    buf_destroy(&seal);
    buf_destroy(&file);
}

static void publishes_again_what_could_not_be_stored(void **state)
{
    world_t *world = *state;
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    drop(world, "b.json", "{\"kind\": \"incident.notice\"}");
    turn(world);
    uint64_t first = parcel_item(world->parcel[0], 0).tag;
    uint64_t second = parcel_item(world->parcel[0], 1).tag;
    pending_unstored(world->pending, first);
    assert_int_equal(pending_repeat(world->pending, &why), 0);
    assert_int_equal(world->parcels, 1); // the other one is still on its way
    answer(world, world->parcel[0], 1);
    assert_int_equal(pending_answered(world->pending, second, &why), 0);
    assert_int_equal(pending_repeat(world->pending, &why), 0);
    assert_int_equal(world->parcels, 2);
    assert_int_equal(parcel_count(world->parcel[1]), 1);
    assert_int_equal(parcel_item(world->parcel[1], 0).tag, first);
    answer(world, world->parcel[1], 0);
    assert_int_equal(pending_answered(world->pending, first, &why), 0);
    assert_int_equal(pending_count(world->pending), 0);
    assert_int_equal(count(world, "state/spool", ""), 0);
}

static void tries_again_what_was_refused_and_changed(void **state)
{
    world_t *world = *state;
    refusal_t refusal = {0};
    drop(world, "a.json", "{\"kind\": \"incident.notice\", \"id\": \"" ID_B "\"}");
    turn(world);
    parcel_item_t item = parcel_item(world->parcel[0], 0);
    (void)refuse(&refusal, "doc.schema", "/body", "x", "not good");
    assert_int_equal(store_refused(world->store, ID_B ".json", item.document, &item.hash,
                         &refusal, &why),
        0);
    start(world); // killed before the parcel was removed: the answer is known
    assert_int_equal(world->parcels, 0);
    drop(world, "a.json",
        "{\"kind\": \"incident.notice\", \"id\": \"" ID_B "\", \"body\": {}}");
    turn(world);
    assert_int_equal(world->parcels, 1);
    start(world); // the refusal there is about other words
    assert_int_equal(world->parcels, 1);
}

static void drop_level(world_t *world, int n, int level, const char *re)
{
    char name[32], text[256], refers[128] = "";
    (void)snprintf(name, sizeof name, "%04d.json", n);
    if (re)
        (void)snprintf(refers, sizeof refers,
            ", \"re\": {\"author\": \"isoc-energy\", \"id\": \"%s\"}", re);
    (void)snprintf(text, sizeof text,
        "{\"kind\": \"incident.notice\", \"id\": \"0192f0c1-0000-7000-8000-%012d\", "
        "\"body\": {\"level\": %d}%s}",
        n, level, refers);
    drop(world, name, text);
}

static bool leads(const world_t *world, size_t parcel, size_t i, int n)
{
    char id[40];
    (void)snprintf(id, sizeof id, "0192f0c1-0000-7000-8000-%012d", n);
    return strcmp(parcel_item(world->parcel[parcel], i).id, id) == 0;
}

// More than a slice and a parcel; the urgent one comes last, and refers to one in
// between.
static void lets_what_is_urgent_pass(void **state)
{
    world_t *world = *state;
    enum { MANY = SORTING_SLICE + 200 };
    for (int i = 1; i <= MANY; i++)
        drop_level(world, i, 0, NULL);
    drop_level(world, 9000, 5, "0192f0c1-0000-7000-8000-000000000200");
    turn(world);
    assert_int_equal(world->parcels, 0); // not all of it has been looked at
    assert_true(outbox_due_ms(world->outbox) <= world->now.monotonic_ms);
    turn(world);
    assert_int_equal(world->parcels, 1);
    assert_true(leads(world, 0, 0, 200) && leads(world, 0, 1, 9000));
    // One that comes while the others are sent passes them; and after a restart.
    drop_level(world, 9001, 4, NULL);
    turn(world);
    assert_true(leads(world, 1, 0, 9001));
    start(world);
    drop_level(world, 9002, 4, NULL);
    size_t before = world->parcels;
    while (world->parcels == before)
        turn(world);
    assert_true(leads(world, before, 0, 9002));
    assert_int_equal(outbox_waiting(world->outbox), MANY + 3 - 3 * OUTBOX_TOGETHER);
}

// What is sealed cannot be passed any more: so much of it is never ahead.
static void seals_not_too_far_ahead(void **state)
{
    world_t *world = *state;
    for (int i = 1; i <= OUTBOX_AHEAD + 200; i++)
        drop_level(world, i, 0, NULL);
    for (int i = 0; i < 40; i++) {
        turn(world);
        forget_parcels(world);
    }
    assert_int_equal(pending_documents(world->pending), OUTBOX_AHEAD);
    assert_int_equal(outbox_waiting(world->outbox), 200);
    assert_true(outbox_due_ms(world->outbox) > world->now.monotonic_ms);
}

// An outbox on another file system, which no rename reaches from state/.
static void takes_from_another_file_system(void **state)
{
    world_t *world = *state;
    scratch_t elsewhere;
    struct stat here, there;
    scratch_open_in(&elsewhere, "/var/tmp");
    assert_int_equal(stat(world->scratch.path, &here), 0);
    assert_int_equal(stat(elsewhere.path, &there), 0);
    if (here.st_dev == there.st_dev)
        print_message("# one file system here: it is taken like any other\n");
    shut(world);
    const char *outbox = scratch_at(&world->scratch, "outbox");
    assert_int_equal(rmdir(outbox), 0);
    assert_int_equal(symlink(elsewhere.path, outbox), 0);
    for (int i = 0; i < 3; i++) {
        char take[TAKEN_MAX] = "";
        look_t look;
        start(world);
        size_t before = world->taken;
        drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
        assert_int_equal(tray_look(world->tray, "a.json", &look, &why), LOOK_GOOD);
        assert_int_equal(
            tray_take(world->tray, "a.json", &look, world->now.wall_ms, take, &why),
            TRAY_TAKEN);
        look_close(&look);
        start(world); // killed after it was taken
        forget_parcels(world);
        drop(world, "bad.json", "{}");
        assert_int_equal(mkfifo(scratch_at(&world->scratch, "outbox/p.json"), 0600), 0);
        turn(world);
        assert_int_equal(world->taken, before + 1);
        assert_int_equal(world->refused, 2 * i + 2);
        assert_int_equal(count(world, "outbox", ""), 0);
        start(world);
        forget_parcels(world);
        turn(world);
        assert_int_equal(world->taken, before + 1);
    }
    shut(world);
    scratch_close(&elsewhere);
}

// Emptied by hand, as administrators do it.
static void looks_at_the_outbox_that_is_there(void **state)
{
    world_t *world = *state;
    drop(world, "a.json", "{\"kind\": \"incident.notice\"}");
    assert_int_equal(rename(scratch_at(&world->scratch, "outbox"),
                         scratch_at(&world->scratch, "outbox.old")),
        0);
    assert_int_equal(outbox_turn(world->outbox, world->now, &why), -1);
    assert_non_null(strstr(why.text, "outbox"));
    assert_int_equal(mkdir(scratch_at(&world->scratch, "outbox"), 0700), 0);
    drop(world, "b.json", "{\"kind\": \"incident.update\"}");
    world->now.monotonic_ms += SORTING_SCAN_MS;
    size_t before = world->taken;
    turn(world);
    assert_int_equal(world->taken, before + 1);
    assert_string_equal(world->kind, "incident.update");
    drop(world, "c.json", "{\"kind\": \"incident.notice\"}");
    struct pollfd told = {outbox_fd(world->outbox), POLLIN, 0};
    assert_int_equal(poll(&told, 1, 0), 1); // it is watched, too
    turn(world);
    assert_int_equal(world->taken, before + 2);
}

int main(void)
{
    scratch_in_memory();
    const struct CMUnitTest tests[] = {
        TEST(completes_a_file),
        TEST(keeps_the_bytes_of_what_is_complete),
        TEST(only_a_proven_receipt_ends_a_parcel),
        TEST(seals_what_waits_together),
        TEST(sends_in_the_order_of_arrival),
        TEST(turns_away_what_must_not_go),
        TEST(leaves_alone_what_has_no_name_of_a_message),
        TEST(says_of_each_that_it_stays),
        TEST(turns_away_what_is_no_file),
        TEST(waits_for_a_file_being_copied),
        TEST(waits_for_whoever_writes),
        TEST(looks_at_the_outbox_that_is_there),
        TEST(takes_from_another_file_system),
        TEST(lets_what_is_urgent_pass),
        TEST(seals_not_too_far_ahead),
        TEST(knows_what_it_sent_before),
        TEST(publishes_the_same_after_a_crash),
        TEST(makes_no_second_message_of_a_file),
        TEST(goes_on_with_what_was_taken),
        TEST(says_when_a_parcel_is_damaged),
        TEST(refuses_a_parcel_of_too_many),
        TEST(publishes_again_what_could_not_be_stored),
        TEST(tries_again_what_was_refused_and_changed),
    };
    return test_group(tests, NULL, NULL);
}
