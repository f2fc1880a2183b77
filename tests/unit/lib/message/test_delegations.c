// delegations: who acts in which office, when, and where.

#include "lib/message/delegations.h"

#include "tests/lib/test.h"

enum { T = 1000 };

static void put(delegations_t *self, const char *node, const char *id, const char *person,
    const char *territory, const char *exercise)
{
    leaf_t leaf = {.time_ms = T};
    route_t route = {.type = ROUTE_DELEGATES, .from_ms = T + 10, .until_ms = T + 20};
    (void)snprintf(leaf.author, sizeof leaf.author, "%s", node);
    (void)snprintf(leaf.id, sizeof leaf.id, "%s", id);
    (void)snprintf(route.node, sizeof route.node, "%s", person);
    (void)snprintf(route.code, sizeof route.code, "head");
    (void)snprintf(route.kind, sizeof route.kind, "%s", territory);
    delegations_add(self, &leaf, &route, exercise);
}

// The ids of all that say so, one after the other.
static const char *ask(const delegations_t *self, const char *node, const char *person,
    const char *office, const char *territory, const char *exercise, int64_t at_ms)
{
    static char ids[64];
    acting_t acting = {node, person, office, territory, exercise, at_ms};
    reference_t message;
    size_t cursor = 0;
    ids[0] = 0;
    while (delegations_next(self, &acting, &cursor, &message)) {
        assert_string_equal(message.author, node);
        (void)snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s", message.id);
    }
    return ids;
}

static void who_acts_is_asked_with_everything(void **state)
{
    (void)state;
    delegations_t *self = delegations_new();
    put(self, "hq", "1", "aigul", "-", "");
    put(self, "hq", "2", "berik", "KZ-75", "");
    put(self, "hq", "3", "aigul", "-", "spring");
    put(self, "knb", "4", "aigul", "-", "");
    put(self, "hq", "5", "aigul", "-", "");
    static const struct {
        const char *node, *person, *office, *territory, *exercise;
        int64_t at_ms;
        const char *found;
    } table[] = {
        {"hq", "aigul", "head", "", "", T + 10, "15"},
        {"hq", "aigul", "head", NULL, "", T + 19, "15"},
        {"hq", "aigul", "head", "", "", T + 9, ""},
        {"hq", "aigul", "head", "", "", T + 20, ""},
        {"hq", "aigul", "deputy-head", "", "", T + 10, ""},
        {"hq", "aigul", "head", "KZ-75", "", T + 10, ""},
        {"hq", "aigul", "head", "", "spring", T + 10, "135"},
        {"hq", "aigul", "head", "", "autumn", T + 10, "15"},
        {"hq", "berik", "head", "KZ-75", "", T + 10, "2"},
        {"hq", "berik", "head", NULL, "", T + 10, "2"},
        {"hq", "berik", "head", "", "", T + 10, ""},
        {"knb", "aigul", "head", "", "", T + 10, "4"},
        {"knb", "berik", "head", NULL, "", T + 10, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(ask(self, table[i].node, table[i].person, table[i].office,
                                table[i].territory, table[i].exercise, table[i].at_ms),
            table[i].found);
    delegations_clear(self);
    assert_string_equal(ask(self, "hq", "aigul", "head", NULL, "", T + 10), "");
    delegations_destroy(&self);
    assert_null(self);
    delegations_destroy(&self);
}

static void what_has_ended_is_forgotten(void **state)
{
    (void)state;
    delegations_t *self = delegations_new();
    leaf_t leaf = {.time_ms = T, .author = "hq", .id = "1"};
    route_t route = {.node = "aigul", .code = "head", .kind = "-", .until_ms = T + 5};
    delegations_add(self, &leaf, &route, "");
    leaf.time_ms = T + 4;
    route.until_ms = T + 50;
    delegations_add(self, &leaf, &route, "");
    assert_string_equal(ask(self, "hq", "aigul", "head", "", "", T + 4), "11");
    leaf.time_ms = T + 5;
    delegations_add(self, &leaf, &route, "");
    assert_string_equal(ask(self, "hq", "aigul", "head", "", "", T + 4), "11");
    for (int i = 0; i < 100; i++)
        delegations_add(self, &leaf, &route, "");
    delegations_destroy(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_acts_is_asked_with_everything),
        cmocka_unit_test(what_has_ended_is_forgotten),
    };
    return test_group(tests, NULL, NULL);
}
