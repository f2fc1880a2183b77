// hub - the turn, and everything that needs more than one module.
//
// A turn takes in what nodes sent, decides one message at a time, writes all entries as one
// batch, flushes it, and only then answers and delivers.  `decide_*` reads state and the turn's
// draft and changes neither the state nor the disk; `apply` is the only thing that changes state
// and runs alike after the append and during recovery, without looking at a rule.
//
// State is a fold over the journal: `tree`, `inboxes`, `ids` and the few fields of `folded`.

#include "hub/hub.h"

#include "hub/answers.h"
#include "hub/control.h"
#include "hub/courier.h"
#include "hub/derive.h"
#include "hub/draft.h"
#include "hub/gate.h"
#include "hub/ids.h"
#include "hub/inboxes.h"
#include "hub/intake.h"
#include "hub/journal.h"
#include "lib/marking.h"
#include "hub/publisher.h"
#include "hub/refusals.h"
#include "lib/registry.h"
#include "lib/roster.h"
#include "lib/rules.h"
#include "hub/sessions.h"
#include "hub/tree.h"
#include "hub/workers.h"
#include "lib/file.h"
#include "lib/keyfile.h"
#include "lib/log.h"
#include "lib/merkle.h"
#include "lib/rulesseal.h"
#include "lib/times.h"

#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    TURN_ITEMS = 1024,           // messages of one turn
    TURN_BYTES = 4 << 20,        // after so many bytes of documents no further frame is read
    BATCH_BYTES = 48 << 20,      // what a turn's batch can come to, carried documents included
    SHARED_FROM = 8,             // fewer items are not worth waking a worker
    SPOILED_MAX = 100,           // unreadable frames before a session is ended
    FILE_LIMIT = 16 << 20,       // rules, seals
    POLL_MS = 1000,
};

// What an operator loads: replaced whole or not at all.
typedef struct {
    schemas_t *schemas;
    roster_t *roster;
    registry_t *registry;
    rules_t *rules;
    buf_t rules_seal;
    buf_t roster_text;
} law_t;

// What the entries so far add up to, beside tree, inboxes and ids.
typedef struct {
    merkle_t peaks;
    int64_t time_ms;         // of the last entry
    uint64_t rules_position; // of the rules in force
    hash_t rules, rules_seal, roster, registry; // SHA-256 of what was loaded last
} folded_t;

struct hub {
    const options_t *options;
    seal_key_t log_key, seal_key;
    log_vkey_t vkey;
    member_t me; // from the hub's own certificate
    law_t law;

    journal_t *journal;
    tree_t *tree;
    publisher_t *publisher;
    inboxes_t *inboxes;
    ids_t *ids;
    folded_t folded;

    gate_t *gate;
    control_t *control;
    sessions_t *sessions;
    workers_t *workers;
    intake_t *intake;
    draft_t *draft;
    ids_t *fresh; // messages of this turn's draft
    answers_t *answers;
    courier_t *courier;
    refusals_t *refusals;

    buf_t note;      // the newest durable checkpoint, signed
    buf_t next_note; // the one being signed while the batch is flushed
    checkpoint_t checkpoint;
    arena_t *reading; // entries read back from the journal, for one frame
    buf_t scratch, memory;
    routing_t routing, derived_routing, parsed;

    now_t now;
    int64_t wall_offset_ms;  // wall minus monotonic, when they last agreed
    int64_t acks_since_ms;   // monotonic; 0: none waits
    int64_t refusals_at_ms;  // monotonic: when counts were last journalled
    int64_t watched_at_ms;   // monotonic: when the slow checks last ran
    int signals;             // signalfd
    bool full;               // no room on the disk
    bool rolled_back;        // a node showed a later checkpoint of this very log
    bool stopping;
};

// ---- law: loaded whole ----------------------------------------------------------------------

static void law_close(law_t *law)
{
    schemas_close(&law->schemas);
    roster_close(&law->roster);
    registry_close(&law->registry);
    rules_close(&law->rules);
    buf_destroy(&law->rules_seal);
    buf_destroy(&law->roster_text);
}

// The rules count only with a seal by an officer of an nccis node.
static int check_rules_seal(
    law_t *law, const char *path, const char *origin, int64_t now_ms, cause_t *why)
{
    rulesseal_t seal;
    const char *state = "unknown";
    char file[1024];
    (void)snprintf(file, sizeof file, "%s.seal", path);
    if (file_read(file, FILE_LIMIT, &law->rules_seal, why) != 0)
        return cause_prefix(why, "the rules are not sealed");
    if (rulesseal_parse(&seal, buf_span(&law->rules_seal), why) != 0)
        return cause_prefix(why, "%s", file);
    const cert_t *cert = roster_by_seal(law->roster, seal.key_id, now_ms, &state);
    if (!cert)
        return cause_set(why, "%s: sealed by key %.16s..., whose certificate is %s", file,
            seal.key_id, state);
    const member_t *node = roster_member(law->roster, cert->node);
    if (strcmp(cert->role, "officer") != 0 || !node || strcmp(node->role, "nccis") != 0)
        return cause_set(why,
            "%s: sealed by %s (%s), and only an officer of an nccis node may seal rules",
            file, cert->name, cert->role);
    if (rulesseal_check(&seal, origin, rules_text(law->rules), cert->key, why) != 0)
        return cause_prefix(why, "%s", file);
    return 0;
}

static int law_open(law_t *law, const options_t *options, const roster_t *before,
    int64_t now_ms, cause_t *why)
{
    *law = (law_t){0};
    if (!(law->schemas = schemas_open(options->schemas, why)) ||
        !(law->roster =
                roster_open(options->roster, options->ca, options->crl, before, now_ms, why)) ||
        !(law->registry = registry_open(options->registry, why)) ||
        !(law->rules = rules_open(options->rules, why)) ||
        check_rules_seal(law, options->rules, options->origin, now_ms, why) != 0) {
        law_close(law);
        return -1;
    }
    roster_print(law->roster, &law->roster_text);
    return 0;
}

// ---- apply: the only thing that changes state ------------------------------------------------

static int deliver_to_inboxes(
    hub_t *self, uint64_t position, const routing_t *routing, cause_t *why)
{
    for (size_t i = 0; i < routing->n; i++) {
        if (routing->route[i].type != ROUTE_DELIVER)
            continue;
        int inbox = inboxes_of(self->inboxes, routing->route[i].node, why);
        if (inbox < 0 || inboxes_add(self->inboxes, inbox, position, why) != 0)
            return -1;
    }
    return 0;
}

static int apply_message(
    hub_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    if (routing_parse(&self->parsed, entry->record, why) != 0)
        return cause_prefix(why, "routing record");
    ids_add(self->ids, leaf->author, leaf->id, leaf->position);
    return deliver_to_inboxes(self, leaf->position, &self->parsed, why);
}

// The text is ack_print's: version, origin, key id, number, root, signature.
static int apply_delivery(
    hub_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    uint64_t number = 0;
    reader_t reader = reader_of(entry->document);
    for (int i = 0; i < 3; i++)
        (void)take_line(&reader);
    int inbox = inboxes_of(self->inboxes, leaf->author, why);
    if (!decimal_decode(take_line(&reader), &number) || inbox < 0)
        return cause_set(why, "the acknowledgement of %s cannot be read", leaf->author);
    inboxes_set_acked(self->inboxes, inbox, number);
    return 0;
}

static int apply(hub_t *self, const leaf_t *leaf, const entry_t *entry, const hash_t *hash,
    cause_t *why)
{
    folded_t *folded = &self->folded;
    merkle_add(&folded->peaks, hash);
    folded->time_ms = leaf->time_ms;
    publisher_leaf(self->publisher, entry->leaf);
    if (tree_add(self->tree, hash, why) != 0)
        return -1;
    if (strcmp(leaf->type, "message") == 0)
        return apply_message(self, leaf, entry, why);
    if (strcmp(leaf->type, "delivery") == 0)
        return apply_delivery(self, leaf, entry, why);
    if (strcmp(leaf->type, "rules") == 0) {
        folded->rules_position = leaf->position;
        folded->rules = leaf->document;
        folded->rules_seal = leaf->seal;
    } else if (strcmp(leaf->type, "roster") == 0) {
        folded->roster = leaf->document;
    } else if (strcmp(leaf->type, "registry") == 0) {
        folded->registry = leaf->document;
    }
    return 0;
}

static int replay_entry(
    void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    leaf_t leaf;
    hash_t hash;
    if (leaf_parse(&leaf, entry->leaf, why) != 0)
        return -1;
    if (leaf.position != position)
        return cause_set(why, "the leaf says position %" PRIu64, leaf.position);
    merkle_leaf(entry->leaf, &hash);
    return apply(context, &leaf, entry, &hash, why);
}

