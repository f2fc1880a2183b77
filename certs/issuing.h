// issuing - what `dabyl ca sign` and `dabyl ca renew` have in common.

#ifndef CERTS_ISSUING_H
#define CERTS_ISSUING_H

#include "certs/ca_command.h"

// The options of both: how certificates are issued, and whether the fingerprint of the
// request was compared.
typedef struct {
    const char *ca, *fingerprint, *from, *out, *answer, *hub_key, *passphrase_file;
    bool yes;
    int64_t days;
    const char *owed; // what is to be said again if it is cut short, or NULL
} issuing_t;

// The rows of an option table for it; the command's options_t has it as member `issuing`.
// clang-format off
#define ISSUING_OPTIONS(whose_fingerprint)                                               \
    {"ca", OPTION_TEXT, offsetof(options_t, issuing.ca), "DIR", NULL, CA_FOLDER_HELP},   \
    {"fingerprint", OPTION_TEXT, offsetof(options_t, issuing.fingerprint), "DIGITS",     \
        NULL, whose_fingerprint},                                                        \
    {"yes", OPTION_FLAG, offsetof(options_t, issuing.yes), NULL, NULL,                   \
        "do not ask: the fingerprint was compared"},                                     \
    {"days", OPTION_NUMBER, offsetof(options_t, issuing.days), "N", CERTIFICATE_DAYS,    \
        "lifetime (operational default)"},                                               \
    {"from", OPTION_TEXT, offsetof(options_t, issuing.from), "TIME", NULL,               \
        "when it begins (RFC 3339), else now"},                                          \
    {"out", OPTION_TEXT, offsetof(options_t, issuing.out), "DIR", NULL,                  \
        "where to write the certificates (else ID-certs)"},                              \
    {"answer", OPTION_TEXT, offsetof(options_t, issuing.answer), "FILE", NULL,           \
        "one file with all that the requester needs, instead of --out"},                 \
    {"hub-key", OPTION_TEXT, offsetof(options_t, issuing.hub_key), "FILE", NULL,         \
        "the hub's vkey, for this answer and later ones"},                               \
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, issuing.passphrase_file),       \
        "FILE", NULL, PASSPHRASE_HELP}
// clang-format on

// Show who asks and with which fingerprint, and be told that it was compared.
int issuing_consent(
    const issuing_t *self, const enrol_t *request, const char *path, cause_t *why);

// What a request asks for: a seal and, unless it is an officer's, a channel.  Returns how
// many.
size_t issuing_entries(const enrol_t *request, issued_t entries[2]);
// What was issued for these entries since then: how many, all or none; -1 with the cause.
int issuing_found(const issuing_t *self, ca_t *ca, issued_t *entries, size_t n,
    int64_t since_ms, cert_t *certs, cause_t *why);
// Unlock the CA's key and issue certificates for these entries, shortened to the CA's own
// end.  On failure none of `certs` is to be closed.
int issuing_certify(const issuing_t *self, ca_t *ca, issued_t *entries, size_t n,
    cert_t *certs, cause_t *why);
// Write certificates with all that belongs to them to `answer`, to the folder `out`,
// or to both (neither: to the folder "<id>-certs"), say so, and close them.
int issuing_give(const issuing_t *wish, ca_t *ca, const issued_t *entries, cert_t *certs,
    size_t n, bool json, cause_t *why);
// The two, one after the other; of a command that was cut short what it has issued.
int issuing_go(const issuing_t *wish, ca_t *ca, issued_t *entries, size_t n, bool json,
    cause_t *why);

#endif
