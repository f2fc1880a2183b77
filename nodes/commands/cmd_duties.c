// dabyl duties - what this node owes, and what it is told of when others owe it.
//
// The time that is left is by the hub's clock: it is the hub's that counts.  What is owed
// in an exercise is shown only where its name is given.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/wording.h"
#include "nodes/tools/query.h"
#include "nodes/writing/law_find.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    bool all;
    const char *exercise;
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"all", OPTION_FLAG, offsetof(options_t, all), NULL, NULL,
        "those too that were met or withdrawn lately"},
    {"exercise", OPTION_TEXT, offsetof(options_t, exercise), "NAME", NULL,
        "those of this exercise, and no others"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    const char *state;
    paint_t paint;
} state_paint_t;

static const state_paint_t states[] = {
    {"open", PAINT_STRONG},
    {"handed", PAINT_FAINT},
    {"near", PAINT_WARNING},
    {"overdue", PAINT_BAD},
    {"met", PAINT_GOOD},
    {"met-late", PAINT_WARNING},
    {"withdrawn", PAINT_FAINT},
};

static paint_t paint_of(const char *state)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].state, state) == 0)
            return states[i].paint;
    return PAINT_FAINT;
}

static int64_t moment(const json_t *object, const char *field)
{
    int64_t ms = 0;
    (void)time_parse(span_text(mail_text(object, field)), &ms);
    return ms;
}

static bool settled(const json_t *duty)
{
    const char *state = mail_text(duty, "state");
    return strcmp(state, "open") != 0 && strcmp(state, "handed") != 0 &&
           strcmp(state, "near") != 0 && strcmp(state, "overdue") != 0;
}

// The largest two units that say something, of what is left or what is over.
static void print_span(int64_t ms, FILE *out)
{
    bool over = ms < 0;
    unsigned long long s = (unsigned long long)(over ? -ms : ms) / 1000;
    unsigned long long days = s / 86400, hours = s % 86400 / 3600, min = s % 3600 / 60;
    if (days > 0)
        fprintf(out,
            over ? say_n("%llu day %llu h over", "%llu days %llu h over", days)
                 : say_n("%llu day %llu h left", "%llu days %llu h left", days),
            days, hours);
    else if (hours > 0)
        fprintf(out, over ? say("%llu h %llu min over") : say("%llu h %llu min left"),
            hours, min);
    else if (min > 0)
        fprintf(out, over ? say("%llu min over") : say("%llu min left"), min);
    else
        fprintf(out, over ? say("%llu s over") : say("%llu s left"), s);
}

static void print_time(const json_t *duty, int64_t now_ms)
{
    int64_t left_ms = moment_between(now_ms, moment(duty, "due"));
    if (settled(duty)) {
        screen_time(stdout, mail_text(duty, "at"));
        return;
    }
    if (strcmp(mail_text(duty, "state"), "handed") == 0) { // nothing runs out any more
        screen_time(stdout, mail_text(duty, "handed"));
        fputs(", ", stdout);
        printf("%s ", say("due"));
        screen_time(stdout, mail_text(duty, "due"));
        return;
    }
    print_span(left_ms, stdout);
    fputs(", ", stdout);
    screen_time(stdout, mail_text(duty, "due"));
}

// A value in words, and as it is typed (`dabyl ack 1 custody-taken`).
static void print_value(const wording_t *self, const char *field, const json_t *value)
{
    const char *word = json_string_value(value);
    const char *words =
        word && self->schemas
            ? schemas_value_words(self->schemas, self->kind, field, word, self->language)
            : NULL;
    screen_text(stdout, words ? words : word);
    if (words && strcmp(words, word) != 0) {
        fputs(" (", stdout);
        screen_text(stdout, word);
        fputc(')', stdout);
    }
}

// Which answers count, where not any does.
static void print_wanted(const json_t *met_when, const wording_t *wording)
{
    size_t i, k;
    json_t *test, *word;
    json_array_foreach(met_when, i, test)
    {
        const char *field = mail_text(test, "field");
        fputs(i ? "; " : ", ", stdout);
        wording_label(wording, field, stdout);
        json_array_foreach(json_object_get(test, "in"), k, word)
        {
            fputs(k ? " | " : ": ", stdout);
            print_value(wording, field, word);
        }
        if (json_object_get(test, "is_true"))
            printf(": %s",
                json_is_true(json_object_get(test, "is_true")) ? say("yes") : say("no"));
    }
}

// What was said of it that does not meet it.
static void print_heard(const json_t *duty)
{
    const json_t *heard = json_object_get(duty, "heard");
    if (!heard || settled(duty))
        return;
    fputs("  ", stdout);
    fputs(say("interim report:"), stdout);
    fputc(' ', stdout);
    screen_text(stdout, mail_text(heard, "id"));
    fputc('\n', stdout);
}

