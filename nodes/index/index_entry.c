// index_entry - nothing about the fields is taken for granted: what is no text is "".

#include "nodes/index/index_entry.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/pki/seal.h"
#include "nodes/index/index_words.h"

#include <string.h>

enum { SEAL_FILE_MAX = 65536 };

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

// Whose keys sealed it: for what this node has said, where officers are asked for.
static const char *take_signers(const mail_t *mail, buf_t *out)
{
    char path[PATH_MAX];
    buf_t text = {0};
    seal_t seal;
    cause_t ignored;
    int stem = (int)strlen(mail->path) - (int)strlen(".json");
    int length = snprintf(path, sizeof path, "%.*s.seal", stem, mail->path);
    if (length > 0 && (size_t)length < sizeof path &&
        file_read_plain(path, SEAL_FILE_MAX, &text, &ignored) == 0 &&
        seal_parse(&seal, buf_span(&text), &ignored) == 0)
        for (size_t i = 0; i < seal.head.signatures; i++)
            buf_printf(out, "%s%s", i > 0 ? " " : "", seal.head.signature[i].key_id);
    buf_destroy(&text);
    return buf_text(out);
}

static void take_body(index_entry_t *self, const json_t *body)
{
    self->sector = mail_text(body, "sector");
    self->object = mail_text(body, "object");
    self->objects = json_object_get(body, "objects");
    self->answer = mail_text(body, "answer");
}

static void take_envelope(index_entry_t *self, const json_t *root)
{
    self->id = mail_text(root, "id");
    self->author = mail_text(root, "from");
    self->on_behalf = mail_text(root, "for");
    self->kind = mail_text(root, "kind");
    self->marking = mail_text(root, "marking");
    self->status = mail_text(root, "status");
    self->exercise = mail_text(root, "exercise");
    self->level = mail_level(root);
    self->incident = reference_of(json_object_get(root, "incident"));
    self->re = reference_of(json_object_get(root, "re"));
    if (self->on_behalf[0])
        self->cause =
            reference_of(json_object_get(json_object_get(root, "body"), "cause"));
    const json_t *summary = json_object_get(root, "summary");
    self->summary_kk = mail_text(summary, "kk");
    self->summary_ru = mail_text(summary, "ru");
    self->summary_en = mail_text(summary, "en");
}

void index_entry_of(index_entry_t *self, const mail_t *mail, index_folder_t folder,
    const char *stem, index_room_t *room)
{
    *self = (index_entry_t){.folder = folder, .stem = stem, .number = mail->number};
    take_envelope(self, mail->root);
    take_body(self, json_object_get(mail->root, "body"));
    take_original(self, mail);
    if (!time_parse(span_text(mail_text(mail->root, "sent")), &self->sent_ms))
        self->sent_ms = uuid7_time_ms(self->id);
    self->at_ms = mail->has_leaf ? mail->leaf.time_ms : self->sent_ms;
    self->position = mail->has_leaf ? mail->leaf.position : 0;
    self->more = &mail->more;
    buf_clear(&room->words);
    buf_clear(&room->signers);
    self->signers = folder == INDEX_SENT ? take_signers(mail, &room->signers) : "";
    index_words_of(mail->root, &room->words);
    self->words = buf_span(&room->words);
}

void index_room_destroy(index_room_t *self)
{
    buf_destroy(&self->words);
    buf_destroy(&self->signers);
}
