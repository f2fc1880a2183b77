// dabyl ca crl - publish the list of revoked certificates anew, before the last one is
// overdue.

#include "certs/ca_command.h"
#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"

typedef struct {
    const char *ca, *out, *passphrase_file;
    int64_t days;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"days", OPTION_NUMBER, offsetof(options_t, days), "N", CRL_DAYS,
        "when the next one is due (operational default)"},
    {"out", OPTION_TEXT, offsetof(options_t, out), "DIR", NULL,
        "folder for copies of crl.pem and ca.pem"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        PASSPHRASE_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void tell(const ledger_t *ledger, int64_t next_ms, bool json)
{
    char next[TIME_TEXT];
    size_t revoked = 0;
    for (size_t i = 0; i < ledger->n; i++)
        revoked += ledger->entry[i].revoked_ms != 0;
    time_print(next_ms, next);
    if (json)
        ca_print_line(json_pack("{s:I,s:I,s:s}", "number", (json_int_t)ledger->crl_number,
            "revoked", (json_int_t)revoked, "next_update", next));
    else
        printf(say("crl.pem number %llu: %zu revoked, the next is due by %.10s\n"),
            (unsigned long long)ledger->crl_number, revoked, next);
}

static int publish(const options_t *o, bool json, cause_t *why)
{
    int64_t now_ms = ca_now_ms();
    int64_t next_ms = moment_after(now_ms, ca_days_ms(o->days));
    ca_t *ca = ca_ready(ca_folder(o->ca), o->passphrase_file, now_ms, why);
    if (!ca)
        return -1;
    int result = ca_give_crl(ca, o->out, o->days, now_ms, why);
    if (result == 0)
        tell(ca_ledger(ca), next_ms, json);
    ca_close(&ca);
    return result;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands)
        return call_usage(call, "nothing stands behind the options");
    if (o->days < 1 || o->days > 36500)
        return call_usage(call, "--days takes 1 to 36500");
    return publish(o, call->common.json, &why) == 0
               ? DONE_OK
               : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t ca_command_crl = {
    .name = "crl",
    .operands = "",
    .summary = "on the CA: publish the CRL anew, with the next number",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "A hub keeps its last CRL past that date, with an alarm, and enrols nobody "
             "new.\n",
};
