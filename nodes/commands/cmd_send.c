// dabyl send - hand a message to the node and say what became of it.
//
// All files go into the outbox first and are waited for afterwards, so that the node may
// seal and publish them together.

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/pki/cert.h"
#include "nodes/attachments/attach.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/input.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/roles/template.h"
#include "nodes/tools/node_status.h"
#include "nodes/tools/outcome.h"
#include "nodes/tools/submit.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *new_kind, *outcome_id;
    option_texts_t attach;
    int64_t timeout_s;
    bool no_wait;
} options_t;

static const option_t options[] = {
    {"new", OPTION_TEXT, offsetof(options_t, new_kind), "KIND", NULL,
        "print a document to fill in ('list' names the kinds)"},
    {"outcome", OPTION_TEXT, offsetof(options_t, outcome_id), "ID", NULL,
        "what became of a message sent before"},
    {"attach", OPTION_TEXTS, offsetof(options_t, attach), "PATH", NULL,
        "name this file in the message and hand it in; may be given again"},
    {"no-wait", OPTION_FLAG, offsetof(options_t, no_wait), NULL, NULL,
        "do not wait for the hub's answer"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// The role of the node's certificate into `role`; "" when there is no node here.
static void find_role(const call_t *call, char role[ROLE_MAX])
{
    cause_t ignored;
    char path[PATH_MAX];
    cert_t cert = {0};
    role[0] = '\0';
    const char *node = call_node(call, &ignored);
    if (!node)
        return;
    node_path(node, NODE_SEAL_CERTIFICATE, path);
    if (cert_read(&cert, path, &ignored) != 0)
        return;
    snprintf(role, ROLE_MAX, "%s", cert.role);
    cert_close(&cert);
}

static void print_kind(const char *kind)
{
    json_t *document = template_new(kind);
    screen_text(stdout, kind);
    if (!document)
        fputs("  (to be written by its schema: there is no document to fill in)", stdout);
    fputc('\n', stdout);
    json_decref(document);
}

// By the rules in force, which the hub has; NULL when it cannot be asked.
static json_t *ask_kinds(const call_t *call)
{
    enum { WAIT_MS = 5000 };
    cause_t ignored;
    buf_t text = {0};
    char control[PATH_MAX];
    json_t *answer = NULL;
    const char *node = call_node(call, &ignored);
    if (!node)
        return NULL;
    node_path(node, NODE_CONTROL, control);
    if (ask(control, span_text("ask kinds\n{}"), WAIT_MS, &text, &ignored) == 0)
        answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    json_t *kinds = json_incref(json_object_get(answer, "kinds"));
    json_decref(answer);
    buf_destroy(&text);
    return kinds;
}

static void list_kinds(const call_t *call, const char *role)
{
    size_t i;
    json_t *kind, *kinds = ask_kinds(call);
    bool asked = kinds != NULL;
    json_array_foreach(kinds, i, kind)
        print_kind(json_string_value(kind) ? json_string_value(kind) : "");
    json_decref(kinds);
    if (asked)
        return;
    fputs(
        "note: the hub cannot be asked; these are documents to fill in, by the rules as "
        "shipped\n",
        stderr);
    for (const char *const *known = template_kinds; *known; known++)
        if (!role[0] || template_for(*known, role))
            puts(*known);
}

static done_t print_template(const call_t *call, const char *kind)
{
    char role[ROLE_MAX];
    find_role(call, role);
    json_t *document = template_new(kind);
    if (!document) {
        list_kinds(call, role);
        if (strcmp(kind, "list") == 0)
            return DONE_OK;
        return call_fail(
            call, DONE_USAGE, "no template for '%s'; those above there are", kind);
    }
    if (role[0] && !template_for(kind, role))
        fprintf(stderr, "note: by the rules as shipped, the role %s does not send %s\n",
            role, kind);
    json_dumpf(document, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(document);
    return DONE_OK;
}

static void forget(const char *node, const attachment_t *kept, size_t n)
{
    for (size_t i = 0; i < n; i++)
        attach_forget(node, &kept[i]);
}

// Copy the files to be attached, and name them in the document; `kept` are those that
// were not there before.  What is no JSON is left for others to refuse.
static int attach(const options_t *o, const char *node, buf_t *bytes, attachment_t *kept,
    size_t *n, cause_t *why)
{
    json_t *document =
        json_loadb((const char *)bytes->data, bytes->size, JSON_REJECT_DUPLICATES, NULL);
    int result = 0;
    for (size_t i = 0; document && result == 0 && i < o->attach.n; i++) {
        attachment_t *file = &kept[*n];
        result = attach_keep(node, o->attach.text[i], file, why);
        *n += result == 0;
        if (result >= 0)
            result = attach_name(document, o->attach.text[i], file, why);
    }
    if (document && result == 0) {
        // As many digits as the hub reads.
        char *text = json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
        buf_clear(bytes);
        buf_put_text(bytes, text ? text : "");
        free(text);
    }
    json_decref(document);
    return result;
}

static done_t put(
    const call_t *call, const char *node, const char *name, submit_t *submit)
{
    const options_t *o = call->options;
    buf_t bytes = {0};
    cause_t why;
    refusal_t refusal = {0};
    done_t done = DONE_OK;
    attachment_t kept[OPTION_TEXTS_MAX];
    size_t attached = 0;
    if (input_read(name, &bytes, &why) != 0 ||
        (o->attach.n > 0 && attach(o, node, &bytes, kept, &attached, &why) != 0))
        done = call_fail(call, DONE_NO, "%s", why.text);
    else if (submit_put(submit, node, buf_span(&bytes), &refusal, &why) != 0) {
        done = DONE_NO;
        if (refusal.code)
            outcome_print_refusal(name, &refusal, call->common.json, stdout);
        else
            call_fail(call, DONE_NO, "%s: %s", name, why.text);
    }
    if (done != DONE_OK)
        forget(node, kept, attached);
    buf_destroy(&bytes);
    return done;
}

// Nobody will answer while the daemon is down: say so at once rather than after the time
// is up.
static int64_t until(const call_t *call, const char *node)
{
    const options_t *o = call->options;
    char control[PATH_MAX];
    node_path(node, NODE_CONTROL, control);
    if (ask_alive(control))
        return call_until(o->timeout_s);
    fprintf(stderr, "dabyl send: dabyl-node is not running in %s\n", node);
    return 0;
}

// Why it waits, as far as the daemon knows.
static void explain_waiting(const call_t *call, const char *node)
{
    const options_t *o = call->options;
    cause_t ignored;
    json_t *status = o->no_wait ? NULL : node_status_ask(node, &ignored);
    if (status && !node_status_ready(status))
        node_status_print_hub(status, stderr);
    json_decref(status);
}

static done_t wait_all(const call_t *call, const char *node, submit_t *submits,
    const done_t *put_done, folder_watch_t *watch)
{
    const options_t *o = call->options;
    int64_t until_ms = o->no_wait ? 0 : until(call, node);
    done_t worst = DONE_OK;
    for (int i = 0; i < call->operands; i++) {
        cause_t why;
        done_t done = put_done[i];
        if (done != DONE_OK)
            ;
        else if (submit_wait(&submits[i], watch, until_ms, &why) != 0)
            done = call_fail(call, DONE_NO, "%s: %s", call->operand[i], why.text);
        else
            done =
                outcome_print(call->operand[i], &submits[i], call->common.json, stdout);
        if (o->no_wait && done == DONE_UNREACHABLE)
            done = DONE_OK; // put into the outbox is all that was asked
        worst = done > worst ? done : worst;
    }
    return worst;
}

// The files are on their way when the message is taken, and a large one stays there.
static void print_attached(const call_t *call, const submit_t *submits)
{
    const options_t *o = call->options;
    if (o->attach.n == 0 || call->common.json)
        return;
    for (size_t i = 0; i < o->attach.n; i++) {
        printf("  %s ", say("attached:"));
        screen_text(stdout, o->attach.text[i]);
        putchar('\n');
    }
    printf("  %s  dabyl attachment %s\n", say("the node hands in by itself; see"),
        submits[0].id);
}

static done_t send_files(const call_t *call, const char *node)
{
    size_t n = (size_t)call->operands;
    submit_t *submits = memory_new(n, sizeof *submits);
    done_t *put_done = memory_new(n, sizeof *put_done), done;
    folder_watch_t watch = {-1};
    cause_t why;
    if (submit_watch(&watch, node, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else {
        for (size_t i = 0; i < n; i++)
            put_done[i] = put(call, node, call->operand[i], &submits[i]);
        done = wait_all(call, node, submits, put_done, &watch);
    }
    if (done == DONE_UNREACHABLE)
        explain_waiting(call, node);
    if (done != DONE_NO)
        print_attached(call, submits);
    for (size_t i = 0; i < n; i++)
        submit_close(&submits[i]);
    folder_watch_close(&watch);
    free(put_done);
    free(submits);
    return done;
}

static done_t wait_again(const call_t *call, const char *node, const char *id)
{
    submit_t submit = {.node = node};
    folder_watch_t watch = {-1};
    cause_t why;
    done_t done;
    const options_t *o = call->options;
    if (submit_watch(&watch, node, &why) != 0 ||
        submit_again(&submit, node, id, &why) != 0 ||
        submit_wait(&submit, &watch, o->no_wait ? 0 : until(call, node), &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = outcome_print("-", &submit, call->common.json, stdout);
    submit_close(&submit);
    folder_watch_close(&watch);
    return done;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    if (o->new_kind)
        return print_template(call, o->new_kind);
    if (call->operands == 0 && !o->outcome_id)
        return call_usage(call, "which file?");
    if (o->attach.n > 0 && call->operands != 1)
        return call_usage(call, "--attach goes with one message at a time");
    cause_t why;
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    return o->outcome_id ? wait_again(call, node, o->outcome_id) : send_files(call, node);
}

const command_t cmd_send = {
    .name = "send",
    .operands = "FILE...|-",
    .summary = "send messages and say what became of them",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "The message is safe once it is in the outbox: if the node or the hub is "
             "away, it\n"
             "goes later by itself.  Exit code 3 means just that.\n\n"
             "  dabyl send --new incident.notice > notice.json   then write, then\n"
             "  dabyl explain notice.json                        who would receive it\n"
             "  dabyl send notice.json\n\n"
             "  dabyl send plan.json --attach response-plan.pdf\n",
};
