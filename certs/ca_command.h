// ca_command - `dabyl ca`: its subcommands, one file each (ca_<name>.c), and what they
// share.

#ifndef CERTS_CA_COMMAND_H
#define CERTS_CA_COMMAND_H

#include "certs/folder/ca.h"
#include "lib/enrol/enrol.h"
#include "nodes/cli/command.h"

// argv[0] is "ca".  Returns the exit code: 0 done, 1 refused or failed, 2 wrong use.
int ca_main(int argc, char **argv);

extern const command_t ca_command_init, ca_command_request, ca_command_sign,
    ca_command_renew, ca_command_browser, ca_command_revoke, ca_command_crl,
    ca_command_list, ca_command_show, ca_command_passphrase, ca_command_succeed,
    ca_command_rebuild;
// All of them, in the order of the help; NULL after the last.
extern const command_t *const ca_commands[];

// Lifetimes in days.  The plan gives none: these are operational defaults.
#define CA_DAYS "3650"
#define CERTIFICATE_DAYS "365"
#define CRL_DAYS "30"
#define RENEW_DAYS "30" // before a certificate ends it is renewed with all others
#define CA_FOLDER_HELP "the CA's folder (else DABYL_CA, else here)"
#define PASSPHRASE_HELP "private file whose first line is the passphrase"

const char *ca_folder(const char *option);
int64_t ca_now_ms(void);
int64_t ca_days_ms(int64_t days);
// From `from` (RFC 3339) or a little before now, for `days` from then on.
int ca_period(const char *from, int64_t days, int64_t now_ms, int64_t *from_ms,
    int64_t *until_ms, cause_t *why);
// Open a CA and say on standard error what is owed there.  NULL with the cause.
ca_t *ca_begin(const char *folder, ca_access_t way, cause_t *why);
// Begin a change and unlock.
ca_t *ca_ready(
    const char *folder, const char *passphrase_file, int64_t now_ms, cause_t *why);

// Publish the CRL, and give it out to the folder `out`, which may be NULL.
int ca_give_crl(ca_t *ca, const char *out, int64_t days, int64_t now_ms, cause_t *why);

void ca_print_request(const enrol_t *request, FILE *out);
json_t *ca_request_json(const enrol_t *request);
void ca_print_line(json_t *json); // one line on standard output; takes it over
void ca_print_entries(const issued_t *const *entries, size_t n, int64_t now_ms);
json_t *ca_entry_json(const issued_t *entry, int64_t now_ms); // with its "state"

#endif
