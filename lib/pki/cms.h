// cms - a detached CMS signature (RFC 5652, a .p7s file) over a document's exact bytes,
// by a key that a certification authority outside of this exchange certified.
//
// Nothing in the exchange rests on one: what counts here are seals.  Whether the
// signature has legal force is not for a program to say; what can be said is whether it
// is one of these bytes, by whose certificate, and that the authorities that are given
// vouch for it.

#ifndef LIB_PKI_CMS_H
#define LIB_PKI_CMS_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { CMS_SIGNERS_MAX = 8, CMS_NAME_MAX = 512, CMS_SIZE_MAX = 1 << 20 };

typedef struct {
    size_t n;
    struct {
        char subject[CMS_NAME_MAX], issuer[CMS_NAME_MAX]; // RFC 2253, UTF-8
        char serial[64];                                  // hex
    } signer[CMS_SIGNERS_MAX];
} cms_signers_t;

// `signature` is DER or PEM.  Every signature in it must be good over the document, and
// its certificate, with key usage for signatures, lead to one of the certificates in the
// PEM files `ca` and be valid at this moment; intermediate ones may be in the signature
// or the files.  Revocation is not looked at.
int cms_check(span_t signature, span_t document, const char *const *ca, size_t n,
    int64_t at_ms, cms_signers_t *signers, cause_t *why);

#endif
