// roster - who may take part: certified nodes and officers, and what the CA has revoked.
//
// Loaded whole from a folder of certificates (*.pem), the CA's certificate and its CRL; a
// new load replaces the old one whole or not at all.  The role and organisation of a node
// are those of its certificates and there is no second source.

#ifndef LIB_PKI_ROSTER_H
#define LIB_PKI_ROSTER_H

#include "lib/pki/cert.h"
#include "lib/pki/seal.h"

typedef struct {
    char id[NODE_ID_MAX];
    char role[ROLE_MAX];
    char organisation[ORGANISATION_MAX];
} member_t;

typedef struct roster roster_t;

// `before` is the roster in force or NULL: a CRL of a CA that it has, with a lower number
// than its, or without one of its unexpired revocations, is refused; past the nextUpdate
// of their CA's CRL only holders that `before` has are kept, and a CA that `before` has
// not needs one in date.  What a CA issued that `before` believes and this roster does
// not is kept as if it was revoked: it still proves the past.
// Refused as well: a key of small order, the CA's own key, one key of two holders, and
// two certificates with one serial, of which a revocation could mean either. Both
// certificates of a node must name the same role and organisation; a node may have
// several of each during renewal.
roster_t *roster_open(const char *folder, const char *ca_path, const char *crl_path,
    const roster_t *before, int64_t now_ms, cause_t *why);
// The roster that roster_print wrote, to be `before` after a restart.  It is believed as
// it stands: it comes from the journal.
roster_t *roster_recall(span_t text, int64_t now_ms, cause_t *why);
void roster_close(roster_t **self_p);

// A key that has its own work and may be certified for nothing else.
typedef struct {
    const uint8_t *key; // 32 bytes
    const char *what;   // "the log's key"
    const char *owner;  // whose certificate may hold it all the same, or NULL
} own_key_t;

// -1, with the file's name, when a certificate in use, of anybody but the owner, is for
// one of these keys.
int roster_check_keys(const roster_t *self, const own_key_t *own, size_t n, cause_t *why);

// The hub's own sealing certificate belongs in the folder too: it makes the hub a member,
// as the author of what it derives.  Its channel is not let in.
//
// Each is NULL when unknown, not yet or no longer valid at now_ms, or revoked. `refusal`,
// when not NULL, tells which: "unknown", "not yet valid", "expired" or "revoked".
const member_t *roster_by_channel(
    const roster_t *self, const uint8_t key[32], int64_t now_ms, const char **refusal);
// The sealing certificate with this key id, node's or officer's (cert->role "officer").
const cert_t *roster_by_seal(
    const roster_t *self, const char *key_id, int64_t now_ms, const char **refusal);
// The certificate regardless of validity: for proving what was sealed in the past.
const cert_t *roster_any_seal(const roster_t *self, const char *key_id);

// The sealing certificates in force of a node, by i from 0; NULL after the last.
const cert_t *roster_seal_of(
    const roster_t *self, const char *node, size_t i, int64_t now_ms);

// The certificates of officers who sealed beside the node, one for each signature;
// returns how many.  0 when the text is no seal head.  Whether signatures hold is not
// asked here.
enum { ROSTER_OFFICERS_MAX = SEAL_SIGNATURES_MAX - 1 };
size_t roster_officers(
    const roster_t *self, span_t head, const cert_t *officer[ROSTER_OFFICERS_MAX]);

// When the last of its certificates for this use that is in force ends.  False: none is.
bool roster_ends(const roster_t *self, const char *node, cert_use_t use, int64_t now_ms,
    int64_t *ends_ms);

// Of each member's officers, by its index (as many as roster_count says): when the first
// of them has no certificate in force any more; MOMENT_NEVER where there are none.
void roster_officers_end(const roster_t *self, int64_t now_ms, int64_t *ends_ms);

const member_t *roster_member(const roster_t *self, const char *node);
size_t roster_count(const roster_t *self);
const member_t *roster_at(const roster_t *self, size_t i); // sorted by id
// Those who have this role, and are of this organisation ("": of any), sorted by id;
// valid as long as the roster.
typedef struct {
    const member_t *const *member;
    size_t n;
} roster_group_t;
roster_group_t roster_group(
    const roster_t *self, const char *role, const char *organisation);
bool roster_crl_stale(const roster_t *self, int64_t now_ms); // past nextUpdate
// Of the CRL: when it was made and when the next one is due.  False: there is none.
bool roster_crl_times(const roster_t *self, int64_t *made_ms, int64_t *until_ms);
// The next certificate whose validity ends before `until_ms`, for announcing ahead; NULL:
// there are no more.  `*cursor` begins with 0.
const cert_t *roster_next_expiring(
    const roster_t *self, size_t *cursor, int64_t now_ms, int64_t until_ms);
// How many certificates were verified to make this roster, and not taken from `before`.
size_t roster_verified(const roster_t *self);
// The CRL in PEM, appended.
void roster_print_crl(const roster_t *self, buf_t *out);
// The full text for the journal: CA, CRL and every certificate in PEM, in a stable order.
void roster_print(const roster_t *self, buf_t *out);

#endif
