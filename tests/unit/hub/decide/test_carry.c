// carry: what stands of a thread goes along for whom is brought in, as far as its author
// has it, each marking lets the node have it, and it is not too much at once.

#include "hub/decide/carry.h"
#include "tests/lib/said.h"
#include "tests/lib/test.h"

enum { MANY = CARRY_MESSAGES + 10 };

static said_t past;
static const member_t author = {.id = "isoc", .role = "isoc"};
static const receiver_t named = {.role = "owner", .reach = NAMED};
static const carries_t updates = {
    .of = REFER_INCIDENT, .kinds = 2, .kind = {"incident.notice", "incident.update"}};
static const reference_t incident = {"isoc", "notice"};

// A message that isoc wrote or had, and nccis had; it is of the incident, unless it began
// it.
static void say(const char *by, const char *id, const char *kind, const char *marking,
    refer_t withdraws, const char *original)
{
    routing_t routing = {0};
    char document[256];
    bool begins = strcmp(kind, "incident.notice") == 0;
    if (!begins) {
        said_names(&routing, ROUTE_REFER, "isoc", "notice");
        routing.route[routing.n - 1].refer = REFER_INCIDENT;
    }
    if (original) {
        said_names(&routing, ROUTE_REFER, by, original);
        routing.route[routing.n - 1].refer = withdraws;
    }
    said_deliver(&routing, "nccis");
    if (strcmp(by, "isoc") != 0 && strcmp(id, "unseen") != 0)
        said_deliver(&routing, "isoc");
    (void)snprintf(document, sizeof document,
        "{\"marking\": \"%s\", \"to\": [\"nccis\", \"named\"]}", marking);
    said_message(&past, by, id, kind, document, &routing);
}

static void say_update(const char *id, const char *marking)
{
    say("isoc", id, "incident.update", marking, REFERS, NULL);
}

// What goes along for the node, joined; the codes of what does not, with their numbers.
static const char *carried(const char *node, bool wished, bool *begun)
{
    static char text[MANY * 16];
    history_view_t view = {.history = past.history};
    precedents_t log = history_precedents(&view);
    recipients_t recipients = {&log, "hub"};
    routing_t routing = {0};
    carry_t carry = {.recipients = &recipients, .author = &author, .routing = &routing};
    size_t used = 0;
    carry_thread(&carry, &updates, &incident, NULL);
    *begun = carry_to(&carry, node, &named, wished);
    text[0] = 0;
    for (size_t i = 0; i < routing.n; i++) {
        const route_t *route = &routing.route[i];
        assert_string_equal(route->node, node);
        used += (size_t)(route->type == ROUTE_CARRIES
                             ? snprintf(text + used, sizeof text - used, "%s ", route->id)
                             : snprintf(text + used, sizeof text - used, "-%s:%u ",
                                   route->code, (unsigned)route->size));
    }
    routing_close(&routing);
    carry_close(&carry);
    return text;
}

static void what_stands_and_was_the_authors_goes_along(void **state)
{
    bool begun;
    (void)state;
    said_begin(&past);
    say("isoc", "notice", "incident.notice", "TLP:AMBER", REFERS, NULL);
    say_update("one", "TLP:GREEN");
    say("nccis", "two", "incident.update", "TLP:AMBER", REFERS, NULL);
    say("isoc", "three", "incident.update", "TLP:GREEN", REFER_SUPERSEDES, "one");
    say_update("four", "TLP:GREEN");
    say("isoc", "five", "incident.update", "TLP:GREEN", REFER_CANCELS, "four");
    say("nccis", "unseen", "incident.update", "TLP:GREEN", REFERS, NULL);
    say("nccis", "task", "response.task", "TLP:GREEN", REFERS, NULL);
    assert_string_equal(carried("owner", false, &begun), "notice two three ");
    assert_true(begun);
    // who had it gets nothing
    assert_string_equal(carried("nccis", false, &begun), "");
    assert_true(begun);
}

static void no_marking_is_passed(void **state)
{
    bool begun;
    (void)state;
    said_begin(&past);
    say("isoc", "notice", "incident.notice", "TLP:RED", REFERS, NULL);
    say_update("own", "TLP:AMBER+STRICT");
    say("nccis", "strict", "incident.update", "TLP:AMBER+STRICT", REFERS, NULL);
    say("nccis", "strange", "incident.update", "TLP:VIOLET", REFERS, NULL);
    assert_string_equal(carried("owner", false, &begun), "own strict -marking.tlp:2 ");
    assert_false(begun);
    // by wish alone, what others marked strictly stays where it is
    assert_string_equal(carried("owner", true, &begun), "own -marking.tlp:3 ");
    assert_string_equal(carried("named", true, &begun), "notice own strict strange ");
    assert_true(begun);
}

static void what_it_began_with_and_the_newest_are_not_too_many(void **state)
{
    bool begun;
    char id[MESSAGE_ID_MAX];
    (void)state;
    said_begin(&past);
    say("isoc", "notice", "incident.notice", "TLP:AMBER", REFERS, NULL);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(id, sizeof id, "u%d", i);
        say_update(id, "TLP:AMBER");
    }
    const char *text = carried("owner", false, &begun);
    assert_true(begun);
    assert_true(strncmp(text, "notice u11 u12 ", 15) == 0);
    assert_non_null(strstr(text, " u265 -carry.limit:11 "));
}

// Who had any version of what began it is none to be brought in.
static void new_is_who_has_no_version_of_it(void **state)
{
    history_view_t view = {.history = past.history};
    precedents_t log = history_precedents(&view);
    recipients_t recipients = {&log, "hub"};
    carry_t carry = {.recipients = &recipients, .author = &author};
    routing_t routing = {0};
    (void)state;
    said_begin(&past);
    say("isoc", "notice", "incident.notice", "TLP:AMBER", REFERS, NULL);
    assert_false(carry_is_new(&carry, &incident, "isoc"));
    assert_false(carry_is_new(&carry, &incident, "nccis"));
    assert_true(carry_is_new(&carry, &incident, "owner"));
    said_deliver(&routing, "owner");
    routing_add(&routing,
        &(route_t){
            .type = ROUTE_CARRIES, .node = "owner", .author = "isoc", .id = "notice"});
    said_message(&past, "isoc", "brings", "incident.update", "{}", &routing);
    assert_false(carry_is_new(&carry, &incident, "owner"));
    say("isoc", "fixed", "incident.notice", "TLP:AMBER", REFER_SUPERSEDES, "notice");
    assert_false(carry_is_new(&carry, &incident, "owner"));
    assert_false(carry_is_new(&carry, &incident, "nccis"));
    const reference_t nothing = {"isoc", "never"};
    assert_false(carry_is_new(&carry, &nothing, "owner"));
}

static int set_up(void **state)
{
    (void)state;
    said_open(&past);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    said_close(&past);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_and_was_the_authors_goes_along),
        cmocka_unit_test(no_marking_is_passed),
        cmocka_unit_test(what_it_began_with_and_the_newest_are_not_too_many),
        cmocka_unit_test(new_is_who_has_no_version_of_it),
    };
    return test_group(tests, set_up, tear_down);
}
