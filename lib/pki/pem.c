// pem - OpenSSL's reader, called until it finds nothing more; what it cannot read is told
// from the end of the text by the reason that it leaves.

#include "lib/pki/pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

static int walk(BIO *bio, pem_visit_t *visit, void *context, cause_t *why)
{
    char *label, *header;
    unsigned char *data;
    long size;
    int result = 0;
    while (result == 0 && PEM_read_bio(bio, &label, &header, &data, &size) == 1) {
        result = visit(context, label, span_of(data, (size_t)size), why);
        OPENSSL_free(label);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, (size_t)size);
    }
    if (result != 0)
        return result;
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
        return 0;
    (void)cause_set(why, "a block of PEM that is not whole");
    return PEM_BROKEN;
}

int pem_each(span_t text, pem_visit_t *visit, void *context, cause_t *why)
{
    if (text.size == 0)
        return 0;
    BIO *bio = text.size < INT_MAX ? BIO_new_mem_buf(text.data, (int)text.size) : NULL;
    if (!bio)
        return cause_set(why, "too much text");
    ERR_clear_error();
    int result = walk(bio, visit, context, why);
    BIO_free(bio);
    ERR_clear_error(); // the end of the text is an error to OpenSSL
    return result;
}
