// misuse - getopt_long leaves the letter or the long option's value in `optopt`, 0 for a
// long option that is none or several; the word itself stands before `optind`, unless
// more letters follow in it.

#include "lib/config/misuse.h"

#include "lib/base/bytes.h"

#include <stdio.h>
#include <string.h>

// The name in "--name=value"; empty for any other word.
static span_t long_name(const char *word)
{
    const bool is_long = word[0] == '-' && word[1] == '-';
    const char *name = word + (is_long ? 2 : strlen(word));
    return span_of((const uint8_t *)name, strcspn(name, "="));
}

static bool begins(const struct option *option, span_t name)
{
    return strncmp(option->name, (const char *)name.data, name.size) == 0;
}

// Those that an abbreviation may mean.
static size_t list(const struct option *longs, span_t name, buf_t *out)
{
    size_t n = 0;
    for (; name.size > 0 && longs->name; longs++)
        if (begins(longs, name))
            buf_printf(out, "%s--%s", n++ > 0 ? ", " : "", longs->name);
    return n;
}

static int none_or_several(const char *word, const struct option *longs, cause_t *why)
{
    buf_t meant = {0};
    span_t name = long_name(word);
    int result = list(longs, name, &meant) > 1
                     ? cause_set(why, "--%.*s may be any of these: %s", (int)name.size,
                           (const char *)name.data, buf_text(&meant))
                     : cause_set(why, "unknown option %s", word);
    buf_destroy(&meant);
    return result;
}

// The long option of which getopt_long speaks; NULL: it speaks of a letter.
static const struct option *meant_by(const char *word, const struct option *longs)
{
    span_t name = long_name(word);
    for (; name.size > 0 && longs->name; longs++)
        if (longs->val == optopt && begins(longs, name))
            return longs;
    return NULL;
}

int misuse_cause(int found, char *const *argv, const struct option *longs, cause_t *why)
{
    const char *word = argv[optind - 1];
    if (optopt == 0)
        return none_or_several(word, longs, why);
    const struct option *option = meant_by(word, longs);
    if (found == ':')
        return option ? cause_set(why, "--%s needs a value behind it", option->name)
                      : cause_set(why, "-%c needs a value behind it", optopt);
    // The word before a letter may be a long option that has its value rightly.
    if (option && option->has_arg == no_argument)
        return cause_set(why, "--%s takes no value", option->name);
    if (optopt > 0 && optopt < 0x80)
        return cause_set(why, "unknown option -%c", optopt);
    return cause_set(why, "unknown option %s", argv[optind]); // a piece of a letter
}
