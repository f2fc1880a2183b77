// hub_erase - a document is taken out of the log by an operator, lawfully: what stands
// in the way of that, what goes with it, and the doing.
//
// Attachments that only what goes has named go with it.
//
// The order is an entry of the type `erasure` beside the operator's act.  When that is
// durable the octets go, in the same turn: no snapshot is taken in between, so that a
// start reads every order that was not carried out, and carries it out.

#include "hub/hub_inside.h"
#include "lib/base/log.h"
#include "lib/blob/depot_names.h"
#include "lib/json/writer.h"
#include "lib/tlog/erasing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAMED_MOST = 64 }; // messages that name it, as they are listed

// A file that what goes has named.
typedef struct {
    hash_t digest;
    uint64_t size;
    uint64_t keeper; // a message that stays and names it; 0: it goes
} named_file_t;

// One that is to go, what it said to whom, and what goes with it.
typedef struct {
    hub_t *hub;
    history_view_t view;
    precedents_t log;
    leaf_t leaf;
    erasure_t goes;
    hold_t hold; // which of what stands in the way was found
    size_t files;
    named_file_t file[ERASURE_FILES];
} erase_t;

static int erase_one(hub_t *self, uint64_t position, cause_t *why)
{
    const erasure_t one = {.n = 1, .position = {position}};
    if (erasing_run(self->options->journal, &one, why) != 0)
        return cause_prefix(why, "erasing entry %" PRIu64, position);
    if (self->stock)
        stock_forget(self->stock, position);
    log_line(LOG_WARNING, "document.erased", "position=%" PRIu64, position);
    return 0;
}

// Before anybody is served there is no thread that has the files.
static int remove_file(hub_t *self, const hash_t *digest, cause_t *why)
{
    depot_names_t names;
    if (self->attachment_server)
        return attachment_server_erase(self->attachment_server, digest, why);
    return depot_names_make(&names, self->options->attachments, why) == 0
               ? depot_names_erase(&names, digest, why)
               : -1;
}

static int erase_file(hub_t *self, const hash_t *digest, cause_t *why)
{
    char hex[HASH_HEX];
    int removed = remove_file(self, digest, why);
    hex_encode(digest->bytes, sizeof digest->bytes, hex);
    if (removed < 0)
        return cause_prefix(why, "erasing attachment %s", hex);
    if (removed > 0)
        log_line(LOG_WARNING, "attachment.erased", "digest=%s", hex);
    return 0;
}

int hub_order_erasure(hub_t *self, cause_t *why)
{
    erasures_t *erasures = &self->erasures;
    for (size_t i = 0; i < erasures->files; i++)
        if (erase_file(self, &erasures->file[i], why) != 0)
            return -1;
    erasures->files = 0;
    for (size_t i = 0; i < erasures->names; i++)
        if (erase_one(self, erasures->named[i], why) != 0)
            return -1;
    erasures->names = 0;
    return 0;
}

// --------------------------------------------------------------------------------

// The message of this name, by whomever it is that takes part.
static int find_any(hub_t *self, const char *id, leaf_t *leaf, cause_t *why)
{
    size_t found = 0;
    leaf_t one;
    for (size_t i = 0; i < roster_count(self->law.roster); i++)
        if (history_find(self->history, roster_at(self->law.roster, i)->id, id, &one)) {
            *leaf = one;
            found++;
        }
    if (found == 1)
        return 0;
    return found > 1
               ? cause_set(why,
                     "several have written a message %s: say whose, as "
                     "'AUTHOR ID'",
                     id)
               : cause_set(why, "nobody who takes part has written a message %s", id);
}

static int find(erase_t *self, const char *name, cause_t *why)
{
    char author[NODE_ID_MAX];
    const char *space = strchr(name, ' ');
    if (!name[0])
        return cause_set(why, "which message?");
    if (!space)
        return find_any(self->hub, name, &self->leaf, why);
    (void)snprintf(author, sizeof author, "%.*s", (int)(space - name), name);
    return history_find(self->hub->history, author, space + 1, &self->leaf)
               ? 0
               : cause_set(why, "%s has written no message %s", author, space + 1);
}

// Nobody is to wait for what is gone.  Who has left the exchange does not.
static int check_had(hub_t *self, const char *node, uint64_t position, cause_t *why)
{
    uint64_t number = 0;
    if (!roster_member(self->law.roster, node))
        return 0;
    int inbox = inboxes_of(self->inboxes, node, why);
    if (inbox < 0 || inboxes_find(self->inboxes, inbox, position, &number, why) != 0)
        return -1;
    return number <= inboxes_acked(self->inboxes, inbox)
               ? 0
               : cause_set(why, "%s has not signed for it yet", node);
}

