// intake - signatures are verified on one thread while documents are parsed on another;
// intake_settle then drops everything that a bad signature had brought.
//
// Submissions are allocated once and used again turn after turn; frames live in an arena.

#include "hub/intake/intake.h"

#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/tlog/under.h"

#include <stdlib.h>
#include <string.h>

struct intake {
    const law_t *law;
    const char *origin;
    document_limits_t limits;
    int64_t now_ms; // of the checks
    arena_t *arena;
    publish_t *frame; // scratch
    intake_head_t *heads;
    size_t heads_n, heads_room;
    under_t *under;       // items by their numbers
    submission_t **items; // allocated one by one: they are large and stay where they are
    size_t n, room;
};

intake_t *intake_new(const hub_options_t *options, const law_t *law)
{
    intake_t *self = memory_new(1, sizeof *self);
    self->law = law;
    self->origin = options->origin;
    self->limits =
        (document_limits_t){(size_t)options->size_limit, (unsigned)options->depth_limit};
    self->arena = arena_new();
    self->frame = memory_new(1, sizeof *self->frame);
    self->under = under_new();
    return self;
}

void intake_destroy(intake_t **self_p)
{
    intake_t *self = *self_p;
    if (!self)
        return;
    intake_clear(self);
    for (size_t i = 0; i < self->room; i++)
        free(self->items[i]);
    under_destroy(&self->under);
    free(self->items);
    free(self->heads);
    free(self->frame);
    arena_destroy(&self->arena);
    free(self);
    *self_p = NULL;
}

static void drop_document(submission_t *item)
{
    if (item->parsed)
        document_close(&item->document);
    item->parsed = false;
}

void intake_clear(intake_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        drop_document(self->items[i]);
    self->n = 0;
    self->heads_n = 0;
    under_clear(self->under);
    arena_clear(self->arena);
}

// What can be said of a head without a key.
static void read_head(const intake_t *self, intake_head_t *head)
{
    cause_t why;
    head->unread.code = NULL;
    head->refusal.code = NULL;
    if (seal_head_parse(&head->head, head->sealed.text, &why) != 0)
        (void)refuse(&head->unread, "seal.malformed", "", "", "%s", why.text);
    else if (strcmp(head->head.origin, self->origin) != 0)
        (void)refuse(&head->unread, "seal.origin", "", "",
            "the seal was made for '%s', and this hub is '%s'", head->head.origin,
            self->origin);
    else if (head->head.signatures == 0)
        (void)refuse(
            &head->unread, "seal.malformed", "", "", "the seal has no signature");
}

static void add_head(intake_t *self, const char *node, const sealed_head_t *sealed)
{
    if (self->heads_n == self->heads_room) {
        self->heads_room = self->heads_room ? self->heads_room * 2 : 16;
        self->heads = memory_grow(self->heads, self->heads_room, sizeof *self->heads);
    }
    intake_head_t *head = &self->heads[self->heads_n++];
    head->node = node;
    head->sealed = *sealed;
    head->used = false;
    read_head(self, head);
}

static submission_t *add_item(intake_t *self)
{
    if (self->n == self->room) {
        self->items = memory_grow(self->items, (self->room + 1), sizeof *self->items);
        self->items[self->room++] = memory_new(1, sizeof(submission_t));
    }
    submission_t *item = self->items[self->n];
    item->number = self->n++;
    item->parsed = false;
    item->put_off = false;
    item->refusal.code = NULL;
    return item;
}

int intake_frame(
    intake_t *self, int session, const char *node, span_t frame, cause_t *why)
{
    publish_t *publish = self->frame;
    if (publish_take(publish, arena_copy(self->arena, frame), why) != 0)
        return -1;
    char *name = arena_take(self->arena, strlen(node) + 1);
    memcpy(name, node, strlen(node) + 1);
    size_t first_head = self->heads_n;
    for (size_t i = 0; i < publish->heads; i++)
        add_head(self, name, &publish->head[i]);
    for (size_t i = 0; i < publish->n; i++) {
        submission_t *item = add_item(self);
        item->session = session;
        item->node = name;
        item->head = first_head + publish->item[i].head;
        item->index = publish->item[i].index;
        item->bytes = publish->item[i].document;
        self->heads[item->head].used = true;
        under_add(self->under, item->head, item->index);
    }
    return 0;
}

void intake_put_off(intake_t *self, size_t first, const refusal_t *refusal)
{
    for (size_t i = first; i < self->n; i++) {
        self->items[i]->put_off = true;
        self->items[i]->refusal = *refusal;
    }
    for (size_t i = 0; i < self->heads_n; i++)
        self->heads[i].used = false;
    for (size_t i = 0; i < self->n; i++)
        if (!self->items[i]->put_off)
            self->heads[self->items[i]->head].used = true;
}

size_t intake_heads(const intake_t *self)
{
    return self->heads_n;
}

size_t intake_count(const intake_t *self)
{
    return self->n;
}

submission_t *intake_at(intake_t *self, size_t i)
{
    return self->items[i];
}

