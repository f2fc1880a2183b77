// backfill - the log is walked from its end; what is chosen is written in the log's
// order. When it is too much, the newest goes along, and how much is left out is said.

#include "hub/decide/backfill.h"

#include "lib/base/memory.h"
#include "lib/message/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    evaluation_t *evaluation;
    feed_t feed;
    size_t messages; // of its kinds that were looked at
    size_t n, bytes; // that go along, the newest first
    size_t left_out; // that are too many
    leaf_t leaf[CARRY_MESSAGES];
} backfill_t;

static bool is_asked(const document_t *document)
{
    return strcmp(document->kind, "subscription") == 0 && !document->cancels.author[0] &&
           value_is(value_at(document->root, "/body/backfill"), VALUE_TRUE);
}

static bool is_of_kind(const backfill_t *self, const leaf_t *leaf)
{
    const char *kind;
    if (strcmp(leaf_own_type(leaf), "message") != 0)
        return false;
    for (size_t i = 0; (kind = feed_value(&self->feed, FEED_KIND, &i)) != NULL;)
        if (strcmp(kind, leaf->kind) == 0)
            return true;
    return false;
}

static bool had_it(const backfill_t *self, const leaf_t *leaf)
{
    const evaluation_t *evaluation = self->evaluation;
    routing_t routing = {0};
    if (recipients_record(&evaluation->recipients, leaf, &routing) != 0)
        return true; // and is not handed out
    bool had = recipients_had(
        evaluation->recipients.log, leaf, &routing, evaluation->author->id);
    routing_close(&routing);
    return had;
}

static bool is_chosen(const backfill_t *self, const leaf_t *leaf, const value_t *root)
{
    feed_facts_t facts;
    feed_facts(&facts, root, leaf->kind, leaf->author);
    return feed_chooses(&self->feed, &facts);
}

// By the law in force and the roles that both have now.
static bool is_offered(const backfill_t *self, const leaf_t *leaf, const value_t *root)
{
    const law_t *law = self->evaluation->law;
    const member_t *author = roster_member(law->roster, leaf->author);
    uint32_t role = role_bit(self->evaluation->author->role);
    const rule_t *rule;
    if (!author)
        return false;
    rules_walk_t walk = rules_walk(law->rules, leaf->kind, author->role, root);
    while ((rule = rules_next(&walk)) != NULL)
        if (rule->subscribers & role)
            return true;
    return false;
}

// What was exercised or tested is not read along.
static bool may_have(const backfill_t *self, const leaf_t *leaf)
{
    const precedents_t *log = self->evaluation->recipients.log;
    value_t *root = log->document(log->context, leaf);
    const char *status = value_text(value_get(root, "status"));
    bool may = status && strcmp(status, "actual") == 0 && is_chosen(self, leaf, root) &&
               is_offered(self, leaf, root) &&
               evaluation_lets_read(self->evaluation, root);
    value_free(&root);
    return may;
}

static void choose(backfill_t *self, const leaf_t *leaf)
{
    const precedents_t *log = self->evaluation->recipients.log;
    size_t bytes = log->bytes(log->context, leaf);
    if (self->left_out > 0 || self->n == CARRY_MESSAGES ||
        (self->n > 0 && self->bytes + bytes > CARRY_BYTES)) {
        self->left_out++;
        return;
    }
    self->leaf[self->n++] = *leaf;
    self->bytes += bytes;
}

static void look_at(backfill_t *self, const leaf_t *leaf)
{
    const evaluation_t *evaluation = self->evaluation;
    if (!is_of_kind(self, leaf))
        return;
    self->messages++;
    if (strcmp(leaf->author, evaluation->author->id) != 0 &&
        message_stands(evaluation->recipients.log, leaf) && !had_it(self, leaf) &&
        may_have(self, leaf))
        choose(self, leaf);
}

// Returns how many older entries were not looked at.
static uint64_t look_back(backfill_t *self)
{
    history_t *history = self->evaluation->history;
    uint64_t next = history_end(history);
    uint64_t end = next > BACKFILL_ENTRIES ? next - BACKFILL_ENTRIES : 0;
    leaf_t leaf;
    while (next > end && self->messages < BACKFILL_MESSAGES) {
        if (!history_leaf(history, next - 1, &leaf))
            return 0; // history_check knows
        look_at(self, &leaf);
        next--;
    }
    return next;
}

static void write_omitted(const backfill_t *self, const char *code, uint64_t n)
{
    route_t route = {.type = ROUTE_OMITS, .tell = TELL_SENDER, .size = n};
    (void)snprintf(route.node, sizeof route.node, "%s", self->evaluation->author->id);
    (void)snprintf(route.code, sizeof route.code, "%s", code);
    if (n > 0)
        routing_add(&self->evaluation->decision->routing, &route);
}

static void write_lines(const backfill_t *self)
{
    routing_t *routing = &self->evaluation->decision->routing;
    const char *node = self->evaluation->author->id;
    for (size_t i = self->n; i-- > 0;) {
        route_t route = {.type = ROUTE_CARRIES, .tell = TELL_SENDER};
        (void)snprintf(route.node, sizeof route.node, "%s", node);
        memcpy(route.author, self->leaf[i].author, sizeof route.author);
        memcpy(route.id, self->leaf[i].id, sizeof route.id);
        routing_add(routing, &route);
    }
    write_omitted(self, "carry.limit", self->left_out);
}

void backfill_add(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    if (!is_asked(document))
        return;
    backfill_t *self = memory_new(1, sizeof *self);
    self->evaluation = evaluation;
    feed_read(&self->feed, value_get(document->root, "body"));
    uint64_t older = look_back(self);
    write_lines(self);
    write_omitted(self, "backfill.depth", older);
    feed_close(&self->feed);
    free(self);
}
