// x509 - the chores around OpenSSL that certificates, the CA and key files share.

#ifndef LIB_PKI_X509_H
#define LIB_PKI_X509_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/pki/cert.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

// A pem_password_cb that has none, so that OpenSSL never asks on a daemon's terminal.
int x509_no_passphrase(char *out, int room, int writing, void *context);
// The DER inside the first block with this label of a PEM file of at most `limit` bytes.
int x509_read_pem(
    const char *path, const char *label, size_t limit, buf_t *der, cause_t *why);
// The same from a text; 0, or -1 when there is no whole such block.
int x509_take_pem(span_t text, const char *label, buf_t *der);
void x509_print_pem(const char *label, span_t der, buf_t *out);
// NULL unless the bytes are one certificate and nothing else.  The caller frees it.
X509 *x509_of(span_t der);
bool x509_time_ms(const ASN1_TIME *asn1, int64_t *ms);
// Lower-case hex of a positive number of at most 20 bytes; false otherwise.
bool x509_serial_hex(const ASN1_INTEGER *serial, char out[SERIAL_MAX]);
// As cert_t has the key id of a CA; "" for NULL.
void x509_key_id(const ASN1_OCTET_STRING *id, char out[ISSUER_MAX]);
// Whether these bytes are the certificate of a CA, signed by whomever; by another CA.
bool x509_is_ca(span_t der);
bool x509_is_cross(span_t der);
// Whether two certificates are for one name and key.
bool x509_same_subject(span_t a, span_t b);
// Name, role and organisation, exactly one of each, and an officer's office and territory
// if it has them, into `self`.
int x509_take_subject(cert_t *self, X509_NAME *subject, cause_t *why);
// CN, OU and O, where not NULL, behind each other.
bool x509_put_subject(
    X509_NAME *subject, const char *name, const char *role, const char *organisation);
// title and ST behind them; "" is left out.
bool x509_put_office(X509_NAME *subject, const char *office, const char *territory);
// The one DNS name, if the list is that and a node id; false otherwise.
bool x509_take_node(const GENERAL_NAMES *names, char out[NODE_ID_MAX]);

#endif
