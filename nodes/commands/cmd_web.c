// dabyl web - ask the console beside this node for a link to begin with, or how it is.

#include "lib/base/catalogue.h"
#include "lib/base/folder.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/net/ask.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 5000 };

typedef struct {
    const char *officer;
    bool status;
} options_t;

static const option_t options[] = {
    {"officer", OPTION_TEXT, offsetof(options_t, officer), "NAME", NULL,
        "who is at the browser; without it the name you are logged in by"},
    {"status", OPTION_FLAG, offsetof(options_t, status), NULL, NULL,
        "how the console is, instead of a link"},
    {0},
};

static json_t *ask_console(const char *node, const char *request, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    json_t *answer = NULL;
    if (path_join(path, sizeof path, node, "run/web", why) == 0 &&
        ask(path, span_text(request), ANSWER_MS, &text, why) == 0 &&
        !(answer = json_loadb((const char *)text.data, text.size, 0, NULL)))
        (void)cause_set(why, "the console's answer is not JSON");
    buf_destroy(&text);
    return answer;
}

static void print_link(const json_t *answer)
{
    printf(say("open this in a browser on this machine within %d s; it is good once:\n"),
        (int)json_integer_value(json_object_get(answer, "seconds")));
    printf("  %s\n", mail_text(answer, "link"));
}

static int number(const json_t *answer, const char *name)
{
    return (int)json_integer_value(json_object_get(answer, name));
}

static void print_status(const json_t *answer)
{
    printf(say("console of %s at %s: %d sessions, %d connections, told of news: %d\n"),
        mail_text(answer, "node"), mail_text(answer, "listen"),
        number(answer, "sessions"), number(answer, "connections"),
        number(answer, "streams"));
}

static done_t show(const call_t *call, const json_t *answer)
{
    const options_t *given = call->options;
    const char *error = mail_text(answer, "error");
    if (error[0])
        return call_fail(call, DONE_NO, "%s", error);
    if (call->common.json)
        screen_json(stdout, answer);
    else if (given->status)
        print_status(answer);
    else
        print_link(answer);
    return DONE_OK;
}

static const char *officer_of(const options_t *given)
{
    const char *login = getenv("LOGNAME");
    return given->officer ? given->officer : login ? login : "";
}

static done_t run(const call_t *call)
{
    cause_t why;
    char request[160] = "status";
    const options_t *given = call->options;
    const char *officer = officer_of(given), *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (!given->status && (!officer[0] || strlen(officer) > 100))
        return call_usage(call, "%s", say("who is at the browser?  --officer NAME"));
    if (!given->status)
        (void)snprintf(request, sizeof request, "link %s", officer);
    json_t *answer = ask_console(node, request, &why);
    if (!answer)
        return call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    done_t done = show(call, answer);
    json_decref(answer);
    return done;
}

const command_t cmd_web = {
    .name = "web",
    .operands = "",
    .summary = "begin to use this node's console in a browser",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Exit code 3: no console runs beside this node (dabyl-web(8)).\n",
};
