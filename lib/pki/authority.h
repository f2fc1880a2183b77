// authority - whom one believes to certify: a CA with its newest revocation list, or
// several of them while one follows the other.
//
// A CA is its name and key.  It may be there with several certificates of other dates.
// What one CA has issued no other can revoke: whoever asks about a certificate hands the
// certificate in, which says by whom it is.

#ifndef LIB_PKI_AUTHORITY_H
#define LIB_PKI_AUTHORITY_H

#include "lib/pki/cert.h"

typedef struct authority authority_t;

enum { AUTHORITY_CAS = 8 }; // certificates of CAs believed at the same time

// All certificates of CAs in the one file, and of each its CRL in the other, whatever
// their order; CRLs of other CAs are passed over, and so are certificates by which one CA
// vouches for another.  `crl_path` may be NULL only for tools that say that they did not
// check revocation.
authority_t *authority_open(const char *ca_path, const char *crl_path, cause_t *why);
// The same from a text that begins with them: the CAs, then their CRLs if there are any.
authority_t *authority_parse(span_t pem, cause_t *why);
// The CAs of such a text, without their CRLs.
authority_t *authority_parse_cas(span_t pem, cause_t *why);
void authority_close(authority_t **self_p);

// Whether some CA is in both: its name and key, whatever the certificate's dates.
bool authority_same(const authority_t *a, const authority_t *b);
// Whether each CA of `part` is in one of these.
bool authority_covered(
    const authority_t *part, authority_t *const *by, size_t n, cause_t *why);
// Whether what `a` says of this certificate's issuer, `b` says too: it has each
// certificate of that CA, byte for byte.
bool authority_alike(const authority_t *a, const authority_t *b, const cert_t *cert);
// Whether a CA of this certificate is believed here.
bool authority_issued(const authority_t *self, const cert_t *cert);
// Whether that CA's own certificate is within its dates then.
bool authority_in_force(const authority_t *self, const cert_t *cert, int64_t at_ms);
// When the last of the CAs ends.
int64_t authority_ends_ms(const authority_t *self);
// Whether this is the key of a CA itself, where that is one that could seal.
bool authority_owns(const authority_t *self, const uint8_t key[32]);

// Of CRLs: the number of the first CA's; 0 without one.
uint64_t authority_crl_number(const authority_t *self);
// When the first of them is due.
int64_t authority_crl_next_update_ms(const authority_t *self);
bool authority_crl_made_ms(const authority_t *self, int64_t *made_ms); // the oldest
// Whether that of this certificate's CA is past its date.
bool authority_crl_stale(const authority_t *self, const cert_t *cert, int64_t now_ms);
// That no CA's CRL has a lower number than in `before`; `path` for complaints.
int authority_crl_follows(
    const authority_t *self, const authority_t *before, const char *path, cause_t *why);
// That each CRL of a CA that `before` has not is in date: who is new is let in by it.
int authority_crl_due(const authority_t *self, const authority_t *before,
    const char *path, int64_t now_ms, cause_t *why);
// Revoked by whoever issued it.
bool authority_revoked(const authority_t *self, const cert_t *cert);
// Since when, for judging what was sealed before: the end of the second that the CRL
// names; MOMENT_NEVER when it is not revoked.
int64_t authority_revoked_since_ms(const authority_t *self, const cert_t *cert);
bool authority_revokes(const authority_t *self, const char *issuer, const char *serial);
// Whether a CA with this id is here at all.
bool authority_has(const authority_t *self, const char *issuer);
// Every revoked serial, called with the id of the CA and the serial's hex text.
void authority_each_revoked(const authority_t *self,
    void (*visit)(void *context, const char *issuer, const char *serial), void *context);
// PEM of the certificates of CAs and of the CRLs, appended (for the roster's journal
// entry).
void authority_print(const authority_t *self, buf_t *out);

// Whether who believes `self` may believe the CAs of this ca.pem: each is one of its own,
// or one of its own has certified it, in the same text, is in date and has not revoked
// that.
int authority_follows(
    const authority_t *self, span_t ca_pem, int64_t now_ms, cause_t *why);

// Chain to a CA, key usage (a browser's is for TLS and nothing else), validity at
// `now_ms`, not revoked (when there is a CRL; whenever the revocation was).  A CRL past
// its nextUpdate still counts: the caller raises the alarm.
int cert_check(const cert_t *self, const authority_t *ca, int64_t now_ms, cause_t *why);

#endif
