// ca - the folder of a certification authority.
//
//     ca.key    Ed25519, PKCS#8, encrypted unless --no-passphrase was said; mode 0600
//     ca.pem    its certificate, for every hub and node
//     index     the ledger (ledger.h)
//     crl.pem   the newest CRL
//     issued/   a copy of every certificate, <id>-<use>-<serial>.pem
//     hub.vkey  the hub's log key, to be told to those who enrol; where it was given
//     beside    the folder of the CA that it follows, or that follows it
//     cross.pem by which the CA before it vouches for it
//     begun     which commands were begun and not ended (begun.h)
//     lock      held while something changes
//
// The index is durable before a certificate or a CRL leaves, so nothing in circulation is
// unknown to it, and no serial or CRL number is used twice.  What the index has and
// another file has not yet is owed: ca_crl_behind, ca_copies_behind and ca_begun say
// what.

#ifndef CERTS_FOLDER_CA_H
#define CERTS_FOLDER_CA_H

#include "certs/folder/begun.h"
#include "certs/folder/issue.h"
#include "lib/pki/spoken.h"
#include "lib/tlog/note.h"

typedef struct ca ca_t;

typedef enum { CA_READ, CA_CHANGE } ca_access_t; // CA_CHANGE takes the lock

typedef struct {
    const char *name;         // CN
    const char *organisation; // O, or NULL
    int64_t from_ms, until_ms;
    int64_t now_ms, next_crl_ms; // for the first, empty CRL
} ca_wish_t;

// Make a new one; an empty passphrase leaves the key unencrypted.  Refuses to touch an
// old one.  Cut short it can be opened by nobody, and is made anew when it is said again.
int ca_create(const char *folder, const ca_wish_t *wish, span_t passphrase, cause_t *why);
ca_t *ca_open(const char *folder, ca_access_t way, cause_t *why);
void ca_close(ca_t **self_p);
// Make the key usable, asking for the passphrase on the terminal when it is encrypted and
// no file is given.  Refuses when the CA's own certificate is not valid at now_ms.  What
// is owed of copies is written then.
int ca_unlock(ca_t *self, const char *passphrase_file, int64_t now_ms, cause_t *why);

// The same whatever the dates of its certificate; on a terminal a wrong passphrase is
// asked for again.
int ca_read_key(ca_t *self, const char *passphrase_file, cause_t *why);
// The key, which is usable, under another passphrase; an empty one leaves it unencrypted.
int ca_write_key(const ca_t *self, span_t passphrase, cause_t *why);

// To be changed only by who opened with CA_CHANGE; kept by ca_issue and ca_publish_crl.
ledger_t *ca_ledger(ca_t *self);
int64_t ca_from_ms(const ca_t *self);
int64_t ca_until_ms(const ca_t *self);
void ca_name(const ca_t *self, char *out, size_t room); // CN
// Of its certificate, for who gets that and has nobody to believe yet.
void ca_digits(const ca_t *self, char out[SPOKEN_TEXT]);

// Issue certificates for `n` entries, whose serial and time of issue are filled in here.
// On failure none of `out` is to be closed.
int ca_issue(
    ca_t *self, issued_t *entries, size_t n, int64_t now_ms, cert_t *out, cause_t *why);
// A certificate for the P-256 key of an officer's browser, in the same way.
int ca_issue_browser(ca_t *self, issued_t *entry, EVP_PKEY *key, int64_t now_ms,
    cert_t *out, cause_t *why);
// Record what changed and publish it as crl.pem with the next number.
int ca_publish_crl(ca_t *self, int64_t now_ms, int64_t next_ms, cause_t *why);
// Whether crl.pem lacks what the index has, since writing it was cut short.
bool ca_crl_behind(const ca_t *self);
// Write what is given out as ca.pem and crl.pem into `folder`.
int ca_copy_trust(const ca_t *self, const char *folder, cause_t *why);
// What is given out as ca.pem and as crl.pem, appended: its own and that of the CA beside
// it.
int ca_print_trust(const ca_t *self, buf_t *ca, buf_t *crl, cause_t *why);
// A certificate that was issued, from the copy that is kept.
int ca_find_copy(const ca_t *self, const issued_t *entry, cert_t *out, cause_t *why);
// The same; where issuing was cut short before the copy was kept, it is made once more,
// octet for octet, and kept.  The key is unlocked for that.
int ca_find_issued(ca_t *self, const issued_t *entry, const char *passphrase_file,
    int64_t now_ms, cert_t *out, cause_t *why);
// How many certificates in force have no copy yet, since issuing was cut short.
size_t ca_copies_behind(const ca_t *self, int64_t now_ms);

// What commands have begun and not ended; of a CA that is open for change it is written
// down by ca_owe, before anything else is, and crossed out by ca_paid.
const begun_t *ca_begun(const ca_t *self);
int ca_owe(ca_t *self, const char *what, int64_t now_ms, cause_t *why);
int ca_paid(ca_t *self, const char *what, cause_t *why);

// The public key of the hub's log, kept for later answers; "" where none was given.
int ca_keep_hub_key(const ca_t *self, const char *path, cause_t *why);
int ca_hub_key(const ca_t *self, char out[VKEY_MAX], cause_t *why);

// From now on each is beside the other, and the old one, whose key is usable, vouches for
// the new one.  Said again after an interruption it ends what it began.
int ca_join(ca_t *old, ca_t *fresh, int64_t now_ms, cause_t *why);
// Whether the new one has issued nothing and no third CA is beside either: as an
// interruption before, in or after ca_join leaves them.
bool ca_may_join(const ca_t *old, const ca_t *fresh);
// Whether it follows another, which is still beside it.
bool ca_follows(const ca_t *self);
// The CA beside this one, for reading; NULL with the cause, also when there is none.
ca_t *ca_open_beside(const ca_t *self, cause_t *why);
// None is beside it any more.
int ca_part(const ca_t *self, cause_t *why);

#endif
