// dabyl status - ask the node's daemon how it is.

#include "nodes/ask.h"
#include "nodes/commands.h"
#include "nodes/mail.h"
#include "nodes/screen.h"

#include <string.h>

typedef struct {
    const char *name, *words;
} link_state_words_t;

static const link_state_words_t states[] = {
    {"ready", "connected to"},
    {"connecting", "connecting to"},
    {"lost", "the connection is lost, trying again; last"},
    {"refused", "NOT LET IN by"},
    {"not-proven", "what it sent could not be verified:"},
    {"stopped", "STOPPED: it shows an older or another log than before:"},
};

static const char *words_of(const char *state)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].name, state) == 0)
            return states[i].words;
    return state;
}

static bool is_ready(const json_t *status)
{
    return strcmp(mail_text(json_object_get(status, "hub"), "state"), "ready") == 0;
}

static long long number(const json_t *status, const char *group, const char *field)
{
    return json_integer_value(json_object_get(json_object_get(status, group), field));
}

static void print_hub(const json_t *status)
{
    const json_t *hub = json_object_get(status, "hub");
    fputs("  hub     ", stdout);
    screen_paint(stdout, is_ready(status) ? PAINT_GOOD : PAINT_BAD, "%s",
        words_of(mail_text(hub, "state")));
    fputc(' ', stdout);
    screen_text(stdout, mail_text(hub, "endpoint"));
    fputs(", log ", stdout);
    screen_text(stdout, mail_text(hub, "origin"));
    printf(" of %lld entries\n", number(status, "hub", "log"));
    if (!is_ready(status) && mail_text(hub, "trouble")[0]) {
        fputs("          ", stdout);
        screen_text(stdout, mail_text(hub, "trouble"));
        fputc('\n', stdout);
    }
    long long ahead_ms = number(status, "hub", "ahead_ms");
    if (is_ready(status) &&
        (ahead_ms > 2000 || ahead_ms < -2000)) // an operational default
        printf("          its clock is %lld s %s ours\n",
            (ahead_ms < 0 ? -ahead_ms : ahead_ms) / 1000,
            ahead_ms < 0 ? "behind" : "ahead of");
}

static void print(const json_t *status)
{
    if (json_is_true(json_object_get(status, "disk_full"))) {
        screen_paint(stdout, PAINT_BAD, "TROUBLE");
        puts("  no room on the disk: nothing is taken from the hub or the outbox; make "
             "room");
    }
    screen_text(stdout, mail_text(status, "node"));
    fputs(", ", stdout);
    screen_text(stdout, mail_text(status, "role"));
    fputs(", version ", stdout);
    screen_text(stdout, mail_text(status, "version"));
    fputc('\n', stdout);
    print_hub(status);
    long long stored = number(status, "inbox", "stored"),
              last = number(status, "inbox", "last");
    printf("  inbox   %lld here", stored);
    if (last > stored)
        printf(", %lld on their way", last - stored);
    long long waiting = number(status, "inbox", "waiting");
    if (waiting > 0)
        printf(", %lld to be answered by a person (dabyl inbox --waiting)", waiting);
    printf("\n  outbox  %lld unanswered; since start %lld receipts, %lld refused\n",
        number(status, "outbox", "unanswered"), number(status, "outbox", "receipts"),
        number(status, "outbox", "refused"));
}

static done_t run(const call_t *call)
{
    enum { WAIT_MS = 5000 };
    cause_t why;
    char control[ASK_PATH];
    buf_t answer = {0};
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    ask_path(node, control);
    if (ask(control, span_text("status\n"), WAIT_MS, &answer, &why) < 0) {
        buf_destroy(&answer);
        return call_fail(call, DONE_UNREACHABLE, "%s", why.text);
    }
    json_t *status = json_loadb((const char *)answer.data, answer.size, 0, NULL);
    buf_destroy(&answer);
    if (!status)
        return call_fail(call, DONE_NO, "the node's answer is not JSON");
    if (call->common.json)
        screen_json(stdout, status);
    else
        print(status);
    done_t done = json_is_true(json_object_get(status, "disk_full")) ? DONE_NO
                  : is_ready(status)                                 ? DONE_OK
                                                                     : DONE_UNREACHABLE;
    json_decref(status);
    return done;
}

const command_t cmd_status = {
    .name = "status",
    .operands = "",
    .summary = "how this node is, and whether it has its hub",
    .run = run,
    .notes = "Exit code 3: the daemon does not run, or has no hub.\n",
};
