// digits - only the whole word yes is one.

#include "nodes/upkeep/digits.h"

#include "lib/base/catalogue.h"
#include "lib/pki/spoken.h"
#include "nodes/cli/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int digits_fit(const digits_word_t *word, const char *digits, cause_t *why)
{
    if (!word->given || spoken_same(word->given, digits))
        return 0;
    return cause_set(why, "%s",
        say("the digits are others than those given: somebody may stand between the node "
            "and the hub, or it is another hub; nothing was done"));
}

static int ask(const char *question, cause_t *why)
{
    if (!isatty(STDIN_FILENO))
        return cause_set(why, "%s",
            say("there is nobody to ask whether the digits were compared; give them with "
                "--digits, or --yes if they were"));
    if (confirm(stderr, question))
        return 0;
    return cause_set(why, "%s", say("not confirmed; nothing was done"));
}

int digits_agreed(
    const digits_word_t *word, const char *digits, const char *question, cause_t *why)
{
    if (digits_fit(word, digits, why) != 0)
        return -1;
    return word->given || word->yes ? 0 : ask(question, why);
}
