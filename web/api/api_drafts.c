// api_drafts - each officer sees and changes its own drafts alone.

#include "nodes/inbox/mail.h"
#include "web/api/api.h"
#include "web/desk/drafts.h"

#include <string.h>

static const char *own_name(const request_t *request)
{
    return request_person(request)->name;
}

static void reply_result(
    reply_t *reply, drafts_result_t result, json_t *current, const cause_t *why)
{
    switch (result) {
    case DRAFTS_DONE:
        break;
    case DRAFTS_ABSENT:
        reply_error(reply, 404, "absent", "there is no such draft");
        break;
    case DRAFTS_CHANGED:
        reply_json_status(reply, 409,
            json_pack("{s:{s:s, s:s}, s:O?}", "error", "code", "changed", "text",
                "this draft was saved or removed in another window meanwhile", "current",
                current));
        break;
    case DRAFTS_LARGE:
        reply_error(reply, 413, "large", "a draft has at most %d bytes", DRAFT_SIZE_MOST);
        break;
    case DRAFTS_MANY:
        reply_error(reply, 413, "many",
            "there are %d drafts already: send or remove some", DRAFTS_MOST);
        break;
    case DRAFTS_FAILED:
        reply_failed(reply, why);
        break;
    }
}

static void answer_list(web_t *web, const request_t *request, reply_t *reply)
{
    drafts_t drafts;
    cause_t why;
    if (drafts_open(&drafts, web->node, own_name(request), &why) == 0)
        reply_json(reply, drafts_list(&drafts));
    else
        reply_failed(reply, &why);
    drafts_close(&drafts);
}

static void answer_get(web_t *web, const request_t *request, reply_t *reply)
{
    drafts_t drafts;
    cause_t why;
    json_t *draft = NULL;
    if (drafts_open(&drafts, web->node, own_name(request), &why) != 0)
        reply_failed(reply, &why);
    else if ((draft = drafts_get(&drafts, request_step(request, 0))))
        reply_json(reply, draft);
    else
        reply_result(reply, DRAFTS_ABSENT, NULL, &why);
    drafts_close(&drafts);
}

// What of the body is kept; NULL: it is no draft, and that was answered.
static json_t *draft_of(const json_t *body, reply_t *reply)
{
    json_t *document = json_object_get(body, "document");
    const char *kind = mail_text(body, "kind"), *note = mail_text(body, "note");
    const json_t *version = json_object_get(body, "version");
    if (json_is_object(document) && kind[0] && strlen(kind) < KIND_MAX &&
        strlen(note) <= DRAFT_NOTE_MOST && json_is_integer(version) &&
        json_integer_value(version) >= 0)
        return json_pack(
            "{s:s, s:s, s:O}", "kind", kind, "note", note, "document", document);
    reply_error(reply, 400, "malformed",
        "a draft has a version, a kind, a document and perhaps a note");
    return NULL;
}

static void save(
    web_t *web, const request_t *request, json_t *draft, int64_t version, reply_t *reply)
{
    drafts_t drafts;
    cause_t why;
    json_t *current = NULL;
    drafts_result_t result = DRAFTS_FAILED;
    const char *id = request_step(request, 0);
    if (drafts_open(&drafts, web->node, own_name(request), &why) == 0)
        result = drafts_put(
            &drafts, id, version, request_now_ms(request), draft, &current, &why);
    drafts_close(&drafts);
    reply_result(reply, result, current, &why);
    json_decref(current);
    if (result != DRAFTS_DONE)
        return;
    (void)json_object_del(draft, "document");
    reply_json(reply, json_incref(draft));
    web_changed(web, "drafts");
}

static void answer_put(web_t *web, const request_t *request, reply_t *reply)
{
    json_t *body = NULL, *draft = NULL;
    if (!drafts_id(request_step(request, 0)))
        reply_error(reply, 400, "malformed",
            "the id of a draft is of letters a to z, digits and hyphens");
    else if ((body = api_body(request, reply)) && (draft = draft_of(body, reply)))
        save(web, request, draft, json_integer_value(json_object_get(body, "version")),
            reply);
    json_decref(draft);
    json_decref(body);
}

static void answer_delete(web_t *web, const request_t *request, reply_t *reply)
{
    drafts_t drafts;
    cause_t why;
    json_t *current = NULL;
    drafts_result_t result = DRAFTS_FAILED;
    int64_t version = request_number(request, "version", 0, INT64_MAX, -1);
    if (drafts_open(&drafts, web->node, own_name(request), &why) == 0)
        result =
            drafts_delete(&drafts, request_step(request, 0), version, &current, &why);
    drafts_close(&drafts);
    reply_result(reply, result, current, &why);
    json_decref(current);
    if (result == DRAFTS_DONE)
        web_changed(web, "drafts");
}

const web_route_t api_drafts[] = {
    {METHOD_GET, "/api/drafts", BODY_NONE, answer_list},
    {METHOD_GET, "/api/drafts/*", BODY_NONE, answer_get},
    {METHOD_PUT, "/api/drafts/*", BODY_JSON, answer_put},
    {METHOD_DELETE, "/api/drafts/*", BODY_NONE, answer_delete},
    {0, NULL, BODY_NONE, NULL},
};
