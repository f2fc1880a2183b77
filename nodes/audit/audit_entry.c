// audit_entry - what each type of entry must be, beyond matching its leaf.  Certificates
// are those of the roster entry before: a later revocation does not undo what was sealed
// earlier.

#include "lib/base/edition.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/message/attachment.h"
#include "lib/message/frame.h"
#include "lib/message/routing.h"
#include "lib/pki/rulesseal.h"
#include "lib/rules/packset.h"
#include "lib/tlog/operation.h"
#include "nodes/audit/audit_walk.h"
#include "nodes/inbox/mail.h"

#include <string.h>

// What `announced` has in place of a position once the derived message was there, and
// `named` once the file was handed in.
enum { SEEN = INT32_MAX };

static void hash_number(uint64_t number, hash_t *out)
{
    buf_t bytes = {0};
    buf_put_u64(&bytes, number);
    sha256(buf_span(&bytes), out);
    buf_destroy(&bytes);
}

static int need_keys(const audit_walk_t *self, cause_t *why)
{
    return self->keys ? 0 : cause_set(why, "stands before any roster");
}

static int cannot_read(audit_walk_t *self)
{
    self->unreadable = true;
    return -1;
}

static int check_origin(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    const log_vkey_t *own = self->options->vkey;
    if (leaf->position != 0) {
        (void)cause_set(why, "a second origin");
        return cannot_read(self);
    }
    if (origin_parse(&self->origin, entry->document, why) != 0)
        return cause_prefix(why, "the origin");
    if (strcmp(self->origin.vkey.origin, own->origin) != 0 ||
        memcmp(self->origin.vkey.key, own->key, sizeof own->key) != 0)
        return cause_set(why, "the log begins with another key than the one given");
    return 0;
}

static int check_roster(audit_walk_t *self, const entry_t *entry, cause_t *why)
{
    keyring_t *keys = keyring_new();
    if (keyring_add_roster(keys, entry->document, self->options->ca_path,
            self->options->ca_paths, why) != 0) {
        keyring_destroy(&keys);
        return cause_prefix(why, "roster");
    }
    keyring_destroy(&self->keys);
    self->keys = keys;
    self->found->rosters++;
    return 0;
}

// The seal over one pack, by who was an officer of nccis then.  What was in force before
// was judged when it came into force.
static int check_pack(audit_walk_t *self, const leaf_t *leaf, const char *file,
    span_t pack, span_t text, cause_t *why)
{
    rulesseal_t seal;
    if (packset_has(buf_span(&self->packs), buf_span(&self->seals), pack, text))
        return 0;
    if (rulesseal_parse(&seal, text, why) != 0)
        return cause_prefix(why, "the seal of %s", file);
    const cert_t *cert = keyring_find(self->keys, seal.key_id, leaf->time_ms, why);
    if (!cert ||
        rulesseal_check(&seal, self->options->vkey->origin, pack, cert->key, why) != 0)
        return cause_prefix(why, "the seal of %s", file);
    const char *role = keyring_role(self->keys, cert->node);
    if (strcmp(cert->role, "officer") != 0 || !role || strcmp(role, "nccis") != 0)
        return cause_set(
            why, "%s is sealed by %s, who is no officer of nccis", file, cert->name);
    return 0;
}

static int check_packs(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    char file[PACK_FILE_MAX];
    span_t packs = entry->document, seals = entry->seal, pack;
    int result;
    reader_t first = reader_of(packs);
    if (!packset_open(packs, &packs))
        return edition_line(
            take_line(&first), "dabyl-packs/v1", "the text of packs of rules", why);
    if (packs.size == 0)
        return cause_set(why, "the rules are no packs");
    while ((result = packset_next(&packs, file, &pack, why)) == 1)
        if (check_pack(self, leaf, file, pack, rulesseal_next(&seals), why) != 0)
            return -1;
    return result == 0 && seals.size > 0
               ? cause_set(why, "the rules have more seals than packs")
               : result;
}

static int check_rules(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    hash_t position;
    if (need_keys(self, why) != 0 || check_packs(self, leaf, entry, why) != 0)
        return -1;
    buf_clear(&self->packs);
    buf_put_span(&self->packs, entry->document);
    buf_clear(&self->seals);
    buf_put_span(&self->seals, entry->seal);
    hash_number(leaf->position, &position);
    marks_put(self->rules, &position, 0);
    self->found->rules++;
    return 0;
}

