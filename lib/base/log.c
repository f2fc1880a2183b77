// log - each line is built in one buffer and leaves in one write, so lines never mix.
//
// Level and form are atomic because any thread may ask.  Where lines go, how many were
// lost and what was said often is the other mutable global of lib/: whoever logs has
// nothing at hand that could hold it.

#include "lib/base/log.h"

#include "lib/base/log_json.h"
#include "lib/base/repeats.h"
#include "lib/base/sink.h"
#include "lib/base/times.h"
#include "lib/sys/task.h"

#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const level_names[] = {"error", "warning", "info", "debug"};
static atomic_int log_level = LOG_INFO;
static atomic_bool log_in_json;

static struct {
    mutex_t lock;
    bool open;
    sink_t sink;
    uint64_t said; // of the lost ones
    repeats_t repeats;
} the_log = {.lock = MUTEX_READY};

int log_set_level(const char *name, cause_t *why)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (strcmp(name, level_names[i]) == 0) {
            atomic_store(&log_level, (int)i);
            return 0;
        }
    return cause_set(why, "log_level: '%s' is none of error, warning, info, debug", name);
}

int log_set_format(const char *name, cause_t *why)
{
    bool json = strcmp(name, "json") == 0;
    if (!json && strcmp(name, "text") != 0)
        return cause_set(why, "--log-format: '%s' is neither text nor json", name);
    atomic_store(&log_in_json, json);
    return 0;
}

void log_open(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    sink_open(&the_log.sink, STDERR_FILENO);
    the_log.open = true;
}

