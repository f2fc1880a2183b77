// dabyl incident - what happened about an incident, as the hub's log has it and as far as
// this node was party to it.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/tools/incident_state.h"
#include "nodes/tools/query.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const char *author;
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"author", OPTION_TEXT, offsetof(options_t, author), "NODE", NULL,
        "who wrote it, where this node has it neither in inbox/ nor in sent/"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Author and id of a message in this node's folders; NULL after saying why not.
static json_t *find_here(
    const call_t *call, const char *node, const char *wanted, done_t *done)
{
    mail_t mail;
    json_t *found = NULL;
    *done = chosen_open(call, node, MAIL_HERE, wanted, &mail);
    if (*done == DONE_OK)
        found = json_pack("{s:s, s:s}", "author", mail_text(mail.root, "from"), "id",
            mail_text(mail.root, "id"));
    mail_close(&mail);
    return found;
}

static void print_receiver(const json_t *receiver)
{
    bool stored = json_is_true(json_object_get(receiver, "stored"));
    fputs("    ", stdout);
    screen_text(stdout, mail_text(receiver, "node"));
    fputs(" (", stdout);
    mail_print_cites(mail_text(receiver, "cites"), stdout);
    fputs("), ", stdout);
    screen_paint(stdout, stored ? PAINT_GOOD : PAINT_WARNING, "%s",
        stored ? say("has signed for it") : say("has not signed for it"));
    fputc('\n', stdout);
}

static void print_level(const json_t *message)
{
    const json_t *level = json_object_get(message, "level");
    const char *answer = mail_text(message, "answer");
    if (json_is_number(level)) {
        fputs(", ", stdout);
        printf(say("level %d"), (int)json_number_value(level));
    }
    if (answer[0])
        printf(", %s", words_title(&words_answers, answer));
    if (strcmp(mail_text(message, "status"), "exercise") == 0) {
        fputs(", ", stdout);
        screen_paint(stdout, PAINT_WARNING, "%s", say("EXERCISE"));
    }
}

// What it does to another, and what another did to it.
static void print_standing(const json_t *message)
{
    const struct {
        const char *field, *words;
    } all[] = {{"cancelled_by", say("WITHDRAWN, see")},
        {"superseded_by", say("CORRECTED, see")}, {"cancels", say("WITHDRAWS")},
        {"supersedes", say("CORRECTS")}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const json_t *other = json_object_get(message, all[i].field);
        const json_t *position = json_object_get(other, "position");
        if (!other)
            continue;
        screen_paint(stdout, PAINT_WARNING, "%s ", all[i].words);
        if (position)
            printf("%lld", (long long)json_integer_value(position));
        else
            screen_text(stdout, mail_text(other, "id"));
        fputs("  ", stdout);
    }
}

// What this node knows of its text, and the hub does not tell here.
static void add_erased(const char *node, json_t *messages)
{
    size_t i;
    json_t *message;
    json_array_foreach(messages, i, message)
    {
        reference_t name = {{0}, {0}};
        char at[TIME_TEXT];
        (void)snprintf(
            name.author, sizeof name.author, "%s", mail_text(message, "author"));
        (void)snprintf(name.id, sizeof name.id, "%s", mail_text(message, "id"));
        const erased_t erased = erased_of(node, &name);
        if (!erased.there)
            continue;
        time_print(erased.at_ms, at);
        json_object_set_new(message, "erased",
            json_pack("{s:s, s:I}", "at", at, "position", (json_int_t)erased.position));
    }
}

static void print_erased(const json_t *erased)
{
    if (!erased)
        return;
    fputs("    ", stdout);
    screen_paint(stdout, PAINT_WARNING, "%s", say("ERASED BY LAW at the hub"));
    fputs(", ", stdout);
    screen_time(stdout, mail_text(erased, "at"));
    fputc('\n', stdout);
}

static void print_message(const json_t *message, const char *lang)
{
    size_t i;
    json_t *part;
    screen_time(stdout, mail_text(message, "time"));
    printf(
        "  %lld  ", (long long)json_integer_value(json_object_get(message, "position")));
    print_standing(message);
    screen_paint(stdout, PAINT_STRONG, "%s",
        words_title(&words_kinds, mail_text(message, "kind")));
    fputs(", ", stdout);
    screen_text(stdout, mail_text(message, "author"));
    print_level(message);
    fputs("\n    ", stdout);
    screen_text(stdout, mail_summary(message, lang));
    fputc('\n', stdout);
    print_erased(json_object_get(message, "erased"));
    mail_print_course(json_object_get(message, "course"), stdout);
    json_array_foreach(json_object_get(message, "remarks"), i, part)
        printf("    %s\n", words_refusal_title(json_string_value(part)));
    json_array_foreach(json_object_get(message, "receivers"), i, part)
        print_receiver(part);
}

static void print_duty(const json_t *duty)
{
    screen_time(stdout, mail_text(duty, "at"));
    fputs("  ", stdout);
    if (mail_text(duty, "exercise")[0])
        screen_paint(stdout, PAINT_WARNING, "%s  ", say("EXERCISE"));
    mail_print_duty(duty, stdout);
    fputs(" (", stdout);
    mail_print_cites(mail_text(duty, "cites"), stdout);
    printf("), %s, ", words_title(&words_duties, mail_text(duty, "state")));
    printf("%s ", say("due"));
    screen_time(stdout, mail_text(duty, "due"));
    fputc('\n', stdout);
}

static void print_state(const char *state)
{
    if (strcmp(state, "closed") == 0)
        screen_paint(stdout, PAINT_GOOD, "%s\n", say("The incident is closed."));
    else if (strcmp(state, "reopened") == 0)
        screen_paint(stdout, PAINT_WARNING, "%s\n",
            say("The incident was closed, and opened again."));
}

static void print_timeline(const json_t *answer, const char *lang)
{
    size_t i;
    json_t *part;
    const json_t *duties = json_object_get(answer, "duties");
    json_array_foreach(json_object_get(answer, "messages"), i, part)
        print_message(part, lang);
    if (json_array_size(duties) > 0)
        printf("%s\n", say("Duties:"));
    json_array_foreach(duties, i, part) print_duty(part);
    if (json_is_true(json_object_get(answer, "more")))
        puts(say("There is more than the hub tells at once."));
    print_state(incident_state(json_object_get(answer, "messages")));
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    done_t done = DONE_OK;
    if (call->operands != 1)
        return call_usage(call, "which message of it?");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    json_t *name =
        o->author ? json_pack("{s:s, s:s}", "author", o->author, "id", call->operand[0])
                  : find_here(call, node, call->operand[0], &done);
    if (!name)
        return done;
    json_t *answer =
        query_hub(call, "incident", name, moment_span(o->timeout_s, 1000), &done);
    if (!answer)
        return done;
    add_erased(node, json_object_get(answer, "messages"));
    if (call->common.json) {
        json_object_set_new(answer, "state",
            json_string(incident_state(json_object_get(answer, "messages"))));
        screen_json(stdout, answer);
    } else
        print_timeline(answer, call_lang(call));
    json_decref(answer);
    return done;
}

const command_t cmd_incident = {
    .name = "incident",
    .operands = "ID|NUMBER",
    .summary = "what happened about an incident, who was told, what is still owed",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_INBOX,
    .run = run,
    .pages = true,
    .notes = "Any message of its thread will do: the notice, an update, the alert.\n",
};