static audit_inbox_t *find_inbox(audit_walk_t *self, const char *node)
{
    for (size_t i = 0; i < self->inboxes; i++)
        if (strcmp(self->inbox[i].node, node) == 0)
            return &self->inbox[i];
    self->inbox = memory_grow(self->inbox, self->inboxes + 1, sizeof *self->inbox);
    audit_inbox_t *inbox = &self->inbox[self->inboxes++];
    *inbox = (audit_inbox_t){0};
    snprintf(inbox->node, sizeof inbox->node, "%s", node);
    return inbox;
}

static void deliver(audit_walk_t *self, const char *node, uint64_t position, bool former)
{
    audit_inbox_t *inbox = find_inbox(self, node);
    if (former && inbox->before > 0) {
        inbox->before--; // it had that in the log before
        return;
    }
    buf_put(&inbox->positions, &position, sizeof position);
    inbox->n++;
}

static uint64_t delivered(const audit_inbox_t *inbox, uint64_t number)
{
    uint64_t position, index = number - inbox->forgotten - 1;
    memcpy(&position, inbox->positions.data + index * sizeof position, sizeof position);
    return position;
}

// What is below the number that is acknowledged is not acknowledged again: once that is
// most of what is known, it is dropped.
static void forget(audit_inbox_t *inbox)
{
    buf_t rest = {0};
    uint64_t known = inbox->n - inbox->forgotten;
    uint64_t gone = inbox->acknowledged - inbox->forgotten; // and the last of these stays
    if (inbox->acknowledged <= inbox->forgotten + 1 || 2 * gone < known)
        return;
    size_t bytes = (size_t)(gone - 1) * sizeof(uint64_t);
    buf_put(&rest, inbox->positions.data + bytes, inbox->positions.size - bytes);
    buf_destroy(&inbox->positions);
    inbox->positions = rest;
    inbox->forgotten += gone - 1;
}

static void announce(audit_walk_t *self, const route_t *route, uint64_t cause)
{
    hash_t name;
    marks_pair(route->kind, route->id, &name);
    marks_put(self->announced, &name, cause);
    self->open++;
}

// What identifies a file that somebody named: author, digest, size.
static void hash_file(
    const char *author, const hash_t *digest, uint64_t size, hash_t *out)
{
    buf_t text = {0};
    attachment_t file = {.digest = *digest, .size = size};
    buf_printf(&text, "%s\n", author);
    attachment_print(&file, &text);
    sha256(buf_span(&text), out);
    buf_destroy(&text);
}

static void name_file(audit_walk_t *self, const route_t *route, const leaf_t *leaf)
{
    hash_t file;
    uint64_t before;
    hash_file(leaf->author, &route->digest, route->size, &file);
    (void)marks_claim(self->named, &file, leaf->position, &before);
}

void audit_aside(audit_walk_t *self, const leaf_t *leaf, span_t record)
{
    routing_t routing = {0};
    routing_salvage(&routing, record);
    for (size_t i = 0; i < routing.n; i++)
        deliver(self, routing.route[i].node, leaf->position, leaf_is_former(leaf));
    routing_close(&routing);
}

static int check_quarantine(
    audit_walk_t *self, const leaf_t *leaf, span_t document, cause_t *why)
{
    uint64_t position;
    char reason[QUARANTINE_TEXT];
    if (quarantine_parse(document, &position, reason, why) != 0 ||
        quarantine_enter(&self->aside, leaf->position, position, reason, why) != 0)
        return cannot_read(self);
    return 0;
}

// Who did what is in the document, which has to be one of these.
static int check_operator(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    operation_t operation;
    if (operation_parse(&operation, entry->document, why) != 0)
        return cannot_read(self);
    self->found->act[self->found->acts++ % AUDIT_ACTS] =
        (audit_act_t){leaf->position, leaf->time_ms, operation};
    return 0;
}

