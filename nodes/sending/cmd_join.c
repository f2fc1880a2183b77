// dabyl join - takes part in an exercise, or lists those that are open.

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/sending/exercises.h"
#include "nodes/tools/dispatch.h"
#include "nodes/writing/writing.h"

#include <string.h>

typedef struct {
    const char *contact;
    int64_t timeout_s;
    bool yes, no_wait;
} options_t;

static const option_t options[] = {
    {"contact", OPTION_TEXT, offsetof(options_t, contact), "TEXT", NULL,
        "whom to ask here about the exercise"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL, "ask nothing: send it"},
    {"no-wait", OPTION_FLAG, offsetof(options_t, no_wait), NULL, NULL,
        "do not wait for the hub's answer"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_json(const exercise_t *self)
{
    const json_t *body = json_object_get(self->opening.root, "body");
    json_t *object = json_pack("{s:s, s:s, s:s, s:O?, s:O?, s:b}", "exercise",
        exercise_name(self), "author", mail_text(self->opening.root, "from"), "id",
        mail_text(self->opening.root, "id"), "opens_at",
        json_object_get(body, "opens_at"), "closes_at",
        json_object_get(body, "closes_at"), "joined", self->joined);
    screen_json(stdout, object);
    json_decref(object);
}

static void print_moment(const json_t *body, const char *field, const char *words)
{
    if (!mail_text(body, field)[0])
        return;
    printf("  %s ", words);
    screen_time(stdout, mail_text(body, field));
}

static void print(const call_t *call, const exercise_t *self)
{
    const json_t *body = json_object_get(self->opening.root, "body");
    screen_column(stdout, exercise_name(self), 24);
    screen_paint(stdout, self->joined ? PAINT_GOOD : PAINT_WARNING, "%s",
        self->joined ? say("joined") : say("not joined"));
    print_moment(body, "opens_at", say("from"));
    print_moment(body, "closes_at", say("until"));
    fputs("\n    ", stdout);
    screen_text(stdout, mail_text(self->opening.root, "from"));
    fputs(": ", stdout);
    screen_text(stdout, mail_summary(self->opening.root, call_lang(call)));
    putchar('\n');
}

static done_t list(const call_t *call, const exercises_t *exercises)
{
    size_t open = 0;
    for (size_t i = 0; i < exercises->n; i++) {
        if (exercises->item[i].closed)
            continue;
        open++;
        if (call->common.json)
            print_json(&exercises->item[i]);
        else
            print(call, &exercises->item[i]);
    }
    if (open == 0 && !call->common.json)
        puts(say("no exercise is open that this node was told of"));
    return DONE_OK;
}

static void add(option_others_t *fields, const char *name, const char *text)
{
    fields->name[fields->n] = name;
    fields->length[fields->n] = strlen(name);
    fields->text[fields->n++] = text;
}

static done_t write_it(
    const call_t *call, const char *node, const exercise_t *exercise, buf_t *document)
{
    const options_t *o = call->options;
    const json_t *opening = exercise->opening.root;
    char named[NODE_ID_MAX + MESSAGE_ID_MAX + 1];
    writing_t writing;
    cause_t why;
    option_others_t fields = {0};
    done_t done;
    (void)snprintf(named, sizeof named, "%s/%s", mail_text(opening, "from"),
        mail_text(opening, "id"));
    add(&fields, "re", named);
    add(&fields, "exercise", exercise_name(exercise));
    add(&fields, "summary-kk", "Қатысамыз.");
    add(&fields, "summary-ru", "Участвуем.");
    add(&fields, "summary-en", "We take part.");
    if (o->contact)
        add(&fields, "contact", o->contact);
    if (writing_open(&writing, call, node, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    bool asks = !call->common.json && !o->yes;
    done = writing_begin(&writing, "exercise.joining", &fields, asks, &why) == 0
               ? writing_finish(&writing, true, document)
               : call_fail(call, DONE_NO, "%s", why.text);
    writing_close(&writing);
    return done;
}

static done_t join(const call_t *call, const char *node, const exercises_t *exercises)
{
    const options_t *o = call->options;
    const char *name = call->operand[0];
    const exercise_t *exercise = exercises_find(exercises, name);
    buf_t document = {0};
    dispatch_t how = {o->timeout_s, o->no_wait, NULL};
    if (!exercise) {
        (void)call_fail(call, DONE_NO,
            "no exercise '%s' is open that this node was told of; these are:", name);
        (void)list(call, exercises);
        return DONE_NO;
    }
    if (exercise->joined)
        return call_fail(call, DONE_NO, "this node has joined '%s' already", name);
    done_t done = write_it(call, node, exercise, &document);
    if (done == DONE_OK)
        done = dispatch(call, node, buf_span(&document), &how);
    buf_destroy(&document);
    return done;
}

static done_t run(const call_t *call)
{
    cause_t why;
    exercises_t exercises;
    done_t done;
    if (call->operands > 1)
        return call_usage(call, "one exercise at a time");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (exercises_read(&exercises, node, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else if (call->operands == 0)
        done = list(call, &exercises);
    else
        done = join(call, node, &exercises);
    exercises_close(&exercises);
    return done;
}

const command_t cmd_join = {
    .name = "join",
    .operands = "[EXERCISE]",
    .summary = "take part in an exercise, or list those that are open",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "What is sent within an exercise reaches only who has joined it.\n\n"
             "  dabyl join                 which are there?\n"
             "  dabyl join north-2026\n",
};
