// dabyl ca list - what was issued, what is in force and what ends soon.

#include "certs/ca_command.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *ca;
    bool in_force;
    int64_t expiring;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"in-force", OPTION_FLAG, offsetof(options_t, in_force), NULL, NULL,
        "leave out what is expired or revoked"},
    {"expiring", OPTION_NUMBER, offsetof(options_t, expiring), "DAYS", NULL,
        "only what ends within so many days, without a successor"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static bool wanted(const ledger_t *ledger, const issued_t *entry, const options_t *o,
    const char *id, int64_t now_ms)
{
    int64_t until_ms = moment_after(now_ms, ca_days_ms(o->expiring));
    bool in_force = issued_standing(entry, now_ms) == IN_FORCE;
    if (id && strcmp(entry->holder.name, id) != 0)
        return false;
    if (o->expiring)
        return in_force && entry->not_after_ms <= until_ms &&
               !ledger_outlasts(ledger, entry, until_ms);
    return in_force || !o->in_force;
}

static int list(const options_t *o, const char *id, bool json, cause_t *why)
{
    int64_t now_ms = ca_now_ms();
    ca_t *ca = ca_begin(ca_folder(o->ca), CA_READ, why);
    if (!ca)
        return -1;
    const ledger_t *ledger = ca_ledger(ca);
    const issued_t **chosen = memory_new(ledger->n, sizeof *chosen);
    size_t n = 0;
    for (size_t i = 0; i < ledger->n; i++)
        if (wanted(ledger, &ledger->entry[i], o, id, now_ms))
            chosen[n++] = &ledger->entry[i];
    for (size_t i = 0; json && i < n; i++)
        ca_print_line(ca_entry_json(chosen[i], now_ms));
    if (!json)
        ca_print_entries(chosen, n, now_ms);
    free(chosen);
    ca_close(&ca);
    return 0;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands > 1)
        return call_usage(call, "one id at most");
    const char *id = call->operands ? call->operand[0] : NULL;
    return list(o, id, call->common.json, &why) == 0
               ? DONE_OK
               : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t ca_command_list = {
    .name = "list",
    .operands = "[ID]",
    .summary = "on the CA: what was issued, to whom, until when",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
};
