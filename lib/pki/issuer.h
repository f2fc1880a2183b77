// issuer - one certificate of a CA with its newest revocation list: whether it has issued
// a certificate, and whether it took it back.
//
// Who verifies asks an authority (authority.h), which has one or several of these.

#ifndef LIB_PKI_ISSUER_H
#define LIB_PKI_ISSUER_H

#include "lib/pki/cert.h"

typedef struct issuer issuer_t;

// From the DER of a certificate by which a CA signed itself; `source` is the file, or
// what else the bytes came from, for complaints.
issuer_t *issuer_new(const char *source, span_t der, cause_t *why);
void issuer_destroy(issuer_t **self_p);
// 0: this CRL, in DER, is in force from now on, unless a newer one is; 1: it is another
// CA's; -1 with the cause.
int issuer_take_crl(issuer_t *self, const char *source, span_t der, cause_t *why);

// As cert_t has it of whoever issued the certificate.
const char *issuer_id(const issuer_t *self);
void issuer_name(const issuer_t *self, char *out, size_t room); // CN
// The same CA: its name and key, whatever the certificate's dates.
bool issuer_same(const issuer_t *a, const issuer_t *b);
bool issuer_identical(const issuer_t *a, const issuer_t *b); // byte for byte
bool issuer_in_force(const issuer_t *self, int64_t at_ms);
int64_t issuer_ends_ms(const issuer_t *self);
// The CA's own key, where it is one that could seal; false where it is none.
bool issuer_key(const issuer_t *self, uint8_t key[32]);
// That the key of `ca`, a CA's certificate in DER, is certified by this one: signed by
// it, in force then, and not revoked.
bool issuer_vouches(const issuer_t *self, span_t ca, int64_t at_ms);

bool issuer_has_crl(const issuer_t *self);
uint64_t issuer_crl_number(const issuer_t *self); // 0 without a CRL, as nextUpdate
int64_t issuer_crl_next_update_ms(const issuer_t *self);
bool issuer_crl_made_ms(const issuer_t *self, int64_t *made_ms); // thisUpdate
bool issuer_revoked(const issuer_t *self, const char *serial);
int64_t issuer_revoked_since_ms(const issuer_t *self, const char *serial);
void issuer_each_revoked(const issuer_t *self,
    void (*visit)(void *context, const char *issuer, const char *serial), void *context);
void issuer_print(const issuer_t *self, buf_t *out); // PEM, appended
void issuer_print_crl(const issuer_t *self, buf_t *out);

// Chain, usage, dates and revocation, as cert_check.
int issuer_check(const issuer_t *self, const cert_t *cert, int64_t at_ms, cause_t *why);

#endif
