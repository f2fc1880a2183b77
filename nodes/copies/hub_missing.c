// dabyl hub missing - what a copy of a log has not, entry by entry, and who has it.
//
// A copy that is a day old knows nothing of what came after it.  Nodes do: receipts and
// deliveries are proofs, each of one entry.  What no node has is a position and no more.

#include "lib/base/catalogue.h"
#include "nodes/backup/lost.h"
#include "nodes/backup/restore_source.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/hub_files.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct {
    const char *successor;
    option_texts_t checkpoints, held;
} options_t;

static const option_t options[] = {
    {"checkpoint", OPTION_TEXTS, offsetof(options_t, checkpoints), "FILE", NULL,
        "what dabyl node checkpoint prints; once for each node"},
    {"held", OPTION_TEXTS, offsetof(options_t, held), "FILE", NULL,
        "what dabyl node held prints; once for each node"},
    {"successor", OPTION_TEXT, offsetof(options_t, successor), "DIR", NULL,
        "the folder of the hub that goes on: say what is there again"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// What was found of all of them.
typedef struct {
    uint64_t known, again, messages;
} count_t;

static json_t *row_json(
    const options_t *o, uint64_t position, const lost_row_t *row, size_t n)
{
    json_t *object = json_pack("{s:I}", "position", (json_int_t)position);
    json_t *had_by = json_array();
    if (row) {
        const leaf_t *leaf = &row->leaf;
        json_object_set_new(object, "time_ms", json_integer(leaf->time_ms));
        json_object_set_new(object, "type", json_string(leaf->type));
        json_object_set_new(object, "kind", json_string(leaf->kind));
        json_object_set_new(object, "author", json_string(leaf->author));
        json_object_set_new(object, "id", json_string(leaf->id));
    }
    for (size_t i = 0; i < n; i++)
        json_array_append_new(had_by, json_string(row[i].node));
    json_object_set_new(object, "had_by", had_by);
    if (o->successor && row)
        json_object_set_new(object, "again",
            row->again ? json_integer((json_int_t)row->new_place) : json_null());
    return object;
}

static void print_again(const options_t *o, const lost_row_t *row)
{
    if (!o->successor || !leaf_is_message(&row->leaf))
        return;
    if (row->again)
        printf(say(": there again, entry %" PRIu64), row->new_place);
    else
        fputs(say(": NOT there again"), stdout);
}

static void print_row(
    const options_t *o, uint64_t position, const lost_row_t *row, size_t n)
{
    printf("%8" PRIu64 "  ", position);
    if (!row) {
        puts(say("nobody who was asked has it"));
        return;
    }
    screen_column(stdout, row->leaf.kind[0] ? row->leaf.kind : row->leaf.type, 22);
    screen_column(stdout, row->leaf.author, 16);
    screen_column(stdout, row->leaf.id, 38);
    for (size_t i = 0; i < n; i++) {
        fputs(i ? ", " : "", stdout);
        screen_text(stdout, row[i].node);
    }
    print_again(o, row);
    putchar('\n');
}

static void list(const call_t *call, const lost_t *lost, count_t *count)
{
    const options_t *o = call->options;
    for (uint64_t at = lost->from; at < lost->to; at++) {
        size_t n;
        const lost_row_t *row = lost_at(lost, at, &n);
        count->known += row != NULL;
        count->messages += row && leaf_is_message(&row->leaf);
        count->again += row && row->again;
        if (call->common.json) {
            json_t *object = row_json(o, at, row, n);
            screen_json(stdout, object);
            json_decref(object);
        } else
            print_row(o, at, row, n);
    }
}

static void print_sum(const lost_t *lost, const options_t *o, const count_t *count)
{
    printf(say("%" PRIu64 " known, %" PRIu64 " that nobody who was asked has: what no "
               "node is sent, as acknowledgements, duties and the hub's own entries, or "
               "what only others have\n"),
        count->known, lost->to - lost->from - count->known);
    if (o->successor)
        printf(say("%" PRIu64 " of %" PRIu64 " messages are there again\n"), count->again,
            count->messages);
}

static int add_all(lost_t *lost, const option_texts_t *held, cause_t *why)
{
    for (size_t i = 0; i < held->n; i++)
        if (lost_add(lost, held->text[i], why) != 0)
            return -1;
    return lost_sort(lost, why);
}

static int find_again(lost_t *lost, const char *hub, cause_t *why)
{
    hub_options_t conf;
    if (hub_conf_read(hub, &conf, why) != 0)
        return -1;
    int result = lost_find_again(lost, conf.journal, conf.origin, why);
    conf_free(hub_options_table, &conf);
    return result;
}

static done_t go(const call_t *call, const restore_source_t *from, lost_t *lost)
{
    const options_t *o = call->options;
    count_t count = {0};
    cause_t why;
    if (add_all(lost, &o->held, &why) != 0 ||
        (o->successor && find_again(lost, o->successor, &why) != 0))
        return call_fail(call, DONE_NO, "%s", why.text);
    if (!call->common.json && lost->to == lost->from)
        printf(say("%s has all of %s that was proven here: %" PRIu64 " entries\n"),
            from->folder, lost->vkey.origin, lost->from);
    else if (!call->common.json)
        printf(
            say("of %s, %s has not: %" PRIu64 " to %" PRIu64 ", %" PRIu64 " entries\n"),
            lost->vkey.origin, from->folder, lost->from, lost->to - 1,
            lost->to - lost->from);
    list(call, lost, &count);
    if (!call->common.json && lost->to > lost->from)
        print_sum(lost, o, &count);
    return o->successor && count.again < count.messages ? DONE_NO : DONE_OK;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    restore_source_t from;
    progress_t progress;
    lost_t lost;
    if (call->operands != 1)
        return call_usage(call, "needs the copy");
    progress_begin(&progress, say("reading the copy"), PROGRESS_ITEMS);
    int result = restore_source_open(&from, call->operand[0], NULL, o->checkpoints.text,
        o->checkpoints.n, &progress, &why);
    progress_end(&progress);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    lost_begin(&lost, &from.vkey, from.checkpoint.size,
        from.newest ? from.newest->checkpoint.size : 0);
    done_t done = go(call, &from, &lost);
    lost_close(&lost);
    restore_source_close(&from);
    return done;
}

const command_t hub_missing = {
    .name = "missing",
    .operands = "FROM",
    .summary = "name each entry that a backup or a standby's copy has not",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
    .notes = "What came behind the copy is known from what nodes have of it, each entry "
             "with the\n"
             "log's own proof.  Exit code 1: with --successor, a message is not there "
             "again.\n",
};
