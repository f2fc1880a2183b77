// basis - a correction begins as a copy of the original.  A withdrawal is about the
// same, is as real and as widely marked, since it has to reach the same people; of the
// body it keeps what the schema wants, and whoever takes something back writes why.

#include "nodes/writing/basis.h"

#include "nodes/inbox/mail.h"

#include <stdio.h>
#include <string.h>

static void name(compose_t *compose, const char *key, const reference_t *message)
{
    if (message->author[0])
        (void)json_object_set_new(compose->document, key,
            json_pack("{s:s, s:s}", "author", message->author, "id", message->id));
}

static void copy(json_t *to, const json_t *from, const char *const *keys)
{
    for (; *keys; keys++) {
        json_t *value = json_object_get(from, *keys);
        if (value)
            (void)json_object_set_new(to, *keys, json_deep_copy(value));
    }
}

static basis_result_t open_original(const compose_t *compose, const reference_t *original,
    const char *self, mail_t *mail, refusal_t *refusal)
{
    cause_t why;
    *mail = (mail_t){0};
    if (strcmp(original->author, self) != 0) {
        (void)refuse(
            refusal, "withdrawal.author", "", "", "it is by %s", original->author);
        return BASIS_REFUSED;
    }
    if (!compose->node || mail_open_here(mail, compose->node, original->id, &why) != 0 ||
        strcmp(mail_text(mail->root, "from"), self) != 0)
        return BASIS_ABSENT;
    if (strcmp(mail_text(mail->root, "kind"), compose->form->kind) == 0)
        return BASIS_BEGUN;
    (void)refuse(refusal, "withdrawal.kind", "/kind", "", "it is of the kind %s",
        mail_text(mail->root, "kind"));
    return BASIS_REFUSED;
}

static void begin_correction(compose_t *compose, const json_t *original)
{
    static const char *const keys[] = {"status", "exercise", "marking", "incident", "re",
        "under", "to", "summary", "body", "expires", NULL};
    copy(compose->document, original, keys);
}

typedef struct {
    json_t *to;
    const json_t *from;
} least_t;

static void copy_member(void *context, const char *key)
{
    const least_t *members = context;
    copy(members->to, members->from, (const char *const[]){key, NULL});
}

// Whether the schemas take it once its author has said why.
static bool would_do(const compose_t *compose)
{
    refusal_t ignored;
    json_t *document = json_copy(compose->document);
    (void)json_object_set_new(document, "summary", json_pack("{s:s}", "en", "-"));
    compose_t whole = *compose;
    whole.document = document;
    bool good = compose_check(&whole, &ignored) == 0;
    json_decref(document);
    return good;
}

static void begin_withdrawal(compose_t *compose, const json_t *original)
{
    static const char *const keys[] = {
        "status", "exercise", "marking", "incident", "re", "under", "to", NULL};
    const json_t *body = json_object_get(original, "body");
    json_t *least = json_object_get(compose->document, "body");
    least_t members = {least, body};
    copy(compose->document, original, keys);
    schemas_required(
        compose->form->schemas, compose->form->kind, "/body", copy_member, &members);
    if (!would_do(compose))
        (void)json_object_set_new(
            compose->document, "body", json_deep_copy((json_t *)body));
}

basis_result_t basis_begin(
    compose_t *compose, const basis_t *basis, const char *self, refusal_t *refusal)
{
    mail_t mail;
    bool corrects = basis->supersedes.author[0], cancels = basis->cancels.author[0];
    basis_result_t result = BASIS_BEGUN;
    *refusal = (refusal_t){0};
    if (corrects && cancels) {
        (void)refuse(refusal, "withdrawal.both", "/cancels", "", "name one of the two");
        return BASIS_REFUSED;
    }
    name(compose, "re", &basis->re);
    if (form_at(compose->form, "/incident")) // what begins a thread is in none
        name(compose, "incident", &basis->incident);
    name(compose, "supersedes", &basis->supersedes);
    name(compose, "cancels", &basis->cancels);
    if (corrects || cancels) {
        const reference_t *original = corrects ? &basis->supersedes : &basis->cancels;
        result = open_original(compose, original, self, &mail, refusal);
        if (result == BASIS_BEGUN && corrects)
            begin_correction(compose, mail.root);
        else if (result == BASIS_BEGUN)
            begin_withdrawal(compose, mail.root);
        mail_close(&mail);
    }
    return result;
}
