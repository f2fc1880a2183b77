// dabyl inbox - what was delivered to this node: a list, or one message whole.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/progress.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/announced.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/sealers.h"
#include "nodes/inbox/stored.h"
#include "nodes/net/ask.h"
#include "nodes/tools/inbox_filter.h"
#include "nodes/writing/law_find.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const char *feed, *sector, *kind, *from, *object, *exercise, *search, *text, *since,
        *until;
    const char *log;
    int64_t level, last, after, carried;
    bool waiting;
} options_t;

// What is gone through: which folder, by what, and what of it was found to show.
typedef struct {
    const options_t *options;
    inbox_filter_t filter;
    const char *node;   // whose daemon it is
    const char *home;   // where the folders are: of a log that was left another one
    const char *folder; // the inbox, or what came along
} view_t;

static const option_t options[] = {
    {"feed", OPTION_TEXT, offsetof(options_t, feed), "NAME", NULL,
        "only what is in this feed"},
    {"sector", OPTION_TEXT, offsetof(options_t, sector), "SECTOR", NULL,
        "only what is about this sector"},
    {"kind", OPTION_TEXT, offsetof(options_t, kind), "KIND", NULL, "only this kind"},
    {"from", OPTION_TEXT, offsetof(options_t, from), "NODE", NULL, "only by this author"},
    {"object", OPTION_TEXT, offsetof(options_t, object), "OBJECT", NULL,
        "only what is about this object"},
    {"exercise", OPTION_TEXT, offsetof(options_t, exercise), "NAME", NULL,
        "only what is of this exercise"},
    {"text", OPTION_TEXT, offsetof(options_t, text), "TEXT", NULL,
        "only what has all these words, or words that begin so"},
    {"search", OPTION_TEXT, offsetof(options_t, search), "TEXT", NULL, "the same"},
    {"since", OPTION_TEXT, offsetof(options_t, since), "TIME", NULL,
        "only what came from then on, by the hub's clock: yesterday 22:00, 2 h ago"},
    {"until", OPTION_TEXT, offsetof(options_t, until), "TIME", NULL,
        "only what came before then"},
    {"log", OPTION_TEXT, offsetof(options_t, log), "ORIGIN", NULL,
        "of a log that this node has left"},
    {"level", OPTION_NUMBER, offsetof(options_t, level), "N", "0",
        "only incidents of this level or higher"},
    {"waiting", OPTION_FLAG, offsetof(options_t, waiting), NULL, NULL,
        "only what this node owes an answer to"},
    {"after", OPTION_NUMBER, offsetof(options_t, after), "NUMBER", "0",
        "only after this inbox number"},
    {"carried", OPTION_NUMBER, offsetof(options_t, carried), "NUMBER", "0",
        "the older messages that came along with this one"},
    {"last", OPTION_NUMBER, offsetof(options_t, last), "N", "20",
        "the newest N; 0 for all"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

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
static size_t find_first(const view_t *view, const names_t *names)
{
    cause_t ignored;
    const options_t *o = view->options;
    char name[NAME_MAX + 1];
    int64_t found = 0;
    size_t i = names->n;
    while (i > 0 && (o->last == 0 || o->carried > 0 || found < o->last)) {
        mail_t mail;
        i--;
        if (mail_open(
                &mail, view->folder, file_name(o, names->name[i], name), &ignored) == 0 &&
            inbox_wanted(&mail, &view->filter))
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

// The daemon asks the hub once more what is owed; without either the list is the one that
// was known.
static void refresh_waiting(const char *node)
{
    enum { WAIT_MS = 5000 };
    char control[PATH_MAX];
    buf_t answer = {0};
    cause_t ignored;
    node_path(node, NODE_CONTROL, control);
    (void)ask(control, span_text("waiting\n"), WAIT_MS, &answer, &ignored);
    buf_destroy(&answer);
}

// "answer with response.report, due 2026-11-22 14:11:38 UTC (para 488:19)"
static void print_owed(const call_t *call, const char *node, const char *name)
{
    char path[PATH_MAX], file[256], answer[KIND_MAX] = "", due[TIME_TEXT] = "";
    int cites = 0;
    buf_t text = {0};
    cause_t ignored;
    (void)snprintf(file, sizeof file, "state/waiting/%.200s", name);
    if (!call->common.json && path_join(path, sizeof path, node, file, &ignored) == 0 &&
        file_read_plain(path, 1024, &text, &ignored) == 0 &&
        sscanf(buf_text(&text), "%63s %*s %24s %n", answer, due, &cites) == 2) {
        char *line = (char *)text.data + cites;
        line[strcspn(line, "\n")] = 0;
        printf("    %s ", say("answer with"));
        screen_text(stdout, answer);
        printf(", %s ", say("due"));
        screen_time(stdout, due);
        fputs(" (", stdout);
        mail_print_cites(line, stdout);
        puts(")");
    }
    buf_destroy(&text);
}

// It waits for an answer all the same.
static void print_moved(const call_t *call, const char *name)
{
    FILE *out = call->common.json ? stderr : stdout;
    bool ever = strncmp(name, "000000000000-", 13) != 0;
    screen_text(out, ever ? name : name + 13);
    fprintf(out, "  %s\n",
        ever ? say("not in the inbox any more: it was moved away")
             : say("a message that was never in this inbox"));
}

// "#121  LEVEL 4  DUTY, due 2026-11-22 14:11:38 UTC  announced by the hub ..."
static void print_announced(const ahead_item_t *item)
{
    printf("#%" PRIu64 "  ", item->number);
    if (item->marks & AHEAD_PLAYED)
        screen_paint(stdout, PAINT_WARNING, "%s  ", say("EXERCISE"));
    if (item->level)
        screen_paint(stdout, PAINT_BAD, say("LEVEL %u"), (unsigned)item->level);
    if (item->level && (item->marks & AHEAD_OWED))
        fputs("  ", stdout);
    if (item->marks & AHEAD_OWED) {
        screen_paint(stdout, PAINT_BAD, "%s", say("DUTY"));
        printf(", %s ", say("due"));
        screen_time_ms(stdout, item->due_ms);
    }
    printf("  %s\n", say("announced by the hub, and not delivered yet"));
}

// What the hub has announced and not delivered yet; it comes in its order.
static void print_ahead(const call_t *call, const char *node)
{
    ahead_t ahead;
    uint64_t stored;
    cause_t ignored;
    if (call->common.json || stored_at(node, &stored, &ignored) != 0)
        return;
    announced_read(node, stored, &ahead);
    for (size_t i = 0; i < ahead.n; i++)
        print_announced(&ahead.item[i]);
    if (ahead.more) {
        printf(say("and %u more"), (unsigned)ahead.more);
        printf("  %s\n", say("announced by the hub, and not delivered yet"));
    }
}

// By the catalogue, or by a listing of the folder; where to begin among these names, or
// -1.
static ssize_t find(const call_t *call, const view_t *view, names_t *names, cause_t *why)
{
    const options_t *o = view->options;
    progress_t progress;
    progress_begin(&progress, say("making the catalogue of messages"), PROGRESS_ITEMS);
    inbox_search_t search = {
        .node = view->home, .progress = progress_show, .context = &progress};
    inbox_found_t found = o->waiting ? INBOX_READ
                                     : inbox_names(&search, &view->filter,
                                           o->carried > 0 ? 0 : o->last, names, why);
    progress_end(&progress);
    if (!o->waiting && search.anew)
        (void)call_fail(call, DONE_OK, "%s",
            say("the catalogue of messages was damaged, and was made anew"));
    if (!o->waiting && (search.in_memory || (found == INBOX_READ && why->text[0])))
        (void)call_fail(call, DONE_OK, "%s: %s", why->text,
            say("the files are read instead, which takes longer"));
    if (found != INBOX_READ)
        return found == INBOX_NAMED ? 0 : -1;
    if ((o->waiting          ? waiting_names(names, view->node, why)
            : o->carried > 0 ? names_list(names, view->folder, ".json", why)
                             : mail_names(names, view->folder, why)) < 0)
        return -1;
    return (ssize_t)find_first(view, names);
}

// One of those found; false where it is none to show.
static bool list_one(
    const call_t *call, const view_t *view, const char *found, done_t *done)
{
    char name[NAME_MAX + 1];
    const options_t *o = view->options;
    mail_t mail;
    cause_t why;
    bool shown = false;
    if (mail_open(&mail, view->folder, file_name(o, found, name), &why) != 0) {
        if (!mail_gone(view->folder, name))
            *done = call_fail(call, DONE_NO, "%s", why.text);
        else if (o->waiting) {
            print_moved(call, found);
            shown = true;
        }
    } else if (inbox_wanted(&mail, &view->filter)) {
        print(call, &mail);
        shown = true;
    }
    if (shown && o->waiting)
        print_owed(call, view->node, found);
    mail_close(&mail);
    return shown;
}

static done_t list(const call_t *call, const view_t *view)
{
    names_t names = {0};
    cause_t why = {""};
    done_t done = DONE_OK;
    if (!view->options->log)
        print_ahead(call, view->node);
    if (view->options->waiting)
        refresh_waiting(view->node);
    ssize_t first = find(call, view, &names, &why);
    if (first < 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    size_t shown = 0;
    for (size_t i = (size_t)first; i < names.n; i++)
        shown += list_one(call, view, names.name[i], &done);
    if (shown == 0 && !call->common.json)
        puts(say("nothing"));
    if (shown == 0 && !call->common.json)
        inbox_filter_doubt(&view->filter);
    names_free(&names);
    return done;
}

// One that was delivered, or else one that this node has sent.
static int open_one(
    mail_t *mail, const char *node, const char *folder, const char *wanted, cause_t *why)
{
    char name[NAME_MAX + 1];
    cause_t ignored;
    if (mail_find(folder, wanted, name, why) == 0)
        return mail_open(mail, folder, name, why);
    return uuid7_valid(span_text(wanted)) ? mail_open_here(mail, node, wanted, &ignored)
                                          : -1;
}

static done_t show(const call_t *call, const view_t *view, const char *wanted)
{
    cause_t why;
    mail_t mail = {0};
    char id[MESSAGE_ID_MAX];
    const char *meant = chosen(call, view->home, MAIL_HERE, wanted, id);
    if (!meant)
        return DONE_USAGE;
    if (open_one(&mail, view->node, view->folder, meant, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->common.json) {
        json_t *object = mail_json(&mail);
        json_object_set_new(object, "opened", mail_opened(&mail));
        json_object_set_new(object, "sealers", sealers_json(&mail));
        screen_json(stdout, object);
        json_decref(object);
    } else {
        law_found_t law;
        law_find_words(&law, view->node);
        mail_print_full(&mail, law.law.schemas, call_lang(call), stdout);
        law_found_close(&law);
    }
    mail_close(&mail);
    return DONE_OK;
}

static int read_filter(const options_t *o, inbox_filter_t *out, cause_t *why)
{
    *out = (inbox_filter_t){.feed = o->feed,
        .sector = o->sector,
        .kind = o->kind,
        .from = o->from,
        .object = o->object,
        .exercise = o->exercise,
        .search = o->text ? o->text : o->search,
        .level = o->level,
        .after = o->after,
        .carried = o->carried};
    if (out->search && o->waiting)
        return cause_set(why, "--search and --waiting do not go together");
    return inbox_filter_times(out, o->since, o->until, why);
}

static bool may_be_message(const char *text)
{
    const char *digits = text + (text[0] == '#');
    return pick_is_piece(text) || uuid7_valid(span_text(text)) ||
           (*digits && strspn(digits, "0123456789") == strlen(digits));
}

static done_t run(const call_t *call)
{
    cause_t why;
    char folder[PATH_MAX], former[PATH_MAX];
    const options_t *o = call->options;
    view_t view = {.options = o, .folder = folder};
    if (read_filter(o, &view.filter, &why) != 0)
        return call_usage(call, "%s", why.text);
    view.home = view.node = call_node(call, &why);
    if (!view.node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (o->log && former_find(view.node, o->log, former, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (o->log)
        view.home = former;
    if (path_join(folder, sizeof folder, view.home, o->carried > 0 ? "carried" : "inbox",
            &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->operands == 0)
        return list(call, &view);
    if (call->operands == 2 && strcmp(call->operand[0], "show") == 0)
        return show(call, &view, call->operand[1]);
    if (call->operands == 1 && may_be_message(call->operand[0])) // "inbox 12"
        return show(call, &view, call->operand[0]);
    return call_usage(call, "either nothing, or show and one message");
}

const command_t cmd_inbox = {
    .name = "inbox",
    .operands = "[show ID|NUMBER]",
    .summary = "what was delivered to this node",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_INBOX,
    .run = run,
    .pages = true,
    .notes = "The numbers have no gaps: a missing one was moved out of the inbox.\n",
};
