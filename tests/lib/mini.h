// mini - a hub without disk and network: its law, what was said before, duties, and what
// drafts.  What it takes stays in its draft for ever.

#ifndef TESTS_LIB_MINI_H
#define TESTS_LIB_MINI_H

#include "hub/decide/drafting.h"
#include "lib/lawcheck/rules_fit.h"
#include "tests/lib/data.h"
#include "tests/lib/pack.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/values.h"

typedef struct {
    people_t people;
    law_t law;
    hub_options_t options;
    history_t *history;
    draft_t *draft;
    entries_t *entries;
    duties_t *duties;
    readback_t *readback;
    drafting_t *drafting;
    const member_t *hub;
    int64_t now_ms;
    uint32_t ids; // made so far
    buf_t seal;   // the head of one by a node and as many officers as any rule asks for
    refusal_t refusal;
    cause_t why;
} mini_t;

static inline void mini_forget(mini_t *self)
{
    drafting_destroy(&self->drafting);
    readback_destroy(&self->readback);
    duties_destroy(&self->duties);
    history_destroy(&self->history);
    entries_destroy(&self->entries);
    draft_destroy(&self->draft);
    rules_close(&self->law.rules);
}

// Who signs sample_seal after the node, each in an office that examples want.
static inline void mini_officers(mini_t *self, const char *node)
{
    static const char *const names[] = {"aigul", "berik", "daniyar"};
    static const office_t offices[] = {
        {"head", NULL}, {"deputy-chairman", NULL}, {"chairman", NULL}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        seal_key_t key = sample_key((uint8_t)(11 + i));
        people_certify_office(&self->people,
            &(person_t){names[i], "officer", "STS", node, key.public_key, 0}, CERT_SEAL,
            &offices[i]);
    }
    sample_seal_head(1, 1 + sizeof names / sizeof names[0], &self->seal);
}

// Members by name, role and organisation, one of them the hub; and a registry of
// tests/data.
static inline void mini_open(
    mini_t *self, const char *const members[][3], size_t n, const char *registry)
{
    *self = (mini_t){.now_ms = INT64_C(1795348800000),
        .options = {
            .future_tolerance_ms = 300000, .late_after_ms = 900000, .past_days = 366}};
    people_open(&self->people, self->now_ms);
    for (size_t i = 0; i < n; i++) {
        person_t person = {
            .name = members[i][0], .role = members[i][1], .organisation = members[i][2]};
        people_certify(&self->people, &person, CERT_SEAL);
        people_certify(&self->people, &person, CERT_CHANNEL);
    }
    mini_officers(self, members[strcmp(members[0][1], "hub") == 0 ? 1 : 0][0]);
    people_publish(&self->people, 1);
    self->law.roster = people_roster(&self->people);
    for (size_t i = 0; i < n; i++)
        if (strcmp(members[i][1], "hub") == 0)
            self->hub = roster_member(self->law.roster, members[i][0]);
    self->law.registry = data_registry(registry);
}

static inline void mini_close(mini_t *self)
{
    mini_forget(self);
    schemas_close(&self->law.schemas);
    registry_close(&self->law.registry);
    roster_close(&self->law.roster);
    buf_destroy(&self->seal);
    people_close(&self->people);
}

// An empty log under the law in force.
static inline void mini_begin(mini_t *self)
{
    self->draft = draft_new();
    self->entries = entries_new(NULL, self->draft);
    self->history = history_new(self->entries, NULL);
    self->duties = duties_new(NULL);
    self->readback = readback_new(NULL); // nobody acknowledges
    draft_clear(self->draft, 100, self->now_ms);
    self->drafting = drafting_new(&(drafting_setup_t){.options = &self->options,
        .hub = self->hub,
        .history = self->history,
        .duties = self->duties,
        .readback = self->readback,
        .draft = self->draft});
    drafting_begin(self->drafting, &(drafting_turn_t){.law = &self->law,
                                       .rules_position = 1,
                                       .now_ms = self->now_ms,
                                       .entry_ms = self->now_ms});
}

// An empty log under these rules, whether they fit the schemas or not.
static inline void mini_rules(mini_t *self, const char *text)
{
    mini_forget(self);
    self->law.rules = pack_rules("x.rules", span_text(text), &self->why);
    people_must(self->law.rules != NULL, &self->why);
    mini_begin(self);
}

// The same; -1, and why, when they are no law.
static inline int mini_law(mini_t *self, const char *text)
{
    mini_forget(self);
    self->law.rules = pack_rules("x.rules", span_text(text), &self->why);
    if (!self->law.rules ||
        rules_fit(self->law.rules, self->law.schemas, &self->why) != 0)
        return -1;
    mini_begin(self);
    return 0;
}

// The schemas of the tree.
static inline void mini_schemas(mini_t *self)
{
    self->law.schemas = schemas_open("schemas", &self->why);
    people_must(self->law.schemas != NULL, &self->why);
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

// Whether a record delivers to this node.
static inline bool mini_delivers(span_t record, const char *node)
{
    routing_t routing;
    cause_t why;
    bool delivers = routing_parse(&routing, record, &why) == 0;
    if (!delivers)
        return false;
    delivers = routing_find(&routing, node) != NULL;
    routing_close(&routing);
    return delivers;
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
    if (schemas_check(self->law.schemas, root, &self->refusal) != 0 ||
        document_open(&document, root, &self->refusal) != 0) {
        value_free(&root);
        return NULL;
    }
    sha256(bytes, &hash);
    const member_t *author = roster_member(self->law.roster, document.from);
    sealed_message_t sealed = {.author = author,
        .document = &document,
        .bytes = bytes,
        .hash = &hash,
        .seal = {.head = buf_span(&self->seal)},
        .head_hash = &hash};
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

// How many messages are drafted from this place on; duties lie among them.
static inline size_t mini_messages(const mini_t *self, size_t from)
{
    size_t n = 0;
    for (size_t i = from; i < draft_count(self->draft); i++)
        n += strcmp(draft_at(self->draft, i)->leaf.type, "message") == 0;
    return n;
}

#endif
