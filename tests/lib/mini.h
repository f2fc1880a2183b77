// mini - a hub without disk and network: its law, what was said before, and the clerk.
// What it takes stays in its draft for ever.

#ifndef TESTS_LIB_MINI_H
#define TESTS_LIB_MINI_H

#include "hub/decide/decide.h"
#include "hub/decide/drafting.h"
#include "hub/state/history.h"
#include "hub/state/recipients.h"
#include "lib/rules/rules_fit.h"
#include "tests/lib/people.h"
#include "tests/lib/values.h"

typedef struct {
    people_t people;
    roster_t *roster;
    registry_t *registry;
    schemas_t *schemas;
    rules_t *rules;
    history_t *history;
    draft_t *draft;
    entries_t *entries;
    drafting_t *drafting;
    const member_t *hub;
    int64_t now_ms;
    uint32_t ids; // made so far
    refusal_t refusal;
    cause_t why;
} mini_t;

static inline int mini_decide(void *context, const member_t *author,
    const document_t *document, span_t seal, decision_t *decision)
{
    mini_t *self = context;
    (void)seal; // whoever has to seal it has
    history_view_t view = {self->history, self->roster, {0}};
    decide_t law = {.roster = self->roster,
        .registry = self->registry,
        .rules = self->rules,
        .rules_position = 1,
        .hub = self->hub->id,
        .now_ms = self->now_ms,
        .entry_ms = self->now_ms,
        .future_tolerance_ms = 300000,
        .late_after_ms = 900000,
        .past_tolerance_ms = 366 * PEOPLE_DAY_MS,
        .log = history_precedents(&view),
        .history = self->history};
    return decide_message(&law, author, document, decision);
}

static inline bool mini_find(
    void *context, const char *author, const char *id, leaf_t *leaf)
{
    return history_find(((mini_t *)context)->history, author, id, leaf);
}

static inline bool mini_news(
    void *context, const emission_t *emission, const routing_t *routing)
{
    mini_t *self = context;
    history_view_t view = {self->history, self->roster, {0}};
    precedents_t log = history_precedents(&view);
    recipients_t recipients = {&log, self->hub->id};
    return recipients_news(&recipients, &emission->name, emission->earlier, routing);
}

static inline void mini_drafted(
    void *context, const leaf_t *leaf, const routing_t *routing)
{
    history_draft(((mini_t *)context)->history, leaf, routing);
}

static inline void mini_undrafted(void *context)
{
    mini_t *self = context;
    routing_t routing = {0};
    history_begin(self->history);
    for (size_t i = 0; i < draft_count(self->draft); i++) {
        const draft_item_t *item = draft_at(self->draft, i);
        people_must(routing_read(&routing, item->record, &self->why) == 0, &self->why);
        history_draft(self->history, &item->leaf, &routing);
    }
    routing_close(&routing);
}

static inline int mini_check(void *context, size_t from, refusal_t *refusal)
{
    (void)context;
    (void)from;
    (void)refusal;
    return 0;
}

static inline void mini_duties(void *context, const document_t *document,
    const decision_t *decision, uint64_t position)
{
    (void)context;
    (void)document;
    (void)decision;
    (void)position;
}

__attribute__((format(printf, 3, 4))) static inline void mini_log(
    log_level_t level, const char *id, const char *format, ...)
{
    (void)level;
    (void)id;
    (void)format;
}

static inline void mini_forget(mini_t *self)
{
    history_destroy(&self->history);
    entries_destroy(&self->entries);
    draft_destroy(&self->draft);
    drafting_destroy(&self->drafting);
    rules_close(&self->rules);
}

// Members by name, role and organisation; one must be the hub.
static inline void mini_open(
    mini_t *self, const char *const members[][3], size_t n, const char *registry)
{
    *self = (mini_t){.now_ms = INT64_C(1795348800000)};
    people_open(&self->people, self->now_ms);
    for (size_t i = 0; i < n; i++) {
        person_t person = {
            .name = members[i][0], .role = members[i][1], .organisation = members[i][2]};
        people_certify(&self->people, &person, CERT_SEAL);
        people_certify(&self->people, &person, CERT_CHANNEL);
    }
    people_publish(&self->people, 1);
    self->roster = people_roster(&self->people);
    for (size_t i = 0; i < n; i++)
        if (strcmp(members[i][1], "hub") == 0)
            self->hub = roster_member(self->roster, members[i][0]);
    people_put(&self->people, "registry.conf", span_text(registry));
    self->registry =
        registry_open(scratch_at(&self->people.scratch, "registry.conf"), &self->why);
    people_must(self->registry != NULL, &self->why);
}

