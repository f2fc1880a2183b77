// log - lib/base/log.h into memory: the last lines of all machines, for whoever has to
// find out what happened; written as they come with SIM_LOG=1.

#include "lib/base/log.h"

#include "lib/base/times.h"
#include "tests/sim/fibers.h"
#include "tests/sim/told.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 400, LINE = 400 };

static struct {
    char line[LINES][LINE];
    size_t n;
} told;

static void keep(const char *level, const char *id, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));
static void keep(const char *level, const char *id, const char *format, va_list list)
{
    char *line = told.line[told.n++ % LINES];
    char time[TIME_TEXT];
    const machine_t *machine = fibers_machine();
    time_print(fibers_now_us() / 1000, time);
    int used = snprintf(line, LINE, "%s %-12s %s %s ", time + 11,
        machine ? machine->name : "-", level, id);
    (void)vsnprintf(line + used, LINE - (size_t)used, format, list);
    if (getenv("SIM_LOG"))
        (void)fprintf(stderr, "%s\n", line);
}

void told_print(FILE *out)
{
    for (size_t i = told.n > LINES ? told.n - LINES : 0; i < told.n; i++)
        (void)fprintf(out, "  %s\n", told.line[i % LINES]);
}

void told_line(const char *id, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    keep("world", id, format, list);
    va_end(list);
}

int log_set_level(const char *name, cause_t *why)
{
    (void)name, (void)why;
    return 0;
}

int log_set_format(const char *name, cause_t *why)
{
    (void)name, (void)why;
    return 0;
}

void log_open(void)
{
}

void log_turn(void)
{
}

log_lost_t log_lost(void)
{
    return (log_lost_t){0};
}

static const char *const levels[] = {"error", "warning", "info", "debug"};

void log_line(log_level_t level, const char *id, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (level < LOG_DEBUG)
        keep(levels[level], id, format, list);
    va_end(list);
}

void log_often(log_level_t level, const char *id, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (level < LOG_DEBUG)
        keep(levels[level], id, format, list);
    va_end(list);
}
