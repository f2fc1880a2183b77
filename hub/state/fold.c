// fold - entry by entry, by type; types that change nothing are in the tree and that is
// all.

#include "hub/state/fold.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct fold {
    fold_setup_t setup;
    int64_t time_ms, forward_ms;
    enacted_t enacted;
    const entry_parts_t *parts; // of the entry at hand
    origin_t origin;            // without its note
    uint64_t former_last;       // position of the last entry that was taken over
};

const char fold_clock_accepted[] = "an operator accepts the clock\n";

fold_t *fold_new(const fold_setup_t *setup)
{
    fold_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    return self;
}

void fold_destroy(fold_t **self_p)
{
    fold_t *self = *self_p;
    *self_p = NULL;
    free(self);
}

int64_t fold_time_ms(const fold_t *self)
{
    return self->time_ms;
}

int64_t fold_forward_ms(const fold_t *self)
{
    return self->forward_ms;
}

const enacted_t *fold_enacted(const fold_t *self)
{
    return &self->enacted;
}

const origin_t *fold_origin(const fold_t *self)
{
    return &self->origin;
}

uint64_t fold_former_last(const fold_t *self)
{
    return self->former_last;
}

// What a node had acknowledged in the log before is not delivered again in this one.
static int deliver(
    fold_t *self, const routing_t *routing, const leaf_t *leaf, cause_t *why)
{
    inboxes_t *inboxes = self->setup.inboxes;
    int level = routing_level(routing);
    for (size_t i = 0; i < routing->n; i++) {
        if (!route_delivers(&routing->route[i]))
            continue;
        int inbox = inboxes_of(inboxes, routing->route[i].node, why);
        if (inbox < 0)
            return -1;
        if (leaf_is_former(leaf) && inboxes_had_before(inboxes, inbox))
            continue;
        if (inboxes_add(inboxes, inbox, leaf->position, why) != 0)
            return -1;
        if (level >= LEVEL_URGENT)
            inboxes_mark(inboxes, inbox, (uint8_t)level, routing_within(routing)[0]);
    }
    return 0;
}

// The files that a message names.
static int name_attachments(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    for (size_t i = 0; i < self->parts->routing->n; i++) {
        const route_t *route = &self->parts->routing->route[i];
        if (route->type != ROUTE_ATTACHMENT)
            continue;
        int author = inboxes_of(self->setup.inboxes, leaf->author, why);
        if (author < 0)
            return -1;
        attachments_named(
            self->setup.attachments, &route->digest, route->size, author, leaf->position);
    }
    return 0;
}

static int number_with(const fold_t *self, const char *node, uint64_t position,
    uint64_t *number, cause_t *why)
{
    int inbox = inboxes_of(self->setup.inboxes, node, why);
    return inbox < 0 ? -1
                     : inboxes_find(self->setup.inboxes, inbox, position, number, why);
}

static bool corrects(const routing_t *routing)
{
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_REFER &&
            routing->route[i].refer == REFER_SUPERSEDES)
            return true;
    return false;
}

// What it corrects may have brought duties: who has that already hears of a new time by
// the correction's number.
static int note_correction(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    const reference_t name = message_name(leaf);
    duty_cursor_t cursor = {0};
    const duty_t *duty;
    reference_t first;
    uint64_t number;
    if (!self->setup.history || !self->setup.duties || !corrects(self->parts->routing))
        return 0;
    history_first(self->setup.history, &name, &first);
    while ((duty = duties_of(self->setup.duties, &first, &cursor)) != NULL) {
        if (number_with(self, duty->debtor, leaf->position, &number, why) != 0)
            return -1;
        if (number > 0)
            duties_corrected(self->setup.duties, duty->id, number);
    }
    return 0;
}

static int add_message(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    const fold_setup_t *setup = &self->setup;
    if (self->parts->erased)
        erasures_see(setup->erasures, leaf->position);
    if (setup->history)
        history_add(setup->history, leaf, self->parts->routing);
    if (setup->contacts && strcmp(leaf->kind, "contact.change") == 0 &&
        !routing_withdraws(self->parts->routing))
        contacts_add(setup->contacts, leaf->author, leaf->id, leaf->position);
    if (setup->plans && strcmp(leaf->kind, "plan.submission") == 0 &&
        !routing_withdraws(self->parts->routing))
        contacts_add(setup->plans, leaf->author, leaf->id, leaf->position);
    if (setup->attachments && name_attachments(self, leaf, why) != 0)
        return -1;
    if (deliver(self, self->parts->routing, leaf, why) != 0)
        return -1;
    return note_correction(self, leaf, why);
}

