// authority - the CA's certificate and its newest revocation list: which certificates it
// has issued, and which it has revoked.

#ifndef LIB_PKI_AUTHORITY_H
#define LIB_PKI_AUTHORITY_H

#include "lib/pki/cert.h"

typedef struct authority authority_t;

// `crl_path` may be NULL only for tools that say that they did not check revocation.
authority_t *authority_open(const char *ca_path, const char *crl_path, cause_t *why);
// The same from a text: the first CA certificate and, when there is one, the first CRL.
authority_t *authority_parse(span_t pem, cause_t *why);
void authority_close(authority_t **self_p);
// Whether both speak for the same CA: its name and key, whatever the certificate's dates.
bool authority_same(const authority_t *a, const authority_t *b);
// Whether their certificates are the same, byte for byte.
bool authority_identical(const authority_t *a, const authority_t *b);
// Whether the CA's own certificate is within its dates then.
bool authority_in_force(const authority_t *self, int64_t at_ms);
// When the last of its certificates ends.
int64_t authority_ends_ms(const authority_t *self);
// The CA's own key, where it is one that could seal; false where it is none.
bool authority_key(const authority_t *self, uint8_t key[32]);
// Number and nextUpdate are 0 without a CRL.
uint64_t authority_crl_number(const authority_t *self);
int64_t authority_crl_next_update_ms(const authority_t *self);
bool authority_crl_made_ms(const authority_t *self, int64_t *made_ms); // thisUpdate
bool authority_revoked(const authority_t *self, const char *serial);
// Since when, for judging what was sealed before: the end of the second that the CRL
// names; MOMENT_NEVER when it is not revoked.
int64_t authority_revoked_since_ms(const authority_t *self, const char *serial);
// Every revoked serial, called with its hex text.
void authority_each_revoked(const authority_t *self,
    void (*visit)(void *context, const char *serial), void *context);
// PEM of the CA certificate and the CRL, appended (for the roster's journal entry).
void authority_print(const authority_t *self, buf_t *out);

// Chain to the CA, key usage (a browser's is for TLS and nothing else), validity at
// `now_ms`, not revoked (when there is a CRL; whenever the revocation was).  A CRL past
// its nextUpdate still counts: the caller raises the alarm.
int cert_check(const cert_t *self, const authority_t *ca, int64_t now_ms, cause_t *why);

#endif
