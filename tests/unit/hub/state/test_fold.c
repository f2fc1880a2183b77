// fold: each kind of entry goes where it belongs, replay does what the turn did, and a
// journal of another log, out of order or unlike what was published is refused.

#include "hub/state/fold.h"

#include "tests/lib/samples.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>
#include <sys/stat.h>

typedef struct {
    scratch_t scratch;
    log_vkey_t vkey;
    tree_t *tree;
    inboxes_t *inboxes;
    publisher_t *publisher;
    draft_t *log; // what was replayed so far, for those who read it again
    entries_t *entries;
    history_t *history;
    duties_t *duties;
    contacts_t *contacts;
    attachments_t *attachments;
    readback_t *readback;
    fold_t *fold;
    quarantine_t quarantine;
    erasures_t erasures;
    cause_t why;
} world_t;

static void open_fold(world_t *world)
{
    const publisher_setup_t publisher = {.folder = world->scratch.path};
    world->tree = tree_open(world->scratch.path, &world->why);
    world->inboxes = inboxes_open(world->scratch.path, &world->why);
    world->publisher = publisher_open(&publisher, &world->why);
    assert_true(world->tree && world->inboxes && world->publisher);
    world->log = draft_new();
    draft_clear(world->log, 0, 0);
    world->entries = entries_new(NULL, world->log);
    world->history = history_new(world->entries, NULL);
    world->duties = duties_new(NULL);
    world->contacts = contacts_new();
    world->attachments = attachments_new();
    world->readback = readback_new(&world->vkey);
    world->fold = fold_new(&(fold_setup_t){.vkey = &world->vkey,
        .readback = world->readback,
        .quarantine = &world->quarantine,
        .erasures = &world->erasures,
        .tree = world->tree,
        .inboxes = world->inboxes,
        .publisher = world->publisher,
        .history = world->history,
        .duties = world->duties,
        .contacts = world->contacts,
        .attachments = world->attachments});
}

