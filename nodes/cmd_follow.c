// dabyl follow - print each message as it is delivered.
//
// The inbox is the queue and its numbers are the place in it, so following goes on where
// it was told to: after --after N, or after what a bookmark remembers.  The bookmark
// moves after the messages were printed: what was being printed at a crash is printed
// again.

#include "lib/times.h"
#include "nodes/commands.h"
#include "nodes/mail.h"
#include "nodes/screen.h"
#include "nodes/watch.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *after, *bookmark;
    int64_t count, timeout_s;
} options_t;

static const option_t options[] = {
    {"after", OPTION_TEXT, offsetof(options_t, after), "NUMBER", NULL,
        "begin behind this inbox number; 0 shows all"},
    {"bookmark", OPTION_TEXT, offsetof(options_t, bookmark), "NAME", NULL,
        "remember the place under this name, and go on from there"},
    {"count", OPTION_NUMBER, offsetof(options_t, count), "N", NULL,
        "stop after N messages"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", NULL,
        "stop then, with exit code 3 if fewer than --count came"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    const call_t *call;
    char inbox[PATH_MAX];
    char bookmark[PATH_MAX]; // "" for none
    uint64_t after;          // the last number that was printed
    int64_t printed;
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
    if (mail_level(mail->root) >= 3 && screen_colours(stdout))
        fputc('\a', stdout);
    mail_print(mail, call_lang(self->call), stdout);
    fflush(stdout);
}

static int remember(const follow_t *self, cause_t *why)
{
    if (!self->bookmark[0])
        return 0;
    char text[32];
    snprintf(text, sizeof text, "%llu\n", (unsigned long long)self->after);
    return file_replace(self->bookmark, span_text(text), 0600, why);
}

static int print_one(follow_t *self, const char *name, uint64_t number, cause_t *why)
{
    mail_t mail = {0};
    if (mail_open(&mail, self->inbox, name, why) < 0)
        return -1;
    print(self, &mail);
    mail_close(&mail);
    self->after = number;
    self->printed++;
    return 0;
}

// Print what is new.  Names sort by number.
static int drain(follow_t *self, cause_t *why)
{
    names_t names = {0};
    uint64_t before = self->after;
    if (names_list(&names, self->inbox, ".json", why) < 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0 && !is_enough(self); i++) {
        uint64_t number;
        char id[MESSAGE_ID_MAX];
        if (mail_name(names.name[i], &number, id) && number > self->after)
            result = print_one(self, names.name[i], number, why);
    }
    names_free(&names);
    return result == 0 && self->after != before ? remember(self, why) : result;
}

static int newest(follow_t *self, cause_t *why)
{
    names_t names = {0};
    char id[MESSAGE_ID_MAX];
    if (names_list(&names, self->inbox, ".json", why) < 0)
        return -1;
    if (names.n > 0)
        mail_name(names.name[names.n - 1], &self->after, id);
    names_free(&names);
    return 0;
}

static int set_bookmark(follow_t *self, const char *node, const char *name, cause_t *why)
{
    char file[NAME_MAX];
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            return cause_set(why, "a bookmark's name has letters, digits, - and _ only");
    snprintf(file, sizeof file, "state/bookmark-%.64s", name);
    return path_join(self->bookmark, sizeof self->bookmark, node, file, why);
}

// Where to begin: told by --after, else by the bookmark, else behind what is there now.
static int find_place(follow_t *self, const options_t *o, cause_t *why)
{
    buf_t text = {0};
    int result = 0;
    if (o->after) {
        if (!decimal_decode(span_text(o->after), &self->after))
            result = cause_set(why, "--after takes an inbox number, not '%s'", o->after);
    } else if (self->bookmark[0] && access(self->bookmark, F_OK) == 0) {
        if (file_read(self->bookmark, 32, &text, why) < 0)
            result = -1;
        else
            self->after = strtoull(buf_text(&text), NULL, 10);
    } else if (!self->bookmark[0])
        result = newest(self, why);
    buf_destroy(&text);
    return result;
}

static done_t follow(follow_t *self, watch_t *watch)
{
    const options_t *o = self->call->options;
    int64_t until_ms = o->timeout_s ? clock_now().monotonic_ms + o->timeout_s * 1000 : -1;
    cause_t why;
    for (;;) {
        if (drain(self, &why) < 0)
            return call_fail(self->call, DONE_NO, "%s", why.text);
        if (is_enough(self))
            return DONE_OK;
        if (until_ms >= 0 && clock_now().monotonic_ms >= until_ms)
            return o->count ? DONE_UNREACHABLE : DONE_OK;
        if (watch_wait(watch, until_ms, &why) < 0)
            return call_fail(self->call, DONE_NO, "%s", why.text);
    }
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    follow_t self = {.call = call};
    watch_t watch = {-1};
    cause_t why;
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    done_t done;
    // The watch comes before the first look, so that nothing falls between the two.
    if (path_join(self.inbox, sizeof self.inbox, node, "inbox", &why) < 0 ||
        (o->bookmark && set_bookmark(&self, node, o->bookmark, &why) < 0) ||
        watch_open(&watch, &why) < 0 || watch_add(&watch, self.inbox, &why) < 0 ||
        find_place(&self, o, &why) < 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = follow(&self, &watch);
    watch_close(&watch);
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
             "printed again.\n",
};
