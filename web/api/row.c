// row - texts go on as they are: pages show them as texts.  What is no text or number
// where one should be is null.

#include "web/api/row.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/inbox/about.h"
#include "nodes/inbox/answered.h"
#include "nodes/inbox/opened.h"
#include "web/keys.h"

#include <limits.h>
#include <string.h>

enum { ANSWERS_MAX = 64 };

static json_t *field(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_incref(value) : json_null();
}

static bool take_reference(const char *author, const char *id, reference_t *out)
{
    *out = (reference_t){0};
    return text_copy(span_text(author), out->author, sizeof out->author) &&
           text_copy(span_text(id), out->id, sizeof out->id) && about_fits(out);
}

bool row_reference(const json_t *reference, reference_t *out)
{
    return take_reference(
        mail_text(reference, "author"), mail_text(reference, "id"), out);
}

bool row_name(const json_t *message, reference_t *out)
{
    return take_reference(mail_text(message, "from"), mail_text(message, "id"), out);
}

static json_t *reference_json(const reference_t *message)
{
    return json_pack("{s:s, s:s}", "author", message->author, "id", message->id);
}

// What it belongs to, as far as it says so itself; else it begins something.
static json_t *incident_of(const json_t *root)
{
    static const char *const fields[] = {"incident", "re", "cancels", "supersedes"};
    reference_t found;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (row_reference(json_object_get(root, fields[i]), &found))
            return reference_json(&found);
    return row_name(root, &found) ? reference_json(&found) : json_null();
}

static json_t *amended_json(const mail_t *mail)
{
    amended_t amended = mail_amended(mail);
    if (amended.state == AMENDED_NOT)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:I}", "state",
        amended.state == AMENDED_WITHDRAWN ? "withdrawn" : "corrected", "author",
        amended.by.author, "id", amended.by.id, "number", (json_int_t)amended.number);
}

static json_t *time_json(int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    return json_string(text);
}

// By law at the hub; whether its text is here still.
static json_t *erased_json(const mail_t *mail)
{
    erased_t erased = mail_erased(mail);
    if (!erased.there)
        return json_null();
    return json_pack("{s:o, s:I, s:b}", "at", time_json(erased.at_ms), "position",
        (json_int_t)erased.position, "here", !mail->gone);
}

// Officers whose seals it has; where there are none, the node.
static json_t *answerers(const web_t *web, span_t seal, int64_t at_ms)
{
    json_t *signers = web_keys_signers(web->keys, seal, at_ms), *names = json_array();
    for (size_t i = json_array_size(signers) > 1; i < json_array_size(signers); i++) {
        const json_t *signer = json_array_get(signers, i);
        const char *name = mail_text(signer, "name");
        json_array_append_new(
            names, json_string(name[0] ? name : mail_text(signer, "key")));
    }
    json_decref(signers);
    return names;
}

static json_t *answer_json(const web_t *web, const answer_note_t *note)
{
    char folder[PATH_MAX], name[MESSAGE_ID_MAX + 8];
    mail_t mail = {0};
    buf_t seal = {0};
    cause_t ignored;
    json_t *answer = json_pack("{s:s, s:s}", strchr(note->word, '.') ? "kind" : "word",
        note->word, "id", note->id);
    (void)snprintf(name, sizeof name, "%s.json", note->id);
    if (path_join(folder, sizeof folder, web->node, "sent", &ignored) == 0 &&
        mail_open(&mail, folder, name, &ignored) == 0 && mail.has_leaf &&
        mail_beside(&mail, ".seal", &seal) == 0) {
        json_object_set_new(
            answer, "by", answerers(web, buf_span(&seal), mail.leaf.time_ms));
        json_object_set_new(answer, "at", time_json(mail.leaf.time_ms));
    } else {
        json_object_set_new(answer, "by", json_array());
        json_object_set_new(answer, "at", json_null());
    }
    mail_close(&mail);
    buf_destroy(&seal);
    return answer;
}

static json_t *answers_json(const web_t *web, const reference_t *message)
{
    answer_note_t note[ANSWERS_MAX];
    json_t *answers = json_array();
    size_t n = answered_with(web->node, message, note, ANSWERS_MAX);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(answers, answer_json(web, &note[i]));
    return answers;
}

void row_live(const web_t *web, const mail_t *mail, json_t *row)
{
    reference_t name;
    bool named = row_name(mail->root, &name);
    json_object_set_new(row, "amended", amended_json(mail));
    json_object_set_new(row, "erased", erased_json(mail));
    json_object_set_new(
        row, "opened", named ? opened_json(web->node, &name) : json_array());
    json_object_set_new(row, "answers", named ? answers_json(web, &name) : json_array());
}

static void add_body(json_t *row, const json_t *root)
{
    const json_t *body = json_object_get(root, "body");
    int level = mail_level(root);
    json_object_set_new(row, "level", level < 0 ? json_null() : json_integer(level));
    json_object_set_new(row, "sector", field(body, "sector"));
    json_object_set_new(row, "object", field(body, "object"));
}

static json_t *summary_json(const json_t *root)
{
    const json_t *summary = json_object_get(root, "summary");
    return json_pack("{s:o, s:o, s:o}", "kk", field(summary, "kk"), "ru",
        field(summary, "ru"), "en", field(summary, "en"));
}

json_t *row_json(const web_t *web, const mail_t *mail, const char *box)
{
    static const char *const fields[] = {
        "id", "kind", "from", "for", "sent", "marking", "status", "exercise", "expires"};
    const json_t *root = mail->root;
    json_t *row = json_pack("{s:o, s:s, s:o, s:o, s:o}", "number",
        mail->number ? json_integer((json_int_t)mail->number) : json_null(), "box", box,
        "time", mail->has_leaf ? time_json(mail->leaf.time_ms) : field(root, "sent"),
        "summary", summary_json(root), "incident", incident_of(root));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        json_object_set_new(row, fields[i], field(root, fields[i]));
    static const char *const names[] = {"re", "cancels", "supersedes"};
    reference_t other;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set_new(row, names[i],
            row_reference(json_object_get(root, names[i]), &other)
                ? reference_json(&other)
                : json_null());
    add_body(row, root);
    row_live(web, mail, row);
    return row;
}

bool row_stands(const json_t *row)
{
    return json_is_null(json_object_get(row, "amended")) &&
           !json_is_object(json_object_get(row, "cancels"));
}