static void close_fold(world_t *world)
{
    fold_destroy(&world->fold);
    readback_destroy(&world->readback);
    attachments_destroy(&world->attachments);
    contacts_destroy(&world->contacts);
    duties_destroy(&world->duties);
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    draft_destroy(&world->log);
    publisher_close(&world->publisher);
    inboxes_close(&world->inboxes);
    tree_close(&world->tree);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    world->vkey = sample_vkey();
    open_fold(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    close_fold(world);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

// The head of the seal of a document that was sealed alone.
static void seal_alone(const char *document, buf_t *out)
{
    seal_head_t head;
    hash_t hash;
    cause_t why;
    seal_key_t key = sample_key(3);
    sha256(span_text(document), &hash);
    seal_head_begin(&head, SAMPLE_ORIGIN, &hash, 1);
    assert_int_equal(seal_head_sign(&head, &key, &why), 0);
    seal_head_print(&head, out);
}

// An entry as the journal would have it, given to the fold as in a replay.
static int replay_sealed(world_t *world, uint64_t position, const leaf_t *leaf,
    const char *document, span_t head, bool proven, const char *record)
{
    leaf_t whole = *leaf;
    buf_t text = {0};
    whole.position = position;
    whole.time_ms = INT64_C(1795348800000) + (int64_t)position;
    whole.has_document = whole.has_record = true;
    whole.has_seal = head.size > 0;
    sha256(span_text(document), &whole.document);
    sha256(head, &whole.seal);
    sha256(span_text(record), &whole.record);
    leaf_put(&whole, &text);
    while (draft_count(world->log) <= position)
        (void)draft_add(world->log, leaf->type, "", "", "");
    draft_at(world->log, position)->leaf = whole;
    int result = fold_replay(world->fold, position,
        &(entry_t){.leaf = buf_span(&text),
            .document = span_text(document),
            .seal = head,
            .record = span_text(record),
            .placed = head.size > 0,
            .proven = proven},
        &world->why);
    buf_destroy(&text);
    return result;
}

static int replay(world_t *world, uint64_t position, const leaf_t *leaf,
    const char *document, const char *record)
{
    buf_t head = {0};
    if (strcmp(leaf->type, "message") == 0)
        seal_alone(document, &head);
    int result = replay_sealed(
        world, position, leaf, document, buf_span(&head), head.size > 0, record);
    buf_destroy(&head);
    return result;
}

static leaf_t leaf_of(const char *type, const char *author)
{
    leaf_t leaf = {0};
    (void)snprintf(leaf.type, sizeof leaf.type, "%s", type);
    (void)snprintf(leaf.author, sizeof leaf.author, "%s", author);
    return leaf;
}

static void add(world_t *world, uint64_t position, const char *type, const char *author,
    const char *document)
{
    leaf_t leaf = leaf_of(type, author);
    if (replay(world, position, &leaf, document, "") != 0)
        fail_msg("%s", world->why.text);
}

static const char *origin_text(const world_t *world)
{
    static char line[VKEY_MAX + 2];
    char vkey[VKEY_MAX];
    log_vkey_print(&world->vkey, vkey);
    (void)snprintf(line, sizeof line, "%s\n", vkey);
    return line;
}

static void add_origin(world_t *world)
{
    add(world, 0, "origin", "", origin_text(world));
}

static const char *document_of(const char *id)
{
    static char text[160];
    (void)snprintf(text, sizeof text,
        "{\"id\":\"%s\",\"kind\":\"advisory\",\"from\":\"isoc-a\"}", id);
    return text;
}

static int add_message(
    world_t *world, uint64_t position, const char *id, const char *record)
{
    leaf_t leaf = leaf_of("message", "isoc-a");
    (void)snprintf(leaf.kind, sizeof leaf.kind, "advisory");
    (void)snprintf(leaf.id, sizeof leaf.id, "%s", id);
    return replay(world, position, &leaf, document_of(id), record);
}

#define FILE_HASH "30eb32abe10dae2b4b3a87442d2d03e743befa4728a849f07839cf36a2840d57"
#define FILE "dabyl-attachment/v1\ndigest " FILE_HASH "\nsize 4\n"
#define ID(digit) "019abd3c-5c00-7a4e-9b6d-00000000000" digit
#define RECORD                                                                           \
    "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\nrules 1\n"                \
    "deliver nccis r sender 8\nwithhold bank r sender marking.tlp 9\n"                   \
    "deliver kib r none 9\n"

#define RECORD_OF(node)                                                                  \
    "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\nrules 1\n"                \
    "deliver " node " r sender 8\n"

static int inbox_of(world_t *world, const char *node)
{
    return inboxes_of(world->inboxes, node, &world->why);
}

// Where the message is that isoc-a gave this id; 0: it is nowhere.
static uint64_t position_of(world_t *world, const char *id)
{
    leaf_t leaf = {0};
    return history_find(world->history, "isoc-a", id, &leaf) ? leaf.position : 0;
}

// Whether an entry says that isoc-a has handed in the file, and which.
static uint64_t handed_in(world_t *world)
{
    uint64_t position = 0;
    hash_t digest;
    (void)hex_decode(span_text(FILE_HASH), digest.bytes, sizeof digest.bytes);
    return attachments_entry(
               world->attachments, &digest, inbox_of(world, "isoc-a"), &position)
               ? position
               : 0;
}

static void a_message_reaches_the_inboxes_of_its_record(void **state)
{
    world_t *world = *state;
    uint64_t at;
    add_origin(world);
    assert_int_equal(add_message(world, 1, ID("1"), RECORD), 0);
    assert_int_equal(add_message(world, 2, ID("2"), RECORD), 0);
    assert_int_equal(position_of(world, ID("1")), 1);
    assert_int_equal(position_of(world, ID("2")), 2);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "nccis")), 2);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "kib")), 2);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "bank")), 0);
    assert_int_equal(
        inboxes_get(world->inboxes, inbox_of(world, "kib"), 2, &at, &world->why), 0);
    assert_int_equal(at, 2);
    assert_int_equal(tree_size(world->tree), 3);
    assert_int_equal(fold_time_ms(world->fold), INT64_C(1795348800002));
    publisher_checkpoint(world->publisher, 3, span_text("a checkpoint"));
    publisher_close(&world->publisher); // it was given every leaf
    struct stat tile;
    assert_int_equal(stat(scratch_at(&world->scratch, "tile/0/000.p/3"), &tile), 0);
}