// Later messages bring it along for others.
static int check_carriers(erase_t *self, const leaf_t *leaf, cause_t *why)
{
    thread_walk_t walk = {0};
    leaf_t carrier;
    const reference_t name = message_name(leaf);
    int result = 0;
    for (size_t i = 0; result == 0 && i < roster_count(self->hub->law.roster); i++) {
        const char *node = roster_at(self->hub->law.roster, i)->id;
        walk = (thread_walk_t){0};
        while (result == 0 && self->log.carried(self->log.context, &name, THIS_VERSION,
                                  node, &walk, &carrier))
            result = check_had(self->hub, node, carrier.position, why);
    }
    return result;
}

static int check_duties(const hub_t *self, const leaf_t *leaf, cause_t *why)
{
    duty_cursor_t cursor = {0};
    const duty_t *duty;
    reference_t first, name = message_name(leaf);
    history_first(self->history, &name, &first);
    while ((duty = duties_of(self->duties, &first, &cursor)) != NULL)
        if (!duty_settled(duty))
            return cause_set(why, "%s still owes '%s' by it%s%s (para %s)", duty->debtor,
                duty->name, duty->towards[0] ? ", towards " : "", duty->towards,
                duty->cites);
    return 0;
}

// Which check failed, when one did.
static int held(erase_t *self, hold_t by, int result)
{
    if (result != 0)
        self->hold = by;
    return result;
}

static int add_file(erase_t *self, const route_t *route, cause_t *why)
{
    for (size_t i = 0; i < self->files; i++)
        if (hash_equal(&self->file[i].digest, &route->digest))
            return 0;
    if (self->files == ERASURE_FILES)
        return held(self, HOLD_ATTACHMENT,
            cause_set(why, "more than %d attachments would go at once", ERASURE_FILES));
    self->file[self->files++] =
        (named_file_t){.digest = route->digest, .size = route->size};
    return 0;
}

// With this, or with what was ordered before.
static bool goes(const erase_t *self, uint64_t position)
{
    const erasures_t *ordered = &self->hub->ordered;
    for (size_t i = 0; i < self->goes.n; i++)
        if (self->goes.position[i] == position)
            return true;
    for (size_t i = 0; i < ordered->n; i++)
        if (ordered->seen[i] == position)
            return true;
    return false;
}

// Who names it, and is not erased, keeps it.
static int find_keeper(const erase_t *self, named_file_t *file, cause_t *why)
{
    const attachments_t *attachments = self->hub->attachments;
    attachments_cursor_t cursor = {0};
    uint64_t position;
    entry_t entry;
    while (attachments_naming(attachments, &file->digest, &cursor, &position)) {
        if (goes(self, position))
            continue;
        if (entries_read(self->hub->entries, position, &entry, why) != 0)
            return -1;
        if (!erasure_of(entry.document)) {
            file->keeper = position;
            return 0;
        }
    }
    return 0;
}

static int decide_files(erase_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->files; i++) {
        named_file_t *file = &self->file[i];
        if (find_keeper(self, file, why) != 0)
            return -1;
        if (file->keeper == 0)
            (void)erasure_add_file(&self->goes, &file->digest);
    }
    return 0;
}

static int check_line(
    erase_t *self, const leaf_t *leaf, const route_t *route, cause_t *why)
{
    if (route_delivers(route))
        return held(
            self, HOLD_UNSIGNED, check_had(self->hub, route->node, leaf->position, why));
    if (route->type == ROUTE_ATTACHMENT)
        return add_file(self, route, why);
    if (route->type == ROUTE_EXERCISE &&
        !history_exercise(self->hub->history, EXERCISE_CLOSES, route->node, ""))
        return held(self, HOLD_EXERCISE,
            cause_set(why, "the exercise '%s' is not closed", route->node));
    return 0;
}

static int check_record(
    erase_t *self, const leaf_t *leaf, routing_t *routing, cause_t *why)
{
    buf_t text = {0};
    span_t record;
    int result = self->log.record(self->log.context, leaf, &record, why);
    if (result == 0) {
        buf_put_span(&text, record); // what is lent goes with the next question
        result = routing_read(routing, buf_span(&text), why);
    }
    for (size_t i = 0; result == 0 && i < routing->n; i++)
        result = check_line(self, leaf, &routing->route[i], why);
    buf_destroy(&text);
    return result;
}

