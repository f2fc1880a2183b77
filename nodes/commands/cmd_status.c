// dabyl status - ask the node's daemon how it is.

#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/tools/node_files.h"
#include "nodes/tools/node_status.h"

static done_t run(const call_t *call)
{
    cause_t why;
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    json_t *status = node_status_ask(node, &why);
    if (!status)
        return call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    if (call->common.json)
        screen_json(stdout, status);
    else
        node_status_print(status, stdout);
    done_t done = node_status_ready(status) ? DONE_OK : DONE_UNREACHABLE;
    if (json_is_true(json_object_get(status, "disk_full")) ||
        node_status_contradicted(status) || node_files_wait(status) ||
        json_is_true(json_object_get(json_object_get(status, "log"), "still")))
        done = DONE_NO;
    json_decref(status);
    return done;
}

const command_t cmd_status = {
    .name = "status",
    .operands = "",
    .summary = "how this node is, and whether it has its hub",
    .run = run,
    .notes =
        "Exit code 3: the daemon does not run, or has no hub; 1: the disk is full, the\n"
        "hub delivers what contradicts itself, a file waits that a person should see "
        "to,\n"
        "or nobody reads the log.\n",
};
