// index_entry - nothing about the fields is taken for granted: what is no text is "".

#include "nodes/index/index_entry.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/index/index_words.h"

#include <string.h>

const char *index_folder_name(index_folder_t folder)
{
    static const char *const names[INDEX_FOLDERS] = {"", "inbox", "sent", "carried"};
    return names[folder];
}

static reference_t reference_of(const json_t *object)
{
    reference_t out = {{0}, {0}};
    if (!text_copy(
            span_text(mail_text(object, "author")), out.author, sizeof out.author) ||
        !text_copy(span_text(mail_text(object, "id")), out.id, sizeof out.id) ||
        !out.id[0])
        out = (reference_t){{0}, {0}};
    return out;
}

// A test takes back nothing, and nobody takes back what is another's.
static void take_original(index_entry_t *self, const mail_t *mail)
{
    amended_as_t as;
    reference_t original;
    if (!mail_withdraws(mail, &original, &as) || strcmp(self->status, "test") == 0 ||
        strcmp(original.author, self->author) != 0)
        return;
    self->original = original;
    self->withdraws = as == AMENDED_WITHDRAWN ? WITHDRAWS_CANCELS : WITHDRAWS_CORRECTS;
}

static void take_body(index_entry_t *self, const json_t *body)
{
    self->sector = mail_text(body, "sector");
    self->object = mail_text(body, "object");
    self->objects = json_object_get(body, "objects");
}

static void take_envelope(index_entry_t *self, const json_t *root)
{
    self->id = mail_text(root, "id");
    self->author = mail_text(root, "from");
    self->kind = mail_text(root, "kind");
    self->status = mail_text(root, "status");
    self->exercise = mail_text(root, "exercise");
    self->level = mail_level(root);
    self->incident = reference_of(json_object_get(root, "incident"));
    self->re = reference_of(json_object_get(root, "re"));
    if (mail_text(root, "for")[0])
        self->cause =
            reference_of(json_object_get(json_object_get(root, "body"), "cause"));
}

void index_entry_of(index_entry_t *self, const mail_t *mail, index_folder_t folder,
    const char *stem, buf_t *words)
{
    *self = (index_entry_t){.folder = folder, .stem = stem, .number = mail->number};
    take_envelope(self, mail->root);
    take_body(self, json_object_get(mail->root, "body"));
    take_original(self, mail);
    if (mail->has_leaf)
        self->at_ms = mail->leaf.time_ms;
    else if (!time_parse(span_text(mail_text(mail->root, "sent")), &self->at_ms))
        self->at_ms = uuid7_time_ms(self->id);
    self->position = mail->has_leaf ? mail->leaf.position : 0;
    self->more = &mail->more;
    buf_clear(words);
    index_words_of(mail->root, words);
    self->words = buf_span(words);
}