static int check_one(erase_t *self, const leaf_t *leaf, routing_t *routing, cause_t *why)
{
    entry_t entry;
    if (entries_read(self->hub->entries, leaf->position, &entry, why) != 0)
        return -1;
    if (erasure_of(entry.document))
        return cause_set(why, "it is erased already");
    if (check_record(self, leaf, routing, why) != 0 ||
        held(self, HOLD_DUTY, check_duties(self->hub, leaf, why)) != 0 ||
        held(self, HOLD_UNSIGNED, check_carriers(self, leaf, why)) != 0)
        return cause_prefix(why, "%s of %s", leaf->kind, leaf->author);
    return 0;
}

// In the order of the log: what is derived stands behind its cause.
static int add_derived(erase_t *self, const route_t *route, cause_t *why)
{
    leaf_t leaf;
    routing_t routing = {0};
    if (!history_find(
            self->hub->history, self->hub->identity.member.id, route->id, &leaf))
        return cause_set(why,
            "what was derived from it (%s) is not in this log under "
            "this hub's name",
            route->kind);
    if (self->goes.n == ERASURE_MAX)
        return cause_set(why, "more than %d entries would go at once", ERASURE_MAX);
    int result = check_one(self, &leaf, &routing, why);
    routing_close(&routing);
    size_t at = self->goes.n++;
    for (; at > 0 && self->goes.position[at - 1] > leaf.position; at--)
        self->goes.position[at] = self->goes.position[at - 1];
    self->goes.position[at] = leaf.position;
    return result;
}

// All that goes with the message that was found.
static int gather(erase_t *self, cause_t *why)
{
    routing_t routing = {0};
    if (quarantine_names(&self->hub->start->quarantine, self->leaf.position))
        return cause_set(why, "entry %" PRIu64 " is set aside, and cannot be read",
            self->leaf.position);
    self->goes = (erasure_t){.n = 1, .position = {self->leaf.position}};
    int result = check_one(self, &self->leaf, &routing, why);
    const route_t *cause = result == 0 ? routing_cause(&routing) : NULL;
    if (cause)
        result = held(self, HOLD_COMPANY,
            cause_set(why,
                "it was derived from %s of %s: erase that, and this goes "
                "with it",
                cause->id, cause->node));
    for (size_t i = 0; result == 0 && i < routing.n; i++)
        if (routing.route[i].type == ROUTE_EMIT)
            result = add_derived(self, &routing.route[i], why);
    routing_close(&routing);
    return result == 0 ? decide_files(self, why) : -1;
}

static int find_all(erase_t *self, const char *name, cause_t *why)
{
    return find(self, name, why) == 0 ? gather(self, why) : -1;
}

static void begin(erase_t *self, hub_t *hub)
{
    *self = (erase_t){.hub = hub, .hold = HOLD_OTHER};
    self->view = (history_view_t){.history = hub->history, .roster = hub->law.roster};
    self->log = history_precedents(&self->view);
}

static void write_message(writer_t *to, const leaf_t *leaf)
{
    writer_object(to, NULL);
    writer_integer(to, "position", (int64_t)leaf->position);
    writer_text(to, "kind", leaf->kind);
    writer_text(to, "author", leaf->author);
    writer_text(to, "id", leaf->id);
    writer_end(to);
}

// Each of these is a message of its own, and stays: corrections, answers, reports.
static void write_named(erase_t *self, writer_t *to)
{
    thread_walk_t walk = {0};
    leaf_t leaf;
    size_t n = 0;
    const reference_t name = message_name(&self->leaf);
    writer_array(to, "names");
    while (n < NAMED_MOST && self->log.refers(self->log.context, &name, THIS_VERSION,
                                 REFERS, "", &walk, &leaf)) {
        write_message(to, &leaf);
        n++;
    }
    writer_end(to);
}

// Who keeps it is named where it stays.
static void write_files(const erase_t *self, writer_t *to)
{
    leaf_t leaf;
    char hex[HASH_HEX];
    writer_array(to, "attachments");
    for (size_t i = 0; i < self->files; i++) {
        const named_file_t *file = &self->file[i];
        hex_encode(&file->digest, sizeof file->digest, hex);
        writer_object(to, NULL);
        writer_text(to, "sha256", hex);
        writer_integer(to, "size", (int64_t)file->size);
        writer_bool(to, "goes", file->keeper == 0);
        if (file->keeper > 0 && history_leaf(self->hub->history, file->keeper, &leaf)) {
            writer_array(to, "kept_by");
            write_message(to, &leaf);
            writer_end(to);
        }
        writer_end(to);
    }
    writer_end(to);
}

