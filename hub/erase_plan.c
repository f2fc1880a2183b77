// erase_plan - who waits for the message, owes by it or brings it along stands in the
// way; what was derived from it goes with it, and so do attachments that only what goes
// has named.

#include "hub/erase_plan.h"

#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void erase_plan_begin(erase_plan_t *self, hub_t *hub)
{
    *self = (erase_plan_t){.hub = hub, .hold = HOLD_OTHER};
    self->view = (history_view_t){.history = hub->history, .roster = hub->law.roster};
    self->log = history_precedents(&self->view);
}

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

int erase_plan_find(erase_plan_t *self, const char *name, cause_t *why)
{
    char author[NODE_ID_MAX];
    const char *space = strchr(name, ' ');
    if (!name[0])
        return cause_set(why, "which message?");
    if (!space)
        return find_any(self->hub, name, &self->leaf, why);
    const span_t before = span_of((const uint8_t *)name, (size_t)(space - name));
    if (!text_copy(before, author, sizeof author))
        return cause_set(
            why, "nobody who takes part has written a message %s", space + 1);
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
static int check_carriers(erase_plan_t *self, const leaf_t *leaf, cause_t *why)
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
static int held(erase_plan_t *self, hold_t by, int result)
{
    if (result != 0)
        self->hold = by;
    return result;
}

static int add_file(erase_plan_t *self, const route_t *route, cause_t *why)
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
static bool goes(const erase_plan_t *self, uint64_t position)
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
static int find_keeper(const erase_plan_t *self, named_file_t *file, cause_t *why)
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

static int decide_files(erase_plan_t *self, cause_t *why)
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
    erase_plan_t *self, const leaf_t *leaf, const route_t *route, cause_t *why)
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
    erase_plan_t *self, const leaf_t *leaf, routing_t *routing, cause_t *why)
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

static int check_one(
    erase_plan_t *self, const leaf_t *leaf, routing_t *routing, cause_t *why)
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
static int add_derived(erase_plan_t *self, const route_t *route, cause_t *why)
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

int erase_plan_gather(erase_plan_t *self, cause_t *why)
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