seal_place_t intake_place(const intake_t *self, const submission_t *item)
{
    seal_place_t place = {.head = self->heads[item->head].sealed.text};
    place.index = item->index;
    (void)under_path(self->under, item->number, &place.path); // it was not refused
    return place;
}

const hash_t *intake_head_hash(const intake_t *self, const submission_t *item)
{
    return &self->heads[item->head].hash;
}

document_limits_t intake_limits(const intake_t *self)
{
    return self->limits;
}

// One signature: by a key in force, of the kind its place asks for.
static int check_signature(
    const intake_t *self, const intake_head_t *head, size_t i, refusal_t *refusal)
{
    const char *state = "unknown";
    const char *key_id = head->head.signature[i].key_id;
    const cert_t *cert = roster_by_seal(self->law->roster, key_id, self->now_ms, &state);
    cause_t why;
    if (!cert)
        return refuse(refusal, "seal.key", "", "roster",
            "signature %zu is by key %.16s..., whose certificate is %s", i + 1, key_id,
            state);
    bool officer = strcmp(cert->role, "officer") == 0;
    if (i == 0 && (officer || strcmp(cert->name, head->node) != 0))
        return refuse(refusal, "seal.node", "", "roster",
            "the first signature must be by the publishing node %s, and is by %s",
            head->node, cert->name);
    if (i > 0 && (!officer || strcmp(cert->node, head->node) != 0))
        return refuse(refusal, "seal.node", "", "roster",
            "signature %zu must be by an officer of %s, and is by %s", i + 1, head->node,
            cert->name);
    if (seal_check_signature(&head->head, i, cert->key, &why) != 0)
        return refuse(
            refusal, "seal.signature", "", "", "signature %zu: %s", i + 1, why.text);
    return 0;
}

// What all its documents are, and that they are where the head has them.
static void check_places(const intake_t *self, size_t number)
{
    intake_head_t *head = &self->heads[number];
    for (size_t k = 0; k < under_count(self->under, number); k++) {
        submission_t *item = self->items[under_at(self->under, number, k)];
        sha256(item->bytes, &item->hash);
        under_is(self->under, item->number, &item->hash);
    }
    if (head->unread.code)
        return;
    sha256(head->sealed.text, &head->hash);
    if (under_prove(self->under, number, &head->sealed, true) != 0)
        (void)refuse(&head->refusal, "seal.place", "", "",
            "the documents are not where the seal's head has them");
}

static void check_head(const intake_t *self, size_t number)
{
    intake_head_t *head = &self->heads[number];
    check_places(self, number);
    // A signature takes longer to check than to send.
    for (size_t k = 0; head->used && !head->unread.code && !head->refusal.code &&
                       k < head->head.signatures;
         k++)
        if (check_signature(self, head, k, &head->refusal) != 0)
            return;
}

int intake_document(const intake_t *self, span_t bytes, const char *node,
    document_t *document, refusal_t *refusal)
{
    value_t *root = NULL;
    if (document_load(bytes, &self->limits, &root, refusal) != 0)
        return -1;
    // Before the schema, whose words would not say what is at stake.
    int result = document_declares_secret(root)
                     ? refuse(refusal, "secret.declared", "/state_secret", "488:2",
                           "this system must not carry state secrets; no byte of the "
                           "document was kept")
                     : schemas_check(self->law->schemas, root, refusal);
    if (result != 0) {
        value_free(&root);
        return -1;
    }
    if (document_open(document, root, refusal) != 0)
        return -1;
    if (strcmp(document->from, node) != 0) {
        (void)refuse(refusal, "from.mismatch", "/from", "roster",
            "the message says it is from '%s', and the channel is that of '%s'",
            document->from, node);
        document_close(document);
        return -1;
    }
    return 0;
}

static void check_item(const intake_t *self, submission_t *item)
{
    const intake_head_t *head = &self->heads[item->head];
    if (item->put_off)
        return;
    if (item->bytes.size > self->limits.size)
        (void)refuse(&item->refusal, "doc.size", "", "limits.document_bytes",
            "the document has %zu bytes; the limit is %zu (operational default)",
            item->bytes.size, self->limits.size);
    else if (!head->unread.code)
        item->parsed = intake_document(self, item->bytes, head->node, &item->document,
                           &item->refusal) == 0;
}

size_t intake_checks(intake_t *self, int64_t now_ms)
{
    self->now_ms = now_ms;
    under_sort(self->under, self->heads_n);
    return self->heads_n + self->n;
}

void intake_check(void *context, size_t i)
{
    intake_t *self = context;
    if (i < self->heads_n)
        check_head(self, i);
    else
        check_item(self, self->items[i - self->heads_n]);
}

void intake_settle(intake_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        submission_t *item = self->items[i];
        const intake_head_t *head = &self->heads[item->head];
        const refusal_t *bad = head->unread.code ? &head->unread : &head->refusal;
        if (!bad->code || item->put_off)
            continue;
        item->refusal = *bad;
        drop_document(item);
    }
}
