// api_held - messages that wait in the node for the seals of officers, and the signatures
// that browsers make over them.
//
// What is signed is computed in the browser from the text that it shows; here it is
// computed again from the file, and a signature over anything else is refused.

#include "lib/base/log.h"
#include "nodes/config/node_authority.h"
#include "nodes/inbox/mail.h"
#include "nodes/outbox/cosigning.h"
#include "nodes/tools/submit.h"
#include "web/api/api.h"
#include "web/api/row.h"
#include "web/desk/officers.h"
#include "web/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What the node's daemon said of a document that it does not keep.
static void reply_refused(reply_t *reply, const json_t *answer)
{
    refusal_t refusal = {.code = mail_text(answer, "code")};
    (void)snprintf(
        refusal.pointer, sizeof refusal.pointer, "%s", mail_text(answer, "pointer"));
    (void)snprintf(refusal.by, sizeof refusal.by, "%s", mail_text(answer, "by"));
    (void)snprintf(refusal.text, sizeof refusal.text, "%s", mail_text(answer, "text"));
    reply_refusal(reply, &refusal);
}

static json_t *ask_daemon(
    web_t *web, const char *officer, const json_t *document, cause_t *why)
{
    buf_t request = {0};
    char *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(15));
    buf_printf(&request, "hold %s\n%s", officer, text ? text : "");
    json_t *answer = asker_ask(web->asker, buf_text(&request), 0, why);
    free(text);
    buf_destroy(&request);
    return answer;
}

static void hold(
    web_t *web, const request_t *request, const json_t *document, reply_t *reply)
{
    cause_t why;
    const char *officer = request_person(request)->name;
    json_t *answer = ask_daemon(web, officer, document, &why);
    if (!answer && strstr(why.text, strerror(ENOSPC)))
        reply_failed(reply, &why);
    else if (!answer)
        api_unanswered(reply, &why);
    else if (mail_text(answer, "verdict")[0])
        reply_refused(reply, answer);
    else {
        log_line(LOG_INFO, "held", "id=%s officer=%s", mail_text(answer, "id"), officer);
        reply_json(reply, json_incref(answer));
        web_changed(web, "waiting");
    }
    json_decref(answer);
}

static void answer_hold(web_t *web, const request_t *request, reply_t *reply)
{
    json_t *body = api_body(request, reply);
    const json_t *document = json_object_get(body, "document");
    if (json_is_object(document))
        hold(web, request, document, reply);
    else if (body)
        reply_error(reply, 400, "malformed", "a document is wanted, which is an object");
    json_decref(body);
}

static json_t *row_of(const web_t *web, const char *id)
{
    char folder[PATH_MAX], name[MESSAGE_ID_MAX + 8];
    mail_t mail = {0};
    cause_t ignored;
    json_t *row = NULL;
    (void)snprintf(name, sizeof name, "%s.json", id);
    if (path_join(folder, sizeof folder, web->node, "waiting", &ignored) == 0 &&
        mail_open(&mail, folder, name, &ignored) == 0)
        row = row_json(web, &mail, "waiting");
    mail_close(&mail);
    return row ? row : json_null();
}

// The refusal that made these very bytes wait; null where an officer holds them.
static json_t *why_of(const web_t *web, const char *id, const char *digest)
{
    char path[PATH_MAX], name[MESSAGE_ID_MAX + 40];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "refused/%s.json.reason.json", id);
    json_t *reason = path_join(path, sizeof path, web->node, name, &ignored) == 0
                         ? mail_load(path, &ignored)
                         : NULL;
    if (reason && strcmp(mail_text(reason, "document"), digest) == 0)
        return reason;
    json_decref(reason);
    return json_null();
}

static json_t *signatures_of(const web_t *web, const seal_t *seal, int64_t now_ms)
{
    buf_t text = {0};
    seal_head_print(&seal->head, &text);
    json_t *signers = web_keys_signers(web->keys, buf_span(&text), now_ms);
    buf_destroy(&text);
    return signers;
}