int hub_erase_look(hub_t *self, const char *name, buf_t *answer, cause_t *why)
{
    erase_t wanted;
    leaf_t leaf;
    begin(&wanted, self);
    if (find_all(&wanted, name, why) != 0)
        return -1;
    writer_t to = writer_to(answer);
    writer_object(&to, NULL);
    writer_bool(&to, "ok", true);
    writer_array(&to, "goes");
    for (size_t i = 0; i < wanted.goes.n; i++)
        if (history_leaf(self->history, wanted.goes.position[i], &leaf))
            write_message(&to, &leaf);
    writer_end(&to);
    write_files(&wanted, &to);
    write_named(&wanted, &to);
    writer_end(&to);
    return 0;
}

static int order(hub_t *self, operation_t *operation, const erasure_t *goes,
    const control_asker_t *asker, cause_t *why)
{
    buf_t text = {0};
    erasure_print(goes, &text);
    const operations_beside_t beside = {"erasure", buf_text(&text)};
    int result = hub_operation(self, operation, &beside, asker, why);
    for (size_t i = 0; result == 0 && i < goes->n; i++)
        erasures_see(&self->ordered, goes->position[i]);
    buf_destroy(&text);
    return result;
}

int hub_erase_order(
    hub_t *self, operation_t *operation, const control_asker_t *asker, cause_t *why)
{
    erase_t wanted;
    begin(&wanted, self);
    if (!operation->reason[0])
        return cause_set(why, "an erasure has a reason, which the log keeps");
    if (find_all(&wanted, operation->to, why) != 0)
        return -1;
    (void)snprintf(
        operation->to, sizeof operation->to, "%s %s", wanted.leaf.author, wanted.leaf.id);
    return order(self, operation, &wanted.goes, asker, why);
}

// --------------------------------------------------------------------------------

// Whether the newest that names it, or one of its corrections, is still young.
static bool is_named(erase_t *self, const retention_item_t *item, uint64_t position)
{
    thread_walk_t walk = {0};
    leaf_t leaf, by;
    if (!history_leaf(self->hub->history, position, &leaf))
        return false;
    const reference_t name = message_name(&leaf);
    return self->log.refers(
               self->log.context, &name, ANY_VERSION, REFERS, "", &walk, &by) &&
           retention_younger(self->hub->retain.found, item, by.position);
}

// What goes along has an age of its own, and is past that.
static hold_t hold_of_company(erase_t *self, const retention_item_t *item)
{
    leaf_t leaf;
    for (size_t i = 0; i < self->goes.n; i++) {
        uint64_t position = self->goes.position[i];
        if (!history_leaf(self->hub->history, position, &leaf) ||
            (position != item->position &&
                !retention_past(self->hub->retain.found, &leaf)))
            return HOLD_COMPANY;
        if (is_named(self, item, position))
            return HOLD_NAMED;
    }
    return HOLD_NONE;
}

bool hub_erased(hub_t *self, uint64_t position)
{
    entry_t entry;
    cause_t ignored; // gather says why it cannot be read
    return entries_read(self->entries, position, &entry, &ignored) == 0 &&
           erasure_of(entry.document);
}

void hub_erase_look_aged(hub_t *self, const retention_item_t *item, aged_t *found)
{
    erase_t wanted;
    cause_t ignored; // it is counted by what holds it
    *found = (aged_t){.gone = hub_erased(self, item->position), .hold = HOLD_NONE};
    if (found->gone)
        return;
    begin(&wanted, self);
    if (!history_leaf(self->history, item->position, &wanted.leaf) ||
        gather(&wanted, &ignored) != 0)
        found->hold = wanted.hold;
    else
        found->hold = hold_of_company(&wanted, item);
    found->leaf = wanted.leaf;
    found->goes = wanted.goes;
}

int hub_erase_aged(
    hub_t *self, const retention_item_t *item, const aged_t *found, cause_t *why)
{
    operation_t operation = {.act = "erase"};
    (void)snprintf(operation.by, sizeof operation.by, "%s", self->identity.member.id);
    (void)snprintf(
        operation.to, sizeof operation.to, "%s %s", found->leaf.author, found->leaf.id);
    (void)snprintf(operation.reason, sizeof operation.reason,
        "retention: %s, %" PRId64 " days", item->age->kind, item->age->days);
    return order(self, &operation, &found->goes, NULL, why);
}
