// confirm - who only presses Enter, or types what begins like it, has not agreed.

#include "nodes/cli/confirm.h"

#include "lib/base/catalogue.h"

#include <string.h>

static bool is(const char *line, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(line, word, size) == 0;
}

bool confirm_is_yes(const char *line)
{
    size_t size = strcspn(line, "\r\n");
    return is(line, size, "yes") || is(line, size, say("yes"));
}

bool confirm(FILE *out, const char *question)
{
    char line[32] = "";
    (void)fputs(question, out);
    if (question[0] && question[strlen(question) - 1] != ' ')
        (void)fputc(' ', out);
    (void)fflush(out);
    return fgets(line, sizeof line, stdin) && confirm_is_yes(line);
}
