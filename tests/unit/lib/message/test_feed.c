// feed: what a feed asks for, that records say the same of it, and which messages it
// chooses.

#include "lib/message/feed.h"

#include "tests/lib/test.h"
#include "tests/lib/values.h"

static feed_t read_feed(const char *body)
{
    feed_t feed;
    value_t *root = value_read(body);
    feed_read(&feed, root);
    value_free(&root);
    return feed;
}

static const char grave[] =
    "{\"name\": \"grave\", \"kinds\": [\"incident.notice\", \"incident.update\"], "
    "\"level\": 3, \"sectors\": [\"banking\", \"transport\"], \"countries\": [\"KG\"], "
    "\"objects\": [\"ob-1\"], \"authors\": [\"isoc\"], \"categories\": [\"fraud\"]}";

static void lines_say_what_was_asked_for(void **state)
{
    (void)state;
    static const char lines[] = "subscribes grave kind incident.notice\n"
                                "subscribes grave kind incident.update\n"
                                "subscribes grave level 3\n"
                                "subscribes grave sector banking\n"
                                "subscribes grave sector transport\n"
                                "subscribes grave category fraud\n"
                                "subscribes grave country KG\n"
                                "subscribes grave object ob-1\n"
                                "subscribes grave author isoc\n";
    feed_t feed = read_feed(grave), again;
    routing_t routing = {0}, twice = {0};
    buf_t out = {0};
    feed_record(&feed, &routing);
    for (size_t i = 0; i < routing.n; i++)
        route_print(&routing.route[i], &out);
    assert_string_equal(buf_text(&out), lines);
    assert_true(feed_of(&again, &routing));
    assert_string_equal(again.name, "grave");
    assert_int_equal(again.level, 3);
    feed_record(&again, &twice);
    assert_int_equal(twice.n, routing.n);
    buf_clear(&out);
    for (size_t i = 0; i < twice.n; i++)
        route_print(&twice.route[i], &out);
    assert_string_equal(buf_text(&out), lines);
    routing.n = 0;
    feed_close(&again);
    assert_false(feed_of(&again, &routing));
    feed_close(&feed);
    buf_destroy(&out);
    routing_close(&routing);
    routing_close(&twice);
}

static const struct {
    const char *asks; // fields behind the kind "k"
    const char *kind, *author, *body;
    bool chosen;
} cases[] = {
    {"", "k", "a", "{}", true},
    {"", "l", "a", "{}", false},
    {",\"level\":3", "k", "a", "{\"level\":3}", true},
    {",\"level\":3", "k", "a", "{\"level\":5}", true},
    {",\"level\":3", "k", "a", "{\"level\":2}", false},
    {",\"level\":3", "k", "a", "{}", false},
    {",\"level\":1", "k", "a", "{\"level\":\"4\"}", false},
    {",\"level\":1", "k", "a", "{\"level\":1e30}", false},
    {",\"sectors\":[\"x\",\"y\"]", "k", "a", "{\"sector\":\"y\"}", true},
    {",\"sectors\":[\"x\",\"y\"]", "k", "a", "{\"sector\":\"z\"}", false},
    {",\"sectors\":[\"x\"]", "k", "a", "{\"sector\":null}", false},
    {",\"sectors\":[\"x\"],\"level\":2", "k", "a", "{\"sector\":\"x\",\"level\":1}",
        false},
    {",\"sectors\":[\"x\"],\"level\":2", "k", "a", "{\"sector\":\"x\",\"level\":2}",
        true},
    {",\"categories\":[\"x\"]", "k", "a", "{\"category\":\"x\"}", true},
    {",\"countries\":[\"KG\"]", "k", "a", "{\"countries\":[\"KZ\",\"KG\"]}", true},
    {",\"countries\":[\"KG\"]", "k", "a", "{\"countries\":[]}", false},
    {",\"countries\":[\"KG\"]", "k", "a", "{\"countries\":[7,\"KG\"]}", true},
    {",\"objects\":[\"o\"]", "k", "a", "{\"object\":\"o\"}", true},
    {",\"objects\":[\"o\"]", "k", "a", "{\"objects\":[\"p\",\"o\"]}", true},
    {",\"objects\":[\"o\"]", "k", "a", "{\"object\":\"p\",\"objects\":[\"o\"]}", true},
    {",\"objects\":[\"o\"]", "k", "a", "{\"object\":\"p\"}", false},
    {",\"authors\":[\"a\",\"b\"]", "k", "b", "{}", true},
    {",\"authors\":[\"a\",\"b\"]", "k", "c", "{}", false},
};

static void a_feed_chooses_what_fits_all_it_asks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256], body[256];
        feed_facts_t facts;
        (void)snprintf(
            text, sizeof text, "{\"name\":\"f\",\"kinds\":[\"k\"]%s}", cases[i].asks);
        (void)snprintf(body, sizeof body, "{\"body\":%s}", cases[i].body);
        feed_t feed = read_feed(text);
        value_t *message = value_read(body);
        feed_facts(&facts, message, cases[i].kind, cases[i].author);
        if (feed_chooses(&feed, &facts) != cases[i].chosen)
            fail_msg("%s %s %s", text, cases[i].kind, body);
        value_free(&message);
        feed_close(&feed);
    }
}

// Whoever has the names can count again: sha256sum agrees with these.
static void digests_chain_names(void **state)
{
    (void)state;
    hash_t digest, wanted;
    buf_t text = {0};
    feed_begin("desk", "grave", &digest);
    sha256(span_text("dabyl-feed/v1\ndesk\ngrave\n"), &wanted);
    assert_true(hash_equal(&digest, &wanted));
    buf_put(&text, digest.bytes, sizeof digest.bytes);
    buf_put_text(&text, "isoc\n019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\n");
    sha256(buf_span(&text), &wanted);
    feed_count(&digest, "isoc", "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01");
    assert_true(hash_equal(&digest, &wanted));
    buf_destroy(&text);
}

// A level that no schema would let pass is one that everything has.
static void a_level_that_is_none_asks_for_nothing(void **state)
{
    (void)state;
    static const char *const odd[] = {"33", "x", "-", "300"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        routing_t routing = {0};
        route_t route = {.type = ROUTE_SUBSCRIBES, .field = FEED_LEVEL, .feed = "f"};
        feed_t feed;
        (void)snprintf(route.node, sizeof route.node, "%s", odd[i]);
        routing_add(&routing, &route);
        assert_true(feed_of(&feed, &routing));
        assert_int_equal(feed.level, 0);
        feed_close(&feed);
        routing_close(&routing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_say_what_was_asked_for),
        cmocka_unit_test(a_feed_chooses_what_fits_all_it_asks),
        cmocka_unit_test(digests_chain_names),
        cmocka_unit_test(a_level_that_is_none_asks_for_nothing),
    };
    return test_group(tests, NULL, NULL);
}
