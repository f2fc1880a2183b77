// Who has a message: by its receipt alone, and with what the hub says of its thread.

#include "web/api/reached.h"

#include "nodes/inbox/mail.h"
#include "tests/lib/test.h"

#define ID(n) "01933f2a-1234-7abc-8def-00000000000" n

static const reference_t message = {"isoc", ID("1")};

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json)
        fail_msg("%s", error.text);
    return json;
}

static void assert_receivers(
    const char *routes, const char *timeline, const char *expected)
{
    json_t *of_routes = routes ? parse(routes) : NULL;
    json_t *of_timeline = timeline ? parse(timeline) : NULL;
    json_t *list = reached_json(of_routes, of_timeline, &message);
    char *text = json_dumps(list, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(list);
    json_decref(of_routes);
    json_decref(of_timeline);
}

#define ROUTES                                                                           \
    "{\"receivers\": [{\"node\": \"nccis\", \"rule\": \"r\", \"cites\": \"488:8\"}, "    \
    "{\"node\": \"owner\", \"rule\": \"s\", \"cites\": \"488:9\"}, {\"node\": "          \
    "\"nccis\", \"rule\": \"t\", \"cites\": \"488:10\"}]}"

static void the_receipt_says_whom_it_told(void **state)
{
    (void)state;
    assert_receivers(NULL, NULL, "[]");
    assert_receivers("{}", "{}", "[]");
    assert_receivers(ROUTES, NULL,
        "[{\"node\":\"nccis\",\"rule\":\"r\",\"cites\":\"488:8\",\"told\":true,"
        "\"stored\":null,\"answer\":null},"
        "{\"node\":\"owner\",\"rule\":\"s\",\"cites\":\"488:9\",\"told\":true,"
        "\"stored\":null,\"answer\":null}]");
}

// What another author wrote under the same id is another message; so is what answers it.
#define RE(author) "\"re\": {\"author\": \"" author "\", \"id\": \"" ID("1") "\"}"
#define ANSWER(n, by, more)                                                              \
    "{\"author\": \"" by "\", \"id\": \"" ID(n) "\", \"kind\": \"acknowledgement\", "    \
                                                "\"time\": \"T" n "\", " more "}"

static void the_hub_says_who_has_it_and_what_each_answered(void **state)
{
    (void)state;
    assert_receivers(ROUTES,
        "{\"messages\": ["
        "{\"author\": \"isoc\", \"id\": \"" ID(
            "1") "\", \"receivers\": [{\"node\": \"nccis\", \"rule\": \"r\", \"cites\": "
                 "\"488:8\", "
                 "\"stored\": true}, {\"node\": \"owner\", \"rule\": \"s\", \"cites\": "
                 "\"488:9\", "
                 "\"stored\": false}]},"
                 "{\"author\": \"isoq\", \"id\": \"" ID(
                     "1") "\", \"receivers\": [{\"node\": \"stranger\", \"stored\": "
                          "true}]}," ANSWER("2", "nccis",
                              RE("isoc") ", \"answer\": \"read\"") "," ANSWER("3",
                              "nccis",
                              RE("isoc") ", \"answer\": \"accepted\"") "," ANSWER("4",
                              "nccis",
                              RE("isoc") ", \"answer\": \"refused\", \"cancelled_by\": "
                                         "{}") "," ANSWER("5", "owner",
                              RE("isoq") ", \"answer\": \"done\"") "]}",
        "[{\"node\":\"nccis\",\"rule\":\"r\",\"cites\":\"488:8\",\"told\":true,"
        "\"stored\":true,\"answer\":{\"word\":\"accepted\",\"id\":\"" ID(
            "3") "\",\"at\":\"T3\"}},"
                 "{\"node\":\"owner\",\"rule\":\"s\",\"cites\":\"488:9\",\"told\":true,"
                 "\"stored\":false,\"answer\":null}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_receipt_says_whom_it_told),
        cmocka_unit_test(the_hub_says_who_has_it_and_what_each_answered),
    };
    return test_group(tests, NULL, NULL);
}
