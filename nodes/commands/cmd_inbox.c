// dabyl inbox - what was delivered to this node: a list, or one message whole.

#include "nodes/cli/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/mail.h"

#include <string.h>

typedef struct {
    const char *kind, *from, *log;
    int64_t level, last, after, carried;
    bool waiting;
} options_t;

static const option_t options[] = {
    {"kind", OPTION_TEXT, offsetof(options_t, kind), "KIND", NULL, "only this kind"},
    {"from", OPTION_TEXT, offsetof(options_t, from), "NODE", NULL, "only by this author"},
    {"log", OPTION_TEXT, offsetof(options_t, log), "ORIGIN", NULL,
        "of a log that this node has left"},
    {"level", OPTION_NUMBER, offsetof(options_t, level), "N", "0",
        "only incidents of this level or higher"},
    {"waiting", OPTION_FLAG, offsetof(options_t, waiting), NULL, NULL,
        "only what a person has to answer and nobody did"},
    {"after", OPTION_NUMBER, offsetof(options_t, after), "NUMBER", "0",
        "only after this inbox number"},
    {"carried", OPTION_NUMBER, offsetof(options_t, carried), "NUMBER", "0",
        "the older messages that came along with this one"},
    {"last", OPTION_NUMBER, offsetof(options_t, last), "N", "20",
        "the newest N; 0 for all"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static bool is_wanted(const mail_t *mail, const options_t *o)
{
    return mail->number > (uint64_t)o->after &&
           (o->carried == 0 || mail->number == (uint64_t)o->carried) &&
           (!o->kind || strcmp(mail_text(mail->root, "kind"), o->kind) == 0) &&
           (!o->from || strcmp(mail_text(mail->root, "from"), o->from) == 0) &&
           (o->level == 0 || mail_level(mail->root) >= o->level);
}

static void print(const call_t *call, const mail_t *mail)
{
    if (call->common.json) {
        json_t *object = mail_json(mail);
        screen_json(stdout, object);
        json_decref(object);
    } else
        mail_print(mail, call_lang(call), stdout);
}

// The file's name in the inbox.
static const char *file_name(const options_t *o, const char *name, char out[NAME_MAX + 1])
{
    (void)snprintf(out, NAME_MAX + 1, "%.200s%s", name, o->waiting ? ".json" : "");
    return out;
}

// Walk back from the newest until enough are wanted; returns where to begin.  Reading
// twice costs less than keeping every message.
static size_t find_first(const char *folder, const names_t *names, const options_t *o)
{
    cause_t ignored;
    char name[NAME_MAX + 1];
    int64_t found = 0;
    size_t i = names->n;
    while (i > 0 && (o->last == 0 || o->carried > 0 || found < o->last)) {
        mail_t mail;
        i--;
        if (mail_open(&mail, folder, file_name(o, names->name[i], name), &ignored) == 0 &&
            is_wanted(&mail, o))
            found++;
        mail_close(&mail);
    }
    return i;
}

// Of each message that waits the node keeps a small file named like it: those few are
// listed, and not the whole inbox.  Those of a log that it has left wait there too.
static int waiting_names(names_t *names, const char *node, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, node, "state/waiting", why) != 0)
        return -1;
    return names_list(names, path, "", why);
}

// It waits for an answer all the same.
static void print_moved(const call_t *call, const char *name)
{
    FILE *out = call->common.json ? stderr : stdout;
    screen_text(out, name);
    fprintf(out, "  %s\n", say("not in the inbox any more: it was moved away"));
}

static done_t list(const call_t *call, const char *node, const char *folder)
{
    const options_t *o = call->options;
    names_t names = {0};
    char name[NAME_MAX + 1];
    cause_t why;
    done_t done = DONE_OK;
    if ((o->waiting          ? waiting_names(&names, node, &why)
            : o->carried > 0 ? names_list(&names, folder, ".json", &why)
                             : mail_names(&names, folder, &why)) < 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    size_t shown = 0;
    for (size_t i = find_first(folder, &names, o); i < names.n; i++) {
        mail_t mail;
        if (mail_open(&mail, folder, file_name(o, names.name[i], name), &why) != 0) {
            if (!mail_gone(folder, name))
                done = call_fail(call, DONE_NO, "%s", why.text);
            else if (o->waiting) {
                print_moved(call, names.name[i]);
                shown++;
            }
        } else if (is_wanted(&mail, o)) {
            print(call, &mail);
            shown++;
        }
        mail_close(&mail);
    }
    if (shown == 0 && !call->common.json)
        puts(say("nothing"));
    names_free(&names);
    return done;
}

static done_t show(const call_t *call, const char *folder, const char *wanted)
{
    char name[NAME_MAX + 1];
    cause_t why;
    mail_t mail = {0};
    if (mail_find(folder, wanted, name, &why) != 0 ||
        mail_open(&mail, folder, name, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->common.json)
        print(call, &mail);
    else
        mail_print_full(&mail, call_lang(call), stdout);
    mail_close(&mail);
    return DONE_OK;
}

static done_t run(const call_t *call)
{
    cause_t why;
    char folder[PATH_MAX];
    const options_t *o = call->options;
    char former[PATH_MAX];
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if ((o->log && former_find(node, o->log, former, &why) != 0) ||
        path_join(folder, sizeof folder, o->log ? former : node,
            o->carried > 0 ? "carried" : "inbox", &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->operands == 0)
        return list(call, node, folder);
    if (call->operands == 2 && strcmp(call->operand[0], "show") == 0)
        return show(call, folder, call->operand[1]);
    return call_usage(call, "either nothing, or show and one message");
}

const command_t cmd_inbox = {
    .name = "inbox",
    .operands = "[show ID|NUMBER]",
    .summary = "what was delivered to this node",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "The numbers have no gaps: a missing one was moved out of the inbox.\n",
};
