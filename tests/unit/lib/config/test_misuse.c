// misuse: what getopt_long means by ':' and '?', for letters, long options and
// abbreviations of them.

#include "lib/config/misuse.h"

#include "tests/lib/test.h"

#include <string.h>

static const struct option longs[] = {
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, 'n'},
    {"as", required_argument, NULL, 'x'}, // a letter that is none of the short ones
    {0},
};

static const struct {
    const char *words[4]; // behind the program's name
    const char *complaint;
} table[] = {
    {{"--none"}, "unknown option --none"},
    {{"--none=1"}, "unknown option --none=1"},
    {{"--c"}, "--c may be any of these: --config, --check"},
    {{"--c=1"}, "--c may be any of these: --config, --check"},
    {{"--config"}, "--config needs a value behind it"},
    {{"--conf"}, "--config needs a value behind it"},
    {{"-n", "-c"}, "-c needs a value behind it"},
    {{"-nc"}, "-c needs a value behind it"},
    {{"--check=1"}, "--check takes no value"},
    {{"--as=x", "-nx"}, "unknown option -x"},
    {{"--as=x", "-xn"}, "unknown option -x"},
    {{"-x", "file"}, "unknown option -x"},
    {{"-\xd1\x8b"}, "unknown option -\xd1\x8b"},
    {{"--\xd1\x8b"}, "unknown option --\xd1\x8b"},
};

// What is said of the first word that is none.
static void complain(const char *const *words, cause_t *why)
{
    char *argv[6] = {(char *)"/usr/bin/any"};
    int argc = 1, found = 0;
    for (; words[argc - 1]; argc++)
        argv[argc] = strdup(words[argc - 1]);
    why->text[0] = 0;
    opterr = 0;
    optind = 0; // glibc: from the beginning again
    while (found != -1 && found != ':' && found != '?')
        found = getopt_long(argc, argv, ":c:n", longs, NULL);
    if (found != -1)
        assert_int_equal(misuse_cause(found, argv, longs, why), -1);
    for (int i = 1; i < argc; i++)
        free(argv[i]);
}

static void test_all_that_can_be_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cause_t why;
        complain(table[i].words, &why);
        assert_string_equal(why.text, table[i].complaint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_can_be_wrong),
    };
    return test_group(tests, NULL, NULL);
}
