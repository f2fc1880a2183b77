// dabyl hub - make a hub's folder, show its public key, ask a running hub how it is.
//
// `init` makes what only the hub may have (the log's key) and leaves what the CA must
// sign for the steps that it prints.

#include "lib/base/catalogue.h"
#include "lib/tlog/note.h"
#include "nodes/admin/hub_retention.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/hub_files.h"
#include "nodes/upkeep/hub_status.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *origin, *listen, *share, *hub, *as;
} wish_t;

static const option_t init_options[] = {
    {"origin", OPTION_TEXT, offsetof(wish_t, origin), "NAME", NULL,
        "the log's name, such as dabyl.example/hub; it can never change"},
    {"listen", OPTION_TEXT, offsetof(wish_t, listen), "ENDPOINT", "tcp://127.0.0.1:7600",
        "where nodes connect"},
    {"share", OPTION_TEXT, offsetof(wish_t, share), "DIR", NULL,
        "where schemas and rules are copied from"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t hub_options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t act_options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    HUB_AS_OPTION(offsetof(wish_t, as)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static done_t init(const call_t *call)
{
    const wish_t *o = call->options;
    cause_t why;
    char vkey[VKEY_MAX];
    if (call->operands != 1 || !o->origin)
        return call_usage(call, "needs a folder and --origin");
    hub_files_t files = {.folder = call->operand[0],
        .origin = o->origin,
        .listen = o->listen,
        .share = o->share};
    if (hub_files_make(&files, vkey, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    hub_files_report(&files, vkey, stdout);
    return DONE_OK;
}

// The folder by operand or --hub.
static const char *named_hub(const call_t *call)
{
    const wish_t *o = call->options;
    return call->operands > 0 ? call->operand[0] : o->hub;
}

static done_t key(const call_t *call)
{
    cause_t why;
    hub_options_t conf;
    char vkey[VKEY_MAX];
    const char *hub = hub_folder(named_hub(call), &why);
    if (!hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(hub, &conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    int result = hub_files_vkey(conf.log_key, conf.origin, vkey, &why);
    conf_free(hub_options_table, &conf);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    puts(vkey);
    return DONE_OK;
}

static done_t status(const call_t *call)
{
    json_t *answer = NULL;
    done_t done = hub_ask(call, named_hub(call), "status", HUB_WAIT_MS, &answer);
    if (done != DONE_OK)
        return done;
    if (call->common.json)
        screen_json(stdout, answer);
    else
        hub_status_print(answer, stdout);
    done = hub_status_good(answer) ? DONE_OK : DONE_NO;
    json_decref(answer);
    return done;
}

static done_t reload(const call_t *call)
{
    const wish_t *o = call->options;
    const hub_act_t act = {.line = "reload", .as = o->as};
    done_t done = hub_act(call, named_hub(call), &act, HUB_RELOAD_MS,
        MARK("refused, what was in force stays"),
        MARK("reloaded: rules, registry, roster and revocations"));
    if (done == DONE_OK)
        hub_retention_tell(call, named_hub(call));
    return done;
}

// What is left after the word `accept` is as for the other commands.
static done_t accept_clock(const call_t *call)
{
    call_t rest = *call;
    const wish_t *o = call->options;
    const hub_act_t act = {.line = "clock accept", .as = o->as, .act = "clock-accept"};
    if (call->operands < 1 || strcmp(call->operand[0], "accept") != 0)
        return call_usage(call, "there is only: accept");
    rest.operands--;
    rest.operand++;
    return hub_act(call, named_hub(&rest), &act, HUB_WAIT_MS, NULL,
        MARK("accepted: what is overdue by this clock is so from now on"));
}

static const command_t hub_init = {
    .name = "init",
    .operands = "DIR --origin NAME",
    .summary = "make a hub's folder: log key, configuration, schemas, rules",
    .options = init_options,
    .options_size = sizeof(wish_t),
    .run = init,
};

static const command_t hub_key = {
    .name = "key",
    .operands = "[DIR]",
    .summary = "print the log's public key, as verifiers take it",
    .options = hub_options,
    .options_size = sizeof(wish_t),
    .run = key,
};

static const command_t hub_status = {
    .name = "status",
    .operands = "[DIR]",
    .summary = "ask a running hub how it is and who is connected",
    .options = hub_options,
    .options_size = sizeof(wish_t),
    .run = status,
    .notes = "Exit code 1: the hub runs, but something needs a person.\n",
};

static const command_t hub_reload = {
    .name = "reload",
    .operands = "[DIR]",
    .summary = "have the hub read rules, registry, roster and CRL again",
    .options = act_options,
    .options_size = sizeof(wish_t),
    .run = reload,
    .notes = "Whole or not at all: with any error the old ones stay in force.\n",
};

static const command_t hub_clock = {
    .name = "clock",
    .operands = "accept [DIR]",
    .summary = "vouch for the hub's clock after it moved: duties fall due again",
    .options = act_options,
    .options_size = sizeof(wish_t),
    .run = accept_clock,
    .notes = "First see that the machine's time is right.  Exit code 1: it was not in "
             "doubt.\n",
};

static const command_t *const commands[] = {
    &hub_setup,
    &hub_init,
    &hub_key,
    &hub_status,
    &hub_metrics,
    &hub_reload,
    &hub_clock,
    &hub_acts,
    &hub_erase,
    &hub_retention,
    &hub_backup,
    &hub_restore,
    &hub_missing,
    &hub_follow,
    &hub_export,
    &hub_joins,
    &hub_channel,
    &hub_nodes,
    &hub_admit,
    &hub_renew,
    &hub_remove,
    NULL,
};

const command_t cmd_hub = {
    .name = "hub",
    .operands = "setup|status|nodes|joins|admit|remove|reload|acts|backup|restore ...",
    .summary = "set up a hub, show its key, ask how it is",
    .commands = commands,
};
