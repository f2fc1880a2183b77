// original: who had a message has its correction, told of as before, and nobody else;
// what a rule asked of the message it asks of what takes its place, or takes it back.

#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc", "isoc", "SOC"},
    {"knb", "national-security", "KNB"},
    {"mfa", "foreign-affairs", "MFA"},
    {"nccis", "nccis", "STS"},
};

static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, sizeof members / sizeof members[0], "law.conf");
    mini_schemas(&mini);
    mini_rules(&mini, data_text("original.rules"));
    *state = &mini;
    return 0;
}

static json_t *reference(const char *author, const char *id)
{
    return json_pack("{s:s, s:s}", "author", author, "id", id);
}

// Published; its id is what the last one of a message is referred to by.
static const draft_item_t *say(mini_t *mini, const char *author, const char *kind,
    json_t *body, json_t *more, char id[MESSAGE_ID_MAX])
{
    mini_id(mini, id);
    json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:o}",
        "dabyl", 1, "id", id, "kind", kind, "from", author, "sent",
        "2026-11-22T12:00:00Z", "status", "actual", "marking", "TLP:AMBER", "nonce",
        "8f2a1c7be09d4436a5d1f07c93be6e12", "summary", "en", "x", "body", body);
    (void)json_object_update(json, more);
    json_decref(more);
    return mini_publish(mini, json);
}

static const draft_item_t *request(mini_t *mini, char id[MESSAGE_ID_MAX])
{
    return say(mini, "nccis", "information.request",
        json_pack("{s:[s]}", "questions", "?"), json_pack("{s:[s]}", "to", "isoc"), id);
}

// `field` names what it corrects or takes back; NULL: it is the first.
static const draft_item_t *reply(mini_t *mini, const char *to, bool complete,
    const char *field, const char *original, char id[MESSAGE_ID_MAX])
{
    json_t *more = json_pack("{s:o}", "re", reference("nccis", to));
    if (field)
        (void)json_object_set_new(more, field, reference("isoc", original));
    return say(mini, "isoc", "information.reply",
        json_pack("{s:s, s:b}", "description", "none", "more_follows", !complete), more,
        id);
}

static bool says(const draft_item_t *item, const char *line)
{
    return memmem(item->record.data, item->record.size, line, strlen(line)) != NULL;
}

static const char *const ways[] = {"supersedes", "cancels"};

static void whoever_had_it_has_what_takes_its_place(void **state)
{
    mini_t *mini = *state;
    char asked[MESSAGE_ID_MAX], first[MESSAGE_ID_MAX], again[MESSAGE_ID_MAX];
    assert_non_null(request(mini, asked));
    for (size_t i = 0; i < 2; i++) {
        const draft_item_t *item = reply(mini, asked, true, NULL, NULL, first);
        assert_non_null(item);
        assert_true(says(item, "\ndeliver nccis reply sender 488:8.3\n"));
        assert_true(says(item, "\ndeliver knb reply.whole none 488:6\n"));
        item = reply(mini, asked, true, ways[i], first, again);
        if (!item)
            fail_msg("%s %s", mini->refusal.code, mini->refusal.text);
        assert_true(says(item, "\ndeliver nccis original.receivers sender default\n"));
        assert_true(says(item, "\ndeliver knb original.receivers none default\n"));
        assert_false(says(item, "deliver mfa"));
        assert_false(says(item, "reply.whole"));
    }
}

static void it_stays_what_a_rule_asked_something_of(void **state)
{
    mini_t *mini = *state;
    char asked[MESSAGE_ID_MAX], first[MESSAGE_ID_MAX], again[MESSAGE_ID_MAX];
    assert_non_null(request(mini, asked));
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(reply(mini, asked, true, NULL, NULL, first));
        assert_null(reply(mini, asked, false, ways[i], first, again));
        assert_string_equal(mini->refusal.code, "withdrawal.nature");
        assert_string_equal(mini->refusal.pointer, "/body/more_follows");
        assert_string_equal(mini->refusal.by, "reply.whole");
    }
    // of which nothing was asked may become anything of its kind
    assert_non_null(reply(mini, asked, false, NULL, NULL, first));
    assert_non_null(reply(mini, asked, true, "supersedes", first, again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            whoever_had_it_has_what_takes_its_place, set_up, mini_tear_down),
        cmocka_unit_test_setup_teardown(
            it_stays_what_a_rule_asked_something_of, set_up, mini_tear_down),
    };
    return test_group(tests, NULL, NULL);
}