static int check_duty(
    audit_walk_t *self, const leaf_t *leaf, span_t document, cause_t *why)
{
    duty_t duty;
    if (duty_parse(&duty, document, why) != 0)
        return cannot_read(self);
    return audit_duties_entry(self->duties, leaf, &duty, why);
}

// What a duty could ask a message for: words as short as rules may name, flags, and what
// attests notice given otherwise.
static bool is_askable(const char *name, const json_t *value)
{
    static const char *const attested[] = {"duty", "towards", "told_at"};
    for (size_t i = 0; i < sizeof attested / sizeof *attested; i++)
        if (strcmp(name, attested[i]) == 0 && json_is_string(value) &&
            json_string_length(value) < NODE_ID_MAX)
            return true;
    return json_is_boolean(value) ||
           (json_is_string(value) && json_string_length(value) < WANTED_WORD_MAX);
}

static int check_deed(audit_walk_t *self, const leaf_t *leaf, const routing_t *routing,
    const json_t *document, cause_t *why)
{
    const char *name;
    if (!document) // it was erased
        return audit_duties_message(self->duties, leaf, routing, NULL, why);
    json_t *member, *body = json_object();
    json_object_foreach(json_object_get(document, "body"), name, member)
    {
        if (strlen(name) < WANTED_WORD_MAX && is_askable(name, member))
            json_object_set(body, name, member);
    }
    json_t *root = json_pack("{s:O}", "body", body);
    char *said = json_object_size(body) > 0 ? json_dumps(root, JSON_COMPACT) : NULL;
    int result = audit_duties_message(self->duties, leaf, routing, said ? said : "", why);
    free(said);
    json_decref(root);
    json_decref(body);
    return result;
}

// The record names the cause that the message does, and only where it does.
static int check_cause_line(
    const routing_t *routing, const json_t *document, cause_t *why)
{
    const route_t *line = routing_cause(routing);
    const json_t *cause =
        json_object_get(document, "for")
            ? json_object_get(json_object_get(document, "body"), "cause")
            : NULL;
    bool same = line ? strcmp(mail_text(cause, "author"), line->node) == 0 &&
                           strcmp(mail_text(cause, "id"), line->id) == 0
                     : !cause;
    return same ? 0
                : cause_set(why, "the record's cause line is not the message's cause");
}

// What is carried along is an earlier message of the log, and goes to each node once.
static int check_carried(
    audit_walk_t *self, const leaf_t *leaf, const route_t *route, cause_t *why)
{
    hash_t name, given;
    char what[NODE_ID_MAX + MESSAGE_ID_MAX + 8];
    uint64_t position;
    marks_pair(route->author, route->id, &name);
    if (!marks_get(self->messages, &name, &position) || position >= leaf->position)
        return cause_set(why, "it carries %s of %s, which is not before it in the log",
            route->id, route->author);
    // what somebody reads along may yet be brought to it as to a party
    bool reads = strcmp(leaf->kind, "subscription") == 0;
    (void)snprintf(
        what, sizeof what, "%s %s%s", route->author, route->id, reads ? " along" : "");
    marks_pair(route->node, what, &given);
    if (!marks_claim(self->carried, &given, leaf->position, &position))
        return cause_set(why, "it carries %s of %s to %s, as entry %llu did already",
            route->id, route->author, route->node, (unsigned long long)position);
    self->found->carried++;
    return 0;
}

static int check_record(audit_walk_t *self, const leaf_t *leaf, span_t record,
    const json_t *document, cause_t *why)
{
    routing_t routing = {0};
    hash_t rules;
    uint64_t ignored;
    if (routing_parse(&routing, record, why) != 0)
        return cannot_read(self);
    hash_number(routing.rules_position, &rules);
    bool former = leaf_is_former(leaf); // by rules of the log before
    int result = former || marks_get(self->rules, &rules, &ignored)
                     ? 0
                     : cause_set(why, "routed by rules at position %llu, which are none",
                           (unsigned long long)routing.rules_position);
    for (size_t i = 0; i < routing.n; i++) {
        if (route_delivers(&routing.route[i]))
            deliver(self, routing.route[i].node, leaf->position, former);
        if (routing.route[i].type == ROUTE_EMIT && !former)
            announce(self, &routing.route[i], leaf->position);
        if (routing.route[i].type == ROUTE_ATTACHMENT)
            name_file(self, &routing.route[i], leaf);
        if (routing.route[i].type == ROUTE_CARRIES && result == 0)
            result = check_carried(self, leaf, &routing.route[i], why);
    }
    if (result == 0 && document)
        result = check_cause_line(&routing, document, why);
    if (result == 0)
        result = check_deed(self, leaf, &routing, document, why);
    routing_close(&routing);
    return result;
}

