// clerk - first everything that can be refused, then everything that is drafted.

#include "hub/clerk.h"

#include "lib/derive.h"
#include "lib/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct clerk {
    clerk_setup_t setup;
    const schemas_t *schemas;
    int64_t now_ms;
    decision_t decision, derived; // of a message, and of what is derived from it
    buf_t record;
};

// A message of the hub's own: its text, and that text as it was read again.
typedef struct {
    span_t text; // lives as long as the draft
    value_t *root;
} own_t;

clerk_t *clerk_new(const clerk_setup_t *setup)
{
    clerk_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    return self;
}

void clerk_destroy(clerk_t **self_p)
{
    clerk_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    decision_close(&self->decision);
    decision_close(&self->derived);
    buf_destroy(&self->record);
    free(self);
}

void clerk_begin(clerk_t *self, const schemas_t *schemas, int64_t now_ms)
{
    self->schemas = schemas;
    self->now_ms = now_ms;
}

static draft_item_t *draft_message(
    clerk_t *self, const document_t *document, const decision_t *decision)
{
    const clerk_setup_t *setup = &self->setup;
    draft_item_t *item =
        draft_add(setup->draft, "message", document->kind, document->from, document->id);
    buf_clear(&self->record);
    routing_print(&decision->routing, &self->record);
    draft_set_record(setup->draft, item, buf_span(&self->record));
    setup->drafted(setup->context, &item->leaf, &decision->routing);
    return item;
}

// Takes over `message`; false, and nothing in `own`, when the kind's schema refuses it.
static bool read_own(clerk_t *self, json_t *message, own_t *own, refusal_t *refusal)
{
    char *text = json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(message);
    if (!text)
        abort();
    own->text = arena_copy(draft_arena(self->setup.draft), span_text(text));
    free(text);
    own->root = document_again(own->text);
    if (!own->root)
        return refuse(refusal, "doc.syntax", "", "", "not readable as written") == 0;
    if (schemas_check(self->schemas, own->root, refusal) != 0)
        value_free(&own->root);
    return own->root != NULL;
}

// Takes over what `own` has.
static void draft_own(clerk_t *self, own_t *own)
{
    const clerk_setup_t *setup = &self->setup;
    document_t document;
    refusal_t *refusal = &self->derived.refusal;
    if (document_open(&document, own->root, refusal) != 0) {
        setup->log(LOG_ERROR, "derive.unfit", "field=%s reason=\"%s\"", refusal->pointer,
            refusal->text);
        return;
    }
    if (setup->decide(setup->context, setup->hub, &document, span_of(NULL, 0),
            &self->derived) == 0) {
        draft_item_t *item = draft_message(self, &document, &self->derived);
        uint64_t position = item->leaf.position;
        draft_set_document(item, own->text, NULL);
        item->derived = true;
        setup->duties(setup->context, &document, &self->derived, position);
    } else {
        setup->log(LOG_ERROR, "derive.refused", "kind=%s code=%s reason=\"%s\"",
            document.kind, refusal->code, refusal->text);
    }
    document_close(&document);
}

void clerk_say(clerk_t *self, json_t *message)
{
    own_t own;
    refusal_t refusal;
    const char *kind = json_string_value(json_object_get(message, "kind"));
    char name[KIND_MAX];
    (void)snprintf(name, sizeof name, "%s", kind ? kind : "");
    size_t from = draft_count(self->setup.draft);
    if (!read_own(self, message, &own, &refusal)) {
        self->setup.log(LOG_ERROR, "derive.unfit", "kind=%s field=%s reason=\"%s\"", name,
            refusal.pointer, refusal.text);
        return;
    }
    draft_own(self, &own);
    (void)self->setup.check(self->setup.context, from, &refusal);
}

// False when what the rule copies does not fit the kind's schema.
static bool derive(clerk_t *self, const emission_t *emission,
    const sealed_message_t *cause, own_t *own, refusal_t *refusal)
{
    const emit_t *emit = emission->emit;
    derive_t derived = {.kind = emit->kind,
        .from = self->setup.hub->id,
        .on_behalf = "nccis",
        .time_ms = self->now_ms,
        .incident = emission->incident,
        .cause = cause->document};
    memcpy(derived.id, emission->id, sizeof derived.id);
    if (emit->carry) {
        derived.cause_document = cause->bytes;
        derived.cause_seal = cause->seal;
    }
    json_t *message = derive_message(&derived);
    for (size_t i = 0; i < emit->fields; i++)
        derive_field(
            message, emit->field[i].name, cause->document, emit->field[i].pointer);
    return read_own(self, message, own, refusal);
}

// Every message that the rules derive from this one, or none and a refusal: a notice must
// not be taken without the alert that the law attaches to it.
static int derive_all(clerk_t *self, const sealed_message_t *cause,
    own_t own[EMISSIONS_MAX], refusal_t *refusal)
{
    for (size_t i = 0; i < self->decision.emissions; i++) {
        const emission_t *emission = &self->decision.emission[i];
        refusal_t unfit;
        if (derive(self, emission, cause, &own[i], &unfit))
            continue;
        while (i > 0)
            value_free(&own[--i].root);
        self->setup.log(LOG_ERROR, "derive.unfit",
            "rule=%s kind=%s field=%s reason=\"%s\"", emission->rule->id,
            emission->emit->kind, unfit.pointer, unfit.text);
        (void)refuse(refusal, "rule.emit", unfit.pointer, emission->rule->id,
            "the %s that this rule derives is not valid (%s): the hub's operator must "
            "act",
            emission->emit->kind, unfit.text);
        refusal->retry = true;
        return -1;
    }
    return 0;
}

// The same message again gets its receipt again; the same id with other bytes is refused.
// False when the id is new.
static bool is_known(
    const clerk_t *self, const sealed_message_t *matter, leaf_t *leaf, refusal_t *refusal)
{
    const document_t *document = matter->document;
    if (!self->setup.find(self->setup.context, document->from, document->id, leaf))
        return false;
    if (!hash_equal(&leaf->document, matter->hash))
        (void)refuse(refusal, "id.reused", "/id", "",
            "this id already names a message with other bytes, at position %" PRIu64,
            leaf->position);
    return true;
}

int clerk_take(
    clerk_t *self, const sealed_message_t *matter, uint64_t *position, refusal_t *refusal)
{
    const clerk_setup_t *setup = &self->setup;
    decision_t *decision = &self->decision;
    leaf_t leaf;
    own_t derived[EMISSIONS_MAX];
    refusal->code = NULL;
    if (is_known(self, matter, &leaf, refusal)) {
        *position = leaf.position;
        return refusal->code ? -1 : 0;
    }
    if (setup->decide(setup->context, matter->author, matter->document, matter->seal,
            decision) != 0) {
        *refusal = decision->refusal;
        return -1;
    }
    if (derive_all(self, matter, derived, refusal) != 0)
        return -1;
    size_t from = draft_count(setup->draft);
    draft_item_t *item = draft_message(self, matter->document, decision);
    *position = item->leaf.position;
    draft_set_document(item, matter->bytes, matter->hash);
    draft_set_seal(item, matter->seal, matter->seal_hash);
    setup->duties(setup->context, matter->document, decision, *position);
    for (size_t i = 0; i < decision->emissions; i++)
        draft_own(self, &derived[i]);
    return setup->check(setup->context, from, refusal);
}