static void replay_root(void *context, hash_t *root)
{
    merkle_root(&((hub_t *)context)->folded.peaks, root);
}

// ---- looking back ----------------------------------------------------------------------------

// The entry at a position, of this turn's draft or of the journal; its parts live until the
// arena `reading` is cleared.
static int entry_at(hub_t *self, uint64_t position, entry_t *entry, cause_t *why)
{
    uint64_t first = draft_first(self->draft);
    if (position >= first && position - first < draft_count(self->draft)) {
        const draft_item_t *item = draft_at(self->draft, position - first);
        *entry = (entry_t){item->text, item->document, item->seal, item->record};
        return 0;
    }
    if (journal_read(self->journal, position, &self->memory, entry, why) != 0)
        return -1;
    entry->leaf = arena_copy(self->reading, entry->leaf);
    entry->document = arena_copy(self->reading, entry->document);
    entry->seal = arena_copy(self->reading, entry->seal);
    entry->record = arena_copy(self->reading, entry->record);
    return 0;
}

// The leaf of a message that is in the draft or the journal.
static bool leaf_at(hub_t *self, uint64_t position, leaf_t *leaf)
{
    entry_t entry;
    cause_t why;
    uint64_t first = draft_first(self->draft);
    if (position >= first && position - first < draft_count(self->draft)) {
        *leaf = draft_at(self->draft, position - first)->leaf;
        return true;
    }
    return journal_read(self->journal, position, &self->memory, &entry, &why) == 0 &&
        leaf_parse(leaf, entry.leaf, &why) == 0;
}

static bool find_in(
    hub_t *self, const ids_t *ids, const char *author, const char *id, leaf_t *leaf)
{
    size_t cursor = 0;
    uint64_t position;
    while (ids_find(ids, author, id, &cursor, &position))
        if (leaf_at(self, position, leaf) && strcmp(leaf->author, author) == 0 &&
            strcmp(leaf->id, id) == 0)
            return true;
    return false;
}

static bool find_message(hub_t *self, const char *author, const char *id, leaf_t *leaf)
{
    return find_in(self, self->fresh, author, id, leaf) ||
        find_in(self, self->ids, author, id, leaf);
}

// ---- decide ----------------------------------------------------------------------------------

typedef struct {
    const rule_t *rule;
    const emit_t *emit;
    char id[MESSAGE_ID_MAX];
} emission_t;

typedef struct {
    const member_t *author;
    const document_t *document;
    const object_t *object; // named and known, or NULL
    routing_t *routing;
    refusal_t *refusal;
    emission_t emission[8];
    size_t emissions;
} decision_t;

static void remark(decision_t *decision, const char *code)
{
    route_t route = {.type = ROUTE_REMARK, .tell = TELL_SENDER};
    (void)snprintf(route.code, sizeof route.code, "%s", code);
    routing_add(decision->routing, &route);
}

static void add_receiver(hub_t *self, decision_t *decision, const rule_t *rule,
    const member_t *member, reach_t reach)
{
    const document_t *document = decision->document;
    if (routing_find(decision->routing, member->id))
        return;
    receiver_t receiver = {.role = member->role, .reach = reach};
    receiver.served_owner = strcmp(member->role, "owner") == 0 &&
        registry_served(self->law.registry, member->organisation);
    for (size_t i = 0; i < document->to_count; i++)
        receiver.addressed |= strcmp(document->to[i], member->id) == 0;
    route_t route = {.type = ROUTE_DELIVER, .tell = rule->tell};
    if (!rule->passes_marking && !marking_allows(document->marking, &receiver)) {
        route.type = ROUTE_WITHHOLD;
        (void)snprintf(route.code, sizeof route.code, "marking.tlp");
    }
    memcpy(route.node, member->id, sizeof route.node);
    memcpy(route.rule, rule->id, sizeof route.rule);
    memcpy(route.cites, rule->cites, sizeof route.cites);
    routing_add(decision->routing, &route);
}

// All members with this role ("" for any) and organisation ("" for any), but the author.
static void add_members(hub_t *self, decision_t *decision, const rule_t *rule,
    const char *role, const char *organisation, reach_t reach)
{
    size_t n = roster_count(self->law.roster);
    for (size_t i = 0; i < n; i++) {
        const member_t *member = roster_at(self->law.roster, i);
        bool wanted = (role[0] == 0 || strcmp(member->role, role) == 0) &&
            (organisation[0] == 0 || strcmp(member->organisation, organisation) == 0);
        bool author = strcmp(member->id, decision->author->id) == 0;
        if (wanted && !author && strcmp(member->role, "hub") != 0)
            add_receiver(self, decision, rule, member, reach);
    }
}

static void add_node(
    hub_t *self, decision_t *decision, const rule_t *rule, const char *node)
{
    const member_t *member = roster_member(self->law.roster, node);
    if (member && strcmp(node, decision->author->id) != 0 && strcmp(member->role, "hub") != 0)
        add_receiver(self, decision, rule, member, NAMED);
}

typedef bool (*party_fn)(void *context, const char *node); // true: seen enough

// Everyone who had the message at this position or what was derived from it, its author first.
static bool each_party(hub_t *self, const leaf_t *leaf, party_fn visit, void *context)
{
    entry_t entry;
    cause_t why;
    routing_t routing = {0};
    bool done = visit(context, leaf->author);
    if (done || entry_at(self, leaf->position, &entry, &why) != 0 ||
        routing_parse(&routing, entry.record, &why) != 0)
        return done;
    for (size_t i = 0; !done && i < routing.n; i++) {
        const route_t *route = &routing.route[i];
        leaf_t derived;
        if (route->type == ROUTE_DELIVER)
            done = visit(context, route->node);
        else if (route->type == ROUTE_EMIT && find_message(self, self->me.id, route->id, &derived))
            done = each_party(self, &derived, visit, context);
    }
    routing_close(&routing);
    return done;
}

typedef struct {
    hub_t *hub;
    decision_t *decision;
    const rule_t *rule;
} party_target_t;

static bool add_party(void *context, const char *node)
{
    const party_target_t *target = context;
    add_node(target->hub, target->decision, target->rule, node);
    return false;
}

static bool same_node(void *context, const char *node)
{
    return strcmp(context, node) == 0;
}

static void add_parties(hub_t *self, decision_t *decision, const rule_t *rule)
{
    const reference_t *incident = &decision->document->incident;
    party_target_t target = {self, decision, rule};
    leaf_t leaf;
    if (find_message(self, incident->author, incident->id, &leaf))
        (void)each_party(self, &leaf, add_party, &target);
}

static void add_target(
    hub_t *self, decision_t *decision, const rule_t *rule, const target_t *target)
{
    const document_t *document = decision->document;
    const object_t *object = decision->object;
    switch (target->type) {
    case TARGET_ROLE:
        add_members(self, decision, rule, target->role, "", NAMED);
        break;
    case TARGET_ALL:
        add_members(self, decision, rule, "", "", BROAD);
        break;
    case TARGET_OBJECT_OWNER:
        if (object)
            add_members(self, decision, rule, "owner", object->owner, NAMED);
        break;
    case TARGET_OBJECT_ISOC:
        if (object && object->isoc[0])
            add_members(self, decision, rule, "isoc", object->isoc, NAMED);
        break;
    case TARGET_TO:
        for (size_t i = 0; i < document->to_count; i++)
            add_node(self, decision, rule, document->to[i]);
        break;
    case TARGET_RE_AUTHOR:
        add_node(self, decision, rule, document->re.author);
        break;
    case TARGET_PARTIES:
        add_parties(self, decision, rule);
        break;
    case TARGET_AUTHOR:
        add_receiver(self, decision, rule, decision->author, NAMED);
        break;
    }
}

// The id of what this rule derives: once per incident, kind and level reached.
static void add_emission(
    hub_t *self, decision_t *decision, const rule_t *rule, const emit_t *emit)
{
    const document_t *document = decision->document;
    reference_t incident = document->incident;
    leaf_t leaf;
    char stage[32];
    if (incident.author[0] == 0) {
        memcpy(incident.author, document->from, sizeof incident.author);
        memcpy(incident.id, document->id, sizeof incident.id);
    }
    const json_t *level = document_at(document->root, "/body/level");
    (void)snprintf(stage, sizeof stage, "%" JSON_INTEGER_FORMAT,
        level ? json_integer_value(level) : (json_int_t)-1);
    route_t route = {.type = ROUTE_EMIT, .tell = rule->tell};
    derive_id(&incident, emit->kind, stage, route.id);
    size_t room = sizeof decision->emission / sizeof decision->emission[0];
    if (find_message(self, self->me.id, route.id, &leaf) || decision->emissions == room)
        return;
    emission_t *emission = &decision->emission[decision->emissions++];
    *emission = (emission_t){.rule = rule, .emit = emit};
    memcpy(emission->id, route.id, sizeof emission->id);
    memcpy(route.kind, emit->kind, sizeof route.kind);
    memcpy(route.rule, rule->id, sizeof route.rule);
    memcpy(route.cites, rule->cites, sizeof route.cites);
    routing_add(decision->routing, &route);
}

