// dabyl correct - says a message of this node better: the same with other fields, which
// goes to all who had it.

#include "nodes/commands/commands.h"
#include "nodes/sending/amend.h"

typedef struct {
    option_others_t fields;
    int64_t timeout_s;
    bool yes, print, no_wait;
} options_t;

static const option_t options[] = {
    {"FIELD", OPTION_OTHERS, offsetof(options_t, fields), "VALUE", NULL,
        "what it says instead; dabyl send KIND --help lists the fields"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL,
        "ask nothing: send it with these fields"},
    {"print", OPTION_FLAG, offsetof(options_t, print), NULL, NULL,
        "print the message instead of sending it"},
    {"no-wait", OPTION_FLAG, offsetof(options_t, no_wait), NULL, NULL,
        "do not wait for the hub's answer"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    const amend_t how = {
        AMENDED_CORRECTED, &o->fields, o->yes, o->print, o->no_wait, o->timeout_s};
    if (call->operands != 1)
        return call_usage(call, "which message that this node sent?");
    return amend(call, &how);
}

const command_t cmd_correct = {
    .name = "correct",
    .operands = "ID",
    .summary = "say a message that this node sent better",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_SENT,
    .run = run,
    .notes =
        "All that it says stays but for the fields that are named.  On a terminal it "
        "asks what\n"
        "to change, and shows the message and who would receive it before it "
        "goes.\n\n"
        "  dabyl correct 3f2a                 asks\n"
        "  dabyl correct 3f2a --level 4 --summary-ru 'Хуже, чем казалось.'\n"
        "  dabyl correct 3f2a --print > better.json      then edit, then\n"
        "  dabyl send better.json\n",
};
