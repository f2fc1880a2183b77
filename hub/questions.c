// questions - one table of topics, each a function from asker and arguments to JSON.

#include "hub/questions.h"

#include "lib/text.h"
#include "lib/times.h"
#include "lib/value_json.h"
#include "lib/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A topic yields NULL and a refusal where there is no answer.
typedef struct {
    const char *name;
    json_t *(*answer)(const questions_t *self, const char *asker, const json_t *arguments,
        refusal_t *refusal);
} topic_t;

static json_t *topic_hub(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal);

static json_t *topic_withdrawal(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal);

static json_t *topic_duties(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal);

static json_t *topic_incident(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal);

static json_t *topic_contacts(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal);

static json_t *topic_attachments(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal);

enum { TOPICS = 6 };

static const topic_t topics[TOPICS] = {{"hub", topic_hub},
    {"withdrawal", topic_withdrawal}, {"duties", topic_duties},
    {"incident", topic_incident}, {"contacts", topic_contacts},
    {"attachments", topic_attachments}};

static const char too_many[] =
    "too many questions: ask again in a second (operational default)";

static bool is_nccis(const questions_t *self, const char *asker)
{
    const member_t *member = roster_member(self->roster, asker);
    return member && strcmp(member->role, "nccis") == 0;
}

static json_t *topic_hub(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal)
{
    (void)asker;
    (void)arguments;
    (void)refusal;
    json_t *answer = json_pack("{s:s, s:s, s:s, s:I, s:[]}", "hub", self->hub, "version",
        DABYL_VERSION, "origin", self->origin, "entries", (json_int_t)self->entries,
        "topics");
    for (size_t i = 0; i < TOPICS; i++)
        (void)json_array_append_new(
            json_object_get(answer, "topics"), json_string(topics[i].name));
    return answer;
}

// Each node's newest answer to a message ("read", "done"), in one walk: node -> answer.
static json_t *answers_to(const precedents_t *log, const reference_t *message)
{
    thread_walk_t walk = {0};
    leaf_t leaf;
    json_t *answers = json_object();
    while (log->refers(
        log->context, message, THIS_VERSION, REFER_RE, "acknowledgement", &walk, &leaf)) {
        if (json_object_get(answers, leaf.author))
            continue;
        value_t *document = log->document(log->context, &leaf);
        const value_t *answer = value_at(document, "/body/answer");
        (void)json_object_set_new(answers, leaf.author, value_json(answer));
        value_free(&document);
    }
    return answers;
}

// What a line of the record adds to the answer on a withdrawal.
static void add_route(const questions_t *self, json_t *answer, const route_t *route,
    uint64_t position, const json_t *answers)
{
    if (route->type == ROUTE_REFER &&
        (route->refer == REFER_SUPERSEDES || route->refer == REFER_CANCELS))
        (void)json_array_append_new(json_object_get(answer, "withdraws"),
            json_pack("{s:s, s:s}", "by", refer_name(route->refer), "id", route->id));
    if (route->type == ROUTE_DELIVER && route->tell == TELL_SENDER)
        (void)json_array_append_new(json_object_get(answer, "receivers"),
            json_pack("{s:s, s:b, s:o*}", "node", route->node, "stored",
                self->stored(self->context, route->node, position), "answer",
                json_incref(json_object_get(answers, route->node))));
}

// Who was to have a correction or withdrawal, as far as its author was told, and who has
// it: {"id"} of what the asker sent.
static json_t *topic_withdrawal(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal)
{
    const precedents_t *log = self->log;
    const char *id = json_string_value(json_object_get(arguments, "id"));
    reference_t message = {0};
    leaf_t leaf;
    span_t record;
    cause_t why;
    routing_t routing;
    (void)snprintf(message.author, sizeof message.author, "%s", asker);
    (void)snprintf(message.id, sizeof message.id, "%s", id ? id : "");
    if (!log->find(log->context, message.author, message.id, &leaf) ||
        log->record(log->context, &leaf, &record, &why) != 0 ||
        routing_parse(&routing, record, &why) != 0) {
        (void)refuse(refusal, "reference.unknown", "/id", "",
            "you have sent no message of this id");
        return NULL;
    }
    json_t *answers = answers_to(log, &message);
    json_t *answer = json_pack("{s:I, s:[], s:[]}", "position", (json_int_t)leaf.position,
        "withdraws", "receivers");
    for (size_t i = 0; i < routing.n; i++)
        add_route(self, answer, &routing.route[i], leaf.position, answers);
    json_decref(answers);
    routing_close(&routing);
    return answer;
}

