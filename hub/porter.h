// porter - takes in what nodes hand in and gives out what they fetch: attachments, piece
// by piece, to those entitled, and never in the way of messages.
//
// What the entries say of attachments is folded here.  A node may await one answer in
// each direction.  A turn sends a bounded number of them, after everything else.

#ifndef HUB_PORTER_H
#define HUB_PORTER_H

#include "lib/attachment.h"
#include "lib/hub_options.h"
#include "lib/inboxes.h"
#include "lib/refusals.h"
#include "lib/routing.h"
#include "lib/sessions.h"

// All is borrowed.
typedef struct {
    const hub_options_t *options;
    sessions_t *sessions;
    inboxes_t *inboxes;
    refusals_t *refusals;
    // Draft the entry that a node has handed something in; its position.  False: it was
    // not.
    bool (*draft)(void *context, const char *node, span_t text, uint64_t *position);
    // The receipt for an entry, with those of the turn.
    void (*receipt)(void *context, int session, uint64_t position);
    void (*send)(void *context, int session, span_t frame);
    // Bytes on their way to the node of this inbox.
    size_t (*unsent)(void *context, int inbox);
    void (*trouble)(void *context, const char *node, const char *text);
    void *context;
} porter_ops_t;

typedef struct porter porter_t;

porter_t *porter_open(const porter_ops_t *ops, cause_t *why);
void porter_close(porter_t **self_p);

// An accepted message, and an `attachment` entry: both are durable.
int porter_message(
    porter_t *self, const leaf_t *leaf, const routing_t *routing, cause_t *why);
int porter_entry(
    porter_t *self, const leaf_t *leaf, const attachment_t *attachment, cause_t *why);

// Whether this author has handed it in, and which entry says so.
bool porter_handed_in(
    const porter_t *self, const hash_t *digest, const char *author, uint64_t *position);

// GIVE, PIECE or FETCH.  -1 when it cannot be read.
int porter_frame(
    porter_t *self, session_t *session, int type, span_t frame, cause_t *why);
// Draft the entries of what has become whole, before the turn's batch is written.
void porter_whole_turn(porter_t *self, bool may_write);
// Send what is answered, after everything else.
void porter_turn(porter_t *self);
// How often there was no room, since the start: the node had its share, or all was taken.
typedef struct {
    uint64_t node_bytes, total_bytes;
    char node[NODE_ID_MAX]; // the last that had its share
} porter_full_t;
const porter_full_t *porter_full(const porter_t *self);
int porter_fd(const porter_t *self); // readable while there is something to do

#endif
