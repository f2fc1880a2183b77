// document - the envelope of a message, read once into a plain struct; the bytes before
// it are looked at in document_scan.c.
//
// The schema has accepted what comes here.  Every step is checked all the same: a schema
// folder that was edited badly must refuse messages, not overrun a field.

#include "lib/document.h"
#include "lib/times.h"

#include <stdio.h>
#include <string.h>

static const char *const status_names[] = {"actual", "exercise", "test"};
static const char *const tlp_names[] = {
    "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

const char *tlp_name(tlp_t marking)
{
    return tlp_names[marking];
}

bool document_declares_secret(const json_t *root)
{
    const json_t *flag = json_object_get(root, "state_secret");
    return flag && !json_is_false(flag);
}

// Says that it is not the author's fault: the schema let something through.
static int disagree(refusal_t *refusal, const char *field)
{
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s", field);
    return refuse(refusal, "doc.schema", pointer, "envelope",
        "the schema accepted this field, but it cannot be used as %s", field);
}

// A string that is neither empty nor too long for `out`; jansson has refused NULs inside.
static bool copy(const json_t *value, char *out, size_t room)
{
    size_t length = json_string_length(value);
    if (!json_is_string(value) || length == 0 || length >= room)
        return false;
    memcpy(out, json_string_value(value), length + 1);
    return true;
}

// The index of a word in `names`, or -1.
static int word(const json_t *value, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (json_is_string(value) && strcmp(json_string_value(value), names[i]) == 0)
            return i;
    return -1;
}

static bool read_texts(document_t *self, const char **failed)
{
    const struct {
        const char *name;
        char *out;
        size_t room;
        bool optional;
    } texts[] = {
        {"id", self->id, sizeof self->id, false},
        {"kind", self->kind, sizeof self->kind, false},
        {"from", self->from, sizeof self->from, false},
        {"for", self->for_, sizeof self->for_, true},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const json_t *value = json_object_get(self->root, texts[i].name);
        *failed = texts[i].name;
        if (!(texts[i].optional && !value) && !copy(value, texts[i].out, texts[i].room))
            return false;
    }
    return true;
}

static bool read_words(document_t *self, const char **failed)
{
    int status = word(json_object_get(self->root, "status"), status_names, 3);
    int marking = word(json_object_get(self->root, "marking"), tlp_names, 5);
    *failed = status < 0 ? "status" : "marking";
    if (status < 0 || marking < 0)
        return false;
    self->status = (status_t)status;
    self->marking = (tlp_t)marking;
    return true;
}

static bool read_to(document_t *self)
{
    const json_t *to = json_object_get(self->root, "to");
    self->to_count = json_array_size(to);
    if ((to && !json_is_array(to)) || self->to_count > DOCUMENT_TO_MAX)
        return false;
    for (size_t i = 0; i < self->to_count; i++)
        if (!copy(json_array_get(to, i), self->to[i], sizeof self->to[i]))
            return false;
    return true;
}

static bool read_references(document_t *self, const char **failed)
{
    const struct {
        const char *name;
        reference_t *out;
    } references[] = {
        {"incident", &self->incident},
        {"re", &self->re},
        {"supersedes", &self->supersedes},
        {"cancels", &self->cancels},
    };
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        const json_t *value = json_object_get(self->root, references[i].name);
        reference_t *out = references[i].out;
        *failed = references[i].name;
        if (value && !(copy(json_object_get(value, "author"), out->author, NODE_ID_MAX) &&
                         copy(json_object_get(value, "id"), out->id, MESSAGE_ID_MAX)))
            return false;
    }
    return true;
}

static bool read_sent(document_t *self)
{
    const json_t *sent = json_object_get(self->root, "sent");
    return json_is_string(sent) &&
           time_parse(span_of(json_string_value(sent), json_string_length(sent)),
               &self->sent_ms);
}

int document_open(document_t *self, json_t *root, refusal_t *refusal)
{
    const char *failed = "to";
    *self = (document_t){.root = root};
    if (!read_texts(self, &failed) || !read_words(self, &failed) ||
        !read_references(self, &failed))
        return disagree(refusal, failed);
    if (!read_sent(self))
        return disagree(refusal, "sent");
    return read_to(self) ? 0 : disagree(refusal, "to");
}

void document_close(document_t *self)
{
    json_decref(self->root);
    self->root = NULL;
}

enum { TOKEN_MAX = 256 };

// One reference token, unescaped into `token`.  Returns what follows it, or NULL.
static const char *take_token(const char *pointer, char *token, size_t *length)
{
    size_t n = 0;
    if (*pointer++ != '/')
        return NULL;
    for (; *pointer && *pointer != '/'; pointer++) {
        char c = *pointer;
        if (c == '~') {
            c = *++pointer == '0' ? '~' : '/';
            if (*pointer != '0' && *pointer != '1')
                return NULL;
        }
        if (n == TOKEN_MAX)
            return NULL;
        token[n++] = c;
    }
    *length = n;
    return pointer;
}

static const json_t *step(const json_t *value, const char *token, size_t length)
{
    uint64_t index;
    if (json_is_object(value))
        return json_object_getn(value, token, length);
    if (json_is_array(value) && decimal_decode(span_of(token, length), &index))
        return json_array_get(value, index);
    return NULL;
}

const json_t *document_at(const json_t *root, const char *pointer)
{
    char token[TOKEN_MAX];
    size_t length;
    const json_t *value = root;
    while (value && *pointer) {
        pointer = take_token(pointer, token, &length);
        if (!pointer)
            return NULL;
        value = step(value, token, length);
    }
    return value;
}
