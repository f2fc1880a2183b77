// questions - one table of topics, each two functions: one begins an answer, or refuses
// it; the other goes a step further, until there is no more to do.  Between two steps
// turns may pass.

#include "hub/ask/questions.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/base/version.h"
#include "lib/json/value_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How much of what costs little is done in a step.
enum { ROUTES_A_STEP = 16, DUTIES_A_STEP = 32 };

typedef struct topic topic_t;

struct asking {
    question_t question; // borrows
    bool begun;
    const topic_t *topic;
    json_t *arguments;
    json_t *answer;    // as far as it is made
    refusal_t refusal; // instead of it
    buf_t explained;   // of EXPLAIN
    // Where the topic's walk is.
    reference_t message;
    leaf_t leaf;
    routing_t routing;
    json_t *by_node; // each node's newest answer
    thread_walk_t answers;
    bool answers_done;
    size_t at;
    duty_walk_t walk;
    duty_cursor_t duties;
    void *lookup; // of the port
};

struct topic {
    const char *name;
    // False, and a refusal, where there is no answer.
    bool (*begin)(const questions_t *self, const char *asker, asking_t *asking);
    // True when there is more to do; NULL: there never is.
    bool (*step)(const questions_t *self, const char *asker, asking_t *asking);
};

static bool is_nccis(const questions_t *self, const char *asker)
{
    const member_t *member = roster_member(self->roster, asker);
    return member && strcmp(member->role, "nccis") == 0;
}

static const topic_t *topic_at(size_t i);

static bool begin_hub(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    asking->answer = json_pack("{s:s, s:s, s:s, s:I, s:[]}", "hub", self->hub, "version",
        DABYL_VERSION, "origin", self->origin, "entries", (json_int_t)self->entries,
        "topics");
    for (size_t i = 0; topic_at(i); i++)
        (void)json_array_append_new(
            json_object_get(asking->answer, "topics"), json_string(topic_at(i)->name));
    return true;
}

// What a line of the record adds to the answer on a withdrawal.
static void add_route(
    const questions_t *self, const asking_t *asking, const route_t *route)
{
    json_t *answer = asking->answer;
    if (route->type == ROUTE_REFER &&
        (route->refer == REFER_SUPERSEDES || route->refer == REFER_CANCELS))
        (void)json_array_append_new(json_object_get(answer, "withdraws"),
            json_pack("{s:s, s:s}", "by", refer_name(route->refer), "id", route->id));
    if (route->type == ROUTE_DELIVER && route->tell == TELL_SENDER)
        (void)json_array_append_new(json_object_get(answer, "receivers"),
            json_pack("{s:s, s:b, s:o*}", "node", route->node, "stored",
                self->stored(self->context, route->node, asking->leaf.position), "answer",
                json_incref(json_object_get(asking->by_node, route->node))));
}

static bool read_routing(const questions_t *self, asking_t *asking)
{
    const precedents_t *log = self->log;
    span_t record;
    cause_t why;
    return log->find(
               log->context, asking->message.author, asking->message.id, &asking->leaf) &&
           log->record(log->context, &asking->leaf, &record, &why) == 0 &&
           routing_parse(&asking->routing, record, &why) == 0;
}

// Who was to have a correction or withdrawal, as far as its author was told, and who has
// it: {"id"} of what the asker sent.
static bool begin_withdrawal(const questions_t *self, const char *asker, asking_t *asking)
{
    const char *id = json_string_value(json_object_get(asking->arguments, "id"));
    (void)snprintf(asking->message.author, sizeof asking->message.author, "%s", asker);
    (void)snprintf(asking->message.id, sizeof asking->message.id, "%s", id ? id : "");
    if (!read_routing(self, asking))
        return refuse(&asking->refusal, "reference.unknown", "/id", "",
                   "you have sent no message of this id") == 0;
    asking->by_node = json_object();
    asking->answer = json_pack("{s:I, s:[], s:[]}", "position",
        (json_int_t)asking->leaf.position, "withdraws", "receivers");
    return true;
}

// The next answer to it ("read", "done"): of each node the newest that stands counts.
static bool step_answers(const questions_t *self, asking_t *asking)
{
    const precedents_t *log = self->log;
    leaf_t leaf;
    if (!log->refers(log->context, &asking->message, THIS_VERSION, REFER_RE,
            "acknowledgement", &asking->answers, &leaf))
        return false;
    if (json_object_get(asking->by_node, leaf.author) || !message_stands(log, &leaf))
        return true;
    value_t *document = log->document(log->context, &leaf);
    const value_t *answer = value_at(document, "/body/answer");
    (void)json_object_set_new(asking->by_node, leaf.author, value_json(answer));
    value_free(&document);
    return true;
}

