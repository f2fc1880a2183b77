// feeds: whatever is subscribed to, narrowed and ended, in whatever order and with
// whatever drafts taken back, the index finds what a walk over all feeds would.

#include "hub/state/feeds.h"

#include "tests/lib/test.h"
#include "tests/lib/values.h"

enum { NODES = 6, NAMES = 4, STEPS = 4000 };

static unsigned seed;

static unsigned draw(unsigned below)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % below;
}

static const char *pick(const char *const *words, unsigned n)
{
    return words[draw(n)];
}

static const char *const kinds[] = {"k.a", "k.b", "k.c"};
static const char *const sectors[] = {"banking", "transport", "other"};
static const char *const objects[] = {"ob-1", "ob-2"};
static const char *const authors[] = {"node-0", "node-1", "isoc"};

static const uint8_t key[16] = "of these feeds";

static void random_feed(unsigned name, buf_t *json)
{
    buf_printf(json, "{\"name\":\"f%u\",\"kinds\":[\"%s\",\"%s\"]", name, kinds[draw(2)],
        kinds[2]);
    if (draw(2))
        buf_printf(json, ",\"level\":%u", 1 + draw(5));
    if (draw(2))
        buf_printf(json, ",\"sectors\":[\"%s\"]", pick(sectors, 3));
    if (draw(3) == 0)
        buf_printf(json, ",\"objects\":[\"%s\"]", pick(objects, 2));
    if (draw(3) == 0)
        buf_printf(json, ",\"authors\":[\"%s\"]", pick(authors, 3));
    buf_put_text(json, "}");
}

// The model: each node's feeds, as they are and as a draft has them.
typedef struct {
    bool stands;
    feed_t feed;
    uint64_t count;
} model_t;

static model_t model[2][NODES][NAMES]; // durable, drafted

static void copy_feed(feed_t *to, const feed_t *from)
{
    routing_t routing = {0};
    feed_close(to);
    feed_record(from, &routing);
    (void)feed_of(to, &routing);
    routing_close(&routing);
}

static void copy_model(int to, int from)
{
    for (int n = 0; n < NODES; n++)
        for (int i = 0; i < NAMES; i++) {
            copy_feed(&model[to][n][i].feed, &model[from][n][i].feed);
            model[to][n][i].stands = model[from][n][i].stands;
            model[to][n][i].count = model[from][n][i].count;
        }
}

static leaf_t leaf_of(unsigned node, uint64_t position)
{
    leaf_t leaf = {.position = position};
    (void)snprintf(leaf.author, sizeof leaf.author, "node-%u", node);
    (void)snprintf(leaf.id, sizeof leaf.id, "id-%llu", (unsigned long long)position);
    return leaf;
}

// One entry, durable or drafted, of this record and by this node.
typedef void (*apply_t)(
    feeds_t *self, const leaf_t *, const routing_t *, const reference_t *);

static void subscribe(feeds_t *feeds, apply_t apply, int side, uint64_t position)
{
    unsigned node = draw(NODES), name = draw(NAMES);
    model_t *at = &model[side][node][name];
    leaf_t leaf = leaf_of(node, position);
    routing_t routing = {0};
    reference_t thread = {{0}, {0}};
    bool ends = draw(3) == 0;
    buf_t json = {0};
    feed_t feed;
    random_feed(name, &json);
    value_t *body = value_read(buf_text(&json));
    feed_read(&feed, body);
    if (ends) {
        route_t route = {.type = ROUTE_UNSUBSCRIBES};
        memcpy(route.feed, feed.name, sizeof route.feed);
        routing_add(&routing, &route);
    } else {
        feed_record(&feed, &routing);
    }
    apply(feeds, &leaf, &routing, &thread);
    at->count = at->stands && !ends ? at->count : 0;
    at->stands = !ends;
    copy_feed(&at->feed, &feed);
    feed_close(&feed);
    value_free(&body);
    buf_destroy(&json);
    routing_close(&routing);
}