static draft_t *finished_draft(world_t *world)
{
    draft_t *draft = draft_new();
    seal_key_t key = sample_key(1);
    draft_clear(draft, 0, INT64_C(1795348800000));
    draft_add_text(draft, "origin", "", span_text(origin_text(world)));
    draft_add_text(draft, "attachment", "isoc-a", span_text(FILE));
    draft_add_text(draft, "clock", "", span_text(fold_clock_accepted));
    draft_item_t *item = draft_add(draft, "message", "advisory", "isoc-a", ID("1"));
    draft_set_document(item, span_text(document_of(ID("1"))), NULL);
    draft_set_record(draft, item, span_text(RECORD));
    item->derived = true;
    assert_true(readback_draft(world->readback, draft, 0));
    draft_finish(draft, SAMPLE_ORIGIN, &key);
    merkle_t after = *tree_peaks(world->tree);
    (void)draft_entries(draft, &after);
    return draft;
}

static void assert_folded(world_t *world, hash_t *root)
{
    fold_root(world->fold, root);
    assert_int_equal(handed_in(world), 1);
    assert_false(duties_held(world->duties));
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "nccis")), 1);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "kib")), 1);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "bank")), 0);
}

// A turn's batch and its replay come to the same.
static void a_draft_folds_as_its_replay_does(void **state)
{
    world_t *world = *state;
    draft_t *draft = finished_draft(world);
    hash_t drafted, replayed;
    duties_hold(world->duties, true);
    assert_int_equal(fold_draft(world->fold, draft, &world->why), 0);
    assert_folded(world, &drafted);
    close_fold(world);
    open_fold(world);
    duties_hold(world->duties, true);
    for (size_t i = 0; i < draft_count(draft); i++) {
        entry_t entry = draft_entry(draft_at(draft, i));
        assert_int_equal(fold_replay(world->fold, i, &entry, &world->why), 0);
    }
    assert_folded(world, &replayed);
    assert_int_equal(world->quarantine.n, 0);
    assert_true(hash_equal(&drafted, &replayed));
    draft_destroy(&draft);
}

static void what_does_not_fit_is_noted(void **state)
{
    world_t *world = *state;
    add_origin(world);
    assert_int_equal(add_message(world, 1, ID("1"), "no record"), 0);
    add(world, 2, "delivery", "nccis", "no acknowledgement");
    add(world, 3, "duty", "nccis", "no duty");
    assert_int_equal(world->quarantine.n, 3);
    assert_non_null(strstr(world->quarantine.item[0].reason, "routing record"));
    assert_non_null(
        strstr(world->quarantine.item[1].reason, "the acknowledgement of nccis"));
    assert_int_equal(position_of(world, ID("1")), 1); // taken for ever all the same
    char inboxes[PATH_MAX];
    (void)snprintf(inboxes, sizeof inboxes, "%s", scratch_at(&world->scratch, "inbox"));
    assert_int_equal(rename(inboxes, scratch_at(&world->scratch, "gone")), 0);
    assert_int_equal(add_message(world, 4, ID("4"), RECORD), -1); // another thing
    assert_non_null(strstr(world->why.text, "inbox/"));
}

// What is to be delivered: whoever has it sent to them could do nothing with it.
static void what_nobody_could_be_sent_is_noted(void **state)
{
    world_t *world = *state;
    leaf_t leaf = leaf_of("message", "isoc-a");
    buf_t head = {0};
    seal_alone("{}", &head);
    (void)snprintf(leaf.kind, sizeof leaf.kind, "advisory");
    (void)snprintf(leaf.id, sizeof leaf.id, "%s", ID("1"));
    add_origin(world);
    const struct {
        const char *document;
        span_t head;
        bool proven;
    } bad[] = {
        {document_of(ID("1")), {0}, false},
        {document_of(ID("1")), span_text("a seal\n"), true},
        {document_of(ID("1")), span_of(head.data, head.size - 1), true},
        {document_of(ID("1")), buf_span(&head), false}, // not at its place
        {"{}", buf_span(&head), true},
        {"", buf_span(&head), true},
        {"{\"id\":", buf_span(&head), true},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(replay_sealed(world, i + 1, &leaf, bad[i].document, bad[i].head,
                             bad[i].proven, RECORD),
            0);
        assert_int_equal(world->quarantine.n, i + 1);
    }
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "kib")), 7);
    buf_destroy(&head);
}

