// The command line: options, presets, operands, suggestions, exit codes.

#include "nodes/cli/command.h"

#include "tests/lib/test.h"

#include <unistd.h>

typedef struct {
    const char *text;
    int64_t number;
    bool flag;
    option_texts_t texts;
} seen_t;

static const option_t table[] = {
    {"text", OPTION_TEXT, offsetof(seen_t, text), "TEXT", NULL, "a text"},
    {"number", OPTION_NUMBER, offsetof(seen_t, number), "N", "7", "a number"},
    {"flag", OPTION_FLAG, offsetof(seen_t, flag), NULL, NULL, "a flag"},
    {"many", OPTION_TEXTS, offsetof(seen_t, texts), "TEXT", NULL, "texts"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// The words of a line as argv; returns how many.
static int split(char *line, char **argv)
{
    int n = 0;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[n++] = word;
    return n;
}

typedef struct {
    const char *line;
    const char *complaint; // NULL: it is taken
    const char *text;
    int64_t number;
    bool flag, json;
    int operands;
    const char *first;
} case_t;

static const case_t cases[] = {
    {"", NULL, NULL, 7, false, false, 0, NULL},
    {"a b", NULL, NULL, 7, false, false, 2, "a"},
    {"--text x a", NULL, "x", 7, false, false, 1, "a"},
    {"--text=x a", NULL, "x", 7, false, false, 1, "a"},
    {"--text= a", NULL, "", 7, false, false, 1, "a"},
    {"--text=a=b", NULL, "a=b", 7, false, false, 0, NULL},
    {"a --flag b", NULL, NULL, 7, true, false, 2, "a"},
    {"--number 12 --json", NULL, NULL, 12, false, true, 0, NULL},
    {"--text --flag", NULL, "--flag", 7, false, false, 0, NULL},
    {"-", NULL, NULL, 7, false, false, 1, "-"},
    {"-- --flag", NULL, NULL, 7, false, false, 1, "--flag"},
    {"a -- -h b", NULL, NULL, 7, false, false, 3, "a"},
    {"--fla", "unknown option --fla; did you mean --flag?", NULL, 0, false, false, 0,
        NULL},
    {"--flags", "unknown option --flags; did you mean --flag?", NULL, 0, false, false, 0,
        NULL},
    {"-x", "unknown option -x", NULL, 0, false, false, 0, NULL},
    {"--flag=1", "--flag takes no value", NULL, 0, false, false, 0, NULL},
    {"--text", "--text needs TEXT behind it", NULL, 0, false, false, 0, NULL},
    {"--number 1x", "--number takes a whole number, not '1x'", NULL, 0, false, false, 0,
        NULL},
    {"--number=", "--number takes a whole number, not ''", NULL, 0, false, false, 0,
        NULL},
    {"--number -1", "--number takes a whole number, not '-1'", NULL, 0, false, false, 0,
        NULL},
    {"--number 99999999999999999999",
        "--number takes a whole number, not '99999999999999999999'", NULL, 0, false,
        false, 0, NULL},
};

static void check_case(const case_t *c)
{
    char line[128], *argv[16] = {NULL};
    snprintf(line, sizeof line, "%s", c->line);
    int argc = split(line, argv);
    seen_t seen = {0};
    common_t common = {0};
    cause_t why = {""};
    int result = options_read(table, &seen, &common, &argc, argv, &why);
    if (c->complaint) {
        assert_int_equal(result, -1);
        assert_string_equal(why.text, c->complaint);
        return;
    }
    assert_int_equal(result, 0);
    assert_int_equal(seen.number, c->number);
    assert_int_equal(seen.flag, c->flag);
    assert_int_equal(common.json, c->json);
    assert_int_equal(argc, c->operands);
    if (c->text)
        assert_string_equal(seen.text, c->text);
    else
        assert_null(seen.text);
    if (c->first)
        assert_string_equal(argv[0], c->first);
}

static void options_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
}

static void an_option_may_be_given_often_and_not_for_ever(void **state)
{
    (void)state;
    static char name[] = "--many", text[] = "x", operand[] = "a";
    char *argv[2 * OPTION_TEXTS_MAX + 3];
    seen_t seen = {0};
    common_t common = {0};
    cause_t why = {""};
    int argc = 0;
    argv[argc++] = operand;
    for (int i = 0; i < OPTION_TEXTS_MAX; i++) {
        argv[argc++] = name;
        argv[argc++] = text;
    }
    assert_int_equal(options_read(table, &seen, &common, &argc, argv, &why), 0);
    assert_int_equal(argc, 1);
    assert_int_equal(seen.texts.n, OPTION_TEXTS_MAX);
    assert_string_equal(seen.texts.text[OPTION_TEXTS_MAX - 1], "x");
    argv[0] = name;
    argv[1] = text;
    argc = 2;
    assert_int_equal(options_read(table, &seen, &common, &argc, argv, &why), -1);
    assert_string_equal(why.text, "--many can be given 64 times");
}

static int ran;
static call_t ran_with;

static done_t run(const call_t *call)
{
    const seen_t *seen = call->options;
    ran++;
    ran_with = *call;
    return call->command->options && seen->flag ? DONE_NO : DONE_OK;
}

static const command_t send = {.name = "send",
    .operands = "FILE",
    .summary = "sends",
    .options = table,
    .options_size = sizeof(seen_t),
    .run = run};
static const command_t inner = {
    .name = "status", .operands = "", .summary = "says how it is", .run = run};
static const command_t *const inners[] = {&inner, NULL};
static const command_t hub = {
    .name = "hub", .operands = "", .summary = "hubs", .commands = inners};
static const command_t *const commands[] = {&send, &hub, NULL};

static done_t dispatch(const char *text)
{
    char line[128], *argv[16] = {NULL};
    snprintf(line, sizeof line, "%s", text);
    int argc = split(line, argv);
    ran = 0;
    return command_dispatch(commands, "dabyl", (common_t){0}, argc, argv);
}

static void commands_are_found(void **state)
{
    (void)state;
    assert_int_equal(dispatch("send x"), DONE_OK);
    assert_int_equal(ran, 1);
    assert_int_equal(ran_with.operands, 1);
    assert_int_equal(dispatch("send --flag"), DONE_NO);
    assert_int_equal(dispatch("hub status"), DONE_OK);
    assert_int_equal(ran, 1);
    assert_int_equal(dispatch("--json --node d hub status"), DONE_OK);
    assert_true(ran_with.common.json);
    assert_string_equal(ran_with.common.node, "d");
    assert_int_equal(dispatch("hub --json status"), DONE_OK);
    assert_true(ran_with.common.json);
}

static void wrong_use_runs_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "sned", "hub", "hub statu", "--bogus send", "send --bogus", "status"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(dispatch(wrong[i]), DONE_USAGE);
        assert_int_equal(ran, 0);
    }
}

