// ledger - every certificate the CA has issued and what became of it: the CA's index
// file.
//
// JSON lines: first {"dabyl_ca":1,"crl_number":N}, then one object a certificate, oldest
// first. Lines are never removed, so that a revocation outlives its certificate.

#ifndef CERTS_FOLDER_LEDGER_H
#define CERTS_FOLDER_LEDGER_H

#include "lib/enrol/holder.h"

#include <jansson.h>

enum { REASON_MAX = 24 };

typedef struct {
    holder_t holder;
    cert_use_t use;
    char serial[SERIAL_MAX];
    uint8_t key[32]; // as in a certificate: of a browser's, a hash that stands for it
    char key_id[HASH_HEX];
    int64_t issued_ms;
    int64_t not_before_ms, not_after_ms;
    int64_t revoked_ms; // 0: it is not
    char reason[REASON_MAX];
} issued_t;

typedef enum { IN_FORCE, NOT_YET, EXPIRED, REVOKED } standing_t;

standing_t issued_standing(const issued_t *self, int64_t now_ms);
const char *standing_name(standing_t standing);
// One flat object; the caller owns it.
json_t *issued_json(const issued_t *self);

typedef struct {
    uint64_t crl_number; // of the newest CRL
    size_t n;
    issued_t *entry;
} ledger_t;

// Refuses a damaged file whole, naming the line.
int ledger_read(ledger_t *self, const char *path, cause_t *why);
// Of a damaged file what is whole, and nothing of one that is not there; whether all of
// it was.
bool ledger_salvage(ledger_t *self, const char *path);
int ledger_write(const ledger_t *self, const char *path, cause_t *why);
void ledger_free(ledger_t *self);
void ledger_add(ledger_t *self, const issued_t *entry);
// Borrowed until the next ledger_add; NULL when there is none.
issued_t *ledger_by_serial(const ledger_t *self, const char *serial);
// The newest certificate of this id and use that is not revoked, or NULL.
const issued_t *ledger_newest(const ledger_t *self, const char *name, cert_use_t use);
// Whether a certificate of the same holder and use is good until after that moment: then
// nobody need be warned that this one ends.
bool ledger_outlasts(const ledger_t *self, const issued_t *entry, int64_t until_ms);

#endif
