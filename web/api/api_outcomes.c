// api_outcomes - what became of a message that was put into the outbox, as the node's
// folders have it.

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/inbox/mail.h"
#include "nodes/outbox/cosigning.h"
#include "nodes/tools/node_files.h"
#include "nodes/tools/submit.h"
#include "web/api/api.h"

#include <stdio.h>
#include <unistd.h>

enum { STATUS_FRESH_MS = 2000 };

// It waits in the node for the signatures of officers.
static bool is_held(const web_t *web, const char *id)
{
    char name[NAME_MAX], path[PATH_MAX];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "waiting/%.40s.json", id);
    return path_join(path, sizeof path, web->node, name, &ignored) == 0 &&
           access(path, F_OK) == 0;
}

static json_t *receipt_of(const submit_t *submit)
{
    char time[TIME_TEXT];
    time_print(submit->leaf.time_ms, time);
    return json_pack(
        "{s:I, s:s}", "position", (json_int_t)submit->leaf.position, "time", time);
}

// Why it does not go before somebody does something; null where it goes by itself.
static json_t *stays(const web_t *web, const char *id)
{
    char file[MESSAGE_ID_MAX + 8];
    cause_t ignored;
    json_t *status = asker_ask(web->asker, "status", STATUS_FRESH_MS, &ignored);
    (void)snprintf(file, sizeof file, "%.40s.json", id);
    const char *reason = status ? node_files_reason(status, file) : NULL;
    json_t *text = reason ? json_string(reason) : json_null();
    json_decref(status);
    return text;
}

static const char *state_of(const web_t *web, const submit_t *submit)
{
    if (submit->state == SUBMIT_SENT)
        return "sent";
    if (submit->state == SUBMIT_WAITING)
        return "waiting";
    return cosigning_may_help(mail_text(submit->reason, "code")) &&
                   is_held(web, submit->id)
               ? "held"
               : "refused";
}

static json_t *outcome_of(const web_t *web, const submit_t *submit)
{
    bool sent = submit->state == SUBMIT_SENT, waits = submit->state == SUBMIT_WAITING;
    return json_pack("{s:s, s:s, s:o, s:O?, s:O?, s:o}", "id", submit->id, "state",
        state_of(web, submit), "receipt", sent ? receipt_of(submit) : json_null(),
        "routes", submit->routes, "reason", submit->reason, "stays",
        waits ? stays(web, submit->id) : json_null());
}

static void answer_outcome(web_t *web, const request_t *request, reply_t *reply)
{
    submit_t submit;
    cause_t why;
    const char *id = request_step(request, 0);
    bool known = submit_again(&submit, web->node, id, &why) == 0;
    if (known && submit_look(&submit, &why) != 0)
        reply_failed(reply, &why);
    else if (known)
        reply_json(reply, outcome_of(web, &submit));
    else if (uuid7_valid(span_text(id)) && is_held(web, id))
        reply_json(reply, json_pack("{s:s, s:s, s:n, s:n, s:n, s:n}", "id", id, "state",
                              "held", "receipt", "routes", "reason", "stays"));
    else
        reply_error(
            reply, 404, "absent", "this node has had no message of this id to send");
    submit_close(&submit);
}

const web_route_t api_outcomes[] = {
    {METHOD_GET, "/api/outcomes/*", BODY_NONE, answer_outcome},
    {0, NULL, BODY_NONE, NULL},
};