static int add_attachment(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    if (!self->setup.attachments)
        return 0;
    int author = inboxes_of(self->setup.inboxes, leaf->author, why);
    if (author < 0)
        return -1;
    // Of a file that is erased it was said in the batch of the erasure: that is gone,
    // too.
    const hash_t *digest = &self->parts->attachment.digest;
    if (attachments_is_erased(self->setup.attachments, digest, author))
        return 0;
    attachments_handed_in(self->setup.attachments, digest, author, leaf->position);
    erasures_handed_in(self->setup.erasures, digest);
    return 0;
}

static int add_delivery(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    int inbox = inboxes_of(self->setup.inboxes, leaf->author, why);
    if (inbox < 0)
        return -1;
    if (leaf_is_former(leaf))
        inboxes_set_before(self->setup.inboxes, inbox, self->parts->ack.number);
    else
        inboxes_set_acked(self->setup.inboxes, inbox, self->parts->ack.number);
    return 0;
}

static int add_duty(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    const duty_t *duty = &self->parts->duty;
    duty_entry_t entry = {.position = leaf->position};
    bool settled = duty_settled(duty);
    if (!settled && duty_deliverable(duty) &&
        number_with(self, duty->towards, duty->position, &entry.number, why) != 0)
        return -1;
    if (!settled &&
        number_with(self, duty->debtor, duty->position, &entry.brought, why) != 0)
        return -1;
    if (self->setup.duties)
        duties_apply(self->setup.duties, duty, &entry);
    return 0;
}

static void add_erasure(const fold_setup_t *setup, const erasure_t *erasure)
{
    erasures_name(setup->erasures, erasure);
    for (size_t i = 0; setup->attachments && i < erasure->files; i++)
        attachments_erased(setup->attachments, &erasure->file[i]);
}

static int apply(fold_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    const fold_setup_t *setup = &self->setup;
    switch (self->parts->type) {
    case ENTRY_MESSAGE:
        return add_message(self, leaf, why);
    case ENTRY_DELIVERY:
        return add_delivery(self, leaf, why);
    case ENTRY_ATTACHMENT:
        return add_attachment(self, leaf, why);
    case ENTRY_DUTY:
        return add_duty(self, leaf, why);
    case ENTRY_CLOCK:
        self->forward_ms =
            moment_after(self->forward_ms, clock_step_forward(entry->document));
        if (setup->duties)
            duties_hold(setup->duties, !span_is(entry->document, fold_clock_accepted));
        break;
    case ENTRY_QUARANTINE:
        return quarantine_enter(setup->quarantine, leaf->position, self->parts->aside,
            self->parts->reason, why);
    case ENTRY_ERASURE:
        add_erasure(setup, &self->parts->erasure);
        return setup->erased ? column_add(setup->erased, &leaf->position, why) : 0;
    case ENTRY_OPERATOR:
        return setup->operations ? column_add(setup->operations, &leaf->position, why)
                                 : 0;
    case ENTRY_ORIGIN:
        return origin_parse(&self->origin, entry->document, why);
    case ENTRY_OTHER:
        (void)enacted_add(&self->enacted, leaf);
        break;
    }
    return 0;
}

static void publish(fold_t *self, span_t text, const hash_t *hash)
{
    if (self->setup.publisher)
        publisher_leaf(self->setup.publisher, text, hash);
}

// What becomes of every entry, read or not.
static int add_leaf(fold_t *self, span_t text, const hash_t *hash, cause_t *why)
{
    publish(self, text, hash);
    return tree_add(self->setup.tree, hash, why);
}

static void note_place(fold_t *self, const leaf_t *leaf)
{
    if (leaf_is_former(leaf))
        self->former_last = leaf->position;
    else
        self->time_ms = leaf->time_ms;
}

