// credentials - read everything, then compare: a key with its certificate, certificates
// with each other and with the configuration.

#include "nodes/config/credentials.h"

#include "lib/pki/keyfile.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int read_cert(cert_t *cert, const char *path, cert_use_t use, cause_t *why)
{
    if (cert_read(cert, path, why) != 0)
        return -1;
    if (cert->use != use)
        return cause_set(why, "%s: this is a certificate for %s", path,
            cert->use == CERT_SEAL ? "sealing, not for the channel"
                                   : "the channel, not for sealing");
    return 0;
}

static int read_files(credentials_t *self, const node_conf_t *conf, cause_t *why)
{
    if (keyfile_read_ed25519(conf->seal_key, &self->seal, why) != 0 ||
        keyfile_read_x25519(
            conf->channel_key, self->channel_secret, self->channel_public, why) != 0 ||
        read_cert(&self->seal_cert, conf->seal_certificate, CERT_SEAL, why) != 0 ||
        read_cert(&self->channel_cert, conf->channel_certificate, CERT_CHANNEL, why) !=
            0 ||
        read_cert(&self->hub_cert, conf->hub_certificate, CERT_CHANNEL, why) != 0 ||
        log_vkey_read(&self->vkey, conf->vkey, why) != 0)
        return -1;
    self->ca = authority_open(conf->ca, NULL, why);
    if (!self->ca)
        return -1;
    if (conf->crl[0])
        self->crl = authority_open(conf->ca, conf->crl, why);
    return conf->crl[0] && !self->crl ? -1 : 0;
}

// The chain, at a moment when the certificate itself was good.
static int check_chain(
    const credentials_t *self, const cert_t *cert, const char *path, cause_t *why)
{
    if (cert_check(cert, self->ca, cert->not_after_ms, why) == 0 ||
        cert_check(cert, self->ca, cert->not_before_ms, why) == 0)
        return 0;
    return cause_prefix(why, "%s", path);
}

int credentials_next_path(const node_conf_t *conf, char path[PATH_MAX], cause_t *why)
{
    return snprintf(path, PATH_MAX, "%s.next", conf->hub_certificate) < PATH_MAX
               ? 0
               : cause_set(why, "%s: name too long", conf->hub_certificate);
}

// What is no certificate of a hub by this CA is not believed, and no reason not to start:
// the hub hands it over again.
static void read_next(credentials_t *self, const node_conf_t *conf)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (credentials_next_path(conf, path, &ignored) != 0 || access(path, F_OK) != 0)
        return;
    if (read_cert(&self->hub_next, path, CERT_CHANNEL, &ignored) != 0 ||
        strcmp(self->hub_next.role, "hub") != 0 ||
        check_chain(self, &self->hub_next, path, &ignored) != 0)
        cert_close(&self->hub_next);
}

static int compare(const credentials_t *self, const node_conf_t *conf, cause_t *why)
{
    const cert_t *seal = &self->seal_cert, *channel = &self->channel_cert;
    if (memcmp(seal->key, self->seal.public_key, 32) != 0)
        return cause_set(why, "%s is not the certificate of %s", conf->seal_certificate,
            conf->seal_key);
    if (memcmp(channel->key, self->channel_public, 32) != 0)
        return cause_set(why, "%s is not the certificate of %s",
            conf->channel_certificate, conf->channel_key);
    if (strcmp(seal->name, conf->node) != 0 || strcmp(channel->name, conf->node) != 0)
        return cause_set(why,
            "the configuration says node \"%s\", the certificates %s and %s", conf->node,
            seal->name, channel->name);
    if (strcmp(seal->role, channel->role) != 0)
        return cause_set(why, "the two certificates name different roles, %s and %s",
            seal->role, channel->role);
    if (strcmp(self->hub_cert.role, "hub") != 0)
        return cause_set(why, "%s is of a node with the role %s, not of a hub",
            conf->hub_certificate, self->hub_cert.role);
    return 0;
}

int credentials_open(credentials_t *self, const node_conf_t *conf, cause_t *why)
{
    *self = (credentials_t){0};
    if (read_files(self, conf, why) == 0 && compare(self, conf, why) == 0 &&
        check_chain(self, &self->seal_cert, conf->seal_certificate, why) == 0 &&
        check_chain(self, &self->channel_cert, conf->channel_certificate, why) == 0 &&
        check_chain(self, &self->hub_cert, conf->hub_certificate, why) == 0) {
        read_next(self, conf);
        return 0;
    }
    credentials_close(self);
    return -1;
}

void credentials_close(credentials_t *self)
{
    cert_close(&self->seal_cert);
    cert_close(&self->channel_cert);
    cert_close(&self->hub_cert);
    cert_close(&self->hub_next);
    authority_close(&self->ca);
    authority_close(&self->crl);
    sodium_memzero(self, sizeof *self);
}

int credentials_valid(const credentials_t *self, int64_t now_ms, cause_t *why)
{
    const authority_t *ca = self->crl ? self->crl : self->ca;
    return cert_check(&self->seal_cert, ca, now_ms, why) == 0 &&
                   cert_check(&self->channel_cert, ca, now_ms, why) == 0
               ? cert_check(&self->hub_cert, ca, now_ms, why)
               : -1;
}

int64_t credentials_ends_ms(const credentials_t *self)
{
    int64_t seal = self->seal_cert.not_after_ms,
            channel = self->channel_cert.not_after_ms;
    return seal < channel ? seal : channel;
}
