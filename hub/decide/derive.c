// derive - the envelope says what the cause's says wherever that is meant of the matter
// (its marking, its addressees, whether it is an exercise), and what is true of the hub
// elsewhere: who sends it, when, under which id.  The nonce is new, so that two messages
// about one cause cannot be recognised by their bytes.

#include "hub/decide/derive.h"

#include "lib/base/times.h"
#include "lib/json/writer.h"
#include "lib/sys/random.h"

#include <string.h>

static void put_reference(
    writer_t *json, const char *name, const char *author, const char *id)
{
    writer_object(json, name);
    writer_text(json, "author", author);
    writer_text(json, "id", id);
    writer_end(json);
}

static void put_nonce(writer_t *json)
{
    uint8_t random[16];
    char text[2 * sizeof random + 1];
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, text);
    writer_text(json, "nonce", text);
}

// What the cause has there; nothing when it has nothing there.
static void copy(writer_t *json, const char *name, const value_t *value)
{
    if (value)
        writer_value(json, name, value);
}

static void put_envelope(const derive_t *self, writer_t *json)
{
    static const char *const copied[] = {
        "status", "exercise", "marking", "to", "summary", NULL};
    char sent[TIME_TEXT];
    time_print(self->time_ms, sent);
    writer_integer(json, "dabyl", 1);
    writer_text(json, "id", self->id);
    writer_text(json, "kind", self->emit->kind);
    writer_text(json, "from", self->from);
    writer_text(json, "for", self->on_behalf);
    writer_text(json, "sent", sent);
    put_nonce(json);
    put_reference(json, "incident", self->incident.author, self->incident.id);
    for (size_t i = 0; copied[i]; i++)
        copy(json, copied[i], value_get(self->cause->root, copied[i]));
}

static void put_body(const derive_t *self, writer_t *json)
{
    const emit_t *emit = self->emit;
    writer_object(json, "body");
    put_reference(json, "cause", self->cause->from, self->cause->id);
    if (emit->carry) {
        writer_object(json, "carried");
        writer_base64(json, "document", self->cause_document);
        writer_base64(json, "seal", self->cause_seal);
        writer_end(json);
    }
    for (size_t i = 0; i < emit->fields; i++)
        copy(json, emit->field[i].name,
            value_at(self->cause->root, emit->field[i].pointer));
    writer_end(json);
}

void derive_print(const derive_t *self, buf_t *out)
{
    writer_t json = writer_to(out);
    writer_object(&json, NULL);
    put_envelope(self, &json);
    put_body(self, &json);
    writer_end(&json);
}