static int decide_times(hub_t *self, const decision_t *decision)
{
    int64_t ahead = decision->document->sent_ms - self->now.wall_ms;
    if (ahead > self->options->future_tolerance_ms)
        return refuse(decision->refusal, "time.future", "/sent", "timing.future_ms",
            "sent is %" PRId64 " s ahead of the hub's clock; %" PRId64
            " s are tolerated (operational default)",
            ahead / 1000, self->options->future_tolerance_ms / 1000);
    return 0;
}

static int decide_addressees(hub_t *self, const decision_t *decision)
{
    const document_t *document = decision->document;
    char pointer[32];
    if (document->for_[0] && strcmp(decision->author->role, "hub") != 0)
        return refuse(decision->refusal, "for.reserved", "/for", "",
            "only the hub derives messages for others");
    if (document->marking == TLP_RED && document->to_count == 0)
        return refuse(decision->refusal, "marking.red", "/to", "",
            "TLP:RED is for named receivers only: list their node ids in `to`");
    for (size_t i = 0; i < document->to_count; i++) {
        (void)snprintf(pointer, sizeof pointer, "/to/%zu", i);
        if (!roster_member(self->law.roster, document->to[i]))
            return refuse(decision->refusal, "to.unknown", pointer, "roster",
                "'%s' is not a node of this system", document->to[i]);
    }
    return 0;
}

// A reference to nothing and one to what is not yours are refused alike.
static int decide_reference(hub_t *self, const decision_t *decision,
    const reference_t *reference, const char *pointer)
{
    leaf_t leaf;
    if (reference->author[0] == 0 || strcmp(decision->author->id, self->me.id) == 0)
        return 0;
    if (find_message(self, reference->author, reference->id, &leaf) &&
        each_party(self, &leaf, same_node, (void *)decision->author->id))
        return 0;
    return refuse(decision->refusal, "reference.unknown", pointer, "",
        "no message %s of %s that %s was party to", reference->id, reference->author,
        decision->author->id);
}

static int decide_references(hub_t *self, const decision_t *decision)
{
    const document_t *document = decision->document;
    if (decide_reference(self, decision, &document->incident, "/incident") != 0 ||
        decide_reference(self, decision, &document->re, "/re") != 0 ||
        decide_reference(self, decision, &document->supersedes, "/supersedes") != 0)
        return -1;
    return decide_reference(self, decision, &document->cancels, "/cancels");
}

static int decide_object(hub_t *self, decision_t *decision)
{
    const json_t *named = document_at(decision->document->root, "/body/object");
    if (!json_is_string(named))
        return 0;
    decision->object = registry_object(self->law.registry, json_string_value(named));
    if (!decision->object)
        remark(decision, "object.unknown");
    else if (!decision->object->in_scope)
        return refuse(decision->refusal, "object.out-of-scope", "/body/object", "para 2",
            "the plan does not apply to this object; no byte of the document was kept");
    return 0;
}

// What kind of message may come from this author at all.
static int decide_permission(hub_t *self, const decision_t *decision)
{
    const document_t *document = decision->document;
    if (!rules_permit(self->law.rules, document->kind, decision->author->role))
        return refuse(decision->refusal, "role.kind", "/kind", "rules",
            "no rule lets %s (role %s) publish %s", decision->author->id,
            decision->author->role, document->kind);
    if (document->status == STATUS_EXERCISE)
        return refuse(decision->refusal, "exercise.unknown", "/exercise", "",
            "no such exercise is open");
    return 0;
}

static int decide_routes(hub_t *self, decision_t *decision)
{
    const document_t *document = decision->document;
    const rule_t *rule;
    size_t matched = 0;
    size_t i = 0;
    while ((rule = rules_next(self->law.rules, &i, document->kind, decision->author->role,
                document->root))) {
        matched++;
        for (size_t k = 0; k < rule->targets; k++)
            add_target(self, decision, rule, &rule->target[k]);
        for (size_t k = 0; k < rule->emits; k++)
            add_emission(self, decision, rule, &rule->emit[k]);
    }
    if (matched == 0)
        return refuse(decision->refusal, "rule.none", "", "rules",
            "no rule allows this %s from role %s", document->kind, decision->author->role);
    return 0;
}

// A test reaches its author and the hub, and nobody else.
static void route_test(hub_t *self, decision_t *decision)
{
    static const rule_t rule = {.id = "status.test", .cites = "default", .tell = TELL_SENDER};
    add_receiver(self, decision, &rule, decision->author, NAMED);
}

// Who gets a message, by which rule; or why it is refused.  Changes nothing.
static int decide_message(hub_t *self, decision_t *decision)
{
    const document_t *document = decision->document;
    routing_t *routing = decision->routing;
    routing->n = 0;
    routing->rules_position = self->folded.rules_position;
    randombytes_buf(routing->nonce, sizeof routing->nonce);
    if (decide_times(self, decision) != 0 || decide_addressees(self, decision) != 0 ||
        decide_permission(self, decision) != 0 || decide_references(self, decision) != 0 ||
        decide_object(self, decision) != 0)
        return -1;
    if (document->sent_ms < self->now.wall_ms - self->options->late_after_ms)
        remark(decision, "time.late");
    if (document->status == STATUS_TEST) {
        route_test(self, decision);
        return 0;
    }
    return decide_routes(self, decision);
}

// ---- from decision to draft ------------------------------------------------------------------

static draft_item_t *draft_message(
    hub_t *self, const document_t *document, const routing_t *routing)
{
    draft_item_t *item = draft_add(
        self->draft, "message", document->kind, document->from, document->id);
    buf_clear(&self->scratch);
    routing_print(routing, &self->scratch);
    draft_set_record(self->draft, item, buf_span(&self->scratch));
    ids_add(self->fresh, document->from, document->id, item->leaf.position);
    return item;
}

// The derived message as JSON; NULL when what the rule copies does not fit the kind's schema.
static json_t *derived_json(hub_t *self, const emission_t *emission,
    const document_t *cause, span_t bytes, span_t seal, refusal_t *refusal)
{
    derive_t derive = {.kind = emission->emit->kind, .from = self->me.id, .on_behalf = "nccis",
        .time_ms = self->now.wall_ms, .cause = cause};
    memcpy(derive.id, emission->id, sizeof derive.id);
    if (emission->emit->carry) {
        derive.cause_document = bytes;
        derive.cause_seal = seal;
    }
    json_t *message = derive_message(&derive);
    for (size_t i = 0; i < emission->emit->fields; i++)
        derive_field(message, emission->emit->field[i].name, cause,
            emission->emit->field[i].pointer);
    if (schemas_check(self->law.schemas, message, refusal) == 0)
        return message;
    json_decref(message);
    return NULL;
}

// Build, decide and draft one derived message.  It shares its cause's batch.
static void draft_derived(hub_t *self, const emission_t *emission, const document_t *cause,
    span_t bytes, span_t seal)
{
    refusal_t refusal;
    document_t document;
    json_t *message = derived_json(self, emission, cause, bytes, seal, &refusal);
    if (!message || document_open(&document, message, &refusal) != 0) {
        log_line(LOG_ERROR, "derive.unfit", "rule=%s kind=%s field=%s reason=\"%s\"",
            emission->rule->id, emission->emit->kind, refusal.pointer, refusal.text);
        return;
    }
    decision_t decision = {.author = &self->me,
        .document = &document, .routing = &self->derived_routing, .refusal = &refusal};
    if (decide_message(self, &decision) == 0) {
        char *text = json_dumps(document.root, JSON_COMPACT);
        draft_item_t *item = draft_message(self, &document, decision.routing);
        draft_set_document(
            item, arena_copy(draft_arena(self->draft), span_text(text)), NULL);
        item->derived = true;
        free(text);
    } else {
        log_line(LOG_ERROR, "derive.refused", "rule=%s kind=%s code=%s reason=\"%s\"",
            emission->rule->id, emission->emit->kind, refusal.code, refusal.text);
    }
    document_close(&document);
}

static void answer_refusal(hub_t *self, const submission_t *item)
{
    const session_t *session = sessions_at(self->sessions, (size_t)item->session);
    refusals_count(self->refusals, session ? session->node : "", item->refusal.code);
    answers_refusal(self->answers, item->session, &item->hash, &item->refusal);
    log_line(LOG_INFO, "message.refused", "node=%s code=%s field=%s",
        session ? session->node : "-", item->refusal.code, item->refusal.pointer);
}

