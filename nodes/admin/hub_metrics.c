// dabyl hub metrics - what a running hub counts, for scripts and for who scrapes without
// dabyl-web.

#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_ask.h"

#include <stdio.h>

typedef struct {
    const char *hub;
} wish_t;

static const option_t options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static done_t run(const call_t *call)
{
    const wish_t *o = call->options;
    buf_t text = {0};
    if (call->operands > 1)
        return call_usage(call, "what is '%s' for?", call->operand[1]);
    done_t done = hub_ask_text(call, call->operands > 0 ? call->operand[0] : o->hub,
        "metrics", HUB_WAIT_MS, &text);
    if (done == DONE_OK)
        fwrite(text.data, 1, text.size, stdout);
    buf_destroy(&text);
    return done;
}

const command_t hub_metrics = {
    .name = "metrics",
    .operands = "[DIR]",
    .summary = "print what a running hub counts, as Prometheus reads it",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
    .notes = "hub/MONITORING.md says what each is for, and what to do about it.\n",
};
