// api_forms - what this node may send, and what there is to fill in.  The rules here are
// a copy: whether a message goes is for the hub to say, but nobody is given a form for
// what none of them lets this role send.

#include "nodes/writing/basis.h"
#include "nodes/writing/guide.h"
#include "web/api/api.h"
#include "web/desk/call.h"
#include "web/desk/form_json.h"
#include "web/law.h"

#include <string.h>

static void answer_kinds(web_t *web, const request_t *request, reply_t *reply)
{
    (void)request;
    cause_t why;
    const law_copy_t *law = web_law_take(web->law, &why);
    if (law)
        reply_json(reply, form_json_kinds(law->rules, law->schemas, web->role));
    else
        api_unanswered(reply, &why);
    web_law_give(web->law, &law);
}

static int read_basis(const request_t *request, basis_t *basis, reply_t *reply)
{
    return api_reference(request, "re", &basis->re, reply) == 0 &&
                   api_reference(request, "incident", &basis->incident, reply) == 0 &&
                   api_reference(request, "supersedes", &basis->supersedes, reply) == 0 &&
                   api_reference(request, "cancels", &basis->cancels, reply) == 0
               ? 0
               : -1;
}

static void reply_form(const compose_t *compose, bool call, reply_t *reply)
{
    json_t *json = form_json(compose->form);
    json_object_set(json, "document", compose->document);
    if (call)
        json_object_set_new(json, "questions", call_questions(compose->form));
    reply_json(reply, json);
}

static void fill_in(compose_t *compose, const request_t *request, const char *node,
    bool call, reply_t *reply)
{
    basis_t basis = {0};
    refusal_t refusal;
    if (read_basis(request, &basis, reply) != 0)
        return;
    switch (basis_begin(compose, &basis, node, &refusal)) {
    case BASIS_ABSENT:
        reply_error(reply, 404, "absent", "this node has no such message");
        return;
    case BASIS_REFUSED:
        reply_refusal(reply, &refusal);
        return;
    case BASIS_BEGUN:
        break;
    }
    if (call)
        call_begin(compose);
    compose_usual(compose);
    reply_form(compose, call, reply);
}

static void open_form(web_t *web, const law_copy_t *law, const char *kind, bool call,
    const request_t *request, reply_t *reply)
{
    form_t form;
    compose_t compose;
    if (!schemas_knows(law->schemas, kind)) {
        reply_error(reply, 404, "doc.kind", "there is no such kind");
        return;
    }
    if (!rules_permit(law->rules, kind, web->role)) {
        reply_error(
            reply, 403, "role.kind", "the role %s does not send %s", web->role, kind);
        return;
    }
    form_open(&form, law->rules, law->schemas, kind, web->role);
    compose_begin(&compose, &form, web->node, request_now_ms(request));
    fill_in(&compose, request, web->name, call, reply);
    compose_end(&compose);
    form_close(&form);
}

// "call" is no kind: it is the form for a caller's report, of whichever kind that is.
static void answer_form(web_t *web, const request_t *request, reply_t *reply)
{
    cause_t why;
    const char *kind = request_step(request, 0);
    bool call = strcmp(kind, "call") == 0;
    const law_copy_t *law = web_law_take(web->law, &why);
    if (law && call)
        kind = call_kind(law->rules, law->schemas, web->role);
    if (!law)
        api_unanswered(reply, &why);
    else if (!kind)
        reply_error(reply, 404, "doc.kind", "the role %s takes no calls", web->role);
    else
        open_form(web, law, kind, call, request, reply);
    web_law_give(web->law, &law);
}

const web_route_t api_forms[] = {
    {METHOD_GET, "/api/kinds", BODY_NONE, answer_kinds},
    {METHOD_GET, "/api/forms/*", BODY_NONE, answer_form},
    {0, NULL, BODY_NONE, NULL},
};
