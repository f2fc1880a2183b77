// screen - everything that may come from another node goes through screen_span.  A
// summary may hold an escape sequence, which a duty officer's terminal would carry out.

#include "nodes/cli/screen.h"

#include "lib/base/catalogue.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/cli/page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool screen_colours(FILE *out)
{
    const char *term = getenv("TERM");
    return page_terminal(out) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

// What a terminal acts on, or what changes the direction of the text around it.
static bool is_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E ||
           c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0xFEFF;
}

void screen_span(FILE *out, span_t text)
{
    while (text.size > 0) {
        uint32_t c = 0;
        size_t length = text_code_point(text, &c);
        if (c == '\n' || c == '\t' || c == '\r')
            fputc(' ', out);
        else if (length == 0 || is_harmful(c))
            fputc('?', out);
        else
            fwrite(text.data, 1, length, out);
        length = length ? length : 1;
        text = span_of(text.data + length, text.size - length);
    }
}

void screen_text(FILE *out, const char *text)
{
    screen_span(out, span_text(text));
}

void screen_column(FILE *out, const char *text, size_t width)
{
    size_t characters = 0;
    for (const char *c = text; *c; c++)
        characters += ((unsigned char)*c & 0xC0) != 0x80; // not the inside of one
    screen_text(out, text);
    do
        fputc(' ', out);
    while (++characters < width);
}

void screen_paint(FILE *out, paint_t paint, const char *format, ...)
{
    static const char *const codes[] = {
        [PAINT_STRONG] = "1",
        [PAINT_GOOD] = "32",
        [PAINT_BAD] = "1;31",
        [PAINT_WARNING] = "1;33",
        [PAINT_FAINT] = "2",
    };
    bool colours = screen_colours(out);
    va_list args;
    va_start(args, format);
    if (colours)
        fprintf(out, "\033[%sm", codes[paint]);
    vfprintf(out, say(format), args);
    if (colours)
        fputs("\033[0m", out);
    va_end(args);
}

void screen_json(FILE *out, const json_t *object)
{
    json_dumpf(object, out, JSON_COMPACT);
    fputc('\n', out);
    fflush(out);
}

void screen_json_new(FILE *out, json_t *object)
{
    screen_json(out, object);
    json_decref(object);
}

void screen_put_time(buf_t *out, int64_t ms)
{
    char utc[TIME_TEXT], here[TIME_TEXT];
    time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
    struct tm local;
    time_print(ms, utc);
    if (!localtime_r(&seconds, &local) || local.tm_gmtoff == 0 ||
        strftime(here, sizeof here, "%Y-%m-%d %H:%M:%S", &local) == 0)
        buf_printf(out, "%.10s %.8s UTC", utc, utc + 11);
    else if (strncmp(here, utc, 10) == 0)
        buf_printf(out, "%s (%.8s UTC)", here, utc + 11);
    else
        buf_printf(out, "%s (%.10s %.8s UTC)", here, utc, utc + 11);
}

void screen_time_ms(FILE *out, int64_t ms)
{
    buf_t text = {0};
    screen_put_time(&text, ms);
    fputs(buf_text(&text), out);
    buf_destroy(&text);
}

void screen_time(FILE *out, const char *rfc3339)
{
    int64_t ms;
    if (time_parse(span_text(rfc3339), &ms))
        screen_time_ms(out, ms);
    else
        screen_text(out, rfc3339);
}
