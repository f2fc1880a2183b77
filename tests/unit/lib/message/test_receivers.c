// receivers: each node finds the lines of a record that are its own, whoever asked before
// it and in whatever order they stand.

#include "lib/message/receivers.h"

#include "lib/message/routing.h"
#include "tests/lib/test.h"

#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"
#define HEAD "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\nrules 7\n"
#define DELIVER(node) "deliver " node " r none 4\n"
#define ASKED(node) "by-subscription " node " r none 4\n"
#define FEED(node, name, count) "feed " node " " name " " count " " DIGEST "\n"

static arena_t *arena;
static receivers_t receivers;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

// As who reads each line for itself finds.
static void author_is_told(span_t record)
{
    buf_t told = {0};
    routing_salvage_told(record, &told);
    assert_true(span_equal(receivers.told, buf_span(&told)));
    buf_destroy(&told);
}

// A record that the hub could have written.
static void read_record(const char *text)
{
    routing_t routing;
    cause_t why;
    if (routing_parse(&routing, span_text(text), &why) != 0)
        fail_msg("%s", why.text);
    routing_close(&routing);
    receivers_read(&receivers, span_text(text), arena);
    author_is_told(span_text(text));
}

// Wherever the lines are expected, they are the same.
static void has(const char *node, bool remarks, const char *expected)
{
    for (size_t at = 0; at < receivers.n + 3; at++) {
        receiver_t receiver = {span_text(node), remarks, at};
        span_t lines = receivers_lines(&receivers, &receiver, arena);
        if (!span_is(lines, expected))
            fail_msg("%s has\n%.*s\nand not\n%s", node, (int)lines.size,
                (const char *)lines.data, expected);
        if (lines.size > 0)
            assert_true(span_is(receivers.own[receiver.at].node, node));
        else
            assert_int_equal(receiver.at, at);
    }
}

// A receiver is told the lines that are its own, and the centre also what is remarked.
static void a_receiver_has_its_lines(void **state)
{
    (void)state;
    read_record(HEAD DELIVER("ab") "carries ab b i\n" DELIVER(
        "a") "carries a b i\ncarries a b k\nomits a marking.tlp "
             "2\n" DELIVER("c") "remark x sender\nremark y none\n");
    has("a", false,
        "deliver a r none 4\ncarries a b i\ncarries a b k\nomits a marking.tlp 2");
    has("ab", false, "deliver ab r none 4\ncarries ab b i");
    has("c", true, "deliver c r none 4\nremark x sender");
    has("c", false, "deliver c r none 4");
    has("b", true, "");
    has("", true, "");
}

static void lines_of_feeds_come_with_what_delivers(void **state)
{
    (void)state;
    read_record(HEAD DELIVER("b") FEED("c", "late", "2") DELIVER("d") FEED("b", "z", "3")
            ASKED("c") "remark x sender\n" FEED("b", "a", "4") FEED("bb", "lost", "9"));
    has("b", false,
        DELIVER("b") FEED("b", "z", "3") "feed b a 4 " DIGEST); // in the record's order
    has("c", true, ASKED("c") FEED("c", "late", "2") "remark x sender");
    has("d", false, "deliver d r none 4");
    has("bb", false, ""); // no line delivers it there
}

static void remarks_may_stand_apart(void **state)
{
    (void)state;
    read_record(HEAD "remark x sender\n" DELIVER("a") "remark y none\nremark z sender\n"
                                                      "remark w sender\n");
    has("a", true, DELIVER("a") "remark x sender\nremark z sender\nremark w sender");
    has("a", false, "deliver a r none 4");
}