// The same message again gets its receipt again; the same id with other bytes is refused.
static bool decide_duplicate(hub_t *self, submission_t *item)
{
    leaf_t leaf;
    if (!find_message(self, item->document.from, item->document.id, &leaf))
        return false;
    if (hash_equal(&leaf.document, &item->hash)) {
        answers_receipt(self->answers, item->session, leaf.position);
        return true;
    }
    (void)refuse(&item->refusal, "id.reused", "/id", "",
        "this id already names a message with other bytes, at position %" PRIu64,
        leaf.position);
    answer_refusal(self, item);
    return true;
}

static void decide(hub_t *self, submission_t *item)
{
    const session_t *session = sessions_at(self->sessions, (size_t)item->session);
    if (!item->refusal.code && self->rolled_back) {
        (void)refuse(&item->refusal, "session.checkpoint", "", "",
            "this hub was restored from an old copy and accepts nothing until an operator acts");
        item->refusal.retry = true;
    }
    if (!item->refusal.code && self->full) {
        (void)refuse(&item->refusal, "disk.full", "", "", "send it again later");
        item->refusal.retry = true;
    }
    if (!session || item->refusal.code) {
        answer_refusal(self, item);
        return;
    }
    if (decide_duplicate(self, item))
        return;
    decision_t decision = {.author = roster_member(self->law.roster, session->node),
        .document = &item->document, .routing = &self->routing, .refusal = &item->refusal};
    if (decide_message(self, &decision) != 0) {
        answer_refusal(self, item);
        return;
    }
    draft_item_t *entry = draft_message(self, &item->document, decision.routing);
    draft_set_document(entry, item->bytes, &item->hash);
    draft_set_seal(entry, buf_span(&item->seal), &item->seal_hash);
    answers_receipt(self->answers, item->session, entry->leaf.position);
    for (size_t i = 0; i < decision.emissions; i++)
        draft_derived(self, &decision.emission[i], &item->document, item->bytes,
            buf_span(&item->seal));
}

// ---- sending ---------------------------------------------------------------------------------

static void end_session(hub_t *self, session_t *session, const char *why)
{
    log_line(LOG_INFO, "session.ended", "node=%s reason=\"%s\"", session->node, why);
    sessions_close(self->sessions, session);
}

// False when the frame was not taken: the peer is slow, or gone (and then the session is over).
static bool send_frame(hub_t *self, session_t *session, span_t frame)
{
    span_t route = span_of(session->route, session->route_size);
    gate_result_t result = gate_send(self->gate, route, frame);
    if (result == GATE_GONE)
        end_session(self, session, "disconnected");
    return result == GATE_SENT;
}

static void send_bye(hub_t *self, session_t *session, const char *code, const char *text)
{
    buf_t frame = {0};
    bye_put(&frame, code, text);
    (void)gate_send(
        self->gate, span_of(session->route, session->route_size), buf_span(&frame));
    buf_destroy(&frame);
}

// ---- frames from nodes -----------------------------------------------------------------------

static void handle_publish(hub_t *self, session_t *session, span_t frame, cause_t *why)
{
    size_t before = intake_count(self->intake);
    if (intake_frame(self->intake, session->slot, session->node, frame, why) != 0) {
        session->spoiled++;
        return;
    }
    size_t n = intake_count(self->intake) - before;
    session->unanswered += (uint32_t)n;
    bool window = session->unanswered <= self->options->publish_window;
    if (window &&
        session_may(session, n, self->options->rate_limit, self->now.monotonic_ms))
        return;
    for (size_t i = before; i < before + n; i++) {
        refusal_t *refusal = &intake_at(self->intake, i)->refusal;
        (void)refuse(refusal, window ? "rate.limit" : "flow.window", "",
            window ? "limits.publish_rate" : "limits.publish_window",
            "send it again later (operational default)");
        refusal->retry = true;
    }
}

static void handle_ack(hub_t *self, session_t *session, span_t frame, cause_t *why)
{
    ack_t ack;
    if (ack_take(&ack, frame, why) != 0) {
        session->spoiled++;
        return;
    }
    if (ack.number > session->sent) {
        (void)cause_set(why, "acknowledged %" PRIu64 ", and only %" PRIu64 " were sent",
            ack.number, session->sent);
        session->spoiled++;
        return;
    }
    session->ack = ack;
    session->ack_waits = true;
    if (ack.number > session->acked) {
        session->acked = ack.number;
        session->resend_ms = self->options->resend_ms;
        session->resend_at_ms = self->now.monotonic_ms + session->resend_ms;
    }
    if (self->acks_since_ms == 0)
        self->acks_since_ms = self->now.monotonic_ms;
}

static void handle_again(session_t *session, span_t frame, cause_t *why)
{
    again_t again;
    if (again_take(&again, frame, why) != 0 || again.first == 0) {
        session->spoiled++;
        return;
    }
    if (again.first - 1 < session->sent)
        session->sent = again.first - 1;
    if (session->acked > session->sent)
        session->acked = session->sent;
}

static void explain_routes(json_t *answer, const routing_t *routing)
{
    static const char *const lists[] = {"receivers", "withheld", "emits", "remarks"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        (void)json_object_set_new(answer, lists[i], json_array());
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->tell == TELL_NONE)
            continue; // explain names what the receipt would name
        json_t *list = json_object_get(answer, lists[route->type]);
        json_t *line = json_string(route->code);
        if (route->type != ROUTE_REMARK) {
            json_decref(line);
            line = json_pack("{s:s, s:s}", "rule", route->rule, "cites", route->cites);
            bool emit = route->type == ROUTE_EMIT;
            (void)json_object_set_new(
                line, emit ? "kind" : "node", json_string(emit ? route->kind : route->node));
            if (route->type == ROUTE_WITHHOLD)
                (void)json_object_set_new(line, "code", json_string(route->code));
        }
        (void)json_array_append_new(list, line);
    }
}

// What the receipt for this document would say, as JSON text that the caller frees.
static char *explain(hub_t *self, const session_t *session, span_t text)
{
    refusal_t refusal = {0};
    document_t document;
    json_t *answer = json_object();
    if (intake_document(self->intake, text, session->node, &document, &refusal) == 0) {
        decision_t decision = {.author = roster_member(self->law.roster, session->node),
            .document = &document, .routing = &self->routing, .refusal = &refusal};
        if (decide_message(self, &decision) == 0)
            explain_routes(answer, decision.routing);
        document_close(&document);
    }
    bool refused = refusal.code != NULL;
    (void)json_object_set_new(answer, "verdict", json_string(refused ? "refuse" : "accept"));
    (void)json_object_set_new(answer, "code", json_string(refused ? refusal.code : ""));
    (void)json_object_set_new(answer, "field", json_string(refused ? refusal.pointer : ""));
    (void)json_object_set_new(answer, "text", json_string(refused ? refusal.text : ""));
    char *json = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    if (!json)
        abort();
    return json;
}

static void handle_explain(hub_t *self, session_t *session, span_t frame, cause_t *why)
{
    explain_t request;
    if (explain_take(&request, frame, why) != 0) {
        session->spoiled++;
        return;
    }
    char *json = NULL;
    // An explanation costs what some dozens of publishes cost.
    int64_t cost = self->options->rate_limit / self->options->explain_rate;
    if (session_may(
            session, (size_t)cost, self->options->rate_limit, self->now.monotonic_ms))
        json = explain(self, session, request.text);
    buf_t answer = {0};
    explain_t reply = {request.request,
        span_text(json ? json
                       : "{\"verdict\":\"refuse\",\"code\":\"rate.limit\",\"text\":"
                         "\"too many questions: ask again in a second\"}")};
    explain_put(&answer, FRAME_EXPLAINED, &reply);
    (void)send_frame(self, session, buf_span(&answer));
    buf_destroy(&answer);
    free(json);
}

// The last checkpoint the node saw must be one this log has grown from.
static void check_history(hub_t *self, const char *node, const hello_t *hello, uint64_t last)
{
    checkpoint_t seen;
    cause_t why;
    hash_t root;
    uint64_t size = tree_size(self->tree);
    bool worse = hello->stored > last;
    if (hello->checkpoint.size &&
        checkpoint_open(&seen, hello->checkpoint, &self->vkey, &why) == 0)
        worse = worse || seen.size > size ||
            (tree_root_at(self->tree, seen.size, &root, &why) == 0 &&
                !hash_equal(&root, &seen.root));
    if (worse && !self->rolled_back)
        log_line(LOG_ERROR, "hub.rolled-back",
            "node=%s entries=%" PRIu64
            " action=\"nothing more is accepted; restore the newest copy or start a new log\"",
            node, size);
    self->rolled_back |= worse;
}

