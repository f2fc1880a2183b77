// dispatch - the watch is set before the document is put: the outcome may be there at
// once.

#include "nodes/tools/dispatch.h"

#include "lib/base/times.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/tools/outcome.h"

#include <stdio.h>

static done_t wait_outcome(
    const call_t *call, submit_t *submit, folder_watch_t *watch, const dispatch_t *how)
{
    cause_t why;
    char control[PATH_MAX];
    int64_t until_ms = 0;
    node_path(submit->node, NODE_CONTROL, control);
    if (!how->no_wait && ask_alive(control))
        until_ms = call_until(how->timeout_s);
    if (submit_wait(submit, watch, until_ms, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = how->print ? how->print(call, submit)
                             : outcome_print("-", submit, call->common.json, stdout);
    return how->no_wait && done == DONE_UNREACHABLE ? DONE_OK : done;
}

done_t dispatch(
    const call_t *call, const char *node, span_t document, const dispatch_t *how)
{
    submit_t submit = {0};
    folder_watch_t watch = {-1};
    refusal_t refusal = {0};
    cause_t why;
    done_t done = DONE_NO;
    if (submit_watch(&watch, node, &why) != 0)
        call_fail(call, DONE_NO, "%s", why.text);
    else if (submit_put(&submit, node, document, &refusal, &why) == 0)
        done = wait_outcome(call, &submit, &watch, how);
    else if (refusal.code)
        outcome_print_refusal("-", &refusal, call->common.json, stdout);
    else
        call_fail(call, DONE_NO, "%s", why.text);
    submit_close(&submit);
    folder_watch_close(&watch);
    return done;
}
