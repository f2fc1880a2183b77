// dabyl hub setup - from nothing to a hub that starts: asks what it needs, shows what it
// will do, and does it.
//
// Said again after an interruption it goes on: answers are kept in the hub's folder until
// the end, and each step that is whole is left as it is (hub_setup_steps.c).

#include "nodes/admin/hub_setup.h"

#include "certs/folder/passphrase.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/pki/cert.h"
#include "lib/tlog/note.h"
#include "nodes/cli/confirm.h"
#include "nodes/cli/interview.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *origin, *listen, *join, *organisation, *id, *ca, *node, *officer, *absent;
    const char *passphrase_file, *answers, *share;
    bool no_passphrase, yes, start;
} wish_t;

static const option_t options[] = {
    {"origin", OPTION_TEXT, offsetof(wish_t, origin), "NAME", NULL,
        "the log's name, such as dabyl.example/hub; it can never change"},
    {"listen", OPTION_TEXT, offsetof(wish_t, listen), "ENDPOINT", NULL,
        "where nodes connect"},
    {"join", OPTION_TEXT, offsetof(wish_t, join), "ENDPOINT", NULL,
        "where newcomers ask to be let in (dabyl node join)"},
    {"organisation", OPTION_TEXT, offsetof(wish_t, organisation), "CODE", NULL,
        "code of the organisation that runs the hub and the Coordination Centre"},
    {"hub", OPTION_TEXT, offsetof(wish_t, id), "ID", NULL, "the hub's id"},
    {"ca", OPTION_TEXT, offsetof(wish_t, ca), "here|offline", NULL,
        "make a CA beside the hub, or ask one elsewhere by request and answer files"},
    {"first-node", OPTION_TEXT, offsetof(wish_t, node), "ID", NULL,
        "the first node of the Coordination Centre"},
    {"officer", OPTION_TEXT, offsetof(wish_t, officer), "ID", NULL,
        "its first officer, who seals the rules"},
    {"absent", OPTION_TEXT, offsetof(wish_t, absent), "ROLES", NULL,
        "roles that nobody is meant to have yet"},
    {"passphrase-file", OPTION_TEXT, offsetof(wish_t, passphrase_file), "FILE", NULL,
        "private file whose first line is the passphrase of the CA's key"},
    {"no-passphrase", OPTION_FLAG, offsetof(wish_t, no_passphrase), NULL, NULL,
        "leave the CA's key unencrypted: whoever reads the file is the CA"},
    {"answers", OPTION_TEXT, offsetof(wish_t, answers), "FILE", NULL,
        "answers, as lines 'name = answer' with the names of these options"},
    {"share", OPTION_TEXT, offsetof(wish_t, share), "DIR", NULL,
        "where schemas and rules are copied from"},
    {"yes", OPTION_FLAG, offsetof(wish_t, yes), NULL, NULL,
        "do it without asking whether; the digits of an answering CA were compared"},
    {"start", OPTION_FLAG, offsetof(wish_t, start), NULL, NULL,
        "become the hub at the end"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const char *const names[] = {"origin", "listen", "join", "organisation", "hub",
    "ca", "first-node", "officer", "absent", "passphrase-file", "no-passphrase", NULL};

// --------------------------------------------------------------------------------
// What can stand there.

static int check_origin(const char *text, cause_t *why)
{
    const uint8_t no_key[32] = {0};
    log_vkey_t fit;
    return log_vkey_of(&fit, text, no_key, why);
}

static int check_listen(const char *text, cause_t *why)
{
    const char *port = strrchr(text, ':');
    char *end = NULL;
    long number = port ? strtol(port + 1, &end, 10) : 0;
    if (strncmp(text, "tcp://", 6) == 0 && port > text + 6 && number > 0 &&
        number < 65536 && *end == 0 && text_is_word(span_text(text)))
        return 0;
    return cause_set(why, say("tcp://ADDRESS:PORT is expected, such as tcp://*:7600"));
}

static int check_join(const char *text, cause_t *why)
{
    return text[0] ? check_listen(text, why) : 0;
}

static int check_organisation(const char *text, cause_t *why)
{
    return cert_organisation_valid(span_text(text))
               ? 0
               : cause_set(why, say("1 to 63 printable ASCII characters without space, "
                                    "quote or comma"));
}

static int check_id(const char *text, cause_t *why)
{
    return cert_node_id_valid(span_text(text))
               ? 0
               : cause_set(why, say("1 to 63 of a-z, 0-9 and '-', none of these at an "
                                    "end"));
}

static int check_ca(const char *text, cause_t *why)
{
    return strcmp(text, "here") == 0 || strcmp(text, "offline") == 0
               ? 0
               : cause_set(why, "%s", say("here, or offline"));
}

static int check_roles(const char *text, cause_t *why)
{
    char role[ROLE_MAX];
    if (strlen(text) > 500)
        return cause_set(why, "%s", say("so many roles there are not"));
    while (*(text += strspn(text, " ,"))) {
        size_t size = strcspn(text, " ,");
        if (!text_copy(span_of(text, size), role, sizeof role) || !cert_role_known(role))
            return cause_set(why, say("there is no role '%.*s'"), (int)size, text);
        text += size;
    }
    return 0;
}

static const interview_question_t
    ask_origin = {"origin",
        MARK("Name of the log, such as dabyl.example/hub; it stands in every proof and "
             "can never change"),
        NULL, check_origin},
    ask_listen = {"listen", MARK("Address where nodes connect"), "tcp://*:7600",
        check_listen},
    ask_join = {"join",
        MARK("Address where newcomers ask to be let in, at another port (nothing: only "
             "when `dabyl hub joins open` says so)"),
        "", check_join},
    ask_organisation = {"organisation",
        MARK("Code of the organisation that runs the hub and the Coordination Centre"),
        NULL, check_organisation},
    ask_hub = {"hub", MARK("Id of the hub"), "hub", check_id},
    ask_ca = {"ca",
        MARK("The CA: here, beside the hub (small installation, trial), or offline, by "
             "files"),
        "offline", check_ca},
    ask_node = {"first-node", MARK("Id of the first node of the Coordination Centre"),
        "nccis-desk", check_id},
    ask_officer = {"officer",
        MARK("Id of its first officer, who seals the rules: a person's name"), NULL,
        check_id},
    ask_absent = {"absent",
        MARK("Roles that nobody is meant to have yet: of these the hub does not warn"),
        "", check_roles};

// --------------------------------------------------------------------------------

// The answers, borrowed from the interview.
static int ask_all(interview_t *interview, hub_setup_t *setup, cause_t *why)
{
    const char *ca = NULL;
    const struct {
        const interview_question_t *question;
        const char **answer;
    } all[] = {{&ask_origin, &setup->origin}, {&ask_listen, &setup->listen},
        {&ask_join, &setup->join}, {&ask_organisation, &setup->organisation},
        {&ask_hub, &setup->id}, {&ask_ca, &ca}, {&ask_node, &setup->node},
        {&ask_officer, &setup->officer}, {&ask_absent, &setup->absent}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!(*all[i].answer = interview_ask(interview, all[i].question, why)))
            return -1;
    setup->ca_here = ca && strcmp(ca, "here") == 0;
    if (strcmp(setup->id, setup->node) == 0 || strcmp(setup->node, setup->officer) == 0 ||
        strcmp(setup->id, setup->officer) == 0)
        return cause_set(why, say("hub, node and officer need different ids"));
    return 0;
}

static void show_plan(const hub_setup_t *setup)
{
    const char *d = setup->folder;
    printf(say("This will be made in %s:\n"
               "  the hub %s of %s, its log %s, listening at %s\n"),
        d, setup->id, setup->organisation, setup->origin, setup->listen);
    if (setup->ca_here)
        printf(say("  a CA in %s/ca, which belongs on another machine as soon as this is "
                   "no trial\n"),
            d);
    else
        printf(say("  requests to the CA in %s/requests, whose answers are to be put "
                   "there\n"),
            d);
    printf(say("  the first node %s of the Coordination Centre, in %s/first/%s\n"
               "  its officer %s with a key in %s/first/%s, who seals the rules\n"),
        setup->node, d, setup->node, setup->officer, d, setup->officer);
}

static interview_said_t agree(
    interview_t *interview, hub_setup_t *setup, bool yes, cause_t *why)
{
    for (;;) {
        if (ask_all(interview, setup, why) != 0)
            return INTERVIEW_NO;
        show_plan(setup);
        interview_said_t said =
            interview_agree(interview, say("Is that to be done?"), yes, why);
        if (said != INTERVIEW_CHANGE)
            return said;
        interview_again(interview);
    }
}

// Asked once, for all that the CA does here: a file in memory, which nobody else can
// read.
static int hold_passphrase(const hub_setup_t *setup, char path[64], cause_t *why)
{
    char key[PATH_MAX];
    buf_t secret = {0};
    int fd = memfd_create("passphrase", MFD_CLOEXEC);
    if (fd < 0 || fchmod(fd, 0600) != 0 ||
        path_join(key, sizeof key, setup->folder, "ca/crl.pem", why) != 0)
        return cause_errno(why, "memfd_create");
    int result = access(key, F_OK) == 0 ? passphrase_give(NULL, &secret, why)
                                        : passphrase_choose(NULL, &secret, why);
    if (result == 0 && write(fd, secret.data, secret.size) != (ssize_t)secret.size)
        result = cause_errno(why, "memfd_create");
    passphrase_wipe(&secret);
    (void)snprintf(path, 64, "/proc/self/fd/%d", fd);
    return result;
}

static int find_passphrase(
    const interview_t *interview, hub_setup_t *setup, char path[64], cause_t *why)
{
    char certs[PATH_MAX];
    const char *none = interview_told(interview, "no-passphrase");
    setup->passphrase = interview_told(interview, "passphrase-file");
    if (!setup->ca_here || setup->passphrase || (none && strcmp(none, "yes") == 0))
        return 0;
    (void)snprintf(certs, sizeof certs, "%.3000s/first/%.80s/certs/crl.pem",
        setup->folder, setup->officer);
    if (access(certs, F_OK) == 0)
        return 0; // the CA has nothing more to do
    setup->passphrase = path;
    return hold_passphrase(setup, path, why);
}

static bool trusts_digits(const char *digits, bool yes)
{
    printf(say("Digits of the CA that answered:\n  %s\n"), digits);
    if (yes)
        return true;
    if (!isatty(STDIN_FILENO))
        return false;
    return confirm(
        stdout, say("Call its operator.  Are all forty digits the same?  Type yes: "));
}

static done_t finish(const call_t *call, interview_t *interview, const hub_setup_t *setup)
{
    const wish_t *o = call->options;
    const char *d = setup->folder;
    cause_t why;
    if (hub_setup_check(d, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    printf(say("The hub is set up.  Keep a copy of %s/keys/log.key offline, and give "
               "%s/vkey "
               "to everybody.\n"
               "next    dabyl-hub %s/hub.conf\n"
               "        dabyl-node %s/first/%s/node.conf    (move its folder to its "
               "machine)\n"
               "        dabyl registry add organisation ... --hub %s    (who serves "
               "whom)\n"),
        d, d, d, d, setup->node, d);
    interview_forget(interview);
    if (!o->start)
        return DONE_OK;
    (void)hub_setup_start(d, &why);
    return call_fail(call, DONE_NO, "%s", why.text);
}

static done_t do_it(const call_t *call, interview_t *interview, hub_setup_t *setup)
{
    cause_t why;
    const wish_t *o = call->options;
    char digits[64], path[64];
    if (agree(interview, setup, o->yes, &why) != INTERVIEW_YES ||
        find_passphrase(interview, setup, path, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    setup_result_t result = hub_setup_go(call, setup, digits, &why);
    if (result == SETUP_COMPARE) {
        if (!trusts_digits(digits, o->yes))
            return call_fail(call, DONE_NO, "%s",
                say("nothing of the answers is taken before the digits were compared"));
        setup->trusts = true;
        result = hub_setup_go(call, setup, digits, &why);
    }
    if (result == SETUP_WAITS)
        return DONE_UNREACHABLE;
    if (result != SETUP_DONE)
        return call_fail(call, DONE_NO, "%s; %s", why.text, say("say it again to go on"));
    return finish(call, interview, setup);
}

// Made before: what was answered is gone, and nothing is to be asked.
static done_t say_done(const call_t *call, const char *folder)
{
    cause_t why;
    const wish_t *o = call->options;
    printf(
        say("%s is set up already; hub.conf there has what it goes by, and nothing that "
            "is given now changes it\n"),
        folder);
    if (hub_setup_check(folder, &why) != 0 ||
        (o->start && hub_setup_start(folder, &why) != 0))
        return call_fail(call, DONE_NO, "%s", why.text);
    return DONE_OK;
}

static int gather(
    const call_t *call, interview_t *interview, const char *kept, cause_t *why)
{
    const wish_t *o = call->options;
    interview_give(interview, "origin", o->origin);
    interview_give(interview, "listen", o->listen);
    interview_give(interview, "join", o->join);
    interview_give(interview, "organisation", o->organisation);
    interview_give(interview, "hub", o->id);
    interview_give(interview, "ca", o->ca);
    interview_give(interview, "first-node", o->node);
    interview_give(interview, "officer", o->officer);
    interview_give(interview, "absent", o->absent);
    interview_give(interview, "passphrase-file", o->passphrase_file);
    interview_give(interview, "no-passphrase", o->no_passphrase ? "yes" : NULL);
    if (o->answers && interview_read(interview, o->answers, why) != 0)
        return -1;
    return interview_keep(interview, kept, why);
}

static done_t run(const call_t *call)
{
    const wish_t *o = call->options;
    cause_t why;
    char kept[PATH_MAX], conf[PATH_MAX];
    if (call->operands != 1)
        return call_usage(call, "needs a folder");
    if (call->common.node)
        return call_usage(call, "%s",
            say("--node is the folder of a node; the id of the first node is given with "
                "--first-node"));
    if (o->no_passphrase && o->passphrase_file)
        return call_usage(
            call, "--no-passphrase and --passphrase-file exclude each other");
    hub_setup_t setup = {.folder = call->operand[0], .share = o->share};
    if (path_join(kept, sizeof kept, setup.folder, "setup.answers", &why) != 0 ||
        path_join(conf, sizeof conf, setup.folder, "hub.conf", &why) != 0)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (access(conf, F_OK) == 0 && access(kept, F_OK) != 0)
        return say_done(call, setup.folder);
    if (folder_make(setup.folder, 0755, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    interview_t *interview = interview_new(stdin, stdout, names);
    done_t done = gather(call, interview, kept, &why) == 0
                      ? do_it(call, interview, &setup)
                      : call_fail(call, DONE_USAGE, "%s", why.text);
    interview_destroy(&interview);
    return done;
}

const command_t hub_setup = {
    .name = "setup",
    .operands = "DIR",
    .summary = "set up a hub: asks what it needs, and ends with one that starts",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
    .notes = "Interrupted at any moment, it goes on when it is said again.  Exit code 3: "
             "it waits for\nwhat the CA answers.\n",
};
