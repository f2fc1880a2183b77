// routing: the record's lines, each with its fields in one order and form.

#include "lib/message/routing.h"

#include "tests/lib/test.h"

#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"

static const char record[] =
    "dabyl-routing/v1\n"
    "nonce 000102030405060708090a0b0c0d0e0f\n"
    "rules 7\n"
    "deliver nccis incident-to-nccis sender 8.3, 10\n"
    "withhold owner-7 incident-to-owner none marking.tlp 8.5\n"
    "emit security.alert 017f22e2-79b0-7cc3-98c4-dc0c0c07398f alert-at-3 none 14\n"
    "remark object.unknown sender\n"
    "deliver isoc-energy incident-to-isoc sender default\n"
    "refers re owner-7 017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"
    "exercise within autumn-2026\n"
    "attachment " DIGEST " 481203\n"
    "deliver owner-9 incident-to-owner sender 8.5\n"
    "carries owner-9 owner-7 017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"
    "omits owner-9 marking.tlp 3\n"
    "absent prosecutor suspension.notified sender 488:15\n"
    "delegates head KZ-75 aigul 2026-11-22T12:00:00.000Z 2026-12-01T00:00:00.000Z\n"
    "acts head - aigul hq 017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"
    "level 4\n"
    "by-subscription authority feed.notices none 4, default\n"
    "subscribers 1 sender\n"
    "feed authority grave 17 " DIGEST "\n"
    "subscribes grave sector banking\n"
    "unsubscribes grave\n";

#define FROM "2026-11-22T12:00:00.000Z"

static const char *const bad_lines[] = {"acts head - aigul hq", "acts head aigul hq i",
    "acts head - aigul hq i i", "acts  - aigul hq i", "delegates head - aigul " FROM,
    "delegates head - aigul " FROM " " FROM " ", "delegates head - aigul " FROM " x",
    "delegates head - aigul " FROM " 2026-11-22T12:00:00Z",
    "delegates head aigul " FROM " " FROM, "", "\n", " ", "deliver", "deliver ",
    "Deliver a b none c", "deliver a b none", "deliver a b none ", "deliver  a b none c",
    "deliver a  b none c", "deliver a b maybe c", "deliver a b none c\n\n",
    "deliver a b none \tc", "deliver a b none c\x01", "deliver a b none \xff",
    "deliver \xd0\xb6 b none c", "withhold a b none code", "withhold a b none  c",
    "withhold a b code none c", "emit kind id rule sender", "emit kind rule sender 14",
    "remark code", "remark code ", "remark code none ", "remark code none 8.3",
    "remark code  none", "remark code nobody", "forward a b none c",
    "deliver a b\nnone c", "refers", "refers re", "refers re a", "refers re a ",
    "refers re  i", "refers re a i i", "refers re a i ", "refers to a i", "refers Re a i",
    "refers  a i", "exercise", "exercise joins", "exercise joins ", "exercise joined a",
    "exercise joins a b", "exercise  a", "attachment", "attachment " DIGEST,
    "attachment " DIGEST " ", "attachment " DIGEST " 01", "attachment " DIGEST " -1",
    "attachment " DIGEST " 1 ", "attachment " DIGEST "00 1", "attachment 23CF 1",
    "attachment " DIGEST " 18446744073709551616", "carries", "carries a b",
    "carries a b ", "carries a b i ", "carries a b i i", "carries  b i", "omits a code",
    "omits a code x", "omits a code -1", "omits a code 1 ", "absent", "absent media",
    "absent media r", "absent media r sender", "absent media r sender ",
    "absent media r perhaps 23", "absent  r sender 23", "level", "level ", "level -1",
    "level 4 ", "by-subscription a b none", "by-subscription a b maybe c", "subscribers",
    "subscribers 1", "subscribers x sender", "subscribers 1 nobody", "feed a",
    "feed a b 1", "feed a b 1 " DIGEST " ", "feed a b x " DIGEST, "feed a b 1 23cf",
    "feed a 123456789012345678901234567890123 1 " DIGEST, "subscribes a kind",
    "subscribes a region north", "subscribes a kind b c", "subscribes a  kind b",
    "unsubscribes", "unsubscribes ", "unsubscribes a b"};

