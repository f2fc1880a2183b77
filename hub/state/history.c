// history - some indexes, twice: of what is durable, and of this turn's draft, which is
// looked through first and forgotten with the turn.

#include "hub/state/history.h"

#include "hub/state/ids.h"
#include "hub/state/threads.h"
#include "lib/base/memory.h"
#include "lib/message/delegations.h"
#include "lib/message/exercises.h"
#include "lib/message/lineage.h"
#include "lib/pki/roster.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    lookup_t *lookup;
    exercises_t *exercises;
    delegations_t *delegations;
} index_t;

struct history {
    entries_t *entries;
    lookup_t *own; // where no other is given; or NULL
    index_t durable, fresh;
    kin_t *kin;         // borrowed, or NULL
    lineage_t *lineage; // of both
    members_t *members; // of both
    feeds_t *feeds;     // of both
    bool failed;
    cause_t why; // when it failed: the first
};

static index_t open_index(lookup_t *lookup)
{
    return (index_t){lookup, exercises_new(), delegations_new()};
}

static void close_index(index_t *index)
{
    exercises_destroy(&index->exercises);
    delegations_destroy(&index->delegations);
}

static void keep_lineage(history_t *self, kin_t *kin)
{
    lineage_keeper_t keeper = kin_keeper(kin);
    lineage_destroy(&self->lineage);
    self->lineage = lineage_kept(&keeper);
    self->kin = kin;
}

history_t *history_new(entries_t *entries, const history_store_t *store)
{
    history_t *self = memory_new(1, sizeof *self);
    self->entries = entries;
    self->own = store ? NULL : lookup_new();
    self->durable = open_index(store ? store->lookup : self->own);
    self->fresh = open_index(lookup_new());
    self->lineage = lineage_new();
    if (store)
        keep_lineage(self, store->kin);
    self->members = members_new();
    self->feeds = feeds_new(lookup_key(self->durable.lookup));
    return self;
}

void history_destroy(history_t **self_p)
{
    history_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    close_index(&self->durable);
    close_index(&self->fresh);
    lookup_destroy(&self->fresh.lookup);
    lookup_destroy(&self->own);
    lineage_destroy(&self->lineage);
    members_destroy(&self->members);
    feeds_destroy(&self->feeds);
    free(self);
}

void history_save(const history_t *self, buf_t *out)
{
    exercises_save(self->durable.exercises, out);
    delegations_save(self->durable.delegations, out);
    members_save(self->members, out);
    feeds_save(self->feeds, out);
}

int history_load(history_t *self, reader_t *from, cause_t *why)
{
    if (!exercises_load(self->durable.exercises, from) ||
        !delegations_load(self->durable.delegations, from) ||
        !members_load(self->members, from))
        return cause_set(why, "exercises, delegations or members are missing");
    return feeds_load(self->feeds, from, why);
}

// Who refers to a message is found by what that began as, so that all who refer to one
// of its corrections are in one place.
static void add_reference(history_t *self, index_t *index, const leaf_t *leaf,
    const route_t *route, const threads_line_t *line)
{
    reference_t to = {0};
    memcpy(to.author, route->node, sizeof to.author);
    memcpy(to.id, route->id, sizeof to.id);
    lineage_first(self->lineage, &to, &to);
    threads_add(index->lookup, LOOKUP_THREAD, line, to.author, to.id, leaf->kind);
}

// What is carried is found by what it began as, too: whoever got one of its versions has
// the message.
static void add_carried(
    history_t *self, index_t *index, const route_t *route, const threads_line_t *line)
{
    reference_t old = {0};
    memcpy(old.author, route->author, sizeof old.author);
    memcpy(old.id, route->id, sizeof old.id);
    lineage_first(self->lineage, &old, &old);
    threads_add(index->lookup, LOOKUP_CARRIED, line, old.author, old.id, route->node);
}

static reference_t incident_of(const routing_t *routing)
{
    reference_t incident = {0};
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type != ROUTE_REFER || route->refer != REFER_INCIDENT)
            continue;
        memcpy(incident.author, route->node, sizeof incident.author);
        memcpy(incident.id, route->id, sizeof incident.id);
    }
    return incident;
}

