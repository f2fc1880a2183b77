// log - each line is built in one buffer and leaves in one write, so lines never mix.
//
// The level is the only mutable global of lib/; it is atomic because any thread may ask.

#include "lib/log.h"

#include "lib/times.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const level_names[] = {"error", "warning", "info", "debug"};
static atomic_int log_level = LOG_INFO;

int log_set_level(const char *name, cause_t *why)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (strcmp(name, level_names[i]) == 0) {
            atomic_store(&log_level, (int)i);
            return 0;
        }
    return cause_set(why, "log_level: '%s' is none of error, warning, info, debug", name);
}

// What came from outside must not be able to end the line or steer a terminal.
static void make_plain(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

void log_line(log_level_t level, const char *id, const char *format, ...)
{
    if ((int)level > atomic_load(&log_level))
        return;
    char line[2048];
    char time[TIME_TEXT];
    time_print(clock_now().wall_ms, time);
    int start = snprintf(line, sizeof line, "%s %s %s ", time, level_names[level], id);
    if (start < 0 || (size_t)start >= sizeof line - 1)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line + start, sizeof line - 1 - (size_t)start, format, args);
    va_end(args);
    make_plain(line);
    size_t size = strlen(line);
    while (size > 0 && line[size - 1] == ' ') // an event without pairs
        size--;
    line[size++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, size);
    (void)written; // where could that be complained about?
}