static bool step_withdrawal(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    if (!asking->answers_done) {
        asking->answers_done = !step_answers(self, asking);
        return true;
    }
    for (size_t i = 0; i < ROUTES_A_STEP && asking->at < asking->routing.n; i++)
        add_route(self, asking, &asking->routing.route[asking->at++]);
    return asking->at < asking->routing.n;
}

static void add_attachment(
    const questions_t *self, const asking_t *asking, const route_t *route)
{
    char digest[HASH_HEX];
    uint64_t position;
    if (route->type != ROUTE_ATTACHMENT)
        return;
    hex_encode(route->digest.bytes, sizeof route->digest.bytes, digest);
    json_t *one =
        json_pack("{s:s, s:I}", "sha256", digest, "size", (json_int_t)route->size);
    if (self->handed_in(self->context, &route->digest, asking->message.author, &position))
        (void)json_object_set_new(one, "position", json_integer((json_int_t)position));
    (void)json_array_append_new(json_object_get(asking->answer, "attachments"), one);
}

// A message, by {"author", "id"}; false when they are not there or too long.
static bool take_message(asking_t *asking, const char **missing)
{
    const char *author = json_string_value(json_object_get(asking->arguments, "author"));
    const char *id = json_string_value(json_object_get(asking->arguments, "id"));
    *missing = author ? "/id" : "/author";
    return author && id &&
           text_copy(span_text(author), asking->message.author, NODE_ID_MAX) &&
           text_copy(span_text(id), asking->message.id, MESSAGE_ID_MAX);
}

// The files that a message names, and which of them its author has handed in: {"author",
// "id"} of what the asker wrote or had.
static bool begin_attachments(
    const questions_t *self, const char *asker, asking_t *asking)
{
    const char *missing;
    bool party = take_message(asking, &missing) && read_routing(self, asking) &&
                 (strcmp(asking->message.author, asker) == 0 ||
                     routing_find(&asking->routing, asker));
    if (!party)
        return refuse(&asking->refusal, "reference.unknown", "/id", "",
                   "there is no message of this author and id that you were party to") ==
               0;
    asking->answer = json_pack("{s:[]}", "attachments");
    return true;
}

static bool step_attachments(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    for (size_t i = 0; i < ROUTES_A_STEP && asking->at < asking->routing.n; i++)
        add_attachment(self, asking, &asking->routing.route[asking->at++]);
    return asking->at < asking->routing.n;
}

static bool concerns(const questions_t *self, const char *asker, const duty_t *duty)
{
    if (!self->takes_part(self->context, duty->exercise, asker))
        return false;
    if (is_nccis(self, asker) || strcmp(duty->who, asker) == 0)
        return true;
    for (size_t i = 0; i < duty->tells; i++)
        if (strcmp(duty->tell[i], asker) == 0)
            return true;
    return false;
}

// With whether its message, or what that was derived from, was taken back: then the duty
// has ended, or stays by its rule.
static json_t *tell_duty(const questions_t *self, const duty_t *duty)
{
    const precedents_t *log = self->log;
    json_t *json = duty_json(duty);
    if (log->withdrawn(log->context, &duty->first) ||
        (duty->cause.author[0] && log->withdrawn(log->context, &duty->cause)))
        (void)json_object_set_new(json, "taken_back", json_true());
    return json;
}

// nccis is told of every duty that is not met.
static bool begin_duties(const questions_t *self, const char *asker, asking_t *asking)
{
    char now[TIME_TEXT];
    (void)asker;
    time_print(self->now_ms, now);
    asking->answer = json_pack("{s:s, s:b, s:b, s:[]}", "now", now, "held",
        self->clock_held, "more", false, "duties");
    return true;
}

static void add_duty(
    const questions_t *self, const char *asker, asking_t *asking, const duty_t *duty)
{
    const json_t *arguments = asking->arguments;
    const char *exercise = json_string_value(json_object_get(arguments, "exercise"));
    if (strcmp(duty->exercise, exercise ? exercise : "") != 0 ||
        !concerns(self, asker, duty) ||
        (duty_settled(duty) && !json_is_true(json_object_get(arguments, "all"))))
        return;
    if (asking->at == QUESTIONS_DUTIES) {
        (void)json_object_set_new(asking->answer, "more", json_true());
        return;
    }
    json_t *json = tell_duty(self, duty);
    (void)json_object_set_new(json, "mine", json_boolean(strcmp(duty->who, asker) == 0));
    (void)json_array_append_new(json_object_get(asking->answer, "duties"), json);
    asking->at++;
}

