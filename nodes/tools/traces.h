// traces - files hashed where they lie: nothing is copied, and nothing is written to
// them.
//
// A hash has to stand for one file at one moment.  So only regular files are hashed, no
// symbolic links, and a file that changes while it is read is an error.

#ifndef NODES_TOOLS_TRACES_H
#define NODES_TOOLS_TRACES_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/base/digest.h"

enum { TRACES_MAX = 1000 }; // of one manifest, as its schema has it

typedef struct {
    uint64_t size;
    char sha256[HASH_HEX];
    int64_t modified_ms;
} print_t; // a file's fingerprint

typedef struct {
    char *path;
    print_t print;
} trace_t;

typedef struct {
    size_t n, room;
    trace_t *trace;       // in the order they were met
    digest_watch_t watch; // who is told of the bytes that are hashed
} traces_t;               // {0} is valid and empty

// Whether a file could not be read because it is no longer there.
typedef enum { TRACE_GOOD, TRACE_BAD, TRACE_GONE } trace_result_t;

// Hash one file.  TRACE_BAD: it cannot be read, is none, or changed meanwhile.
trace_result_t trace_hash(const char *path, print_t *print, cause_t *why);
trace_result_t trace_hash_told(
    const char *path, const digest_watch_t *watch, print_t *print, cause_t *why);

// What cannot be hashed, and why.
typedef void (*traces_bad_fn)(void *context, const char *path, const char *why);
// Add a file, or all below a folder by name, under its real path; one that is there
// already is not added again.  -1 when there are too many; what else is wrong goes to
// `bad`.
int traces_add(
    traces_t *self, const char *path, traces_bad_fn bad, void *context, cause_t *why);
void traces_close(traces_t *self);

#endif