static void acknowledgements_are_those_to_this_log(void **state)
{
    world_t *world = *state;
    buf_t text = {0};
    seal_key_t key = sample_key(9);
    ack_t ack = {.number = 7};
    add_origin(world);
    for (uint64_t i = 1; i <= 7; i++)
        assert_int_equal(add_message(world, i, ID("1"), RECORD), 0);
    ack_print(&ack, SAMPLE_ORIGIN, key.id, &text);
    add(world, 8, "delivery", "nccis", buf_text(&text));
    assert_int_equal(inboxes_acked(world->inboxes, inbox_of(world, "nccis")), 7);
    assert_int_equal(world->quarantine.n, 0);
    buf_clear(&text);
    ack_print(&ack, "another.example/log", key.id, &text);
    add(world, 9, "delivery", "nccis", buf_text(&text));
    assert_int_equal(world->quarantine.n, 1);
    buf_clear(&text);
    ack.number = 8; // and 7 were delivered
    ack_print(&ack, SAMPLE_ORIGIN, key.id, &text);
    add(world, 10, "delivery", "nccis", buf_text(&text));
    assert_int_equal(world->quarantine.n, 2);
    buf_destroy(&text);
}

static void add_duty(world_t *world, uint64_t position, const char *met_by,
    uint64_t message, const char *by)
{
    duty_t duty = {.state = DUTY_OPEN,
        .rule = "r",
        .cites = "10",
        .debtor = "isoc-a",
        .towards = "kib",
        .message = {"isoc-a", ID("2")},
        .position = message,
        .from_ms = 1000,
        .due_ms = 2000,
        .at_ms = 1000};
    buf_t text = {0};
    duty.incident = duty.message;
    (void)snprintf(duty.name, sizeof duty.name, "answer-%u", (unsigned)position);
    duty.by = duty.message;
    (void)snprintf(duty.met_by, sizeof duty.met_by, "%s", met_by);
    (void)snprintf(duty.by.id, sizeof duty.by.id, "%s", by);
    duty_identify(&duty);
    duty_print(&duty, &text);
    add(world, position, "duty", "isoc-a", buf_text(&text));
    buf_destroy(&text);
}

// How many duties towards kib are met once it has signed for so many.
static size_t met_by_delivery(world_t *world, uint64_t number)
{
    draft_t *draft = draft_new();
    const duties_log_t log = {.view = {.history = world->history},
        .readback = world->readback,
        .draft = draft,
        .time_ms = 1};
    draft_clear(draft, 9, 1);
    duties_delivered(world->duties, "kib", number, &log);
    size_t n = draft_count(draft);
    duties_begin(world->duties);
    draft_destroy(&draft);
    return n;
}

static void a_duty_met_by_delivery_knows_the_number(void **state)
{
    world_t *world = *state;
    add_origin(world);
    assert_int_equal(add_message(world, 1, ID("1"), RECORD), 0);
    assert_int_equal(add_message(world, 2, ID("2"), RECORD), 0);
    add_duty(world, 3, "delivery", 2, ID("2"));
    assert_int_equal(met_by_delivery(world, 1), 0);
    assert_int_equal(met_by_delivery(world, 2), 1);
    add_duty(world, 4, "acceptance", 2, ID("2"));
    add_duty(world, 5, "delivery", 0, ID("2")); // it was not delivered there
    add_duty(world, 6, "delivery", 2, ID("3")); // owed again
    assert_int_equal(met_by_delivery(world, 9), 2);
}

