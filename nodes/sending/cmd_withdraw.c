// dabyl withdraw - takes a message of this node back, and tells all who had it why.

#include "nodes/commands/commands.h"
#include "nodes/sending/amend.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    option_others_t fields;
    const char *reason;
    int64_t timeout_s;
    bool yes, print, no_wait;
} options_t;

static const option_t options[] = {
    {"reason", OPTION_TEXT, offsetof(options_t, reason), "TEXT", NULL,
        "why, in the language that is spoken"},
    {"FIELD", OPTION_OTHERS, offsetof(options_t, fields), "VALUE", NULL,
        "another field of the withdrawal: --summary-kk TEXT"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL, "ask nothing: send it"},
    {"print", OPTION_FLAG, offsetof(options_t, print), NULL, NULL,
        "print the message instead of sending it"},
    {"no-wait", OPTION_FLAG, offsetof(options_t, no_wait), NULL, NULL,
        "do not wait for the hub's answer"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// The reason is what the withdrawal says for people.
static bool add_reason(
    const call_t *call, const char *reason, option_others_t *fields, char name[32])
{
    if (!reason)
        return true;
    if (fields->n == OPTION_TEXTS_MAX)
        return false;
    (void)snprintf(name, 32, "summary-%.8s", call_lang(call));
    fields->name[fields->n] = name;
    fields->length[fields->n] = strlen(name);
    fields->text[fields->n++] = reason;
    return true;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    option_others_t fields = o->fields;
    char name[32];
    if (call->operands != 1)
        return call_usage(call, "which message that this node sent?");
    if (!add_reason(call, o->reason, &fields, name))
        return call_usage(call, "more than %d fields", OPTION_TEXTS_MAX);
    const amend_t how = {
        AMENDED_WITHDRAWN, &fields, o->yes, o->print, o->no_wait, o->timeout_s};
    return amend(call, &how);
}

const command_t cmd_withdraw = {
    .name = "withdraw",
    .operands = "ID",
    .summary = "take a message back that this node sent, and say why",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_SENT,
    .run = run,
    .notes = "All who had it are told, and owe nothing for it any more.  On a terminal "
             "the\n"
             "withdrawal and who would receive it are shown before it goes.\n\n"
             "  dabyl withdraw 3f2a --reason 'False alarm: a test of the sensors.'\n"
             "  dabyl reached ID          who has the withdrawal, and who has not\n",
};