// What came from outside must not be able to end the line or steer a terminal.
static void make_plain(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

// The head of a line, "<time> <level> <id> "; its size.
static size_t begin(char line[SINK_LINE], log_level_t level, const char *id)
{
    char time[TIME_TEXT];
    time_print(clock_now().wall_ms, time);
    int size = snprintf(line, SINK_LINE, "%s %s %s ", time, level_names[level], id);
    return size < 0 || size >= SINK_LINE - 1 ? SINK_LINE - 1 : (size_t)size;
}

static size_t finish(char line[SINK_LINE])
{
    make_plain(line);
    size_t size = strlen(line);
    while (size > 0 && line[size - 1] == ' ') // an event without pairs
        size--;
    line[size++] = '\n';
    return size;
}

__attribute__((format(printf, 4, 0))) static void build(char line[SINK_LINE],
    log_level_t level, const char *id, const char *format, va_list args)
{
    size_t at = begin(line, level, id);
    (void)vsnprintf(line + at, SINK_LINE - 1 - at, format, args);
}

// A whole line with its LF, in the form that is wanted; its size.
__attribute__((format(printf, 4, 0))) static size_t compose(char line[SINK_LINE],
    log_level_t level, const char *id, const char *format, va_list args)
{
    char time[TIME_TEXT];
    if (!atomic_load(&log_in_json)) {
        build(line, level, id, format, args);
        return finish(line);
    }
    time_print(clock_now().wall_ms, time);
    const log_head_t head = {time, level_names[level], id};
    return log_json(line, SINK_LINE, &head, format, args);
}

__attribute__((format(printf, 4, 5))) static size_t compose_of(
    char line[SINK_LINE], log_level_t level, const char *id, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t size = compose(line, level, id, format, args);
    va_end(args);
    return size;
}

// Call with the lock: what was lost comes first, or this line is lost too.
static void put(const char *line, size_t size)
{
    sink_t *sink = &the_log.sink;
    span_t bytes = span_of(line, size);
    if (!the_log.open) {
        ssize_t written = write(STDERR_FILENO, line, size);
        (void)written; // where could that be complained about?
        return;
    }
    if (sink->lost > the_log.said) {
        char notice[SINK_LINE];
        uint64_t lost = sink->lost;
        size_t length = compose_of(notice, LOG_WARNING, "log.lost",
            "lines=%llu reason=\"they could not be written at once\"",
            (unsigned long long)(lost - the_log.said));
        if (!sink_write(sink, span_of(notice, length))) {
            sink->lost = lost + (size > 0); // the notice itself is no loss
            return;
        }
        the_log.said = lost;
    }
    if (size > 0)
        (void)sink_write(sink, bytes);
}

static void write_line(const char *line, size_t size)
{
    mutex_lock(&the_log.lock);
    put(line, size);
    mutex_unlock(&the_log.lock);
}

void log_line(log_level_t level, const char *id, const char *format, ...)
{
    if ((int)level > atomic_load(&log_level))
        return;
    char line[SINK_LINE];
    va_list args;
    va_start(args, format);
    size_t size = compose(line, level, id, format, args);
    va_end(args);
    write_line(line, size);
}

// " node=..." out of a line, appended.
static void add_pair(const char *line, const char *key, char what[REPEATS_WHAT])
{
    const char *at = strstr(line, key);
    size_t used = strlen(what);
    size_t size = at ? 1 + strcspn(at + 1, " ") : 0;
    if (size > 0 && used + size < REPEATS_WHAT) {
        memcpy(what + used, at, size);
        what[used + size] = 0;
    }
}

// What lines of the same kind have in common: id, and who and why where it is said.
__attribute__((format(printf, 3, 0))) static void name_kind(
    char what[REPEATS_WHAT], const char *id, const char *format, va_list args)
{
    char line[SINK_LINE];
    build(line, LOG_INFO, id, format, args);
    (void)snprintf(what, REPEATS_WHAT, "%s", id);
    add_pair(line, " node=", what);
    add_pair(line, " code=", what);
}

void log_often(log_level_t level, const char *id, const char *format, ...)
{
    if ((int)level > atomic_load(&log_level))
        return;
    char line[SINK_LINE], what[REPEATS_WHAT];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    name_kind(what, id, format, again);
    va_end(again);
    size_t size = compose(line, level, id, format, args);
    va_end(args);
    mutex_lock(&the_log.lock);
    if (repeats_say(&the_log.repeats, what, clock_now().monotonic_ms))
        put(line, size);
    mutex_unlock(&the_log.lock);
}

// The value of a pair of `what`, cut out of it; or NULL.
static const char *cut_pair(char *what, const char *key)
{
    char *at = strstr(what, key);
    if (!at)
        return NULL;
    *at = 0; // ends what stands before it
    at += strlen(key);
    at[strcspn(at, " ")] = 0;
    return at;
}

// The last pair is cut out first.
static size_t compose_more(char line[SINK_LINE], char *what, unsigned long long more)
{
    const char *code = cut_pair(what, " code="), *node = cut_pair(what, " node=");
    int within = REPEATS_MS / 1000;
    if (node && code)
        return compose_of(line, LOG_INFO, what, "node=%s code=%s more=%llu within_s=%d",
            node, code, more, within);
    if (node)
        return compose_of(
            line, LOG_INFO, what, "node=%s more=%llu within_s=%d", node, more, within);
    if (code)
        return compose_of(
            line, LOG_INFO, what, "code=%s more=%llu within_s=%d", code, more, within);
    return compose_of(line, LOG_INFO, what, "more=%llu within_s=%d", more, within);
}

void log_turn(void)
{
    char what[REPEATS_WHAT], line[SINK_LINE];
    uint64_t more;
    mutex_lock(&the_log.lock);
    while (repeats_take(&the_log.repeats, clock_now().monotonic_ms, what, &more)) {
        size_t size = compose_more(line, what, more);
        put(line, size);
    }
    put("", 0);
    mutex_unlock(&the_log.lock);
}

log_lost_t log_lost(void)
{
    mutex_lock(&the_log.lock);
    log_lost_t lost = {the_log.sink.lost, the_log.sink.lost > the_log.said};
    mutex_unlock(&the_log.lock);
    return lost;
}
