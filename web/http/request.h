// request - what a browser asks, whole and checked as far as a server can, and by whom.

#ifndef WEB_HTTP_REQUEST_H
#define WEB_HTTP_REQUEST_H

#include "lib/base/bytes.h"
#include "lib/base/times.h"
#include "lib/pki/cert.h"

#include <stdbool.h>

enum { REQUEST_STEPS = 4, REQUEST_STEP = 200 };

typedef enum { VIA_LINK, VIA_CERTIFICATE } via_t;

// The officer who is at the browser.
typedef struct {
    char name[NODE_ID_MAX];
    char office[OFFICE_MAX];       // or ""
    char territory[TERRITORY_MAX]; // or ""
    via_t via;
} person_t;

typedef enum { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_DELETE } method_t;

typedef struct request request_t;

method_t request_method(const request_t *self);
const person_t *request_person(const request_t *self);
// What changes are asked with, and which session it is ("" where a certificate says it).
const char *request_token(const request_t *self);
const char *request_session(const request_t *self);
span_t request_certificate(const request_t *self); // as DER; empty where a link says it
int64_t request_now_ms(const request_t *self);     // the wall clock when it was whole
// Step `i` of the path that its route leaves open ("*"), decoded; valid UTF-8 without
// control characters.
const char *request_step(const request_t *self, size_t i);
// What the query says of `name`, decoded; "" when nothing.
const char *request_query(const request_t *self, const char *name);
// A whole number of the query; `preset` when it says nothing or no such number.
int64_t request_number(
    const request_t *self, const char *name, int64_t least, int64_t most, int64_t preset);
const char *request_header(const request_t *self, const char *name); // or ""
span_t request_body(const request_t *self); // empty where it went into a file
// Of a route that takes a file: where its bytes are; whoever moves it away owns it.
const char *request_file(const request_t *self);
bool request_file_hash(const request_t *self, hash_t *out, uint64_t *size);

#endif
