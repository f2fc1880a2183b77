// answering - the file that the CA gives back for a request (lib/pki/answer.h), put
// together from what the CA has.

#ifndef CERTS_ANSWERING_H
#define CERTS_ANSWERING_H

#include "certs/folder/ca.h"
#include "lib/pki/answer.h"

// For the holder of these certificates, which were just issued.  Beside them: the hub's
// newest channel certificate and its log's key, where the CA knows them, and whom to
// believe.  To be closed.
int answering_make(
    answer_t *out, ca_t *ca, const cert_t *certs, size_t n, int64_t now_ms, cause_t *why);
int answering_write(const answer_t *self, const char *path, cause_t *why);

#endif
