// delivery out of the journal: whichever of the documents that were sealed together are
// in an inbox, and in whatever frames they leave, a node verifies them.

#include "hub/send/delivery.h"

#include "nodes/link/verifier.h"
#include "tests/lib/gate.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

#define ID "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"

// Of SEALED documents of each author the log has those at PLACES, by turns in batches.
enum { AUTHORS = 3, SEALED = 11, PLACES = 8, BATCHES = 2, ENTRIES = AUTHORS * PLACES };

static const size_t places[PLACES] = {0, 1, 2, 4, 7, 8, 9, 10};
static const int64_t now_ms = INT64_C(1795348800000);

typedef struct {
    char name[8];
    buf_t head, path[SEALED];
    char document[SEALED][40];
} author_t;

typedef struct {
    people_t people;
    roster_t *roster;
    authority_t *ca;
    author_t author[AUTHORS];
    seal_key_t own; // the hub's, of which there is nothing here
    scratch_t scratch;
    journal_t *journal;
    draft_t *draft;
    entries_t *entries;
    history_t *history;
    merkle_t grown;
    tree_t *tree;
    inboxes_t *inboxes;
    sessions_t *sessions;
    refusals_t *refusals;
    reception_t *reception;
    hub_options_t options;
    quarantine_t quarantine;
    stock_t *stock;
    delivery_t *delivery;
    session_t *session;
    verifier_t *verifier; // of who receives
    buf_t note;
    uint64_t expected[ENTRIES]; // positions in the inbox
    size_t came, expected_n;
    cause_t why;
} world_t;

static world_t *the_world; // for what is sent, which has no context

// The seal as a node would keep it.
static void has_its_seal(const world_t *world, const deliver_t *frame, size_t i)
{
    const verifier_t *verifier = world->verifier;
    seal_t seal;
    cause_t why;
    hash_t document;
    if (seal_parse(&seal, verifier_seal(verifier, i), &why) != 0)
        fail_msg("%s", why.text);
    sha256(frame->item[i].sealed.document, &document);
    assert_int_equal(seal_check_place(&seal, &document, &why), 0);
    assert_string_equal(
        verifier_author(verifier, i)->name, verifier_leaf(verifier, i)->author);
}

static void gate_sent(int whose, span_t route, span_t bytes)
{
    (void)whose, (void)route;
    world_t *world = the_world;
    deliver_t *frame = malloc(sizeof *frame);
    if (deliver_take(frame, bytes, &world->why) != 0 ||
        verifier_deliver(world->verifier, frame, &world->why) != VERIFIED)
        fail_msg("%s", world->why.text);
    for (size_t i = 0; i < frame->n; i++) {
        assert_true(world->came < world->expected_n);
        assert_int_equal(
            verifier_leaf(world->verifier, i)->position, world->expected[world->came++]);
        assert_int_equal(frame->item[i].number, world->came);
        has_its_seal(world, frame, i);
    }
    free(frame);
}

static void gate_ended(span_t route)
{
    fail_msg(
        "the connection of %.*s is to end", (int)route.size, (const char *)route.data);
}

static int no_entry(void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    (void)context, (void)position, (void)entry;
    return cause_set(why, "this journal is new");
}

static void no_root(void *context, hash_t *root)
{
    (void)context;
    *root = (hash_t){{0}};
}

static void seal_together(author_t *author, uint8_t number)
{
    seal_key_t key = sample_key((uint8_t)(20 + number));
    hash_t hashes[SEALED], leaves[SEALED];
    seal_head_t head;
    cause_t why;
    (void)snprintf(author->name, sizeof author->name, "isoc-%u", number);
    for (size_t i = 0; i < SEALED; i++) {
        (void)snprintf(author->document[i], sizeof author->document[i],
            "{\"author\":%u,\"n\":%zu}", number, i);
        sha256(span_text(author->document[i]), &hashes[i]);
        merkle_leaf(span_of(hashes[i].bytes, sizeof(hash_t)), &leaves[i]);
    }
    seal_head_begin(&head, SAMPLE_ORIGIN, hashes, SEALED);
    assert_int_equal(seal_head_sign(&head, &key, &why), 0);
    seal_head_print(&head, &author->head);
    for (size_t i = 0; i < SEALED; i++)
        merkle_path_of(leaves, SEALED, i, &author->path[i]);
}

