// cert_list - blocks are read one after the other until the text ends.  One bad block
// fails the whole list: without it somebody would silently be missing.

#include "lib/pki/cert_list.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

enum { PEM_FILE_MAX = 4 * 1024 * 1024 };

static int add_block(
    cert_list_t *self, const char *source, const char *label, span_t der, cause_t *why)
{
    cert_t cert;
    if (strcmp(label, PEM_STRING_X509) != 0)
        return cause_set(why, "%s: holds a %.40s; only certificates belong here%s",
            source, label,
            strstr(label, "PRIVATE") ? ", and a private key never leaves its node" : "");
    const cert_t *known = self->shelf ? cert_shelf_find(self->shelf, der) : NULL;
    if (known)
        cert_copy(&cert, known);
    else if (cert_parse(&cert, der, why) != 0)
        return cause_prefix(why, "%s", source);
    self->item = memory_grow(self->item, self->n + 1, sizeof *self->item);
    listed_t *item = &self->item[self->n++];
    item->cert = cert;
    item->source = memory_text(source);
    return 0;
}

// 1: a block was added; 0: there are no more; -1: failure.
static int next_block(cert_list_t *self, const char *source, BIO *bio, cause_t *why)
{
    char *label = NULL, *header = NULL;
    uint8_t *der = NULL;
    long size = 0;
    if (PEM_read_bio(bio, &label, &header, &der, &size) != 1) {
        bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        ERR_clear_error();
        return end ? 0 : cause_set(why, "%s: a block of PEM is cut or damaged", source);
    }
    int result = 1;
    if (add_block(self, source, label, span_of(der, (size_t)size), why) != 0)
        result = -1;
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_free(der);
    return result;
}

int cert_list_add_text(cert_list_t *self, const char *source, span_t pem, cause_t *why)
{
    size_t before = self->n;
    int result = 0;
    if (pem.size > 0 && pem.size < INT_MAX) {
        BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
        if (bio == NULL)
            abort();
        do
            result = next_block(self, source, bio, why);
        while (result == 1);
        BIO_free(bio);
    }
    if (result == 0 && self->n == before)
        result = cause_set(why, "%s: no certificate in it", source);
    return result;
}

static int add_file(cert_list_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(path, PEM_FILE_MAX, &text, why);
    if (result == 0)
        result = cert_list_add_text(self, path, buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

int cert_list_add_folder(cert_list_t *self, const char *folder, cause_t *why)
{
    names_t names = {0};
    int result = names_list(&names, folder, ".pem", why);
    for (size_t i = 0; result == 0 && i < names.n; i++) {
        char path[PATH_MAX];
        result = path_join(path, sizeof path, folder, names.name[i], why);
        if (result == 0)
            result = add_file(self, path, why);
    }
    names_free(&names);
    return result;
}

void cert_list_close(cert_list_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        cert_close(&self->item[i].cert);
        free(self->item[i].source);
    }
    free(self->item);
    *self = (cert_list_t){0};
}
