// What only the hub may write, nobody else gets in: under the plan's own rules, into any
// kind, by any role, whatever the kind's schema leaves open.

#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub-nccis", "hub", "STS"},
    {"a-authority", "authority", "A"},
    {"a-communications", "communications", "A"},
    {"a-foreign-affairs", "foreign-affairs", "A"},
    {"a-headquarters", "headquarters", "A"},
    {"a-isoc", "isoc", "A"},
    {"a-media", "media", "A"},
    {"a-national-security", "national-security", "A"},
    {"a-nccis", "nccis", "A"},
    {"a-owner", "owner", "A"},
    {"a-partner", "partner", "A"},
    {"a-prosecutor", "prosecutor", "A"},
    {"a-response-service", "response-service", "A"},
};

enum { MEMBERS = sizeof members / sizeof members[0] };

#define REFERENCE                                                                        \
    "{\"author\": \"a-isoc\", \"id\": \"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\"}"

// Where, and what.
static const struct {
    const char *in, *name, *value;
} reserved[] = {
    {NULL, "for", "\"nccis\""},
    {"body", "carried", "{\"document\": \"e30=\", \"seal\": \"e30=\"}"},
    {"body", "cause", REFERENCE},
};

enum { RESERVED = sizeof reserved / sizeof reserved[0] };

// An example as this member would write it, with some of the fields (bits), and fresh.
static json_t *message_of(
    mini_t *mini, json_t *example, const char *author, unsigned which)
{
    char id[MESSAGE_ID_MAX];
    json_t *message = json_deep_copy(example), *body = json_object_get(message, "body");
    mini_id(mini, id);
    (void)json_object_set_new(message, "id", json_string(id));
    (void)json_object_set_new(message, "from", json_string(author));
    (void)json_object_set_new(message, "sent", json_string("2026-11-22T12:00:00Z"));
    (void)json_object_set_new(message, "marking", json_string("TLP:AMBER"));
    for (size_t i = 0; i < RESERVED; i++) {
        json_t *in = reserved[i].in ? body : message;
        bool text = json_is_string(json_object_get(in, reserved[i].name));
        if (!text || i == 0) // an update says in `cause` what the incident's was
            (void)json_object_del(in, reserved[i].name);
        if (which & 1u << i)
            (void)json_object_set_new(in, reserved[i].name,
                json_loads(reserved[i].value, JSON_DECODE_ANY, NULL));
    }
    return message;
}

static const char *const references[] = {
    "incident", "re", "under", "supersedes", "cancels", "to"};

static bool is_reserved(const refusal_t *refusal)
{
    return strcmp(refusal->code, "for.reserved") == 0 ||
           strcmp(refusal->code, "doc.schema") == 0;
}

// Every kind, every role, every combination of the fields.
static void try_kind(mini_t *mini, const char *name, size_t *taken, size_t *tried)
{
    char path[300];
    (void)snprintf(path, sizeof path, "schemas/examples/%s", name);
    json_t *example = json_load_file(path, 0, NULL);
    assert_non_null(example);
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
        (void)json_object_del(example, references[i]);
    for (size_t m = 1; m < MEMBERS; m++) {
        bool good =
            mini_publish(mini, message_of(mini, example, members[m][0], 0)) != NULL;
        *taken += good;
        for (unsigned which = 1; which < 1u << RESERVED; which++) {
            ++*tried;
            if (mini_publish(mini, message_of(mini, example, members[m][0], which)))
                fail_msg("%s by %s is taken with what the hub writes (%u)", name,
                    members[m][0], which);
            if (good && !is_reserved(&mini->refusal))
                fail_msg("%s by %s with %u: %s", name, members[m][0], which,
                    mini->refusal.code);
        }
    }
    json_decref(example);
}

static void nobody_writes_what_the_hub_writes(void **state)
{
    mini_t *mini = *state;
    names_t names = {0};
    size_t taken = 0, tried = 0;
    assert_int_equal(names_list(&names, "schemas/examples", ".json", &mini->why), 0);
    for (size_t i = 0; i < names.n; i++)
        try_kind(mini, names.name[i], &taken, &tried);
    names_free(&names);
    print_message("%zu messages without it taken, %zu with it tried\n", taken, tried);
    assert_true(taken > 20 && tried > 1000);
}

// A kind of which a schema knows no better.
static void nor_in_a_kind_of_ones_own(void **state)
{
    mini_t *mini = *state;
    buf_t text = {0};
    const char *folder = scratch_at(&mini->people.scratch, "own");
    assert_int_equal(folder_make(folder, 0700, &mini->why), 0);
    assert_int_equal(file_read("schemas/envelope.json", 1 << 20, &text, &mini->why), 0);
    people_put(&mini->people, "own/envelope.json", buf_span(&text));
    people_put(&mini->people, "own/own.json", span_text(data_text("own.json")));
    buf_destroy(&text);
    schemas_close(&mini->law.schemas);
    mini->law.schemas =
        schemas_open(scratch_at(&mini->people.scratch, "own"), &mini->why);
    assert_non_null(mini->law.schemas);
    if (mini_law(mini, data_text("own.rules")) != 0)
        fail_msg("%s", mini->why.text);
    json_t *example = json_load_file("schemas/examples/advisory.json", 0, NULL);
    (void)json_object_set_new(example, "kind", json_string("own"));
    (void)json_object_del(example, "to");
    for (unsigned which = 0; which < 1u << RESERVED; which++) {
        bool taken =
            mini_publish(mini, message_of(mini, example, "a-media", which)) != NULL;
        assert_true(taken == (which == 0));
        if (which)
            assert_string_equal(mini->refusal.code, "for.reserved");
    }
    json_decref(example);
}

static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, MEMBERS, "law.conf");
    mini_schemas(&mini);
    mini_plan(&mini);
    *state = &mini;
    return 0;
}

#define RUN(name) cmocka_unit_test_setup_teardown(name, set_up, mini_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(nobody_writes_what_the_hub_writes),
        RUN(nor_in_a_kind_of_ones_own),
    };
    return test_group(tests, NULL, NULL);
}
