// What this node answered: an acknowledgement by its word, other messages by their kind.

#include "nodes/inbox/answered.h"

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define MESSAGE "01933f2a-1234-7abc-8def-0123456789ab"
#define FIRST "01933f2a-1234-7abc-8def-000000000001"
#define SECOND "01933f2a-1234-7abc-8def-000000000002"

static const reference_t message = {"isoc-energy", MESSAGE};

typedef struct {
    scratch_t scratch;
    cause_t why;
    answer_note_t note[8];
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static void note(world_t *world, const char *kind, const char *id, const char *body)
{
    char text[1024];
    int n = snprintf(text, sizeof text,
        "{\"kind\": \"%s\", \"id\": \"%s\", \"re\": {\"author\": \"isoc-energy\", "
        "\"id\": \"" MESSAGE "\"}, \"body\": {%s}}",
        kind, id, body);
    assert_int_equal(
        answered_note(world->scratch.path, span_of(text, (size_t)n), &world->why), 0);
}

static size_t with(world_t *world)
{
    return answered_with(world->scratch.path, &message, world->note, 8);
}

static void a_word_counts_once(void **state)
{
    world_t *world = *state;
    assert_int_equal(with(world), 0);
    note(world, "acknowledgement", FIRST, "\"answer\": \"read\"");
    note(world, "acknowledgement", SECOND, "\"answer\": \"read\"");
    assert_int_equal(with(world), 1);
    assert_string_equal(world->note[0].word, "read");
    assert_string_equal(world->note[0].id, FIRST);
    assert_true(answered_before(world->scratch.path, &message, "read"));
    assert_false(answered_before(world->scratch.path, &message, "accepted"));
}

// An interim report and the last one are two; the same one heard of again is one.
static void a_report_counts_each_time(void **state)
{
    world_t *world = *state;
    note(world, "response.report", FIRST, "\"state\": \"in-progress\"");
    note(world, "response.report", FIRST, "\"state\": \"in-progress\"");
    note(world, "response.report", SECOND, "\"state\": \"done\"");
    assert_int_equal(with(world), 2);
    assert_string_equal(world->note[1].word, "response.report");
    assert_string_equal(world->note[1].id, SECOND);
    assert_false(answered_before(world->scratch.path, &message, "read"));
}

static void what_answers_nothing_is_not_noted(void **state)
{
    world_t *world = *state;
    static const char *const texts[] = {"{}", "{\"re\": 5}", "{\"kind\": \"x\", \"re\"",
        "{\"kind\": \"a\", \"id\": \"" FIRST
        "\", \"re\": {\"author\": \"../x\", \"id\": \"" MESSAGE "\"}}",
        "{\"kind\": \"a b\", \"id\": \"" FIRST
        "\", \"re\": {\"author\": \"isoc-energy\", \"id\": \"" MESSAGE "\"}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(
            answered_note(world->scratch.path, span_text(texts[i]), &world->why), 0);
    assert_int_equal(with(world), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_word_counts_once),
        TEST(a_report_counts_each_time),
        TEST(what_answers_nothing_is_not_noted),
    };
    return test_group(tests, NULL, NULL);
}
