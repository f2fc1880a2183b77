// writer - JSON text, written member by member behind what a buffer holds.
//
// Whoever writes names every member and closes what it opened; commas are the writer's.
// Nothing is kept but the place: what is written may be as large as the buffer.

#ifndef LIB_JSON_WRITER_H
#define LIB_JSON_WRITER_H

#include "lib/json/value.h"

enum { WRITER_DEPTH = 63 }; // nested arrays and objects

// Opaque; made by writer_to, and copied by nobody.
typedef struct {
    buf_t *out;
    uint64_t arrays; // a bit for each that is open, the innermost lowest: it is an array
    unsigned depth;
    bool comma; // before the next one
} writer_t;

writer_t writer_to(buf_t *out); // borrowed for as long as the writer is used

// Below, `name` is that of the member, NULL for an item of an array or for the whole.
void writer_object(writer_t *self, const char *name);
void writer_array(writer_t *self, const char *name);
void writer_end(writer_t *self); // of what was opened last
// A byte that belongs to no UTF-8 sequence is written as U+FFFD.
void writer_text(writer_t *self, const char *name, const char *text); // NULL: null
void writer_span(writer_t *self, const char *name, span_t text);
void writer_base64(writer_t *self, const char *name, span_t bytes);
void writer_integer(writer_t *self, const char *name, int64_t value);
void writer_real(writer_t *self, const char *name, double value); // finite, 15 digits
void writer_bool(writer_t *self, const char *name, bool value);
void writer_null(writer_t *self, const char *name);
// What was read, with all that is in it; NULL: null.
void writer_value(writer_t *self, const char *name, const value_t *value);
// JSON text that is known to be one value.
void writer_json(writer_t *self, const char *name, span_t json);

#endif
