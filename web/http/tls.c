// tls - GnuTLS asks for a certificate and checks that the browser has its key; whether
// the certificate is good is asked by our own code (papers.c), and a browser without one
// is told so in words instead of by a handshake that fails.

#include "web/http/tls.h"

#include "lib/base/file.h"

#include <gnutls/gnutls.h>
#include <sodium.h>

enum { PEM_MAX = 1 << 20 };

const char tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

static int try_pair(const tls_t *self, const char *path, cause_t *why)
{
    gnutls_certificate_credentials_t pair = NULL;
    const gnutls_datum_t certificate = {
        self->certificate.data, (unsigned)self->certificate.size};
    const gnutls_datum_t key = {self->key.data, (unsigned)self->key.size};
    int fault = gnutls_certificate_allocate_credentials(&pair);
    if (fault == 0)
        fault = gnutls_certificate_set_x509_key_mem(
            pair, &certificate, &key, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(pair);
    return fault >= 0
               ? 0
               : cause_set(why, "%s and its key: %s", path, gnutls_strerror(fault));
}

int tls_read(
    tls_t *self, const char *certificate, const char *key, const char *ca, cause_t *why)
{
    *self = (tls_t){0};
    if (file_read(certificate, PEM_MAX, &self->certificate, why) == 0 &&
        file_read_private(key, PEM_MAX, &self->key, why) == 0 &&
        file_read(ca, PEM_MAX, &self->ca, why) == 0 &&
        try_pair(self, certificate, why) == 0) {
        (void)buf_text(&self->certificate);
        (void)buf_text(&self->key);
        (void)buf_text(&self->ca);
        return 0;
    }
    tls_close(self);
    return -1;
}

void tls_close(tls_t *self)
{
    if (self->key.data)
        sodium_memzero(self->key.data, self->key.size);
    buf_destroy(&self->certificate);
    buf_destroy(&self->key);
    buf_destroy(&self->ca);
}

span_t tls_peer(struct MHD_Connection *connection)
{
    unsigned n = 0;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const gnutls_datum_t *shown =
        info ? gnutls_certificate_get_peers(info->tls_session, &n) : NULL;
    return shown && n > 0 ? span_of(shown[0].data, shown[0].size) : span_of(NULL, 0);
}
