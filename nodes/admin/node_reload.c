// dabyl node reload - have a running node read its certificates, the hub's, the CA and
// the revocation list again.

#include "nodes/admin/node_reload.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"

#include <limits.h>
#include <stdio.h>

enum { WAIT_MS = 10000 };

json_t *node_reload_ask(const char *node, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    node_path(node, NODE_CONTROL, path);
    if (ask(path, span_text("reload"), WAIT_MS, &text, why) != 0)
        return NULL;
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    buf_destroy(&text);
    if (!answer)
        (void)cause_set(why, say("%s: its answer cannot be read"), path);
    return answer;
}

bool node_reload_done(const json_t *answer, const char **reason)
{
    const char *text = json_string_value(json_object_get(answer, "text"));
    *reason = text ? text : "";
    return json_is_true(json_object_get(answer, "ok"));
}

static done_t run(const call_t *call)
{
    cause_t why;
    const char *reason;
    done_t done = DONE_OK;
    if (call->operands > 0)
        return call_usage(call, say("what is '%s' for?"), call->operand[0]);
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    json_t *answer = node_reload_ask(node, &why);
    if (!answer)
        return call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    if (!node_reload_done(answer, &reason))
        done =
            call_fail(call, DONE_NO, say("refused, what was in force stays: %s"), reason);
    else if (call->common.json)
        screen_json(stdout, answer);
    else
        puts(say("reloaded: certificates, the CA and its revocation list"));
    json_decref(answer);
    return done;
}

const command_t node_reload = {
    .name = "reload",
    .operands = "",
    .summary = "have a running node read its certificates and the CRL again",
    .run = run,
    .notes = "All of them or none: with any error those in force stay.  SIGHUP does the "
             "same.\n",
};
