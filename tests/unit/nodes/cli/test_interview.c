// interview: what is given is believed, what was kept is not asked again, and nobody is
// asked where nobody sits.

#include "nodes/cli/interview.h"

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <pty.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"origin", "listen", "office", NULL};

static int is_short(const char *text, cause_t *why)
{
    return strlen(text) < 8 ? 0 : cause_set(why, "too long");
}

static const interview_question_t origin = {"origin", "Origin", NULL, is_short};
static const interview_question_t listen_at = {"listen", "Address", "here", NULL};
static const interview_question_t office = {"office", "Office", "", NULL};

typedef struct {
    scratch_t scratch;
    char file[PATH_MAX], kept[PATH_MAX];
    FILE *in, *out;
    int person; // the other end of a terminal
    interview_t *interview;
} world_t;

static void sit_down(world_t *world, bool terminal)
{
    int fd;
    world->person = -1;
    if (terminal) {
        assert_int_equal(openpty(&world->person, &fd, NULL, NULL, NULL), 0);
        world->in = fdopen(fd, "r");
        world->out = fdopen(dup(fd), "w");
    } else {
        world->in = fopen("/dev/null", "r");
        world->out = tmpfile();
    }
    world->interview = interview_new(world->in, world->out, names);
}

static void stand_up(world_t *world)
{
    interview_destroy(&world->interview);
    (void)fclose(world->in);
    (void)fclose(world->out);
    if (world->person >= 0)
        (void)close(world->person);
}

static void type(const world_t *world, const char *text)
{
    assert_int_equal(write(world->person, text, strlen(text)), strlen(text));
}

static void write_to(const char *path, const char *text)
{
    cause_t why;
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    (void)snprintf(world->file, sizeof world->file, "%s/answers", world->scratch.path);
    (void)snprintf(world->kept, sizeof world->kept, "%s/kept", world->scratch.path);
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

static void what_is_given_is_believed(void **state)
{
    world_t *world = *state;
    cause_t why;
    sit_down(world, false);
    write_to(world->file, "# x\n\n origin = \"a/log\" ;\nlisten=tcp://1\n");
    assert_int_equal(interview_read(world->interview, world->file, &why), 0);
    interview_give(world->interview, "listen", "there");
    interview_give(world->interview, "office", NULL);
    assert_string_equal(interview_ask(world->interview, &origin, &why), "a/log");
    assert_string_equal(interview_ask(world->interview, &listen_at, &why), "there");
    assert_string_equal(interview_ask(world->interview, &office, &why), "");
    stand_up(world);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {{"nonsense\n", ":1"}, {"\nanything = 1", ":2"}, {"a\x01b = 1\n", ":1"}};
    world_t *world = *state;
    cause_t why;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sit_down(world, false);
        write_to(world->file, cases[i].text);
        assert_int_equal(interview_read(world->interview, world->file, &why), -1);
        assert_non_null(strstr(why.text, cases[i].says));
        stand_up(world);
    }
    sit_down(world, false);
    assert_null(interview_ask(world->interview, &origin, &why));
    assert_non_null(strstr(why.text, "--origin"));
    assert_int_equal(
        interview_agree(world->interview, "Do it?", false, &why), INTERVIEW_NO);
    assert_int_equal(
        interview_agree(world->interview, "Do it?", true, &why), INTERVIEW_YES);
    interview_give(world->interview, "origin", "much too long");
    assert_null(interview_ask(world->interview, &origin, &why));
    assert_string_equal(why.text, "origin: too long");
    stand_up(world);
}

static void who_was_interrupted_is_not_asked_again(void **state)
{
    world_t *world = *state;
    cause_t why;
    sit_down(world, true);
    assert_int_equal(interview_keep(world->interview, world->kept, &why), 0);
    type(world, "much too long\n a/log \n\004");
    assert_string_equal(interview_ask(world->interview, &origin, &why), "a/log");
    assert_null(interview_ask(world->interview, &listen_at, &why));
    assert_non_null(strstr(why.text, "kept"));
    stand_up(world);

    sit_down(world, true);
    assert_int_equal(interview_keep(world->interview, world->kept, &why), 0);
    type(world, "\n");
    assert_string_equal(interview_ask(world->interview, &origin, &why), "a/log");
    assert_string_equal(interview_ask(world->interview, &listen_at, &why), "here");
    type(world, "change\n");
    assert_int_equal(
        interview_agree(world->interview, "So?", false, &why), INTERVIEW_CHANGE);
    interview_again(world->interview);
    type(world, "\nother\nyes\n");
    assert_string_equal(interview_ask(world->interview, &origin, &why), "a/log");
    assert_string_equal(interview_ask(world->interview, &listen_at, &why), "other");
    assert_int_equal(
        interview_agree(world->interview, "So?", false, &why), INTERVIEW_YES);
    interview_forget(world->interview);
    assert_int_equal(access(world->kept, F_OK), -1);
    stand_up(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_given_is_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            who_was_interrupted_is_not_asked_again, set_up, tear_down),
    };
    return test_group(tests, NULL, NULL);
}
