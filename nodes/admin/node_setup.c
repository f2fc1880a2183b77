// dabyl node setup - from nothing to a node that its daemon would start with: what has to
// be known is asked or given, the node joins its hub, and what was made is tried.
//
// Interrupted at any moment it is said again: answers, keys and request are kept.

#include "lib/base/file.h"
#include "lib/enrol/holder.h"
#include "lib/enrol/join.h"
#include "lib/net/tcp.h"
#include "nodes/admin/node_join.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/interview.h"
#include "nodes/commands/commands.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const char *id, *role, *organisation, *hub, *answers, *digits, *share;
    bool yes;
    int64_t wait_s;
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

// The daemon of this very build, where it lies beside this program.
static int find_daemon(char path[PATH_MAX], cause_t *why)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    return path_join(path, PATH_MAX, dirname(program), "dabyl-node", why);
}

static int run_check(const char *conf, cause_t *why)
{
    char path[PATH_MAX];
    pid_t pid;
    int status = 0;
    if (find_daemon(path, why) != 0)
        return -1;
    char *const words[] = {"dabyl-node", "-n", (char *)conf, NULL};
    errno = posix_spawn(&pid, path, NULL, NULL, words, environ);
    if (errno != 0)
        return cause_errno(why, "%s", path);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return cause_errno(why, "%s", path);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? 0
               : cause_set(why, say("it would not start: see above"));
}

static done_t join_and_try(
    const call_t *call, interview_t *interview, const node_join_t *wish)
{
    cause_t why;
    char conf[PATH_MAX];
    done_t done = node_join_go(call, wish);
    if (done != DONE_OK)
        return done;
    (void)fflush(stdout);
    if (path_join(conf, sizeof conf, wish->folder, "node.conf", &why) != 0 ||
        run_check(conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    interview_forget(interview);
    return DONE_OK;
}

static int prepare(const call_t *call, interview_t *interview, cause_t *why)
{
    char kept[PATH_MAX];
    const options_t *o = call->options;
    const char *folder = call->operand[0];
    interview_give(interview, "id", o->id);
    interview_give(interview, "role", o->role);
    interview_give(interview, "organisation", o->organisation);
    interview_give(interview, "hub", o->hub);
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
    node_join_t wish = {.folder = call->operand[0],
        .share = o->share,
        .digits = {o->digits, o->yes},
        .wait_s = o->wait_s};
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
    {"id", OPTION_TEXT, offsetof(options_t, id), "ID", NULL, "the node's id"},
    {"role", OPTION_TEXT, offsetof(options_t, role), "ROLE", NULL,
        "isoc, nccis, owner ..."},
    {"org", OPTION_TEXT, offsetof(options_t, organisation), "CODE", NULL,
        "code of the organisation, as in the registry"},
    {"hub", OPTION_TEXT, offsetof(options_t, hub), "ADDRESS", NULL,
        "where the hub takes requests to join"},
    {"answers", OPTION_TEXT, offsetof(options_t, answers), "FILE", NULL,
        "lines id, role, organisation, hub = ...; see dabyl(1)"},
    {"digits", OPTION_TEXT, offsetof(options_t, digits), "DIGITS", NULL,
        "as the hub's operator read them out"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL,
        "do not ask: the digits were compared"},
    {"wait", OPTION_NUMBER, offsetof(options_t, wait_s), "SECONDS", "86400",
        "for the hub's operator; 0: ask once"},
    {"share", OPTION_TEXT, offsetof(options_t, share), "DIR", NULL,
        "where schemas are (else beside the program)"},
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
