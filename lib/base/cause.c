// cause - texts longer than the buffer lose their end, never their beginning.
//
// A format is looked up in the catalogue as every other text is, here, where its
// arguments still stand apart.  The language is the process's: a tool has chosen one
// (lib/base/catalogue.h), daemons choose none, and what they log stays English.

#include "lib/base/cause.h"

#include <errno.h>
#include <libintl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *in_words(const char *english) __attribute__((format_arg(1)));

static const char *in_words(const char *english)
{
    return english[0] ? dgettext("dabyl", english) : "";
}

const char *cause_of_errno(int error)
{
    const char *english = strerrordesc_np(error);
    return english ? in_words(english) : in_words("Unknown error");
}

int cause_set(cause_t *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, in_words(format), args);
    va_end(args);
    return -1;
}

// Behind the text there is: ": " and as much of `more` as fits.
static void append(cause_t *why, const char *more)
{
    size_t used = strlen(why->text);
    size_t room = sizeof why->text - used - 1;
    const char *pieces[] = {": ", more};
    for (size_t i = 0; i < 2; i++) {
        size_t size = strnlen(pieces[i], room);
        memcpy(why->text + used, pieces[i], size);
        used += size;
        room -= size;
    }
    why->text[used] = 0;
}

int cause_prefix(cause_t *why, const char *format, ...)
{
    cause_t inner = *why;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, in_words(format), args);
    va_end(args);
    if (why->text[0] ==
        0) // "%s" of what has no name, as a certificate out of the journal
        *why = inner;
    else
        append(why, inner.text);
    return -1;
}

int cause_errno(cause_t *why, const char *format, ...)
{
    int error = errno; // vsnprintf may change it
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, in_words(format), args);
    va_end(args);
    append(why, cause_of_errno(error));
    return -1;
}
