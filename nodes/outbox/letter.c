// letter - the order of the checks is that of the hub, so that both give the same reason.

#include "nodes/outbox/letter.h"

#include "lib/base/times.h"
#include "lib/sys/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE_BYTES = 16 };

// What the document lacks, as members behind its own: the author's bytes stay as they
// are.
typedef struct {
    const value_t *root;
    buf_t members;
} completion_t;

static bool lacks(const completion_t *completion, const char *key)
{
    return value_get(completion->root, key) == NULL;
}

// The values need no escapes: ids, times, words.
static void add(completion_t *completion, const char *key, const char *value)
{
    bool first = value_count(completion->root) == 0 && completion->members.size == 0;
    buf_printf(&completion->members, "%s\"%s\":%s", first ? "" : ",", key, value);
}

static void add_text(completion_t *completion, const char *key, const char *text)
{
    char value[NODE_ID_MAX + 2];
    (void)snprintf(value, sizeof value, "\"%s\"", text);
    add(completion, key, value);
}

void letter_birth_now(letter_birth_t *self, int64_t now_ms)
{
    self->ms = now_ms;
    random_bytes(self->seed.bytes, sizeof self->seed.bytes);
}

// Bytes for one purpose.  Neither the seed nor the bytes for another purpose can be
// computed from them.
static void grow(const letter_birth_t *birth, const char *purpose, hash_t *out)
{
    buf_t text = {0};
    buf_put(&text, birth->seed.bytes, sizeof birth->seed.bytes);
    buf_put_text(&text, purpose);
    sha256(buf_span(&text), out);
    buf_destroy(&text);
}

static void complete(
    completion_t *completion, const char *node, const letter_birth_t *birth)
{
    char text[64];
    hash_t grown;
    if (lacks(completion, "dabyl"))
        add(completion, "dabyl", "1");
    if (lacks(completion, "id")) {
        grow(birth, "id", &grown);
        uuid7_from(birth->ms, grown.bytes, text);
        add_text(completion, "id", text);
    }
    if (lacks(completion, "from"))
        add_text(completion, "from", node);
    if (lacks(completion, "sent")) {
        time_print(birth->ms, text);
        add_text(completion, "sent", text);
    }
    if (lacks(completion, "status"))
        add_text(completion, "status", "actual");
    if (lacks(completion, "nonce")) {
        grow(birth, "nonce", &grown);
        hex_encode(grown.bytes, NONCE_BYTES, text);
        add_text(completion, "nonce", text);
    }
}

static const char *text_of(const value_t *root, const char *key)
{
    const char *text = value_text(value_get(root, key));
    return text ? text : "";
}

static int check_sender(
    const value_t *root, const letter_rules_t *rules, refusal_t *refusal)
{
    const char *kind = text_of(root, "kind");
    if (strcmp(text_of(root, "from"), rules->node) != 0)
        return refuse(refusal, "from.mismatch", "/from", "node",
            "this node is %s; leave `from` out and it is added", rules->node);
    if (!kind[0])
        return refuse(refusal, "doc.kind", "/kind", "node",
            "the document does not say what kind of message it is");
    return 0;
}

// Everything but the size of the final bytes.
static int check(const value_t *root, const letter_rules_t *rules, refusal_t *refusal)
{
    if (document_declares_secret(root))
        return refuse(refusal, "secret.declared", "/state_secret", "488:2",
            "state secrets are not carried by this system; it was not sent");
    if (!uuid7_valid(span_text(text_of(root, "id"))))
        return refuse(refusal, "doc.schema", "/id", "node",
            "an id is a UUID of version 7 in lower case; leave it out and one is given");
    if (check_sender(root, rules, refusal) != 0)
        return -1;
    return rules->schemas ? schemas_check(rules->schemas, root, refusal) : 0;
}

static void write_down(letter_t *self, const completion_t *completion, span_t bytes)
{
    size_t end = bytes.size;
    while (completion->members.size && bytes.data[end - 1] != '}')
        end--;
    if (completion->members.size)
        end--;
    buf_put(&self->document, bytes.data, end);
    buf_put_span(&self->document, buf_span(&completion->members));
    if (completion->members.size)
        buf_put_text(&self->document, "}");
}

static int check_size(
    const letter_t *self, const letter_rules_t *rules, refusal_t *refusal)
{
    if (self->document.size <= rules->limits.size)
        return 0;
    return refuse(refusal, "doc.size", "", "hub",
        "with what every message carries it has %zu bytes, the hub takes %zu",
        self->document.size, rules->limits.size);
}

// What will be sealed is what is checked: the completed bytes, read again.
static int finish(letter_t *self, const letter_rules_t *rules, refusal_t *refusal)
{
    const document_limits_t limits = {SIZE_MAX, rules->limits.depth};
    value_t *root;
    if (document_load(buf_span(&self->document), &limits, &root, refusal) != 0)
        return -1;
    (void)snprintf(self->id, sizeof self->id, "%s", text_of(root, "id"));
    (void)snprintf(self->kind, sizeof self->kind, "%s", text_of(root, "kind"));
    int result = check(root, rules, refusal);
    value_free(&root);
    return result == 0 ? check_size(self, rules, refusal) : -1;
}

int letter_open(letter_t *self, const letter_rules_t *rules, span_t bytes,
    const letter_birth_t *birth, refusal_t *refusal)
{
    *self = (letter_t){0};
    value_t *root;
    if (document_load(bytes, &rules->limits, &root, refusal) != 0)
        return -1;
    completion_t completion = {.root = root};
    complete(&completion, rules->node, birth);
    write_down(self, &completion, bytes);
    buf_destroy(&completion.members);
    value_free(&root);
    return finish(self, rules, refusal);
}

void letter_close(letter_t *self)
{
    buf_destroy(&self->document);
}
