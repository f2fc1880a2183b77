// dabyl explain - ask the hub, without sending, who would receive a message and why.

#include "lib/base/moment.h"
#include "nodes/cli/input.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/explanation.h"

typedef struct {
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Whoever receives it may look for what it names, and finds no text.
static void print_erased(const char *node, span_t document)
{
    static const char *const fields[] = {"re", "incident", "supersedes", "cancels"};
    json_t *root = json_loadb((const char *)document.data, document.size, 0, NULL);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *named = json_object_get(root, fields[i]);
        reference_t name = {{0}, {0}};
        (void)snprintf(name.author, sizeof name.author, "%s", mail_text(named, "author"));
        (void)snprintf(name.id, sizeof name.id, "%s", mail_text(named, "id"));
        const erased_t erased = erased_of(node, &name);
        if (!erased.there)
            continue;
        printf("  /%s: ", fields[i]);
        erased_print(&erased, stdout);
        putchar('\n');
    }
    json_decref(root);
}

static done_t explain(const call_t *call, const char *node, const char *name)
{
    const options_t *o = call->options;
    buf_t document = {0};
    cause_t why;
    done_t done;
    json_t *verdict = NULL;
    if (input_read(name, &document, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else if (!(verdict = explanation_ask(
                   node, buf_span(&document), moment_span(o->timeout_s, 1000), &why)))
        done = call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    else {
        done = explanation_accepts(verdict) ? DONE_OK : DONE_NO;
        if (call->common.json)
            screen_json(stdout, verdict);
        else {
            explanation_print(verdict, stdout);
            print_erased(node, buf_span(&document));
        }
    }
    json_decref(verdict);
    buf_destroy(&document);
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
    .pages = true,
    .notes = "Nothing is sent and nothing is recorded but that you asked.  Exit code 1: "
             "the hub\n"
             "would refuse the message.\n",
};
