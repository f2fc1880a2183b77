// daemon_control - answers what people on this machine ask, one after the other: whoever
// comes while a question is with the hub waits in the socket.
//
// There are "status", "metrics", "waiting", "explain" with a document, "hold OFFICER"
// with a document (daemon_hold.c), and "ask TOPIC" with the arguments (a JSON object) of
// a question that goes to the hub.

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "nodes/daemon/daemon_state.h"
#include "nodes/inbox/announced.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTION_MS = 10000, LINE_ROOM = 80 };

static void answer_json(daemon_t *self, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    control_answer(
        self->control, span_text(text ? text : "{\"error\":\"no answer can be given\"}"));
    free(text);
}

static void answer_error(daemon_t *self, const char *text)
{
    answer_json(self, json_pack("{s:s}", "error", text));
}

static const char *state_name(link_event_type_t state)
{
    static const char *const names[] = {
        [LINK_CONNECTING] = "connecting",
        [LINK_READY] = "ready",
        [LINK_LOST] = "lost",
        [LINK_REFUSED] = "refused",
        [LINK_BROKEN] = "not-proven",
        [LINK_STOPPED] = "stopped",
        [LINK_RETRY] = "ready",
    };
    return names[state];
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *hub_json(const daemon_t *self, const link_status_t *status)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "state",
        state_name(status->state), "endpoint", status->endpoint ? status->endpoint : "",
        "origin", self->credentials.vkey.origin, "log", number(status->checkpoint.size),
        "sessions", number(status->sessions), "window", number(status->window),
        "ahead_ms", json_integer(status->hub_ahead_ms), "trouble", self->said,
        "contradiction", status->contradiction);
}

// Messages that lie in refused/, until somebody looks at them.
static uint64_t count_refused(const daemon_t *self)
{
    char path[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    if (path_join(path, sizeof path, self->conf->folder, "refused", &ignored) == 0)
        (void)names_list(&names, path, ".reason.json", &ignored);
    uint64_t n = names.n;
    names_free(&names);
    return n;
}

// What the hub announced and has not delivered yet.
static json_t *urgent_json(const daemon_t *self, uint64_t stored)
{
    ahead_t ahead;
    char due[TIME_TEXT] = "";
    announced_read(self->conf->folder, stored, &ahead);
    const announced_t sum = announced_sum(&ahead);
    if (sum.owed)
        time_print(sum.due_ms, due);
    return json_pack("{s:o, s:i, s:s, s:o}", "numbers", number(sum.numbers), "level",
        (int)sum.level, "due", due, "exercises", number(sum.exercises));
}

static json_t *status_json(daemon_t *self)
{
    link_status_t status;
    link_status(self->link, &status);
    log_lost_t lost = log_lost();
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:{s:o, s:o, s:o, s:o}, s:{s:o, s:o, s:o, s:o, s:o}, "
        "s:b, "
        "s:o, s:o, s:{s:o, s:b}, s:{s:o}}",
        "node", self->conf->node, "role", self->credentials.seal_cert.role, "version",
        DABYL_VERSION, "hub", hub_json(self, &status), "inbox", "stored",
        number(status.stored), "last", number(status.inbox_last), "waiting",
        number(waiting_count(self->waiting)), "urgent", urgent_json(self, status.stored),
        "outbox", "unanswered", number(link_unanswered(self->link)), "receipts",
        number(status.receipts), "refused", number(status.refusals + self->refused_here),
        "refused_here", number(self->refused_here), "in_refused",
        number(count_refused(self)), "disk_full", self->full, "attachments",
        daemon_attachments_json(self), "files", daemon_files_json(self), "log", "lost",
        number(lost.lines), "still", lost.still, "erased", "waiting",
        number(daemon_erased_waiting(self)));
}

json_t *daemon_refusal_json(const refusal_t *refusal)
{
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "verdict", "refuse", "code", refusal->code,
            "pointer", refusal->pointer, "by", refusal->by, "text", refusal->text);
    return json ? json
                : json_pack("{s:s, s:s, s:s}", "verdict", "refuse", "code", refusal->code,
                      "text", refusal_sentence(refusal->code));
}

