// directory: who is responsible by what stands of what was said; nothing of what the
// asker may not see, of tests, or of what cannot be read.

#include "hub/ask/directory.h"

#include "tests/lib/people.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

typedef struct {
    const char *author, *body;
    const char *status; // NULL: it cannot be read
    bool withdrawn, late;
    size_t corrected; // by that one, which is added to no list; 0: by none
} change_t;

typedef struct {
    const change_t *change;
    size_t n;
    const char *asker; // NULL: nccis
} world_t;

static people_t people;
static roster_t *roster;

// "a-2" is a node of "a"; of those who are gone nobody knows.
static int set_up(void **state)
{
    static const char *const nodes[][3] = {{"nccis", "nccis", "STS"}, {"a", "owner", "a"},
        {"a-1", "owner", "a"}, {"a-2", "owner", "a"}, {"b", "owner", "b"}};
    (void)state;
    people_open(&people, INT64_C(1795348800000));
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        people_certify(&people,
            &(person_t){nodes[i][0], nodes[i][1], nodes[i][2], NULL, NULL, 0},
            CERT_CHANNEL);
    people_publish(&people, 1);
    roster = people_roster(&people);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    roster_close(&roster);
    people_close(&people);
    return 0;
}

static void id_of(size_t i, char id[MESSAGE_ID_MAX])
{
    (void)snprintf(
        id, MESSAGE_ID_MAX, "019abd3c-5c00-7a4e-9b6d-%012u", (unsigned)(i % 1000));
}

static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    const world_t *world = context;
    for (size_t i = 0; i < world->n; i++) {
        *leaf = (leaf_t){.position = i, .time_ms = INT64_C(1795348800000)};
        (void)snprintf(leaf->author, sizeof leaf->author, "%s", world->change[i].author);
        id_of(i, leaf->id);
        if (strcmp(leaf->author, author) == 0 && strcmp(leaf->id, id) == 0)
            return true;
    }
    return false;
}

static int record(void *context, const leaf_t *leaf, span_t *text, cause_t *why)
{
    const world_t *world = context;
    (void)why;
    *text = span_text(world->change[leaf->position].late
                          ? "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\n"
                            "rules 1\nremark duty.late sender\n"
                          : "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\n"
                            "rules 1\n");
    return 0;
}

static void latest(void *context, const reference_t *message, reference_t *answer)
{
    const world_t *world = context;
    leaf_t leaf;
    *answer = *message;
    if (find(context, message->author, message->id, &leaf) &&
        world->change[leaf.position].corrected)
        id_of(world->change[leaf.position].corrected, answer->id);
}

static bool stands(void *context, const reference_t *message)
{
    const world_t *world = context;
    leaf_t leaf;
    return find(context, message->author, message->id, &leaf) &&
           !world->change[leaf.position].withdrawn;
}

static value_t *document(void *context, const leaf_t *leaf)
{
    const world_t *world = context;
    const change_t *change = &world->change[leaf->position];
    char text[512];
    if (!change->status)
        return NULL;
    (void)snprintf(text, sizeof text, "{\"status\":\"%s\",\"body\":{%s}}", change->status,
        change->body);
    return value_read(text);
}

static bool corrects(const change_t *change, size_t n, size_t by)
{
    for (size_t i = 0; i < n; i++)
        if (by > 0 && change[i].corrected == by)
            return true;
    return false;
}

static json_t *answer_of(world_t *world)
{
    precedents_t log = {.find = find,
        .record = record,
        .latest = latest,
        .stands = stands,
        .document = document,
        .context = world};
    contacts_t *contacts = contacts_new();
    for (size_t i = 0; i < world->n; i++) {
        char id[MESSAGE_ID_MAX];
        id_of(i, id);
        if (!corrects(world->change, world->n, i))
            contacts_add(contacts, world->change[i].author, id, i);
    }
    directory_t directory = {
        contacts, roster, &log, world->asker ? world->asker : "nccis"};
    directory_walk_t *walk = directory_begin(&directory);
    while (directory_step(&directory, walk, 0))
        continue;
    buf_t text = {0};
    writer_t to = writer_to(&text);
    writer_object(&to, NULL);
    directory_write(walk, &to);
    writer_end(&to);
    directory_drop(&walk);
    assert_null(walk);
    contacts_destroy(&contacts);
    json_t *answer = json_loads(buf_text(&text), 0, NULL);
    assert_non_null(answer);
    buf_destroy(&text);
    return answer;
}

