// dabyl contacts - the responsible officials of owners, as the hub's directory has them.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/query.h"

typedef struct {
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_part(const json_t *official, const char *field)
{
    const char *text = mail_text(official, field);
    if (!text[0])
        return;
    fputs(", ", stdout);
    screen_text(stdout, text);
}

static void print_objects(const json_t *contact)
{
    size_t i;
    json_t *object;
    const json_t *objects = json_object_get(contact, "objects");
    if (!objects)
        return;
    printf("\n  %s ", say("for"));
    json_array_foreach(objects, i, object)
    {
        fputs(i ? ", " : "", stdout);
        screen_text(stdout, json_string_value(object));
    }
}

static void print_contact(const json_t *contact)
{
    const json_t *official = json_object_get(contact, "official");
    screen_column(stdout, mail_text(contact, "owner"), 20);
    if (official)
        screen_text(stdout, mail_text(official, "name"));
    else
        screen_paint(stdout, PAINT_WARNING, "%s", say("nobody, without a successor"));
    print_part(official, "position");
    print_part(official, "phone");
    print_part(official, "email");
    print_objects(contact);
    printf("\n  %s ", say("since"));
    screen_time(stdout, mail_text(contact, "since"));
    if (json_is_true(json_object_get(contact, "late"))) {
        fputs(", ", stdout);
        screen_paint(stdout, PAINT_WARNING, "%s", say("told late"));
    }
    fputc('\n', stdout);
}

static void print_contacts(const json_t *answer, bool json)
{
    size_t i;
    json_t *contact;
    const json_t *contacts = json_object_get(answer, "contacts");
    json_array_foreach(contacts, i, contact)
    {
        if (json)
            screen_json(stdout, contact);
        else
            print_contact(contact);
    }
    if (!json && json_array_size(contacts) == 0)
        puts(say("nobody has been named"));
    if (!json && json_is_true(json_object_get(answer, "more")))
        puts(say("There is more than the hub tells at once."));
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    done_t done = DONE_OK;
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    json_t *answer = query_hub(
        call, "contacts", json_object(), moment_span(o->timeout_s, 1000), &done);
    if (!answer)
        return done;
    print_contacts(answer, call->common.json);
    json_decref(answer);
    return done;
}

const command_t cmd_contacts = {
    .name = "contacts",
    .operands = "",
    .summary = "the responsible officials: nccis sees all, others their own",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
};
