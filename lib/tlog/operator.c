// operator - a name that was given is refused when it is none; one that the system has is
// made one.

#include "lib/tlog/operator.h"

#include "lib/base/text.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int take(
    const char *said, const char *where, char out[OPERATION_BY_MAX], cause_t *why)
{
    span_t name = span_text(said);
    if (name.size > 0 && name.data[0] != ' ' && name.data[name.size - 1] != ' ' &&
        text_is_line(name) && text_copy(name, out, OPERATION_BY_MAX))
        return 0;
    return cause_set(why,
        "%s: a name has 1 to %d bytes, no control characters and no space at an end",
        where, OPERATION_BY_MAX - 1);
}

int operator_name(const char *said, char out[OPERATION_BY_MAX], cause_t *why)
{
    if (said)
        return take(said, "--as", out, why);
    if ((said = getenv("DABYL_OPERATOR")) != NULL && said[0])
        return take(said, "DABYL_OPERATOR", out, why);
    const struct passwd *user = getpwuid(getuid());
    if (user && take(user->pw_name, "", out, why) == 0)
        return 0;
    (void)snprintf(out, OPERATION_BY_MAX, "uid %lu", (unsigned long)getuid());
    return 0;
}
