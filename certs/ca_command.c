// ca_command - the table of subcommands, and what several of them begin with: the CA's
// folder, the time, a period of validity, the CA opened and unlocked.

#include "certs/ca_command.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// How far back a certificate begins, for machines whose clock is a little behind.
enum { BACKDATE_MS = 5 * 60 * 1000 };

const command_t *const ca_commands[] = {&ca_command_init, &ca_command_request,
    &ca_command_sign, &ca_command_renew, &ca_command_browser, &ca_command_revoke,
    &ca_command_crl, &ca_command_list, &ca_command_show, &ca_command_passphrase,
    &ca_command_succeed, &ca_command_rebuild, NULL};

int ca_main(int argc, char **argv)
{
    if (sodium_init() < 0)
        abort();
    return (int)command_dispatch(
        ca_commands, "dabyl ca", (common_t){0}, argc - 1, argv + 1);
}

const char *ca_folder(const char *option)
{
    const char *folder = option ? option : getenv("DABYL_CA");
    return folder && *folder ? folder : ".";
}

int64_t ca_now_ms(void)
{
    return clock_now().wall_ms;
}

int64_t ca_days_ms(int64_t days)
{
    return moment_span(days, 86400 * 1000);
}

int ca_period(const char *from, int64_t days, int64_t now_ms, int64_t *from_ms,
    int64_t *until_ms, cause_t *why)
{
    int64_t start_ms = now_ms;
    if (days < 1 || days > 36500)
        return cause_set(why, "--days takes 1 to 36500");
    if (from && !time_parse(span_text(from), &start_ms))
        return cause_set(
            why, "--from takes a time like 2027-01-31T00:00:00Z, not '%s'", from);
    start_ms -= start_ms % 1000; // certificates know no finer time
    *from_ms = from ? start_ms : start_ms - BACKDATE_MS;
    *until_ms = moment_after(start_ms, ca_days_ms(days));
    return 0;
}

static void say_owed(const ca_t *ca)
{
    char since[TIME_TEXT];
    const begun_t *owed = ca_begun(ca);
    const size_t copies = ca_copies_behind(ca, ca_now_ms());
    for (size_t i = 0; i < owed->n; i++) {
        time_print(owed->item[i].since_ms, since);
        (void)fprintf(stderr,
            say("note: `dabyl ca %s` was cut short on %.10s; say it again to end it\n"),
            owed->item[i].what, since);
    }
    if (copies)
        (void)fprintf(stderr,
            say("note: %zu certificates of the index are not in issued/ yet; the next "
                "command that opens the key writes them\n"),
            copies);
    if (ca_crl_behind(ca))
        (void)fputs(
            say("note: a CRL is owed, since crl.pem lacks what the index has; `dabyl ca "
                "crl` makes it\n"),
            stderr);
}

ca_t *ca_begin(const char *folder, ca_access_t way, cause_t *why)
{
    ca_t *self = ca_open(folder, way, why);
    if (self)
        say_owed(self);
    return self;
}

ca_t *ca_ready(
    const char *folder, const char *passphrase_file, int64_t now_ms, cause_t *why)
{
    ca_t *self = ca_begin(folder, CA_CHANGE, why);
    if (self && ca_unlock(self, passphrase_file, now_ms, why) != 0)
        ca_close(&self);
    return self;
}

// What fails is told, and nothing is owed for it: the CRL itself is there.
int ca_give_crl(ca_t *ca, const char *out, int64_t days, int64_t now_ms, cause_t *why)
{
    char owed[PATH_MAX + 16];
    cause_t ignored;
    if (!out)
        return ca_publish_crl(ca, now_ms, moment_after(now_ms, ca_days_ms(days)), why);
    (void)snprintf(owed, sizeof owed, "crl --out %s", out);
    if (ca_owe(ca, owed, now_ms, why) != 0)
        return -1;
    int result = ca_publish_crl(ca, now_ms, moment_after(now_ms, ca_days_ms(days)), why);
    if (result == 0)
        result = ca_copy_trust(ca, out, why);
    if (ca_paid(ca, owed, result == 0 ? why : &ignored) != 0)
        result = -1;
    return result;
}