static void count(feeds_t *feeds, apply_t apply, int side, uint64_t position)
{
    unsigned node = draw(NODES), name = draw(NAMES);
    model_t *at = &model[side][node][name];
    leaf_t leaf = leaf_of(0, position);
    routing_t routing = {0};
    route_t route = {.type = ROUTE_FEED, .size = at->count + 1};
    reference_t thread = {{0}, {0}};
    (void)snprintf(route.node, sizeof route.node, "node-%u", node);
    (void)snprintf(route.feed, sizeof route.feed, "f%u", name);
    routing_add(&routing, &route);
    apply(feeds, &leaf, &routing, &thread);
    at->count += at->stands;
    routing_close(&routing);
}

static bool is_found(const feeds_found_t *found, unsigned node, unsigned name)
{
    char id[16], feed[16];
    size_t times = 0;
    (void)snprintf(id, sizeof id, "node-%u", node);
    (void)snprintf(feed, sizeof feed, "f%u", name);
    for (size_t i = 0; i < found->n; i++)
        times += strcmp(found->feed[i]->node, id) == 0 &&
                 strcmp(found->feed[i]->feed->name, feed) == 0;
    assert_true(times <= 1);
    return times == 1;
}

// What is found is what a walk over all finds, and each counts as the model does.
static void check(feeds_t *feeds, int side, feeds_found_t *found)
{
    buf_t json = {0};
    reference_t thread = {{0}, {0}};
    feed_facts_t facts;
    size_t stand = 0;
    const char *author = pick(authors, 3);
    buf_printf(&json, "{\"body\":{\"sector\":\"%s\",\"object\":\"%s\"", pick(sectors, 3),
        pick(objects, 2));
    if (draw(4))
        buf_printf(&json, ",\"level\":%u", draw(6));
    buf_put_text(&json, "}}");
    value_t *message = value_read(buf_text(&json));
    feed_facts(&facts, message, pick(kinds, 3), author);
    feeds_find(feeds, &facts, &thread, found);
    for (unsigned node = 0; node < NODES; node++)
        for (unsigned name = 0; name < NAMES; name++) {
            const model_t *at = &model[side][node][name];
            char id[16];
            (void)snprintf(id, sizeof id, "node-%u", node);
            bool wanted =
                at->stands && feed_chooses(&at->feed, &facts) && strcmp(author, id) != 0;
            assert_int_equal(is_found(found, node, name), wanted);
            const standing_feed_t *standing = feeds_named(feeds, id, at->feed.name);
            assert_int_equal(standing != NULL, at->stands);
            if (standing)
                assert_int_equal(standing->count, at->count);
            stand += at->stands;
        }
    assert_int_equal(feeds_count(feeds), stand);
    value_free(&message);
    buf_destroy(&json);
}

static void the_index_finds_what_a_walk_would(void **state)
{
    feeds_t *feeds = feeds_new(key);
    feeds_found_t found = {0};
    uint64_t position = 1;
    (void)state;
    seed = 11;
    for (unsigned name = 0; name < NAMES; name++) // names that are asked for
        for (unsigned node = 0; node < NODES; node++)
            (void)snprintf(model[0][node][name].feed.name, FEED_NAME_MAX, "f%u", name);
    for (size_t step = 0; step < STEPS; step++) {
        if (draw(2))
            subscribe(feeds, feeds_add, 0, position++);
        else
            count(feeds, feeds_add, 0, position++);
        check(feeds, 0, &found);
        copy_model(1, 0);
        for (unsigned drafts = draw(5); drafts > 0; drafts--) {
            if (draw(2))
                subscribe(feeds, feeds_draft, 1, position + drafts);
            else
                count(feeds, feeds_draft, 1, position + drafts);
            check(feeds, 1, &found);
        }
        if (draw(2))
            feeds_begin(feeds); // or the next entry that is durable does it
        else
            continue;
        check(feeds, 0, &found);
    }
    for (int side = 0; side < 2; side++)
        for (unsigned node = 0; node < NODES; node++)
            for (unsigned name = 0; name < NAMES; name++)
                feed_close(&model[side][node][name].feed);
    feeds_found_close(&found);
    feeds_destroy(&feeds);
    feeds_destroy(&feeds);
}

