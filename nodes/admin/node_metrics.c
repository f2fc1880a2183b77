// dabyl node metrics - what a running node counts.

#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"

#include <limits.h>
#include <stdio.h>

// A question that is with the hub is answered before this one.
enum { WAIT_MS = 15000 };

static done_t run(const call_t *call)
{
    cause_t why;
    buf_t text = {0};
    char control[PATH_MAX];
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    node_path(node, NODE_CONTROL, control);
    int result = ask(control, span_text("metrics"), WAIT_MS, &text, &why);
    if (result == 0)
        fwrite(text.data, 1, text.size, stdout);
    buf_destroy(&text);
    return result == 0 ? DONE_OK : call_fail(call, DONE_UNREACHABLE, "%s", why.text);
}

const command_t node_metrics = {
    .name = "metrics",
    .operands = "",
    .summary = "print what a running node counts, as Prometheus reads it",
    .run = run,
    .notes = "hub/MONITORING.md says what each is for, and what to do about it.\n",
};