static void add_attachment(
    const questions_t *self, json_t *answer, const route_t *route, const char *author)
{
    char digest[HASH_HEX];
    uint64_t position;
    if (route->type != ROUTE_ATTACHMENT)
        return;
    hex_encode(route->digest.bytes, sizeof route->digest.bytes, digest);
    json_t *one =
        json_pack("{s:s, s:I}", "sha256", digest, "size", (json_int_t)route->size);
    if (self->handed_in(self->context, &route->digest, author, &position))
        (void)json_object_set_new(one, "position", json_integer((json_int_t)position));
    (void)json_array_append_new(json_object_get(answer, "attachments"), one);
}

// The files that a message names, and which of them its author has handed in: {"author",
// "id"} of what the asker wrote or had.
static json_t *topic_attachments(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal)
{
    const precedents_t *log = self->log;
    const char *author = json_string_value(json_object_get(arguments, "author"));
    const char *id = json_string_value(json_object_get(arguments, "id"));
    leaf_t leaf;
    span_t record;
    cause_t why;
    routing_t routing = {0};
    bool party = author && id && log->find(log->context, author, id, &leaf) &&
                 log->record(log->context, &leaf, &record, &why) == 0 &&
                 routing_parse(&routing, record, &why) == 0 &&
                 (strcmp(author, asker) == 0 || routing_find(&routing, asker));
    json_t *answer = NULL;
    if (party)
        answer = json_pack("{s:[]}", "attachments");
    else
        (void)refuse(refusal, "reference.unknown", "/id", "",
            "there is no message of this author and id that you were party to");
    for (size_t i = 0; party && i < routing.n; i++)
        add_attachment(self, answer, &routing.route[i], author);
    routing_close(&routing);
    return answer;
}

// The duties of one answer.
typedef struct {
    const questions_t *questions;
    const char *node;
    const char *exercise; // "": what is real
    bool nccis;           // is told of every duty that is not met
    bool all;
    size_t n;
    json_t *answer;
} list_t;

static bool concerns(const list_t *list, const duty_t *duty)
{
    const questions_t *questions = list->questions;
    if (!questions->takes_part(questions->context, duty->exercise, list->node))
        return false;
    if (list->nccis || strcmp(duty->who, list->node) == 0)
        return true;
    for (size_t i = 0; i < duty->tells; i++)
        if (strcmp(duty->tell[i], list->node) == 0)
            return true;
    return false;
}

static void add_duty(void *context, const duty_t *duty)
{
    list_t *list = context;
    if (strcmp(duty->exercise, list->exercise) != 0 || !concerns(list, duty) ||
        (duty_settled(duty) && !list->all))
        return;
    if (list->n == QUESTIONS_DUTIES) {
        (void)json_object_set_new(list->answer, "more", json_true());
        return;
    }
    json_t *json = duty_json(duty);
    (void)json_object_set_new(
        json, "mine", json_boolean(strcmp(duty->who, list->node) == 0));
    (void)json_array_append_new(json_object_get(list->answer, "duties"), json);
    list->n++;
}

static json_t *topic_duties(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal)
{
    char now[TIME_TEXT];
    (void)refusal;
    time_print(self->now_ms, now);
    const char *exercise = json_string_value(json_object_get(arguments, "exercise"));
    list_t list = {.questions = self,
        .node = asker,
        .exercise = exercise ? exercise : "",
        .nccis = is_nccis(self, asker),
        .all = json_is_true(json_object_get(arguments, "all")),
        .answer = json_pack("{s:s, s:b, s:b, s:[]}", "now", now, "held", self->clock_held,
            "more", false, "duties")};
    self->duties(self->context, add_duty, &list);
    return list.answer;
}

