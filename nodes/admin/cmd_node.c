// dabyl node - what is done to a node while its daemon does not run.

#include "lib/base/catalogue.h"
#include "nodes/cli/confirm.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_conf.h"
#include "nodes/config/node_paths.h"
#include "nodes/tools/changeover.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    bool yes, beyond, skip_command;
} accept_t;

static const option_t accept_options[] = {
    {"yes", OPTION_FLAG, offsetof(accept_t, yes), NULL, NULL,
        "do not ask: the key was compared with the hub's operator"},
    {"beyond", OPTION_FLAG, offsetof(accept_t, beyond), NULL, NULL,
        "this node has seen more of the old log than the new one knows"},
    {"skip-command", OPTION_FLAG, offsetof(accept_t, skip_command), NULL, NULL,
        "leave to people what the command was not run for"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_plan(const changeover_report_t *report, const char *node)
{
    char vkey[VKEY_MAX];
    log_vkey_print(&report->vkey, vkey);
    printf(say("%s goes over to the log\n  %s\n"
               "which goes on from a checkpoint of %" PRIu64 " entries of the old one"),
        node, vkey, report->checkpoint);
    if (report->carried < report->checkpoint)
        printf(say(", and has the first %" PRIu64 " of them"), report->carried);
    printf("\n%s\n",
        report->proven ? say("what this node has seen of the old log leads there: proven")
                       : say("that what this node has seen of the old log leads there is "
                             "not proven; the "
                             "old log's key signed both"));
}

static bool is_confirmed(const accept_t *o)
{
    return o->yes ||
           confirm(stdout, say("was this key compared with what the hub's operator reads "
                               "out? [yes/no] "));
}

static done_t go(const call_t *call, const changeover_wish_t *wish)
{
    cause_t why;
    changeover_report_t report;
    if (changeover_check(wish, &report, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    print_plan(&report, wish->node);
    if (!is_confirmed(call->options))
        return call_fail(call, DONE_NO, "nothing was changed");
    if (changeover_go(wish, &report, &why) != 0)
        return call_fail(call, DONE_NO, "%s; say it again to go on", why.text);
    printf(say("done: the old log's inbox and receipts are in %s\n"
               "  %" PRIu64
               " messages without a receipt that counts there are in the outbox\n"
               "  set the new hub's endpoints in node.conf, then start dabyl-node\n"),
        report.former, report.again);
    return DONE_OK;
}

static int read_conf(const char *node, node_conf_t *conf, cause_t *why)
{
    char path[PATH_MAX];
    if (node_conf_path(node, path, why) != 0)
        return -1;
    return conf_read(node_conf_table, path, conf, why);
}

static done_t accept_log(const call_t *call)
{
    const accept_t *o = call->options;
    cause_t why;
    node_conf_t conf;
    const char *node = call_node(call, &why);
    if (call->operands != 1)
        return call_usage(call, "needs the folder that the hub's operator handed over");
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (read_conf(node, &conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    changeover_wish_t wish = {.node = node,
        .id = conf.node,
        .vkey = conf.vkey,
        .certificate = conf.hub_certificate,
        .ca = conf.ca,
        .from = call->operand[0],
        .beyond = o->beyond,
        .skip_command = o->skip_command};
    done_t done = go(call, &wish);
    conf_free(node_conf_table, &conf);
    return done;
}

static const command_t node_accept_log = {
    .name = "accept-log",
    .operands = "FOLDER",
    .summary = "go over to the successor of a log that is lost",
    .options = accept_options,
    .options_size = sizeof(accept_t),
    .run = accept_log,
    .notes =
        "FOLDER is the `succession` of the new hub's journal, with the hub's "
        "channel.pem in\n"
        "it as hub-channel.pem.  The daemon must not run.  Nothing is lost when this "
        "is\n"
        "interrupted: say it again.\n",
};

static done_t checkpoint(const call_t *call)
{
    cause_t why;
    node_conf_t conf;
    buf_t note = {0};
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (read_conf(node, &conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    int result = changeover_checkpoint(node, conf.node, conf.vkey, &note, &why);
    conf_free(node_conf_table, &conf);
    if (result == 0)
        fwrite(note.data, 1, note.size, stdout);
    buf_destroy(&note);
    return result == 0 ? DONE_OK : call_fail(call, DONE_NO, "%s", why.text);
}

static const command_t node_checkpoint = {
    .name = "checkpoint",
    .operands = "",
    .summary = "print the newest checkpoint that the node has verified",
    .run = checkpoint,
    .notes = "A signed note: its second line is the number of entries.  The daemon must "
             "not run.\n",
};

static const command_t *const commands[] = {&node_setup, &node_join, &node_renew,
    &node_officer, &node_reload, &node_accept_log, &node_checkpoint, &node_held,
    &node_metrics, NULL};

const command_t cmd_node = {
    .name = "node",
    .operands = "setup|join|renew|officer|reload|accept-log|checkpoint|held|metrics ...",
    .summary = "enrol a node, go over to the successor of a log, print what is counted",
    .commands = commands,
};