// "owner name, owner name": an '!' behind what was late.
static void expect(
    const change_t *change, size_t n, const char *asker, const char *expected)
{
    world_t world = {change, n, asker};
    buf_t text = {0};
    json_t *answer = answer_of(&world);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(answer, "contacts"), i, item)
    {
        const json_t *official = json_object_get(item, "official");
        buf_printf(&text, "%s%s %s%s", i ? ", " : "",
            json_string_value(json_object_get(item, "owner")),
            official ? json_string_value(json_object_get(official, "name")) : "(nobody)",
            json_is_true(json_object_get(item, "late")) ? "!" : "");
    }
    if (strcmp(buf_text(&text), expected) != 0)
        fail_msg("got '%s', expected '%s'", buf_text(&text), expected);
    json_decref(answer);
    buf_destroy(&text);
}

#define NAME(name) "\"reason\":\"designation\",\"official\":{\"name\":\"" name "\"}"
#define FOR(object) ",\"objects\":[\"" object "\"]"
#define OUT(name) ",\"replaced\":{\"name\":\"" name "\"}"

static void the_newest_counts(void **state)
{
    (void)state;
    static const change_t said[] = {
        {"b", NAME("P"), "actual", false, false, 0},
        {"a", NAME("A"), "actual", false, false, 0},
        {"a", NAME("B") FOR("x"), "actual", false, false, 0},
        {"a", NAME("B") FOR("y"), "actual", false, false, 0},
        {"a", NAME("C") OUT("A"), "actual", false, true, 0},
        {"b", NAME("A"), "actual", false, false, 0},
        {"a", NAME("D") OUT("B") FOR("y"), "actual", false, false, 0},
        {"a", NAME("B"), "actual", false, false, 0},
    };
    expect(said, 0, NULL, "");
    expect(said, 2, NULL, "a A, b P");
    expect(said, 4, "a", "a A, a B, a B");
    expect(said, 5, "a", "a B, a B, a C!");
    expect(said, 6, NULL, "a B, a B, a C!, b P, b A");
    expect(said, 7, "a", "a B, a C!, a D");
    expect(said, 8, "a", "a C!, a D, a B");
    expect(said, 8, "nobody", "");
}

// Whichever node of the organisation says it, in the log's order; another organisation's
// official of the same name stays.
static void an_official_is_the_organisations(void **state)
{
    (void)state;
    static const change_t said[] = {
        {"a-1", NAME("A"), "actual", false, false, 0},
        {"b", NAME("A"), "actual", false, false, 0},
        {"a-2", NAME("B") OUT("A"), "actual", false, false, 0},
        {"a-1", NAME("C") OUT("B"), "actual", false, false, 0},
        {"a-2", NAME("A"), "actual", false, false, 0},
        {"gone-1", NAME("X"), "actual", false, false, 0},
        {"gone-2", NAME("Y") OUT("X"), "actual", false, false, 0},
    };
    expect(said, 2, NULL, "a-1 A, b A");
    expect(said, 3, NULL, "a-2 B, b A");
    expect(said, 4, NULL, "a-1 C, b A");
    expect(said, 5, NULL, "a-1 C, a-2 A, b A");
    expect(said, 7, NULL, "a-1 C, a-2 A, b A, gone-1 X, gone-2 Y");
}

