// dabyl hub joins - newcomers' requests: who asks, with which digits; one is refused, or
// accepted (hub_joins_accept.c); and for how long requests are taken.

#include "nodes/admin/hub_joins.h"

#include "lib/base/catalogue.h"
#include "lib/enrol/join.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/net/ask.h"
#include "nodes/upkeep/hub_ask.h"

#include <inttypes.h>

static done_t desk_open(joins_desk_t *self, const call_t *call, const char *named)
{
    cause_t why;
    const char *hub = hub_folder(named, &why);
    if (!hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    return joins_desk_open(self, hub, &why) == 0
               ? DONE_OK
               : call_fail(call, DONE_NO, "%s", why.text);
}

// Requests are taken by a process of the hub's: without it there are no new ones.
static const char down[] =
    MARK("the hub does not run, and nobody can ask before it does");

// Why there are no others.
static void print_silence(const joins_desk_t *desk)
{
    if (!ask_alive(desk->conf.control))
        puts(say(down));
    else if (desk->joins.n == 0)
        puts(say("nobody asks to join"));
}

static done_t list(const call_t *call)
{
    joins_desk_t desk;
    const hub_joins_options_t *o = call->options;
    done_t done = desk_open(&desk, call, call->operands ? call->operand[0] : o->hub);
    if (done != DONE_OK)
        return done;
    for (size_t i = 0; i < desk.joins.n; i++)
        if (call->common.json)
            joins_desk_print_json(&desk, &desk.joins.item[i]);
        else
            joins_desk_print(&desk, &desk.joins.item[i], stdout);
    if (!call->common.json)
        print_silence(&desk);
    joins_desk_close(&desk);
    return DONE_OK;
}

static done_t fail_named(const call_t *call, const joins_desk_t *desk, const cause_t *why)
{
    return ask_alive(desk->conf.control)
               ? call_fail(call, DONE_NO, "%s", why->text)
               : call_fail(call, DONE_NO, "%s; %s", why->text, say(down));
}

done_t hub_joins_with(const call_t *call, hub_joins_act_t *act)
{
    joins_desk_t desk;
    cause_t why;
    const hub_joins_options_t *o = call->options;
    if (call->operands < 1 || call->operands > 2)
        return call_usage(call, "needs the request, as `dabyl hub joins` names it");
    done_t done = desk_open(&desk, call, call->operands > 1 ? call->operand[1] : o->hub);
    if (done != DONE_OK)
        return done;
    join_t *join = joins_named(&desk.joins, call->operand[0], &why);
    done = join ? act(call, &desk, join) : fail_named(call, &desk, &why);
    joins_desk_close(&desk);
    return done;
}

static done_t do_refuse(const call_t *call, joins_desk_t *desk, join_t *join)
{
    cause_t why;
    const hub_joins_options_t *o = call->options;
    if (join->state == JOIN_CERTIFIED)
        return call_fail(call, DONE_NO, "%s",
            say("it is admitted already; `dabyl ca revoke` puts a node out"));
    if (joins_refuse(desk->conf.joins, join->name, o->reason ? o->reason : "", &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (!call->common.json)
        printf(
            say("refused: %s hears it when it asks again\n"), join->request.holder.name);
    return DONE_OK;
}

static done_t refuse_join(const call_t *call)
{
    return hub_joins_with(call, do_refuse);
}

static done_t open_porch(const call_t *call)
{
    char minutes[64], done[256];
    const hub_joins_options_t *o = call->options;
    (void)snprintf(minutes, sizeof minutes, "minutes %" PRId64 "\n", o->minutes);
    (void)snprintf(done, sizeof done,
        say("open for %lld minutes: `dabyl hub joins` shows who asks"),
        (long long)o->minutes);
    const hub_act_t act = {
        .line = "joins open", .as = o->as, .to = o->listen, .rest = minutes};
    return hub_act(
        call, call->operands ? call->operand[0] : o->hub, &act, HUB_WAIT_MS, NULL, done);
}

static done_t close_porch(const call_t *call)
{
    const hub_joins_options_t *o = call->options;
    const hub_act_t act = {.line = "joins close", .as = o->as};
    return hub_act(call, call->operands ? call->operand[0] : o->hub, &act, HUB_WAIT_MS,
        NULL, say("closed, but for what hub.conf says"));
}

static const option_t hub_option[] = {
    HUB_JOINS_OPTION,
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t close_options[] = {
    HUB_JOINS_OPTION,
    HUB_AS_OPTION(offsetof(hub_joins_options_t, as)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t refuse_options[] = {
    HUB_JOINS_OPTION,
    {"reason", OPTION_TEXT, offsetof(hub_joins_options_t, reason), "TEXT", NULL,
        "what the node is told"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t open_options[] = {
    HUB_JOINS_OPTION,
    HUB_AS_OPTION(offsetof(hub_joins_options_t, as)),
    {"minutes", OPTION_NUMBER, offsetof(hub_joins_options_t, minutes), "N", "30",
        "for so long (operational default)"},
    {"listen", OPTION_TEXT, offsetof(hub_joins_options_t, listen), "ADDRESS", NULL,
        "where (else join.listen, else port " JOIN_PORT " beside where nodes connect)"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const command_t refuse_command = {
    .name = "refuse",
    .operands = "REQUEST [DIR]",
    .summary = "refuse a request",
    .options = refuse_options,
    .options_size = sizeof(hub_joins_options_t),
    .among = AMONG_JOINS,
    .run = refuse_join,
};

static const command_t open_command = {
    .name = "open",
    .operands = "[DIR]",
    .summary = "take requests for a while",
    .options = open_options,
    .options_size = sizeof(hub_joins_options_t),
    .run = open_porch,
};

static const command_t close_command = {
    .name = "close",
    .operands = "[DIR]",
    .summary = "take no more requests",
    .options = close_options,
    .options_size = sizeof(hub_joins_options_t),
    .run = close_porch,
};

static const command_t *const commands[] = {&hub_joins_accept, &refuse_command,
    &hub_joins_export, &hub_joins_import, &open_command, &close_command, NULL};

const command_t hub_joins = {
    .name = "joins",
    .operands = "[accept|refuse|export|import|open|close] ...",
    .summary = "requests for certificates: show them, accept or refuse one, take some "
               "for a while",
    .options = hub_option,
    .options_size = sizeof(hub_joins_options_t),
    .run = list,
    .commands = commands,
    .notes = "A REQUEST is named by the beginning of its first column, or by the node's "
             "id.\n",
};
