// dabyl explain - ask the hub, without sending, who would receive a message and why.

#include "lib/base/moment.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/input.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/refused.h"
#include "nodes/inbox/routes.h"
#include "nodes/net/ask.h"

#include <string.h>

typedef struct {
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static done_t print_answer(const call_t *call, const json_t *answer)
{
    bool accepted = strcmp(mail_text(answer, "verdict"), "accept") == 0;
    if (call->common.json)
        screen_json(stdout, answer);
    else if (accepted) {
        screen_paint(stdout, PAINT_GOOD, "%s", say("would be accepted"));
        printf("  (%s)\n", say("nothing was sent"));
        routes_print(answer, ROUTES_ASKED, stdout);
    } else {
        screen_paint(stdout, PAINT_BAD, "%s", say("would be REFUSED"));
        putchar('\n');
        refused_print(answer, stdout);
    }
    return accepted ? DONE_OK : DONE_NO;
}

// The node answers {"error": ...} where there is no verdict: the hub is away.
static done_t read_answer(const call_t *call, span_t text)
{
    json_error_t error;
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, &error);
    if (!answer)
        return call_fail(call, DONE_NO, "the node's answer is not JSON: %s", error.text);
    done_t done;
    if (mail_text(answer, "verdict")[0])
        done = print_answer(call, answer);
    else {
        const char *said = mail_text(answer, "error");
        done = call_fail(
            call, DONE_UNREACHABLE, "%s", said[0] ? said : "the node gave no verdict");
    }
    json_decref(answer);
    return done;
}

static done_t explain(const call_t *call, const char *node, const char *name)
{
    const options_t *o = call->options;
    buf_t request = {0}, answer = {0};
    cause_t why;
    done_t done;
    char control[PATH_MAX];
    node_path(node, NODE_CONTROL, control);
    buf_put_text(&request, "explain\n");
    if (input_read(name, &request, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else if (ask(control, buf_span(&request), moment_span(o->timeout_s, 1000), &answer,
                 &why) != 0)
        done = call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    else
        done = read_answer(call, buf_span(&answer));
    buf_destroy(&request);
    buf_destroy(&answer);
    return done;
}

static done_t run(const call_t *call)
{
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "which file?");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    return explain(call, node, call->operand[0]);
}

const command_t cmd_explain = {
    .name = "explain",
    .operands = "FILE|-",
    .summary = "who would receive a message, by which rule and paragraph",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Nothing is sent and nothing is recorded but that you asked.  Exit code 1: "
             "the hub\n"
             "would refuse the message.\n",
};