static void add_derived(
    history_t *self, index_t *index, const leaf_t *leaf, const routing_t *routing)
{
    reference_t incident = incident_of(routing);
    if (!routing_cause(routing) || incident.author[0] == 0)
        return;
    lineage_first(self->lineage, &incident, &incident);
    const threads_line_t line = {leaf->position, 0, REFER_INCIDENT};
    threads_add(index->lookup, LOOKUP_DERIVED, &line, incident.author, incident.id, "");
}

static void add(
    history_t *self, index_t *index, const leaf_t *leaf, const routing_t *routing)
{
    ids_add(index->lookup, LOOKUP_ID, leaf->author, leaf->id, leaf->position);
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        const threads_line_t line = {
            leaf->position, i, route->type == ROUTE_REFER ? route->refer : REFER_RE};
        if (route->type == ROUTE_REFER)
            add_reference(self, index, leaf, route, &line);
        else if (route->type == ROUTE_EXERCISE)
            exercises_add(index->exercises, route->act, route->node, leaf->author);
        else if (route->type == ROUTE_DELEGATES)
            delegations_add(index->delegations, leaf, route, routing_within(routing));
        else if (route->type == ROUTE_CARRIES)
            add_carried(self, index, route, &line);
    }
    add_derived(self, index, leaf, routing);
}

// Only of what corrects or withdraws something has anything been said.
static reference_t began_as(
    const history_t *self, const leaf_t *leaf, const routing_t *routing)
{
    reference_t message = message_name(leaf);
    if (routing_withdraws(routing))
        lineage_first(self->lineage, &message, &message);
    return message;
}

feeds_t *history_feeds(history_t *self)
{
    return self->feeds;
}

void history_thread(const history_t *self, const leaf_t *leaf, const routing_t *routing,
    reference_t *thread)
{
    *thread = incident_of(routing);
    if (thread->author[0] == 0)
        *thread = message_name(leaf);
    lineage_first(self->lineage, thread, thread);
}

// Most messages are in no feed, and need not be asked what they belong to.
static bool concerns_feeds(const routing_t *routing)
{
    for (size_t i = 0; i < routing->n; i++) {
        route_type_t type = routing->route[i].type;
        if (type == ROUTE_FEED || type == ROUTE_SUBSCRIBES || type == ROUTE_UNSUBSCRIBES)
            return true;
    }
    return false;
}

// The feed that a subscription begins goes on with what it brought along.
static void follow_carried(
    history_t *self, const leaf_t *leaf, const routing_t *routing, bool drafted)
{
    const char *feed = NULL;
    reference_t old = {0};
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type == ROUTE_SUBSCRIBES)
            feed = route->feed;
        if (route->type != ROUTE_CARRIES || !feed)
            continue;
        memcpy(old.author, route->author, sizeof old.author);
        memcpy(old.id, route->id, sizeof old.id);
        lineage_first(self->lineage, &old, &old);
        feeds_follow(self->feeds, leaf->author, feed, &old, drafted);
    }
}

void history_add(history_t *self, const leaf_t *leaf, const routing_t *routing)
{
    reference_t thread;
    lineage_add(self->lineage, leaf->author, leaf->id, routing);
    reference_t by = began_as(self, leaf, routing);
    members_add(self->members, &by, routing);
    add(self, &self->durable, leaf, routing);
    if (!concerns_feeds(routing))
        return;
    history_thread(self, leaf, routing, &thread);
    feeds_add(self->feeds, leaf, routing, &thread);
    follow_carried(self, leaf, routing, false);
}

void history_draft(history_t *self, const leaf_t *leaf, const routing_t *routing)
{
    reference_t thread;
    lineage_draft(self->lineage, leaf->author, leaf->id, routing);
    reference_t by = began_as(self, leaf, routing);
    members_draft(self->members, &by, routing);
    add(self, &self->fresh, leaf, routing);
    if (!concerns_feeds(routing))
        return;
    history_thread(self, leaf, routing, &thread);
    feeds_draft(self->feeds, leaf, routing, &thread);
    follow_carried(self, leaf, routing, true);
}