static void welcome(hub_t *self, session_t *session, uint64_t last)
{
    buf_t frame = {0};
    welcome_t welcome = {.origin = span_text(self->options->origin),
        .checkpoint = buf_span(&self->note),
        .inbox_last = last,
        .window = (uint32_t)self->options->publish_window,
        .size_limit = (uint32_t)self->options->size_limit,
        .time_ms = self->now.wall_ms};
    welcome_put(&frame, &welcome);
    (void)send_frame(self, session, buf_span(&frame));
    buf_destroy(&frame);
}

// A second live session of a node is worth a line in the journal: keys may have been copied.
static void replace_session(hub_t *self, session_t *old)
{
    send_bye(self, old, "session.replaced", "the node said hello on another connection");
    draft_item_t *item = draft_add(self->draft, "session", "", old->node, "");
    static const char text[] = "a hello on another connection while the session was live\n";
    draft_set_document(item, span_text(text), NULL);
    end_session(self, old, "replaced by a newer hello");
}

static void handle_hello(
    hub_t *self, const gate_message_t *message, const member_t *member, span_t frame)
{
    hello_t hello;
    cause_t why;
    span_t route = span_of(message->route, message->route_size);
    int inbox = inboxes_of(self->inboxes, member->id, &why);
    if (hello_take(&hello, frame, &why) != 0 || inbox < 0) {
        log_line(LOG_WARNING, "hello.failed", "node=%s reason=\"%s\"", member->id, why.text);
        refusals_count(self->refusals, member->id, refusal_code(span_text("frame.malformed")));
        return;
    }
    session_t *old = sessions_of_inbox(self->sessions, inbox);
    if (old && !span_equal(span_of(old->route, old->route_size), route))
        replace_session(self, old);
    else if (old)
        sessions_close(self->sessions, old);
    uint64_t last = inboxes_last(self->inboxes, inbox);
    check_history(self, member->id, &hello, last);
    uint32_t window = hello.window ? hello.window : 1;
    if (window > self->options->deliver_window)
        window = (uint32_t)self->options->deliver_window;
    session_t *session =
        sessions_open(self->sessions, route, message->key, member->id, inbox, window);
    session->sent = hello.stored < last ? hello.stored : last;
    session->acked = session->sent;
    session->resend_ms = self->options->resend_ms;
    log_line(LOG_INFO, "session.opened", "node=%s role=%s stored=%" PRIu64 " of=%" PRIu64,
        member->id, member->role, hello.stored, last);
    welcome(self, session, last);
}

static void handle_session_frame(
    hub_t *self, session_t *session, int type, span_t frame, cause_t *why)
{
    buf_t answer = {0};
    switch (type) {
    case FRAME_PUBLISH:
        handle_publish(self, session, frame, why);
        break;
    case FRAME_ACK:
        handle_ack(self, session, frame, why);
        break;
    case FRAME_AGAIN:
        handle_again(session, frame, why);
        break;
    case FRAME_EXPLAIN:
        handle_explain(self, session, frame, why);
        break;
    case FRAME_PULSE:
        bare_put(&answer, FRAME_PULSE);
        (void)send_frame(self, session, buf_span(&answer));
        buf_destroy(&answer);
        break;
    default:
        (void)cause_set(why, "a frame of type %d is not for the hub", type);
        session->spoiled++;
    }
}

static void answer_resync(hub_t *self, const gate_message_t *message)
{
    buf_t frame = {0};
    bare_put(&frame, FRAME_RESYNC);
    (void)gate_send(
        self->gate, span_of(message->route, message->route_size), buf_span(&frame));
    buf_destroy(&frame);
}

// A frame that cannot be read costs its sender a count, and too many of them the session.
static void punish(hub_t *self, session_t *session, const cause_t *why)
{
    refusals_count(
        self->refusals, session->node, refusal_code(span_text("frame.malformed")));
    if (session->spoiled == 1 || session->spoiled == SPOILED_MAX)
        log_line(LOG_WARNING, "frame.malformed", "node=%s frames=%u reason=\"%s\"",
            session->node, session->spoiled, why->text);
    send_bye(self, session, "frame.malformed", why->text);
    if (session->spoiled >= SPOILED_MAX)
        end_session(self, session, "too many frames that cannot be read");
}

static void handle_frame(hub_t *self, gate_message_t *message)
{
    const char *state = "unknown";
    cause_t why = {""};
    reader_t body;
    span_t frame =
        span_of(zmq_msg_data(&message->frame), zmq_msg_size(&message->frame));
    span_t route = span_of(message->route, message->route_size);
    session_t *session = sessions_find(self->sessions, route, message->key);
    const member_t *member =
        roster_by_channel(self->law.roster, message->key, self->now.wall_ms, &state);
    if (!member) {
        if (session)
            end_session(self, session, state);
        refusals_count(self->refusals, "", refusal_code(span_text("node.unknown")));
        return;
    }
    int type = frame_type(frame, &body);
    if (type == FRAME_HELLO) {
        handle_hello(self, message, member, frame);
    } else if (!session) {
        answer_resync(self, message);
    } else {
        uint32_t spoiled = session->spoiled;
        handle_session_frame(self, session, type, frame, &why);
        if (session->live && session->spoiled != spoiled)
            punish(self, session, &why);
    }
}

// ---- the turn --------------------------------------------------------------------------------

static bool admit(void *context, const uint8_t key[32])
{
    hub_t *self = context;
    const char *state = "unknown";
    if (roster_by_channel(self->law.roster, key, clock_now().wall_ms, &state))
        return true;
    const char *code = strcmp(state, "revoked") == 0 ? "node.revoked"
        : strcmp(state, "unknown") == 0              ? "node.unknown"
                                                     : "node.expired";
    refusals_count(self->refusals, "", refusal_code(span_text(code)));
    log_line(LOG_DEBUG, "handshake.refused", "reason=\"%s\"", state);
    return false;
}

static const cert_t *seal_key(void *context, const char *key_id, const char **refusal)
{
    hub_t *self = context;
    return roster_by_seal(self->law.roster, key_id, self->now.wall_ms, refusal);
}

static intake_t *new_intake(hub_t *self)
{
    intake_options_t options = {.schemas = self->law.schemas,
        .limits = {(size_t)self->options->size_limit, (unsigned)self->options->depth_limit},
        .origin = self->options->origin,
        .key = seal_key,
        .context = self};
    return intake_new(&options);
}

static void add_text_entry(hub_t *self, const char *type, const char *author, span_t text)
{
    draft_item_t *item = draft_add(self->draft, type, "", author, "");
    draft_set_document(
        item, arena_copy(draft_arena(self->draft), text), NULL);
}

static bool changed(const hash_t *before, span_t text)
{
    hash_t hash;
    sha256(text, &hash);
    return !hash_equal(before, &hash);
}

// An entry for each part of the law that is not the one last journalled.
static void add_law_entries(hub_t *self)
{
    span_t rules = rules_text(self->law.rules);
    span_t seal = buf_span(&self->law.rules_seal);
    if (changed(&self->folded.roster, buf_span(&self->law.roster_text)))
        add_text_entry(self, "roster", "", buf_span(&self->law.roster_text));
    if (changed(&self->folded.registry, registry_text(self->law.registry)))
        add_text_entry(self, "registry", "", registry_text(self->law.registry));
    if (changed(&self->folded.rules, rules) || changed(&self->folded.rules_seal, seal)) {
        draft_item_t *item = draft_add(self->draft, "rules", "", "", "");
        draft_set_document(item, rules, NULL);
        draft_set_seal(item, seal, NULL);
    }
}

static int reload(hub_t *self, cause_t *why)
{
    law_t law;
    if (self->full)
        return cause_set(why, "the disk is full: a reload could not be journalled");
    if (law_open(&law, self->options, self->law.roster, self->now.wall_ms, why) != 0)
        return -1;
    const cert_t *own = roster_by_seal(law.roster, self->seal_key.id, self->now.wall_ms, NULL);
    if (!own || strcmp(own->name, self->me.id) != 0) {
        law_close(&law);
        return cause_set(why, "the roster has no valid certificate of this hub (%s)", self->me.id);
    }
    intake_destroy(&self->intake);
    law_close(&self->law);
    self->law = law;
    self->intake = new_intake(self);
    sessions_forget_certs(self->sessions);
    add_law_entries(self);
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        session_t *session = sessions_at(self->sessions, i);
        const char *state = "unknown";
        if (session &&
            !roster_by_channel(law.roster, session->key, self->now.wall_ms, &state))
            end_session(self, session, state);
    }
    return 0;
}

