// stock: an entry is read once for all who get it and stays at hand for a while, in
// bounded memory; what depends on the law is that of the turn.

#include "hub/send/stock.h"

#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

#define ID "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"

enum { AUTHOR = 10, HUB = 1, TOGETHER = 8 };

static const char record[] = "dabyl-routing/v1\n"
                             "nonce 00112233445566778899aabbccddeeff\n"
                             "rules 1\n"
                             "deliver isoc-a r sender 9\n"
                             "deliver isoc-b r sender 8\n";

typedef struct {
    people_t people;
    roster_t *roster;
    draft_t *draft;
    entries_t *entries;
    quarantine_t quarantine;
    seal_key_t own;
    buf_t head, document;
    stock_t *stock;
    cause_t why;
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    seal_key_t author = sample_key(AUTHOR);
    world->own = sample_key(HUB);
    people_open(&world->people, INT64_C(1795348800000));
    people_certify(&world->people,
        &(person_t){"isoc-b", "isoc", "STS", NULL, author.public_key, 0}, CERT_SEAL);
    people_certify(&world->people, &(person_t){"isoc-b", "isoc", "STS", NULL, NULL, 0},
        CERT_CHANNEL);
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    world->stock = stock_new(&(stock_setup_t){
        world->entries, &world->quarantine, SAMPLE_ORIGIN, world->own.id});
    sample_seal_head(TOGETHER, 1, &world->head);
    buf_put_text(&world->document, "{}");
    stock_begin(world->stock, world->roster);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    stock_destroy(&world->stock);
    assert_null(world->stock);
    stock_destroy(&world->stock);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    roster_close(&world->roster);
    people_close(&world->people);
    buf_destroy(&world->head);
    buf_destroy(&world->document);
    free(world);
    return 0;
}

// The turn's entries: n of them, from this position on.
static void draft_entries_from(world_t *world, uint64_t first, size_t n)
{
    const hash_t hash = {{1}};
    draft_clear(world->draft, first, 1);
    for (size_t i = 0; i < n; i++) {
        draft_item_t *item =
            draft_add(world->draft, "message", "incident.notice", "isoc-b", ID);
        draft_set_document(item, buf_span(&world->document), &hash);
        draft_set_place(item,
            &(seal_place_t){buf_span(&world->head), (uint32_t)i % TOGETHER, {0}}, &hash);
        draft_set_record(world->draft, item, span_text(record));
    }
    draft_finish(world->draft, SAMPLE_ORIGIN, &world->own);
}

static const stock_item_t *item_at(world_t *world, uint64_t position)
{
    const stock_item_t *item = stock_item(world->stock, position, &world->why);
    if (!item)
        fail_msg("%s", world->why.text);
    return item;
}

static void is_as_written(world_t *world, const stock_item_t *item, uint64_t position)
{
    receiver_t receiver = {.node = span_text("isoc-b")};
    arena_t *arena = arena_new();
    buf_t leaf = {0};
    hash_t hash = {{1}};
    assert_int_equal(item->position, position);
    assert_false(item->aside);
    leaf_join(item->front, &hash, &hash, item->back, &leaf);
    assert_true(span_equal(buf_span(&leaf), item->leaf));
    assert_true(span_equal(item->document, buf_span(&world->document)));
    assert_true(span_equal(item->place.head, buf_span(&world->head)));
    assert_true(
        span_is(stock_lines(item, &receiver, arena), "deliver isoc-b r sender 8"));
    buf_destroy(&leaf);
    arena_destroy(&arena);
}

static void what_was_read_is_kept(void **state)
{
    world_t *world = *state;
    draft_entries_from(world, 0, 20);
    const stock_item_t *first = item_at(world, 0);
    is_as_written(world, first, 0);
    uint64_t read = entries_work(world->entries)->done;
    assert_ptr_equal(item_at(world, 0), first);
    assert_int_equal(entries_work(world->entries)->done, read);
    (void)item_at(world, 1);
    assert_true(entries_work(world->entries)->done > read);
    assert_ptr_equal(item_at(world, 1)->seal, first->seal); // sealed together
    draft_clear(world->draft, 20, 1);
    stock_begin(world->stock, world->roster);
    stock_make_room(world->stock);
    is_as_written(world, item_at(world, 0), 0); // and not what the draft had
    is_as_written(world, item_at(world, 1), 1);
    assert_null(stock_item(world->stock, 2, &world->why)); // nobody wanted it
    assert_non_null(strstr(world->why.text, "entry 2"));
}