// The entry at a position of the batch being walked.
static bool entry_of_batch(const audit_walk_t *self, uint64_t position, entry_t *entry)
{
    batch_entries_t entries = batch_entries(self->batch);
    if (position < entries.position)
        return false;
    while (entries.position <= position)
        if (!batch_next(&entries, entry))
            return false;
    return entries.position == position + 1;
}

static bool carries(const json_t *carried, const char *field, span_t wanted)
{
    buf_t bytes = {0};
    bool same = base64_decode(span_text(mail_text(carried, field)), &bytes) &&
                span_equal(buf_span(&bytes), wanted);
    buf_destroy(&bytes);
    return same;
}

// The whole seal of a message, until the next is asked for.
static span_t whole_seal(audit_walk_t *self, const entry_t *entry)
{
    buf_clear(&self->seal);
    seal_place_print(
        &(seal_place_t){entry->seal, entry->index, entry->path}, &self->seal);
    return buf_span(&self->seal);
}

static int check_cause(
    audit_walk_t *self, const json_t *root, uint64_t position, cause_t *why)
{
    entry_t cause;
    leaf_t leaf;
    const json_t *body = json_object_get(root, "body");
    const json_t *named = json_object_get(body, "cause");
    const json_t *carried = json_object_get(body, "carried");
    if (!entry_of_batch(self, position, &cause))
        return cause_set(why, "derived from entry %llu, which is in another batch",
            (unsigned long long)position);
    if (leaf_take(&leaf, cause.leaf, why) != 0)
        return -1;
    if (strcmp(mail_text(named, "author"), leaf.author) != 0 ||
        strcmp(mail_text(named, "id"), leaf.id) != 0)
        return cause_set(why, "a derived message names another cause than its own");
    if (carried && !erasure_of(cause.document) &&
        (!carries(carried, "document", cause.document) ||
            !carries(carried, "seal", whole_seal(self, &cause))))
        return cause_set(why, "a derived message carries something else than its cause");
    return 0;
}

// Whether it says that it was derived: for whom, from what, or with what.
static bool claims_cause(const json_t *root)
{
    const json_t *body = json_object_get(root, "body");
    return json_object_get(root, "for") || json_object_get(body, "carried") ||
           json_is_object(json_object_get(body, "cause"));
}

static int check_announced(
    audit_walk_t *self, const leaf_t *leaf, const json_t *root, cause_t *why)
{
    hash_t name;
    uint64_t cause;
    marks_pair(leaf->kind, leaf->id, &name);
    if (!marks_get(self->announced, &name, &cause) || cause == SEEN)
        return claims_cause(root)
                   ? cause_set(why, "it says that it was derived, and no message did so")
                   : 0;
    marks_put(self->announced, &name, SEEN);
    self->open--;
    self->found->derived++;
    const char *role = keyring_role(self->keys, leaf->author);
    if (!role || strcmp(role, "hub") != 0)
        return cause_set(why, "%s wrote what only the hub may derive", leaf->author);
    return check_cause(self, root, cause, why);
}

// The announcement was of it; what it said of its cause nobody can tell any more.
static void take_announced(audit_walk_t *self, const leaf_t *leaf)
{
    hash_t name;
    uint64_t cause;
    marks_pair(leaf->kind, leaf->id, &name);
    if (!marks_get(self->announced, &name, &cause) || cause == SEEN)
        return;
    marks_put(self->announced, &name, SEEN);
    self->open--;
    self->found->derived++;
}

static int check_erased(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    erasures_see(&self->erasures, leaf->position);
    if (!leaf_is_former(leaf))
        take_announced(self, leaf);
    return check_record(self, leaf, entry->record, NULL, why);
}

