// daemon_hold - a message that an officer wants to seal before it is sent.
//
// It is completed and checked as if it were sent now, sealed by the node alone and kept
// in waiting/; what the officer signs is in the answer.  It goes when somebody puts these
// very bytes into the outbox, and never by itself.

#include "lib/base/file.h"
#include "nodes/daemon/daemon_state.h"
#include "nodes/outbox/cosigning.h"

#include <string.h>
#include <unistd.h>

static json_t *error_json(const char *text)
{
    return json_pack("{s:s}", "error", text);
}

// Under an id that was used the outbox would take nothing else.
static bool was_sent(const daemon_t *self, const char *id)
{
    char name[MESSAGE_ID_MAX + 16], path[PATH_MAX];
    cause_t ignored;
    buf_t document = {0};
    (void)snprintf(name, sizeof name, "sent/%s.json", id);
    bool found = pending_find(self->pending, id, &document) ||
                 (path_join(path, sizeof path, self->conf->folder, name, &ignored) == 0 &&
                     access(path, F_OK) == 0);
    buf_destroy(&document);
    return found;
}

// Other words under this id wait already: what was signed of them is not to be lost to
// somebody else's window.
static bool waits_otherwise(const daemon_t *self, const letter_t *letter)
{
    buf_t document = {0};
    cause_t ignored;
    bool other =
        cosigning_document(self->conf->folder, letter->id, &document, &ignored) == 0 &&
        !span_equal(buf_span(&document), buf_span(&letter->document));
    buf_destroy(&document);
    return other;
}

static json_t *held_json(const daemon_t *self, const letter_t *letter)
{
    char digest[HASH_HEX], root[HASH_BASE64];
    seal_head_t head;
    hash_t hash;
    span_t text = buf_span(&letter->document);
    sha256(text, &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, digest);
    seal_head_begin(&head, self->credentials.vkey.origin, &hash, 1);
    base64_encode(head.root.bytes, sizeof head.root.bytes, root);
    return json_pack("{s:s, s:s, s:s%, s:s, s:s, s:i, s:s}", "id", letter->id, "kind",
        letter->kind, "text", (const char *)text.data, text.size, "digest", digest,
        "origin", head.origin, "count", (int)head.count, "root", root);
}

static json_t *keep(daemon_t *self, const char *officer, const letter_t *letter)
{
    cause_t why;
    const char *folder = self->conf->folder;
    if (cosigning_hold(folder, letter->id, officer, &why) != 0 ||
        cosigning_keep(folder, letter->id, buf_span(&letter->document),
            self->credentials.vkey.origin, &self->credentials.seal, &why) != 0)
        return error_json(why.text);
    return held_json(self, letter);
}

json_t *daemon_hold_json(daemon_t *self, const char *officer, span_t document)
{
    letter_t letter;
    refusal_t refusal = {0};
    letter_birth_t birth;
    letter_rules_t rules = daemon_letter_rules(self);
    json_t *answer = NULL;
    if (!cert_node_id_valid(span_text(officer)))
        return error_json("hold for whom?  The name of an officer, then a document");
    letter_birth_now(&birth, self->now.wall_ms);
    if (letter_open(&letter, &rules, document, &birth, &refusal) == 0 &&
        (was_sent(self, letter.id) || waits_otherwise(self, &letter)))
        (void)refuse(&refusal, "id.reused", "/id", "node",
            "this node has another message with the id %s", letter.id);
    answer = refusal.code ? daemon_refusal_json(&refusal) : keep(self, officer, &letter);
    letter_close(&letter);
    return answer;
}
