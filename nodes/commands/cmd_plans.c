// dabyl plans - the register of response plans: what owners have sent, what of paragraph
// 8 their plans provide for, and who has sent none.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/query.h"

#include <string.h>

typedef struct {
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Whether another node of the same organisation has sent one.
static bool sent_by_another(const json_t *plans, const json_t *plan)
{
    size_t i;
    json_t *other;
    json_array_foreach(
        plans, i, other) if (json_is_true(json_object_get(other, "sent")) &&
                             strcmp(mail_text(other, "organisation"),
                                 mail_text(plan, "organisation")) == 0) return true;
    return false;
}

static void print_missing(const json_t *missing)
{
    size_t i;
    json_t *measure;
    if (json_array_size(missing) == 0)
        return;
    fputs("\n  ", stdout);
    screen_paint(stdout, PAINT_WARNING, "%s", say("does not provide for"));
    json_array_foreach(missing, i, measure)
    {
        fputs(i ? ", " : " ", stdout);
        screen_text(stdout, json_string_value(measure));
    }
}

static void print_plan(const json_t *plan)
{
    screen_column(stdout, mail_text(plan, "owner"), 20);
    if (!json_is_true(json_object_get(plan, "sent"))) {
        screen_paint(stdout, PAINT_BAD, "%s", say("has sent no plan"));
        fputc('\n', stdout);
        return;
    }
    printf("%s ", say("approved on"));
    screen_text(stdout, mail_text(plan, "approved_on"));
    fputs(", ", stdout);
    screen_text(stdout, mail_text(plan, "approved_by"));
    printf(", %s ", say("sent"));
    screen_time(stdout, mail_text(plan, "time"));
    print_missing(json_object_get(plan, "missing"));
    fputc('\n', stdout);
}

// 1 where somebody owes a plan, or a plan lacks something.
static done_t print_plans(const json_t *plans, bool json)
{
    done_t done = DONE_OK;
    size_t i;
    json_t *plan;
    if (!json && json_array_size(plans) == 0)
        puts(say("no plans to be seen from here: owners see their own, the authorised "
                 "body all"));
    json_array_foreach(plans, i, plan)
    {
        bool sent = json_is_true(json_object_get(plan, "sent"));
        if (!sent && sent_by_another(plans, plan))
            continue;
        if (!sent || json_array_size(json_object_get(plan, "missing")) > 0)
            done = DONE_NO;
        if (json)
            screen_json(stdout, plan);
        else
            print_plan(plan);
    }
    return done;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    done_t done = DONE_OK;
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    json_t *answer =
        query_hub(call, "plans", json_object(), moment_span(o->timeout_s, 1000), &done);
    if (!answer)
        return done;
    done = print_plans(json_object_get(answer, "plans"), call->common.json);
    json_decref(answer);
    return done;
}

const command_t cmd_plans = {
    .name = "plans",
    .operands = "",
    .summary = "the register of response plans: the authorised body sees all",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
};
