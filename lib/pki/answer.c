// answer - lines of words, then blocks of PEM that are told apart by what they are, not
// by their order.

#include "lib/pki/answer.h"

#include "lib/base/file.h"
#include "lib/pki/authority.h"
#include "lib/pki/pem.h"
#include "lib/pki/x509.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#define TITLE "dabyl-answer/v1"

enum { ANSWER_MAX = 32 << 20 };

bool answer_begins(span_t text)
{
    static const char begin[] = "dabyl-answer/"; // of whatever version
    return text.size >= sizeof begin && memcmp(text.data, begin, sizeof begin - 1) == 0;
}

// No line of PEM begins like that.
span_t answer_next(span_t *rest)
{
    const span_t all = *rest;
    size_t size = all.size ? 1 : 0;
    while (
        size < all.size && (all.data[size - 1] != '\n' ||
                               !answer_begins(span_of(all.data + size, all.size - size))))
        size++;
    *rest = span_of(all.data + size, all.size - size);
    return span_of(all.data, size);
}

static void print_cert(const cert_t *cert, buf_t *out)
{
    if (cert->der.size > 0)
        cert_print_pem(cert, out);
}

void answer_print(const answer_t *self, buf_t *out)
{
    buf_printf(out, TITLE "\nfor %s\n", self->name);
    if (self->vkey[0])
        buf_printf(out, "hub-key %s\n", self->vkey);
    buf_put_text(out, "\n");
    print_cert(&self->seal, out);
    print_cert(&self->channel, out);
    print_cert(&self->hub_channel, out);
    buf_put_span(out, buf_span(&self->ca));
    buf_put_span(out, buf_span(&self->crl));
}

static int keep(cert_t *place, cert_t *cert, const char *what, cause_t *why)
{
    if (place->der.size > 0) {
        int result =
            cause_set(why, "it has two certificates of %s for a %s", cert->name, what);
        cert_close(cert);
        return result;
    }
    *place = *cert;
    return 0;
}

static int take_cert(answer_t *self, span_t der, cause_t *why)
{
    cert_t cert;
    if (cert_parse(&cert, der, why) != 0)
        return -1;
    if (strcmp(cert.name, self->name) == 0)
        return cert.use == CERT_SEAL ? keep(&self->seal, &cert, "seal", why)
                                     : keep(&self->channel, &cert, "channel", why);
    if (strcmp(cert.role, "hub") == 0 && cert.use == CERT_CHANNEL)
        return keep(&self->hub_channel, &cert, "channel", why);
    int result = cause_set(
        why, "it is for %s, and has a certificate of %s", self->name, cert.name);
    cert_close(&cert);
    return result;
}

static int take_block(void *context, const char *label, span_t der, cause_t *why)
{
    answer_t *self = context;
    if (strcmp(label, PEM_STRING_X509_CRL) == 0)
        x509_print_pem(label, der, &self->crl);
    else if (strcmp(label, PEM_STRING_X509) != 0)
        return cause_set(
            why, "it has a block '%.40s', which is none of an answer", label);
    else if (x509_is_ca(der))
        x509_print_pem(label, der, &self->ca);
    else
        return take_cert(self, der, why);
    return 0;
}

static int take_vkey(answer_t *self, span_t line, cause_t *why)
{
    log_vkey_t vkey;
    if (log_vkey_parse(&vkey, line, why) != 0)
        return cause_prefix(why, "hub-key");
    log_vkey_print(&vkey, self->vkey);
    return 0;
}

static int take_head(answer_t *self, reader_t *reader, cause_t *why)
{
    if (!span_is(take_line(reader), TITLE))
        return cause_set(why, "not an answer of a CA (its first line is not " TITLE ")");
    span_t name = take_field(reader, "for");
    if (reader->bad || !cert_node_id_valid(name))
        return cause_set(why, "it does not say whom it is for");
    memcpy(self->name, name.data, name.size);
    self->name[name.size] = 0;
    if (reader_at(reader, "hub-key") &&
        take_vkey(self, take_field(reader, "hub-key"), why) != 0)
        return -1;
    span_t blank = take_line(reader);
    return !reader->bad && blank.size == 0
               ? 0
               : cause_set(why, "it has a line that is none of an answer");
}