static void memory_is_bounded(void **state)
{
    enum { DOCUMENT = 64 << 10, HELD = STOCK_BYTES / DOCUMENT };
    world_t *world = *state;
    while (world->document.size < DOCUMENT)
        buf_put_text(&world->document, "                                ");
    draft_entries_from(world, 0, 4 * HELD);
    uint64_t position = 0;
    for (; !stock_is_full(world->stock); position++)
        (void)item_at(world, position);
    assert_in_range(position, HELD / 2, HELD);
    const stock_item_t *last = item_at(world, position); // one more is no harm
    stock_make_room(world->stock);
    assert_false(stock_is_full(world->stock));
    assert_ptr_equal(item_at(world, position), last); // the other half keeps it
    while (!stock_is_full(world->stock))
        (void)item_at(world, ++position);
    stock_make_room(world->stock);
    draft_clear(world->draft, 4 * HELD, 1);
    is_as_written(world, item_at(world, position), position);
    assert_null(stock_item(world->stock, 0, &world->why));
}

// However far apart positions are, each is itself.
static void one_takes_the_place_of_another(void **state)
{
    world_t *world = *state;
    static const uint64_t far[] = {1 << 13, 1 << 20, UINT64_C(1) << 40};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        draft_entries_from(world, 0, 1);
        const stock_item_t *near = item_at(world, 0);
        draft_entries_from(world, far[i], 1);
        is_as_written(world, item_at(world, far[i]), far[i]);
        is_as_written(world, near, 0); // who has it still, has it whole
        is_as_written(world, item_at(world, far[i]), far[i]);
    }
}

static void certificates_are_those_of_the_turn(void **state)
{
    world_t *world = *state;
    draft_entries_from(world, 0, 2);
    assert_int_equal(item_at(world, 0)->seal->certs, 1);
    seal_key_t author = sample_key(AUTHOR);
    assert_ptr_equal(
        item_at(world, 0)->seal->cert[0], roster_any_seal(world->roster, author.id));
    roster_t *before = world->roster;
    world->roster = people_roster(&world->people);
    stock_begin(world->stock, world->roster);
    assert_ptr_equal(
        item_at(world, 0)->seal->cert[0], roster_any_seal(world->roster, author.id));
    roster_close(&before);
    assert_int_equal(item_at(world, 1)->seal->certs, 1);
}

static void what_no_node_would_take_is_a_leaf(void **state)
{
    world_t *world = *state;
    receiver_t receiver = {.node = span_text("isoc-a"), .remarks = true};
    arena_t *arena = arena_new();
    draft_entries_from(world, 0, 2);
    assert_false(item_at(world, 1)->aside);
    assert_int_equal(quarantine_order(&world->quarantine, 1, &world->why), 0);
    (void)quarantine_fail(&world->quarantine, 1, &world->why);
    stock_begin(world->stock, world->roster);
    assert_true(item_at(world, 1)->aside); // its document has another hash
    assert_true(span_is(
        stock_lines(item_at(world, 1), &receiver, arena), "deliver isoc-a r sender 9"));
    assert_false(item_at(world, 0)->aside);
    arena_destroy(&arena);
}

static void a_carried_seal_is_known(void **state)
{
    world_t *world = *state;
    hash_t document;
    seal_head_t head;
    buf_t quoted = {0};
    sha256(buf_span(&world->document), &document);
    seal_head_begin(&head, SAMPLE_ORIGIN, &document, 1);
    assert_int_equal(seal_head_sign(&head, &world->own, &world->why), 0);
    buf_clear(&world->head);
    seal_head_print(&head, &world->head);
    draft_entries_from(world, 0, 1);
    assert_null(item_at(world, 0)->carried); // it carries none
    buf_clear(&world->document);
    buf_put_text(&world->document, "{\"body\":{\"carried\":{\"seal\":\"");
    sample_seal(1, 0, 1, &quoted);
    buf_put_base64(&world->document, buf_span(&quoted));
    buf_put_text(&world->document, "\"}}}");
    draft_entries_from(world, 1, 1);
    assert_non_null(item_at(world, 1)->carried);
    assert_int_equal(item_at(world, 1)->carried->certs, 1);
    buf_destroy(&quoted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_read_is_kept),
        TEST(memory_is_bounded),
        TEST(one_takes_the_place_of_another),
        TEST(certificates_are_those_of_the_turn),
        TEST(what_no_node_would_take_is_a_leaf),
        TEST(a_carried_seal_is_known),
    };
    return test_group(tests, NULL, NULL);
}
