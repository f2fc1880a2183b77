// identity - keys are read from their files and compared with the certificate.  The key
// of the log and that of seals must differ: a signature on a checkpoint could otherwise
// be passed off as a seal, or the other way round.

#include "hub/law/identity.h"

#include "lib/pki/keyfile.h"

#include <sodium.h>
#include <string.h>

int identity_certify(identity_t *self, const cert_t *cert, cause_t *why)
{
    if (strcmp(cert->key_id, self->seal.id) != 0)
        return cause_set(why, "it is not the certificate of the hub's seal key");
    if (strcmp(cert->role, "hub") != 0)
        return cause_set(why, "it certifies the role %s, not hub", cert->role);
    memcpy(self->member.id, cert->name, sizeof self->member.id);
    memcpy(self->member.role, cert->role, sizeof self->member.role);
    memcpy(
        self->member.organisation, cert->organisation, sizeof self->member.organisation);
    return 0;
}

int identity_read(identity_t *self, const char *path, cause_t *why)
{
    cert_t cert;
    if (cert_read(&cert, path, why) != 0)
        return -1;
    int result = identity_certify(self, &cert, why);
    cert_close(&cert);
    return result == 0 ? 0 : cause_prefix(why, "%s", path);
}

identity_source_t identity_source_of(const hub_options_t *options)
{
    return (identity_source_t){options->origin, options->log_key, options->seal_key,
        options->channel_key, options->certificate};
}

int identity_begin(identity_t *self, const identity_source_t *source, cause_t *why)
{
    *self = (identity_t){0};
    if (keyfile_read_ed25519(source->log_key, &self->log, why) != 0 ||
        keyfile_read_ed25519(source->seal_key, &self->seal, why) != 0 ||
        keyfile_read_x25519(
            source->channel_key, self->channel_secret, self->channel_public, why) != 0 ||
        log_vkey_of(&self->vkey, source->origin, self->log.public_key, why) != 0)
        goto failed;
    if (memcmp(self->log.public_key, self->seal.public_key, 32) == 0) {
        (void)cause_set(
            why, "%s and %s hold the same key", source->log_key, source->seal_key);
        goto failed;
    }
    if (identity_read(self, source->certificate, &self->uncertified) == 0)
        self->uncertified.text[0] = 0;
    return 0;
failed:
    identity_close(self);
    return -1;
}

int identity_open(identity_t *self, const identity_source_t *source, cause_t *why)
{
    if (identity_begin(self, source, why) != 0)
        return -1;
    if (self->uncertified.text[0] == 0)
        return 0;
    *why = self->uncertified;
    identity_close(self);
    return -1;
}

void identity_close(identity_t *self)
{
    sodium_memzero(self, sizeof *self);
}