// Which number of its inbox brought a debtor what is open, and only that.
static void a_duty_knows_what_brought_it(void **state)
{
    world_t *world = *state;
    duty_cursor_t cursor = {0}, kib = {0};
    uint64_t number;
    add_origin(world);
    assert_int_equal(add_message(world, 1, ID("1"), RECORD_OF("kib")), 0);
    assert_int_equal(add_message(world, 2, ID("2"), RECORD_OF("isoc-a")), 0);
    assert_int_equal(add_message(world, 3, ID("3"), RECORD_OF("isoc-a")), 0);
    add_duty(world, 4, "reply", 3, ID("3"));
    add_duty(world, 5, "reply", 1, ID("1")); // that was delivered to others alone
    assert_non_null(duties_brought(world->duties, "isoc-a", 0, &cursor, &number));
    assert_int_equal(number, 2);
    assert_null(duties_brought(world->duties, "isoc-a", 0, &cursor, &number));
    assert_null(duties_brought(world->duties, "kib", 0, &kib, &number));
}

static void the_rest_goes_where_it_belongs(void **state)
{
    world_t *world = *state;
    add_origin(world);
    add(world, 1, "attachment", "isoc-a", FILE);
    add(world, 2, "clock", "", "the wall clock moved by 9 ms\n");
    assert_true(duties_held(world->duties));
    add(world, 3, "clock", "", fold_clock_accepted);
    add(world, 4, "start", "", "dabyl-hub\n");
    add(world, 5, "refusal", "kib", "rate.limit 3\n");
    assert_int_equal(handed_in(world), 1);
    assert_false(duties_held(world->duties));
    assert_int_equal(tree_size(world->tree), 6);
}

// The operator's way to start: of what cannot be read the lines that deliver it count.
static void what_is_set_aside_shifts_no_number(void **state)
{
    world_t *world = *state;
    uint64_t at;
    add_origin(world);
    assert_int_equal(add_message(world, 1, ID("1"), RECORD), 0);
    assert_int_equal(add_message(world, 2, ID("2"), RECORD "nonsense\n"), 0);
    add(world, 3, "duty", "kib", "{}");
    assert_int_equal(add_message(world, 4, ID("4"), RECORD), 0);
    assert_int_equal(position_of(world, ID("1")), 1);
    assert_int_equal(position_of(world, ID("2")), 2); // its name is taken
    assert_int_equal(position_of(world, ID("4")), 4);
    assert_int_equal(tree_size(world->tree), 5);
    assert_int_equal(
        inboxes_get(world->inboxes, inbox_of(world, "kib"), 2, &at, &world->why), 0);
    assert_int_equal(at, 2);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "kib")), 3);
    assert_int_equal(quarantine_check(&world->quarantine, 5, &world->why), -1);
    assert_non_null(strstr(world->why.text, "entry 2 cannot be read"));
    assert_non_null(strstr(world->why.text, "--quarantine 2 --quarantine 3 hub.conf"));
    add(world, 5, "quarantine", "", "dabyl-quarantine/v1\nposition 2\nreason x\n");
    assert_int_equal(quarantine_check(&world->quarantine, 6, &world->why), -1);
    add(world, 6, "quarantine", "", "dabyl-quarantine/v1\nposition 3\nreason x\n");
    assert_int_equal(quarantine_check(&world->quarantine, 7, &world->why), 0);
}

// Whoever can read it later holds to what the log says: the state is that of before.
static void what_was_set_aside_stays_aside(void **state)
{
    world_t *world = *state;
    for (int pass = 0; pass < 2; pass++) {
        quarantine_again(&world->quarantine);
        add_origin(world);
        assert_int_equal(add_message(world, 1, ID("1"), RECORD), 0);
        add(world, 2, "quarantine", "", "dabyl-quarantine/v1\nposition 1\nreason x\n");
        assert_int_equal(quarantine_late(&world->quarantine), pass == 0);
        assert_int_equal(
            quarantine_check(&world->quarantine, 3, &world->why), -(pass == 0));
        if (pass == 0) {
            close_fold(world);
            open_fold(world);
        }
    }
    assert_int_equal(position_of(world, ID("1")), 1);
    assert_int_equal(inboxes_last(world->inboxes, inbox_of(world, "kib")), 1);
}

