// format_uri - RFC 3986: a URI, and a URI reference; RFC 3987: the same in all scripts.
//
// The text is cut at the delimiters of appendix B, then every part is held against the
// characters that its rule allows.  An IRI allows the same ones and those beyond ASCII.

#include "lib/json/format.h"

#include "lib/base/text.h"

#include <string.h>

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
#define SUB_DELIMS "!$&'()*+,;="
#define PCHAR UNRESERVED SUB_DELIMS ":@"

static span_t slice(span_t text, size_t from, size_t to)
{
    return span_of(text.data + from, to - from);
}

// Where the first of `stops` is, or the end.
static size_t find(span_t text, size_t from, const char *stops)
{
    while (from < text.size && (text.data[from] == 0 || !strchr(stops, text.data[from])))
        from++;
    return from;
}

// Beyond ASCII: none; those of RFC 3987's ucschar; in a query its iprivate, too.
typedef enum { URI, IRI, IRI_QUERY } wide_t;

// What turns the direction of a text is not for an IRI (section 4.1).
static bool turns(uint32_t c)
{
    return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E);
}

static bool is_ucschar(uint32_t c)
{
    if (c >= 0x10000)
        return c < 0xF0000 && (c & 0xFFFF) < 0xFFFE && (c < 0xE0000 || c >= 0xE1000);
    return (c >= 0xA0 && c <= 0xD7FF && !turns(c)) || (c >= 0xF900 && c <= 0xFDCF) ||
           (c >= 0xFDF0 && c <= 0xFFEF);
}

static bool is_private(uint32_t c)
{
    return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && (c & 0xFFFF) < 0xFFFE);
}

// The bytes of the character that stands first; 0 when it is not allowed.
static size_t wide_size(span_t text, wide_t wide)
{
    uint32_t c;
    size_t size = wide == URI ? 0 : text_code_point(text, &c);
    return size > 1 && (is_ucschar(c) || (wide == IRI_QUERY && is_private(c))) ? size : 0;
}

static bool is_hex(uint8_t c)
{
    return c != 0 && strchr("0123456789abcdefABCDEF", c);
}

// Only `allowed` characters, whole percent-encodings, and those beyond ASCII as `wide`.
static bool made_of(span_t text, const char *allowed, wide_t wide)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        size_t size = 0;
        if (c == '%') {
            if (text.size - i < 3 || !is_hex(text.data[i + 1]) ||
                !is_hex(text.data[i + 2]))
                return false;
            i += 2;
        } else if (c >= 0x80 && (size = wide_size(slice(text, i, text.size), wide)) > 0) {
            i += size - 1;
        } else if (c == 0 || !strchr(allowed, c)) {
            return false;
        }
    }
    return true;
}

static bool is_plain(span_t text, const char *allowed)
{
    return !(text.size && memchr(text.data, '%', text.size)) &&
           made_of(text, allowed, URI);
}

static bool is_scheme(span_t text)
{
    return text.size > 0 && strchr("+-.0123456789", text.data[0]) == NULL &&
           is_plain(
               text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
}

// What stands between [ and ]: an IPv6 address, or "v", a version, a dot and text.
static bool is_ip_literal(span_t text)
{
    if (text.size == 0 || (text.data[0] != 'v' && text.data[0] != 'V'))
        return format_ipv6(text);
    size_t dot = find(text, 1, ".");
    return dot > 1 && dot + 1 < text.size &&
           is_plain(slice(text, 1, dot), "0123456789abcdefABCDEF") &&
           is_plain(slice(text, dot + 1, text.size), UNRESERVED SUB_DELIMS ":");
}

static bool is_port(span_t text)
{
    return text.size == 0 ||
           (text.data[0] == ':' && is_plain(slice(text, 1, text.size), "0123456789"));
}

static bool is_authority(span_t text, wide_t wide)
{
    size_t at = find(text, 0, "@");
    if (at < text.size) {
        if (!made_of(slice(text, 0, at), UNRESERVED SUB_DELIMS ":", wide))
            return false;
        text = slice(text, at + 1, text.size);
    }
    if (text.size > 0 && text.data[0] == '[') {
        size_t end = find(text, 0, "]");
        return end < text.size && is_ip_literal(slice(text, 1, end)) &&
               is_port(slice(text, end + 1, text.size));
    }
    size_t colon = find(text, 0, ":");
    return made_of(slice(text, 0, colon), UNRESERVED SUB_DELIMS, wide) &&
           is_port(slice(text, colon, text.size));
}

// Everything behind the scheme.
static bool is_rest(span_t text, wide_t wide)
{
    wide_t in_query = wide == URI ? URI : IRI_QUERY;
    size_t fragment = find(text, 0, "#");
    size_t query = find(slice(text, 0, fragment), 0, "?");
    size_t path = 0;
    if (query >= 2 && text.data[0] == '/' && text.data[1] == '/') {
        path = find(slice(text, 0, query), 2, "/");
        if (!is_authority(slice(text, 2, path), wide))
            return false;
    }
    // The delimiters themselves may stand in front of their parts: "?" is one of both
    // sets.
    return made_of(slice(text, path, query), PCHAR "/", wide) &&
           made_of(slice(text, query, fragment), PCHAR "/?", in_query) &&
           (fragment == text.size ||
               made_of(slice(text, fragment + 1, text.size), PCHAR "/?", wide));
}

static bool is_absolute(span_t text, wide_t wide)
{
    size_t colon = find(text, 0, ":/?#");
    return colon < text.size && text.data[colon] == ':' &&
           is_scheme(slice(text, 0, colon)) &&
           is_rest(slice(text, colon + 1, text.size), wide);
}

static bool is_reference(span_t text, wide_t wide)
{
    // Without a scheme the first segment of the path holds no colon.
    size_t colon = find(text, 0, ":/?#");
    if (colon < text.size && text.data[colon] == ':')
        return is_absolute(text, wide);
    return is_rest(text, wide);
}

bool format_uri(span_t text)
{
    return is_absolute(text, URI);
}

bool format_uri_reference(span_t text)
{
    return is_reference(text, URI);
}

bool format_iri(span_t text)
{
    return is_absolute(text, IRI);
}

bool format_iri_reference(span_t text)
{
    return is_reference(text, IRI);
}