static void try_reload(hub_t *self, cause_t *why)
{
    why->text[0] = 0;
    if (reload(self, why) == 0)
        log_line(LOG_INFO, "law.reloaded", "members=%zu rules=%zu objects=%zu",
            roster_count(self->law.roster), rules_count(self->law.rules),
            registry_objects(self->law.registry));
    else
        log_line(LOG_ERROR, "law.refused", "kept=\"what was in force\" reason=\"%s\"",
            why->text);
}

static json_t *status_nodes(hub_t *self)
{
    json_t *nodes = json_array();
    for (size_t i = 0; i < roster_count(self->law.roster); i++) {
        const member_t *member = roster_at(self->law.roster, i);
        cause_t why;
        int inbox = inboxes_of(self->inboxes, member->id, &why);
        if (inbox < 0 || strcmp(member->role, "hub") == 0)
            continue;
        bool here = sessions_of_inbox(self->sessions, inbox) != NULL;
        (void)json_array_append_new(nodes,
            json_pack("{s:s, s:s, s:s, s:b, s:I, s:I}", "node", member->id, "role",
                member->role, "organisation", member->organisation, "connected", here,
                "delivered", (json_int_t)inboxes_last(self->inboxes, inbox), "acknowledged",
                (json_int_t)inboxes_acked(self->inboxes, inbox)));
    }
    return nodes;
}

static void answer_status(hub_t *self)
{
    char root[HASH_HEX];
    hex_encode(self->checkpoint.root.bytes, sizeof(hash_t), root);
    json_t *status = json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:o}",
        "hub", self->me.id, "version", DABYL_VERSION, "origin", self->options->origin, "entries",
        (json_int_t)self->checkpoint.size, "root", root, "rules_position",
        (json_int_t)self->folded.rules_position, "rules",
        (json_int_t)rules_count(self->law.rules), "sessions",
        (json_int_t)sessions_live(self->sessions), "refused_since_start",
        (json_int_t)refusals_total(self->refusals), "disk_full", self->full, "rolled_back",
        self->rolled_back, "crl_stale",
        roster_crl_stale(self->law.roster, self->now.wall_ms), "nodes", status_nodes(self));
    char *text = json_dumps(status, JSON_COMPACT);
    control_answer(self->control, span_text(text ? text : "{}"));
    free(text);
    json_decref(status);
}

static void answer_control(hub_t *self, const char *line)
{
    cause_t why = {""};
    if (strcmp(line, "status") == 0) {
        answer_status(self);
        return;
    }
    if (strcmp(line, "reload") == 0)
        try_reload(self, &why);
    else if (strcmp(line, "stop") == 0)
        self->stopping = true;
    else
        (void)cause_set(&why, "unknown request '%s': status, reload or stop", line);
    json_t *answer = json_pack("{s:b, s:s}", "ok", why.text[0] == 0, "text", why.text);
    char *text = json_dumps(answer, JSON_COMPACT);
    control_answer(self->control, span_text(text ? text : "{}"));
    free(text);
    json_decref(answer);
}

// Signals and the operator's socket.
static void control_turn(hub_t *self)
{
    struct signalfd_siginfo signal;
    char line[256];
    cause_t why;
    while (read(self->signals, &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGHUP)
            try_reload(self, &why);
        else
            self->stopping = true;
    }
    while (control_receive(self->control, line, sizeof line))
        answer_control(self, line);
}

static void intake_turn(hub_t *self)
{
    gate_message_t message;
    while (intake_count(self->intake) < TURN_ITEMS &&
        intake_bytes(self->intake) < TURN_BYTES && gate_receive(self->gate, &message)) {
        handle_frame(self, &message);
        (void)zmq_msg_close(&message.frame);
    }
    size_t n = intake_count(self->intake);
    workers_each(
        self->workers, intake_heads(self->intake), 2, intake_check_head, self->intake);
    workers_each(self->workers, n, SHARED_FROM, intake_check_item, self->intake);
    for (size_t i = 0; i < n; i++)
        decide(self, intake_at(self->intake, i));
}

// One acknowledgement of a node that waits to be journalled: the newest says it all.
static void add_ack(hub_t *self, session_t *session)
{
    const cert_t *cert;
    for (size_t i = 0; (cert = roster_seal_of(self->law.roster, session->node, i,
                            self->now.wall_ms)) != NULL;
         i++)
        if (ack_check(&session->ack, self->options->origin, cert->key) == 0) {
            buf_clear(&self->scratch);
            ack_print(
                &session->ack, self->options->origin, cert->key_id, &self->scratch);
            add_text_entry(self, "delivery", session->node, buf_span(&self->scratch));
            return;
        }
    session->ack_waits = false;
    refusals_count(
        self->refusals, session->node, refusal_code(span_text("seal.signature")));
    send_bye(self, session, "seal.signature", "the acknowledgement's signature is wrong");
    end_session(self, session, "an acknowledgement with a wrong signature");
}

static void add_acks(hub_t *self)
{
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        session_t *session = sessions_at(self->sessions, i);
        if (session && session->ack_waits)
            add_ack(self, session);
    }
}

static void add_refusals(hub_t *self)
{
    char peer[NODE_ID_MAX];
    buf_clear(&self->scratch);
    while (refusals_take(self->refusals, peer, sizeof peer, &self->scratch)) {
        add_text_entry(self, "refusal", peer, buf_span(&self->scratch));
        buf_clear(&self->scratch);
    }
    self->refusals_at_ms = self->now.monotonic_ms;
}

// What rides on a batch that is written anyway, or has waited long enough.
static void add_riders(hub_t *self)
{
    int64_t now = self->now.monotonic_ms;
    bool ride = draft_count(self->draft) > 0;
    if (self->full)
        return;
    if (self->acks_since_ms &&
        (ride || now - self->acks_since_ms >= self->options->ack_delay_ms))
        add_acks(self);
    int64_t refusals_wait = ride ? POLL_MS : self->options->refusals_ms;
    if (refusals_any(self->refusals) && now - self->refusals_at_ms >= refusals_wait)
        add_refusals(self);
}

static void sign_checkpoint(void *context, size_t i)
{
    hub_t *self = context;
    (void)i;
    buf_clear(&self->next_note);
    checkpoint_sign(
        &self->checkpoint, &self->vkey, self->log_key.secret_key, &self->next_note);
}

static int apply_draft(hub_t *self, cause_t *why)
{
    for (size_t i = 0; i < draft_count(self->draft); i++) {
        const draft_item_t *item = draft_at(self->draft, i);
        entry_t entry = {item->text, item->document, item->seal, item->record};
        if (apply(self, &item->leaf, &entry, &item->hash, why) != 0)
            return -1;
    }
    return 0;
}

static void forget_acks(hub_t *self)
{
    self->acks_since_ms = 0;
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        session_t *session = sessions_at(self->sessions, i);
        if (session)
            session->ack_waits = false;
    }
}

// No room after all: nothing was written, everybody is told to come again.
static void answer_full(hub_t *self)
{
    self->full = true;
    answers_clear(self->answers);
    for (size_t i = 0; i < intake_count(self->intake); i++) {
        submission_t *item = intake_at(self->intake, i);
        (void)refuse(&item->refusal, "disk.full", "", "", "send it again later");
        item->refusal.retry = true;
        answers_refusal(self->answers, item->session, &item->hash, &item->refusal);
    }
    ids_clear(self->fresh);
    draft_clear(self->draft, journal_next(self->journal), self->folded.time_ms);
}

// Append, flush, sign; apply.  -1 when only a restart can mend it: what was acknowledged is on
// disk, what was not will be sent again.
static int commit_turn(hub_t *self, cause_t *why)
{
    add_riders(self);
    size_t n = draft_count(self->draft);
    if (n == 0)
        return 0;
    hash_t root_before;
    merkle_t after = self->folded.peaks;
    merkle_root(&after, &root_before);
    draft_finish(self->draft, self->options->origin, &self->seal_key);
    entry_t *entries = arena_take(draft_arena(self->draft), n * sizeof *entries);
    for (size_t i = 0; i < n; i++) {
        const draft_item_t *item = draft_at(self->draft, i);
        entries[i] = (entry_t){item->text, item->document, item->seal, item->record};
        merkle_add(&after, &item->hash);
    }
    checkpoint_t before = self->checkpoint;
    self->checkpoint.size = after.size;
    merkle_root(&after, &self->checkpoint.root);
    workers_start(self->workers, sign_checkpoint, self);
    journal_result_t result = journal_append(
        self->journal, draft_first(self->draft), &root_before, entries, n, why);
    workers_join(self->workers);
    if (result == JOURNAL_FULL) {
        log_line(LOG_ERROR, "disk.full", "reason=\"%s\"", why->text);
        self->checkpoint = before;
        answer_full(self);
        return 0;
    }
    if (result != JOURNAL_OK)
        return -1;
    buf_clear(&self->note);
    buf_put_span(&self->note, buf_span(&self->next_note));
    forget_acks(self);
    if (apply_draft(self, why) != 0)
        return -1;
    publisher_checkpoint(self->publisher, self->checkpoint.size, buf_span(&self->note));
    return 0;
}

