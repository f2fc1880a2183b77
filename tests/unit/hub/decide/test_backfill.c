// backfill: of the log's newest entries those come along that the feed chooses, that
// stand, and that rules and markings let the subscriber have; nothing is said of others.

#include "hub/decide/backfill.h"

#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc", "isoc", "SOC"},
    {"nccis", "nccis", "STS"},
    {"desk", "authority", "MDD"},
    {"service", "response-service", "RS"},
    {"press", "media", "P"},
};

// Behind as many older entries as are looked at, and some.
static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, sizeof members / sizeof members[0], "law.conf");
    mini.options.subscriptions = 8;
    mini_schemas(&mini);
    mini_rules(&mini, data_text("backfill.rules"));
    for (int i = 0; i < BACKFILL_ENTRIES; i++)
        (void)draft_add(mini.draft, "attachment", "", "", "");
    *state = &mini;
    return 0;
}

static const draft_item_t *say(mini_t *mini, const char *author, const char *kind,
    const char *marking, json_t *body, json_t *more, char id[MESSAGE_ID_MAX])
{
    mini_id(mini, id);
    json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:o}",
        "dabyl", 1, "id", id, "kind", kind, "from", author, "sent",
        "2026-11-22T12:00:00Z", "status", "actual", "marking", marking, "nonce",
        "8f2a1c7be09d4436a5d1f07c93be6e12", "summary", "en", "x", "body", body);
    (void)json_object_update(json, more);
    json_decref(more);
    const draft_item_t *item = mini_publish(mini, json);
    if (!item)
        fail_msg("%s at %s: %s", mini->refusal.code, mini->refusal.pointer,
            mini->refusal.text);
    return item;
}

static void notice(mini_t *mini, const char *author, int level, const char *marking,
    json_t *more, char id[MESSAGE_ID_MAX])
{
    json_t *body = json_pack("{s:i, s:s, s:s, s:s, s:s}", "level", level, "category",
        "fraud", "sector", "power-supply", "detected_at", "2026-11-22T11:00:00Z",
        "determination", "confirmed");
    (void)say(mini, author, "incident.notice", marking, body, more, id);
}

static json_t *withdraws(const char *field, const char *id)
{
    return json_pack("{s:{s:s, s:s}}", field, "author", "isoc", "id", id);
}

// What comes along with a subscription, joined by their last digits; what does not, by
// its code.
static const char *asked(mini_t *mini, const char *node, const char *name, int level)
{
    static char text[512];
    char id[MESSAGE_ID_MAX];
    routing_t routing = {0};
    json_t *body = json_pack("{s:s, s:[s], s:i, s:b}", "name", name, "kinds",
        "incident.notice", "level", level, "backfill", true);
    const draft_item_t *item =
        say(mini, node, "subscription", "TLP:GREEN", body, NULL, id);
    assert_int_equal(routing_parse(&routing, item->record, &mini->why), 0);
    text[0] = 0;
    for (size_t i = 0; i < routing.n; i++) {
        const route_t *route = &routing.route[i];
        if (route->type != ROUTE_CARRIES && route->type != ROUTE_OMITS)
            continue;
        assert_string_equal(route->node, node);
        (void)strncat(
            text, route->type == ROUTE_CARRIES ? route->id + 34 : route->code, 40);
        (void)strncat(text, " ", 2);
    }
    routing_close(&routing);
    return text;
}

static void what_stands_and_one_may_have_comes_along(void **state)
{
    mini_t *mini = *state;
    char id[MESSAGE_ID_MAX], wrong[MESSAGE_ID_MAX];
    notice(mini, "isoc", 4, "TLP:GREEN", NULL, id);                              // 01
    notice(mini, "isoc", 2, "TLP:GREEN", NULL, id);                              // 02
    notice(mini, "isoc", 4, "TLP:AMBER", NULL, id);                              // 03
    notice(mini, "press", 5, "TLP:CLEAR", NULL, id);                             // 04
    notice(mini, "isoc", 3, "TLP:GREEN", NULL, wrong);                           // 05
    notice(mini, "isoc", 4, "TLP:CLEAR", withdraws("supersedes", wrong), id);    // 06
    notice(mini, "isoc", 5, "TLP:GREEN", NULL, wrong);                           // 07
    notice(mini, "isoc", 5, "TLP:GREEN", withdraws("cancels", wrong), id);       // 08
    notice(mini, "isoc", 4, "TLP:RED", json_pack("{s:[s]}", "to", "nccis"), id); // 09
    assert_string_equal(asked(mini, "service", "a", 3), "01 06 backfill.depth ");
    // nothing comes again, and of what one may not have there is no number
    assert_string_equal(asked(mini, "service", "b", 3), "backfill.depth ");
    assert_string_equal(asked(mini, "service", "c", 1), "02 backfill.depth ");
    assert_string_equal(asked(mini, "desk", "a", 1), "01 02 06 backfill.depth ");
}

static void older_ones_are_not_looked_at(void **state)
{
    mini_t *mini = *state;
    char id[MESSAGE_ID_MAX];
    notice(mini, "isoc", 4, "TLP:GREEN", NULL, id);
    for (int i = 0; i < BACKFILL_ENTRIES; i++)
        (void)draft_add(mini->draft, "attachment", "", "", "");
    assert_string_equal(asked(mini, "service", "a", 3), "backfill.depth ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_stands_and_one_may_have_comes_along, set_up, mini_tear_down),
        cmocka_unit_test_setup_teardown(
            older_ones_are_not_looked_at, set_up, mini_tear_down),
    };
    return test_group(tests, NULL, NULL);
}
