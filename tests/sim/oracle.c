// oracle - each node's folders are read as a person reads them: what lies in sent/ has a
// receipt, what lies in refused/ was refused, what lies in inbox/ was delivered under its
// number.
//
// Who is to have what is written down here once more, from the plan and not from the
// rules: paragraphs 4, 5, 8 and 10 for what people write, 14 and 17 for what follows from
// a notice.  What is told as wrong names the message, the node and the paragraph.

#include "tests/sim/oracle.h"

#include "tests/sim/logbook.h"
#include "tests/sim/people.h"
#include "tests/sim/told.h"
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ENTRIES = 1 << 15, NUMBER = 12, ID = 36, WRONG_SHOWN = 20 };

typedef struct {
    uint64_t number;
    char id[ID + 1];
    const buf_t *bytes;
    bool explained; // a model message, or what follows from one, is this
} entry_t;

typedef struct {
    entry_t entry[ENTRIES];
    size_t n;
} inbox_t;

static inbox_t inbox[WORLD_NODES];
static verdict_t verdict;

static void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void wrong(const char *format, ...)
{
    char text[300];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (verdict.wrong++ < WRONG_SHOWN)
        told_line("WRONG", "%s", text);
}

// --- inboxes: NUMBER-ID.json, numbered from 1 without gaps

static bool ends(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length >= tail && strcmp(name + length - tail, ending) == 0;
}

static int by_number(const void *a, const void *b)
{
    const entry_t *left = a, *right = b;
    return left->number < right->number ? -1 : left->number > right->number;
}

static void read_inbox(size_t node)
{
    inbox_t *box = &inbox[node];
    const inode_t *folder = world_folder(&world.node[node].machine, "/inbox");
    box->n = 0;
    for (size_t i = 0; folder && i < folder->entries.n; i++) {
        const disk_name_t *name = &folder->entries.name[i];
        if (name->name[0] == '.' || !ends(name->name, ".json") ||
            strlen(name->name) != NUMBER + 1 + ID + 5)
            continue;
        entry_t *entry = &box->entry[box->n++];
        *entry = (entry_t){
            .number = strtoull(name->name, NULL, 10), .bytes = &name->inode->now};
        memcpy(entry->id, name->name + NUMBER + 1, ID);
    }
    qsort(box->entry, box->n, sizeof *box->entry, by_number);
}

static void judge_numbers(size_t node)
{
    const inbox_t *box = &inbox[node];
    const char *name = world.node[node].machine.name;
    for (size_t i = 0; i < box->n; i++) {
        if (box->entry[i].number != i + 1) {
            wrong(
                "inbox of %s: number %zu is %" PRIu64, name, i + 1, box->entry[i].number);
            return;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(box->entry[k].id, box->entry[i].id) == 0)
                wrong("inbox of %s: %s came twice", name, box->entry[i].id);
    }
    verdict.delivered += box->n;
}

static entry_t *find(size_t node, const char *id)
{
    for (size_t i = 0; i < inbox[node].n; i++)
        if (strcmp(inbox[node].entry[i].id, id) == 0)
            return &inbox[node].entry[i];
    return NULL;
}

// --- what became of what was written

typedef enum { FATE_LOST, FATE_SENT, FATE_REFUSED, FATE_BOTH } fate_t;

static bool is_there(
    const world_node_t *node, const char *folder, const char *id, const char *ending)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/%s/%s%s", folder, id, ending);
    return world_file(&node->machine, path) != NULL;
}

static fate_t fate_of(const said_t *said)
{
    bool sent = is_there(said->author, "sent", said->id, ".tlog-proof");
    bool refused = is_there(said->author, "refused", said->id, ".json.reason.json") ||
                   is_there(said->author, "refused", said->id, ".reason.json");
    if (is_there(said->author, "outbox", said->id, ".json"))
        return FATE_LOST;
    return sent && refused ? FATE_BOTH
           : sent          ? FATE_SENT
           : refused       ? FATE_REFUSED
                           : FATE_LOST;
}

// --- who is to have it

static bool has_role(const world_node_t *node, const char *role)
{
    return strcmp(node->role, role) == 0;
}

static const struct {
    const char *object, *owner, *isoc;
} objects[] = {{"obj-grid-1", "GRID", "SOC-E"}, {"obj-bank-1", "BANK", "SOC-B"},
    {"obj-alone", "GRID", "-"}};

static bool concerns(const said_t *said, const world_node_t *node)
{
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        if (strcmp(objects[i].object, said->object) == 0)
            return (has_role(node, "owner") &&
                       strcmp(node->organisation, objects[i].owner) == 0) ||
                   (has_role(node, "isoc") &&
                       strcmp(node->organisation, objects[i].isoc) == 0);
    return false;
}

