// keyfile - private keys in PEM (PKCS#8), readable by their owner alone.

#ifndef LIB_PKI_KEYFILE_H
#define LIB_PKI_KEYFILE_H

#include "lib/base/cause.h"
#include "lib/pki/seal.h"

// Ed25519, for seals and for the log.  Refuses a file with wider permissions than 0600.
int keyfile_read_ed25519(const char *path, seal_key_t *key, cause_t *why);
// X25519, for CURVE: the 32-byte secret and public keys.
int keyfile_read_x25519(
    const char *path, uint8_t secret[32], uint8_t public_key[32], cause_t *why);
// Make a key and write it with mode 0600; fails when the file exists.
int keyfile_new_ed25519(const char *path, cause_t *why);
int keyfile_new_x25519(const char *path, cause_t *why);

#endif
