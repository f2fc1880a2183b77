// api_explain - live beside a form that is being written.  What schemas refuse needs no
// hub; what the hub is asked is limited, since it answers a node so many questions and no
// more, and whoever types dabyl explain is of the same node.

#include "lib/base/times.h"
#include "nodes/inbox/mail.h"
#include "nodes/writing/compose.h"
#include "web/api/api.h"
#include "web/desk/turnstile.h"
#include "web/law.h"

#include <stdlib.h>
#include <string.h>

enum { FRESH_MS = 5000 };

static void reply_refused(reply_t *reply, const refusal_t *refusal)
{
    reply_json(reply, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "verdict", "refuse",
                          "code", refusal->code, "pointer", refusal->pointer, "by",
                          refusal->by, "text", refusal->text, "here", 1));
}

// The document is completed as the node would complete it.
static int check_here(web_t *web, json_t *document, int64_t now_ms, refusal_t *refusal)
{
    cause_t ignored;
    const json_t *secret = json_object_get(document, "state_secret");
    if (secret && !json_is_false(secret))
        return refuse(refusal, "secret.declared", "/state_secret", "488:2",
            "state secrets are not carried by this system; nothing was sent");
    const law_copy_t *law = web_law_take(web->law, &ignored);
    if (!law)
        return 0; // the hub knows it
    const form_t form = {.schemas = law->schemas};
    const compose_t compose = {.form = &form, .document = document, .now_ms = now_ms};
    int result = compose_check(&compose, refusal);
    web_law_give(web->law, &law);
    return result;
}

// A refusal by the hub names its field `field`, one by the node `pointer`.
static void reply_verdict(reply_t *reply, json_t *verdict)
{
    const char *field = mail_text(verdict, "field");
    if (!json_object_get(verdict, "pointer"))
        (void)json_object_set_new(verdict, "pointer", json_string(field));
    if (mail_text(verdict, "verdict")[0]) {
        reply_json(reply, verdict);
        return;
    }
    json_decref(verdict);
    reply_error(reply, 503, "unanswered", "the node gave no verdict");
}

// The same document has the same text, whichever window it comes from.
static void put_question(const json_t *document, buf_t *out)
{
    char *text =
        json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
    buf_printf(out, "explain\n%s", text ? text : "");
    free(text);
}

static void ask_hub(web_t *web, const char *question, int64_t now_ms, reply_t *reply)
{
    cause_t why;
    if (!turnstile_enter(web->explaining, now_ms)) {
        reply_error(reply, 503, "busy",
            "the hub answers no more such questions at once: ask again in a second");
        return;
    }
    json_t *verdict = asker_ask(web->asker, question, FRESH_MS, &why);
    turnstile_leave(web->explaining);
    if (verdict)
        reply_verdict(reply, verdict);
    else
        api_unanswered(reply, &why);
}

static void explain(web_t *web, const json_t *document, int64_t now_ms, reply_t *reply)
{
    buf_t question = {0};
    put_question(document, &question);
    json_t *verdict = asker_share(web->asker, buf_text(&question), FRESH_MS);
    if (verdict)
        reply_verdict(reply, verdict);
    else
        ask_hub(web, buf_text(&question), now_ms, reply);
    buf_destroy(&question);
}

static void answer_explain(web_t *web, const request_t *request, reply_t *reply)
{
    refusal_t refusal = {0};
    json_t *body = api_body(request, reply);
    json_t *document = json_object_get(body, "document");
    int64_t now_ms = request_now_ms(request);
    if (body && !json_is_object(document))
        reply_error(reply, 400, "malformed", "a document is wanted, which is an object");
    else if (body && check_here(web, document, now_ms, &refusal) != 0)
        reply_refused(reply, &refusal);
    else if (body)
        explain(web, document, now_ms, reply);
    json_decref(body);
}

const web_route_t api_explain[] = {
    {METHOD_POST, "/api/explain", BODY_JSON, answer_explain},
    {0, NULL, BODY_NONE, NULL},
};
