// members: what the lines `joins` and `leaves` of records add up to, with corrections,
// withdrawals, and drafts that are written or never are.

#include "lib/message/members.h"

#include "tests/lib/test.h"

static const reference_t one = {"hq", "019abd3c-5c00-7a4e-9b6d-000000000001"};
static const reference_t two = {"hq", "019abd3c-5c00-7a4e-9b6d-000000000002"};
static const reference_t three = {"hq", "019abd3c-5c00-7a4e-9b6d-000000000003"};

// A record with these lines, "+knb -telecom", of the set `one`; and whether it corrects
// or takes back what was said before.
static routing_t record(const char *lines, const refer_t *withdraws)
{
    routing_t routing = {0};
    char text[128], *rest = NULL;
    (void)snprintf(text, sizeof text, "%s", lines);
    if (withdraws)
        routing_add(&routing, &(route_t){.type = ROUTE_REFER, .refer = *withdraws});
    for (char *word = strtok_r(text, " ", &rest); word;
         word = strtok_r(NULL, " ", &rest)) {
        route_t route = {.type = word[0] == '+' ? ROUTE_JOINS : ROUTE_LEAVES};
        (void)snprintf(route.author, sizeof route.author, "%s", one.author);
        (void)snprintf(route.id, sizeof route.id, "%s", one.id);
        (void)snprintf(route.node, sizeof route.node, "%s", word + 1);
        routing_add(&routing, &route);
    }
    return routing;
}

typedef void say_t(members_t *self, const reference_t *by, const routing_t *routing);

static void say_with(say_t *how, members_t *members, const reference_t *by,
    const char *lines, const refer_t *withdraws)
{
    routing_t routing = record(lines, withdraws);
    how(members, by, &routing);
    routing_close(&routing);
}

#define SAY(by, lines) say_with(members_add, members, by, lines, NULL)
#define CORRECT(by, lines)                                                               \
    say_with(members_add, members, by, lines, &(refer_t){REFER_SUPERSEDES})
#define CANCEL(by) say_with(members_add, members, by, "", &(refer_t){REFER_CANCELS})

// All members in the order that they are gone through.
static const char *all(const members_t *members)
{
    static char text[256];
    const char *node;
    size_t next = 0;
    text[0] = 0;
    while ((node = members_next(members, &one, &next)) != NULL) {
        assert_true(members_has(members, &one, node));
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", node);
    }
    return text;
}

static void the_last_word_counts(void **state)
{
    (void)state;
    members_t *members = members_new();
    assert_string_equal(all(members), "");
    SAY(&one, "+knb +telecom");
    assert_string_equal(all(members), "knb telecom ");
    assert_false(members_has(members, &two, "knb"));
    assert_true(members_said(members, &one, "knb", &one));
    assert_false(members_said(members, &one, "knb", &two));
    SAY(&two, "-knb +media");
    assert_string_equal(all(members), "telecom media ");
    assert_false(members_has(members, &one, "knb"));
    SAY(&three, "+knb");
    assert_string_equal(all(members), "telecom media knb ");
    members_destroy(&members);
    assert_null(members);
    members_destroy(&members);
}

static void what_is_not_said_any_more_does_not_hold(void **state)
{
    (void)state;
    members_t *members = members_new();
    SAY(&one, "+knb +telecom");
    SAY(&two, "-knb +media");
    CORRECT(&one, "+knb +owner"); // knb keeps its place, which is before it left
    assert_string_equal(all(members), "media owner ");
    CANCEL(&two);
    assert_string_equal(all(members), "knb owner ");
    SAY(&three, "-owner");
    CANCEL(&one);
    assert_string_equal(all(members), "");
    CANCEL(&three);
    assert_string_equal(all(members), ""); // nobody says that it joins any more
    CANCEL(&two);
    members_destroy(&members);
}

static void a_draft_lies_over_it_and_goes(void **state)
{
    (void)state;
    members_t *members = members_new();
    SAY(&one, "+knb +telecom");
    say_with(members_draft, members, &two, "-knb", NULL);
    assert_string_equal(all(members), "telecom ");
    say_with(members_draft, members, &one, "+knb", &(refer_t){REFER_SUPERSEDES});
    assert_string_equal(all(members), "");
    say_with(members_draft, members, &two, "", &(refer_t){REFER_CANCELS});
    assert_string_equal(all(members), "knb ");
    members_begin(members);
    assert_string_equal(all(members), "knb telecom ");
    members_begin(members);
    say_with(members_draft, members, &two, "+media", NULL);
    SAY(&two, "+media");
    members_begin(members);
    assert_string_equal(all(members), "knb telecom media ");
    members_destroy(&members);
}

static void many_sets(void **state)
{
    (void)state;
    members_t *members = members_new();
    for (int i = 0; i < 500; i++) {
        reference_t set = {.author = "hq"};
        routing_t routing = {0};
        (void)snprintf(set.id, sizeof set.id, "%d", i);
        for (int k = 0; k < 40; k++) {
            route_t route = {.type = ROUTE_JOINS, .author = "hq"};
            memcpy(route.id, set.id, sizeof route.id);
            (void)snprintf(route.node, sizeof route.node, "n%d", i + k);
            routing_add(&routing, &route);
        }
        members_add(members, &set, &routing);
        routing_close(&routing);
    }
    assert_true(members_has(members, &(reference_t){"hq", "0"}, "n39"));
    assert_false(members_has(members, &(reference_t){"hq", "0"}, "n40"));
    assert_true(members_has(members, &(reference_t){"hq", "499"}, "n538"));
    members_destroy(&members);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_counts),
        cmocka_unit_test(what_is_not_said_any_more_does_not_hold),
        cmocka_unit_test(a_draft_lies_over_it_and_goes),
        cmocka_unit_test(many_sets),
    };
    return test_group(tests, NULL, NULL);
}
