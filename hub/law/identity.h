// identity - the hub's three keys and the certificate that says which hub it is.

#ifndef HUB_LAW_IDENTITY_H
#define HUB_LAW_IDENTITY_H

#include "lib/config/hub_options.h"
#include "lib/pki/cert.h"
#include "lib/pki/roster.h"
#include "lib/pki/seal.h"
#include "lib/tlog/note.h"

typedef struct {
    seal_key_t log;  // signs checkpoints
    seal_key_t seal; // seals what the hub derives
    uint8_t channel_secret[32], channel_public[32];
    log_vkey_t vkey;
    member_t member;     // id, role and organisation of the certificate
    cause_t uncertified; // why they are not known yet; "": they are
} identity_t;

typedef struct {
    const char *origin;
    const char *log_key, *seal_key, *channel_key, *certificate; // paths
} identity_source_t;

identity_source_t identity_source_of(const hub_options_t *options);
int identity_open(identity_t *self, const identity_source_t *source, cause_t *why);
// The same, but a certificate that cannot be read is no failure: the journal may have it.
int identity_begin(identity_t *self, const identity_source_t *source, cause_t *why);
// Read the certificate again, or take the one that somebody else has.
int identity_read(identity_t *self, const char *path, cause_t *why);
int identity_certify(identity_t *self, const cert_t *cert, cause_t *why);
void identity_close(identity_t *self); // wipes the keys

#endif
