// attachment_server - takes in what nodes hand in and gives out what they fetch:
// attachments, piece by piece, to those entitled, and never in the way of messages.
//
// A node may await one answer in each direction.  A turn sends a bounded number of them,
// after everything else.

#ifndef HUB_ATTACH_ATTACHMENT_SERVER_H
#define HUB_ATTACH_ATTACHMENT_SERVER_H

#include "hub/journal/refusals.h"
#include "hub/net/reception.h"
#include "hub/send/answers.h"
#include "hub/state/attachments.h"
#include "hub/state/readback.h"

// All is borrowed for as long as the server lives.
typedef struct {
    const hub_options_t *options;
    const attachments_t *attachments; // which there are, by the log
    inboxes_t *inboxes;
    history_t *history;
    readback_t *readback;
    draft_t *draft; // where what was handed in becomes an entry
    sessions_t *sessions;
    refusals_t *refusals;
    const gate_t *gate;
    reception_t *reception;
    answers_t *answers; // receipts for such entries
} attachment_server_setup_t;

typedef struct attachment_server attachment_server_t;

attachment_server_t *attachment_server_open(
    const attachment_server_setup_t *setup, cause_t *why);
void attachment_server_close(attachment_server_t **self_p);

// GIVE, PIECE or FETCH.  -1 when it cannot be read.
int attachment_server_frame(
    attachment_server_t *self, session_t *session, int type, span_t frame, cause_t *why);
// Draft the entries of what has become whole, before the turn's batch is written.
void attachment_server_whole_turn(attachment_server_t *self, bool may_write);
// Send what is answered, after everything else.
void attachment_server_turn(attachment_server_t *self);
// Remove all that there is of a file that the log says is erased; it is done when this
// returns.  1: there was something, 0: there was nothing.
int attachment_server_erase(
    attachment_server_t *self, const hash_t *digest, cause_t *why);
// How often there was no room, since the start: the node had its share, or all was taken.
typedef struct {
    uint64_t node_bytes, total_bytes;
    char node[NODE_ID_MAX]; // the last that had its share
} attachment_server_full_t;
const attachment_server_full_t *attachment_server_full(const attachment_server_t *self);
uint64_t attachment_server_used(const attachment_server_t *self); // bytes kept, about
int attachment_server_fd(
    const attachment_server_t *self); // readable while there is something to do

#endif
