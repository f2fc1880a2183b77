// issue - the CA's profiles: what its own certificate, the certificates it issues and its
// CRL contain.  Nothing here reads or writes a file.

#ifndef CERTS_FOLDER_ISSUE_H
#define CERTS_FOLDER_ISSUE_H

#include "certs/folder/ledger.h"

#include <openssl/x509.h>

typedef struct {
    X509 *cert;
    EVP_PKEY *key;
} signer_t;

// 127 random bits; the top one clear and the next set, so that all are 16 positive bytes.
void serial_new(char out[SERIAL_MAX]);
// The DER of the CA's own certificate, appended.  `organisation` may be NULL.
int issue_root(EVP_PKEY *key, const char *name, const char *organisation, int64_t from_ms,
    int64_t until_ms, buf_t *der, cause_t *why);
// The DER of a certificate by which `by` vouches for another CA, appended: for its name
// and key, so that whoever believes the one may believe the other.
int issue_cross(const signer_t *by, X509 *other, int64_t from_ms, int64_t until_ms,
    buf_t *der, cause_t *why);
// The certificate that `entry` describes, checked by reading it again.
int issue_certificate(
    const signer_t *by, const issued_t *entry, cert_t *out, cause_t *why);
// The same for the P-256 key of an officer's browser, which is then also in `entry`.
int issue_browser(
    const signer_t *by, issued_t *entry, EVP_PKEY *key, cert_t *out, cause_t *why);
// The DER of a CRL with every revocation of the ledger and its number, appended.
int issue_crl(const signer_t *by, const ledger_t *ledger, int64_t now_ms, int64_t next_ms,
    buf_t *der, cause_t *why);

// The reasons of RFC 5280 that are given here, NULL after the last.
extern const char *const revocation_reasons[];
// That of a CRLReason; "unspecified" for one that is not given here.
const char *revocation_word(long code);
bool revocation_reason_known(const char *reason);

#endif
