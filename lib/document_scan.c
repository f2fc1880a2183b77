// document_scan - the bytes of a document before anybody believes them.
//
// One pass over the bytes, without memory, holds back what would cost memory or be read
// in two ways: size, number of values, depth, UTF-8, numbers.  Only then does jansson
// parse, which checks the grammar, the escapes and duplicate keys.  The pass is not a
// parser: where the grammar is broken it lets the bytes through, and jansson says so.

#include "lib/document.h"
#include "lib/text.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    span_t text;
    const document_limits_t *limits;
    refusal_t *refusal;
    size_t at;
    unsigned depth;
    size_t values;
} scan_t;

// "line 3, column 7 (byte 61)" for people; columns count bytes.
static void place(span_t text, size_t offset, char out[80])
{
    size_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset && i < text.size; i++)
        if (text.data[i] == '\n') {
            line++;
            start = i + 1;
        }
    (void)snprintf(
        out, 80, "line %zu, column %zu (byte %zu)", line, offset - start + 1, offset);
}

static int refuse_at(refusal_t *refusal, const char *code, span_t text, size_t offset,
    const char *by, const char *what)
{
    char where[80];
    buf_t pointer = {0};
    place(text, offset, where);
    document_locate(text, offset, &pointer);
    refuse(refusal, code, buf_text(&pointer), by, "%s: %s", where, what);
    buf_destroy(&pointer);
    return -1;
}

static int refuse_here(scan_t *scan, const char *code, const char *by, const char *what)
{
    return refuse_at(scan->refusal, code, scan->text, scan->at, by, what);
}

// One character of two bytes or more.
static int scan_wide(scan_t *scan)
{
    uint32_t code;
    size_t n = text_code_point(
        span_of(scan->text.data + scan->at, scan->text.size - scan->at), &code);
    if (n == 0)
        return refuse_here(scan, "doc.utf8", "", "these bytes are not UTF-8");
    scan->at += n;
    return 0;
}

// From the opening quote to behind the closing one.
static int scan_string(scan_t *scan)
{
    const uint8_t *data = scan->text.data;
    size_t size = scan->text.size;
    scan->at++;
    while (scan->at < size && data[scan->at] != '"') {
        if (data[scan->at] >= 0x80) {
            if (scan_wide(scan) != 0)
                return -1;
        } else {
            bool escape = data[scan->at] == '\\' && scan->at + 1 < size;
            scan->at += escape && data[scan->at + 1] < 0x80 ? 2 : 1;
        }
    }
    scan->at++;
    return 0;
}

static size_t digits(span_t text, size_t from)
{
    size_t n = from;
    while (n < text.size && text.data[n] >= '0' && text.data[n] <= '9')
        n++;
    return n - from;
}

// What is wrong with a number's text, or NULL.
static const char *number_fault(span_t text)
{
    size_t sign = text.data[0] == '-';
    size_t whole = digits(text, sign);
    size_t end = sign + whole;
    if (whole == 0 || (whole > 1 && text.data[sign] == '0'))
        return "a number has an integer part without leading zeros";
    if (end == text.size) {
        uint64_t value;
        bool fits = decimal_decode(span_of(text.data + sign, whole), &value) &&
                    value <= (uint64_t)INT64_MAX + sign;
        return !fits                ? "an integer must fit 64 bits with its sign"
               : sign && value == 0 ? "zero has no sign"
                                    : NULL;
    }
    size_t fraction = text.data[end] == '.' ? digits(text, end + 1) : 0;
    if (fraction == 0 || end + 1 + fraction != text.size)
        return "a number is written without exponent";
    if (text.data[text.size - 1] == '0')
        return "a fraction does not end in 0";
    return whole + fraction > 15 ? "a number with a fraction has at most 15 digits"
                                 : NULL;
}

static int scan_number(scan_t *scan)
{
    size_t end = scan->at;
    while (end < scan->text.size && scan->text.data[end] != 0 &&
           strchr("+-.0123456789eE", scan->text.data[end]))
        end++;
    const char *fault = number_fault(span_of(scan->text.data + scan->at, end - scan->at));
    if (fault)
        return refuse_here(scan, "doc.number", "", fault);
    scan->at = end;
    return 0;
}

// Commas and opening brackets: never fewer than there are values, and not twice as many.
static int count_value(scan_t *scan)
{
    if (++scan->values > DOCUMENT_VALUES_MAX)
        return refuse_here(scan, "doc.size", "limit values", "too many values");
    return 0;
}

static int scan_open(scan_t *scan)
{
    if (scan->depth == scan->limits->depth) {
        char what[80];
        (void)snprintf(
            what, sizeof what, "nested deeper than %u levels", scan->limits->depth);
        return refuse_here(scan, "doc.depth", "limit depth", what);
    }
    scan->depth++;
    scan->at++;
    return count_value(scan);
}

// One byte outside of strings, or the string or number that begins there.
static int scan_one(scan_t *scan)
{
    uint8_t c = scan->text.data[scan->at];
    if (c >= 0x80)
        return scan_wide(scan);
    switch (c) {
    case '"':
        return scan_string(scan);
    case '{':
    case '[':
        return scan_open(scan);
    case '}':
    case ']':
        scan->depth -= scan->depth > 0;
        scan->at++;
        return 0;
    case ',':
        scan->at++;
        return count_value(scan);
    case 0:
        return refuse_here(scan, "doc.syntax", "", "a NUL byte is not JSON");
    default:
        break;
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return scan_number(scan);
    scan->at++;
    return 0;
}

static int scan_all(scan_t *scan)
{
    if (scan->text.size > scan->limits->size)
        return refuse(scan->refusal, "doc.size", "", "limit size",
            "the document has %zu bytes, the limit is %zu", scan->text.size,
            scan->limits->size);
    if (scan->text.size >= 3 && memcmp(scan->text.data, "\xef\xbb\xbf", 3) == 0)
        return refuse_here(scan, "doc.syntax", "", "starts with a byte order mark");
    while (scan->at < scan->text.size)
        if (scan_one(scan) != 0)
            return -1;
    return 0;
}

static int refuse_syntax(span_t bytes, json_error_t *error, refusal_t *refusal)
{
    bool duplicate = json_error_code(error) == json_error_duplicate_key;
    return refuse_at(refusal, duplicate ? "doc.duplicate-key" : "doc.syntax", bytes,
        error->position > 0 ? (size_t)error->position : 0, "", error->text);
}

int document_load(
    span_t bytes, const document_limits_t *limits, json_t **root, refusal_t *refusal)
{
    scan_t scan = {.text = bytes, .limits = limits, .refusal = refusal};
    json_error_t error;
    *root = NULL;
    // jansson would also refuse most of this, but only after taking memory for it.
    if (scan_all(&scan) != 0)
        return -1;
    json_t *value = json_loadb(bytes.size ? (const char *)bytes.data : "", bytes.size,
        JSON_REJECT_DUPLICATES, &error);
    if (!value)
        return refuse_syntax(bytes, &error, refusal);
    if (!json_is_object(value)) {
        json_decref(value);
        return refuse(
            refusal, "doc.syntax", "", "", "the document must be one JSON object");
    }
    *root = value;
    return 0;
}