void history_begin(history_t *self)
{
    lookup_clear(self->fresh.lookup);
    exercises_clear(self->fresh.exercises);
    delegations_clear(self->fresh.delegations);
    lineage_begin(self->lineage);
    members_begin(self->members);
    feeds_begin(self->feeds);
}

int history_check(const history_t *self, cause_t *why)
{
    if (self->failed)
        return cause_set(why, "%s", self->why.text);
    return self->kin && kin_check(self->kin, why) != 0
               ? -1
               : lookup_check(self->durable.lookup, why);
}

static bool succeeded(history_t *self, int result, const cause_t *why)
{
    if (result != 0 && !self->failed) {
        self->failed = true;
        self->why = *why;
    }
    return result == 0;
}

static bool read_entry(history_t *self, uint64_t position, entry_t *entry)
{
    cause_t why;
    int result = entries_read(self->entries, position, entry, &why);
    return succeeded(self, result, &why);
}

static bool read_record(history_t *self, uint64_t position, span_t *record)
{
    cause_t why;
    int result = entries_record(self->entries, position, record, &why);
    return succeeded(self, result, &why);
}

static bool read_leaf(history_t *self, uint64_t position, leaf_t *leaf)
{
    cause_t why;
    int result = entries_leaf(self->entries, position, leaf, &why);
    return succeeded(self, result, &why);
}

bool history_leaf(history_t *self, uint64_t position, leaf_t *leaf)
{
    return read_leaf(self, position, leaf);
}

uint64_t history_end(const history_t *self)
{
    return entries_end(self->entries);
}

static bool find_in(history_t *self, const index_t *index, const char *author,
    const char *id, leaf_t *leaf)
{
    size_t cursor = 0;
    uint64_t position;
    while (ids_find(index->lookup, LOOKUP_ID, author, id, &cursor, &position))
        if (read_leaf(self, position, leaf) && strcmp(leaf->author, author) == 0 &&
            strcmp(leaf->id, id) == 0)
            return true;
    return false;
}

bool history_find(history_t *self, const char *author, const char *id, leaf_t *leaf)
{
    return find_in(self, &self->fresh, author, id, leaf) ||
           find_in(self, &self->durable, author, id, leaf);
}

bool history_entry(history_t *self, uint64_t position, entry_t *entry)
{
    return read_entry(self, position, entry);
}

void history_first(const history_t *self, const reference_t *message, reference_t *first)
{
    lineage_first(self->lineage, message, first);
}

bool history_withdrawn(const history_t *self, const reference_t *message)
{
    return lineage_withdrawn(self->lineage, message);
}

bool history_exercise(
    const history_t *self, exercise_act_t act, const char *name, const char *node)
{
    return exercises_has(self->fresh.exercises, act, name, node) ||
           exercises_has(self->durable.exercises, act, name, node);
}

bool history_belongs(const history_t *self, const reference_t *first, const char *node)
{
    return members_has(self->members, first, node);
}

bool history_enrolled(const history_t *self, const reference_t *first, const char *node,
    const reference_t *by)
{
    return members_said(self->members, first, node, by);
}

bool history_takes_part(const history_t *self, const char *exercise, const char *node)
{
    return exercise[0] == 0 || history_exercise(self, EXERCISE_JOINS, exercise, node);
}

// What is looked for: who refers to `to` or, when any version does, to one that began as
// `first`.
typedef struct {
    const reference_t *to;
    reference_t first;
    version_t version;
    refer_t field;
    const char *kind;
    const char *node; // who carries it to this node ("": to any); NULL: who refers to it
} wanted_t;

static bool next_reference(
    history_t *self, const wanted_t *wanted, thread_walk_t *walk, uint64_t *position)
{
    const reference_t *first = &wanted->first;
    return threads_find(self->fresh.lookup, LOOKUP_THREAD, wanted->field, first->author,
               first->id, wanted->kind, &walk->fresh, position) ||
           threads_find(self->durable.lookup, LOOKUP_THREAD, wanted->field, first->author,
               first->id, wanted->kind, &walk->past, position);
}

