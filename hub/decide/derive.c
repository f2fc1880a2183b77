// derive - the envelope is the cause's where that is what it means, and the hub's
// elsewhere.

#include "hub/decide/derive.h"

#include "lib/base/times.h"
#include "lib/json/value_json.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static json_t *reference(const char *author, const char *id)
{
    return json_pack("{s:s, s:s}", "author", author, "id", id);
}

static json_t *base64(span_t bytes)
{
    buf_t text = {0};
    buf_put_base64(&text, bytes);
    json_t *value = json_stringn((const char *)text.data, text.size);
    buf_destroy(&text);
    return value;
}

static json_t *nonce(void)
{
    uint8_t random[16];
    char text[33];
    randombytes_buf(random, sizeof random);
    hex_encode(random, sizeof random, text);
    return json_string(text);
}

static void set_envelope(json_t *message, const derive_t *derive)
{
    const document_t *cause = derive->cause;
    char sent[TIME_TEXT];
    time_print(derive->time_ms, sent);
    (void)json_object_set_new(message, "dabyl", json_integer(1));
    (void)json_object_set_new(message, "id", json_string(derive->id));
    (void)json_object_set_new(message, "kind", json_string(derive->kind));
    (void)json_object_set_new(message, "from", json_string(derive->from));
    (void)json_object_set_new(message, "for", json_string(derive->on_behalf));
    (void)json_object_set_new(message, "sent", json_string(sent));
    (void)json_object_set_new(message, "nonce", nonce());
    (void)json_object_set_new(
        message, "incident", reference(derive->incident.author, derive->incident.id));
    static const char *const copied[] = {
        "status", "exercise", "marking", "to", "summary", NULL};
    for (size_t i = 0; copied[i]; i++) {
        const value_t *value = value_get(cause->root, copied[i]);
        if (value)
            (void)json_object_set_new(message, copied[i], value_json(value));
    }
}

json_t *derive_message(const derive_t *derive)
{
    json_t *message = json_object();
    json_t *body = json_object();
    if (!message || !body)
        abort();
    set_envelope(message, derive);
    (void)json_object_set_new(
        body, "cause", reference(derive->cause->from, derive->cause->id));
    if (derive->cause_document.size)
        (void)json_object_set_new(body, "carried",
            json_pack("{s:o, s:o}", "document", base64(derive->cause_document), "seal",
                base64(derive->cause_seal)));
    (void)json_object_set_new(message, "body", body);
    return message;
}

void derive_field(
    json_t *message, const char *name, const document_t *cause, const char *pointer)
{
    const value_t *value = value_at(cause->root, pointer);
    if (value)
        (void)json_object_set_new(
            json_object_get(message, "body"), name, value_json(value));
}
