// api - names of messages and bodies are held against their form here, once.

#include "web/api/api.h"

#include "lib/base/text.h"
#include "lib/json/value_json.h"
#include "nodes/inbox/about.h"

#include <stdlib.h>
#include <string.h>

int api_reference(
    const request_t *request, const char *name, reference_t *out, reply_t *reply)
{
    const char *text = request_query(request, name), *slash = strchr(text, '/');
    *out = (reference_t){0};
    if (!text[0])
        return 0;
    if (slash &&
        text_copy(
            span_of(text, (size_t)(slash - text)), out->author, sizeof out->author) &&
        text_copy(span_text(slash + 1), out->id, sizeof out->id) && about_fits(out))
        return 0;
    reply_error(
        reply, 400, "malformed", "%s names no message: AUTHOR/ID is wanted", name);
    return -1;
}

// One level more than a document: it stands in an object.
static const document_limits_t limits = {.size = 2 << 20, .depth = 65};

json_t *api_body(const request_t *request, reply_t *reply)
{
    refusal_t refusal;
    value_t *root = NULL;
    json_t *json = NULL;
    if (document_load(request_body(request), &limits, &root, &refusal) == 0)
        json = value_json(root);
    else
        reply_error(reply, 400, refusal.code, "%s", refusal.text);
    if (root && !json)
        reply_error(reply, 400, "doc.syntax", "a text has a NUL in it");
    value_free(&root);
    return json;
}

void api_unanswered(reply_t *reply, const cause_t *why)
{
    reply_error(reply, 503, "unanswered", "%s", why->text);
}

enum { ANSWER_FRESH_MS = 2000 };

json_t *api_ask(web_t *web, const char *topic, json_t *arguments, cause_t *why)
{
    buf_t question = {0};
    char *text = json_dumps(arguments, JSON_COMPACT);
    buf_printf(&question, "ask %s\n%s", topic, text ? text : "{}");
    json_t *answer = asker_ask(web->asker, buf_text(&question), ANSWER_FRESH_MS, why);
    buf_destroy(&question);
    free(text);
    json_decref(arguments);
    return answer;
}

void api_not_found(reply_t *reply, found_t found, const cause_t *why)
{
    if (found == FOUND_SEVERAL)
        reply_error(reply, 409, "ambiguous",
            "several authors have written a message of this id: name the author");
    else if (found == FOUND_UNREADABLE)
        reply_failed(reply, why);
    else
        reply_error(reply, 404, "absent", "there is no such message here");
}
