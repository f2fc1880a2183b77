// letter - the order of the checks is that of the hub, so that both give the same reason.

#include "nodes/letter.h"

#include "lib/times.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE_BYTES = 16 };

typedef struct {
    json_t *root;
    bool added;
} draft_t;

static void add(draft_t *draft, const char *key, json_t *value)
{
    json_object_set_new(draft->root, key, value);
    draft->added = true;
}

static bool lacks(const draft_t *draft, const char *key)
{
    return json_object_get(draft->root, key) == NULL;
}

static void complete(draft_t *draft, const char *node, int64_t now_ms)
{
    char text[64];
    uint8_t nonce[NONCE_BYTES];
    if (lacks(draft, "dabyl"))
        add(draft, "dabyl", json_integer(1));
    if (lacks(draft, "id")) {
        uuid7_new(now_ms, text);
        add(draft, "id", json_string(text));
    }
    if (lacks(draft, "from"))
        add(draft, "from", json_string(node));
    if (lacks(draft, "sent")) {
        time_print(now_ms, text);
        add(draft, "sent", json_string(text));
    }
    if (lacks(draft, "status"))
        add(draft, "status", json_string("actual"));
    if (lacks(draft, "nonce")) {
        randombytes_buf(nonce, sizeof nonce);
        hex_encode(nonce, sizeof nonce, text);
        add(draft, "nonce", json_string(text));
    }
}

static const char *text_of(const json_t *root, const char *key)
{
    const char *text = json_string_value(json_object_get(root, key));
    return text ? text : "";
}

static int check_sender(
    const json_t *root, const letter_rules_t *rules, refusal_t *refusal)
{
    const char *kind = text_of(root, "kind");
    if (strcmp(text_of(root, "from"), rules->node) != 0)
        return refuse(refusal, "from.mismatch", "/from", "node",
            "this node is %s; leave `from` out and it is added", rules->node);
    if (!kind[0])
        return refuse(refusal, "doc.kind", "/kind", "node",
            "the document does not say what kind of message it is");
    if (!profile_publishes(rules->profile, kind))
        return refuse(refusal, "role.kind", "/kind", rules->profile->role,
            "a node with the role %s does not publish this kind", rules->profile->role);
    return 0;
}

// Everything but the size of the final bytes.
static int check(const json_t *root, const letter_rules_t *rules, refusal_t *refusal)
{
    if (document_declares_secret(root))
        return refuse(refusal, "secret.declared", "/state_secret", "plan, para 2",
            "state secrets are not carried by this system; it was not sent");
    if (!uuid7_valid(span_text(text_of(root, "id"))))
        return refuse(refusal, "doc.schema", "/id", "node",
            "an id is a UUID of version 7 in lower case; leave it out and one is given");
    if (check_sender(root, rules, refusal) != 0)
        return -1;
    return rules->schemas ? schemas_check(rules->schemas, root, refusal) : 0;
}

static void write_down(letter_t *self, const draft_t *draft, span_t bytes)
{
    if (!draft->added) {
        buf_put_span(&self->document, bytes);
        return;
    }
    char *text = json_dumps(draft->root, JSON_COMPACT);
    if (!text)
        abort(); // out of memory: it was parsed a moment ago
    buf_put_text(&self->document, text);
    free(text);
}

static int finish(letter_t *self, draft_t *draft, const letter_rules_t *rules,
    span_t bytes, refusal_t *refusal)
{
    (void)snprintf(self->id, sizeof self->id, "%s", text_of(draft->root, "id"));
    (void)snprintf(self->kind, sizeof self->kind, "%s", text_of(draft->root, "kind"));
    if (check(draft->root, rules, refusal) != 0)
        return -1;
    write_down(self, draft, bytes);
    if (self->document.size > rules->limits.size)
        return refuse(refusal, "doc.size", "", "hub",
            "with what every message carries it has %zu bytes, the hub takes %zu",
            self->document.size, rules->limits.size);
    return 0;
}

int letter_open(letter_t *self, const letter_rules_t *rules, span_t bytes, int64_t now_ms,
    refusal_t *refusal)
{
    *self = (letter_t){0};
    draft_t draft = {0};
    if (document_load(bytes, &rules->limits, &draft.root, refusal) != 0)
        return -1;
    complete(&draft, rules->node, now_ms);
    int result = finish(self, &draft, rules, bytes, refusal);
    json_decref(draft.root);
    return result;
}

void letter_close(letter_t *self)
{
    buf_destroy(&self->document);
}
