// manifest - the document of a trace.manifest, made of files that were hashed.

#ifndef NODES_TOOLS_MANIFEST_H
#define NODES_TOOLS_MANIFEST_H

#include "nodes/tools/traces.h"

#include <jansson.h>

// What is said of the traces; NULL where nothing is.
typedef struct {
    const char *to;                // whom custody is handed over to
    const char *incident, *author; // a message of its thread, by id or number; and whose
    const char *former;            // the manifest before this one, by id or number
    const char *holder, *officer, *place, *since; // custody
    const char *type, *origin;                    // of each trace
    const char *marking, *summary, *lang;
    const char *base; // real path from which paths are seen
    span_t left_out;  // what could not be hashed, a line each; empty: nothing
} manifest_t;

// `node` is the folder whose inbox/ and sent/ have what is referred to.  The caller owns
// the document; NULL with the cause.
json_t *manifest_new(
    const manifest_t *self, const char *node, const traces_t *traces, cause_t *why);

#endif
