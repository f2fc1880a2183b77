// format - the formats a schema may assert, each by its own standard and nothing looser.
//
//     date date-time time duration   RFC 3339 (leap seconds only at 23:59:60 UTC)
//     email                          RFC 5321 mailbox
//     ipv4 ipv6                      RFC 2673 dotted quad, RFC 4291
//     uri uri-reference              RFC 3986
//     iri iri-reference              RFC 3987: the same with the letters of all scripts
//     uuid                           RFC 9562, any version
//     json-pointer relative-json-pointer   RFC 6901 and its relative draft
//
// Left out, and refused when a schema names them: hostname, idn-hostname and idn-email
// (need IDNA tables), regex (ECMA 262, which PCRE2 is not), uri-template.

#ifndef LIB_JSON_FORMAT_H
#define LIB_JSON_FORMAT_H

#include "lib/base/bytes.h"

typedef struct {
    const char *name;
    bool (*check)(span_t text);
    const char *words; // for people: "a date-time such as ..."
} format_t;

// The format of this name, or NULL.
const format_t *format_find(const char *name);

// The parts that formats share, each for the whole text.
bool format_ipv4(span_t text);
bool format_ipv6(span_t text);
bool format_date(span_t text);
bool format_time(span_t text);
bool format_date_time(span_t text);
bool format_duration(span_t text);
bool format_uri(span_t text);
bool format_uri_reference(span_t text);
bool format_iri(span_t text);
bool format_iri_reference(span_t text);

#endif