static json_t *held_json(
    const web_t *web, const char *id, const cosigning_t *waits, int64_t now_ms)
{
    char digest[HASH_HEX], root[HASH_BASE64];
    hash_t hash;
    const seal_head_t *head = &waits->seal.head;
    span_t text = buf_span(&waits->document);
    sha256(text, &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, digest);
    base64_encode(head->root.bytes, sizeof head->root.bytes, root);
    return json_pack("{s:s, s:o, s:s%, s:s, s:s, s:i, s:s, s:o, s:o, s:s}", "id", id,
        "row", row_of(web, id), "text", (const char *)text.data, text.size, "digest",
        digest, "origin", head->origin, "count", (int)head->count, "root", root,
        "signatures", signatures_of(web, &waits->seal, now_ms), "why",
        why_of(web, id, digest), "by", waits->by);
}

static void answer_list(web_t *web, const request_t *request, reply_t *reply)
{
    names_t names;
    cause_t why;
    if (cosigning_names(&names, web->node, &why) != 0) {
        reply_failed(reply, &why);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < names.n; i++) {
        cosigning_t waits;
        // One that has gone meanwhile is not waiting any more.
        if (cosigning_open(&waits, web->node, names.name[i], &why) != 0)
            continue;
        json_array_append_new(
            list, held_json(web, names.name[i], &waits, request_now_ms(request)));
        cosigning_close(&waits);
    }
    names_free(&names);
    reply_json(reply, list);
}

// The message of the path; -1: there is none, and that was answered.
static int open_held(
    web_t *web, const request_t *request, cosigning_t *waits, reply_t *reply)
{
    cause_t why;
    if (cosigning_open(waits, web->node, request_step(request, 0), &why) == 0)
        return 0;
    reply_error(reply, 404, "absent", "%s", why.text);
    return -1;
}

static void answer_one(web_t *web, const request_t *request, reply_t *reply)
{
    cosigning_t waits;
    if (open_held(web, request, &waits, reply) != 0)
        return;
    reply_json(
        reply, held_json(web, request_step(request, 0), &waits, request_now_ms(request)));
    cosigning_close(&waits);
}

// Whether it is what the officer's browser has to have signed; the answer says why not.
static bool is_good(const cosigning_t *waits, const cosigner_t *who,
    const uint8_t signature[64], reply_t *reply)
{
    cause_t why;
    seal_head_t head = waits->seal.head;
    head.signatures = 0;
    if (cert_check(who->officer, who->ca, who->now_ms, &why) != 0)
        reply_error(reply, 403, "seal.certificate", "%s", why.text);
    else if (waits->seal.head.signatures == SEAL_SIGNATURES_MAX)
        reply_error(reply, 409, "seal.full", "a seal has at most %d signatures",
            SEAL_SIGNATURES_MAX);
    else if (seal_head_add(&head, who->officer->key_id, signature, &why) != 0 ||
             seal_check_signature(&head, 0, who->officer->key, &why) != 0)
        reply_error(reply, 422, "seal.signature",
            "the signature is not by this key over this message: it may have been "
            "changed or discarded meanwhile; read it again");
    else
        return true;
    return false;
}

static int add(web_t *web, const char *id, const cosigner_t *who,
    const uint8_t signature[64], reply_t *reply)
{
    cosigning_t waits;
    cause_t why;
    if (cosigning_open(&waits, web->node, id, &why) != 0) {
        reply_error(reply, 404, "absent", "%s", why.text);
        return -1;
    }
    bool there = seal_head_has(&waits.seal.head, who->officer->key_id);
    bool good = there || is_good(&waits, who, signature, reply);
    cosigning_close(&waits);
    if (there || !good)
        return good ? 0 : -1; // signed before: only sending is left
    if (cosigning_add(web->node, id, who, signature, &why) == 0)
        return 0;
    reply_failed(reply, &why);
    return -1;
}