// What has become of the message that brought it.
static void print_standing(const json_t *duty)
{
    const json_t *latest = json_object_get(duty, "latest"),
                 *by = json_object_get(duty, "by");
    bool withdrawn = strcmp(mail_text(duty, "state"), "withdrawn") == 0;
    if (!(withdrawn && by) && !latest)
        return;
    fputs(", ", stdout);
    screen_paint(stdout, PAINT_WARNING, "%s ",
        withdrawn && by ? say("WITHDRAWN, see") : say("CORRECTED, see"));
    screen_text(stdout, mail_text(withdrawn && by ? by : latest, "id"));
}

static void print_duty(const json_t *duty, int64_t now_ms, const schemas_t *schemas)
{
    const char *state = mail_text(duty, "state");
    const char *exercise = mail_text(duty, "exercise");
    const json_t *message = json_object_get(duty, "message");
    if (exercise[0]) {
        screen_paint(stdout, PAINT_WARNING, "%s ", say("EXERCISE"));
        screen_text(stdout, exercise);
        fputs("  ", stdout);
    }
    screen_paint(stdout, paint_of(state), "%s", words_title(&words_duties, state));
    fputs("  ", stdout);
    print_time(duty, now_ms);
    fputs("\n  ", stdout);
    mail_print_duty(duty, stdout);
    fputs(" (", stdout);
    mail_print_cites(mail_text(duty, "cites"), stdout);
    fputs(")\n  ", stdout);
    screen_text(stdout, mail_text(message, "author"));
    fputc(' ', stdout);
    screen_text(stdout, mail_text(message, "id"));
    print_standing(duty);
    fputs(", ", stdout);
    fputs(say("met by"), stdout);
    fputc(' ', stdout);
    const char *met_by = mail_text(duty, "met_by");
    if (strcmp(met_by, "delivery") == 0)
        fputs(say("delivery"), stdout);
    else
        words_print(&words_kinds, met_by, stdout);
    const wording_t wording = {schemas, met_by, catalogue_spoken()};
    print_wanted(json_object_get(duty, "met_when"), &wording);
    fputc('\n', stdout);
    print_heard(duty);
    if (json_is_true(json_object_get(duty, "taken_back")) && !settled(duty)) {
        fputs("  ", stdout);
        screen_paint(stdout, PAINT_WARNING, "%s",
            say("what it is about was taken back; by its rule it is owed all the same"));
        fputc('\n', stdout);
    }
}

// What is due first comes first; what is settled comes last.
static int by_urgency(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    if (settled(*x) != settled(*y))
        return settled(*x) ? 1 : -1;
    int64_t p = moment(*x, "due"), q = moment(*y, "due");
    return (p > q) - (p < q);
}

static void print_duties(
    const json_t *answer, const json_t **duty, size_t n, const schemas_t *schemas)
{
    if (json_is_true(json_object_get(answer, "held"))) {
        screen_paint(stdout, PAINT_BAD, "%s", say("The hub's clock is in doubt:"));
        printf(" %s\n", say("nothing falls overdue until its operator accepts it."));
    }
    for (size_t i = 0; i < n; i++)
        print_duty(duty[i], moment(answer, "now"), schemas);
    if (n == 0)
        puts(say("nothing is owed"));
    if (json_is_true(json_object_get(answer, "more")))
        puts(say("There are more than the hub lists at once."));
}

// What the duties ask for is named as the schemas name it.
static void print_in_words(
    const call_t *call, const json_t *answer, const json_t **duty, size_t n)
{
    cause_t ignored;
    law_found_t law;
    const char *node = call_node(call, &ignored);
    law_find_words(&law, node ? node : ".");
    print_duties(answer, duty, n, law.law.schemas);
    law_found_close(&law);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    done_t done = DONE_OK;
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    json_t *answer = query_hub(call, "duties",
        json_pack("{s:b, s:s*}", "all", o->all, "exercise", o->exercise),
        moment_span(o->timeout_s, 1000), &done);
    if (!answer)
        return done;
    const json_t *list = json_object_get(answer, "duties");
    size_t n = json_array_size(list);
    const json_t **duty = calloc(n ? n : 1, sizeof *duty);
    if (!duty)
        abort();
    for (size_t i = 0; i < n; i++)
        duty[i] = json_array_get(list, i);
    qsort(duty, n, sizeof *duty, by_urgency);
    if (call->common.json)
        for (size_t i = 0; i < n; i++)
            screen_json(stdout, duty[i]);
    else
        print_in_words(call, answer, duty, n);
    free(duty);
    json_decref(answer);
    return done;
}

const command_t cmd_duties = {
    .name = "duties",
    .operands = "",
    .summary = "what this node owes by when, and what others owe that it watches",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
    .notes =
        "The hub answers through the node's daemon, and says only what concerns this "
        "node.\n",
};
