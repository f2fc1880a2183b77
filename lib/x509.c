// x509 - see x509.h.

#include "lib/x509.h"

#include "lib/file.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <time.h>

enum { DER_MAX = 16384, SERIAL_BYTES_MAX = 20 };

int x509_no_passphrase(char *out, int room, int writing, void *context)
{
    (void)out;
    (void)room;
    (void)writing;
    (void)context;
    return -1;
}

int x509_read_pem(
    const char *path, const char *label, size_t limit, buf_t *der, cause_t *why)
{
    buf_t text = {0};
    uint8_t *bytes = NULL;
    long size = 0;
    int result = 0;
    if (file_read(path, limit, &text, why) != 0)
        return -1;
    BIO *bio = BIO_new_mem_buf(text.data, (int)text.size);
    if (bio && PEM_bytes_read_bio(
                   &bytes, &size, NULL, label, bio, x509_no_passphrase, NULL) == 1)
        buf_put(der, bytes, (size_t)size);
    else
        result = cause_set(why, "%s: no whole %s in PEM", path, label);
    OPENSSL_free(bytes);
    BIO_free(bio);
    ERR_clear_error();
    buf_destroy(&text);
    return result;
}

void x509_print_pem(const char *label, span_t der, buf_t *out)
{
    enum { LINE = 48 }; // bytes that make 64 characters
    buf_printf(out, "-----BEGIN %s-----\n", label);
    for (size_t at = 0; at < der.size; at += LINE) {
        size_t left = der.size - at;
        buf_put_base64(out, span_of(der.data + at, left < LINE ? left : LINE));
        buf_put_text(out, "\n");
    }
    buf_printf(out, "-----END %s-----\n", label);
}

X509 *x509_of(span_t der)
{
    const uint8_t *at = der.data;
    if (der.size == 0 || der.size > DER_MAX)
        return NULL;
    X509 *x = d2i_X509(NULL, &at, (long)der.size);
    if (x && at != der.data + der.size) {
        X509_free(x);
        x = NULL;
    }
    ERR_clear_error();
    return x;
}

bool x509_time_ms(const ASN1_TIME *asn1, int64_t *ms)
{
    struct tm tm;
    if (!asn1 || ASN1_TIME_to_tm(asn1, &tm) != 1)
        return false;
    *ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

bool x509_serial_hex(const ASN1_INTEGER *serial, char out[48])
{
    int size = ASN1_STRING_length(serial);
    if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || size < 1 || size > SERIAL_BYTES_MAX)
        return false;
    hex_encode(ASN1_STRING_get0_data(serial), (size_t)size, out);
    return true;
}