// Whether the message is named by this, which stands in a line that is looked for.
static bool is_it(
    const history_t *self, const wanted_t *wanted, const char *author, const char *id)
{
    reference_t named = {0};
    memcpy(named.author, author, sizeof named.author);
    memcpy(named.id, id, sizeof named.id);
    if (wanted->version == THIS_VERSION)
        return reference_same(&named, wanted->to);
    lineage_first(self->lineage, &named, &named);
    return reference_same(&named, &wanted->first);
}

static bool refers(const history_t *self, const wanted_t *wanted, const route_t *route)
{
    return route->type == ROUTE_REFER &&
           (wanted->field == REFERS || route->refer == wanted->field) &&
           is_it(self, wanted, route->node, route->id);
}

static bool carries(const history_t *self, const wanted_t *wanted, const route_t *route)
{
    return route->type == ROUTE_CARRIES &&
           (wanted->node[0] == 0 || strcmp(route->node, wanted->node) == 0) &&
           is_it(self, wanted, route->author, route->id);
}

// Whether the record of the message at this position has a line that is looked for.
static bool says(history_t *self, uint64_t position, const wanted_t *wanted, leaf_t *leaf)
{
    span_t record;
    routing_t routing;
    cause_t why;
    bool found = false;
    if (!read_leaf(self, position, leaf) || !read_record(self, position, &record) ||
        routing_parse(&routing, record, &why) != 0)
        return false;
    for (size_t i = 0; i < routing.n && !found; i++)
        found = (wanted->node ? carries : refers)(self, wanted, &routing.route[i]);
    routing_close(&routing);
    return found;
}

// The questions of precedents_t: the context is the view.
static history_t *history_in(void *context)
{
    return ((const history_view_t *)context)->history;
}

static bool ask_find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    return history_find(history_in(context), author, id, leaf);
}

static int ask_record(void *context, const leaf_t *leaf, span_t *record, cause_t *why)
{
    history_t *self = history_in(context);
    return read_record(self, leaf->position, record) ? 0 : history_check(self, why);
}

static bool ask_refers(void *context, const reference_t *to, version_t version,
    refer_t field, const char *kind, thread_walk_t *walk, leaf_t *leaf)
{
    history_t *self = history_in(context);
    uint64_t position;
    wanted_t wanted = {.to = to, .version = version, .field = field, .kind = kind};
    lineage_first(self->lineage, to, &wanted.first);
    while (next_reference(self, &wanted, walk, &position))
        if (says(self, position, &wanted, leaf) &&
            (kind[0] == 0 || strcmp(leaf->kind, kind) == 0))
            return true;
    return false;
}

// Whether the message at this position was derived about the incident.
static bool is_derived(
    history_t *self, uint64_t position, const reference_t *first, leaf_t *leaf)
{
    span_t record;
    routing_t routing;
    cause_t why;
    if (!read_leaf(self, position, leaf) || !read_record(self, position, &record) ||
        routing_parse(&routing, record, &why) != 0)
        return false;
    reference_t incident = incident_of(&routing);
    bool derived = routing_cause(&routing) != NULL;
    lineage_first(self->lineage, &incident, &incident);
    routing_close(&routing);
    return derived && reference_same(&incident, first);
}

static bool ask_derived(
    void *context, const reference_t *incident, thread_walk_t *walk, leaf_t *leaf)
{
    history_t *self = history_in(context);
    uint64_t position;
    reference_t first;
    lineage_first(self->lineage, incident, &first);
    while (threads_find(self->fresh.lookup, LOOKUP_DERIVED, REFER_INCIDENT, first.author,
               first.id, "", &walk->fresh, &position) ||
           threads_find(self->durable.lookup, LOOKUP_DERIVED, REFER_INCIDENT,
               first.author, first.id, "", &walk->past, &position))
        if (is_derived(self, position, &first, leaf))
            return true;
    return false;
}