static void help_runs_nothing(void **state)
{
    (void)state;
    static const char *const asked[] = {
        "--help", "help", "-h", "send --help", "hub --help", "hub help", "hub status -h"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        assert_int_equal(dispatch(asked[i]), DONE_OK);
        assert_int_equal(ran, 0);
    }
}

static void slips_suggest(void **state)
{
    (void)state;
    assert_string_equal(command_nearest(commands, "sned"), "send");
    assert_string_equal(command_nearest(commands, "sen"), "send");
    assert_string_equal(command_nearest(commands, "sends"), "send");
    assert_string_equal(command_nearest(commands, "hbu"), "hub");
    assert_null(command_nearest(commands, "verify"));
    assert_null(command_nearest(commands, ""));
    assert_null(command_nearest(
        commands, "a word that is longer than any command has ever been"));
}

static void language_is_chosen(void **state)
{
    (void)state;
    call_t call = {0};
    setenv("DABYL_LANG", "", 1);
    setenv("LC_ALL", "ru_RU.UTF-8", 1);
    assert_string_equal(call_lang(&call), "ru");
    setenv("DABYL_LANG", "kk", 1);
    assert_string_equal(call_lang(&call), "kk");
    call.common.lang = "en";
    assert_string_equal(call_lang(&call), "en");
    call.common.lang = "de";
    assert_string_equal(call_lang(&call), "en");
}

static void node_is_found(void **state)
{
    (void)state;
    cause_t why;
    call_t call = {0};
    unsetenv("DABYL_NODE");
    assert_null(call_node(&call, &why));
    setenv("DABYL_NODE", "/", 1);
    assert_string_equal(call_node(&call, &why), "/");
    call.common.node = "/no/such/folder";
    assert_null(call_node(&call, &why));
    assert_non_null(strstr(why.text, "/no/such/folder"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read),
        cmocka_unit_test(an_option_may_be_given_often_and_not_for_ever),
        cmocka_unit_test(commands_are_found),
        cmocka_unit_test(wrong_use_runs_nothing),
        cmocka_unit_test(help_runs_nothing),
        cmocka_unit_test(slips_suggest),
        cmocka_unit_test(language_is_chosen),
        cmocka_unit_test(node_is_found),
    };
    // What the dispatcher complains of is no news here.
    if (!freopen("/dev/null", "w", stderr))
        return 1;
    return test_group(tests, NULL, NULL);
}
