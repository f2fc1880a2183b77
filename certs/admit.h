// admit - whether the CA may issue what is asked, as far as its index can tell.

#ifndef CERTS_ADMIT_H
#define CERTS_ADMIT_H

#include "certs/folder/ledger.h"
#include "lib/enrol/enrol.h"

// A newcomer: its id is not in use, its keys are nobody else's and were never revoked, an
// officer's node exists.
int admit_new(
    const ledger_t *ledger, const enrol_t *request, int64_t now_ms, cause_t *why);
// New keys for an id that is certified: the same role and organisation.
int admit_again(const ledger_t *ledger, const enrol_t *request, cause_t *why);
// That nobody else has this key and that it was not revoked.
int admit_key(
    const ledger_t *ledger, const char *name, const uint8_t key[32], cause_t *why);

#endif
