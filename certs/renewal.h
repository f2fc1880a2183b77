// renewal - all certificates that are to be renewed, in one go.
//
// Whose certificate ends within a span, and has no successor that lasts longer, is due;
// whose certificate ends within it and has one was renewed before, and is handed out once
// more: so the same command said again goes on, whatever has become of its output, and
// issues nothing twice.  At a CA that follows another, everybody is due who is certified
// by the other alone, and at every time.

#ifndef CERTS_RENEWAL_H
#define CERTS_RENEWAL_H

#include "certs/issuing.h"

typedef enum {
    RENEWAL_DUE,   // to be issued
    RENEWAL_DONE,  // it has a successor
    RENEWAL_LEFT,  // it cannot be renewed here; `why`
    RENEWAL_FAILED // it could not be issued, or not be given out; `why`
} renewal_state_t;

typedef struct {
    char name[NODE_ID_MAX];
    renewal_state_t state;
    bool browser; // what is left is the certificate of a browser
    size_t n;
    issued_t entries[2]; // as they are, of one that is due; as issued, afterwards
    cause_t why;
} renewed_t;

// In the order of the index.  `{0}` is a valid empty one.
typedef struct {
    size_t n;
    renewed_t *item;
} renewal_t;

// What is to be renewed of an id: the newest certificates that were not revoked, by this
// CA or, where it has none, by the one that it follows.  How many; 0 with the cause.
size_t renewal_entries(ca_t *ca, const char *name, issued_t entries[2], cause_t *why);

void renewal_find(renewal_t *self, ca_t *ca, int64_t within_ms, int64_t now_ms);
void renewal_free(renewal_t *self);
// Issue what is due, each holder whole or RENEWAL_FAILED.  -1 with the cause when nothing
// can be issued at all.
int renewal_issue(renewal_t *self, const issuing_t *wish, ca_t *ca, cause_t *why);
// Write an answer for each that has further certificates: one behind the other to
// `wish->answer`, and into a folder of its name below `wish->out`; either may be NULL.
int renewal_give(renewal_t *self, const issuing_t *wish, ca_t *ca, cause_t *why);

#endif