static void open_authors(world_t *world)
{
    people_open(&world->people, now_ms);
    for (uint8_t i = 0; i < AUTHORS; i++) {
        author_t *author = &world->author[i];
        seal_key_t key = sample_key((uint8_t)(20 + i));
        seal_together(author, i);
        person_t person = {author->name, "isoc", "STS", NULL, key.public_key, 0};
        people_certify(&world->people, &person, CERT_SEAL);
        person.key = NULL;
        people_certify(&world->people, &person, CERT_CHANNEL);
    }
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    world->ca =
        authority_open(scratch_at(&world->people.scratch, "ca.pem"), NULL, &world->why);
    assert_non_null(world->ca);
}

static void draft_entry_of(world_t *world, const author_t *author, size_t place)
{
    static const char record[] = "dabyl-routing/v1\n"
                                 "nonce 00112233445566778899aabbccddeeff\n"
                                 "rules 1\n"
                                 "deliver isoc-a r sender 9\n";
    const seal_place_t seal = {
        buf_span(&author->head), (uint32_t)place, buf_span(&author->path[place])};
    draft_item_t *item =
        draft_add(world->draft, "message", "incident.notice", author->name, ID);
    draft_set_document(item, span_text(author->document[place]), NULL);
    draft_set_place(item, &seal, NULL);
    draft_set_record(world->draft, item, span_text(record));
}

static void commit(world_t *world)
{
    const seal_key_t key = sample_key(1);
    hash_t root;
    merkle_root(&world->grown, &root);
    draft_finish(world->draft, SAMPLE_ORIGIN, &key);
    for (size_t i = 0; i < draft_count(world->draft); i++)
        assert_int_equal(
            tree_add(world->tree, &draft_at(world->draft, i)->hashes.leaf, &world->why),
            0);
    const entry_t *entries = draft_entries(world->draft, &world->grown);
    assert_int_equal(journal_append(world->journal, draft_first(world->draft), &root,
                         entries, draft_count(world->draft), &world->why),
        JOURNAL_OK);
    assert_int_equal(journal_wait(world->journal, &world->why), JOURNAL_OK);
    draft_clear(world->draft, journal_next(world->journal), now_ms);
}

