// dabyl hub acts - what operators did to a hub, as its log has it.
//
// The hub answers with a few hundred at most, the newest first; older ones are asked for
// by the position of the oldest that is known.

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/upkeep/hub_ask.h"

#include <inttypes.h>

typedef struct {
    const char *hub;
    int64_t last;
} wish_t;

static const option_t options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    {"last", OPTION_NUMBER, offsetof(wish_t, last), "N", "50",
        "only the newest N; 0: all of them"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_field(const json_t *act, const char *field, const char *label)
{
    const char *text = mail_text(act, field);
    if (!text[0])
        return;
    printf("  %s ", label);
    screen_text(stdout, text);
    putchar('\n');
}

static void print_act(const json_t *act)
{
    const json_t *uid = json_object_get(act, "uid");
    screen_time(stdout, mail_text(act, "time"));
    printf("  ");
    if (json_is_true(json_object_get(act, "unreadable"))) {
        printf(say("entry %lld, of which nothing can be read any more"),
            (long long)json_integer_value(json_object_get(act, "position")));
        putchar('\n');
        return;
    }
    screen_text(stdout, mail_text(act, "by"));
    if (uid)
        printf(say(" (uid %lld)"), (long long)json_integer_value(uid));
    fputs(": ", stdout);
    screen_text(stdout, mail_text(act, "act"));
    if (mail_text(act, "to")[0])
        fputs(" ", stdout);
    screen_text(stdout, mail_text(act, "to"));
    putchar('\n');
    print_field(act, "reason", say("because"));
    print_field(act, "result", say("result"));
}

// One answer's acts in front of those that are known; -1 when the hub says no.
static done_t ask_acts(
    const call_t *call, const char *hub, int64_t last, json_t *known, bool *more)
{
    char request[96];
    json_t *answer = NULL, *first = json_array_get(known, 0);
    (void)snprintf(request, sizeof request, "acts\nlast %" PRId64 "\n", last);
    if (first) {
        size_t used = strlen(request);
        (void)snprintf(request + used, sizeof request - used, "before %lld\n",
            (long long)json_integer_value(json_object_get(first, "position")));
    }
    done_t done = hub_ask(call, hub, request, HUB_WAIT_MS, &answer);
    if (done != DONE_OK)
        return done;
    json_t *acts = json_object_get(answer, "acts");
    if (!json_is_array(acts))
        done = call_fail(call, DONE_NO, "%s", mail_text(answer, "text"));
    for (size_t i = json_array_size(acts); i > 0; i--)
        json_array_insert(known, 0, json_array_get(acts, i - 1));
    *more = json_array_size(acts) > 0 && json_is_true(json_object_get(answer, "more"));
    json_decref(answer);
    return done;
}

static done_t run(const call_t *call)
{
    const wish_t *o = call->options;
    const char *hub = call->operands > 0 ? call->operand[0] : o->hub;
    json_t *acts = json_array(), *act;
    size_t i, most = o->last > 0 ? (size_t)o->last : SIZE_MAX;
    bool more = true;
    done_t done = DONE_OK;
    while (more && done == DONE_OK && json_array_size(acts) < most) {
        size_t left = most - json_array_size(acts);
        done = ask_acts(call, hub, left < 256 ? (int64_t)left : 256, acts, &more);
    }
    if (done == DONE_OK)
        json_array_foreach(acts, i, act)
        {
            if (call->common.json)
                screen_json(stdout, act);
            else
                print_act(act);
        }
    if (done == DONE_OK && json_array_size(acts) == 0 && !call->common.json)
        puts(say("no operator has changed this hub yet"));
    json_decref(acts);
    return done;
}

const command_t hub_acts = {
    .name = "acts",
    .operands = "[DIR]",
    .summary = "what operators did to the hub, by whom and when, the newest last",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
};
