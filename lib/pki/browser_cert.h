// browser_cert - the certificate by which an officer's browser shows itself to a console.
//
// Browsers present no Ed25519 certificate in TLS.  This one is for a P-256 key, signed by
// the same CA with its Ed25519 key, and binds it to an officer: subject and SAN are those
// of the officer's sealing certificate, key usage digitalSignature, extended key usage
// clientAuth and nothing else.  It lets nobody seal.

#ifndef LIB_PKI_BROWSER_CERT_H
#define LIB_PKI_BROWSER_CERT_H

#include "lib/pki/authority.h"

// That the peer who showed this certificate in TLS (and thereby has its key) is at now_ms
// an officer of `node`: issued by this CA, in force, and not revoked by the CRL that `ca`
// has.  `officer` gets name, office and territory, and is the caller's to close; nothing
// is to be closed when it returns -1.
int browser_cert_check(span_t der, const authority_t *ca, const char *node,
    int64_t now_ms, cert_t *officer, cause_t *why);

#endif
