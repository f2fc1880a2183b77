// dabyl ca rebuild - the index made anew, where it is damaged or lost.

#include "certs/ca_command.h"
#include "certs/folder/rebuild.h"
#include "lib/base/catalogue.h"

typedef struct {
    const char *ca;
    option_texts_t crl, roster;
    bool over;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"roster", OPTION_TEXTS, offsetof(options_t, roster), "DIR", NULL,
        "a hub's folder of certificates in use; several times"},
    {"crl", OPTION_TEXTS, offsetof(options_t, crl), "FILE", NULL,
        "a CRL of this CA beside its own, as a hub has it; several times"},
    {"over", OPTION_FLAG, offsetof(options_t, over), NULL, NULL,
        "also over an index that is whole"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void tell_json(const rebuilt_t *done)
{
    ca_print_line(json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s}", "certificates",
        (json_int_t)done->certificates, "from_roster", (json_int_t)done->from_roster,
        "from_index", (json_int_t)done->from_index, "revoked", (json_int_t)done->revoked,
        "unlisted", (json_int_t)done->unlisted, "unknown", (json_int_t)done->unknown,
        "foreign", (json_int_t)done->foreign, "crl_number", (json_int_t)done->crl_number,
        "before", done->aside));
}

static void tell(const rebuilt_t *done)
{
    printf(say("made the index anew: %zu certificates, %zu of them revoked; the next CRL "
               "has number %llu\n"),
        done->certificates, done->revoked, (unsigned long long)done->crl_number + 1);
    if (done->from_roster)
        printf(say("  %zu lay in the roster alone; copies of them are kept now\n"),
            done->from_roster);
    if (done->from_index)
        printf(say("  of %zu only a line of the old index is left\n"), done->from_index);
    if (done->unlisted)
        printf(
            say("  %zu are revoked by the old index and by no CRL yet: `dabyl ca crl`\n"),
            done->unlisted);
    if (done->unknown)
        printf(say("  %zu are revoked and nothing else is known of them: they stay so, "
                   "under the id 'unknown'\n"),
            done->unknown);
    if (done->foreign)
        printf(say("  %zu certificates are by other CAs, and were passed over\n"),
            done->foreign);
    if (done->aside[0])
        printf(say("the index so far is kept as %s\n"), done->aside);
    puts(say("What cannot be known: certificates of which no file is left (issued/, the "
             "hubs' rosters), and\n"
             "revocations that were in no CRL that is here: whoever revoked somebody "
             "since the last CRL says it again."));
}

static done_t run(const call_t *call)
{
    cause_t why;
    rebuilt_t done;
    const options_t *o = call->options;
    if (call->operands > 1)
        return call_usage(call, "one folder at most");
    const rebuild_wish_t wish = {.crl = o->crl.text,
        .crls = o->crl.n,
        .roster = o->roster.text,
        .rosters = o->roster.n,
        .over = o->over,
        .now_ms = ca_now_ms()};
    const char *folder = call->operands ? call->operand[0] : ca_folder(o->ca);
    if (ca_rebuild(folder, &wish, &done, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->common.json)
        tell_json(&done);
    else
        tell(&done);
    return DONE_OK;
}

const command_t ca_command_rebuild = {
    .name = "rebuild",
    .operands = "[DIR]",
    .summary = "on the CA: make the index anew, where it is damaged or lost",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "From issued/, whole lines of the old index, the CRL, and what hubs have "
             "(--roster,\n"
             "--crl).  Only what this CA has signed counts.  The key is not needed.\n",
};
