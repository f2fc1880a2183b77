// credentials - who this node is and whom it believes: its keys and certificates, the
// hub's channel certificate and log key, the CA.

#ifndef NODES_CONFIG_CREDENTIALS_H
#define NODES_CONFIG_CREDENTIALS_H

#include "lib/pki/authority.h"
#include "lib/pki/seal.h"
#include "lib/tlog/note.h"
#include "nodes/config/node_conf.h"

#include <limits.h>

typedef struct {
    seal_key_t seal;
    uint8_t channel_secret[32], channel_public[32];
    cert_t seal_cert, channel_cert, hub_cert;
    cert_t hub_next; // that comes after the hub's; without bytes: none is known
    log_vkey_t vkey;
    authority_t *ca;  // without a CRL: for certificates of authors, at their time
    authority_t *crl; // the same CA with the CRL; NULL when none is configured
} credentials_t;

// Everything is there, readable, private where it must be, issued by the CA, and belongs
// together.  Says nothing about dates and revocation.
int credentials_open(credentials_t *self, const node_conf_t *conf, cause_t *why);
// Where the hub's next certificate is: beside the one in use.
int credentials_next_path(const node_conf_t *conf, char path[PATH_MAX], cause_t *why);
void credentials_close(credentials_t *self);
// That the hub may be expected to let this node in at this moment.
int credentials_valid(const credentials_t *self, int64_t now_ms, cause_t *why);
int64_t credentials_ends_ms(const credentials_t *self); // the first certificate to end

#endif