// Lines of every kind, told or not, also where nearly every other one is.
static void an_author_is_told_what_it_may_know(void **state)
{
    (void)state;
    read_record(HEAD "deliver a r sender 4\ncarries a b i\nomits a marking.tlp 2\n");
    assert_true(span_is(
        receivers.told, "deliver a r sender 4\ncarries a b i\nomits a marking.tlp 2\n"));
    read_record(HEAD "level 4\nremark x sender\nremark y none\ndeliver a r sender 4, 5\n"
                     "withhold b r none c 4\nwithhold c r sender c 4\nemit k i r none 4\n"
                     "emit k i r sender 4\nrefers re a i\nabsent media r sender 4\n"
                     "absent media r none 4\nacts head - x a i\nexercise within x\n"
                     "by-subscription d r none 4\ncarries d b i\nsubscribers 1 sender\n"
                     "subscribers 1 none\nunreached e\nexpires x\nunsubscribes x\n");
    assert_true(span_is(receivers.told,
        "remark x sender\ndeliver a r sender 4, 5\nwithhold c r sender c 4\n"
        "emit k i r sender 4\nabsent media r sender 4\nacts head - x a i\ncarries d b i\n"
        "subscribers 1 sender\nunreached e\n"));
    assert_true(span_is(receivers.remarks, "remark x sender\n"));
    read_record(HEAD DELIVER("a"));
    assert_int_equal(receivers.told.size, 0);
}

static void a_record_may_have_nobody(void **state)
{
    (void)state;
    read_record(HEAD);
    has("a", true, "");
    read_record(HEAD "remark x sender\nwithhold a r none c 4\n");
    has("a", true, "");
}

// Against the reader that takes the whole record apart.
static void everybody_is_found_in_any_order(void **state)
{
    enum { NODES = 300 };
    buf_t text = {0};
    routing_t routing;
    cause_t why;
    (void)state;
    buf_put_text(&text, HEAD);
    for (unsigned i = 0; i < NODES; i++)
        buf_printf(&text, "deliver n%u r %s 4\n", i * 7 % NODES, // not sorted
            i % 2 ? "none" : "sender");
    receivers_read(&receivers, buf_span(&text), arena);
    author_is_told(buf_span(&text));
    assert_int_equal(routing_parse(&routing, buf_span(&text), &why), 0);
    assert_int_equal(receivers.n, NODES);
    receiver_t receiver = {.at = 0};
    for (unsigned i = 0; i < NODES + 10; i++) {
        char node[NODE_ID_MAX];
        buf_t line = {0};
        (void)snprintf(node, sizeof node, "n%u", i * 11 % (NODES + 10));
        receiver.node = span_text(node);
        const route_t *route = routing_find(&routing, node);
        if (route)
            route_print(route, &line);
        span_t found = receivers_lines(&receivers, &receiver, arena);
        assert_int_equal(found.size, route ? line.size - 1 : 0);
        assert_true(found.size == 0 || memcmp(found.data, line.data, found.size) == 0);
        buf_destroy(&line);
    }
    routing_close(&routing);
    buf_destroy(&text);
}

// What is set aside may be anything: it is read, and whatever is found is not believed.
static void no_text_is_too_broken(void **state)
{
    static const char text[] = HEAD DELIVER("a") "deliver\ndeliver \ndeliver b\nfeed\n"
                                                 "feed x\ncarries a b i\nremark x\n";
    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        char *copy = malloc(size + 1); // so that a sanitizer sees its end
        memcpy(copy, text, size);
        receiver_t receiver = {.node = span_text("a"), .remarks = true};
        receivers_read(&receivers, span_of(copy, size), arena);
        (void)receivers_lines(&receivers, &receiver, arena);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_has_its_lines),
        cmocka_unit_test(lines_of_feeds_come_with_what_delivers),
        cmocka_unit_test(remarks_may_stand_apart),
        cmocka_unit_test(an_author_is_told_what_it_may_know),
        cmocka_unit_test(a_record_may_have_nobody),
        cmocka_unit_test(everybody_is_found_in_any_order),
        cmocka_unit_test(no_text_is_too_broken),
    };
    return test_group(tests, set_up, tear_down);
}
