// custody - chains of custody of digital traces, as far as a node has their messages.
//
// A chain is made of trace.manifest messages, which offer, and of acknowledgements, which
// take over or decline, in the order of the log.  A step that is not proven, or that its
// author had no right to take, is shown and changes nothing.

#ifndef NODES_TOOLS_CUSTODY_H
#define NODES_TOOLS_CUSTODY_H

#include "lib/message/lineage.h"
#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"
#include "nodes/inbox/mail.h"

typedef enum {
    STEP_HOLDS,     // a manifest that hands nothing over
    STEP_OFFERS,    // one that does
    STEP_CORRECTS,  // one in the place of another
    STEP_WITHDRAWS, // one that takes an offer back
    STEP_TAKES,
    STEP_DECLINES,
    STEP_RETRACTS // what was answered
} step_type_t;

typedef struct {
    step_type_t type;
    mail_t mail;
    char author[NODE_ID_MAX];
    char to[NODE_ID_MAX]; // whom it offers to; "": nobody
    bool proven;          // its seal and its place in the log are good
    bool counts;          // its author had the right to take it; else it changes nothing
    cause_t why;          // why it is not proven
    size_t signers;       // the node, then officers
    char signer[SEAL_SIGNATURES_MAX][NODE_ID_MAX];
    size_t files;       // of a manifest
    uint64_t bytes;     // all of them
    size_t more, fewer; // files than in the manifest before it, by their hashes
    size_t chain;       // which it is part of
} step_t;

// What a chain comes to; all is borrowed from the steps.
typedef struct {
    const step_t *first;
    const step_t *holder; // by which its author holds them; NULL: no step counts
    const step_t *offer;  // that nobody has answered, or NULL
    bool whole;           // false: it began before what this node has
    bool good;            // every step counts
} chain_t;

typedef struct {
    size_t n, room;
    step_t *step; // by position in the log
    size_t chains;
    chain_t *chain;
    lineage_t *lineage; // of the steps
} custody_t;            // {0} is valid and empty

// Add a message, in any order.  Takes the mail over; NULL, and the mail closed, when it
// has nothing to do with custody or is there already.  The step is not proven yet: that
// is the caller's to say before it adds another.
step_t *custody_add(custody_t *self, mail_t *mail);
// Put what was added in order and see what it comes to; once.
void custody_fold(custody_t *self);
void custody_close(custody_t *self);
// Which chain the message of this id or inbox number is part of; -1: of none.
long custody_chain_of(const custody_t *self, const char *wanted);

#endif
