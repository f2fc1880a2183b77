// dabyl node setup - from nothing to a node that its daemon would start with: what has to
// be known is asked or given, the node joins its hub, and what was made is tried.
//
// Interrupted at any moment it is said again: answers, keys and request are kept.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/enrol/holder.h"
#include "lib/enrol/join.h"
#include "lib/net/tcp.h"
#include "nodes/admin/node_join.h"
#include "nodes/cli/interview.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/beside.h"

#include <limits.h>
#include <string.h>

typedef struct {
    node_join_t join;
    const char *answers;
} options_t;

static int check_id(const char *text, cause_t *why)
{
    holder_t holder;
    return holder_set(&holder, text, "owner", "X", NULL, why);
}

static int check_role(const char *text, cause_t *why)
{
    holder_t holder;
    if (strcmp(text, "hub") == 0 || strcmp(text, "officer") == 0)
        return cause_set(why, "%s", say("that is not the role of a node"));
    return holder_set(&holder, "x", text, "X", NULL, why);
}

static int check_organisation(const char *text, cause_t *why)
{
    holder_t holder;
    return holder_set(&holder, "x", "owner", text, NULL, why);
}

static int check_hub(const char *text, cause_t *why)
{
    tcp_address_t address;
    return tcp_parse(&address, text, JOIN_PORT, why);
}

static const interview_question_t
    ask_id = {"id", MARK("The node's id, such as isoc-energy"), NULL, check_id},
    ask_role = {"role",
        MARK("Its role: isoc, nccis, owner, response-service, authority "
             "..."),
        NULL, check_role},
    ask_organisation = {"organisation",
        MARK("Code of its organisation, as in the hub's registry"), NULL,
        check_organisation},
    ask_hub = {"hub",
        MARK("Address where the hub takes requests to join, such as "
             "exchange.example:7601"),
        NULL, check_hub};

static const char *const names[] = {"id", "role", "organisation", "hub", NULL};

static int ask_all(interview_t *interview, node_join_t *wish, cause_t *why)
{
    const struct {
        const interview_question_t *question;
        const char **answer;
    } all[] = {{&ask_id, &wish->id}, {&ask_role, &wish->role},
        {&ask_organisation, &wish->organisation}, {&ask_hub, &wish->address}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!(*all[i].answer = interview_ask(interview, all[i].question, why)))
            return -1;
    return 0;
}

static done_t join_and_try(
    const call_t *call, interview_t *interview, const node_join_t *wish)
{
    cause_t why;
    char conf[PATH_MAX];
    done_t done = node_join_go(call, wish);
    if (done != DONE_OK)
        return done;
    if (path_join(conf, sizeof conf, wish->folder, "node.conf", &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    int good = beside_check("dabyl-node", conf, &why);
    if (good != 1)
        return call_fail(call, DONE_NO, "%s",
            good < 0 ? why.text : say("it would not start: see above"));
    interview_forget(interview);
    return DONE_OK;
}

static int prepare(const call_t *call, interview_t *interview, cause_t *why)
{
    char kept[PATH_MAX];
    const options_t *o = call->options;
    const char *folder = call->operand[0];
    interview_give(interview, "id", o->join.id);
    interview_give(interview, "role", o->join.role);
    interview_give(interview, "organisation", o->join.organisation);
    interview_give(interview, "hub", o->join.address);
    if (o->answers && interview_read(interview, o->answers, why) != 0)
        return -1;
    return folder_make(folder, 0700, why) == 0 &&
                   path_join(kept, sizeof kept, folder, "setup.answers", why) == 0
               ? interview_keep(interview, kept, why)
               : -1;
}

static done_t set_up(const call_t *call, interview_t *interview)
{
    cause_t why;
    const options_t *o = call->options;
    node_join_t wish = o->join;
    wish.folder = call->operand[0];
    if (prepare(call, interview, &why) != 0 || ask_all(interview, &wish, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    return join_and_try(call, interview, &wish);
}

static done_t run(const call_t *call)
{
    if (call->operands != 1)
        return call_usage(call, "%s", say("needs the folder that is to be the node's"));
    interview_t *interview = interview_new(stdin, stdout, names);
    done_t done = set_up(call, interview);
    interview_destroy(&interview);
    return done;
}

static const option_t options[] = {
    NODE_JOIN_WHO(offsetof(options_t, join)),
    {"hub", OPTION_TEXT, offsetof(options_t, join.address), "ADDRESS", NULL,
        "where the hub takes requests to join"},
    {"answers", OPTION_TEXT, offsetof(options_t, answers), "FILE", NULL,
        "lines id, role, organisation, hub = ...; see dabyl(1)"},
    NODE_JOIN_HOW(offsetof(options_t, join)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

const command_t node_setup = {
    .name = "setup",
    .operands = "DIR",
    .summary = "make a node: asks what it needs, joins the hub, tries what was made",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "What options and --answers do not say is asked on a terminal.  Interrupted, "
        "it is said\n"
        "again and goes on: answers, keys and request are kept.\n",
};
