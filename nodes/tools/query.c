// query - "ask TOPIC" at the daemon's desk.  A hub that is away and one that says no end
// differently: scripts try again after the first.

#include "nodes/tools/query.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/retell.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/net/ask.h"

#include <stdlib.h>
#include <string.h>

// A person asked by a command, and is told nothing of topics.
static done_t say_refused(const call_t *call, const json_t *answer)
{
    buf_t text = {0};
    const bool unheard = strcmp(mail_text(answer, "code"), "ask.topic") == 0;
    if (unheard)
        buf_put_text(&text, say("the hub does not tell this node: it tells the "
                                "Coordination Centre alone, "
                                "or is older than this command"));
    else
        retell_put(&text, mail_text(answer, "error"));
    done_t done = call_fail(call,
        mail_text(answer, "code")[0] ? DONE_NO : DONE_UNREACHABLE, "%s", buf_text(&text));
    buf_destroy(&text);
    return done;
}

static json_t *read_answer(const call_t *call, span_t text, done_t *done)
{
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    const char *error = mail_text(answer, "error");
    if (answer && !error[0]) {
        *done = DONE_OK;
        return answer;
    }
    *done = answer ? say_refused(call, answer)
                   : call_fail(call, DONE_UNREACHABLE, "the node's answer is not JSON");
    json_decref(answer);
    return NULL;
}

json_t *query_hub(const call_t *call, const char *topic, json_t *arguments,
    int64_t timeout_ms, done_t *done)
{
    cause_t why;
    buf_t request = {0}, text = {0};
    char control[PATH_MAX];
    json_t *answer = NULL;
    char *words = json_dumps(arguments, JSON_COMPACT);
    const char *node = call_node(call, &why);
    json_decref(arguments);
    if (node) {
        node_path(node, NODE_CONTROL, control);
        buf_printf(&request, "ask %s\n%s", topic, words ? words : "{}");
    }
    if (!node)
        *done = call_fail(call, DONE_USAGE, "%s", why.text);
    else if (ask(control, buf_span(&request), timeout_ms, &text, &why) != 0)
        *done = call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    else
        answer = read_answer(call, buf_span(&text), done);
    free(words);
    buf_destroy(&request);
    buf_destroy(&text);
    return answer;
}