static bool is_for(const said_t *said, const world_node_t *node)
{
    if (node == said->author)
        return false;
    switch (said->kind) {
    case SAYS_NOTICE:
        return has_role(node, "nccis") || concerns(said, node); // 8, 10
    case SAYS_REPORT:
        return has_role(node, "nccis") || has_role(node, "isoc"); // 4, 5
    case SAYS_ADVISORY:
        return true; // 4
    case SAYS_ANSWER:
        return has_role(node, "nccis"); // 14
    }
    return false;
}

static bool same(const buf_t *bytes, const buf_t *as)
{
    return bytes->size == as->size && memcmp(bytes->data, as->data, as->size) == 0;
}

static void judge_delivery(const said_t *said, size_t node, bool accepted)
{
    entry_t *entry = find(node, said->id);
    const char *name = world.node[node].machine.name;
    bool wanted = accepted && is_for(said, &world.node[node]);
    if (wanted && !entry)
        wrong("%s of %s is not at %s", said->id, said->author->machine.name, name);
    else if (!wanted && entry)
        wrong("%s of %s came to %s", said->id, said->author->machine.name, name);
    if (!entry)
        return;
    entry->explained = true;
    if (!same(entry->bytes, &said->bytes))
        wrong("%s says something else at %s", said->id, name);
}

// --- what follows from it: by the hub, naming its cause

static bool names(const entry_t *entry, const char *kind, const char *cause)
{
    char what[64], about[128];
    (void)snprintf(what, sizeof what, "\"kind\":\"%s\"", kind);
    (void)snprintf(about, sizeof about, "\"id\":\"%s\"}", cause);
    const char *begin = memmem(entry->bytes->data, entry->bytes->size, "\"cause\":", 8);
    if (!begin || !memmem(entry->bytes->data, entry->bytes->size, what, strlen(what)))
        return false;
    size_t left = entry->bytes->size - (size_t)(begin - (const char *)entry->bytes->data);
    size_t span = left < 160 ? left : 160;
    return memmem(begin, span, about, strlen(about)) != NULL;
}

static void judge_derived(
    const said_t *said, const char *kind, const char *role, bool wanted)
{
    for (size_t node = 0; node < world.nodes; node++) {
        size_t n = 0;
        for (size_t i = 0; i < inbox[node].n; i++)
            if (!inbox[node].entry[i].explained &&
                names(&inbox[node].entry[i], kind, said->id)) {
                inbox[node].entry[i].explained = true;
                n++;
            }
        verdict.derived += n;
        if (has_role(&world.node[node], role) && n != wanted)
            wrong("%s: %zu %s at %s, and not %d", said->id, n, kind,
                world.node[node].machine.name, wanted);
        else if (n > 0 && !wanted)
            wrong("%s: a %s that nothing asks for, at %s", said->id, kind,
                world.node[node].machine.name);
    }
}

static void judge_said(const said_t *said)
{
    fate_t fate = fate_of(said);
    bool notice = fate == FATE_SENT && said->kind == SAYS_NOTICE;
    verdict.written++;
    verdict.receipted += fate == FATE_SENT;
    verdict.refused += fate == FATE_REFUSED;
    if (fate == FATE_LOST || fate == FATE_BOTH)
        wrong("%s of %s %s", said->id, said->author->machine.name,
            fate == FATE_LOST ? "has neither a receipt nor a refusal"
                              : "has a receipt and a refusal");
    for (size_t node = 0; node < world.nodes; node++)
        judge_delivery(said, node, fate == FATE_SENT);
    judge_derived(
        said, "security.alert", "national-security", notice && said->level >= 3);
    judge_derived(
        said, "crossborder.item", "foreign-affairs", notice && said->cross_border);
}

// The hub's own word about a duty that was not kept.
static bool is_notice(const entry_t *entry)
{
    static const char notice[] = "\"kind\":\"service.notice\"",
                      hub[] = "\"from\":\"hub\"";
    return memmem(entry->bytes->data, entry->bytes->size, notice, sizeof notice - 1) &&
           memmem(entry->bytes->data, entry->bytes->size, hub, sizeof hub - 1);
}

// --- the log, and whoever holds a proof of it

static void judge_proofs(const world_node_t *node, const char *name)
{
    const inode_t *folder = world_folder(&node->machine, name);
    for (size_t i = 0; folder && i < folder->entries.n; i++) {
        const disk_name_t *entry = &folder->entries.name[i];
        if (entry->name[0] == '.' || !ends(entry->name, ".tlog-proof"))
            continue;
        const char *why = logbook_proof(buf_span(&entry->inode->now));
        verdict.proofs++;
        if (*why)
            wrong("%s%s/%s %s", node->machine.name, name, entry->name, why);
    }
}

static const said_t *written(const leaf_read_t *leaf)
{
    for (size_t i = 0; i < people_count(); i++)
        if (strcmp(people_said(i)->id, leaf->id) == 0 &&
            strcmp(people_said(i)->author->machine.name, leaf->author) == 0)
            return people_said(i);
    return NULL;
}

