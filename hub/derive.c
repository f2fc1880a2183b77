// derive - the envelope is the cause's where that is what it means, and the hub's
// elsewhere.

#include "hub/derive.h"

#include "lib/times.h"

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
    bool follows = cause->incident.author[0] != 0;
    char sent[TIME_TEXT];
    time_print(derive->time_ms, sent);
    (void)json_object_set_new(message, "dabyl", json_integer(1));
    (void)json_object_set_new(message, "id", json_string(derive->id));
    (void)json_object_set_new(message, "kind", json_string(derive->kind));
    (void)json_object_set_new(message, "from", json_string(derive->from));
    (void)json_object_set_new(message, "for", json_string(derive->on_behalf));
    (void)json_object_set_new(message, "sent", json_string(sent));
    (void)json_object_set_new(message, "nonce", nonce());
    (void)json_object_set_new(message, "incident",
        follows ? reference(cause->incident.author, cause->incident.id)
                : reference(cause->from, cause->id));
    static const char *const copied[] = {
        "status", "exercise", "marking", "to", "summary", NULL};
    for (size_t i = 0; copied[i]; i++) {
        json_t *value = json_object_get(cause->root, copied[i]);
        if (value)
            (void)json_object_set(message, copied[i], value);
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
    const json_t *value = document_at(cause->root, pointer);
    if (value)
        (void)json_object_set_new(
            json_object_get(message, "body"), name, json_deep_copy(value));
}

void service_id(service_notice_t *notice, const char *occasion)
{
    buf_t name = {0};
    hash_t hash;
    buf_printf(&name, "dabyl-service/v1\n%s\n%s\n", notice->event, occasion);
    sha256(buf_span(&name), &hash);
    buf_destroy(&name);
    uuid7_from(notice->at_ms, hash.bytes, notice->id);
}

json_t *service_notice(const service_notice_t *notice)
{
    char sent[TIME_TEXT], at[TIME_TEXT];
    time_print(notice->time_ms, sent);
    time_print(notice->at_ms, at);
    json_t *body = json_pack(
        "{s:s, s:s, s:s}", "event", notice->event, "at", at, "text", notice->text);
    if (notice->node)
        (void)json_object_set_new(body, "node", json_string(notice->node));
    if (notice->about)
        (void)json_object_set_new(
            body, "about", reference(notice->about->author, notice->about->id));
    json_t *message =
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:[], s:{s:s}, s:o}", "dabyl",
            1, "id", notice->id, "kind", "service.notice", "from", notice->from, "sent",
            sent, "status", "actual", "marking", "TLP:AMBER", "nonce", nonce(), "to",
            "summary", "en", notice->text, "body", body);
    if (!message)
        abort();
    if (notice->exercise && notice->exercise[0]) {
        (void)json_object_set_new(message, "status", json_string("exercise"));
        (void)json_object_set_new(message, "exercise", json_string(notice->exercise));
    }
    return message;
}

void service_notice_to(json_t *message, const char *node)
{
    json_t *to = json_object_get(message, "to");
    if (json_array_size(to) == DOCUMENT_TO_MAX)
        return;
    for (size_t i = 0; i < json_array_size(to); i++)
        if (strcmp(json_string_value(json_array_get(to, i)), node) == 0)
            return;
    (void)json_array_append_new(to, json_string(node));
}