static bool ask_carried(void *context, const reference_t *message, version_t version,
    const char *node, thread_walk_t *walk, leaf_t *leaf)
{
    history_t *self = history_in(context);
    uint64_t position;
    wanted_t wanted = {.to = message, .version = version, .node = node};
    reference_t *first = &wanted.first;
    lineage_first(self->lineage, message, first);
    while (threads_find(self->fresh.lookup, LOOKUP_CARRIED, REFER_RE, first->author,
               first->id, node, &walk->fresh, &position) ||
           threads_find(self->durable.lookup, LOOKUP_CARRIED, REFER_RE, first->author,
               first->id, node, &walk->past, &position))
        if (says(self, position, &wanted, leaf))
            return true;
    return false;
}

bool history_brought(history_t *self, uint64_t position, const char *node)
{
    history_view_t view = {.history = self};
    thread_walk_t walk = {0};
    leaf_t leaf, carrier;
    if (!read_leaf(self, position, &leaf))
        return false;
    reference_t name = message_name(&leaf);
    return ask_carried(&view, &name, THIS_VERSION, node, &walk, &carrier);
}

static void ask_first(void *context, const reference_t *message, reference_t *first)
{
    lineage_first(history_in(context)->lineage, message, first);
}

static void ask_latest(void *context, const reference_t *message, reference_t *latest)
{
    lineage_latest(history_in(context)->lineage, message, latest);
}

static void ask_root(void *context, const reference_t *message, reference_t *root)
{
    lineage_root(history_in(context)->lineage, message, root);
}

static bool ask_stands(void *context, const reference_t *message)
{
    return lineage_stands(history_in(context)->lineage, message);
}

static value_t *ask_document(void *context, const leaf_t *leaf)
{
    entry_t entry;
    if (!read_entry(history_in(context), leaf->position, &entry))
        return NULL;
    return document_again(entry.document);
}

static size_t ask_bytes(void *context, const leaf_t *leaf)
{
    entry_t entry;
    return read_entry(history_in(context), leaf->position, &entry)
               ? entry.document.size + entry.seal.size
               : 0;
}

// Whether one of these delegations is still what its node says.
static bool acts_by(const history_t *self, const index_t *index, const acting_t *acting,
    reference_t *message)
{
    size_t cursor = 0;
    while (delegations_next(index->delegations, acting, &cursor, message))
        if (lineage_stands(self->lineage, message))
            return true;
    return false;
}

static bool acts(void *context, const cert_t *officer, const char *office,
    const char *territory, reference_t *by)
{
    const history_view_t *view = context;
    const history_t *self = view->history;
    acting_t acting = {.node = officer->node,
        .person = officer->name,
        .office = office,
        .territory = territory,
        .exercise = view->exercise ? view->exercise : "",
        .at_ms = view->entry_ms};
    return acts_by(self, &self->fresh, &acting, by) ||
           acts_by(self, &self->durable, &acting, by);
}

static bool ask_sealers(void *context, sealers_t *sealers)
{
    const history_view_t *view = context;
    if (view->seal.size == 0)
        return false;
    *sealers = (sealers_t){.acts = acts, .context = context};
    sealers->n = roster_officers(view->roster, view->seal, sealers->officer);
    return true;
}

static bool ask_belongs(void *context, const reference_t *first, const char *node)
{
    return history_belongs(history_in(context), first, node);
}

static const char *ask_member(void *context, const reference_t *first, size_t *next)
{
    return members_next(history_in(context)->members, first, next);
}

static bool ask_withdrawn(void *context, const reference_t *message)
{
    return lineage_withdrawn(history_in(context)->lineage, message);
}

static const char *ask_role(void *context, const char *node)
{
    const history_view_t *view = context;
    const member_t *member = roster_member(view->roster, node);
    return member ? member->role : NULL;
}

precedents_t history_precedents(const history_view_t *view)
{
    return (precedents_t){.find = ask_find,
        .record = ask_record,
        .refers = ask_refers,
        .derived = ask_derived,
        .carried = ask_carried,
        .first = ask_first,
        .latest = ask_latest,
        .root = ask_root,
        .stands = ask_stands,
        .withdrawn = ask_withdrawn,
        .document = ask_document,
        .sealers = ask_sealers,
        .bytes = ask_bytes,
        .role = ask_role,
        .belongs = ask_belongs,
        .member = ask_member,
        .context = (void *)(uintptr_t)view};
}
