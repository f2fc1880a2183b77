// finding - what an examination came to: one sentence each, with what to do about it; and
// what was measured on the way.

#ifndef NODES_DOCTOR_FINDING_H
#define NODES_DOCTOR_FINDING_H

#include <stddef.h>
#include <stdint.h>

// From good to bad.  UNSEEN: whoever runs this may not look there.
typedef enum {
    FOUND_OK,
    FOUND_NOTE,
    FOUND_UNSEEN,
    FOUND_WARNING,
    FOUND_CRITICAL
} severity_t;

const char *severity_name(severity_t severity); // "ok", "note", ...; not translated

typedef struct {
    severity_t severity;
    const char *check; // the row's name
    char *where;       // a file, folder or address, or ""
    char *what;        // a sentence
    char *advice;      // a command to type, or what to do in words; "" where it is good
} finding_t;

// A number for whoever draws curves.  A warning is due above `warn`, or below it where
// `low` is set; the same of `critical`.
typedef struct {
    char label[64];
    const char *unit; // "d", "B" or ""
    int64_t value, warn, critical;
    int low;
} measure_t;

typedef struct {
    const char *check; // of the row that runs
    size_t n, measures;
    finding_t *finding;
    measure_t *measure;
} findings_t;

// `{0}` is a valid empty one.
void findings_close(findings_t *self);
// How bad it is, all in all.
severity_t findings_worst(const findings_t *self);
size_t findings_count(const findings_t *self, severity_t severity);

// Room for an advice with something in it.
typedef struct {
    char text[1024];
} advice_t;
const char *advise(advice_t *room, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// `where` and `advice` may be NULL.
void found(findings_t *self, severity_t severity, const char *where, const char *advice,
    const char *format, ...) __attribute__((format(printf, 5, 6)));
// What could not be looked at, for the reason in errno: UNSEEN where it is a matter of
// permission, else a warning.
void found_closed(findings_t *self, const char *where);
void measured(findings_t *self, const measure_t *measure);

#endif
