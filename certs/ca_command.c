// ca_command - the table of subcommands, and what several of them begin with: the CA's
// folder, the time, a period of validity, the CA opened and unlocked.

#include "certs/ca_command.h"

#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// How far back a certificate begins, for machines whose clock is a little behind.
enum { BACKDATE_MS = 5 * 60 * 1000 };

const command_t *const ca_commands[] = {&ca_command_init, &ca_command_request,
    &ca_command_sign, &ca_command_renew, &ca_command_browser, &ca_command_revoke,
    &ca_command_crl, &ca_command_list, &ca_command_show, &ca_command_passphrase,
    &ca_command_succeed, NULL};

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

ca_t *ca_ready(
    const char *folder, const char *passphrase_file, int64_t now_ms, cause_t *why)
{
    ca_t *self = ca_open(folder, CA_CHANGE, why);
    if (self && ca_unlock(self, passphrase_file, now_ms, why) != 0)
        ca_close(&self);
    return self;
}
