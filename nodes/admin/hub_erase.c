// dabyl hub erase - have a message's text go from the hub, lawfully: first what would go
// and what names it, then the order.

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/upkeep/hub_ask.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *hub, *as, *reason;
    bool look;
} wish_t;

static const option_t options[] = {
    {"reason", OPTION_TEXT, offsetof(wish_t, reason), "TEXT", NULL,
        "by what law or order, for the hub's log"},
    {"look", OPTION_FLAG, offsetof(wish_t, look), NULL, NULL,
        "only show what would go, and what stands in the way"},
    HUB_OPTION(offsetof(wish_t, hub)),
    HUB_AS_OPTION(offsetof(wish_t, as)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_messages(const json_t *list, const char *title)
{
    size_t i;
    const json_t *message;
    if (json_array_size(list) == 0)
        return;
    puts(title);
    json_array_foreach(list, i, message)
    {
        fputs("  ", stdout);
        screen_text(stdout, mail_text(message, "kind"));
        fputs("  ", stdout);
        screen_text(stdout, mail_text(message, "author"));
        fputs("  ", stdout);
        screen_text(stdout, mail_text(message, "id"));
        putchar('\n');
    }
}

static void print_files(const json_t *list, bool go, const char *title)
{
    size_t i;
    const json_t *file;
    bool told = false;
    json_array_foreach(list, i, file)
    {
        if (json_is_true(json_object_get(file, "goes")) != go)
            continue;
        if (!told)
            puts(title);
        told = true;
        printf(say("  %s  (%lld bytes)\n"), mail_text(file, "sha256"),
            (long long)json_integer_value(json_object_get(file, "size")));
    }
}

// What would go.  DONE_NO, and the hub's reason is told, when nothing may.
static done_t look(const call_t *call, const char *name)
{
    const wish_t *o = call->options;
    json_t *answer = NULL;
    buf_t request = {0};
    cause_t why;
    const hub_act_t act = {.line = "erase look", .as = o->as, .to = name};
    if (hub_act_print(&act, &request, &why) != 0) {
        buf_destroy(&request);
        return call_fail(call, DONE_USAGE, "%s", why.text);
    }
    done_t done = hub_ask(call, o->hub, buf_text(&request), HUB_WAIT_MS, &answer);
    buf_destroy(&request);
    if (done != DONE_OK)
        return done;
    if (!json_is_true(json_object_get(answer, "ok")))
        done = call_fail(
            call, DONE_NO, say("nothing was erased: %s"), mail_text(answer, "text"));
    else if (call->common.json)
        screen_json(stdout, answer);
    else {
        print_messages(json_object_get(answer, "goes"),
            say("what goes (text of message, and of what was made from it):"));
        print_files(json_object_get(answer, "attachments"), true,
            say("attachments that go with it:"));
        print_files(json_object_get(answer, "attachments"), false,
            say("attachments that another message names, and that stay:"));
        print_messages(json_object_get(answer, "names"),
            say("what names it, is a message of its own, and stays:"));
    }
    json_decref(answer);
    return done;
}

static done_t run(const call_t *call)
{
    char name[160];
    const wish_t *o = call->options;
    const char *const *operand = (const char *const *)call->operand;
    if (call->operands < 1 || call->operands > 2)
        return call_usage(call, "needs the id of a message, perhaps behind its author");
    if (!o->look && (!o->reason || !o->reason[0]))
        return call_usage(call, "needs --reason: the hub's log keeps why");
    int size = snprintf(name, sizeof name, "%s%s%s", operand[0],
        call->operands == 2 ? " " : "", call->operands == 2 ? operand[1] : "");
    if (size < 0 || (size_t)size >= sizeof name)
        return call_usage(call, "this is no name of a message");
    done_t done = look(call, name);
    if (done != DONE_OK || o->look)
        return done;
    const hub_act_t act = {.line = "erase", .as = o->as, .to = name, .reason = o->reason};
    return hub_act(call, o->hub, &act, HUB_RELOAD_MS, MARK("nothing was erased"),
        MARK("It is erased from the hub, and the nodes that had it are told with proof: "
             "those with\nfollow_erasures take theirs away by themselves, at the others "
             "it stays until somebody\nsays `dabyl erase` there, and older copies have "
             "it until they are made anew."));
}

const command_t hub_erase = {
    .name = "erase",
    .operands = "[AUTHOR] ID --reason TEXT",
    .summary = "have a message's text go from the hub for good, by law",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
    .notes =
        "Leaf, hashes and routing record stay: the log still verifies.  Refused while "
        "somebody has not\nsigned for it, or a duty or exercise hangs on it.  Nodes that "
        "had it are told with proof, and\nkeep theirs until somebody says `dabyl erase` "
        "there, or let it go by themselves\n(follow_erasures).  Standbys erase at once, "
        "backups when they are gone on with.\n",
};
