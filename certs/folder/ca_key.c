// ca_key - the CA's key at rest, and how it becomes usable.

#include "certs/folder/ca_inside.h"

#include "certs/folder/passphrase.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>

enum { KEY_MAX = 16384 };

// What guessing a passphrase costs: 16 MiB and about a fifth of a second a guess.
enum { SCRYPT_N = 16384, SCRYPT_R = 8, SCRYPT_P = 5 };

static X509_SIG *encrypt_key(const EVP_PKEY *key, span_t passphrase)
{
    X509_SIG *out = NULL;
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
    X509_ALGOR *method = PKCS5_pbe2_set_scrypt(
        EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
    if (plain && method)
        out = PKCS8_set0_pbe(
            (const char *)passphrase.data, (int)passphrase.size, plain, method);
    if (!out)
        X509_ALGOR_free(method);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return out;
}

static bool write_key(BIO *bio, const EVP_PKEY *key, span_t passphrase)
{
    if (passphrase.size == 0)
        return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    X509_SIG *encrypted = encrypt_key(key, passphrase);
    bool done = encrypted && PEM_write_bio_PKCS8(bio, encrypted) == 1;
    X509_SIG_free(encrypted);
    return done;
}

int ca_put_key(const char *folder, const EVP_PKEY *key, span_t passphrase,
    ca_put_file_t *put, cause_t *why)
{
    char path[PATH_MAX];
    char *data = NULL;
    int result = -1;
    BIO *bio = BIO_new(BIO_s_secmem()); // wiped when freed
    if (!bio || !write_key(bio, key, passphrase))
        result = cause_set(why, "OpenSSL cannot write the CA's key");
    else if (ca_path(folder, "ca.key", path, why) == 0) {
        long size = BIO_get_mem_data(bio, &data);
        result = put(path, span_of(data, (size_t)size), 0600, why);
    }
    BIO_free(bio);
    ERR_clear_error();
    return result;
}

// OpenSSL's way of asking for a passphrase: ours is already there.
static int hand_over(char *out, int room, int writing, void *context)
{
    const buf_t *passphrase = context;
    (void)writing;
    if (!passphrase->data || passphrase->size > (size_t)room)
        return -1;
    memcpy(out, passphrase->data, passphrase->size);
    return (int)passphrase->size;
}

static EVP_PKEY *parse_key(span_t pem, buf_t *passphrase)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, hand_over, passphrase) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

static bool is_encrypted(buf_t *pem)
{
    return strstr(buf_text(pem), "BEGIN ENCRYPTED PRIVATE KEY") != NULL;
}

enum { TRIES = 3 }; // at a terminal

static int open_key(
    ca_t *self, const char *path, const buf_t *pem, const char *file, cause_t *why)
{
    buf_t passphrase = {0};
    for (int tries = 0; !self->signer.key && tries < TRIES; tries++) {
        if (tries > 0)
            (void)fputs(say("wrong passphrase, try again\n"), stderr);
        if (passphrase_give(file, &passphrase, why) != 0)
            return -1;
        self->signer.key = parse_key(buf_span(pem), &passphrase);
        passphrase_wipe(&passphrase);
        if (file) // it would say the same again
            break;
    }
    return self->signer.key ? 0 : cause_set(why, "%s: wrong passphrase", path);
}

static int open_plain_key(ca_t *self, const char *path, const buf_t *pem, cause_t *why)
{
    buf_t none = {0};
    self->signer.key = parse_key(buf_span(pem), &none);
    return self->signer.key ? 0 : cause_set(why, "%s: not a key", path);
}

int ca_read_key(ca_t *self, const char *passphrase_file, cause_t *why)
{
    char path[PATH_MAX];
    buf_t pem = {0};
    int result = ca_path(self->folder, "ca.key", path, why);
    if (result == 0)
        result = file_read_private(path, KEY_MAX, &pem, why);
    if (result == 0)
        result = is_encrypted(&pem) ? open_key(self, path, &pem, passphrase_file, why)
                                    : open_plain_key(self, path, &pem, why);
    passphrase_wipe(&pem);
    if (result != 0 || X509_check_private_key(self->signer.cert, self->signer.key) == 1)
        return result;
    ERR_clear_error();
    return cause_set(why, "%s: ca.key and ca.pem do not belong together", self->folder);
}

int ca_write_key(const ca_t *self, span_t passphrase, cause_t *why)
{
    return ca_put_key(self->folder, self->signer.key, passphrase, file_replace, why);
}

int ca_unlock(ca_t *self, const char *passphrase_file, int64_t now_ms, cause_t *why)
{
    char moment[TIME_TEXT];
    if (now_ms >= self->until_ms) {
        time_print(self->until_ms, moment);
        return cause_set(why,
            "the CA's own certificate ended on %.10s; make a new CA with `dabyl ca init` "
            "in another folder, and enrol the nodes with it",
            moment);
    }
    if (now_ms < self->from_ms) {
        time_print(self->from_ms, moment);
        return cause_set(why,
            "the CA's own certificate begins on %s; is this machine's clock right?",
            moment);
    }
    return self->signer.key || ca_read_key(self, passphrase_file, why) == 0
               ? ca_settle(self, now_ms, why)
               : -1;
}
