// revocations - the serials a CRL names, and how long a later CRL must go on naming them.

#ifndef LIB_PKI_REVOCATIONS_H
#define LIB_PKI_REVOCATIONS_H

#include "lib/pki/authority.h"

typedef struct {
    char issuer[ISSUER_MAX]; // of which CA
    char serial[SERIAL_MAX];
    int64_t until_ms; // MOMENT_NEVER: the certificate was never seen
} revocation_t;

// `{0}` is a valid empty list.
typedef struct {
    size_t n;
    revocation_t *item; // by serial
} revocations_t;

void revocations_list(revocations_t *self, const authority_t *authority);
void revocations_close(revocations_t *self);
// The certificate of this CA with this serial, if it is among them, ends then at the
// latest: a CRL names serials without dates.
void revocations_limit(
    revocations_t *self, const char *issuer, const char *serial, int64_t until_ms);
// That these CRLs (`path` for complaints) still revoke all of those that have not
// expired, of CAs that are still believed.
int revocations_check(const revocations_t *self, const authority_t *authority,
    const char *path, int64_t now_ms, cause_t *why);

#endif
