// document - the envelope of a message, read once into a plain struct; the bytes before
// it are looked at in document_load.c.
//
// The schema has accepted what comes here.  Every step is checked all the same: a schema
// folder that was edited badly must refuse messages, not overrun a field.

#include "lib/message/document.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>

static const char *const status_names[] = {"actual", "exercise", "test"};
static const char *const tlp_names[] = {
    "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

const char *tlp_name(tlp_t marking)
{
    return tlp_names[marking];
}

bool document_declares_secret(const value_t *root)
{
    const value_t *flag = value_get(root, "state_secret");
    return flag && !value_is(flag, VALUE_FALSE);
}

// Says that it is not the author's fault: the schema let something through.
static int disagree(refusal_t *refusal, const char *field)
{
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s", field);
    return refuse(refusal, "doc.schema", pointer, "envelope",
        "the schema accepted this field, but it cannot be used as %s", field);
}

// A string that is neither empty nor too long for `out`; the parser has refused NULs
// inside.
static bool copy(const value_t *value, char *out, size_t room)
{
    size_t length = value_length(value);
    if (length == 0 || length >= room)
        return false;
    memcpy(out, value_text(value), length + 1);
    return true;
}

// The index of a word in `names`, or -1.
static int word(const value_t *value, const char *const *names, int n)
{
    const char *text = value_text(value);
    for (int i = 0; text && i < n; i++)
        if (strcmp(text, names[i]) == 0)
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
        const value_t *value = value_get(self->root, texts[i].name);
        *failed = texts[i].name;
        if (!(texts[i].optional && !value) && !copy(value, texts[i].out, texts[i].room))
            return false;
    }
    return true;
}

static bool read_words(document_t *self, const char **failed)
{
    int status = word(value_get(self->root, "status"), status_names, 3);
    int marking = word(value_get(self->root, "marking"), tlp_names, 5);
    *failed = status < 0 ? "status" : "marking";
    if (status < 0 || marking < 0)
        return false;
    self->status = (status_t)status;
    self->marking = (tlp_t)marking;
    return true;
}

static bool read_to(document_t *self)
{
    const value_t *to = value_get(self->root, "to");
    if ((to && !value_is(to, VALUE_ARRAY)) || value_count(to) > DOCUMENT_TO_MAX)
        return false;
    value_each(node, to)
    {
        if (!copy(node, self->to[self->to_count++], sizeof self->to[0]))
            return false;
    }
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
        {"under", &self->under},
        {"supersedes", &self->supersedes},
        {"cancels", &self->cancels},
    };
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        const value_t *value = value_get(self->root, references[i].name);
        reference_t *out = references[i].out;
        *failed = references[i].name;
        if (value && !(copy(value_get(value, "author"), out->author, NODE_ID_MAX) &&
                         copy(value_get(value, "id"), out->id, MESSAGE_ID_MAX)))
            return false;
    }
    return true;
}

static bool read_sent(document_t *self)
{
    const value_t *sent = value_get(self->root, "sent");
    return value_is(sent, VALUE_STRING) &&
           time_parse(span_of(value_text(sent), value_length(sent)), &self->sent_ms);
}

static bool read_envelope(document_t *self, const char **failed)
{
    if (!read_texts(self, failed) || !read_words(self, failed) ||
        !read_references(self, failed))
        return false;
    *failed = "sent";
    if (!read_sent(self))
        return false;
    *failed = "to";
    return read_to(self);
}

int document_open(document_t *self, value_t *root, refusal_t *refusal)
{
    const char *failed;
    *self = (document_t){.root = root, .body = value_get(root, "body")};
    if (read_envelope(self, &failed))
        return 0;
    document_close(self);
    return disagree(refusal, failed);
}

bool reference_same(const reference_t *a, const reference_t *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->author, b->author) == 0;
}

void document_close(document_t *self)
{
    value_free(&self->root);
    self->body = NULL;
}