// Lines of a routing record that its author may know.
static span_t told_lines(hub_t *self, span_t record)
{
    cause_t why;
    buf_clear(&self->scratch);
    if (record.size && routing_parse(&self->parsed, record, &why) == 0)
        for (size_t i = 0; i < self->parsed.n; i++)
            if (self->parsed.route[i].tell == TELL_SENDER)
                route_print(&self->parsed.route[i], &self->scratch);
    return arena_copy(self->reading, buf_span(&self->scratch));
}

static int answer_entry(
    void *context, uint64_t position, span_t *leaf, span_t *told, cause_t *why)
{
    hub_t *self = context;
    entry_t entry;
    if (entry_at(self, position, &entry, why) != 0)
        return -1;
    *leaf = entry.leaf;
    *told = told_lines(self, entry.record);
    return 0;
}

static int prove(
    void *context, const uint64_t *positions, size_t n, buf_t *proof, cause_t *why)
{
    hub_t *self = context;
    return tree_prove_run(self->tree, positions, n, self->checkpoint.size, proof, why);
}

static void answer_send(void *context, int slot, span_t frame)
{
    hub_t *self = context;
    session_t *session = sessions_at(self->sessions, (size_t)slot);
    if (session && !send_frame(self, session, frame) && session->live)
        log_line(LOG_WARNING, "answer.dropped", "node=%s reason=\"its queue is full\"",
            session->node);
}

// The line of a routing record that names this node.
static span_t line_for(span_t record, const char *node)
{
    char start[NODE_ID_MAX + 16];
    int size = snprintf(start, sizeof start, "\ndeliver %s ", node);
    const uint8_t *line =
        record.size ? memmem(record.data, record.size, start, (size_t)size) : NULL;
    if (!line)
        return span_of(NULL, 0);
    line++;
    size_t left = record.size - (size_t)(line - record.data);
    const uint8_t *end = memchr(line, '\n', left);
    return span_of(line, end ? (size_t)(end - line) : left);
}

// The certificates behind a seal that this session was not sent yet.  False: the frame is full.
static bool add_certs(hub_t *self, const session_t *session, span_t seal)
{
    static const char word[] = "\nsig ed25519 ";
    char key_id[HASH_HEX] = {0};
    const uint8_t *at = seal.data;
    size_t left = seal.size;
    while ((at = memmem(at, left, word, sizeof word - 1)) != NULL) {
        at += sizeof word - 1;
        left = seal.size - (size_t)(at - seal.data);
        if (left < HASH_HEX)
            break;
        memcpy(key_id, at, HASH_HEX - 1);
        const cert_t *cert = roster_any_seal(self->law.roster, key_id);
        if (cert && sessions_new_cert(self->sessions, session, cert) &&
            !courier_add_cert(self->courier, buf_span(&cert->der)))
            return false;
    }
    return true;
}

// One frame of the session's inbox, from sent + 1 on.  Returns how many it holds, or -1.
static int fill_frame(hub_t *self, session_t *session, uint64_t until, cause_t *why)
{
    span_t seal_before = {0};
    courier_begin(self->courier);
    arena_clear(self->reading);
    for (uint64_t number = session->sent + 1; number <= until; number++) {
        uint64_t position;
        entry_t entry;
        if (inboxes_get(self->inboxes, session->inbox, number, &position, why) != 0 ||
            entry_at(self, position, &entry, why) != 0)
            return -1;
        // Certificates first: a frame that cannot take them is sent without this entry.
        bool known = seal_before.size > 256 && entry.seal.size > 256 &&
            memcmp(seal_before.data, entry.seal.data, 256) == 0;
        if (!known && !add_certs(self, session, entry.seal))
            break;
        seal_before = entry.seal;
        int added = courier_add(self->courier, number, position, entry.leaf,
            line_for(entry.record, session->node), entry.document, entry.seal, why);
        if (added < 0)
            return -1;
        if (added == 0)
            break;
    }
    return (int)courier_count(self->courier);
}

static int deliver(hub_t *self, session_t *session, cause_t *why)
{
    uint64_t last = inboxes_last(self->inboxes, session->inbox);
    uint64_t until = session->acked + session->window;
    if (until > last)
        until = last;
    while (session->live && session->sent < until) {
        int n = fill_frame(self, session, until, why);
        if (n < 0)
            return -1;
        buf_clear(&self->scratch);
        if (prove(self, courier_positions(self->courier), (size_t)n, &self->scratch, why) != 0)
            return -1;
        span_t frame = courier_finish(
            self->courier, buf_span(&self->note), buf_span(&self->scratch));
        if (!send_frame(self, session, frame))
            break;
        if (session->sent == session->acked)
            session->resend_at_ms = self->now.monotonic_ms + session->resend_ms;
        session->sent += (uint64_t)n;
    }
    return 0;
}

// What was not acknowledged in time goes out again, each time after twice as long.
static void resend(hub_t *self, session_t *session)
{
    if (session->sent <= session->acked || self->now.monotonic_ms < session->resend_at_ms)
        return;
    log_line(LOG_INFO, "delivery.again", "node=%s from=%" PRIu64, session->node,
        session->acked + 1);
    session->sent = session->acked;
    if (session->resend_ms < 3600 * 1000)
        session->resend_ms *= 2;
}

// Nothing leaves the hub before this.
static int delivery_turn(hub_t *self, cause_t *why)
{
    answers_out_t out = {.entry = answer_entry, .prove = prove, .send = answer_send,
        .context = self, .checkpoint = buf_span(&self->note)};
    arena_clear(self->reading);
    if (answers_send(self->answers, &out, why) != 0)
        return -1;
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        session_t *session = sessions_at(self->sessions, i);
        if (!session)
            continue;
        session->unanswered = 0;
        resend(self, session);
        if (deliver(self, session, why) != 0)
            return -1;
    }
    return 0;
}

static void begin_turn(hub_t *self)
{
    int64_t time = self->now.wall_ms;
    if (time < self->folded.time_ms)
        time = self->folded.time_ms; // entry time never decreases
    intake_clear(self->intake);
    answers_clear(self->answers);
    ids_clear(self->fresh);
    draft_clear(self->draft, journal_next(self->journal), time);
}

// What need not be looked at every turn: the clocks, the disk, the CRL's age.
static void watch_turn(hub_t *self)
{
    cause_t why;
    int64_t offset = self->now.wall_ms - self->now.monotonic_ms;
    int64_t step = offset - self->wall_offset_ms;
    bool full = !journal_has_room(self->journal);
    if (full != self->full)
        log_line(full ? LOG_ERROR : LOG_INFO, full ? "disk.full" : "disk.room",
            "action=\"%s\"", full ? "publishers are told to retry" : "publishing goes on");
    self->full = full;
    if (step > self->options->clock_step_ms || step < -self->options->clock_step_ms) {
        char text[96];
        (void)snprintf(text, sizeof text, "the wall clock moved by %" PRId64 " ms\n", step);
        log_line(LOG_WARNING, "clock.step", "ms=%" PRId64, step);
        if (!full)
            add_text_entry(self, "clock", "", span_text(text));
        self->wall_offset_ms = offset;
    }
    if (self->now.monotonic_ms - self->watched_at_ms < POLL_MS)
        return;
    self->watched_at_ms = self->now.monotonic_ms;
    if (publisher_trouble(self->publisher, &why) != 0)
        log_line(LOG_ERROR, "publisher.trouble", "reason=\"%s\"", why.text);
}

static int wait_for_input(hub_t *self)
{
    zmq_pollitem_t items[GATE_SOCKETS + 2];
    gate_poll_items(self->gate, items);
    items[GATE_SOCKETS] = control_poll_item(self->control);
    items[GATE_SOCKETS + 1] = (zmq_pollitem_t){NULL, self->signals, ZMQ_POLLIN, 0};
    long timeout = POLL_MS;
    if (self->acks_since_ms) {
        int64_t due = self->acks_since_ms + self->options->ack_delay_ms;
        int64_t left = due - clock_now().monotonic_ms;
        timeout = left < 0 ? 0 : left < POLL_MS ? (long)left : POLL_MS;
    }
    return zmq_poll(items, GATE_SOCKETS + 2, timeout);
}

int hub_run(hub_t *self, cause_t *why)
{
    while (!self->stopping) {
        (void)wait_for_input(self);
        self->now = clock_now();
        begin_turn(self);
        if (gate_turn(self->gate, why) != 0)
            return -1;
        watch_turn(self);
        control_turn(self); // the operator first
        intake_turn(self);
        if (commit_turn(self, why) != 0 || delivery_turn(self, why) != 0)
            return -1;
    }
    self->now = clock_now();
    begin_turn(self);
    if (!self->full) { // what waited for a batch to ride on is not left behind
        add_acks(self);
        add_refusals(self);
    }
    return commit_turn(self, why);
}