static bool step_duties(const questions_t *self, const char *asker, asking_t *asking)
{
    for (size_t i = 0; i < DUTIES_A_STEP; i++) {
        const duty_t *duty = self->duty(self->context, &asking->walk);
        if (!duty || json_is_true(json_object_get(asking->answer, "more")))
            return false;
        add_duty(self, asker, asking, duty);
    }
    return true;
}

static bool begin_incident(const questions_t *self, const char *asker, asking_t *asking)
{
    const char *missing;
    (void)asker;
    if (!take_message(asking, &missing))
        return refuse(&asking->refusal, "ask.arguments", missing, "",
                   "which message?  Name its author and its id") == 0;
    asking->lookup = self->timeline.begin(&asking->message);
    return true;
}

static lookup_t lookup_of(
    const questions_t *self, const char *asker, const asking_t *asking)
{
    (void)asking;
    return (lookup_t){asker, is_nccis(self, asker), self->work};
}

static void end_timeline(const questions_t *self, const lookup_t *whose, asking_t *asking)
{
    char now[TIME_TEXT];
    asking->answer =
        self->timeline.end(self->context, whose, &asking->lookup, &asking->refusal);
    if (!asking->answer)
        return;
    time_print(self->now_ms, now);
    (void)json_object_set_new(asking->answer, "now", json_string(now));
    (void)json_object_set_new(asking->answer, "duties", json_array());
}

// The duties that a message of the timeline brought: those of whoever asks, those it is
// told of, and those that its own messages brought.
static bool step_duties_of(const questions_t *self, const char *asker, asking_t *asking)
{
    const json_t *item =
        json_array_get(json_object_get(asking->answer, "messages"), asking->at);
    const char *author = json_string_value(json_object_get(item, "author"));
    const char *id = json_string_value(json_object_get(item, "id"));
    reference_t message = {0};
    if (!item)
        return false;
    (void)snprintf(message.author, sizeof message.author, "%s", author ? author : "");
    (void)snprintf(message.id, sizeof message.id, "%s", id ? id : "");
    for (size_t i = 0; i < DUTIES_A_STEP; i++) {
        const duty_t *duty = self->duty_of(self->context, &message, &asking->duties);
        if (!duty) {
            asking->duties = (duty_cursor_t){0};
            asking->at++;
            return true;
        }
        bool shows = concerns(self, asker, duty) || strcmp(message.author, asker) == 0;
        if (reference_same(&duty->message, &message) && shows)
            (void)json_array_append_new(
                json_object_get(asking->answer, "duties"), tell_duty(self, duty));
    }
    return true;
}

static bool step_incident(const questions_t *self, const char *asker, asking_t *asking)
{
    lookup_t whose = lookup_of(self, asker, asking);
    if (!asking->lookup)
        return step_duties_of(self, asker, asking);
    if (self->timeline.step(self->context, &whose, asking->lookup))
        return true;
    end_timeline(self, &whose, asking);
    return asking->answer != NULL;
}

// Who asks for the directory.
typedef struct {
    const roster_t *roster;
    const member_t *asker; // NULL: no longer a member
} inquiry_t;

// NCCIS has all contacts, every organisation its own.
static bool may_see_contacts(void *context, const char *author)
{
    const inquiry_t *inquiry = context;
    const member_t *asker = inquiry->asker;
    const member_t *owner = roster_member(inquiry->roster, author);
    if (!asker)
        return false;
    return strcmp(asker->role, "nccis") == 0 || strcmp(asker->id, author) == 0 ||
           (owner && strcmp(owner->organisation, asker->organisation) == 0);
}

static bool begin_contacts(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    asking->lookup = self->contacts.begin(self->context);
    return true;
}

static bool step_contacts(const questions_t *self, const char *asker, asking_t *asking)
{
    inquiry_t inquiry = {self->roster, roster_member(self->roster, asker)};
    if (self->contacts.step(
            self->context, may_see_contacts, &inquiry, asking->lookup, self->work))
        return true;
    asking->answer = self->contacts.end(&asking->lookup);
    return false;
}

// What the asker's role may send by the rules in force, whatever else they ask of it.
static bool begin_kinds(const questions_t *self, const char *asker, asking_t *asking)
{
    const member_t *member = roster_member(self->roster, asker);
    const char *last = "";
    json_t *kinds = json_array();
    for (size_t i = 0; member && i < rules_count(self->rules); i++) {
        const rule_t *rule = rules_at(self->rules, i); // by kind
        if (strcmp(rule->kind, last) != 0 &&
            rules_permit(self->rules, rule->kind, member->role))
            (void)json_array_append_new(kinds, json_string(last = rule->kind));
    }
    asking->answer =
        json_pack("{s:s, s:o}", "role", member ? member->role : "", "kinds", kinds);
    return true;
}

