// x509 - the chores around OpenSSL that certificates, the CA and key files share.

#ifndef LIB_X509_H
#define LIB_X509_H

#include "lib/bytes.h"
#include "lib/cause.h"

#include <openssl/x509.h>

// A pem_password_cb that has none, so that OpenSSL never asks on a daemon's terminal.
int x509_no_passphrase(char *out, int room, int writing, void *context);
// The DER inside the first block with this label of a PEM file of at most `limit` bytes.
int x509_read_pem(
    const char *path, const char *label, size_t limit, buf_t *der, cause_t *why);
void x509_print_pem(const char *label, span_t der, buf_t *out);
// NULL unless the bytes are one certificate and nothing else.  The caller frees it.
X509 *x509_of(span_t der);
bool x509_time_ms(const ASN1_TIME *asn1, int64_t *ms);
// Lower-case hex of a positive number of at most 20 bytes; false otherwise.
bool x509_serial_hex(const ASN1_INTEGER *serial, char out[48]);

#endif
