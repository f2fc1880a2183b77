// cause - texts longer than the buffer lose their end, never their beginning.

#include "lib/base/cause.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cause_set(cause_t *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, format, args);
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
    (void)vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    append(why, inner.text);
    return -1;
}

int cause_errno(cause_t *why, const char *format, ...)
{
    int error = errno; // vsnprintf may change it
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    append(why, strerror(error));
    return -1;
}
