// returned - what was refused, kept in refused/ together with the reason.
//
//     refused/NAME, NAME.reason.json       the newest of this name
//     refused/NAME~N.json, ....reason.json  those before it, each with its own reason
//
// At no moment, and after no crash, does a reason lie beside bytes that it is not about.

#ifndef NODES_INBOX_RETURNED_H
#define NODES_INBOX_RETURNED_H

#include "lib/base/cause.h"
#include "lib/base/refusal.h"

typedef struct {
    const char *name;   // the file's, or "<id>.json"; may be too long for a reason
    const char *mark;   // tells a second try from a second file where there is no hash
    const hash_t *hash; // of the document; NULL: it was not read
    span_t document;    // empty: only the reason is kept, or `move` brings the file
    const refusal_t *refusal;
    // Bring what was refused to this place, over nothing that is there (errno EEXIST).
    int (*move)(void *context, int folder, const char *to);
    void *context;
} returned_t;

// `folder` is refused/, held open, and `path` what it is called in causes.  When this
// returns 0, both are on stable storage; after a failure it may be called again.
int returned_keep(int folder, const char *path, const returned_t *item, cause_t *why);

#endif