static void write_log(world_t *world)
{
    hash_t root;
    draft_clear(world->draft, 0, now_ms);
    for (size_t k = 0; k < PLACES; k++) {
        for (size_t i = 0; i < AUTHORS; i++)
            draft_entry_of(world, &world->author[i], places[k]);
        if ((k + 1) % (PLACES / BATCHES) == 0)
            commit(world);
    }
    tree_root(world->tree, &root);
    sample_note(tree_size(world->tree), &root, &world->note);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->own = sample_key(1);
    scratch_open(&world->scratch);
    open_authors(world);
    const char *folder = world->scratch.path;
    const journal_options_t options = {.folder = folder,
        .state = folder,
        .segment_bytes = 1 << 20,
        .turn_bytes = 1 << 18,
        .origin = SAMPLE_ORIGIN};
    const journal_replay_t replay = {no_entry, no_root, NULL};
    world->journal = journal_open(&options, &replay, &world->why);
    assert_non_null(world->journal);
    world->draft = draft_new();
    world->entries = entries_new(world->journal, world->draft);
    world->history = history_new(world->entries, NULL);
    world->tree = tree_open(folder, &world->why);
    world->inboxes = inboxes_open(folder, &world->why);
    world->sessions = sessions_new();
    world->refusals = refusals_new();
    world->reception = reception_new(&(reception_setup_t){.options = &world->options,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .refusals = world->refusals});
    world->stock = stock_new(&(stock_setup_t){
        world->entries, &world->quarantine, SAMPLE_ORIGIN, world->own.id});
    world->delivery = delivery_new(&(delivery_setup_t){.stock = world->stock,
        .history = world->history,
        .tree = world->tree,
        .inboxes = world->inboxes,
        .sessions = world->sessions,
        .reception = world->reception});
    gate_stage.result = GATE_SENT;
    the_world = world;
    write_log(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    verifier_destroy(&world->verifier);
    delivery_destroy(&world->delivery);
    stock_destroy(&world->stock);
    reception_destroy(&world->reception);
    refusals_destroy(&world->refusals);
    sessions_destroy(&world->sessions);
    inboxes_close(&world->inboxes);
    tree_close(&world->tree);
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    journal_close(&world->journal);
    scratch_close(&world->scratch);
    authority_close(&world->ca);
    roster_close(&world->roster);
    people_close(&world->people);
    for (size_t i = 0; i < AUTHORS; i++) {
        buf_destroy(&world->author[i].head);
        for (size_t k = 0; k < SEALED; k++)
            buf_destroy(&world->author[i].path[k]);
    }
    buf_destroy(&world->note);
    free(world);
    return 0;
}

// A node of this name comes whose inbox has the entries of the set, and knows nothing
// yet.
static void join(world_t *world, const char *node, uint32_t set, uint32_t window)
{
    static uint8_t key[32];
    const verifier_options_t options = {sample_vkey(), world->ca, true};
    int inbox = inboxes_of(world->inboxes, node, &world->why);
    world->came = world->expected_n = 0;
    for (uint64_t i = 0; i < ENTRIES; i++)
        if (set >> i & 1) {
            assert_int_equal(inboxes_add(world->inboxes, inbox, i, &world->why), 0);
            world->expected[world->expected_n++] = i;
        }
    key[0]++;
    world->session = sessions_open(world->sessions, span_text(node), key, node, inbox);
    window_open(&world->session->window, window, 0, 1000);
    verifier_destroy(&world->verifier);
    world->verifier = verifier_new(&options);
}

// Turn after turn until it has all of it, and acknowledges what came.
static void has_all(world_t *world)
{
    const delivery_round_t round = {.roster = world->roster,
        .checkpoint = buf_span(&world->note),
        .size = tree_size(world->tree),
        .first = tree_size(world->tree)};
    for (size_t before = 0; world->came < world->expected_n; before = world->came) {
        stock_begin(world->stock, world->roster);
        if (delivery_news(world->delivery, &round, &world->why) != 0 ||
            delivery_behind(world->delivery, &round, &world->why) != 0)
            fail_msg("%s", world->why.text);
        assert_true(world->came > before);
        assert_int_equal(
            window_ack(&world->session->window, world->came, 0, &world->why), 0);
    }
    sessions_close(world->sessions, world->session);
}

static void every_entry_alone(void **state)
{
    world_t *world = *state;
    for (unsigned i = 0; i < ENTRIES; i++) {
        char node[16];
        (void)snprintf(node, sizeof node, "isoc-x%u", i);
        join(world, node, 1u << i, 100);
        has_all(world);
    }
}

static void any_of_them_in_frames_of_any_size(void **state)
{
    world_t *world = *state;
    static const uint32_t sets[] = {0xffffff, 0xaaaaaa, 0x249249, 0x924924, 0x800001,
        0x00fff0, 0xf0f0f0, 0x7bdef7, 0xfff000, 0x000fff};
    unsigned n = 0;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        for (uint32_t window = 1; window <= ENTRIES; window += window < 4 ? 1 : 5) {
            char node[16];
            (void)snprintf(node, sizeof node, "isoc-y%u", n++);
            join(world, node, sets[i], window);
            has_all(world);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_entry_alone),
        TEST(any_of_them_in_frames_of_any_size),
    };
    return test_group(tests, NULL, NULL);
}
