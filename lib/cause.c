// cause - texts longer than the buffer lose their end, never their beginning.

#include "lib/cause.h"

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

int cause_prefix(cause_t *why, const char *format, ...)
{
    cause_t inner = *why;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof why->text)
        (void)snprintf(
            why->text + length, sizeof why->text - (size_t)length, ": %s", inner.text);
    return -1;
}

int cause_errno(cause_t *why, const char *format, ...)
{
    int error = errno; // vsnprintf may change it
    va_list args;
    va_start(args, format);
    int length = vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof why->text)
        (void)snprintf(why->text + length, sizeof why->text - (size_t)length, ": %s",
            strerror(error));
    return -1;
}
