// answer - what the CA gives back for a request, in one file: all that the requester
// needs of the CA, so that nothing else is carried.
//
//     dabyl-answer/v1
//     for nccis-desk
//     hub-key exchange.example/log+1a2b3c4d+AZ...      (where the CA knows it)
//
//     then PEM: the certificates of who asked; the hub's newest certificate for its
//     channel (a node's answer, where the CA has issued one); every CA to be believed, as
//     ca.pem has them; a CRL of each, as crl.pem has them
//
// Answers for several may stand one behind the other (`dabyl ca renew --all`).
//
// Nothing in it is secret, and nobody is to believe it for its own sake: who has no CA
// yet compares answer_digits with the CA's operator; who has one asks whether it is among
// those of the answer (authority_follows).

#ifndef LIB_PKI_ANSWER_H
#define LIB_PKI_ANSWER_H

#include "lib/pki/cert.h"
#include "lib/pki/spoken.h"
#include "lib/tlog/note.h"

// `{0}` is a valid empty one.  A certificate that is not there has no bytes (der.size).
typedef struct {
    char name[NODE_ID_MAX]; // of whom it is for
    cert_t seal, channel;   // an officer has no channel
    cert_t hub_channel;
    char vkey[VKEY_MAX]; // the log's public key, or ""
    buf_t ca, crl;       // the text of ca.pem and of crl.pem
} answer_t;

// Whether a text begins as an answer does.
bool answer_begins(span_t text);
// The next of answers that stand one behind the other, taken from the front of `rest`;
// empty when there are no more.
span_t answer_next(span_t *rest);
void answer_print(const answer_t *self, buf_t *out);
// Everything is where it belongs and for this name; nothing is verified yet.  After a
// failure there is nothing to close.
int answer_parse(answer_t *self, span_t text, cause_t *why);
int answer_read(answer_t *self, const char *path, cause_t *why);
void answer_close(answer_t *self);

// All its certificates are by its own CAs and good now.
int answer_check(const answer_t *self, int64_t now_ms, cause_t *why);
// Of its first CA, to be compared by telephone where no CA is known yet.
int answer_digits(const answer_t *self, char out[SPOKEN_TEXT], cause_t *why);
// Into a folder certs/: seal.pem, channel.pem, hub-channel.pem, ca.pem, crl.pem, of these
// what the answer has; each whole or not at all, the CAs first.
int answer_unpack(const answer_t *self, const char *folder, cause_t *why);

#endif
