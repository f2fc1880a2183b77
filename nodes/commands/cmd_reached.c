// dabyl reached - who has a correction or withdrawal that this node sent, and who does
// not know of it yet.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
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

static void print_original(const json_t *original)
{
    bool cancels = strcmp(mail_text(original, "by"), "cancels") == 0;
    printf("%s ", cancels ? say("takes back") : say("corrects"));
    screen_text(stdout, mail_text(original, "id"));
    putchar('\n');
}

static void print_receiver(const json_t *receiver)
{
    const char *answer = mail_text(receiver, "answer");
    bool stored = json_is_true(json_object_get(receiver, "stored"));
    fputs("  ", stdout);
    screen_column(stdout, mail_text(receiver, "node"), 20);
    screen_paint(stdout, stored ? PAINT_GOOD : PAINT_WARNING, "%s",
        stored ? say("has it") : say("does not have it yet"));
    if (answer[0]) {
        printf(", %s ", say("a person answered:"));
        screen_text(stdout, answer);
    }
    putchar('\n');
}

static void print(const json_t *answer)
{
    size_t i;
    json_t *item;
    const json_t *receivers = json_object_get(answer, "receivers");
    json_array_foreach(json_object_get(answer, "withdraws"), i, item)
        print_original(item);
    if (i == 0)
        puts(say("neither corrects nor takes back anything"));
    if (json_array_size(receivers) == 0)
        printf("  %s\n", say("nobody that you may know of"));
    json_array_foreach(receivers, i, item) print_receiver(item);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    done_t done = DONE_OK;
    cause_t why;
    char id[MESSAGE_ID_MAX];
    if (call->operands != 1)
        return call_usage(call, "needs the id of a message that this node sent");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    const char *wanted = chosen(call, node, MAIL_OWN, call->operand[0], id);
    if (!wanted)
        return DONE_USAGE;
    json_t *answer = query_hub(call, "withdrawal", json_pack("{s:s}", "id", wanted),
        moment_span(o->timeout_s, 1000), &done);
    if (!answer)
        return done;
    if (call->common.json)
        screen_json(stdout, answer);
    else
        print(answer);
    json_decref(answer);
    return done;
}

const command_t cmd_reached = {
    .name = "reached",
    .operands = "ID",
    .summary = "who has a correction or withdrawal that this node sent",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_SENT,
    .run = run,
    .notes = "ID is that of the message that supersedes or cancels another.  Only "
             "receivers that\n"
             "its receipt told of are listed.\n",
};
