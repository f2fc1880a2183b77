// dabyl send - hand a message to the node and say what became of it.
//
// All files go into the outbox first and are waited for afterwards, so that the node may
// seal and publish them together.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "nodes/attachments/attach.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/input.h"
#include "nodes/cli/progress.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/tools/node_status.h"
#include "nodes/tools/outcome.h"
#include "nodes/tools/submit.h"
#include "nodes/writing/guide.h"
#include "nodes/writing/writing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *new_kind, *outcome_id;
    option_texts_t attach;
    int64_t timeout_s;
    option_others_t fields;
    bool no_wait, yes, print;
} options_t;

static const option_t options[] = {
    {"new", OPTION_TEXT, offsetof(options_t, new_kind), "KIND", NULL,
        "print a document to fill in ('list' names the kinds)"},
    {"FIELD", OPTION_OTHERS, offsetof(options_t, fields), "VALUE", NULL,
        "a field of the message of this KIND; KIND --help lists them"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL,
        "ask nothing: send what was written so, or say what is missing"},
    {"print", OPTION_FLAG, offsetof(options_t, print), NULL, NULL,
        "print the message instead of sending it"},
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

// The form of a kind by the law that is found, for a document or a help; DONE_OK: it is
// open.
static done_t open_form(
    const call_t *call, const char *kind, law_found_t *law, form_t *form)
{
    cause_t why;
    if (law_find(law, call, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (schemas_knows(law->law.schemas, kind)) {
        form_open(form, law->law.rules, law->law.schemas, kind, law->role);
        return DONE_OK;
    }
    guide_list(law->law.rules, law->law.schemas, law->role, false, stderr);
    law_found_close(law);
    return call_fail(
        call, DONE_USAGE, say("there is no kind '%s'; those above there are"), kind);
}

static done_t print_list(const call_t *call)
{
    law_found_t law;
    cause_t why;
    if (law_find(&law, call, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    guide_list(law.law.rules, law.law.schemas, law.role, call->common.json, stdout);
    law_found_close(&law);
    return DONE_OK;
}

static done_t print_template(const call_t *call, const char *kind)
{
    law_found_t law;
    form_t form;
    done_t done = open_form(call, kind, &law, &form);
    if (done != DONE_OK)
        return done;
    if (law.role[0] && !rules_permit(law.law.rules, kind, law.role))
        fprintf(stderr, say("note: by these rules the role %s does not send %s\n"),
            law.role, kind);
    json_t *document = guide_template(&form, call_lang(call));
    json_dumpf(document, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(document);
    form_close(&form);
    law_found_close(&law);
    return DONE_OK;
}

static void help(const call_t *call)
{
    law_found_t law;
    form_t form;
    if (open_form(call, call->operand[0], &law, &form) != DONE_OK)
        return;
    guide_form(&form, call_lang(call), stdout);
    form_close(&form);
    law_found_close(&law);
}

static void forget(const char *node, const attachment_t *kept, size_t n)
{
    for (size_t i = 0; i < n; i++)
        attach_forget(node, &kept[i]);
}

// Copy the files to be attached, and name them in the document; `kept` are those that
// were not there before.
static int attach(const options_t *o, const char *node, json_t *document,
    attachment_t *kept, size_t *n, cause_t *why)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < o->attach.n; i++) {
        attachment_t *file = &kept[*n];
        progress_t progress;
        progress_begin(
            &progress, say("copying the file to be handed in"), PROGRESS_BYTES);
        const digest_watch_t watch = {progress_show, &progress, 0, 0};
        result = attach_keep(node, o->attach.text[i], &watch, file, why);
        progress_end(&progress);
        *n += result == 0;
        if (result >= 0)
            result = attach_name(document, o->attach.text[i], file, why);
    }
    return result;
}

// What is no JSON is left for others to refuse.
static int attach_to_text(const options_t *o, const char *node, buf_t *bytes,
    attachment_t *kept, size_t *n, cause_t *why)
{
    json_t *document =
        json_loadb((const char *)bytes->data, bytes->size, JSON_REJECT_DUPLICATES, NULL);
    int result = document ? attach(o, node, document, kept, n, why) : 0;
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
        (o->attach.n > 0 && attach_to_text(o, node, &bytes, kept, &attached, &why) != 0))
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
    fprintf(stderr, say("dabyl send: dabyl-node is not running in %s\n"), node);
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
    printf(say("  %s  dabyl attachment %s\n"), say("the node hands in by itself; see"),
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

static done_t wait_again(const call_t *call, const char *node, const char *wanted)
{
    char found[MESSAGE_ID_MAX];
    const char *id = chosen(call, node, MAIL_OWN, wanted, found);
    if (!id)
        return DONE_USAGE;
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

// One message that is already written.
static done_t send_text(const call_t *call, const char *node, span_t document)
{
    const options_t *o = call->options;
    submit_t submit = {0};
    refusal_t refusal = {0};
    folder_watch_t watch = {-1};
    cause_t why;
    done_t done = DONE_OK;
    char *name = "-";
    call_t one = *call;
    one.operands = 1;
    one.operand = &name;
    if (submit_watch(&watch, node, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else if (submit_put(&submit, node, document, &refusal, &why) == 0)
        done = wait_all(&one, node, &submit, &done, &watch);
    else {
        done = DONE_NO;
        if (refusal.code)
            outcome_print_refusal(name, &refusal, call->common.json, stdout);
        else
            call_fail(call, DONE_NO, "%s", why.text);
    }
    if (done == DONE_UNREACHABLE && !o->no_wait)
        explain_waiting(call, node);
    if (done != DONE_NO)
        print_attached(call, &submit);
    submit_close(&submit);
    folder_watch_close(&watch);
    return done;
}

static done_t write_and_send(const call_t *call, const char *node, writing_t *writing)
{
    const options_t *o = call->options;
    cause_t why;
    buf_t document = {0};
    attachment_t kept[OPTION_TEXTS_MAX];
    size_t attached = 0;
    bool asks = !call->common.json && !o->yes;
    done_t done;
    if (writing_begin(writing, call->operand[0], &o->fields, asks, &why) != 0)
        done = call_fail(call, DONE_USAGE, "%s", why.text);
    else if (!o->print &&
             attach(o, node, writing->compose.document, kept, &attached, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = writing_finish(writing, !o->print, &document);
    if (done == DONE_OK && o->print)
        printf("%s", buf_text(&document));
    else if (done == DONE_OK)
        done = send_text(call, node, buf_span(&document));
    if (done == DONE_NO || done == DONE_USAGE)
        forget(node, kept, attached);
    buf_destroy(&document);
    return done;
}

static done_t refuse_word(const call_t *call, const char *word)
{
    const char *nearest = words_nearest(&words_kinds, word);
    if (nearest)
        return call_fail(call, DONE_USAGE,
            "%s is neither a file here nor a kind of message; did you mean %s?", word,
            nearest);
    return call_fail(call, DONE_USAGE,
        "%s is neither a file here nor a kind of message; dabyl send --new list names "
        "the "
        "kinds",
        word);
}

// A word that is no file is the kind of a message to be written.
static done_t send_kind(const call_t *call, const char *node)
{
    cause_t why;
    writing_t writing;
    const char *word = call->operand[0];
    done_t done;
    if (writing_open(&writing, call, node, &why) != 0)
        return call_fail(call, DONE_NO, "%s: %s", word, why.text);
    if (writing_knows(&writing, word))
        done = write_and_send(call, node, &writing);
    else
        done = refuse_word(call, word);
    writing_close(&writing);
    return done;
}

static bool is_kind(const call_t *call)
{
    const char *word = call->operands == 1 ? call->operand[0] : "-";
    return strcmp(word, "-") != 0 && !strchr(word, '/') && access(word, F_OK) != 0;
}

static done_t send_operands(const call_t *call, const char *node)
{
    const options_t *o = call->options;
    if (is_kind(call))
        return send_kind(call, node);
    if (o->fields.n > 0)
        return call_usage(call, "unknown option --%s", o->fields.name[0]);
    return send_files(call, node);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    if (o->new_kind && strcmp(o->new_kind, "list") == 0)
        return print_list(call);
    if (o->new_kind)
        return print_template(call, o->new_kind);
    if (call->operands == 0 && !o->outcome_id)
        return call_usage(call, "which file, or which kind of message?");
    if (o->attach.n > 0 && call->operands != 1)
        return call_usage(call, "--attach goes with one message at a time");
    cause_t why;
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    return o->outcome_id ? wait_again(call, node, o->outcome_id)
                         : send_operands(call, node);
}

const command_t cmd_send = {
    .name = "send",
    .operands = "FILE...|-|KIND",
    .summary = "send messages and say what became of them",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .help = help,
    .notes =
        "The message is safe once it is in the outbox: if the node or the hub is "
        "away, it\n"
        "goes later by itself.  Exit code 3 means just that.\n\n"
        "  dabyl send --new list                 the kinds that this node may send\n"
        "  dabyl send incident.notice            asks for what it needs, shows who\n"
        "                                        would receive it, and then sends it\n"
        "  dabyl send incident.notice --help     what there is to fill in\n"
        "  dabyl send incident.notice --level 4 --determination confirmed \\\n"
        "      --sector banking --summary-ru 'Остановлены переводы.' --yes\n\n"
        "  dabyl send --new incident.notice > notice.json   then write, then\n"
        "  dabyl explain notice.json                        who would receive it\n"
        "  dabyl send notice.json\n"
        "  dabyl send plan.json --attach response-plan.pdf\n",
};
