// manifest - id, author and nonce are the node's to add; the rest is complete.

#include "nodes/tools/manifest.h"

#include "lib/base/times.h"
#include "nodes/inbox/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LENGTH = 200 }; // of a file, in bytes; see envelope.json

// False when the text is not UTF-8.
static bool set(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0;
}

static bool set_text(json_t *object, const char *key, const char *text)
{
    return !text || set(object, key, json_string(text));
}

static bool set_time(json_t *object, const char *key, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    return set_text(object, key, text);
}

// The file's name as envelope.json wants it: no folder, no backslash, no dot in front.
// The whole path stands beside it.
static void safe_name(const char *path, char out[NAME_LENGTH + 1])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strlen(name);
    if (size > NAME_LENGTH)
        for (size = NAME_LENGTH; ((unsigned char)name[size] & 0xc0) == 0x80; size--)
            continue; // not within a character
    memcpy(out, name, size);
    out[size] = 0;
    for (size_t i = 0; i < size; i++)
        if (out[i] == '\\' || (i == 0 && out[i] == '.'))
            out[i] = '_';
}

static const char *seen_from(const char *base, const char *path)
{
    size_t size = base ? strlen(base) : 0;
    bool below = size > 0 && strncmp(path, base, size) == 0 && path[size] == '/';
    return below ? path + size + 1 : path;
}

static bool add_trace(const manifest_t *self, json_t *list, const trace_t *trace)
{
    char name[NAME_LENGTH + 1];
    json_t *item = json_object();
    safe_name(trace->path, name);
    bool good = set(item, "file",
                    json_pack("{s:s, s:I, s:s}", "name", name, "size",
                        (json_int_t)trace->print.size, "sha256", trace->print.sha256)) &&
                set_text(item, "path", seen_from(self->base, trace->path)) &&
                set_time(item, "modified_at", trace->print.modified_ms) &&
                set_text(item, "type", self->type) &&
                set_text(item, "origin", self->origin);
    return json_array_append_new(list, item) == 0 && good;
}

static bool add_custody(const manifest_t *self, json_t *body)
{
    json_t *custody = json_object();
    bool good = set_text(custody, "holder", self->holder) &&
                set_text(custody, "officer", self->officer) &&
                set_text(custody, "place", self->place) &&
                (self->since ? set_text(custody, "since", self->since)
                             : set_time(custody, "since", clock_now().wall_ms));
    return set(body, "custody", custody) && good;
}

static bool add_body(const manifest_t *self, json_t *document, const traces_t *traces)
{
    json_t *body = json_object(), *list = json_array();
    bool good = set(document, "body", body) && set(body, "traces", list);
    for (size_t i = 0; good && i < traces->n; i++)
        good = add_trace(self, list, &traces->trace[i]);
    if (!good || !add_custody(self, body))
        return false;
    if (self->left_out.size == 0)
        return true;
    buf_t text = {0};
    buf_put_text(&text, "Left out, and not hashed:\n");
    buf_put(&text, self->left_out.data, self->left_out.size);
    good = set(body, "description", json_stringn((const char *)text.data, text.size));
    buf_destroy(&text);
    return good;
}

static bool add_summary(const manifest_t *self, json_t *document, size_t n)
{
    char kk[96], ru[96], en[96];
    if (self->summary)
        return set(document, "summary", json_pack("{s:s}", self->lang, self->summary));
    (void)snprintf(kk, sizeof kk, "Цифрлық іздер, файлдар саны: %zu", n);
    (void)snprintf(ru, sizeof ru, "Цифровые следы, файлов: %zu", n);
    (void)snprintf(en, sizeof en, "Digital traces, files: %zu", n);
    return set(
        document, "summary", json_pack("{s:s, s:s, s:s}", "kk", kk, "ru", ru, "en", en));
}

static void refer(json_t *document, const char *field, const mail_t *mail)
{
    (void)set(document, field,
        json_pack("{s:s, s:s}", "author", mail_text(mail->root, "from"), "id",
            mail_text(mail->root, "id")));
}

// What follows a message of an exercise is part of the exercise.
static void follow(json_t *document, const mail_t *mail)
{
    static const char *const copied[] = {"status", "exercise", "incident"};
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        json_t *value = json_object_get(mail->root, copied[i]);
        if (value)
            (void)json_object_set(document, copied[i], value);
    }
}

// The manifest before this one is either one that came in, and by which this node took
// the files over, or its own, which the other node declined.
static int add_former(
    json_t *document, const char *node, const char *wanted, cause_t *why)
{
    mail_t mail;
    if (mail_open_here(&mail, node, wanted, why) != 0)
        return -1;
    bool manifest = strcmp(mail_text(mail.root, "kind"), "trace.manifest") == 0;
    if (manifest) {
        follow(document, &mail);
        refer(document, "re", &mail);
        (void)set_text(json_object_get(document, "body"), "former",
            mail.number > 0 ? "taken" : "declined");
    }
    mail_close(&mail);
    return manifest ? 0 : cause_set(why, "%s is no trace.manifest", wanted);
}

static int add_incident(
    const manifest_t *self, json_t *document, const char *node, cause_t *why)
{
    mail_t mail;
    if (self->author)
        return set(document, "incident",
                   json_pack("{s:s, s:s}", "author", self->author, "id", self->incident))
                   ? 0
                   : cause_set(why, "the incident's author or id is not text");
    if (mail_open_here(&mail, node, self->incident, why) != 0)
        return -1;
    refer(document, "incident", &mail);
    follow(document, &mail); // of another message of its thread it is that one's
    mail_close(&mail);
    return 0;
}

json_t *manifest_new(
    const manifest_t *self, const char *node, const traces_t *traces, cause_t *why)
{
    json_t *document = json_pack("{s:i, s:s, s:s, s:s}", "dabyl", 1, "kind",
        "trace.manifest", "status", "actual", "marking", self->marking);
    bool text = document && add_summary(self, document, traces->n) &&
                (!self->to || set(document, "to", json_pack("[s]", self->to))) &&
                add_body(self, document, traces);
    if (!text)
        (void)cause_set(why, "what was given is not UTF-8 text");
    if (text && (!self->former || add_former(document, node, self->former, why) == 0) &&
        (!self->incident || add_incident(self, document, node, why) == 0))
        return document;
    json_decref(document);
    return NULL;
}
