// node_status - the hub's line comes first: nearly every question at night is whether the
// node has its hub.

#include "nodes/tools/node_status.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/net/ask.h"
#include "nodes/tools/node_files.h"

#include <string.h>

typedef struct {
    const char *name, *words;
} link_state_words_t;

static const link_state_words_t states[] = {
    {"ready", MARK("connected to")},
    {"connecting", MARK("connecting to")},
    {"lost", MARK("the connection is lost, trying again; last")},
    {"refused", MARK("NOT LET IN by")},
    {"not-proven", MARK("what it sent could not be verified:")},
    {"stopped", MARK("STOPPED: it shows an older or another log than before:")},
};

static const char *words_of(const char *state)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].name, state) == 0)
            return say(states[i].words);
    return state;
}

bool node_status_ready(const json_t *status)
{
    return strcmp(mail_text(json_object_get(status, "hub"), "state"), "ready") == 0;
}

bool node_status_contradicted(const json_t *status)
{
    return mail_text(json_object_get(status, "hub"), "contradiction")[0] != 0;
}

static long long number(const json_t *status, const char *group, const char *field)
{
    return json_integer_value(json_object_get(json_object_get(status, group), field));
}

void node_status_print_hub(const json_t *status, FILE *out)
{
    const json_t *hub = json_object_get(status, "hub");
    fputs(say("  hub     "), out);
    screen_paint(out, node_status_ready(status) ? PAINT_GOOD : PAINT_BAD, "%s",
        words_of(mail_text(hub, "state")));
    fputc(' ', out);
    screen_text(out, mail_text(hub, "endpoint"));
    fprintf(out, ", %s ", say("log"));
    screen_text(out, mail_text(hub, "origin"));
    fprintf(out, say(" of %lld entries\n"), number(status, "hub", "log"));
    if (!node_status_ready(status) && mail_text(hub, "trouble")[0]) {
        fputs("          ", out);
        retell(out, mail_text(hub, "trouble"));
        fputc('\n', out);
    }
    if (node_status_contradicted(status)) {
        fputs("          ", out);
        screen_paint(out, PAINT_BAD, "WRONG");
        fputs(say("  nothing of this is taken or acknowledged: "), out);
        retell(out, mail_text(hub, "contradiction"));
        fputc('\n', out);
    }
    long long ahead_ms = number(status, "hub", "ahead_ms");
    if (node_status_ready(status) &&
        (ahead_ms > 2000 || ahead_ms < -2000)) // an operational default
        fprintf(out,
            ahead_ms < 0 ? say("          its clock is %lld s behind ours\n")
                         : say("          its clock is %lld s ahead of ours\n"),
            (ahead_ms < 0 ? -ahead_ms : ahead_ms) / 1000);
}

static void print_attachments(const json_t *status, FILE *out)
{
    const json_t *all = json_object_get(status, "attachments");
    const json_t *giving = json_object_get(all, "giving");
    long long outbox = number(status, "attachments", "outbox"),
              wanted = number(status, "attachments", "wanted");
    if (outbox == 0 && wanted == 0)
        return;
    fprintf(out, say("  files   %lld to be handed in"), outbox);
    if (giving)
        fprintf(out, say(" (%lld of %lld bytes of one are)"),
            number(all, "giving", "offset"), number(all, "giving", "size"));
    fprintf(out, say(", %lld to be fetched\n"), wanted);
}

// Of what is on its way: "3 of them are urgent: level 4; a duty, due ... (dabyl inbox)".
static void print_urgent(const json_t *urgent, FILE *out)
{
    const long long numbers = json_integer_value(json_object_get(urgent, "numbers")),
                    level = json_integer_value(json_object_get(urgent, "level")),
                    played = json_integer_value(json_object_get(urgent, "exercises"));
    const char *due = mail_text(urgent, "due"), *between = ": ";
    if (numbers == 0)
        return;
    fputs("          ", out);
    screen_paint(out, PAINT_BAD, say("%lld of these are urgent"), numbers);
    if (level > 0) {
        fputs(between, out);
        fprintf(out, say("level %lld"), level);
        between = "; ";
    }
    if (due[0]) {
        fprintf(out, "%s%s, %s ", between, say("a duty"), say("due"));
        screen_time(out, due);
        between = "; ";
    }
    if (played > 0) {
        fputs(between, out);
        fprintf(out, say("%lld in exercises"), played);
    }
    fputs(say(" (dabyl inbox)\n"), out);
}

void node_status_print(const json_t *status, FILE *out)
{
    if (json_is_true(json_object_get(status, "disk_full"))) {
        screen_paint(out, PAINT_BAD, "TROUBLE");
        puts(say(
            "  no room on the disk: nothing is taken from the hub or the outbox; make "
            "room"));
    }
    if (json_is_true(json_object_get(json_object_get(status, "log"), "still"))) {
        screen_paint(out, PAINT_BAD, "TROUBLE");
        fprintf(out, say("  nobody reads this node's log: %lld lines of it are lost\n"),
            number(status, "log", "lost"));
    }
    screen_text(out, mail_text(status, "node"));
    fputs(", ", out);
    screen_text(out, words_title(&words_roles, mail_text(status, "role")));
    fprintf(out, ", %s ", say("version"));
    screen_text(out, mail_text(status, "version"));
    fputc('\n', out);
    node_status_print_hub(status, out);
    long long stored = number(status, "inbox", "stored"),
              last = number(status, "inbox", "last");
    fprintf(out, say("  inbox   %lld here"), stored);
    if (last > stored)
        fprintf(out, say(", %lld on their way"), last - stored);
    long long waiting = number(status, "inbox", "waiting");
    if (waiting > 0)
        fprintf(out, say(", %lld to be answered by a person (dabyl inbox --waiting)"),
            waiting);
    fputc('\n', out);
    print_urgent(json_object_get(json_object_get(status, "inbox"), "urgent"), out);
    if (number(status, "erased", "waiting") > 0)
        fprintf(out,
            say("  erased  %lld by law at the hub, and their text is still here (dabyl "
                "erase)\n"),
            number(status, "erased", "waiting"));
    fprintf(out,
        say("  outbox  %lld unanswered; since start %lld receipts, %lld refused\n"),
        number(status, "outbox", "unanswered"), number(status, "outbox", "receipts"),
        number(status, "outbox", "refused"));
    if (number(status, "outbox", "refused_here") > 0)
        fprintf(out, say("          of these %lld here, before they were sent\n"),
            number(status, "outbox", "refused_here"));
    if (number(status, "outbox", "in_refused") > 0)
        fprintf(out, say("          %lld with their reasons in refused/\n"),
            number(status, "outbox", "in_refused"));
    print_attachments(status, out);
    node_files_print(status, out);
}

json_t *node_status_ask(const char *node, cause_t *why)
{
    enum { WAIT_MS = 5000 };
    char control[PATH_MAX];
    buf_t answer = {0};
    json_t *status = NULL;
    node_path(node, NODE_CONTROL, control);
    if (ask(control, span_text("status\n"), WAIT_MS, &answer, why) == 0) {
        status = json_loadb((const char *)answer.data, answer.size, 0, NULL);
        if (!status)
            cause_set(why, "%s: its answer is not JSON", control);
    }
    buf_destroy(&answer);
    return status;
}