static inline void mini_close(mini_t *self)
{
    mini_forget(self);
    schemas_close(&self->schemas);
    registry_close(&self->registry);
    roster_close(&self->roster);
    people_close(&self->people);
}

// An empty log under this law; -1, and why, when it is no law.
static inline int mini_law(mini_t *self, const char *text)
{
    mini_forget(self);
    self->rules = rules_parse("x.rules", span_text(text), &self->why);
    if (!self->rules || rules_fit(self->rules, self->schemas, &self->why) != 0)
        return -1;
    self->draft = draft_new();
    self->entries = entries_new(NULL, self->draft);
    self->history = history_new(self->entries);
    draft_clear(self->draft, 100, self->now_ms);
    self->drafting = drafting_new(&(drafting_setup_t){.hub = self->hub,
        .draft = self->draft,
        .decide = mini_decide,
        .find = mini_find,
        .news = mini_news,
        .drafted = mini_drafted,
        .undrafted = mini_undrafted,
        .duties = mini_duties,
        .check = mini_check,
        .log = mini_log,
        .context = self});
    drafting_begin(self->drafting, self->schemas, self->now_ms);
    return 0;
}

// The schemas of the tree.
static inline void mini_schemas(mini_t *self)
{
    self->schemas = schemas_open("schemas", &self->why);
    people_must(self->schemas != NULL, &self->why);
}

// The plan's rules; after mini_schemas.
static inline void mini_plan(mini_t *self)
{
    buf_t law = {0};
    people_must(
        file_read("hub/etc/plan.rules", 1 << 20, &law, &self->why) == 0, &self->why);
    people_must(mini_law(self, buf_text(&law)) == 0, &self->why);
    buf_destroy(&law);
}

// Of a test whose state it is.
static inline int mini_tear_down(void **state)
{
    mini_close(*state);
    return 0;
}

static inline void mini_id(mini_t *self, char id[MESSAGE_ID_MAX])
{
    (void)snprintf(
        id, MESSAGE_ID_MAX, "019abd3c-5c00-7a4e-9b6d-%012x", (unsigned)++self->ids);
}

// The entry of the message, or NULL and a refusal.  What the hub explains first must be
// what it then does.  Takes over `message`.
static inline draft_item_t *mini_publish(mini_t *self, json_t *message)
{
    const document_limits_t limits = {1 << 20, 32};
    char *text = json_dumps(message, JSON_COMPACT);
    span_t bytes = arena_copy(draft_arena(self->draft), span_text(text));
    document_t document = {0};
    value_t *root = NULL;
    uint64_t position;
    hash_t hash;
    free(text);
    json_decref(message);
    self->refusal = (refusal_t){0};
    if (document_load(bytes, &limits, &root, &self->refusal) != 0)
        return NULL;
    if (schemas_check(self->schemas, root, &self->refusal) != 0 ||
        document_open(&document, root, &self->refusal) != 0) {
        value_free(&root);
        return NULL;
    }
    sha256(bytes, &hash);
    const member_t *author = roster_member(self->roster, document.from);
    sealed_message_t sealed = {
        author, &document, bytes, span_text("a seal"), &hash, &hash};
    size_t before = draft_count(self->draft);
    const decision_t *said = drafting_explain(self->drafting, author, &document);
    refusal_t explained = said->refusal;
    if (draft_count(self->draft) != before)
        fail_msg("an explanation left something in the draft");
    int result = drafting_take(self->drafting, &sealed, &position, &self->refusal);
    document_close(&document);
    if ((result == 0) != (explained.code == NULL))
        fail_msg("explained as %s, and then %s", explained.code ? explained.code : "good",
            result == 0 ? "taken" : self->refusal.code);
    if (history_check(self->history, &self->why) != 0)
        fail_msg("%s", self->why.text);
    if (result != 0 && draft_count(self->draft) != before)
        fail_msg("what was refused left something in the draft");
    return result == 0 ? draft_find(self->draft, position) : NULL;
}

#endif
