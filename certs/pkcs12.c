// pkcs12 - OpenSSL's own structure.  Every algorithm is named, since its defaults were
// once those of 1996.

#include "certs/pkcs12.h"

#include "lib/pki/x509.h"
#include "lib/sys/random.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>

// The passphrase is random and long: guessing fails by that, and not by these rounds.
enum { ROUNDS = 100000, GROUP = 5 };

void pkcs12_passphrase(char out[PKCS12_PASSPHRASE])
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    for (size_t i = 0; i + 1 < PKCS12_PASSPHRASE; i++)
        out[i] = i % (GROUP + 1) == GROUP ? '-' : letters[random_below(32)];
    out[PKCS12_PASSPHRASE - 1] = 0;
}

static PKCS12 *pack(EVP_PKEY *key, X509 *x, const char *passphrase, const char *name)
{
    PKCS12 *file = PKCS12_create(passphrase, name, key, x, NULL, NID_aes_256_cbc,
        NID_aes_256_cbc, ROUNDS, -1, 0); // -1: the MAC comes below
    if (file && PKCS12_set_mac(file, passphrase, -1, NULL, 0, ROUNDS, EVP_sha256()) == 1)
        return file;
    PKCS12_free(file);
    return NULL;
}

int pkcs12_print(EVP_PKEY *key, span_t certificate, const char *passphrase,
    const char *name, buf_t *out, cause_t *why)
{
    uint8_t *der = NULL;
    X509 *x = x509_of(certificate);
    PKCS12 *file = x ? pack(key, x, passphrase, name) : NULL;
    int size = file ? i2d_PKCS12(file, &der) : 0;
    if (size > 0)
        buf_put(out, der, (size_t)size);
    OPENSSL_free(der);
    PKCS12_free(file);
    X509_free(x);
    ERR_clear_error();
    return size > 0 ? 0 : cause_set(why, "OpenSSL cannot make the PKCS#12 file");
}