static void add_feed(feeds_t *feeds, const char *node, const char *body)
{
    leaf_t leaf = {.position = 1, .id = "s"};
    routing_t routing = {0};
    reference_t none = {{0}, {0}};
    value_t *root = value_read(body);
    feed_t feed;
    (void)snprintf(leaf.author, sizeof leaf.author, "%s", node);
    feed_read(&feed, root);
    feed_record(&feed, &routing);
    feeds_add(feeds, &leaf, &routing, &none);
    feed_close(&feed);
    value_free(&root);
    routing_close(&routing);
}

static size_t found_in(feeds_t *feeds, const char *kind, const reference_t *thread)
{
    feeds_found_t found = {0};
    feed_facts_t facts;
    value_t *message = value_read("{\"body\":{}}");
    feed_facts(&facts, message, kind, "isoc");
    feeds_find(feeds, &facts, thread, &found);
    size_t n = found.n;
    feeds_found_close(&found);
    value_free(&message);
    return n;
}

static void count_in(feeds_t *feeds, apply_t apply, unsigned thread)
{
    leaf_t leaf = {.position = 2, .author = "isoc", .id = "m"};
    routing_t routing = {0};
    route_t route = {.type = ROUTE_FEED, .node = "desk", .feed = "f", .size = 1};
    reference_t name = {.author = "isoc"};
    (void)snprintf(name.id, sizeof name.id, "%u", thread);
    routing_add(&routing, &route);
    apply(feeds, &leaf, &routing, &name);
    routing_close(&routing);
}

static void what_follows_in_a_thread_is_in_the_feed(void **state)
{
    (void)state;
    feeds_t *feeds = feeds_new(key);
    reference_t one = {"isoc", "1"}, two = {"isoc", "2"};
    static const char body[] = "{\"name\":\"f\",\"kinds\":[\"k.a\",\"k.b\"],\"level\":3}";
    add_feed(feeds, "desk", body);
    assert_int_equal(found_in(feeds, "k.b", &one), 0);
    count_in(feeds, feeds_draft, 1);
    assert_int_equal(found_in(feeds, "k.b", &one), 1);
    feeds_begin(feeds); // it was never written
    assert_int_equal(found_in(feeds, "k.b", &one), 0);
    count_in(feeds, feeds_add, 1);
    count_in(feeds, feeds_add, 1);
    assert_int_equal(found_in(feeds, "k.b", &one), 1);
    assert_int_equal(found_in(feeds, "k.b", &two), 0);
    assert_int_equal(found_in(feeds, "k.c", &one), 0); // of none of its kinds
    add_feed(feeds, "desk", body); // as it is from now on, it has had nothing
    assert_int_equal(found_in(feeds, "k.b", &one), 0);
    feeds_destroy(&feeds);
}

// Of very many threads the oldest are followed no more, and the newest are.
static void threads_have_a_bound(void **state)
{
    enum { MANY = 5000, BOUND = 4096 };
    feeds_t *feeds = feeds_new(key);
    size_t followed = 0;
    (void)state;
    add_feed(feeds, "desk", "{\"name\":\"f\",\"kinds\":[\"k.a\"],\"level\":3}");
    for (unsigned i = 0; i < MANY; i++)
        count_in(feeds, feeds_add, i);
    for (unsigned i = 0; i < MANY; i++) {
        reference_t thread = {.author = "isoc"};
        (void)snprintf(thread.id, sizeof thread.id, "%u", i);
        size_t n = found_in(feeds, "k.a", &thread);
        assert_true(n == (i >= MANY - BOUND));
        followed += n;
    }
    assert_int_equal(followed, BOUND);
    feeds_destroy(&feeds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_finds_what_a_walk_would),
        cmocka_unit_test(what_follows_in_a_thread_is_in_the_feed),
        cmocka_unit_test(threads_have_a_bound),
    };
    return test_group(tests, NULL, NULL);
}