static const topic_t topics[] = {
    {"hub", begin_hub, NULL},
    {"withdrawal", begin_withdrawal, step_withdrawal},
    {"duties", begin_duties, step_duties},
    {"incident", begin_incident, step_incident},
    {"contacts", begin_contacts, step_contacts},
    {"attachments", begin_attachments, step_attachments},
    {"kinds", begin_kinds, NULL},
};

static const topic_t *topic_at(size_t i)
{
    return i < sizeof topics / sizeof topics[0] ? &topics[i] : NULL;
}

int question_take(question_t *question, int type, span_t frame, cause_t *why)
{
    explain_t explain;
    query_t query;
    if (type == FRAME_EXPLAIN) {
        if (explain_take(&explain, frame, why) != 0)
            return -1;
        *question =
            (question_t){FRAME_EXPLAIN, explain.request, span_of(NULL, 0), explain.text};
        return 0;
    }
    if (query_take(&query, frame, why) != 0)
        return -1;
    *question = (question_t){FRAME_ASK, query.request, query.topic, query.arguments};
    return 0;
}

asking_t *asking_new(const question_t *question)
{
    asking_t *asking = memory_new(1, sizeof *asking);
    asking->question = *question;
    return asking;
}

void asking_destroy(const questions_t *self, asking_t **asking_p)
{
    asking_t *asking = *asking_p;
    *asking_p = NULL;
    if (!asking)
        return;
    if (asking->lookup && asking->topic->begin == begin_incident)
        self->timeline.drop(&asking->lookup);
    else if (asking->lookup)
        self->contacts.drop(&asking->lookup);
    json_decref(asking->arguments);
    json_decref(asking->answer);
    json_decref(asking->by_node);
    routing_close(&asking->routing);
    buf_destroy(&asking->explained);
    free(asking);
}

static bool begin(const questions_t *self, const char *asker, asking_t *asking)
{
    const question_t *question = &asking->question;
    value_t *root;
    size_t i = 0;
    asking->begun = true;
    while (topic_at(i) && !span_is(question->topic, topic_at(i)->name))
        i++;
    asking->topic = topic_at(i);
    if (!asking->topic)
        return refuse(&asking->refusal, "ask.topic", "", "",
                   "the topic 'hub' lists what there is") == 0;
    if (document_load(question->text, &self->limits, &root, &asking->refusal) != 0)
        return false;
    asking->arguments = value_json(root);
    value_free(&root);
    return asking->topic->begin(self, asker, asking) && asking->topic->step;
}

bool questions_step(const questions_t *self, const char *asker, asking_t *asking)
{
    const question_t *question = &asking->question;
    if (question->type == FRAME_EXPLAIN) {
        self->explain(self->context, asker, question->text, NULL, &asking->explained);
        return false;
    }
    return asking->begun ? asking->topic->step(self, asker, asking)
                         : begin(self, asker, asking);
}

static void print_answer(const asking_t *asking, buf_t *out)
{
    const refusal_t *refusal = &asking->refusal;
    json_t *json = json_incref(asking->answer);
    if (!json)
        json = json_pack("{s:s, s:s, s:s, s:b}", "error", refusal->text, "code",
            refusal->code, "pointer", refusal->pointer, "retry", refusal->retry);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        abort();
    buf_put_text(out, text);
    free(text);
}

void questions_put(asking_t *asking, buf_t *frame)
{
    bool explains = asking->question.type == FRAME_EXPLAIN;
    if (!explains)
        print_answer(asking, &asking->explained);
    explain_put(frame, explains ? FRAME_EXPLAINED : FRAME_ANSWER,
        &(explain_t){asking->question.request, buf_span(&asking->explained)});
}

void questions_refuse(const questions_t *self, const char *asker,
    const question_t *question, busy_t busy, buf_t *frame)
{
    static const char *const text[] = {
        [BUSY_RATE] = "too many questions: ask again in a second (operational default)",
        [BUSY_QUEUE] = "too many questions wait for their answers: ask again when there "
                       "is one (operational default)"};
    asking_t asking = {.question = *question};
    (void)refuse(&asking.refusal, "rate.limit", "",
        busy == BUSY_RATE ? "limits.explain_rate" : "", "%s", text[busy]);
    asking.refusal.retry = true;
    if (question->type == FRAME_EXPLAIN)
        self->explain(
            self->context, asker, question->text, &asking.refusal, &asking.explained);
    questions_put(&asking, frame);
    buf_destroy(&asking.explained);
}
