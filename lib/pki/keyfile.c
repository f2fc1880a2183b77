// keyfile - the only place where private key bytes meet the disk.
//
// OpenSSL reads and writes the PEM; what leaves here is the raw 32 bytes that libsodium
// and libzmq want.  Every copy made on the way is wiped.

#include "lib/pki/keyfile.h"

#include "lib/base/file.h"
#include "lib/pki/x509.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>

enum { KEYFILE_MAX = 16384 };

static void wipe(buf_t *secret)
{
    if (secret->data)
        sodium_memzero(secret->data, secret->room);
    buf_destroy(secret);
}

static EVP_PKEY *parse_pem(span_t pem)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, x509_no_passphrase, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

// The raw halves of the key in the file, which must be of `type`.
static int read_raw(
    const char *path, int type, uint8_t secret[32], uint8_t public_key[32], cause_t *why)
{
    buf_t pem = {0};
    size_t secret_size = 32;
    size_t public_size = 32;
    if (file_read_private(path, KEYFILE_MAX, &pem, why) != 0)
        return -1;
    EVP_PKEY *key = parse_pem(buf_span(&pem));
    wipe(&pem);
    int result = 0;
    if (!key)
        result = cause_set(why, "%s: no private key in PEM without a passphrase", path);
    else if (EVP_PKEY_get_id(key) != type)
        result = cause_set(why, "%s: not an %s key", path, OBJ_nid2sn(type));
    else if (EVP_PKEY_get_raw_private_key(key, secret, &secret_size) != 1 ||
             EVP_PKEY_get_raw_public_key(key, public_key, &public_size) != 1)
        result = cause_set(why, "%s: damaged key", path);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return result;
}

int keyfile_read_ed25519(const char *path, seal_key_t *key, cause_t *why)
{
    uint8_t seed[32];
    if (read_raw(path, EVP_PKEY_ED25519, seed, key->public_key, why) != 0)
        return -1;
    (void)crypto_sign_seed_keypair(key->public_key, key->secret_key, seed);
    sodium_memzero(seed, sizeof seed);
    seal_key_id(key->public_key, key->id);
    return 0;
}

int keyfile_read_x25519(
    const char *path, uint8_t secret[32], uint8_t public_key[32], cause_t *why)
{
    return read_raw(path, EVP_PKEY_X25519, secret, public_key, why);
}

static int print_pem(const EVP_PKEY *key, buf_t *out)
{
    // The secure memory BIO is wiped when freed.
    BIO *bio = BIO_new(BIO_s_secmem());
    char *data = NULL;
    int result = -1;
    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        long size = BIO_get_mem_data(bio, &data);
        buf_put(out, data, (size_t)size);
        result = 0;
    }
    BIO_free(bio);
    return result;
}

static int new_key(const char *path, const char *type, cause_t *why)
{
    buf_t pem = {0};
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, type);
    int result;
    if (!key || print_pem(key, &pem) != 0)
        result = cause_set(why, "%s: cannot make an %s key", path, type);
    else
        result = file_create(path, buf_span(&pem), 0600, why);
    EVP_PKEY_free(key);
    wipe(&pem);
    ERR_clear_error();
    return result;
}

int keyfile_new_ed25519(const char *path, cause_t *why)
{
    return new_key(path, "ED25519", why);
}

int keyfile_new_x25519(const char *path, cause_t *why)
{
    return new_key(path, "X25519", why);
}