// Names and their order are promised.
static void an_official_is_written_in_full(void **state)
{
    (void)state;
    static const change_t said[] = {{"a",
        "\"reason\":\"replacement\",\"replaced_at\":\"2026-11-20T09:00:00Z\","
        "\"official\":"
        "{\"name\":\"A\",\"phone\":\"+7 7172 000000\"},\"objects\":[\"x\",\"y\"]",
        "actual", false, true, 0}};
    world_t world = {said, 1, "a"};
    json_t *answer = answer_of(&world);
    char *text = json_dumps(answer, JSON_COMPACT);
    assert_string_equal(text,
        "{\"contacts\":[{\"owner\":\"a\",\"official\":{\"name\":\"A\",\"phone\":"
        "\"+7 7172 "
        "000000\"},\"reason\":\"replacement\",\"since\":\"2026-11-20T09:00:00Z\","
        "\"late\":true,\"position\":0,\"time\":\"2026-11-22T12:00:00.000Z\","
        "\"objects\":[\"x\",\"y\"]}],\"more\":false}");
    free(text);
    json_decref(answer);
}

static void what_does_not_stand_does_not_count(void **state)
{
    (void)state;
    static const change_t said[] = {
        {"a", NAME("A"), "actual", false, false, 0},
        {"a", NAME("B") OUT("A"), "actual", true, false, 0},
        {"a", NAME("C"), "test", false, false, 0},
        {"a", NAME("C"), "exercise", false, false, 0},
        {"a", NAME("C"), NULL, false, false, 0},
        {"a", "\"reason\":\"designation\"", "actual", false, false, 0},
    };
    expect(said, sizeof said / sizeof said[0], NULL, "a A");
}

// It does not bring back who was replaced since then, nor put last who was first.
static void a_correction_is_in_the_place_of_what_it_corrects(void **state)
{
    (void)state;
    static const change_t said[] = {
        {"a", NAME("A"), "actual", false, false, 2},
        {"a", NAME("B") OUT("A"), "actual", false, false, 0},
        {"a", NAME("A") FOR("x"), "actual", false, false, 0},
        {"b", NAME("P"), "actual", false, false, 5},
        {"b", NAME("Q"), "actual", false, false, 0},
        {"b", NAME("R"), "actual", false, false, 0},
    };
    expect(said, 3, "a", "a B");
    expect(said, 6, "b", "b R, b Q");
}

// Nobody is named until somebody follows, and where another is left nobody is missing.
static void who_leaves_without_a_successor_leaves_a_vacancy(void **state)
{
    (void)state;
#define GONE(name) "\"reason\":\"removal\"" OUT(name)
    static const change_t said[] = {
        {"a", NAME("A"), "actual", false, false, 0},
        {"a", GONE("A"), "actual", false, false, 0},
        {"a", NAME("B"), "actual", false, false, 0},
        {"a", NAME("C"), "actual", false, false, 0},
        {"a", GONE("B"), "actual", false, false, 0},
    };
    expect(said, 2, NULL, "a (nobody)");
    expect(said, 3, NULL, "a B");
    expect(said, 5, NULL, "a C");
}

// What one owner says much of is forgotten of that owner alone, and the answer says so.
static void many_changes_cost_their_owner(void **state)
{
    (void)state;
    enum { MANY = CONTACTS_OF_OWNER + 40 };
    static change_t said[MANY];
    static char body[MANY][64];
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(body[i], sizeof body[i], NAME("%s%zu"), "P", i);
        said[i] = (change_t){i == 0 ? "a" : "b", body[i], "actual", false, false, 0};
    }
    for (size_t n = MANY; n > CONTACTS_OF_OWNER; n -= MANY - CONTACTS_OF_OWNER - 1) {
        world_t world = {.change = said, .n = n};
        json_t *answer = answer_of(&world);
        assert_int_equal(
            json_array_size(json_object_get(answer, "contacts")), 1 + CONTACTS_OF_OWNER);
        assert_int_equal(json_is_true(json_object_get(answer, "more")), n == MANY);
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_counts),
        cmocka_unit_test(an_official_is_the_organisations),
        cmocka_unit_test(an_official_is_written_in_full),
        cmocka_unit_test(what_does_not_stand_does_not_count),
        cmocka_unit_test(many_changes_cost_their_owner),
        cmocka_unit_test(who_leaves_without_a_successor_leaves_a_vacancy),
        cmocka_unit_test(a_correction_is_in_the_place_of_what_it_corrects),
    };
    return test_group(tests, set_up, tear_down);
}
