// keyring - the certificates that a verifier trusts to say whose a key is, and until
// when.
//
// Filled from files (a CA, folders of certificates) or from a roster entry of a journal.

#ifndef NODES_CONFIG_KEYRING_H
#define NODES_CONFIG_KEYRING_H

#include "lib/pki/authority.h"

typedef struct keyring keyring_t;

keyring_t *keyring_new(void);
void keyring_destroy(keyring_t **self_p);

enum { KEYRING_ISSUERS = 16 }; // certificates of CAs

// Several certificates of CAs: one that was renewed counts beside the one before it.
// `crl_path` may be NULL: then nothing is said about revocation; else one of the CAs must
// have signed it.
int keyring_trust(keyring_t *self, const char *const *ca_paths, size_t n,
    const char *crl_path, cause_t *why);
int keyring_add_file(keyring_t *self, const char *path, cause_t *why);
int keyring_add_folder(keyring_t *self, const char *folder, cause_t *why); // its *.pem
// What is there in a node's folder: its own, and those of authors it has met.
int keyring_add_node(keyring_t *self, const char *node, cause_t *why);
// The CA, CRL and certificates of a roster in PEM.  When files are named, the roster's CA
// must be one of theirs, by name and key.
int keyring_add_roster(
    keyring_t *self, span_t pem, const char *const *ca_paths, size_t n, cause_t *why);

bool keyring_checks_revocation(const keyring_t *self);
size_t keyring_count(const keyring_t *self);
// The sealing certificate of this key that was good at that moment: by the CA, valid, and
// not revoked before.  Borrowed; NULL with the cause.
const cert_t *keyring_find(
    const keyring_t *self, const char *key_id, int64_t at_ms, cause_t *why);
// The role of the node, by any of its own certificates; NULL when there is none.
const char *keyring_role(const keyring_t *self, const char *node);

#endif
