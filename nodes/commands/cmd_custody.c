// dabyl custody - who held which traces from when, by whose seal, at which place of the
// log.
//
// From the node's own folders, and each step proven anew: no hub is asked.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/tools/custody_read.h"

#include <inttypes.h>
#include <string.h>

static const option_t options[] = {
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const char *const words[] = {[STEP_HOLDS] = "holds",
    [STEP_OFFERS] = "offers",
    [STEP_CORRECTS] = "corrects",
    [STEP_WITHDRAWS] = "withdraws",
    [STEP_TAKES] = "takes",
    [STEP_DECLINES] = "declines",
    [STEP_RETRACTS] = "retracts"};

static const char *title(step_type_t type)
{
    switch (type) {
    case STEP_HOLDS:
        return say("holds them");
    case STEP_OFFERS:
        return say("offers custody to");
    case STEP_CORRECTS:
        return say("corrects what it said");
    case STEP_WITHDRAWS:
        return say("takes back what it said");
    case STEP_TAKES:
        return say("took custody over");
    case STEP_DECLINES:
        return say("declined custody");
    case STEP_RETRACTS:
        return say("takes back its answer");
    }
    return "";
}

static const json_t *body_of(const step_t *step)
{
    return json_object_get(step->mail.root, "body");
}

static void print_signers(const step_t *step)
{
    for (size_t i = 0; i < step->signers; i++) {
        fputs(i ? ", " : "", stdout);
        screen_text(stdout, step->signer[i]);
    }
}

static void print_part(const json_t *custody, const char *field)
{
    const char *text = mail_text(custody, field);
    if (!text[0])
        return;
    fputs(", ", stdout);
    screen_text(stdout, text);
}

// What a manifest says there is, and who keeps it.
static void print_manifest(const step_t *step)
{
    const json_t *custody = json_object_get(body_of(step), "custody");
    fputs("    ", stdout);
    printf(say("files: %zu, bytes: %" PRIu64), step->files, step->bytes);
    if (step->more + step->fewer > 0) {
        fputs("; ", stdout);
        screen_paint(stdout, PAINT_WARNING,
            say("other than before: %zu, no longer there: %zu"), step->more, step->fewer);
    }
    fputs("\n    ", stdout);
    screen_text(stdout, mail_text(custody, "holder"));
    print_part(custody, "officer");
    print_part(custody, "place");
    printf(", %s ", say("since"));
    screen_time(stdout, mail_text(custody, "since"));
    fputc('\n', stdout);
}

static void print_step(const step_t *step)
{
    const char *note = mail_text(body_of(step), "note");
    screen_time_ms(stdout, step->mail.leaf.time_ms);
    printf("  %" PRIu64 "  ", step->mail.leaf.position);
    screen_text(stdout, step->author);
    printf(" %s", title(step->type));
    if (step->type == STEP_OFFERS) {
        fputc(' ', stdout);
        screen_text(stdout, step->to);
    }
    fputs("\n    ", stdout);
    screen_text(stdout, mail_text(step->mail.root, "id"));
    fputc('\n', stdout);
    if (note[0]) {
        fputs("    ", stdout);
        screen_text(stdout, note);
        fputc('\n', stdout);
    }
    if (step->files > 0 && step->type != STEP_WITHDRAWS)
        print_manifest(step);
    fputs("    ", stdout);
    if (step->proven) {
        printf("%s ", say("sealed by"));
        print_signers(step);
        fputc('\n', stdout);
    }
    if (!step->counts) {
        fputs(step->proven ? "    " : "", stdout);
        screen_paint(stdout, PAINT_BAD, "%s", say("does not count:"));
        fputc(' ', stdout);
        screen_text(
            stdout, step->proven ? say("it was not theirs to say") : step->why.text);
        fputc('\n', stdout);
    }
}

static void print_end(const chain_t *chain)
{
    const step_t *holder = chain->holder;
    if (!chain->whole)
        puts(say("It began before what this node has of it."));
    if (!holder)
        return;
    printf("%s ", say("held by"));
    screen_paint(stdout, PAINT_STRONG, "%s", holder->author);
    printf(" %s ", say("since"));
    screen_time_ms(stdout, holder->mail.leaf.time_ms);
    fputc('\n', stdout);
    if (!chain->offer)
        return;
    screen_paint(stdout, PAINT_WARNING, say("offered to %s, who has not answered"),
        chain->offer->to);
    fputc('\n', stdout);
}

static void print_chain(const custody_t *custody, size_t index)
{
    const chain_t *chain = &custody->chain[index];
    const json_t *root = chain->first->mail.root;
    const json_t *incident = json_object_get(root, "incident");
    if (strcmp(mail_text(root, "status"), "exercise") == 0) {
        screen_paint(stdout, PAINT_WARNING, "%s ", say("EXERCISE"));
        screen_text(stdout, mail_text(root, "exercise"));
        fputc('\n', stdout);
    }
    // one that only hands on what another manifest names has no incident of its own
    const json_t *re = json_object_get(root, "re");
    const json_t *named = incident ? incident : re ? re : NULL;
    printf(
        "%s ", incident ? say("Traces of the incident") : say("Traces of the manifest"));
    screen_text(stdout, named ? mail_text(named, "author") : mail_text(root, "from"));
    fputc(' ', stdout);
    screen_text(stdout, mail_text(named ? named : root, "id"));
    fputc('\n', stdout);
    for (size_t i = 0; i < custody->n; i++)
        if (custody->step[i].chain == index)
            print_step(&custody->step[i]);
    print_end(chain);
}

static json_t *step_json(const step_t *step)
{
    char time[TIME_TEXT];
    json_t *seals = json_array();
    time_print(step->mail.leaf.time_ms, time);
    for (size_t i = 0; i < step->signers; i++)
        (void)json_array_append_new(seals, json_string(step->signer[i]));
    json_t *item = json_pack("{s:s, s:I, s:s, s:s, s:s, s:b, s:o}", "step",
        words[step->type], "position", (json_int_t)step->mail.leaf.position, "time", time,
        "node", step->author, "id", mail_text(step->mail.root, "id"), "counts",
        step->counts, "seals", seals);
    if (step->to[0])
        (void)json_object_set_new(item, "to", json_string(step->to));
    if (!step->proven)
        (void)json_object_set_new(item, "fault", json_string(step->why.text));
    if (step->files > 0) {
        json_t *files = json_pack("{s:I, s:I, s:I, s:I, s:O*}", "files",
            (json_int_t)step->files, "bytes", (json_int_t)step->bytes, "more",
            (json_int_t)step->more, "fewer", (json_int_t)step->fewer, "custody",
            json_object_get(body_of(step), "custody"));
        (void)json_object_update(item, files);
        json_decref(files);
    }
    return item;
}

static void print_chain_json(const custody_t *custody, size_t index)
{
    const chain_t *chain = &custody->chain[index];
    const json_t *root = chain->first->mail.root;
    char time[TIME_TEXT];
    json_t *steps = json_array();
    for (size_t i = 0; i < custody->n; i++)
        if (custody->step[i].chain == index)
            (void)json_array_append_new(steps, step_json(&custody->step[i]));
    json_t *line = json_pack("{s:b, s:b, s:O*, s:O*, s:o}", "good", chain->good, "whole",
        chain->whole, "incident", json_object_get(root, "incident"), "exercise",
        json_object_get(root, "exercise"), "steps", steps);
    if (chain->holder) {
        time_print(chain->holder->mail.leaf.time_ms, time);
        (void)json_object_set_new(line, "holder", json_string(chain->holder->author));
        (void)json_object_set_new(line, "since", json_string(time));
    }
    if (chain->offer)
        (void)json_object_set_new(line, "offered_to", json_string(chain->offer->to));
    screen_json(stdout, line);
    json_decref(line);
}

// All chains, or the one that a message is part of.
static done_t show(const call_t *call, const custody_t *custody, const char *wanted)
{
    long only = wanted ? custody_chain_of(custody, wanted) : -1;
    done_t done = DONE_OK;
    if (wanted && only < 0)
        return call_fail(call, DONE_NO,
            "%s is neither a trace.manifest nor an answer to one that this node has",
            wanted);
    for (size_t i = 0; i < custody->chains; i++) {
        if (only >= 0 && (size_t)only != i)
            continue;
        if (call->common.json)
            print_chain_json(custody, i);
        else
            print_chain(custody, i);
        done = custody->chain[i].good ? done : DONE_NO;
    }
    if (custody->chains == 0 && !call->common.json)
        puts(say("nothing"));
    return done;
}

static done_t run(const call_t *call)
{
    cause_t why;
    custody_t custody;
    if (call->operands > 1)
        return call_usage(call, "one message of the chain is enough");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    char id[MESSAGE_ID_MAX];
    const char *wanted =
        call->operands ? chosen(call, node, MAIL_HERE, call->operand[0], id) : NULL;
    if (call->operands && !wanted)
        return DONE_USAGE;
    done_t done = custody_read(&custody, node, &why) == 0
                      ? show(call, &custody, wanted)
                      : call_fail(call, DONE_NO, "%s", why.text);
    custody_close(&custody);
    return done;
}

const command_t cmd_custody = {
    .name = "custody",
    .operands = "[ID|NUMBER]",
    .summary = "who held which digital traces from when, by whose seal",
    .options = options,
    .among = AMONG_INBOX,
    .run = run,
    .pages = true,
    .notes =
        "Any message of the chain will do: a manifest, or an answer to one.  Each step "
        "is proven\n"
        "anew from this node's folders; exit code 1 when one does not count.\n",
};
