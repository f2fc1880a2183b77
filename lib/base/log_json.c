// log_json - walks over the format: "key=value key=\"value\"", where values hold
// conversions, each of which takes its argument.

#include "lib/base/log_json.h"

#include "lib/base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    END = 3,         // `"}` and LF
    ESCAPED = 6,     // bytes of a character, at most
    SPEC_MAX = 24,   // of a conversion
    VALUE_MAX = 2048 // of what one makes
};

typedef struct {
    char *line;
    size_t at, most; // most: behind it there is room for an end
    va_list args;
} out_t;

static void put_raw(out_t *out, const char *text, size_t size)
{
    if (out->at + size > out->most)
        size = out->most - out->at;
    memcpy(out->line + out->at, text, size);
    out->at += size;
}

static bool has_room(const out_t *out, size_t size)
{
    return out->at + size <= out->most;
}

// As the inside of a JSON string.
static void put_text(out_t *out, const char *text, size_t size)
{
    while (size > 0 && has_room(out, ESCAPED)) {
        uint32_t code;
        char escaped[8];
        size_t length = text_code_point(span_of(text, size), &code);
        if (length == 0) {
            put_raw(out, "\xef\xbf\xbd", 3); // U+FFFD
            length = 1;
        } else if (code == '"' || code == '\\') {
            put_raw(out, "\\", 1);
            put_raw(out, text, 1);
        } else if (code < ' ' || code == 0x7f) {
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)code);
            put_raw(out, escaped, ESCAPED);
        } else {
            put_raw(out, text, length);
        }
        text += length;
        size -= length;
    }
}

// Flags, width and precision into `spec`; stars are taken from the arguments.
static const char *take_front(out_t *out, const char *at, char spec[SPEC_MAX])
{
    size_t n = 0;
    spec[n++] = *at++; // %
    while (*at && strchr("-+ #0123456789.*", *at)) {
        if (*at == '*')
            n += (size_t)snprintf(
                spec + n, SPEC_MAX - n - 5, "%d", va_arg(out->args, int));
        else if (n < SPEC_MAX - 6)
            spec[n++] = *at;
        at++;
        if (n > SPEC_MAX - 6)
            n = SPEC_MAX - 6;
    }
    spec[n] = 0;
    return at;
}

// How long an integer is, by its letters: 0 an int, 1 a long, 2 a long long, 3 a size.
static const char *take_length(const char *at, int *length)
{
    *length = 0;
    for (; *at == 'l' || *at == 'h' || *at == 'z' || *at == 'j'; at++)
        *length = *at == 'l' ? *length + 1 : *at == 'z' ? 3 : *at == 'j' ? 2 : 0;
    return at;
}

static long long take_signed(out_t *out, int length)
{
    if (length == 0)
        return va_arg(out->args, int);
    return length == 1   ? va_arg(out->args, long)
           : length == 2 ? va_arg(out->args, long long)
                         : va_arg(out->args, ssize_t);
}

static unsigned long long take_unsigned(out_t *out, int length)
{
    if (length == 0)
        return va_arg(out->args, unsigned);
    return length == 1   ? va_arg(out->args, unsigned long)
           : length == 2 ? va_arg(out->args, unsigned long long)
                         : va_arg(out->args, size_t);
}

// What one conversion makes, as a text of its own.  Formats are the program's literals:
// the compiler has held each against its arguments.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *convert(out_t *out, const char *at, char value[VALUE_MAX])
{
    char spec[SPEC_MAX + 4];
    int length;
    at = take_length(take_front(out, at, spec), &length);
    char kind = *at ? *at++ : '%';
    size_t n = strlen(spec);
    if (strchr("diuxXo", kind)) {
        (void)snprintf(spec + n, sizeof spec - n, "ll%c", kind);
        if (kind == 'd' || kind == 'i')
            (void)snprintf(value, VALUE_MAX, spec, take_signed(out, length));
        else
            (void)snprintf(value, VALUE_MAX, spec, take_unsigned(out, length));
        return at;
    }
    (void)snprintf(spec + n, sizeof spec - n, "%c", kind);
    if (kind == 's')
        (void)snprintf(value, VALUE_MAX, spec, va_arg(out->args, const char *));
    else if (kind == 'c')
        (void)snprintf(value, VALUE_MAX, spec, va_arg(out->args, int));
    else if (strchr("fge", kind))
        (void)snprintf(value, VALUE_MAX, spec, va_arg(out->args, double));
    else
        (void)snprintf(value, VALUE_MAX, "%%");
    return at;
}
#pragma GCC diagnostic pop

// Whether the value that begins here is one decimal number and nothing else.
static bool is_number(const char *at)
{
    int ignored;
    if (*at != '%')
        return false;
    at = take_length(at + 1, &ignored);
    return (*at == 'd' || *at == 'i' || *at == 'u') && (at[1] == ' ' || at[1] == 0);
}

// Up to what ends it; returns what is behind that.
static const char *put_value(out_t *out, const char *at)
{
    char value[VALUE_MAX];
    bool number = is_number(at), quoted = *at == '"';
    at += quoted;
    if (!number)
        put_raw(out, "\"", 1);
    while (*at && *at != (quoted ? '"' : ' ')) {
        if (*at == '%') {
            at = convert(out, at, value);
            put_text(out, value, strlen(value));
        } else {
            put_text(out, at++, 1);
        }
    }
    if (!number) // there is room for this one always
        out->line[out->at++] = '"';
    return at + (quoted && *at == '"');
}

static void put_member(out_t *out, const char *name, size_t size, bool first)
{
    put_raw(out, first ? "\"" : ",\"", first ? 1 : 2);
    put_text(out, name, size);
    put_raw(out, "\":", 2);
}

static void put_head(out_t *out, const char *name, const char *text, bool first)
{
    put_member(out, name, strlen(name), first);
    put_raw(out, "\"", 1);
    put_text(out, text, strlen(text));
    put_raw(out, "\"", 1);
}

size_t log_json(
    char *line, size_t room, const log_head_t *head, const char *format, va_list args)
{
    out_t out = {.line = line, .most = room - END};
    va_copy(out.args, args);
    put_raw(&out, "{", 1);
    put_head(&out, "time", head->time, true);
    put_head(&out, "severity", head->severity, false);
    put_head(&out, "event", head->event, false);
    while (*format) {
        size_t key = strcspn(format, "=% ");
        if (key == 0 && *format == ' ') {
            format++;
            continue;
        }
        bool named = format[key] == '=';
        const char *name = named ? format : "text";
        size_t size = named ? key : 4;
        if (!has_room(&out, size + 40))
            break;
        put_member(&out, name, size, false);
        format = put_value(&out, named ? format + key + 1 : format);
    }
    va_end(out.args);
    memcpy(line + out.at, "}\n", 2);
    return out.at + 2;
}