static int begin_alone(const web_t *web, reply_t *reply)
{
    cause_t why;
    int alone = cosigning_alone(web->node, &why);
    if (alone < 0)
        reply_error(reply, 409, "busy", "%s", why.text);
    return alone;
}

// These very bytes into the outbox: they go under all signatures that they have.
static int put(web_t *web, const char *id, reply_t *reply)
{
    buf_t document = {0};
    submit_t submit = {0};
    refusal_t refusal = {0};
    cause_t why;
    int result = cosigning_document(web->node, id, &document, &why);
    if (result == 0)
        result = submit_put(&submit, web->node, buf_span(&document), &refusal, &why);
    if (refusal.code)
        reply_refusal(reply, &refusal);
    else if (result != 0)
        reply_failed(reply, &why);
    submit_close(&submit);
    buf_destroy(&document);
    return result;
}

static int send_off(web_t *web, const char *id, reply_t *reply)
{
    int alone = begin_alone(web, reply);
    int result = alone < 0 ? -1 : put(web, id, reply);
    if (alone >= 0)
        (void)close(alone);
    return result;
}

static void seal(web_t *web, const request_t *request, const cert_t *officer,
    const json_t *body, const uint8_t signature[64], reply_t *reply)
{
    cause_t why;
    const char *id = request_step(request, 0);
    authority_t *ca = node_authority(web->node, &why);
    const cosigner_t who = {officer, ca, request_now_ms(request)};
    bool sends = json_is_true(json_object_get(body, "send"));
    if (!ca)
        reply_failed(reply, &why);
    else if (add(web, id, &who, signature, reply) == 0) {
        log_line(LOG_INFO, "held.sealed", "id=%s officer=%s key=%s", id, officer->name,
            officer->key_id);
        web_changed(web, "waiting");
        if (!sends || send_off(web, id, reply) == 0)
            reply_json(reply,
                json_pack("{s:s, s:s}", "id", id, "state", sends ? "waiting" : "held"));
    }
    authority_close(&ca);
}

static void answer_seal(web_t *web, const request_t *request, reply_t *reply)
{
    json_t *body = api_body(request, reply);
    uint8_t signature[64];
    cert_t officer;
    const char *key = mail_text(body, "key");
    if (body && !base64_decode_exact(
                    span_text(mail_text(body, "signature")), signature, sizeof signature))
        reply_error(reply, 400, "malformed", "a signature is 64 bytes in base64");
    else if (body &&
             officers_find(web->node, request_person(request)->name, key, &officer) != 0)
        reply_error(reply, 409, "seal.certificate",
            "there is no certificate of %s for this key in officers/",
            request_person(request)->name);
    else if (body) {
        seal(web, request, &officer, body, signature, reply);
        cert_close(&officer);
    }
    json_decref(body);
}

static void discard(web_t *web, const request_t *request, reply_t *reply)
{
    const char *id = request_step(request, 0);
    if (submit_going(web->node, id)) {
        reply_error(reply, 409, "going", "it is on its way to the hub already");
        return;
    }
    cosigning_done(web->node, id);
    log_line(LOG_INFO, "held.discarded", "id=%s officer=%s", id,
        request_person(request)->name);
    web_changed(web, "waiting");
}

static void answer_delete(web_t *web, const request_t *request, reply_t *reply)
{
    cosigning_t waits;
    if (open_held(web, request, &waits, reply) != 0)
        return;
    cosigning_close(&waits);
    int alone = begin_alone(web, reply);
    if (alone < 0)
        return;
    discard(web, request, reply);
    (void)close(alone);
}

const web_route_t api_held[] = {
    {METHOD_POST, "/api/hold", BODY_JSON, answer_hold},
    {METHOD_GET, "/api/held", BODY_NONE, answer_list},
    {METHOD_GET, "/api/held/*", BODY_NONE, answer_one},
    {METHOD_POST, "/api/held/*/seal", BODY_JSON, answer_seal},
    {METHOD_DELETE, "/api/held/*", BODY_NONE, answer_delete},
    {0, NULL, BODY_NONE, NULL},
};
