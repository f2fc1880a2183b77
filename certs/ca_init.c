// dabyl ca init - make a certification authority.

#include "certs/ca_command.h"
#include "certs/folder/passphrase.h"
#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <string.h>

typedef struct {
    const char *ca, *name, *organisation, *from, *passphrase_file;
    bool no_passphrase;
    int64_t days, crl_days;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"name", OPTION_TEXT, offsetof(options_t, name), "TEXT", "Dabyl CA",
        "the CA's name in its certificate"},
    {"org", OPTION_TEXT, offsetof(options_t, organisation), "CODE", NULL,
        "code of the organisation that runs it"},
    {"days", OPTION_NUMBER, offsetof(options_t, days), "N", CA_DAYS,
        "lifetime of the CA (operational default)"},
    {"from", OPTION_TEXT, offsetof(options_t, from), "TIME", NULL,
        "when it begins (RFC 3339), else now"},
    {"crl-days", OPTION_NUMBER, offsetof(options_t, crl_days), "N", CRL_DAYS,
        "when the next CRL is due (operational default)"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        PASSPHRASE_HELP},
    {"no-passphrase", OPTION_FLAG, offsetof(options_t, no_passphrase), NULL, NULL,
        "leave the key unencrypted: whoever reads the file is the CA"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static int check(const options_t *o, cause_t *why)
{
    if (o->no_passphrase && o->passphrase_file)
        return cause_set(why, "--no-passphrase and --passphrase-file exclude each other");
    if (*o->name == 0 || strlen(o->name) > 64)
        return cause_set(why, "--name takes 1 to 64 bytes");
    if (o->organisation && !cert_organisation_valid(span_text(o->organisation)))
        return cause_set(why, "--org takes an organisation code, as in KZ-NCCIS");
    if (o->crl_days < 1 || o->crl_days > 36500)
        return cause_set(why, "--crl-days takes 1 to 36500");
    return 0;
}

// Without --no-passphrase there is no way to an unencrypted key.
static int create(const options_t *o, const ca_wish_t *wish, cause_t *why)
{
    buf_t passphrase = {0};
    int result =
        o->no_passphrase ? 0 : passphrase_choose(o->passphrase_file, &passphrase, why);
    if (result == 0)
        result = ca_create(ca_folder(o->ca), wish, buf_span(&passphrase), why);
    passphrase_wipe(&passphrase);
    return result;
}

static int find_digits(const options_t *o, char digits[SPOKEN_TEXT], cause_t *why)
{
    ca_t *ca = ca_open(ca_folder(o->ca), CA_READ, why);
    if (!ca)
        return -1;
    ca_digits(ca, digits);
    ca_close(&ca);
    return 0;
}

static void tell(const options_t *o, const ca_wish_t *wish, const char *digits, bool json)
{
    char until[TIME_TEXT];
    const char *folder = ca_folder(o->ca);
    time_print(wish->until_ms, until);
    if (json) {
        ca_print_line(json_pack("{s:s,s:s,s:s,s:b,s:s}", "ca", folder, "name", o->name,
            "until", until, "encrypted", !o->no_passphrase, "fingerprint", digits));
        return;
    }
    printf(say("made the CA '%s' in %s, valid until %.10s\n"
               "  ca.key   %s; keep it on a machine that is no hub\n"
               "  ca.pem   give it to every hub and node\n"
               "  crl.pem  nothing is revoked yet; make the next within %lld days\n"),
        o->name, folder, until,
        o->no_passphrase ? say("NOT ENCRYPTED, as asked")
                         : say("encrypted with the passphrase"),
        (long long)o->crl_days);
    printf(say("  fingerprint  %s\n"
               "  whoever gets ca.pem compares these digits with you\n"),
        digits);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    ca_wish_t wish = {.name = o->name, .organisation = o->organisation};
    if (call->operands)
        return call_usage(call, "nothing stands behind the options");
    wish.now_ms = ca_now_ms();
    wish.next_crl_ms = moment_after(wish.now_ms, ca_days_ms(o->crl_days));
    if (check(o, &why) != 0 || ca_period(o->from, o->days, wish.now_ms, &wish.from_ms,
                                   &wish.until_ms, &why) != 0)
        return call_usage(call, "%s", why.text);
    char digits[SPOKEN_TEXT];
    if (create(o, &wish, &why) != 0 || find_digits(o, digits, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    tell(o, &wish, digits, call->common.json);
    return DONE_OK;
}

const command_t ca_command_init = {
    .name = "init",
    .operands = "",
    .summary = "make a CA: its key, its certificate, an empty CRL",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "The passphrase is asked for twice, unless --passphrase-file or\n"
             "--no-passphrase is given.  The CA's key belongs on a machine of its own.\n",
};