static int take_all(answer_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    if (take_head(self, &reader, why) != 0 ||
        pem_each(reader.rest, take_block, self, why) != 0)
        return -1;
    if (self->seal.der.size == 0)
        return cause_set(why, "it has no certificate for the seal of %s", self->name);
    if (self->ca.size == 0 || self->crl.size == 0)
        return cause_set(why, "it has no %s", self->ca.size ? "CRL" : "CA's certificate");
    return 0;
}

int answer_parse(answer_t *self, span_t text, cause_t *why)
{
    *self = (answer_t){0};
    if (take_all(self, text, why) == 0)
        return 0;
    answer_close(self);
    return -1;
}

int answer_read(answer_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    *self = (answer_t){0};
    if (file_read(path, ANSWER_MAX, &text, why) != 0)
        return -1;
    int result = answer_parse(self, buf_span(&text), why);
    buf_destroy(&text);
    return result == 0 ? 0 : cause_prefix(why, "%s", path);
}

void answer_close(answer_t *self)
{
    cert_close(&self->seal);
    cert_close(&self->channel);
    cert_close(&self->hub_channel);
    buf_destroy(&self->ca);
    buf_destroy(&self->crl);
    *self = (answer_t){0};
}

static authority_t *own_authority(const answer_t *self, cause_t *why)
{
    buf_t both = {0};
    buf_put_span(&both, buf_span(&self->ca));
    buf_put_span(&both, buf_span(&self->crl));
    authority_t *authority = authority_parse(buf_span(&both), why);
    buf_destroy(&both);
    return authority;
}

int answer_check(const answer_t *self, int64_t now_ms, cause_t *why)
{
    const cert_t *const certs[] = {&self->seal, &self->channel, &self->hub_channel};
    authority_t *authority = own_authority(self, why);
    int result = authority ? 0 : -1;
    for (size_t i = 0; result == 0 && i < sizeof certs / sizeof *certs; i++)
        if (certs[i]->der.size > 0)
            result = cert_check(certs[i], authority, now_ms, why);
    authority_close(&authority);
    return result;
}

int answer_digits(const answer_t *self, char out[SPOKEN_TEXT], cause_t *why)
{
    buf_t der = {0};
    if (x509_take_pem(buf_span(&self->ca), PEM_STRING_X509, &der) != 0)
        return cause_set(why, "the answer has no CA's certificate");
    spoken_digits(buf_span(&der), out);
    buf_destroy(&der);
    return 0;
}

static int put(const char *folder, const char *name, const buf_t *text, cause_t *why)
{
    char path[PATH_MAX];
    return path_join(path, sizeof path, folder, name, why) == 0
               ? file_replace(path, buf_span(text), 0644, why)
               : -1;
}

static int put_cert(
    const char *folder, const char *name, const cert_t *cert, cause_t *why)
{
    buf_t pem = {0};
    if (cert->der.size == 0)
        return 0;
    cert_print_pem(cert, &pem);
    int result = put(folder, name, &pem, why);
    buf_destroy(&pem);
    return result;
}

int answer_unpack(const answer_t *self, const char *folder, cause_t *why)
{
    if (folder_make(folder, 0755, why) != 0 ||
        put(folder, "ca.pem", &self->ca, why) != 0 ||
        put(folder, "crl.pem", &self->crl, why) != 0 ||
        put_cert(folder, "hub-channel.pem", &self->hub_channel, why) != 0 ||
        put_cert(folder, "channel.pem", &self->channel, why) != 0)
        return -1;
    return put_cert(folder, "seal.pem", &self->seal, why);
}