// ---- opening and closing ---------------------------------------------------------------------

static int read_keys(hub_t *self, uint8_t secret[32], uint8_t public_key[32], cause_t *why)
{
    const options_t *options = self->options;
    cert_t cert;
    if (keyfile_read_ed25519(options->log_key, &self->log_key, why) != 0 ||
        keyfile_read_ed25519(options->seal_key, &self->seal_key, why) != 0 ||
        keyfile_read_x25519(options->channel_key, secret, public_key, why) != 0 ||
        log_vkey_of(&self->vkey, options->origin, self->log_key.public_key, why) != 0 ||
        cert_read(&cert, options->certificate, why) != 0)
        return -1;
    memcpy(self->me.id, cert.name, sizeof self->me.id);
    memcpy(self->me.role, cert.role, sizeof self->me.role);
    memcpy(self->me.organisation, cert.organisation, sizeof self->me.organisation);
    bool own = strcmp(cert.key_id, self->seal_key.id) == 0 && strcmp(cert.role, "hub") == 0;
    cert_close(&cert);
    if (!own)
        return cause_set(why, "%s is not a hub's sealing certificate for the key %s",
            options->certificate, options->seal_key);
    if (memcmp(self->log_key.public_key, self->seal_key.public_key, 32) == 0)
        return cause_set(why, "the log key and the seal key must differ");
    return 0;
}

static int check_own_certificate(const hub_t *self, int64_t now_ms, cause_t *why)
{
    const char *state = "unknown";
    if (roster_by_seal(self->law.roster, self->seal_key.id, now_ms, &state))
        return 0;
    return cause_set(why,
        "the certificate of the hub's own seal key is %s in the roster %s: copy it there",
        state, self->options->roster);
}

int hub_check(const options_t *options, cause_t *why)
{
    hub_t self = {.options = options};
    uint8_t secret[32], public_key[32];
    int64_t now_ms = clock_now().wall_ms;
    int result = -1;
    if (read_keys(&self, secret, public_key, why) == 0 &&
        law_open(&self.law, options, NULL, now_ms, why) == 0)
        result = check_own_certificate(&self, now_ms, why);
    law_close(&self.law);
    sodium_memzero(&self, sizeof self);
    sodium_memzero(secret, sizeof secret);
    return result;
}

static int open_state(hub_t *self, cause_t *why)
{
    const options_t *options = self->options;
    journal_options_t journal = {.folder = options->journal,
        .state = options->state,
        .segment_bytes = (uint64_t)options->segment_bytes,
        .turn_bytes = BATCH_BYTES,
        .origin = options->origin};
    journal_replay_t replay = {replay_entry, replay_root, self};
    if (folder_make(options->journal, 0700, why) != 0 ||
        folder_make(options->state, 0700, why) != 0 ||
        !(self->tree = tree_open(options->state, why)) ||
        !(self->inboxes = inboxes_open(options->state, why)) ||
        !(self->publisher =
                publisher_open(options->journal, options->publish_interval_ms, why)) ||
        !(self->journal = journal_open(&journal, &replay, why)))
        return -1;
    self->checkpoint.size = self->folded.peaks.size;
    merkle_root(&self->folded.peaks, &self->checkpoint.root);
    memcpy(self->checkpoint.origin, self->vkey.origin, sizeof self->checkpoint.origin);
    return 0;
}

static int open_gate(
    hub_t *self, const uint8_t secret[32], const uint8_t public_key[32], cause_t *why)
{
    const options_t *options = self->options;
    gate_options_t gate = {.endpoints = (const char *const *)options->listen.text,
        .endpoint_count = options->listen.n,
        .frame_limit = options->frame_limit,
        .queue_limit = (int)options->queue_limit,
        .handshake_ms = (int)options->handshake_ms,
        .heartbeat_ms = (int)options->heartbeat_ms,
        .connections = (int)options->connections};
    memcpy(gate.secret_key, secret, 32);
    memcpy(gate.public_key, public_key, 32);
    self->gate = gate_open(&gate, admit, self, why);
    sodium_memzero(&gate, sizeof gate);
    return self->gate ? 0 : -1;
}

static int open_signals(hub_t *self, cause_t *why)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (self->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0)
        return cause_errno(why, "signalfd");
    return 0;
}

static int check_clock(const hub_t *self, clock_trust_t trust, cause_t *why)
{
    char last[TIME_TEXT], now[TIME_TEXT];
    if (self->now.wall_ms >= self->folded.time_ms || trust == CLOCK_ACCEPTED)
        return 0;
    time_print(self->folded.time_ms, last);
    time_print(self->now.wall_ms, now);
    return cause_set(why,
        "the clock says %s, before the last entry at %s: set the clock, or start with "
        "--accept-clock if it is right",
        now, last);
}

// The first batch after a start says who is starting, under which law.
static int begin_log(hub_t *self, cause_t *why)
{
    char line[VKEY_MAX + 1];
    begin_turn(self);
    self->full = !journal_has_room(self->journal);
    if (self->full) {
        sign_checkpoint(self, 0);
        buf_put_span(&self->note, buf_span(&self->next_note));
        return 0; // it is not a start that is worth refusing: nodes can still fetch
    }
    if (journal_next(self->journal) == 0) {
        log_vkey_print(&self->vkey, line);
        (void)strncat(line, "\n", sizeof line - strlen(line) - 1);
        add_text_entry(self, "origin", "", span_text(line));
    }
    add_text_entry(self, "start", "", span_text("dabyl-hub " DABYL_VERSION "\n"));
    add_law_entries(self);
    return commit_turn(self, why);
}

hub_t *hub_open(const options_t *options, clock_trust_t trust, cause_t *why)
{
    uint8_t secret[32], public_key[32];
    hub_t *self = calloc(1, sizeof *self);
    if (!self)
        abort();
    self->options = options;
    self->signals = -1;
    self->now = clock_now();
    self->wall_offset_ms = self->now.wall_ms - self->now.monotonic_ms;
    self->ids = ids_new();
    self->fresh = ids_new();
    self->sessions = sessions_new();
    self->draft = draft_new();
    self->answers = answers_new();
    self->courier = courier_new();
    self->refusals = refusals_new();
    self->reading = arena_new();
    if (open_signals(self, why) != 0)
        goto failed;
    self->workers = workers_new((unsigned)options->workers);
    if (read_keys(self, secret, public_key, why) != 0 ||
        law_open(&self->law, options, NULL, self->now.wall_ms, why) != 0 ||
        check_own_certificate(self, self->now.wall_ms, why) != 0)
        goto failed;
    self->intake = new_intake(self);
    if (open_state(self, why) != 0 || check_clock(self, trust, why) != 0 ||
        begin_log(self, why) != 0 || open_gate(self, secret, public_key, why) != 0 ||
        !(self->control = control_open(options->control, why)))
        goto failed;
    sodium_memzero(secret, sizeof secret);
    for (size_t i = 0; gate_endpoint(self->gate, i); i++)
        log_line(LOG_INFO, "hub.ready", "hub=%s origin=%s endpoint=%s entries=%" PRIu64,
            self->me.id, options->origin, gate_endpoint(self->gate, i), self->checkpoint.size);
    return self;
failed:
    sodium_memzero(secret, sizeof secret);
    hub_close(&self);
    return NULL;
}

void hub_close(hub_t **self_p)
{
    hub_t *self = *self_p;
    if (!self)
        return;
    control_close(&self->control);
    gate_close(&self->gate);
    publisher_close(&self->publisher);
    journal_close(&self->journal);
    intake_destroy(&self->intake);
    workers_destroy(&self->workers);
    law_close(&self->law);
    tree_close(&self->tree);
    inboxes_close(&self->inboxes);
    ids_destroy(&self->ids);
    ids_destroy(&self->fresh);
    sessions_destroy(&self->sessions);
    draft_destroy(&self->draft);
    answers_destroy(&self->answers);
    courier_destroy(&self->courier);
    refusals_destroy(&self->refusals);
    arena_destroy(&self->reading);
    buf_destroy(&self->note);
    buf_destroy(&self->next_note);
    buf_destroy(&self->scratch);
    buf_destroy(&self->memory);
    routing_close(&self->routing);
    routing_close(&self->derived_routing);
    routing_close(&self->parsed);
    if (self->signals >= 0)
        (void)close(self->signals);
    sodium_memzero(&self->log_key, sizeof self->log_key);
    sodium_memzero(&self->seal_key, sizeof self->seal_key);
    free(self);
    *self_p = NULL;
}