static int check_erasure(
    audit_walk_t *self, const leaf_t *leaf, span_t document, cause_t *why)
{
    erasure_t erasure;
    if (erasure_parse(&erasure, document, leaf->position, why) != 0)
        return cannot_read(self);
    erasures_name(&self->erasures, &erasure);
    for (size_t i = 0; i < erasure.files; i++)
        marks_put(self->gone, &erasure.file[i], leaf->position);
    return 0;
}

// What its document says, and then its record: the cause announces before the derived
// message is met.
static int check_words(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    json_t *root =
        json_loadb((const char *)entry->document.data, entry->document.size, 0, NULL);
    if (!root) {
        (void)cause_set(why, "its document is not JSON");
        return cannot_read(self);
    }
    int result = proof_names(root, leaf, why) == 0 ? 0 : cannot_read(self);
    if (result == 0 && !leaf_is_former(leaf))
        result = check_announced(self, leaf, root, why);
    if (result == 0)
        result = check_record(self, leaf, entry->record, root, why);
    json_decref(root);
    return result;
}

static int check_message(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    hash_t name;
    seal_t seal;
    uint64_t before;
    signers_t signers;
    proof_trust_t trust = {self->keys,
        leaf_is_former(leaf) ? NULL : self->options->vkey->origin, &self->memo};
    marks_pair(leaf->author, leaf->id, &name);
    if (!marks_claim(self->messages, &name, leaf->position, &before))
        return cause_set(why, "%s %s is entry %llu already", leaf->author, leaf->id,
            (unsigned long long)before);
    if (!leaf->has_document || !leaf->has_seal || !leaf->has_record) {
        (void)cause_set(why, "a message without document, seal or routing record");
        return cannot_read(self);
    }
    if (!entry->proven) {
        (void)cause_set(why, "the document is not where its seal has it");
        return cannot_read(self);
    }
    span_t text = whole_seal(self, entry);
    if (seal_parse(&seal, text, why) != 0)
        return cannot_read(self);
    if (need_keys(self, why) != 0 || proof_seal(&trust, leaf->author, &leaf->document,
                                         text, leaf->time_ms, &signers, why) != 0)
        return -1;
    self->found->messages++;
    self->found->signatures += signers.n;
    return erasure_of(entry->document) ? check_erased(self, leaf, entry, why)
                                       : check_words(self, leaf, entry, why);
}

static int check_number(
    audit_walk_t *self, const char *node, const ack_t *ack, cause_t *why)
{
    audit_inbox_t *inbox = find_inbox(self, node);
    uint64_t size;
    if (ack->number < inbox->acknowledged)
        return cause_set(why, "%s acknowledges number %llu, after %llu", node,
            (unsigned long long)ack->number, (unsigned long long)inbox->acknowledged);
    if (!marks_get(self->roots, &ack->root, &size) ||
        (ack->number > 0 && delivered(inbox, ack->number) >= size))
        return cause_set(why, "%s acknowledges a root that no checkpoint had then", node);
    self->found->acknowledged += ack->number - inbox->acknowledged;
    inbox->acknowledged = ack->number;
    forget(inbox);
    return 0;
}

static int check_delivery(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    ack_t ack;
    char key_id[HASH_HEX];
    if (need_keys(self, why) != 0 ||
        ack_parse(&ack, entry->document, self->options->vkey->origin, key_id, why) != 0)
        return self->keys ? cannot_read(self) : -1;
    if (ack.number > find_inbox(self, leaf->author)->n) {
        (void)cause_set(why, "%s acknowledges number %llu of the %llu delivered",
            leaf->author, (unsigned long long)ack.number,
            (unsigned long long)find_inbox(self, leaf->author)->n);
        return cannot_read(self);
    }
    const cert_t *cert = keyring_find(self->keys, key_id, leaf->time_ms, why);
    if (!cert)
        return cause_prefix(why, "acknowledgement by %s", leaf->author);
    if (strcmp(cert->name, leaf->author) != 0 || strcmp(cert->role, "officer") == 0)
        return cause_set(why, "%s acknowledges for %s", cert->name, leaf->author);
    if (ack_check(&ack, self->options->vkey->origin, cert->key) != 0)
        return cause_set(
            why, "the acknowledgement by %s has a false signature", leaf->author);
    self->found->acknowledgements++;
    return check_number(self, leaf->author, &ack, why);
}

