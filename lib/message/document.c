// document - the envelope of a message, read once into a plain struct; the bytes before
// it are looked at in document_load.c.
//
// The schema has accepted what comes here.  Every step is checked all the same: a schema
// folder that was edited badly must refuse messages, not overrun a field.

#include "lib/message/document.h"
#include "lib/base/times.h"

#include <stddef.h>
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

// Keys stand here one by one and not in tables, so that the compiler makes their hashes.
static const char *read_texts(document_t *self)
{
    const value_t *root = self->root, *behalf = value_get(root, "for");
    if (!copy(value_get(root, "id"), self->id, sizeof self->id))
        return "id";
    if (!copy(value_get(root, "kind"), self->kind, sizeof self->kind))
        return "kind";
    if (!copy(value_get(root, "from"), self->from, sizeof self->from))
        return "from";
    if (behalf && !copy(behalf, self->for_, sizeof self->for_))
        return "for";
    return NULL;
}

static const char *read_words(document_t *self)
{
    int status = word(value_get(self->root, "status"), status_names, 3);
    int marking = word(value_get(self->root, "marking"), tlp_names, 5);
    if (status < 0)
        return "status";
    if (marking < 0)
        return "marking";
    self->status = (status_t)status;
    self->marking = (tlp_t)marking;
    return NULL;
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

static bool refers(const value_t *value, reference_t *out)
{
    return !value || (copy(value_get(value, "author"), out->author, NODE_ID_MAX) &&
                         copy(value_get(value, "id"), out->id, MESSAGE_ID_MAX));
}

static const char *read_references(document_t *self)
{
    const value_t *root = self->root;
    if (!refers(value_get(root, "incident"), &self->incident))
        return "incident";
    if (!refers(value_get(root, "re"), &self->re))
        return "re";
    if (!refers(value_get(root, "under"), &self->under))
        return "under";
    if (!refers(value_get(root, "supersedes"), &self->supersedes))
        return "supersedes";
    return refers(value_get(root, "cancels"), &self->cancels) ? NULL : "cancels";
}

static bool read_sent(document_t *self)
{
    const value_t *sent = value_get(self->root, "sent");
    return value_is(sent, VALUE_STRING) &&
           time_parse(span_of(value_text(sent), value_length(sent)), &self->sent_ms);
}

// The field that cannot be used; NULL: there is none.
static const char *read_envelope(document_t *self)
{
    const char *failed = read_texts(self);
    failed = failed ? failed : read_words(self);
    failed = failed ? failed : read_references(self);
    if (failed)
        return failed;
    if (!read_sent(self))
        return "sent";
    return read_to(self) ? NULL : "to";
}

int document_open(document_t *self, value_t *root, refusal_t *refusal)
{
    memset(self, 0, offsetof(document_t, to)); // it is large
    self->root = root;
    self->body = value_get(root, "body");
    const char *failed = read_envelope(self);
    if (!failed)
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
