// format - the table of formats, and those that fit in a few lines.
//
// Each check sees untrusted text of any length, allocates nothing and reads it once.
// Times are in format_time.c, URIs in format_uri.c.

#include "lib/json/format.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// inet_pton wants a terminated string; what does not fit `room` is no address anyway.
static bool presents(int family, span_t text)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char address[16];
    if (text.size == 0 || text.size >= sizeof copy || memchr(text.data, 0, text.size))
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = 0;
    return inet_pton(family, copy, address) == 1;
}

bool format_ipv4(span_t text)
{
    // glibc takes "127.000.000.001"; RFC 3986 and the rest of the world see octal there.
    for (size_t i = 0; i + 1 < text.size; i++)
        if (text.data[i] == '0' && is_digit(text.data[i + 1]) &&
            (i == 0 || text.data[i - 1] == '.'))
            return false;
    return presents(AF_INET, text);
}

bool format_ipv6(span_t text)
{
    const uint8_t *dot = text.size ? memchr(text.data, '.', text.size) : NULL;
    if (dot) {
        const uint8_t *colon = memrchr(text.data, ':', text.size);
        if (!colon || colon > dot)
            return false;
        size_t before = (size_t)(colon - text.data) + 1;
        if (!format_ipv4(span_of(text.data + before, text.size - before)))
            return false;
    }
    return presents(AF_INET6, text);
}

static bool check_uuid(span_t text)
{
    if (text.size != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.data[i] != '-' : !is_hex(text.data[i]))
            return false;
    }
    return true;
}

static bool check_json_pointer(span_t text)
{
    if (text.size > 0 && text.data[0] != '/')
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '~' &&
            (i + 1 == text.size || (text.data[i + 1] != '0' && text.data[i + 1] != '1')))
            return false;
    return true;
}

static bool check_relative_json_pointer(span_t text)
{
    size_t digits = 0;
    while (digits < text.size && is_digit(text.data[digits]))
        digits++;
    if (digits == 0 || (digits > 1 && text.data[0] == '0'))
        return false;
    span_t rest = span_of(text.data + digits, text.size - digits);
    return span_is(rest, "#") || check_json_pointer(rest);
}

// RFC 5321 Dot-string: atoms separated by single dots.
static bool is_dot_string(span_t text)
{
    bool dot = true; // as if one stood in front: the first must be an atom
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c == '.'
                ? dot
                : !is_alphanumeric(c) && (c == 0 || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
            return false;
        dot = c == '.';
    }
    return !dot;
}

// RFC 5321 Quoted-string, the quotes included.
static bool is_quoted(span_t text)
{
    if (text.size < 2 || text.data[0] != '"' || text.data[text.size - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < text.size; i++) {
        uint8_t c = text.data[i];
        if (c == '\\' && i + 2 < text.size)
            c = text.data[++i];
        else if (c == '"' || c == '\\')
            return false;
        if (c < 0x20 || c > 0x7e)
            return false;
    }
    return true;
}

// Labels of letters, digits and inner hyphens, at most 63 long, 253 in all.
static bool is_domain(span_t text)
{
    size_t length = 0;
    if (text.size == 0 || text.size > 253)
        return false;
    for (size_t i = 0; i <= text.size; i++) {
        if (i == text.size || text.data[i] == '.') {
            if (length == 0 || length > 63 || text.data[i - 1] == '-')
                return false;
            length = 0;
        } else if (is_alphanumeric(text.data[i]) || (text.data[i] == '-' && length > 0)) {
            length++;
        } else {
            return false;
        }
    }
    return true;
}

// RFC 5321 address-literal, the brackets included; general literals are not in use.
static bool is_address_literal(span_t text)
{
    if (text.size < 2 || text.data[0] != '[' || text.data[text.size - 1] != ']')
        return false;
    span_t inner = span_of(text.data + 1, text.size - 2);
    if (inner.size > 5 && strncasecmp((const char *)inner.data, "IPv6:", 5) == 0)
        return format_ipv6(span_of(inner.data + 5, inner.size - 5));
    return format_ipv4(inner);
}

static bool check_email(span_t text)
{
    // The last @ splits: a domain never holds one, a quoted local part may.
    const uint8_t *at = text.size ? memrchr(text.data, '@', text.size) : NULL;
    if (!at)
        return false;
    size_t before = (size_t)(at - text.data);
    span_t local = span_of(text.data, before);
    span_t domain = span_of(at + 1, text.size - before - 1);
    return (is_dot_string(local) || is_quoted(local)) &&
           (is_domain(domain) || is_address_literal(domain));
}

static const format_t formats[] = {
    {"date", format_date, "a date such as 2026-11-22"},
    {"date-time", format_date_time, "a moment such as 2026-11-22T09:30:00Z (RFC 3339)"},
    {"duration", format_duration, "a duration such as PT24H (RFC 3339)"},
    {"email", check_email, "an e-mail address"},
    {"ipv4", format_ipv4, "an IPv4 address"},
    {"ipv6", format_ipv6, "an IPv6 address"},
    {"json-pointer", check_json_pointer, "a JSON pointer (RFC 6901)"},
    {"relative-json-pointer", check_relative_json_pointer, "a relative JSON pointer"},
    {"time", format_time, "a time of day with its offset, such as 09:30:00Z"},
    {"uri", format_uri, "a URI with its scheme (RFC 3986)"},
    {"uri-reference", format_uri_reference, "a URI or a relative reference (RFC 3986)"},
    {"iri", format_iri,
        "an address with its scheme, such as https://a.example/x (an IRI, RFC 3987)"},
    {"iri-reference", format_iri_reference, "an IRI or a relative reference (RFC 3987)"},
    {"uuid", check_uuid, "a UUID"},
};

const format_t *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}