static bool gone_since(audit_walk_t *self, const hash_t *digest, uint64_t position)
{
    uint64_t gone;
    return marks_get(self->gone, digest, &gone) && gone > position;
}

static int check_attachment(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    attachment_t attachment;
    hash_t file;
    uint64_t position;
    if (attachment_parse(&attachment, entry->document, why) != 0)
        return cannot_read(self);
    hash_file(leaf->author, &attachment.digest, attachment.size, &file);
    if (!marks_get(self->named, &file, &position))
        return cause_set(
            why, "%s handed in a file that no message of its own names", leaf->author);
    if (marks_get(self->handed_in, &file, &position) &&
        !gone_since(self, &attachment.digest, position))
        return cause_set(why, "%s handed in the same file twice", leaf->author);
    marks_put(self->handed_in, &file, leaf->position);
    self->found->attachments++;
    return 0;
}

// The highest number that a node signed for in the log before.
static int check_former_delivery(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    ack_t ack;
    char key_id[HASH_HEX], origin[ORIGIN_MAX];
    reader_t reader = reader_of(entry->document);
    (void)take_line(&reader);
    if (!text_copy(take_line(&reader), origin, sizeof origin) ||
        ack_parse(&ack, entry->document, origin, key_id, why) != 0)
        return cannot_read(self);
    find_inbox(self, leaf->author)->before = ack.number;
    return 0;
}

// What was taken over stands right behind the origin, and as much as that says.
static int check_former(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    const char *type = strchr(leaf->type, '.') + 1;
    if (!self->origin.succeeds || leaf->position > self->origin.formers)
        return cause_set(why, "taken over from no log, or more than the origin says");
    if (strcmp(type, "roster") == 0)
        return check_roster(self, entry, why);
    if (strcmp(type, "message") == 0)
        return check_message(self, leaf, entry, why);
    if (strcmp(type, "delivery") == 0)
        return check_former_delivery(self, leaf, entry, why);
    if (strcmp(type, "duty") == 0)
        return check_duty(self, leaf, entry->document, why);
    if (strcmp(type, "attachment") == 0)
        return check_attachment(self, leaf, entry, why);
    if (strcmp(type, "erasure") == 0)
        return check_erasure(self, leaf, entry->document, why);
    return cause_set(why, "a log takes over nothing of type %s", type);
}

// The hub's own notes.  There are no others: one more would be another version.
static int check_note(const leaf_t *leaf, cause_t *why)
{
    static const char *const notes[] = {
        "start", "registry", "schemas", "refusal", "session", "clock"};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (strcmp(leaf->type, notes[i]) == 0)
            return 0;
    return cause_set(why, "an entry of type %s, which there is not", leaf->type);
}

int audit_entry(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    if (strcmp(leaf->type, "origin") == 0)
        return check_origin(self, leaf, entry, why);
    if (leaf->position == 0)
        return cause_set(why, "the log does not begin with its origin");
    if (leaf_is_former(leaf))
        return check_former(self, leaf, entry, why);
    if (self->origin.succeeds && leaf->position <= self->origin.formers)
        return cause_set(why, "the origin says that more is taken over");
    if (strcmp(leaf->type, "roster") == 0)
        return check_roster(self, entry, why);
    if (strcmp(leaf->type, "rules") == 0)
        return check_rules(self, leaf, entry, why);
    if (strcmp(leaf->type, "message") == 0)
        return check_message(self, leaf, entry, why);
    if (strcmp(leaf->type, "delivery") == 0)
        return check_delivery(self, leaf, entry, why);
    if (strcmp(leaf->type, "duty") == 0)
        return check_duty(self, leaf, entry->document, why);
    if (strcmp(leaf->type, "quarantine") == 0)
        return check_quarantine(self, leaf, entry->document, why);
    if (strcmp(leaf->type, "erasure") == 0)
        return check_erasure(self, leaf, entry->document, why);
    if (strcmp(leaf->type, "attachment") == 0)
        return check_attachment(self, leaf, entry, why);
    if (strcmp(leaf->type, "operator") == 0)
        return check_operator(self, leaf, entry, why);
    return check_note(leaf, why);
}
