// writer - compact, in the spelling that jansson has too: what RFC 8259 says must be
// escaped is, a solidus and what is beyond ASCII is not.

#include "lib/json/writer.h"

#include "lib/base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

writer_t writer_to(buf_t *out)
{
    return (writer_t){.out = out};
}

static void put_escape(buf_t *out, unsigned char c)
{
    static const char letter[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (c == '"' || c == '\\')
        buf_printf(out, "\\%c", c);
    else if (c < sizeof letter && letter[c])
        buf_printf(out, "\\%c", letter[c]);
    else
        buf_printf(out, "\\u%04X", c);
}

// The bytes that may stand as they are, from the front; 0: the first may not.
static size_t plain(span_t text)
{
    size_t n = 0;
    while (n < text.size) {
        uint32_t point;
        size_t length = text_code_point(span_of(text.data + n, text.size - n), &point);
        if (length == 0 || point < 0x20 || point == '"' || point == '\\')
            break;
        n += length;
    }
    return n;
}

static void put_string(buf_t *out, span_t text)
{
    buf_put_u8(out, '"');
    while (text.size > 0) {
        size_t n = plain(text);
        buf_put(out, text.data, n);
        text = span_of(text.data + n, text.size - n);
        if (text.size == 0)
            break;
        if (text.data[0] < 0x80)
            put_escape(out, text.data[0]);
        else
            buf_put_text(out, "\xEF\xBF\xBD");
        text = span_of(text.data + 1, text.size - 1);
    }
    buf_put_u8(out, '"');
}

static void put_name(writer_t *self, span_t name)
{
    put_string(self->out, name);
    buf_put_u8(self->out, ':');
}

// What comes before every value.
static void begin(writer_t *self, const char *name)
{
    assert(self->depth == 0 || (name != NULL) == !(self->arrays & 1));
    if (self->comma)
        buf_put_u8(self->out, ',');
    if (name)
        put_name(self, span_text(name));
    self->comma = true;
}

static void open(writer_t *self, bool array)
{
    assert(self->depth < WRITER_DEPTH);
    buf_put_u8(self->out, array ? '[' : '{');
    self->arrays = self->arrays << 1 | array;
    self->depth++;
    self->comma = false;
}

void writer_object(writer_t *self, const char *name)
{
    begin(self, name);
    open(self, false);
}

void writer_array(writer_t *self, const char *name)
{
    begin(self, name);
    open(self, true);
}

void writer_end(writer_t *self)
{
    assert(self->depth > 0);
    buf_put_u8(self->out, self->arrays & 1 ? ']' : '}');
    self->arrays >>= 1;
    self->depth--;
    self->comma = true;
}

void writer_span(writer_t *self, const char *name, span_t text)
{
    begin(self, name);
    put_string(self->out, text);
}

void writer_base64(writer_t *self, const char *name, span_t bytes)
{
    begin(self, name);
    buf_put_u8(self->out, '"');
    buf_put_base64(self->out, bytes);
    buf_put_u8(self->out, '"');
}

void writer_text(writer_t *self, const char *name, const char *text)
{
    if (text)
        writer_span(self, name, span_text(text));
    else
        writer_null(self, name);
}

void writer_integer(writer_t *self, const char *name, int64_t value)
{
    begin(self, name);
    buf_printf(self->out, "%" PRId64, value);
}

// A real stays one for whoever reads it: it has a point or an exponent.
static void put_real(buf_t *out, double value)
{
    char text[32];
    assert(isfinite(value));
    (void)snprintf(text, sizeof text, "%.15g", value);
    char *exponent = strchr(text, 'e');
    if (!exponent) {
        buf_put_text(out, text);
        if (!strchr(text, '.'))
            buf_put_text(out, ".0");
        return;
    }
    bool negative = exponent[1] == '-';
    buf_put(out, text, (size_t)(exponent + 1 - text));
    if (negative)
        buf_put_u8(out, '-');
    buf_put_text(out, exponent + 2 + strspn(exponent + 2, "0"));
}

void writer_real(writer_t *self, const char *name, double value)
{
    begin(self, name);
    put_real(self->out, value);
}

void writer_bool(writer_t *self, const char *name, bool value)
{
    begin(self, name);
    buf_put_text(self->out, value ? "true" : "false");
}

void writer_null(writer_t *self, const char *name)
{
    begin(self, name);
    buf_put_text(self->out, "null");
}

void writer_json(writer_t *self, const char *name, span_t json)
{
    begin(self, name);
    buf_put_span(self->out, json);
}

// The values inside lie behind it in the order of the text.
static void put_value(buf_t *out, const value_t *value)
{
    switch (value->type) {
    case VALUE_OBJECT:
    case VALUE_ARRAY:
        buf_put_u8(out, value->type == VALUE_ARRAY ? '[' : '{');
        value_each(item, value)
        {
            if (item != value + 1)
                buf_put_u8(out, ',');
            if (item->key) {
                put_string(out, span_of(item->key, item->key_length));
                buf_put_u8(out, ':');
            }
            put_value(out, item);
        }
        buf_put_u8(out, value->type == VALUE_ARRAY ? ']' : '}');
        break;
    case VALUE_STRING:
        put_string(out, span_of(value->as.text, value->length));
        break;
    case VALUE_INTEGER:
        buf_printf(out, "%" PRId64, value->as.integer);
        break;
    case VALUE_REAL:
        put_real(out, value->as.real);
        break;
    case VALUE_NULL:
        buf_put_text(out, "null");
        break;
    case VALUE_FALSE:
    case VALUE_TRUE:
        buf_put_text(out, value->type == VALUE_TRUE ? "true" : "false");
        break;
    }
}

void writer_value(writer_t *self, const char *name, const value_t *value)
{
    if (!value) {
        writer_null(self, name);
        return;
    }
    begin(self, name);
    put_value(self->out, value);
}