// An entry whose parts are read.
static int add(fold_t *self, const leaf_t *leaf, const entry_t *entry, const hash_t *hash,
    cause_t *why)
{
    note_place(self, leaf);
    if (add_leaf(self, entry->leaf, hash, why) != 0)
        return -1;
    return apply(self, leaf, entry, why);
}

static int add_drafted(fold_t *self, const draft_item_t *item, cause_t *why)
{
    entry_t entry = draft_entry(item);
    self->parts = readback_drafted(self->setup.readback, item, &entry, why);
    if (!self->parts)
        return -1;
    note_place(self, &item->leaf);
    publish(self, entry.leaf, &item->hashes.leaf);
    return apply(self, &item->leaf, &entry, why);
}

// Of a message that is not read only the lines that deliver it count, of anything else
// that it is there.
static int set_aside(fold_t *self, const leaf_t *leaf, const entry_t *entry,
    const hash_t *hash, cause_t *why)
{
    static const routing_t nothing = {0};
    note_place(self, leaf);
    if (add_leaf(self, entry->leaf, hash, why) != 0)
        return -1;
    if (!leaf_is_message(leaf))
        return 0;
    if (self->setup.history)
        history_add(self->setup.history, leaf, &nothing); // its name is taken for ever
    return deliver(self, readback_salvage(self->setup.readback, entry), leaf, why);
}

int fold_draft(fold_t *self, draft_t *draft, cause_t *why)
{
    if (tree_grow(self->setup.tree, draft_complete(draft), why) != 0)
        return -1;
    for (size_t i = 0; i < draft_count(draft); i++)
        if (add_drafted(self, draft_at(draft, i), why) != 0)
            return -1;
    return 0;
}

// Another key would be another log.
static int check_origin(const fold_t *self, const entry_t *entry, cause_t *why)
{
    char vkey[VKEY_MAX], named[VKEY_MAX];
    origin_t origin;
    if (origin_parse(&origin, entry->document, why) != 0)
        return cause_prefix(why, "the journal's origin");
    log_vkey_print(&origin.vkey, named);
    log_vkey_print(self->setup.vkey, vkey);
    if (strcmp(named, vkey) == 0)
        return 0;
    return cause_set(
        why, "the journal is of the log '%s', and this hub's key is %s", named, vkey);
}

// What cannot be read is noted, and the replay goes on.
static int note_unreadable(fold_t *self, uint64_t position, cause_t *why)
{
    if (quarantine_holds(self->setup.quarantine, position) ||
        quarantine_fail(self->setup.quarantine, position, why) == 0)
        return 0;
    return cause_set(why,
        "entry %" PRIu64 ": more than %d entries cannot be read: is this hub older than "
        "its journal?",
        position, QUARANTINE_MAX);
}

// Nobody can have signed for more than was delivered.
static int check_ack(fold_t *self, const leaf_t *leaf, cause_t *why)
{
    inboxes_t *inboxes = self->setup.inboxes;
    if (self->parts->type != ENTRY_DELIVERY || leaf_is_former(leaf))
        return 0;
    uint64_t number = self->parts->ack.number;
    int inbox = inboxes_of(inboxes, leaf->author, why);
    if (inbox < 0)
        return -1;
    if (number <= inboxes_last(inboxes, inbox))
        return 0;
    return cause_set(why,
        "%s acknowledges number %" PRIu64 " of the %" PRIu64 " delivered", leaf->author,
        number, inboxes_last(inboxes, inbox));
}

static int replay(fold_t *self, const leaf_t *leaf, const entry_t *entry,
    const hash_t *hash, cause_t *why)
{
    if (quarantine_holds(self->setup.quarantine, leaf->position))
        return set_aside(self, leaf, entry, hash, why);
    self->parts = readback_entry(self->setup.readback, leaf, entry, KNOWN_NOTHING, why);
    if (self->parts && check_ack(self, leaf, why) == 0)
        return add(self, leaf, entry, hash, why);
    return note_unreadable(self, leaf->position, why) == 0
               ? set_aside(self, leaf, entry, hash, why)
               : -1;
}