// Whether a timeline has the message.
static bool shows(const json_t *timeline, const reference_t *message)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(timeline, "messages"), i, item)
    {
        const char *author = json_string_value(json_object_get(item, "author"));
        const char *id = json_string_value(json_object_get(item, "id"));
        if (author && id && strcmp(author, message->author) == 0 &&
            strcmp(id, message->id) == 0)
            return true;
    }
    return false;
}

// The duties of a timeline: those of whoever asks, those it is told of, and those that
// its own messages brought.
static void add_duty_of_thread(void *context, const duty_t *duty)
{
    list_t *list = context;
    if (shows(list->answer, &duty->message) &&
        (concerns(list, duty) || strcmp(duty->message.author, list->node) == 0))
        (void)json_array_append_new(
            json_object_get(list->answer, "duties"), duty_json(duty));
}

static json_t *topic_incident(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal)
{
    reference_t message = {0};
    char now[TIME_TEXT];
    const char *author = json_string_value(json_object_get(arguments, "author"));
    const char *id = json_string_value(json_object_get(arguments, "id"));
    if (!author || !id || !text_copy(span_text(author), message.author, NODE_ID_MAX) ||
        !text_copy(span_text(id), message.id, MESSAGE_ID_MAX)) {
        (void)refuse(refusal, "ask.arguments", author ? "/id" : "/author", "",
            "which message?  Name its author and its id");
        return NULL;
    }
    list_t list = {.questions = self, .node = asker, .nccis = is_nccis(self, asker)};
    list.answer = self->timeline(self->context, asker, list.nccis, &message, refusal);
    if (!list.answer)
        return NULL;
    time_print(self->now_ms, now);
    (void)json_object_set_new(list.answer, "now", json_string(now));
    (void)json_object_set_new(list.answer, "duties", json_array());
    self->duties(self->context, add_duty_of_thread, &list);
    return list.answer;
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

static json_t *topic_contacts(const questions_t *self, const char *asker,
    const json_t *arguments, refusal_t *refusal)
{
    inquiry_t inquiry = {self->roster, roster_member(self->roster, asker)};
    (void)arguments;
    (void)refusal;
    return self->contacts(self->context, may_see_contacts, &inquiry);
}

static json_t *answer_topic(const questions_t *self, const char *asker,
    const question_t *question, refusal_t *refusal)
{
    value_t *root;
    json_t *answer = NULL;
    size_t i = 0;
    while (i < TOPICS && !span_is(question->topic, topics[i].name))
        i++;
    if (i == TOPICS) {
        (void)refuse(refusal, "ask.topic", "", "", "the topic 'hub' lists what there is");
    } else if (document_load(question->text, &self->limits, &root, refusal) == 0) {
        json_t *arguments = value_json(root);
        value_free(&root);
        answer = topics[i].answer(self, asker, arguments, refusal);
        json_decref(arguments);
    }
    return answer;
}

static void print_answer(json_t *json, const refusal_t *refusal, buf_t *out)
{
    if (!json)
        json = json_pack("{s:s, s:s, s:s}", "error", refusal->text, "code", refusal->code,
            "pointer", refusal->pointer);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        abort();
    buf_put_text(out, text);
    free(text);
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

void questions_answer(const questions_t *self, const char *asker,
    const question_t *question, bool in_time, buf_t *frame)
{
    refusal_t refusal = {0};
    buf_t json = {0};
    bool explains = question->type == FRAME_EXPLAIN;
    if (!in_time)
        (void)refuse(&refusal, "rate.limit", "", "limits.explain_rate", "%s", too_many);
    if (explains) {
        self->explain(
            self->context, asker, question->text, in_time ? NULL : &refusal, &json);
    } else {
        json_t *answer = in_time ? answer_topic(self, asker, question, &refusal) : NULL;
        print_answer(answer, &refusal, &json);
    }
    explain_put(frame, explains ? FRAME_EXPLAINED : FRAME_ANSWER,
        &(explain_t){question->request, buf_span(&json)});
    buf_destroy(&json);
}
