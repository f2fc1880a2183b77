// progress - the line is drawn over itself and hides nothing, so that whatever ends the
// program leaves a terminal that works.

#include "nodes/cli/progress.h"

#include "lib/base/catalogue.h"
#include "lib/sys/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FIRST_MS = 300, EVERY_MS = 100, WIDTH_USUAL = 80 };

static const int ending[] = {SIGINT, SIGTERM};

// What is written behind the line begins a new one, and then the signal does what it does
// to any program: its usual act is back by SA_RESETHAND.
static void leave_line(int number)
{
    ssize_t ignored = write(STDERR_FILENO, "\n", 1);
    (void)ignored;
    (void)raise(number);
}

// Only where nobody else cares for the signal.
static void watch_signals(progress_t *self)
{
    struct sigaction act = {.sa_handler = leave_line, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < 2; i++)
        if (sigaction(ending[i], NULL, &self->before[i]) == 0 &&
            self->before[i].sa_handler == SIG_DFL)
            (void)sigaction(ending[i], &act, NULL);
}

static void leave_signals(const progress_t *self)
{
    for (size_t i = 0; i < 2; i++)
        if (self->before[i].sa_handler == SIG_DFL)
            (void)sigaction(ending[i], &self->before[i], NULL);
}

void progress_begin(progress_t *self, const char *what, progress_unit_t unit)
{
    int64_t now_ms = clock_ms(CLOCK_STEADY);
    *self = (progress_t){.terminal = isatty(STDERR_FILENO),
        .what = what,
        .unit = unit,
        .begun_ms = now_ms,
        .next_ms = now_ms + FIRST_MS};
}

static size_t width_of_terminal(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : WIDTH_USUAL;
}

static void draw(const progress_t *self, const progress_state_t *state)
{
    buf_t line = {0};
    // The last column stays free: there some terminals begin the next line.
    progress_line(self->what, self->unit, state, width_of_terminal() - 1, &line);
    (void)fprintf(stderr, "\r%s\033[K", buf_text(&line));
    (void)fflush(stderr);
    buf_destroy(&line);
}

bool progress_show(void *self_p, uint64_t done, uint64_t of)
{
    progress_t *self = self_p;
    if (!self->terminal)
        return true;
    if (!self->counted || done < self->first)
        self->first = done;
    self->counted = true;
    int64_t now_ms = clock_ms(CLOCK_STEADY);
    if (now_ms < self->next_ms)
        return true;
    self->next_ms = now_ms + EVERY_MS;
    if (!self->shown)
        watch_signals(self);
    self->shown = true;
    draw(self, &(progress_state_t){self->first, done, of, now_ms - self->begun_ms});
    return true;
}

void progress_end(progress_t *self)
{
    if (!self->shown)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    leave_signals(self);
    self->shown = false;
}

enum { AMOUNT = 48 };

// "850 MB", "1.2 GB": as disks and networks are sold, in tens.
static void print_bytes(uint64_t n, char out[AMOUNT])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double value = (double)n / 1e3;
    size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1e3;
    (void)snprintf(out, AMOUNT, "%.*f %s", value < 9.95 ? 1 : 0, value, units[unit]);
}

// "1200", "1.2 GB"
static const char *amount(progress_unit_t unit, uint64_t n, char out[AMOUNT])
{
    if (unit == PROGRESS_BYTES)
        print_bytes(n, out);
    else
        (void)snprintf(out, AMOUNT, "%" PRIu64, n);
    return out;
}

// "0:34", "1:02:09"
static const char *span(uint64_t s, char out[AMOUNT])
{
    if (s >= 3600)
        (void)snprintf(out, AMOUNT, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600,
            s / 60 % 60, s % 60);
    else
        (void)snprintf(out, AMOUNT, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
    return out;
}

// How much in a second, in all of what was done in this run; 0 where that says nothing
// yet.
static double rate_of(const progress_state_t *state)
{
    double took_s = (double)state->took_ms / 1e3;
    return took_s > 0 && state->done > state->first
               ? (double)(state->done - state->first) / took_s
               : 0;
}

static void put_speed(progress_unit_t unit, const progress_state_t *state, buf_t *out)
{
    enum { DAY_S = 24 * 60 * 60 };
    char text[AMOUNT];
    double rate = rate_of(state);
    if (rate <= 0)
        return;
    buf_put_text(out, ", ");
    buf_printf(out, say("%s/s"), amount(unit, (uint64_t)(rate + 0.5), text));
    if (state->of <= state->done)
        return;
    double left_s = (double)(state->of - state->done) / rate;
    if (left_s >= 100.0 * DAY_S) // it stands nearly still, and nobody can say
        return;
    buf_put_text(out, ", ");
    buf_printf(out, say("%s left"), span((uint64_t)left_s + 1, text));
}

// No character is cut in two.
static void cut(buf_t *out, size_t begin, size_t width)
{
    size_t at = begin, characters = 0;
    for (; at < out->size; at++) {
        characters += (out->data[at] & 0xC0) != 0x80;
        if (characters > width)
            break;
    }
    out->size = at;
}

// Never 100 % before all is done.
static unsigned percent(uint64_t done, uint64_t of)
{
    return done >= of ? 100 : (unsigned)(100.0 * ((double)done / (double)of));
}

void progress_line(const char *what, progress_unit_t unit, const progress_state_t *state,
    size_t width, buf_t *out)
{
    char done[AMOUNT], of[AMOUNT];
    size_t begin = out->size;
    buf_printf(out, "%s: ", what);
    (void)amount(unit, state->done, done);
    if (state->of > 0) {
        buf_printf(out, "%u %%, ", percent(state->done, state->of));
        buf_printf(out, say("%s of %s"), done, amount(unit, state->of, of));
    } else
        buf_put_text(out, done);
    put_speed(unit, state, out);
    cut(out, begin, width);
}
