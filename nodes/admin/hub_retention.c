// dabyl hub retention - what goes from the hub because of its age: by kind, how much is
// due, what holds the rest, and how much is gone.

#include "nodes/admin/hub_retention.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/upkeep/hub_ask.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *hub;
} wish_t;

static const option_t options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static long long number(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

static bool is(const json_t *answer, const char *name)
{
    return json_is_true(json_object_get(answer, name));
}

// What holds a message, by the name that the hub gives it; another hub may know more.
static const char *words_of(const char *hold)
{
    static const struct {
        const char *hold, *words;
    } known[] = {
        {"unsigned", MARK("somebody has not signed for it yet")},
        {"duty", MARK("somebody still owes by it")},
        {"exercise", MARK("its exercise is not closed")},
        {"named", MARK("a message that names it is younger")},
        {"company",
            MARK("it goes only together with others, which are not past their age")},
        {"attachment", MARK("too many attachments would go with it at once")},
        {"other", MARK("it cannot be read or erased: see the hub's log")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].hold, hold) == 0)
            return say(known[i].words);
    return hold;
}

// Why what is due does not go; "": it does.
static const char *obstacle(const json_t *answer)
{
    if (is(answer, "clock_held"))
        return say("the clock is in doubt, and nothing goes: dabyl hub clock accept");
    if (!is(answer, "erase"))
        return say("it is only counted, and nothing goes: retention.erase is not set");
    return "";
}

static void print_held(const json_t *kind)
{
    const char *hold;
    json_t *count;
    json_t *held = json_object_get(kind, "held");
    json_object_foreach(held, hold, count)
    {
        printf("      %lld  ", (long long)json_integer_value(count));
        screen_text(stdout, words_of(hold));
        putchar('\n');
    }
}

static void print_kind(const json_t *kind)
{
    fputs("  ", stdout);
    screen_text(stdout, mail_text(kind, "kind"));
    fputs(": ", stdout);
    printf(say_n("kept %lld day", "kept %lld days", (size_t)number(kind, "days")),
        number(kind, "days"));
    putchar('\n');
    printf(say("      due: %lld, gone: %lld"), number(kind, "due"), number(kind, "gone"));
    putchar('\n');
    print_held(kind);
}

static void print_all(const json_t *answer)
{
    size_t i;
    const json_t *kind;
    if (!is(answer, "on")) {
        puts(say("nothing goes by its age: retention.ages of hub.conf names no kind"));
        return;
    }
    json_array_foreach(json_object_get(answer, "kinds"), i, kind) print_kind(kind);
    if (obstacle(answer)[0])
        puts(obstacle(answer));
    if (number(answer, "begins_in_s") > 0) {
        long long minutes = (number(answer, "begins_in_s") + 59) / 60;
        printf(say_n("these ages are new: nothing goes for %lld minute",
                   "these ages are new: nothing goes for %lld minutes", (size_t)minutes),
            minutes);
        putchar('\n');
    }
    if (is(answer, "looking")) {
        printf(say("the log is looked through still: %lld of %lld entries"),
            number(answer, "looked"), number(answer, "entries"));
        putchar('\n');
    }
}

static done_t ask(const call_t *call, const char *named, json_t **answer)
{
    done_t done = hub_ask(call, named, "retention", HUB_WAIT_MS, answer);
    if (done != DONE_OK || is(*answer, "ok"))
        return done;
    done = call_fail(call, DONE_NO, "%s", mail_text(*answer, "text"));
    json_decref(*answer);
    return done;
}

static done_t run(const call_t *call)
{
    const wish_t *o = call->options;
    json_t *answer = NULL;
    if (call->operands > 1)
        return call_usage(call, "there is one hub");
    done_t done = ask(call, call->operands > 0 ? call->operand[0] : o->hub, &answer);
    if (done != DONE_OK)
        return done;
    if (call->common.json)
        screen_json(stdout, answer);
    else
        print_all(answer);
    json_decref(answer);
    return DONE_OK;
}

static long long due_of(const json_t *answer)
{
    size_t i;
    const json_t *kind;
    long long due = 0;
    json_array_foreach(json_object_get(answer, "kinds"), i, kind) due +=
        number(kind, "due");
    return due;
}

// A large log takes seconds to look through: so long nobody waits for the number.
static json_t *ask_looked(const call_t *call, const char *named)
{
    enum { TRIES = 20, EACH_MS = 100 };
    json_t *answer = NULL;
    for (int i = 0; i < TRIES; i++) {
        if (ask(call, named, &answer) != DONE_OK)
            return NULL;
        if (!is(answer, "looking"))
            break;
        if (i < TRIES - 1)
            json_decref(answer);
        (void)poll(NULL, 0, EACH_MS);
    }
    return answer;
}

void hub_retention_tell(const call_t *call, const char *named)
{
    json_t *answer = call->common.json ? NULL : ask_looked(call, named);
    if (!answer)
        return;
    if (is(answer, "on") && number(answer, "begins_in_s") > 0) {
        long long due = due_of(answer);
        printf(say_n("past the new ages, as far as the log was looked at: %lld message",
                   "past the new ages, as far as the log was looked at: %lld messages",
                   (size_t)due),
            due);
        putchar('\n');
        puts(obstacle(answer)[0] ? obstacle(answer)
                                 : say("they go by themselves when the pause is over: "
                                       "dabyl hub retention"));
    }
    json_decref(answer);
}

const command_t hub_retention = {
    .name = "retention",
    .operands = "[DIR]",
    .summary = "what goes from the hub by its age: how much is due, held and gone",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
    .notes = "With retention.erase = false in hub.conf it is only counted: so see first "
             "what new ages\nwould have go.\n",
};
