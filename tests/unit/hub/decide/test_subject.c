// A correction or withdrawal is about what the original was about: the same incident,
// whichever of its corrections is named, and the same exercise; of every kind, by the
// plan's own rules.

#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc", "isoc", "SOC"},
    {"nccis", "nccis", "STS"},
};

static reference_t publish_as(
    mini_t *mini, const char *author, const char *kind, json_t *body, json_t *more)
{
    reference_t name = {0};
    mini_id(mini, name.id);
    (void)snprintf(name.author, sizeof name.author, "%s", author);
    json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:o}",
        "dabyl", 1, "id", name.id, "kind", kind, "from", author, "sent",
        "2026-11-22T12:00:00Z", "status", "actual", "marking", "TLP:AMBER", "nonce",
        "8f2a1c7be09d4436a5d1f07c93be6e12", "summary", "en", "x", "body", body);
    (void)json_object_update(json, more);
    json_decref(more);
    if (!mini_publish(mini, json))
        name.author[0] = 0;
    return name;
}

static json_t *by(const char *field, const reference_t *to)
{
    return json_pack("{s:{s:s, s:s}}", field, "author", to->author, "id", to->id);
}

static json_t *both(json_t *one, json_t *two)
{
    (void)json_object_update(one, two);
    json_decref(two);
    return one;
}

static void taken(const mini_t *mini, const reference_t *name)
{
    if (!name->author[0])
        fail_msg("%s at %s: %s", mini->refusal.code, mini->refusal.pointer,
            mini->refusal.text);
}

static void refused(const mini_t *mini, const reference_t *name, const char *pointer)
{
    if (name->author[0])
        fail_msg("it was taken");
    if (strcmp(mini->refusal.code, "exercise.unknown") != 0) // and there is none at all
        assert_string_equal(mini->refusal.code, "withdrawal.subject");
    assert_string_equal(mini->refusal.pointer, pointer);
}

static json_t *level(int n)
{
    return json_pack(
        "{s:i, s:s, s:s}", "level", n, "determination", "confirmed", "sector", "other");
}

static const char *const ways[] = {"supersedes", "cancels"};

static void an_incident_stays(void **state)
{
    mini_t *mini = *state;
    reference_t one = publish_as(mini, "isoc", "incident.notice", level(1), NULL);
    reference_t two = publish_as(mini, "isoc", "incident.notice", level(1), NULL);
    reference_t again =
        publish_as(mini, "isoc", "incident.notice", level(2), by("supersedes", &one));
    taken(mini, &again);
    for (size_t i = 0; i < 2; i++) {
        reference_t said = publish_as(mini, "isoc", "incident.update",
            json_pack("{s:i}", "level", 2), by("incident", &one));
        taken(mini, &said);
        reference_t other =
            publish_as(mini, "isoc", "incident.update", json_pack("{s:i}", "level", 2),
                both(by("incident", &two), by(ways[i], &said)));
        refused(mini, &other, "/incident");
        other =
            publish_as(mini, "isoc", "incident.update", json_pack("{s:i}", "level", 2),
                both(by("incident", &again), by(ways[i], &said)));
        taken(mini, &other); // the same, by its correction
    }
}

static json_t *opening(const char *name)
{
    return json_pack("{s:s, s:s}", "exercise", name, "opens_at", "2026-11-23T08:00:00Z");
}

static void an_exercise_stays(void **state)
{
    mini_t *mini = *state;
    static const char *const names[][2] = {{"a", "b"}, {"c", "d"}};
    for (size_t i = 0; i < 2; i++) {
        const char *own = names[i][0], *other = names[i][1];
        reference_t first =
            publish_as(mini, "nccis", "exercise.opening", opening(own), NULL);
        reference_t second =
            publish_as(mini, "nccis", "exercise.opening", opening(other), NULL);
        taken(mini, &second);
        reference_t joined = publish_as(mini, "isoc", "exercise.joining",
            json_pack("{s:s}", "exercise", own), by("re", &first));
        taken(mini, &joined);
        reference_t moved = publish_as(mini, "isoc", "exercise.joining",
            json_pack("{s:s}", "exercise", other),
            both(by("re", &second), by(ways[i], &joined)));
        refused(mini, &moved, "/body/exercise");
        moved = publish_as(
            mini, "nccis", "exercise.opening", opening(other), by(ways[i], &first));
        refused(mini, &moved, "/body/exercise");
        moved = publish_as(
            mini, "nccis", "exercise.opening", opening("never"), by(ways[i], &first));
        refused(mini, &moved, "/body/exercise");
        moved = publish_as(
            mini, "nccis", "exercise.opening", opening(own), by(ways[i], &first));
        taken(mini, &moved);
    }
}

static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, sizeof members / sizeof members[0], "law.conf");
    mini_schemas(&mini);
    mini_plan(&mini);
    *state = &mini;
    return 0;
}

#define RUN(name) cmocka_unit_test_setup_teardown(name, set_up, mini_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {RUN(an_incident_stays), RUN(an_exercise_stays)};
    return test_group(tests, NULL, NULL);
}