static void test_a_record(void **state)
{
    (void)state;
    routing_t routing;
    cause_t why;
    assert_int_equal(routing_parse(&routing, span_text(record), &why), 0);
    assert_int_equal(routing.n, 20);
    assert_int_equal(routing.nonce[15], 15);
    assert_int_equal(routing.rules_position, 7);
    const route_t *route = routing.route;
    assert_int_equal(route[0].type, ROUTE_DELIVER);
    assert_string_equal(route[0].node, "nccis");
    assert_string_equal(route[0].rule, "incident-to-nccis");
    assert_int_equal(route[0].tell, TELL_SENDER);
    assert_string_equal(route[0].cites, "8.3, 10");
    assert_int_equal(route[1].type, ROUTE_WITHHOLD);
    assert_int_equal(route[1].tell, TELL_NONE);
    assert_string_equal(route[1].code, "marking.tlp");
    assert_string_equal(route[1].cites, "8.5");
    assert_int_equal(route[2].type, ROUTE_EMIT);
    assert_string_equal(route[2].kind, "security.alert");
    assert_string_equal(route[2].id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_string_equal(route[2].rule, "alert-at-3");
    assert_int_equal(route[3].type, ROUTE_REMARK);
    assert_string_equal(route[3].code, "object.unknown");
    assert_int_equal(route[5].type, ROUTE_REFER);
    assert_int_equal(route[5].refer, REFER_RE);
    assert_int_equal(route[5].tell, TELL_NONE);
    assert_string_equal(route[5].node, "owner-7");
    assert_string_equal(route[5].id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_int_equal(route[6].type, ROUTE_EXERCISE);
    assert_int_equal(route[6].act, EXERCISE_WITHIN);
    assert_string_equal(route[6].node, "autumn-2026");
    assert_int_equal(route[7].type, ROUTE_ATTACHMENT);
    assert_int_equal(route[7].tell, TELL_NONE);
    assert_int_equal(route[7].digest.bytes[0], 0x23);
    assert_int_equal(route[7].size, 481203);
    assert_int_equal(route[9].type, ROUTE_CARRIES);
    assert_string_equal(route[9].node, "owner-9");
    assert_string_equal(route[9].author, "owner-7");
    assert_string_equal(route[9].id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_int_equal(route[10].type, ROUTE_OMITS);
    assert_string_equal(route[10].code, "marking.tlp");
    assert_int_equal(route[10].size, 3);
    assert_int_equal(route[12].type, ROUTE_DELEGATES);
    assert_string_equal(route[12].code, "head");
    assert_string_equal(route[12].kind, "KZ-75");
    assert_string_equal(route[12].node, "aigul");
    assert_int_equal(route[12].from_ms, INT64_C(1795348800000));
    assert_int_equal(route[12].until_ms, INT64_C(1796083200000));
    assert_int_equal(route[12].tell, TELL_NONE);
    assert_int_equal(route[13].type, ROUTE_ACTS);
    assert_string_equal(route[13].code, "head");
    assert_string_equal(route[13].kind, "-");
    assert_string_equal(route[13].node, "aigul");
    assert_string_equal(route[13].author, "hq");
    assert_true(routing_carries(
        &routing, "owner-9", "owner-7", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
    assert_false(routing_carries(
        &routing, "isoc-energy", "owner-7", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
    assert_int_equal(routing_level(&routing), 4);
    assert_true(route_delivers(&route[15]) && !route_delivers(&route[17]));
    assert_ptr_equal(routing_find(&routing, "authority"), &route[15]);
    assert_int_equal(route[16].size, 1);
    assert_string_equal(route[17].node, "authority");
    assert_string_equal(route[17].feed, "grave");
    assert_int_equal(route[17].size, 17);
    assert_int_equal(route[17].digest.bytes[0], 0x23);
    assert_int_equal(route[18].field, FEED_SECTOR);
    assert_string_equal(route[18].node, "banking");
    assert_string_equal(route[19].feed, "grave");
    routing_close(&routing);
}

static void test_print_gives_the_text_parsed(void **state)
{
    (void)state;
    routing_t routing;
    cause_t why;
    buf_t out = {0};
    assert_int_equal(routing_parse(&routing, span_text(record), &why), 0);
    routing_print(&routing, &out);
    assert_string_equal(buf_text(&out), record);
    buf_destroy(&out);
    routing_close(&routing);
}

// Nodes in no order, one line in three for nobody; whether they are added, or read.
static void test_find_finds_each_of_many(void **state)
{
    enum { NODES = 500 };
    routing_t added = {0}, read;
    buf_t text = {0};
    cause_t why;
    (void)state;
    for (size_t i = 0; i < NODES; i++) {
        route_t route = {.type = i % 2 ? ROUTE_DELIVER : ROUTE_BY_SUBSCRIPTION,
            .rule = "r",
            .cites = "9"};
        (void)snprintf(route.node, sizeof route.node, "node-%zu", i * 7 % NODES);
        assert_null(routing_find(&added, route.node));
        routing_add(&added, &route);
        if (i % 2 == 0)
            (void)memcpy(
                routing_next(&added, ROUTE_UNREACHED, TELL_NONE)->node, "nobody", 7);
    }
    for (size_t i = 0; i < added.n; i++) // from between those that stay
        if (added.route[i].type == ROUTE_UNREACHED && i % 2 == 0)
            routing_drop(&added, i);
    routing_print(&added, &text);
    assert_int_equal(routing_parse(&read, buf_span(&text), &why), 0);
    assert_int_equal(read.n, added.n);
    assert_true(added.n < NODES + NODES / 2);
    for (size_t i = 0; i < NODES; i++) {
        char node[NODE_ID_MAX] = {0};
        (void)snprintf(node, sizeof node, "node-%zu", i);
        assert_string_equal(routing_find(&added, node)->node, node);
        assert_string_equal(routing_find(&read, node)->node, node);
        (void)snprintf(node, sizeof node, "node-%zu.", i);
        assert_null(routing_find(&added, node));
        assert_null(routing_find(&read, node));
    }
    assert_null(routing_find(&read, "nobody"));
    routing_clear(&added);
    assert_null(routing_find(&added, "node-1"));
    buf_destroy(&text);
    routing_close(&added);
    routing_close(&read);
}

static void test_find_looks_at_deliveries_alone(void **state)
{
    (void)state;
    routing_t routing;
    cause_t why;
    assert_int_equal(routing_parse(&routing, span_text(record), &why), 0);
    assert_ptr_equal(routing_find(&routing, "isoc-energy"), &routing.route[4]);
    assert_null(routing_find(&routing, "owner-7")); // withheld
    assert_null(routing_find(&routing, "isoc"));
    routing_close(&routing);
    assert_null(routing_find(&routing, "nccis"));
}

static void test_a_line_with_or_without_its_end(void **state)
{
    (void)state;
    route_t route;
    cause_t why;
    buf_t out = {0};
    const char line[] = "deliver nccis r sender 8.3, 10\n";
    assert_int_equal(route_parse(&route, span_text(line), &why), 0);
    assert_int_equal(route_parse(&route, span_of(line, sizeof line - 2), &why), 0);
    route_print(&route, &out);
    assert_string_equal(buf_text(&out), line);
    buf_destroy(&out);
}

static void test_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
        route_t route;
        cause_t why;
        if (route_parse(&route, span_text(bad_lines[i]), &why) == 0)
            fail_msg("taken: '%s'", bad_lines[i]);
    }
}

static void test_fields_too_long(void **state)
{
    (void)state;
    const size_t rooms[] = {NODE_ID_MAX, RULE_ID_MAX, CITES_MAX};
    for (size_t field = 0; field < 3; field++)
        for (size_t over = 0; over < 2; over++) {
            char word[CITES_MAX + 1] = {0};
            buf_t line = {0};
            route_t route;
            cause_t why;
            memset(word, 'x', rooms[field] - 1 + over);
            buf_printf(&line, "deliver %s %s none %s", field == 0 ? word : "n",
                field == 1 ? word : "r", field == 2 ? word : "c");
            assert_int_equal(route_parse(&route, buf_span(&line), &why), over ? -1 : 0);
            buf_destroy(&line);
        }
}

#define HEAD "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\nrules 7\n"
#define DELIVER(node) "deliver " node " r none 4\n"

// A node has a message once: two numbers for one entry would fit no proof.
static void test_one_line_for_a_node(void **state)
{
    (void)state;
    routing_t routing;
    cause_t why;
    static const char good[] = HEAD DELIVER("b") DELIVER("a") "withhold a r none c 4\n";
    assert_int_equal(routing_parse(&routing, span_text(good), &why), 0);
    routing_close(&routing);
    static const char twice[] = HEAD DELIVER("b") DELIVER("a") "no line\n" DELIVER("b");
    routing_salvage(&routing, span_text(twice));
    assert_int_equal(routing.n, 2);
    routing_close(&routing);
}

static void test_bad_records(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "dabyl-routing/v1\n",
        "dabyl-routing/v2\nnonce 000102030405060708090a0b0c0d0e0f\nrules 7\n",
        "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0\nrules 7\n",
        "dabyl-routing/v1\nnonce 000102030405060708090A0b0c0d0e0f\nrules 7\n",
        "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\nrules 07\n",
        "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\n",
        "dabyl-routing/v1\nrules 7\nnonce 000102030405060708090a0b0c0d0e0f\n",
        "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\nrules 7\n\n",
        "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\nrules 7\nremark a no",
        HEAD DELIVER("a") DELIVER("a"), HEAD DELIVER("b") DELIVER("a") DELIVER("b"),
        HEAD "carries a b i\n", HEAD DELIVER("b") DELIVER("a") "omits c marking.tlp 1\n",
        HEAD DELIVER("b") "withhold a r none c 4\ncarries a b i\n",
        HEAD DELIVER("a") "remark x sender\ncarries a b i\n",
        HEAD DELIVER("a") DELIVER("b") "carries a b i\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        routing_t routing;
        cause_t why;
        if (routing_parse(&routing, span_text(bad[i]), &why) == 0)
            fail_msg("taken:\n%s", bad[i]);
        assert_null(routing.route);
    }
}

// A prefix is a record only where it ends between two lines after the third.
static void test_truncations(void **state)
{
    (void)state;
    unsigned lines = 0;
    for (size_t size = 0; size < sizeof record - 1; size++) {
        routing_t routing;
        cause_t why;
        lines += size > 0 && record[size - 1] == '\n';
        bool whole = size > 0 && record[size - 1] == '\n' && lines >= 3;
        assert_int_equal(
            routing_parse(&routing, span_of(record, size), &why), whole ? 0 : -1);
        routing_close(&routing);
    }
}

static void test_every_flipped_bit_shows(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof record - 1); bit++) {
        char text[sizeof record];
        routing_t routing;
        cause_t why;
        buf_t out = {0};
        memcpy(text, record, sizeof record);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        if (routing_parse(&routing, span_of(text, sizeof record - 1), &why) == 0) {
            routing_print(&routing, &out);
            assert_true(span_equal(buf_span(&out), span_of(text, sizeof record - 1)));
        }
        routing_close(&routing);
        buf_destroy(&out);
    }
}

// What the author is told is what its lines say, and nothing of a broken one.
static void test_an_author_is_told_its_lines(void **state)
{
    (void)state;
    buf_t told = {0};
    routing_salvage_told(span_text(record), &told);
    assert_string_equal(buf_text(&told),
        "deliver nccis incident-to-nccis sender 8.3, 10\n"
        "remark object.unknown sender\n"
        "deliver isoc-energy incident-to-isoc sender default\n"
        "deliver owner-9 incident-to-owner sender 8.5\n"
        "carries owner-9 owner-7 017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"
        "omits owner-9 marking.tlp 3\n"
        "absent prosecutor suspension.notified sender 488:15\n"
        "acts head - aigul hq 017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"
        "subscribers 1 sender\n");
    for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
        buf_t text = {0};
        buf_clear(&told);
        buf_printf(&text, "dabyl-routing/v1\nnonce 0\nrules 7\n%s\n", bad_lines[i]);
        routing_salvage_told(buf_span(&text), &told);
        assert_int_equal(told.size, 0);
        buf_destroy(&text);
    }
    buf_destroy(&told);
}

// A longer record, a shorter one, a broken one, into the same memory.
static void test_memory_is_used_again(void **state)
{
    (void)state;
    static const char head[] =
        "dabyl-routing/v1\nnonce 000102030405060708090a0b0c0d0e0f\n"
        "rules 9\n";
    routing_t routing = {0};
    cause_t why;
    assert_int_equal(routing_read(&routing, span_text(record), &why), 0);
    const route_t *before = routing.route;
    assert_int_equal(routing_read(&routing, span_text(head), &why), 0);
    assert_int_equal(routing.n, 0);
    assert_int_equal(routing.rules_position, 9);
    assert_int_equal(routing_read(&routing, span_text("dabyl"), &why), -1);
    assert_int_equal(routing_read(&routing, span_text(record), &why), 0);
    assert_ptr_equal(routing.route, before);
    assert_int_equal(routing.n, 20);
    routing_close(&routing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record),
        cmocka_unit_test(test_print_gives_the_text_parsed),
        cmocka_unit_test(test_find_finds_each_of_many),
        cmocka_unit_test(test_find_looks_at_deliveries_alone),
        cmocka_unit_test(test_a_line_with_or_without_its_end),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_fields_too_long),
        cmocka_unit_test(test_one_line_for_a_node),
        cmocka_unit_test(test_bad_records),
        cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_every_flipped_bit_shows),
        cmocka_unit_test(test_an_author_is_told_its_lines),
        cmocka_unit_test(test_memory_is_used_again),
    };
    return test_group(tests, NULL, NULL);
}