int fold_replay(void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    fold_t *self = context;
    leaf_t leaf;
    hash_t hash;
    if (entry->hashes)
        hash = entry->hashes->leaf;
    else
        merkle_leaf(entry->leaf, &hash);
    if (readback_leaf(&leaf, entry, position, why) == 0)
        return position == 0 && check_origin(self, entry, why) != 0
                   ? -1
                   : replay(self, &leaf, entry, &hash, why);
    // Whose it is and what it was cannot be told: nobody has it delivered.
    if (position == 0 || note_unreadable(self, position, why) != 0)
        return -1;
    return add_leaf(self, entry->leaf, &hash, why);
}

void fold_root(void *context, hash_t *root)
{
    const fold_t *self = context;
    tree_root(self->setup.tree, root);
}

int fold_check_published(const fold_t *self, const checkpoint_t *published, cause_t *why)
{
    hash_t root;
    if (published->size == 0)
        return 0;
    if (tree_root_at(self->setup.tree, published->size, &root, why) != 0)
        return -1;
    if (hash_equal(&root, &published->root))
        return 0;
    return cause_set(why,
        "the journal's entries are not those of the published checkpoint of size "
        "%" PRIu64,
        published->size);
}

int fold_root_at(void *context, uint64_t size, hash_t *root, cause_t *why)
{
    const fold_t *self = context;
    return tree_root_at(self->setup.tree, size, root, why);
}

int fold_knows(void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    const fold_t *self = context;
    hash_t known, hash;
    if (tree_subtree(self->setup.tree, 0, position, &known, why) != 0)
        return -1;
    if (entry->hashes)
        hash = entry->hashes->leaf;
    else
        merkle_leaf(entry->leaf, &hash);
    return hash_equal(&known, &hash)
               ? 0
               : cause_set(why, "entry %" PRIu64 " is another", position);
}

static void save_enacted(const enacted_t *enacted, buf_t *out)
{
    buf_put_u64(out, enacted->rules_position);
    buf_put_u64(out, enacted->roster_position);
    buf_put_u64(out, enacted->registry_position);
    buf_put_u64(out, enacted->schemas_position);
    buf_put(out, &enacted->rules, sizeof enacted->rules);
    buf_put(out, &enacted->rules_seal, sizeof enacted->rules_seal);
    buf_put(out, &enacted->roster, sizeof enacted->roster);
    buf_put(out, &enacted->registry, sizeof enacted->registry);
    buf_put(out, &enacted->schemas, sizeof enacted->schemas);
}

static void load_enacted(enacted_t *enacted, reader_t *from)
{
    enacted->rules_position = take_u64(from);
    enacted->roster_position = take_u64(from);
    enacted->registry_position = take_u64(from);
    enacted->schemas_position = take_u64(from);
    (void)take_into(from, &enacted->rules, sizeof enacted->rules);
    (void)take_into(from, &enacted->rules_seal, sizeof enacted->rules_seal);
    (void)take_into(from, &enacted->roster, sizeof enacted->roster);
    (void)take_into(from, &enacted->registry, sizeof enacted->registry);
    (void)take_into(from, &enacted->schemas, sizeof enacted->schemas);
}

void fold_save(const fold_t *self, buf_t *out)
{
    const fold_setup_t *setup = &self->setup;
    buf_put_u64(out, (uint64_t)self->time_ms);
    buf_put_u64(out, (uint64_t)self->forward_ms);
    buf_put_u64(out, self->former_last);
    save_enacted(&self->enacted, out);
    quarantine_save(setup->quarantine, out);
    history_save(setup->history, out);
    contacts_save(setup->contacts, out);
    contacts_save(setup->plans, out);
    attachments_save(setup->attachments, setup->inboxes, out);
}

int fold_load(fold_t *self, reader_t *from, cause_t *why)
{
    const fold_setup_t *setup = &self->setup;
    self->time_ms = (int64_t)take_u64(from);
    self->forward_ms = (int64_t)take_u64(from);
    self->former_last = take_u64(from);
    load_enacted(&self->enacted, from);
    if (!quarantine_load(setup->quarantine, from))
        return cause_set(why, "what is set aside is missing");
    if (history_load(setup->history, from, why) != 0)
        return -1;
    if (!contacts_load(setup->contacts, from) || !contacts_load(setup->plans, from))
        return cause_set(why, "contacts are missing");
    return attachments_load(setup->attachments, setup->inboxes, from, why);
}

int fold_load_origin(fold_t *self, span_t document, cause_t *why)
{
    return origin_parse(&self->origin, document, why);
}