static void the_law_is_what_came_last(void **state)
{
    world_t *world = *state;
    const enacted_t *enacted = fold_enacted(world->fold);
    hash_t expected;
    assert_int_equal(enacted->roster_position, 0);
    add_origin(world);
    add(world, 1, "roster", "", "first");
    add(world, 2, "registry", "", "objects");
    add(world, 3, "rules", "", "some");
    add(world, 4, "roster", "", "second");
    add(world, 5, "rules", "", "others");
    assert_int_equal(enacted->roster_position, 4);
    assert_int_equal(enacted->rules_position, 5);
    sha256(span_text("second"), &expected);
    assert_true(hash_equal(&enacted->roster, &expected));
    sha256(span_text("others"), &expected);
    assert_true(hash_equal(&enacted->rules, &expected));
    sha256(span_text("objects"), &expected);
    assert_true(hash_equal(&enacted->registry, &expected));
}

static void another_log_is_refused(void **state)
{
    world_t *world = *state;
    leaf_t leaf = leaf_of("origin", "");
    char vkey[VKEY_MAX], line[VKEY_MAX + 2];
    seal_key_t key = sample_key(2);
    log_vkey_t other = {0};
    assert_int_equal(log_vkey_of(&other, SAMPLE_ORIGIN, key.public_key, &world->why), 0);
    log_vkey_print(&other, vkey);
    (void)snprintf(line, sizeof line, "%s\n", vkey);
    assert_int_equal(replay(world, 0, &leaf, line, ""), -1);
    assert_non_null(strstr(world->why.text, vkey));
    assert_int_equal(replay(world, 0, &leaf, "", ""), -1);
}

static void a_leaf_says_where_it_is(void **state)
{
    world_t *world = *state;
    buf_t text = {0};
    leaf_t leaf = leaf_of("start", "");
    leaf.position = 3;
    leaf.time_ms = 1;
    leaf_put(&leaf, &text);
    entry_t entry = {.leaf = buf_span(&text)};
    assert_int_equal(fold_replay(world->fold, 0, &entry, &world->why), -1);
    assert_string_equal(world->why.text, "the leaf says position 3");
    add_origin(world);
    assert_int_equal(fold_replay(world->fold, 1, &entry, &world->why), 0);
    entry.leaf = span_text("no leaf");
    assert_int_equal(fold_replay(world->fold, 2, &entry, &world->why), 0);
    assert_int_equal(tree_size(world->tree), 3);
    assert_int_equal(quarantine_check(&world->quarantine, 3, &world->why), -1);
    assert_non_null(strstr(world->why.text, "--quarantine 1 --quarantine 2 hub.conf"));
    buf_destroy(&text);
}

static void what_was_published_must_be_there(void **state)
{
    world_t *world = *state;
    checkpoint_t published = {.size = 0};
    add_origin(world);
    add(world, 1, "start", "", "dabyl-hub\n");
    assert_int_equal(fold_check_published(world->fold, &published, &world->why), 0);
    published.size = 2;
    fold_root(world->fold, &published.root);
    add(world, 2, "start", "", "dabyl-hub\n");
    assert_int_equal(fold_check_published(world->fold, &published, &world->why), 0);
    published.root.bytes[5] ^= 1;
    assert_int_equal(fold_check_published(world->fold, &published, &world->why), -1);
    assert_non_null(strstr(world->why.text, "published checkpoint of size 2"));
    published.size = 4;
    assert_int_equal(fold_check_published(world->fold, &published, &world->why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_set_aside_shifts_no_number),
        TEST(what_was_set_aside_stays_aside),
        TEST(a_message_reaches_the_inboxes_of_its_record),
        TEST(a_draft_folds_as_its_replay_does),
        TEST(what_does_not_fit_is_noted),
        TEST(what_nobody_could_be_sent_is_noted),
        TEST(acknowledgements_are_those_to_this_log),
        TEST(a_duty_met_by_delivery_knows_the_number),
        TEST(a_duty_knows_what_brought_it),
        TEST(the_rest_goes_where_it_belongs),
        TEST(the_law_is_what_came_last),
        TEST(another_log_is_refused),
        TEST(a_leaf_says_where_it_is),
        TEST(what_was_published_must_be_there),
    };
    return test_group(tests, NULL, NULL);
}
