// trust - a file that is no certificate for a channel is not handed to anybody.

#include "hub/ask/trust.h"

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/pki/authority.h"

#include <string.h>

enum { CA_MAX = 1 << 20 };

// As it is, with the certificates by which one CA vouches for another.
static void read_ca(const char *path, buf_t *out)
{
    cause_t why;
    buf_clear(out);
    authority_t *cas = NULL;
    if (file_read(path, CA_MAX, out, &why) == 0)
        cas = authority_parse_cas(buf_span(out), &why);
    if (!cas) {
        buf_clear(out);
        log_line(LOG_WARNING, "trust.unreadable",
            "reason=\"%s\" effect=\"nodes are not told of it\"", why.text);
    }
    authority_close(&cas);
}

static void read_one(const char *path, buf_t *out)
{
    cause_t why;
    cert_t cert = {0};
    buf_clear(out);
    if (file_absent(path))
        return;
    int result = cert_read(&cert, path, &why);
    if (result == 0 && (cert.use != CERT_CHANNEL || strcmp(cert.role, "hub") != 0))
        result = cause_set(&why, "%s: not a hub's certificate for its channel", path);
    if (result == 0)
        cert_print_pem(&cert, out);
    else
        log_line(LOG_WARNING, "trust.unreadable",
            "reason=\"%s\" effect=\"nodes are not told of it\"", why.text);
    cert_close(&cert);
}

void trust_read(trust_t *self, const hub_options_t *options)
{
    read_ca(options->ca, &self->ca);
    read_one(options->channel_certificate, &self->channel);
    read_one(options->next_channel_certificate, &self->next);
}

void trust_close(trust_t *self)
{
    buf_destroy(&self->ca);
    buf_destroy(&self->channel);
    buf_destroy(&self->next);
}