// Each message in it was written by somebody, and is there once.
static void judge_entries(void)
{
    for (size_t i = 0; i < logbook_size(); i++) {
        const leaf_read_t *leaf = logbook_at(i);
        if (strcmp(leaf->type, "message") != 0 || strcmp(leaf->author, "hub") == 0)
            continue;
        if (!written(leaf))
            wrong("entry %zu, %s of %s, nobody wrote", i, leaf->id, leaf->author);
        for (size_t k = 0; k < i; k++)
            if (strcmp(logbook_at(k)->type, "message") == 0 &&
                strcmp(logbook_at(k)->id, leaf->id) == 0)
                wrong("entries %zu and %zu are both %s", k, i, leaf->id);
    }
}

// --- what is owed: an agency acknowledges an alert within 15 minutes of its entry, or is
// told once that it has not (14, and a default)

static int64_t entered_ms(const char *author, const char *id)
{
    for (size_t i = 0; i < logbook_size(); i++)
        if (strcmp(logbook_at(i)->type, "message") == 0 &&
            strcmp(logbook_at(i)->author, author) == 0 &&
            strcmp(logbook_at(i)->id, id) == 0)
            return logbook_at(i)->time_ms;
    return INT64_MAX;
}

static int64_t answered_ms(const world_node_t *node, const char *alert)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < people_count(); i++) {
        const said_t *said = people_said(i);
        if (said->kind != SAYS_ANSWER || said->author != node ||
            strcmp(said->about, alert) != 0)
            continue;
        int64_t at = entered_ms(node->machine.name, said->id);
        first = at < first ? at : first;
    }
    return first;
}

static size_t told_overdue(size_t node, const char *alert)
{
    static const char overdue[] = "\"event\":\"overdue\"";
    size_t n = 0;
    for (size_t i = 0; i < inbox[node].n; i++) {
        const buf_t *bytes = inbox[node].entry[i].bytes;
        n += memmem(bytes->data, bytes->size, overdue, sizeof overdue - 1) &&
             memmem(bytes->data, bytes->size, alert, strlen(alert));
    }
    return n;
}

static void judge_alert(size_t node, const char *alert)
{
    enum { WITHIN_MS = 15 * 60 * 1000, UNSURE_MS = 90 * 1000 };
    int64_t begun = entered_ms("hub", alert), due = begun + WITHIN_MS;
    int64_t answered = answered_ms(&world.node[node], alert);
    size_t told = told_overdue(node, alert);
    int64_t now = fibers_now_us() / 1000;
    if (begun == INT64_MAX || (answered > due && answered < due + UNSURE_MS))
        return;
    verdict.duties++;
    bool wanted = answered > due && now > due + UNSURE_MS;
    if (told > 1 || (wanted && told == 0) || (answered <= due && told > 0))
        wrong("alert %s at %s: told %zu times that it is overdue, due %" PRId64
              " ms ago, answered %" PRId64 " ms after its entry",
            alert, world.node[node].machine.name, told, now - due,
            answered == INT64_MAX ? -1 : answered - begun);
}

static void judge_duties(void)
{
    static const char alert[] = "\"kind\":\"security.alert\"";
    for (size_t node = 0; node < world.nodes; node++)
        for (size_t i = 0; i < inbox[node].n; i++)
            if (has_role(&world.node[node], "national-security") &&
                memmem(inbox[node].entry[i].bytes->data, inbox[node].entry[i].bytes->size,
                    alert, sizeof alert - 1))
                judge_alert(node, inbox[node].entry[i].id);
}

static void judge_log(void)
{
    char why[200] = "";
    if (!logbook_read(why)) {
        wrong("the journal: %s", why);
        return;
    }
    verdict.entries = logbook_size();
    judge_entries();
    judge_duties();
    for (size_t i = 0; i < world.nodes; i++) {
        judge_proofs(&world.node[i], "/sent");
        judge_proofs(&world.node[i], "/inbox");
    }
}

// Who waits looks around each second and does little else.
static void judge_rest(const uint64_t *before)
{
    enum { STEPS = 3000 }; // a second; a start is some ten thousand
    for (size_t i = 0; i <= world.nodes; i++) {
        const machine_t *machine = &world_at(i)->machine;
        uint64_t steps = machine->steps - before[i];
        if (steps > (uint64_t)ORACLE_REST_S * STEPS)
            wrong("%s does not rest: %" PRIu64 " calls in %d s", machine->name, steps,
                ORACLE_REST_S);
    }
}

verdict_t oracle_judge(const uint64_t *steps)
{
    verdict = (verdict_t){0};
    for (size_t node = 0; node < world.nodes; node++) {
        read_inbox(node);
        judge_numbers(node);
    }
    for (size_t i = 0; i < people_count(); i++)
        judge_said(people_said(i));
    judge_log();
    judge_rest(steps);
    for (size_t node = 0; node < world.nodes; node++)
        for (size_t i = 0; i < inbox[node].n; i++)
            if (!inbox[node].entry[i].explained && !is_notice(&inbox[node].entry[i]))
                wrong("inbox of %s: %s comes from nowhere", world.node[node].machine.name,
                    inbox[node].entry[i].id);
    return verdict;
}