// The document is completed as if it were to be sent, so that the hub answers for the
// same.
static void explain(daemon_t *self, span_t document)
{
    letter_t letter;
    refusal_t refusal = {0};
    cause_t why;
    letter_birth_t birth;
    letter_rules_t rules = daemon_letter_rules(self);
    letter_birth_now(&birth, self->now.wall_ms);
    self->question %= DAEMON_ASKS - 1;
    if (letter_open(&letter, &rules, document, &birth, &refusal) != 0)
        answer_json(self, daemon_refusal_json(&refusal));
    else if (link_explain(
                 self->link, ++self->question, buf_span(&letter.document), &why) != 0)
        answer_error(self, why.text);
    else
        self->question_due_ms = self->now.monotonic_ms + QUESTION_MS;
    letter_close(&letter);
}

// A question for the hub: "ask TOPIC" and a JSON object.
static void ask_hub(daemon_t *self, const char *topic, span_t arguments)
{
    cause_t why;
    span_t object = arguments.size ? arguments : span_text("{}");
    self->question %= DAEMON_ASKS - 1;
    if (!text_is_word(span_text(topic)))
        answer_error(self, "ask about what?  One word, then the arguments");
    else if (link_query(self->link, ++self->question, topic, object, &why) != 0)
        answer_error(self, why.text);
    else
        self->question_due_ms = self->now.monotonic_ms + QUESTION_MS;
}

static void answer_waiting(daemon_t *self)
{
    self->waits_for_duties = false;
    self->question_due_ms = MOMENT_NEVER;
    answer_json(
        self, json_pack("{s:o}", "waiting", number(waiting_count(self->waiting))));
}

bool daemon_asks_hub(const daemon_t *self)
{
    return self->question_due_ms != MOMENT_NEVER;
}

void daemon_explained(void *context, uint32_t request, span_t json)
{
    daemon_t *self = context;
    if (request == DAEMON_ASKS_TRUST)
        daemon_trust_answered(self, json);
    if (request == DAEMON_ASKS_LAW)
        daemon_law_answered(self, json);
    if (request == DAEMON_ASKS_ERASED)
        daemon_erased_answered(self, json);
    if (request == DAEMON_ASKS_DUTIES || request == DAEMON_ASKS_DUTIES_NOW)
        daemon_duties_answered(self, json);
    if (request == DAEMON_ASKS_DUTIES_NOW && self->waits_for_duties)
        answer_waiting(self);
    if (request != self->question || !daemon_asks_hub(self))
        return; // to a question that was given up
    control_answer(self->control, json);
    self->question_due_ms = MOMENT_NEVER;
}

// The list is in state/waiting; without the hub it is the one that was known.
static void ask_waiting(daemon_t *self)
{
    self->waits_for_duties = true;
    self->question_due_ms = self->now.monotonic_ms + QUESTION_MS;
    if (daemon_duties_now(self) != 0)
        answer_waiting(self);
}

static void answer_metrics(daemon_t *self)
{
    buf_t text = {0};
    daemon_metrics(self, &text);
    control_answer(self->control, buf_span(&text));
    buf_destroy(&text);
}

static void reload(daemon_t *self)
{
    cause_t why;
    if (daemon_reload(self, &why) == 0)
        why.text[0] = 0; // what was tried on the way is no failure
    control_reply(self->control, &why);
}

static void answer(daemon_t *self, const char *line, span_t rest)
{
    if (strcmp(line, "status") == 0)
        answer_json(self, status_json(self));
    else if (strcmp(line, "metrics") == 0)
        answer_metrics(self);
    else if (strcmp(line, "reload") == 0)
        reload(self);
    else if (strcmp(line, "waiting") == 0)
        ask_waiting(self);
    else if (strcmp(line, "explain") == 0)
        explain(self, rest);
    else if (strncmp(line, "hold ", 5) == 0)
        answer_json(self, daemon_hold_json(self, line + 5, rest));
    else if (strncmp(line, "ask ", 4) == 0)
        ask_hub(self, line + 4, rest);
    else
        answer_error(self, "unknown request; there are: status, metrics, reload, "
                           "waiting, explain, hold, ask");
}

void daemon_control_turn(daemon_t *self)
{
    char line[LINE_ROOM];
    if (moment_due(self->question_due_ms, self->now.monotonic_ms)) {
        answer_error(self, "the hub did not answer in time");
        self->question_due_ms = MOMENT_NEVER;
        self->waits_for_duties = false;
    }
    if (!daemon_asks_hub(self) && control_receive(self->control, line, sizeof line))
        answer(self, line, control_rest(self->control));
}
