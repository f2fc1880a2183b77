// document - one JSON object and its envelope, parsed from bytes nobody vouches for yet.
//
// Limits come first: size, number of values, depth, UTF-8, canonical numbers, duplicate
// keys.  Then the envelope's fields are read (schemas have checked their types by then:
// see schema.h).
//
// Of what RFC 8259 allows, a document leaves out what two decoders could read otherwise:
//   - a byte order mark, a NUL (as a byte or as \u0000), unpaired surrogates, a key that
//     is there twice (after unescaping), anything but white space around the object;
//   - numbers that are not canonical.  An integer is written without exponent, fraction,
//     leading zero or "-0", and fits a signed 64-bit integer.  Another number is an
//     integer part, a point and a fraction that does not end in 0, at most 15 significant
//     digits (so that a double holds it), no exponent.  `1.0`, `1e3`, `-0` and `0.10` are
//     refused.

#ifndef LIB_MESSAGE_DOCUMENT_H
#define LIB_MESSAGE_DOCUMENT_H

#include "lib/base/bytes.h"
#include "lib/base/refusal.h"
#include "lib/json/value.h"
#include "lib/tlog/leaf.h"

typedef struct {
    size_t size;    // bytes
    unsigned depth; // nested arrays and objects
} document_limits_t;

enum {
    DOCUMENT_TO_MAX = 64,
    DOCUMENT_VALUES_MAX = 32768, // a value in memory takes twenty times its two bytes
};

typedef enum { STATUS_ACTUAL, STATUS_EXERCISE, STATUS_TEST } status_t;
typedef enum { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED } tlp_t;

// Names another message: its author and its id.  author[0] == 0: absent.
typedef struct {
    char author[NODE_ID_MAX];
    char id[MESSAGE_ID_MAX];
} reference_t;

typedef struct {
    value_t *root;       // owned
    const value_t *body; // in it; NULL: there is none
    char id[MESSAGE_ID_MAX];
    char kind[KIND_MAX];
    char from[NODE_ID_MAX];
    char for_[NODE_ID_MAX]; // only the hub's derived messages
    int64_t sent_ms;
    status_t status;
    tlp_t marking;
    reference_t incident, re, under, supersedes, cancels;
    size_t to_count;
    char to[DOCUMENT_TO_MAX][NODE_ID_MAX]; // node ids; the first to_count
} document_t;

// The checks before the schema: limits, syntax, duplicate keys.  0, or -1 with the
// refusal, whose text gives line, column and byte offset.  On success the caller owns
// *root (value_free).
int document_load(
    span_t bytes, const document_limits_t *limits, value_t **root, refusal_t *refusal);

// A document that was taken before, under whatever limits there were then.  NULL when it
// is no JSON; the caller owns the value.
value_t *document_again(span_t bytes);
// Whether such a document is the one that its leaf says it is: one JSON object whose id,
// kind and author are the leaf's.
int document_fits(span_t bytes, const leaf_t *leaf, cause_t *why);

// The JSON pointer of what stands at a byte offset, appended to `out`, as far as the text
// is JSON up to there; keys as they are written.  For refusals of what does not parse.
void document_locate(span_t text, size_t offset, buf_t *out);

// Whether the author declares a state secret: `state_secret` is there and not false.
// Asked before the schema, so that nothing else about such a document is looked at or
// answered.
bool document_declares_secret(const value_t *root);

// Read the envelope of a document that the schema of its kind has accepted.  Takes over
// `root`; when it fails, which it does only where schema and code disagree, there is
// nothing left to close.
int document_open(document_t *self, value_t *root, refusal_t *refusal);
void document_close(document_t *self); // safe on a zeroed or half-open document

bool reference_same(const reference_t *a, const reference_t *b);
const char *tlp_name(tlp_t marking); // "TLP:AMBER+STRICT"

#endif
