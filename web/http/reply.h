// reply - what a browser gets.  The first call of these decides; a handler that makes
// none has answered 204.

#ifndef WEB_HTTP_REPLY_H
#define WEB_HTTP_REPLY_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/base/refusal.h"

#include <jansson.h>

typedef struct reply reply_t;
struct stream;

// Takes over `json`; NULL is an answer that could not be made (500).
void reply_json(reply_t *self, json_t *json);
void reply_json_status(reply_t *self, unsigned status, json_t *json);
// {"error": {"code", "text"}}; `code` is a word that pages know.
void reply_error(reply_t *self, unsigned status, const char *code, const char *format,
    ...) __attribute__((format(printf, 4, 5)));
void reply_refusal(reply_t *self, const refusal_t *refusal); // 422
// 507 where the disk is full, else 500; the cause is logged as well.
void reply_failed(reply_t *self, const cause_t *why);
// Takes over `bytes`.  `name`: saved under this name, or NULL.
void reply_bytes(reply_t *self, const char *type, const char *name, buf_t *bytes);
// A regular file, as a download under `name` that is not trusted; 404 when there is none.
void reply_file(reply_t *self, const char *path, const char *name);
// An event stream; takes it over.
void reply_stream(reply_t *self, struct stream *stream);
// One of the files of the console itself, shown by the browser; 404 when there is none.
void reply_page(reply_t *self, const char *folder, const char *name, const char *known);
// A page that says one thing, for somebody who has no other page yet.
void reply_notice(reply_t *self, unsigned status, const char *code, const char *text);
// The browser keeps this session and goes to the start.  `secure`: it shows the cookie
// over TLS alone.
void reply_session(reply_t *self, const char *name, const char *cookie, bool secure);

#endif
