// dabyl follow - print each message as it is delivered.
//
// The inbox is the queue and its numbers are the place in it, so following goes on where
// it was told to: after --after N, or after what a bookmark remembers.  The bookmark
// moves after the messages were printed: what was being printed at a crash is printed
// again.
//
// Names come from the watch; the folder is listed at the beginning, where a number is
// missing, and now and then if it has changed, since a watch may see nothing.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/standard.h"
#include "lib/base/times.h"
#include "nodes/cli/folder_watch.h"
#include "nodes/cli/handover.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/sequence.h"
#include "nodes/inbox/stored.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LOOK_MS = 10000,    // between looks at a folder that is watched
    BLIND_MS = 500,     // and at one that cannot be
    REMEMBER_EACH = 64, // messages, while many are printed
    BOOKMARK_MAX = 64,  // bytes of a name
};

typedef struct {
    const char *after, *bookmark, *feed, *kind, *sector, *from;
    int64_t level;
    int64_t count, timeout_s;
} options_t;

static const option_t options[] = {
    {"after", OPTION_TEXT, offsetof(options_t, after), "NUMBER", NULL,
        "begin behind this inbox number; 0 shows all"},
    {"bookmark", OPTION_TEXT, offsetof(options_t, bookmark), "NAME", NULL,
        "remember the place under this name, and go on from there"},
    {"feed", OPTION_TEXT, offsetof(options_t, feed), "NAME", NULL,
        "only what is in this feed; remembers the place as feed-NAME where no bookmark "
        "is named"},
    {"kind", OPTION_TEXT, offsetof(options_t, kind), "KIND", NULL, "only this kind"},
    {"level", OPTION_NUMBER, offsetof(options_t, level), "N", "0",
        "only incidents of this level or higher"},
    {"sector", OPTION_TEXT, offsetof(options_t, sector), "SECTOR", NULL,
        "only what is about this sector"},
    {"from", OPTION_TEXT, offsetof(options_t, from), "NODE", NULL, "only by this author"},
    {"count", OPTION_NUMBER, offsetof(options_t, count), "N", NULL,
        "stop after N messages"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", NULL,
        "stop then, with exit code 3 if fewer than --count came"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// What the folder's own time of change says of it.
typedef struct {
    struct timespec changed;
    bool stands_still; // since the look before the last
} folder_t;

typedef struct {
    const call_t *call;
    const char *node;
    char inbox[PATH_MAX], state[PATH_MAX];
    char bookmark[PATH_MAX]; // "" for none
    sequence_t *sequence;    // behind the last number that was printed
    uint64_t remembered;     // by the bookmark
    int64_t printed;
    folder_t folder;
} follow_t;

static bool is_enough(const follow_t *self)
{
    const options_t *o = self->call->options;
    return o->count > 0 && self->printed >= o->count;
}

static void print(const follow_t *self, const mail_t *mail)
{
    if (self->call->common.json) {
        json_t *object = mail_json(mail);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    // A bell for what national security hears of too: somebody may be asleep.
    if (screen_colours(stdout) && mail_alarms(mail))
        fputc('\a', stdout);
    mail_print(mail, call_lang(self->call), stdout);
}

// With --json on standard error: a program that reads standard output expects messages
// only.
static void print_gone(const follow_t *self, uint64_t first, uint64_t last)
{
    FILE *out = self->call->common.json ? stderr : stdout;
    fprintf(out, "#%llu", (unsigned long long)first);
    if (last > first)
        fprintf(out, "-#%llu", (unsigned long long)last);
    fprintf(out, "  %s\n", say("not in the inbox any more: it was moved away"));
}

// Move the bookmark to what was printed, once that has really been written.
static int remember(follow_t *self, cause_t *why)
{
    uint64_t after = sequence_after(self->sequence);
    if (standard_flush(why) != 0)
        return -1;
    if (!self->bookmark[0] || after == self->remembered)
        return 0;
    char text[32];
    snprintf(text, sizeof text, "%llu\n", (unsigned long long)after);
    if (handover_file(self->node, self->bookmark, span_text(text), why) != 0)
        return -1;
    self->remembered = after;
    return 0;
}

static bool is_wanted(const follow_t *self, const mail_t *mail)
{
    const options_t *o = self->call->options;
    return (!o->feed || mail_in_feed(mail, o->feed, NULL)) &&
           (!o->kind || strcmp(mail_text(mail->root, "kind"), o->kind) == 0) &&
           (!o->from || strcmp(mail_text(mail->root, "from"), o->from) == 0) &&
           (!o->sector || mail_sector(mail, o->sector)) &&
           (o->level == 0 || mail_level(mail->root) >= o->level);
}

// A message that was moved away since its name was seen is gone like one that was moved
// away before.
static int print_one(follow_t *self, const sequence_next_t *next, cause_t *why)
{
    mail_t mail = {0};
    if (mail_open(&mail, self->inbox, next->name, why) != 0) {
        if (!mail_gone(self->inbox, next->name))
            return -1;
        print_gone(self, next->first, next->last);
        return 0;
    }
    bool wanted = is_wanted(self, &mail);
    if (wanted)
        print(self, &mail);
    mail_close(&mail);
    self->printed += wanted;
    return 0;
}

// Anybody can put a file with a number into the folder; only numbers up to the daemon's
// record (state/stored) are believed.  An inbox without that record is a copy, of which
// all is shown.
static int bound(const follow_t *self, sequence_t *sequence, cause_t *why)
{
    uint64_t stored;
    if (file_absent(self->state))
        return 0;
    if (stored_at(self->node, &stored, why) != 0)
        return -1;
    sequence_bound(sequence, stored);
    return 0;
}

// When something fails, the bookmark still moves to what was printed before.
static int drain(follow_t *self, cause_t *why)
{
    sequence_next_t next = {0};
    cause_t worse;
    int result = bound(self, self->sequence, why);
    for (size_t n = 1; result == 0 && !is_enough(self); n++) {
        if ((result = sequence_next(self->sequence, &next, why)) != 0 ||
            next.place == SEQUENCE_END)
            break;
        if (next.place == SEQUENCE_GONE)
            print_gone(self, next.first, next.last);
        else if ((result = print_one(self, &next, why)) != 0)
            break;
        sequence_took(self->sequence, &next);
        if (n % REMEMBER_EACH == 0)
            result = remember(self, why);
    }
    return remember(self, result == 0 ? why : &worse) == 0 ? result : -1;
}

static int set_bookmark(follow_t *self, const char *node, const char *name, cause_t *why)
{
    char file[NAME_MAX];
    // Cut short, two names would be one place.
    if (!name[0] || strlen(name) > BOOKMARK_MAX)
        return cause_set(why, "a bookmark's name has 1 to %d letters", BOOKMARK_MAX);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            return cause_set(why, "a bookmark's name has letters, digits, - and _ only");
    snprintf(file, sizeof file, "state/bookmark-%s", name);
    return path_join(self->bookmark, sizeof self->bookmark, node, file, why);
}

// Each feed has a bookmark of its own, and one that is named is what it is.
static int set_place(follow_t *self, cause_t *why)
{
    const options_t *o = self->call->options;
    char name[BOOKMARK_MAX + 2];
    if (o->bookmark)
        return set_bookmark(self, self->node, o->bookmark, why);
    if (!o->feed || o->after)
        return 0;
    (void)snprintf(name, sizeof name, "feed-%s", o->feed);
    return set_bookmark(self, self->node, name, why);
}

// 1: it is there; 0: there is none yet.
static int read_bookmark(const follow_t *self, uint64_t *after, cause_t *why)
{
    struct stat info;
    buf_t text = {0};
    if (lstat(self->bookmark, &info) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", self->bookmark);
    if (file_read_plain(self->bookmark, 32, &text, why) != 0)
        return -1;
    size_t size = text.size > 0 && text.data[text.size - 1] == '\n' ? text.size - 1 : 0;
    bool good = decimal_decode(span_of(text.data, size), after);
    buf_destroy(&text);
    return good ? 1
                : cause_set(why, "%s: not a number; remove it to begin at the first",
                      self->bookmark);
}

// A place beyond the inbox is another inbox's: whatever came next would be passed over.
static int check_place(const follow_t *self, uint64_t after, cause_t *why)
{
    const options_t *o = self->call->options;
    sequence_t *all = sequence_new(self->inbox, 0);
    int result = bound(self, all, why);
    if (result == 0)
        result = sequence_look(all, why);
    uint64_t last = sequence_known(all);
    sequence_destroy(&all);
    if (result != 0 || after <= last)
        return result;
    if (o->after)
        return cause_set(why,
            "--after %s: the inbox goes up to %" PRIu64
            ": what comes before that number would be passed over",
            o->after, last);
    return cause_set(why,
        "%s: it stands at number %" PRIu64 ", and the inbox goes up to %" PRIu64
        ": it is no bookmark of this inbox; remove it, or say where to begin with "
        "--after",
        self->bookmark, after, last);
}

// What the watch told.
typedef struct {
    sequence_t *sequence;
    uint64_t first; // the lowest number
    bool lost;
} seen_t;

static void see(void *context, const char *name)
{
    seen_t *seen = context;
    uint64_t number;
    char id[MESSAGE_ID_MAX];
    if (!name)
        seen->lost = true;
    else if (sequence_saw(seen->sequence, name) && mail_name(name, &number, id) &&
             number < seen->first)
        seen->first = number;
}

// Behind what was there before the watch was set.
static int skip(follow_t *self, folder_watch_t *watch, cause_t *why)
{
    seen_t seen = {self->sequence, UINT64_MAX, false};
    if (sequence_look(self->sequence, why) != 0 ||
        folder_watch_names(watch, clock_now().monotonic_ms, see, &seen, why) < 0)
        return -1;
    uint64_t last = sequence_known(self->sequence);
    sequence_pass(self->sequence, seen.first <= last ? seen.first - 1 : last);
    return 0;
}

// Where to begin: told by --after, else by the bookmark, else behind what is there now.
static int find_place(
    follow_t *self, const options_t *o, folder_watch_t *watch, cause_t *why)
{
    uint64_t after = 0;
    if (o->after && !decimal_decode(span_text(o->after), &after))
        return cause_set(why, "--after takes an inbox number, not '%s'", o->after);
    if (!o->after && self->bookmark[0] && read_bookmark(self, &after, why) < 0)
        return -1;
    if (after > 0 && check_place(self, after, why) != 0)
        return -1;
    self->sequence = sequence_new(self->inbox, after);
    self->remembered = UINT64_MAX;
    if (bound(self, self->sequence, why) != 0)
        return -1;
    return o->after || self->bookmark[0] ? sequence_look(self->sequence, why)
                                         : skip(self, watch, why);
}

// A time of change is no finer than a tick of the clock: what changes twice in one tick
// is seen by the look after the next.
static bool may_have_changed(follow_t *self)
{
    struct stat info;
    folder_t *folder = &self->folder;
    if (stat(self->inbox, &info) != 0)
        return true;
    bool same = info.st_mtim.tv_sec == folder->changed.tv_sec &&
                info.st_mtim.tv_nsec == folder->changed.tv_nsec;
    bool changed = !same || !folder->stands_still;
    *folder = (folder_t){info.st_mtim, same};
    return changed;
}

static int wait_for_more(
    follow_t *self, folder_watch_t *watch, int64_t until_ms, cause_t *why)
{
    seen_t seen = {self->sequence, UINT64_MAX, false};
    int64_t due_ms = clock_now().monotonic_ms + (watch->fd < 0 ? BLIND_MS : LOOK_MS);
    moment_sooner(&due_ms, until_ms);
    int named = folder_watch_names(watch, due_ms, see, &seen, why);
    if (named < 0)
        return -1;
    return seen.lost || (named == 0 && may_have_changed(self))
               ? sequence_look(self->sequence, why)
               : 0;
}

static done_t follow(follow_t *self, folder_watch_t *watch)
{
    const options_t *o = self->call->options;
    int64_t until_ms = o->timeout_s ? call_until(o->timeout_s) : MOMENT_NEVER;
    cause_t why;
    for (;;) {
        if (drain(self, &why) != 0)
            return call_fail(self->call, DONE_NO, "%s", why.text);
        if (is_enough(self))
            return DONE_OK;
        if (moment_due(until_ms, clock_now().monotonic_ms))
            return o->count ? DONE_UNREACHABLE : DONE_OK;
        if (wait_for_more(self, watch, until_ms, &why) != 0)
            return call_fail(self->call, DONE_NO, "%s", why.text);
    }
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    follow_t self = {.call = call};
    folder_watch_t watch = {-1};
    cause_t why;
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    self.node = node;
    if (path_join(self.inbox, sizeof self.inbox, node, "inbox", &why) != 0 ||
        path_join(self.state, sizeof self.state, node, "state", &why) != 0 ||
        set_place(&self, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    // The watch comes before the first look, so that nothing falls between the two.
    // A message counts a moment after it has its name, when state/ says so.
    folder_watch_set(&watch, (const char *const[]){self.inbox, self.state}, 2);
    done_t done = find_place(&self, o, &watch, &why) == 0
                      ? follow(&self, &watch)
                      : call_fail(call, DONE_NO, "%s", why.text);
    folder_watch_close(&watch);
    sequence_destroy(&self.sequence);
    return done;
}

const command_t cmd_follow = {
    .name = "follow",
    .operands = "",
    .summary = "print each message as it is delivered",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Without --after and --bookmark only what comes from now on is shown.  A "
             "new bookmark\n"
             "begins at the first message.  What was being printed when the machine "
             "stopped is\n"
             "printed again.  A message that was moved out of the inbox is said by its "
             "number.\n",
};
