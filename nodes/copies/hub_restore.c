// dabyl hub restore - a hub's folder out of a backup, or of what a standby has.
//
// Whether the same log may go on is no opinion: nodes hold signed checkpoints, and a log
// that lacks what one of them has seen would be a second history.

#include "lib/base/catalogue.h"
#include "nodes/backup/restore.h"
#include "nodes/cli/confirm.h"
#include "nodes/cli/progress.h"
#include "nodes/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *keys, *with, *origin, *listen, *share;
    option_texts_t checkpoints;
    bool yes;
} options_t;

static const option_t options[] = {
    {"checkpoint", OPTION_TEXTS, offsetof(options_t, checkpoints), "FILE", NULL,
        "what dabyl node checkpoint prints; once for each node"},
    {"keys", OPTION_TEXT, offsetof(options_t, keys), "DIR", NULL,
        "the old hub's keys: log.key, seal.key, channel.key"},
    {"with", OPTION_TEXT, offsetof(options_t, with), "FOLDER", NULL,
        "take configuration and attachments from this backup"},
    {"origin", OPTION_TEXT, offsetof(options_t, origin), "NAME", NULL,
        "begin a successor: a log of this name that goes on from the old one"},
    {"listen", OPTION_TEXT, offsetof(options_t, listen), "ENDPOINT", NULL,
        "of a successor: where nodes connect (else as the old hub)"},
    {"share", OPTION_TEXT, offsetof(options_t, share), "DIR", NULL,
        "where schemas and rules are copied from"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL, "do not ask"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// What is there, and what follows from it.
static void print_plan(const restore_source_t *from, const options_t *o)
{
    uint64_t size = from->checkpoint.size;
    printf(say("%s has the log %s up to entry %" PRIu64 ", and all of it is good\n"),
        from->folder, from->vkey.origin, size);
    if (from->newest)
        printf(say("the newest checkpoint given is of %" PRIu64 " entries (%s)\n"),
            from->newest->checkpoint.size, from->newest->path);
    if (o->origin && from->newest && from->newest->checkpoint.size > size)
        printf(
            say("%" PRIu64 " entries are missing: what authors' nodes still hold comes "
                "again\n"
                "  each is named by: dabyl hub missing %s, with what each node prints "
                "by\n"
                "  dabyl node held %" PRIu64 "\n"),
            from->newest->checkpoint.size - size, from->folder, size);
    if (o->origin)
        printf(say("a successor begins: the log %s, with keys and certificates of its "
                   "own, to which every node has to go over\n"),
            o->origin);
    else
        fputs(say("nothing is missing that a node has seen: the same log goes on, and "
                  "nodes go on by themselves\n"
                  "the old hub must never run again\n"),
            stdout);
}

static bool is_confirmed(const options_t *o)
{
    return o->yes || confirm(stdout, say("is this what you want? [yes/no] "));
}

// What keeps the same log from going on.
static done_t check_newest(
    const call_t *call, const restore_source_t *from, const options_t *o)
{
    if (o->origin || restore_source_is_newest(from))
        return DONE_OK;
    if (!from->newest)
        return call_fail(call, DONE_NO, "%s",
            say("nobody can tell whether this is the newest copy: give the checkpoints "
                "that nodes have (dabyl node checkpoint) by --checkpoint, or begin a "
                "successor with --origin"));
    return call_fail(call, DONE_NO,
        say("%s has seen %" PRIu64 " entries, and this copy has %" PRIu64
            ": find a newer one (a standby's), or begin a successor with --origin"),
        from->newest->path, from->newest->checkpoint.size, from->checkpoint.size);
}

static done_t go(const call_t *call, const restore_wish_t *wish)
{
    char vkey[VKEY_MAX];
    cause_t why;
    const options_t *o = call->options;
    done_t done = check_newest(call, wish->from, o);
    if (done != DONE_OK)
        return done;
    if (restore_check(wish, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    print_plan(wish->from, o);
    if (!is_confirmed(o))
        return call_fail(call, DONE_NO, "%s", say("nothing was changed"));
    int result =
        o->origin ? restore_successor(wish, vkey, &why) : restore_same(wish, &why);
    if (result != 0)
        return call_fail(call, DONE_NO, say("%s; say it again to go on"), why.text);
    if (o->origin)
        printf(say("made %s, whose key is\n  %s\n"
                   "next: certificates and the rules' seal, then the first start; see "
                   "hub/OPERATIONS.md, \"The hub's machine is gone\"\n"),
            wish->to, vkey);
    else
        printf(say("made %s\nnext: dabyl-hub -n %s/hub.conf, then start it\n"), wish->to,
            wish->to);
    return DONE_OK;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    restore_source_t from;
    progress_t progress;
    if (call->operands != 2)
        return call_usage(call, "needs the copy and the folder to make");
    progress_begin(&progress, say("reading the copy"), PROGRESS_ITEMS);
    int result = restore_source_open(&from, call->operand[0], o->with,
        o->checkpoints.text, o->checkpoints.n, &progress, &why);
    progress_end(&progress);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    restore_wish_t wish = {
        &from, call->operand[1], o->keys, o->origin, o->listen, o->share};
    done_t done = go(call, &wish);
    restore_source_close(&from);
    return done;
}

const command_t hub_restore = {
    .name = "restore",
    .operands = "FROM DIR",
    .summary = "make a hub's folder of a backup or of a standby's copy",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "The copy is read whole first.  When no node has seen more than it has, the "
             "same log\n"
             "goes on, with its keys.  Else a successor has to begin: a log of another "
             "name and\n"
             "key.  It says which, and asks.  Interrupted: say it again.\n",
};
