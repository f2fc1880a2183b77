// store - a node's folders for what was answered and what was delivered.
//
//     sent/ID.json .seal .told .tlog-proof           the proof is there last
//     refused/NAME, NAME.reason.json                  nodes/inbox/returned.h
//     inbox/NUMBER-ID.json .seal .tlog-proof .why     the message is there last
//     carried/NUMBER.PLACE-ID.json .seal .tlog-proof .why
//                                                     what that delivery brought along,
//                                                     by its place there; it is there
//                                                     first
//     aside/NUMBER-ID.leaf .tlog-proof .why           in the stead of a message that the
//                                                     log sets aside, unread
//     certs/known/KEYID.pem                           authors met in deliveries
//     state/stored                                    1..number are here (stored.h)
//     state/checkpoint                                the newest verified
//     state/waiting/NUMBER-ID                         what a person has to answer
//
// When a function returns 0, what it was given survives a power cut.

#ifndef NODES_INBOX_STORE_H
#define NODES_INBOX_STORE_H

#include "lib/base/refusal.h"
#include "nodes/inbox/returned.h"
#include "nodes/link/link.h"

enum { STORE_NAME_MAX = 64 }; // "<12 digits>-<id>" and ending

typedef struct store store_t;

typedef struct {
    const char *folder, *node; // the node's
    const log_vkey_t *vkey;    // of the log that all this is of
} store_options_t;

// Makes the folders; learns how far the inbox goes, as far as that is proven.
store_t *store_open(const store_options_t *options, cause_t *why);
void store_close(store_t **self_p);
uint64_t store_stored(const store_t *self);
uint64_t store_position(const store_t *self); // in the log, of the last one; 0: none
// Whether a delivery was stored in the log before already (nodes/inbox/before.h): it
// takes its number and is shown to nobody again.
bool store_had(const store_t *self, const link_delivery_t *delivery);
// A file in the inbox that has the next number and is no delivery, and why; or NULL.
const char *store_stray(const store_t *self);
span_t store_checkpoint(const store_t *self); // as read or written last

int store_sent(store_t *self, const link_receipt_t *receipt, size_t n, span_t checkpoint,
    cause_t *why);
// Deliveries that follow store_stored without a gap, with what they bring along; all of
// them or none count.
int store_inbox(store_t *self, const link_delivery_t *delivery, size_t n,
    span_t checkpoint, cause_t *why);
// The reason for a refused message; the message itself too when `document` is not empty.
int store_refused(store_t *self, const char *name, span_t document, const hash_t *hash,
    const refusal_t *refusal, cause_t *why);
int store_returned(store_t *self, const returned_t *item, cause_t *why); // the same
int store_certificate(store_t *self, const cert_t *cert, cause_t *why);
int store_keep_checkpoint(store_t *self, span_t note, cause_t *why);

// "<12 digits>-<id>", without ending: what the files of a delivery are called.
void store_name(uint64_t number, const char *id, char out[STORE_NAME_MAX]);
// "<12 digits>.<4 digits>-<id>": of the message that the delivery with this number
// brought along at that place, from 1 on.
void store_carried_name(
    uint64_t number, size_t place, const char *id, char out[STORE_NAME_MAX]);
// The inbox's message with this number, which was stored: 1 and its path; 0 when it is
// not there any more.  Cheap for numbers asked for in order.
int store_find(store_t *self, uint64_t number, char *path, size_t room, cause_t *why);

#endif
