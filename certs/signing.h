// signing - the CA's answer to a request, where the CA is on the machine of the hub that
// took the request.

#ifndef CERTS_SIGNING_H
#define CERTS_SIGNING_H

#include "certs/issuing.h"
#include "lib/pki/answer.h"

// For a request of which somebody has compared the digits.  What was issued for it
// before, by a command that was interrupted, is answered again and not issued twice.  An
// id that has certificates in force gets further ones only for `again`, whatever keys it
// asks for, for the same role and organisation, and of those it was issued already what
// is not older than `since_ms` counts (by this machine's clock; MOMENT_NEVER: nothing).
// `out` is to be closed.
typedef enum { SIGNING_NEWCOMER, SIGNING_AGAIN } signing_for_t;
typedef struct {
    signing_for_t whom;
    int64_t since_ms;
} signing_t;
int signing_answer(const issuing_t *self, const enrol_t *request, const signing_t *how,
    answer_t *out, cause_t *why);

// Whether certificates in force were issued for just this holder and these keys.
bool signing_knows(ca_t *ca, const enrol_t *request);
// Those that were issued since then, with their entries: how many; 0 when one is lacking,
// -1 with the cause.
int signing_find(const issuing_t *self, ca_t *ca, const enrol_t *request,
    int64_t since_ms, issued_t entries[2], cert_t certs[2], cause_t *why);

#endif
