// pkcs12 - a certificate with its key in one file, as browsers import them.

#ifndef CERTS_PKCS12_H
#define CERTS_PKCS12_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <openssl/evp.h>

// A passphrase of 125 random bits in groups of five, without characters that look alike.
enum { PKCS12_PASSPHRASE = 30 }; // with the zero
void pkcs12_passphrase(char out[PKCS12_PASSPHRASE]);

// Key and certificate (DER) under this passphrase, appended: AES-256 and HMAC-SHA-256
// with keys by PBKDF2.  `name` is what the browser calls it.
int pkcs12_print(EVP_PKEY *key, span_t certificate, const char *passphrase,
    const char *name, buf_t *out, cause_t *why);

#endif
