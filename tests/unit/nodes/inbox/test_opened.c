// Who opened a message: each officer once, whoever else writes at the same time and
// wherever a power cut ended the file.

#include "nodes/inbox/opened.h"

#include "lib/base/file.h"
#include "lib/sys/task.h"
#include "nodes/inbox/about.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID "01933f2a-1234-7abc-8def-0123456789ab"

static const reference_t message = {"isoc-energy", ID};
enum { AT_MS = 1795347570 };

typedef struct {
    scratch_t scratch;
    cause_t why;
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

static int note(world_t *world, const char *officer, int64_t at_s)
{
    return opened_note(world->scratch.path, &message, officer, at_s * 1000, &world->why);
}

static void assert_opened(const world_t *world, const char *expected)
{
    json_t *list = opened_json(world->scratch.path, &message);
    char *text = json_dumps(list, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(list);
}

#define AIGUL "{\"officer\":\"aigul\",\"at\":\"2026-11-22T11:39:30.000Z\"}"
#define DANIYAR "{\"officer\":\"daniyar\",\"at\":\"2026-11-22T11:39:31.000Z\"}"

static void the_first_time_counts(void **state)
{
    world_t *world = *state;
    assert_opened(world, "[]");
    assert_int_equal(note(world, "aigul", AT_MS), 0);
    assert_int_equal(note(world, "daniyar", AT_MS + 1), 0);
    assert_int_equal(note(world, "aigul", AT_MS + 60), 0);
    assert_opened(world, "[" AIGUL "," DANIYAR "]");
}

// One whose name another's begins with is somebody else.
static void names_are_whole(void **state)
{
    world_t *world = *state;
    assert_int_equal(note(world, "daniyar", AT_MS + 1), 0);
    assert_int_equal(note(world, "dan", AT_MS), 0);
    assert_opened(
        world, "[" DANIYAR ",{\"officer\":\"dan\",\"at\":\"2026-11-22T11:39:30.000Z\"}]");
}

static void what_is_no_name_makes_no_file(void **state)
{
    world_t *world = *state;
    static const reference_t bad[] = {{"../../etc", ID}, {".hidden", ID},
        {"isoc-energy", "../01933f2a-1234-7abc-8def-0123456789"}, {"", ID}, {"a b", ID}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(
            opened_note(world->scratch.path, &bad[i], "aigul", 0, &world->why), -1);
    assert_int_equal(note(world, "two words", AT_MS), -1);
    assert_int_equal(note(world, "", AT_MS), -1);
    assert_opened(world, "[]");
}

static void a_torn_line_is_none(void **state)
{
    world_t *world = *state;
    assert_int_equal(note(world, "aigul", AT_MS), 0);
    const char *path = scratch_at(&world->scratch, "state/opened/isoc-energy." ID);
    buf_t text = {0};
    assert_int_equal(file_read(path, 4096, &text, &world->why), 0);
    buf_put_text(&text, "daniyar 2026-11-2");
    assert_int_equal(file_replace(path, buf_span(&text), 0600, &world->why), 0);
    buf_destroy(&text);
    assert_opened(world, "[" AIGUL "]");
    assert_int_equal(note(world, "daniyar", AT_MS + 1), 0);
    assert_opened(world, "[" AIGUL "," DANIYAR "]");
}

// A link that somebody planted is not followed.
static void only_a_file_of_ours_is_written(void **state)
{
    world_t *world = *state;
    const char *other = scratch_at(&world->scratch, "precious");
    assert_int_equal(file_replace(other, span_text("x\n"), 0600, &world->why), 0);
    assert_int_equal(
        folder_make(scratch_at(&world->scratch, "state/opened"), 0700, &world->why), 0);
    assert_int_equal(
        symlink(other, scratch_at(&world->scratch, "state/opened/isoc-energy." ID)), 0);
    assert_int_equal(note(world, "aigul", AT_MS), -1);
    buf_t text = {0};
    assert_int_equal(file_read(other, 64, &text, &world->why), 0);
    assert_string_equal(buf_text(&text), "x\n");
    buf_destroy(&text);
}

enum { THREADS = 8, EACH = 8 };

static void *write_many(void *context)
{
    world_t *world = context;
    char name[16];
    cause_t why;
    for (unsigned i = 0; i < EACH; i++) {
        (void)snprintf(name, sizeof name, "officer-%u", i);
        if (opened_note(world->scratch.path, &message, name, AT_MS, &why) != 0)
            abort();
    }
    return NULL;
}

static void many_at_once_are_each_there_once(void **state)
{
    world_t *world = *state;
    task_t task[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(task_start(&task[i], "opens", write_many, world), 0);
    for (size_t i = 0; i < THREADS; i++)
        task_join(task[i]);
    json_t *list = opened_json(world->scratch.path, &message);
    assert_int_equal(json_array_size(list), EACH);
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_time_counts),
        TEST(names_are_whole),
        TEST(what_is_no_name_makes_no_file),
        TEST(a_torn_line_is_none),
        TEST(only_a_file_of_ours_is_written),
        TEST(many_at_once_are_each_there_once),
    };
    return test_group(tests, NULL, NULL);
}
