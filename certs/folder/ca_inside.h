// ca_inside - what the parts of a CA (ca.c, ca_make.c, ca_key.c, ca_issue.c, ca_trust.c)
// share.  Nobody else includes this.

#ifndef CERTS_FOLDER_CA_INSIDE_H
#define CERTS_FOLDER_CA_INSIDE_H

#include "certs/folder/ca.h"

#include <limits.h>

struct ca {
    char folder[PATH_MAX];
    int lock; // -1: only reading
    signer_t signer;
    int64_t from_ms, until_ms; // of its own certificate
    ledger_t ledger;
    begun_t begun;
};

// There while a CA is being made, which nobody has seen yet.
#define CA_MAKING "making"

int ca_path(const char *folder, const char *name, char out[PATH_MAX], cause_t *why);
int ca_write_pem(const char *path, const char *label, span_t der, cause_t *why);
// Nothing of it is open yet.
ca_t *ca_new(const char *folder, cause_t *why);
// As ca_open, whatever is with the index, which is not read.
ca_t *ca_open_shell(const char *folder, ca_access_t way, cause_t *why);
int ca_read_certificate(ca_t *self, cause_t *why);
int ca_save_ledger(const ca_t *self, cause_t *why);

typedef int ca_put_file_t(const char *path, span_t data, mode_t mode, cause_t *why);
// `put`: file_create for a new key, file_replace for another passphrase.
int ca_put_key(const char *folder, const EVP_PKEY *key, span_t passphrase,
    ca_put_file_t *put, cause_t *why);
int ca_keep_copy(const ca_t *self, const cert_t *cert, cause_t *why);
// Write the copies that are owed; the key is usable.
int ca_settle(const ca_t *self, int64_t now_ms, cause_t *why);

#endif
