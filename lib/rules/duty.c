// duty - times are written as everywhere in the log; what there is not is left out.

#include "lib/rules/duty.h"
#include "lib/base/moment.h"

#include "lib/base/text.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {[DUTY_OPEN] = "open",
    [DUTY_NEAR] = "near",
    [DUTY_OVERDUE] = "overdue",
    [DUTY_MET] = "met",
    [DUTY_MET_LATE] = "met-late",
    [DUTY_WITHDRAWN] = "withdrawn"};

const char *duty_state_name(duty_state_t state)
{
    return names[state];
}

bool duty_settled(const duty_t *self)
{
    return self->state == DUTY_MET || self->state == DUTY_MET_LATE ||
           self->state == DUTY_WITHDRAWN;
}

// The moment that the time counts from.
static int find_moment(const duty_cause_t *cause, int64_t *from_ms, refusal_t *refusal)
{
    const oblige_t *oblige = cause->oblige;
    *from_ms = cause->entry_ms;
    if (oblige->from[0] == 0)
        return 0;
    const char *text = value_text(value_at(cause->document->root, oblige->from));
    if (!text || !time_parse(span_text(text), from_ms))
        return refuse(refusal, "duty.moment", oblige->from, cause->rule,
            "the duty '%s' (para %s) counts from this moment", oblige->duty,
            cause->cites);
    if (*from_ms > cause->latest_ms)
        return refuse(refusal, "time.future", oblige->from, cause->rule,
            "this is still to come, and the duty '%s' (para %s) counts from it",
            oblige->duty, cause->cites);
    if (*from_ms < cause->earliest_ms)
        return refuse(refusal, "moment.absurd", oblige->from, cause->rule,
            "the duty '%s' (para %s) counts from this moment, which lies further back "
            "than timing.past_days (operational default): is it a date that nobody set?",
            oblige->duty, cause->cites);
    return 0;
}

// A time that is ours is not shown as the plan's.
static void set_cites(duty_t *self, const duty_cause_t *cause)
{
    size_t size = strlen(cause->cites);
    bool said = size >= 7 && strcmp(cause->cites + size - 7, "default") == 0;
    (void)snprintf(self->cites, sizeof self->cites, "%s%s", cause->cites,
        cause->oblige->by_default && !said ? ", default" : "");
}

int duty_begin(duty_t *self, const duty_cause_t *cause, refusal_t *refusal)
{
    const oblige_t *oblige = cause->oblige;
    const document_t *document = cause->document;
    *self = (duty_t){.answers = oblige->answers};
    if (find_moment(cause, &self->from_ms, refusal) != 0)
        return -1;
    set_cites(self, cause);
    (void)snprintf(self->rule, sizeof self->rule, "%s", cause->rule);
    memcpy(self->name, oblige->duty, sizeof self->name);
    memcpy(self->met_by, oblige->kind, sizeof self->met_by);
    memcpy(self->message.author, document->from, sizeof self->message.author);
    memcpy(self->message.id, document->id, sizeof self->message.id);
    if (cause->exercise)
        (void)snprintf(self->exercise, sizeof self->exercise, "%s", cause->exercise);
    self->first = cause->first;
    self->incident = cause->incident;
    self->cause = cause->cause;
    self->refers = oblige->refers;
    self->stays = oblige->stays;
    self->due_ms = moment_after(self->from_ms, oblige->within_ms);
    self->warns = oblige->near_ms > 0;
    self->near_ms = moment_after(self->due_ms, -oblige->near_ms);
    return 0;
}

bool duty_met_by(const duty_t *self, const document_t *document)
{
    if (strcmp(self->met_by, document->kind) != 0 ||
        strcmp(self->who, document->from) != 0)
        return false;
    if (self->answers.n == 0)
        return true;
    const char *said = value_text(value_at(document->root, "/body/answer"));
    for (size_t i = 0; said && i < self->answers.n; i++)
        if (strcmp(self->answers.word[i], said) == 0)
            return true;
    return false;
}

void duty_identify(duty_t *self)
{
    buf_t name = {0};
    hash_t hash;
    buf_printf(&name, "dabyl-duty/v1\n%s\n%s\n%s\n%s\n", self->first.author,
        self->first.id, self->name, self->who);
    sha256(buf_span(&name), &hash);
    buf_destroy(&name);
    uuid7_from(uuid7_time_ms(self->first.id), hash.bytes, self->id);
}

static void set(json_t *root, const char *key, json_t *value)
{
    if (!value || json_object_set_new(root, key, value) != 0)
        abort();
}

static void set_time(json_t *root, const char *key, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    set(root, key, json_string(text));
}

static void set_reference(json_t *root, const char *key, const reference_t *to)
{
    if (to->author[0])
        set(root, key, json_pack("{s:s, s:s}", "author", to->author, "id", to->id));
}

json_t *duty_json(const duty_t *self)
{
    json_t *root = json_object();
    json_t *tell = json_array(), *answers = json_array();
    if (!root || !tell || !answers)
        abort();
    set(root, "duty", json_string(self->name));
    set(root, "id", json_string(self->id));
    set(root, "state", json_string(names[self->state]));
    set(root, "who", json_string(self->who));
    if (self->exercise[0])
        set(root, "exercise", json_string(self->exercise));
    set_reference(root, "message", &self->message);
    if (!reference_same(&self->first, &self->message))
        set_reference(root, "first", &self->first);
    set(root, "position", json_integer((json_int_t)self->position));
    set_reference(root, "cause", &self->cause);
    set_reference(root, "latest", &self->latest);
    set_reference(root, "incident", &self->incident);
    set_reference(root, "by", &self->by);
    if (!reference_same(&self->answer, &self->by))
        set_reference(root, "answer", &self->answer);
    set(root, "rule", json_string(self->rule));
    set(root, "cites", json_string(self->cites));
    set(root, "met_by", json_string(self->met_by));
    if (self->refers != REFER_RE)
        set(root, "refers", json_string(refers_word(self->refers)));
    for (size_t i = 0; i < self->answers.n; i++)
        (void)json_array_append_new(answers, json_string(self->answers.word[i]));
    if (self->answers.n > 0)
        set(root, "answers", json_incref(answers));
    json_decref(answers);
    set_time(root, "from", self->from_ms);
    set_time(root, "due", self->due_ms);
    if (self->warns)
        set_time(root, "near", self->near_ms);
    set_time(root, "at", self->at_ms);
    if (self->stays)
        set(root, "stays", json_true());
    if (self->held)
        set(root, "held", json_true());
    for (size_t i = 0; i < self->tells; i++)
        (void)json_array_append_new(tell, json_string(self->tell[i]));
    set(root, "tell", tell);
    return root;
}

void duty_print(const duty_t *self, buf_t *out)
{
    json_t *root = duty_json(self);
    char *text = json_dumps(root, JSON_COMPACT);
    if (!text)
        abort();
    buf_put_text(out, text);
    buf_put_u8(out, '\n');
    free(text);
    json_decref(root);
}

static bool take_text(const json_t *root, const char *key, char *out, size_t room)
{
    const char *text = json_string_value(json_object_get(root, key));
    return text && text[0] && text_copy(span_text(text), out, room);
}

static bool take_time(const json_t *root, const char *key, int64_t *ms)
{
    const char *text = json_string_value(json_object_get(root, key));
    return text && time_parse(span_text(text), ms);
}

static bool take_reference(const json_t *root, const char *key, reference_t *out)
{
    const json_t *at = json_object_get(root, key);
    return take_text(at, "author", out->author, sizeof out->author) &&
           take_text(at, "id", out->id, sizeof out->id);
}

static bool take_state(const json_t *root, duty_state_t *state)
{
    const char *text = json_string_value(json_object_get(root, "state"));
    for (size_t i = 0; text && i < DUTY_STATES; i++)
        if (strcmp(names[i], text) == 0) {
            *state = (duty_state_t)i;
            return true;
        }
    return false;
}

static bool take_tell(const json_t *root, duty_t *self)
{
    const json_t *tell = json_object_get(root, "tell");
    if (!json_is_array(tell) || json_array_size(tell) > DUTY_TELL_MAX)
        return false;
    for (; self->tells < json_array_size(tell); self->tells++) {
        const char *node = json_string_value(json_array_get(tell, self->tells));
        if (!node || !text_copy(span_text(node), self->tell[self->tells], NODE_ID_MAX))
            return false;
    }
    return true;
}

static bool take_answers(const json_t *root, wanted_t *answers)
{
    const json_t *list = json_object_get(root, "answers");
    if (!json_is_array(list) || json_array_size(list) > ANSWERS_MAX)
        return false;
    for (; answers->n < json_array_size(list); answers->n++) {
        const char *word = json_string_value(json_array_get(list, answers->n));
        if (!word || !text_copy(span_text(word), answers->word[answers->n], ANSWER_MAX))
            return false;
    }
    return true;
}

static bool take_position(const json_t *root, uint64_t *position)
{
    const json_t *at = json_object_get(root, "position");
    *position = (uint64_t)json_integer_value(at);
    return json_is_integer(at) && json_integer_value(at) >= 0;
}

static bool has(const json_t *root, const char *key)
{
    return json_object_get(root, key) != NULL;
}

static bool take_refers(const json_t *root, refer_t *refers)
{
    const char *text = json_string_value(json_object_get(root, "refers"));
    return text ? refers_parse(text, refers) : !json_object_get(root, "refers");
}

// What is left out is the same as what stands beside it.
static bool take_chains(const json_t *root, duty_t *self)
{
    self->first = self->message;
    if (has(root, "first") && !take_reference(root, "first", &self->first))
        return false;
    bool met = self->state == DUTY_MET || self->state == DUTY_MET_LATE;
    if (met && strcmp(self->met_by, "acceptance") != 0)
        self->answer = self->by;
    return !has(root, "answer") || take_reference(root, "answer", &self->answer);
}

static bool take(const json_t *root, duty_t *self)
{
    self->held = json_is_true(json_object_get(root, "held"));
    self->stays = json_is_true(json_object_get(root, "stays"));
    self->warns = has(root, "near");
    return take_text(root, "duty", self->name, sizeof self->name) &&
           take_text(root, "id", self->id, sizeof self->id) &&
           take_state(root, &self->state) &&
           take_text(root, "who", self->who, sizeof self->who) &&
           take_text(root, "rule", self->rule, sizeof self->rule) &&
           take_text(root, "cites", self->cites, sizeof self->cites) &&
           take_text(root, "met_by", self->met_by, sizeof self->met_by) &&
           take_refers(root, &self->refers) &&
           (!has(root, "answers") || take_answers(root, &self->answers)) &&
           take_reference(root, "message", &self->message) &&
           take_position(root, &self->position) &&
           take_reference(root, "incident", &self->incident) &&
           (!has(root, "cause") || take_reference(root, "cause", &self->cause)) &&
           (!has(root, "latest") || take_reference(root, "latest", &self->latest)) &&
           (!has(root, "exercise") ||
               take_text(root, "exercise", self->exercise, sizeof self->exercise)) &&
           (!has(root, "by") || take_reference(root, "by", &self->by)) &&
           take_chains(root, self) && take_time(root, "from", &self->from_ms) &&
           take_time(root, "due", &self->due_ms) && take_time(root, "at", &self->at_ms) &&
           (!self->warns || take_time(root, "near", &self->near_ms)) &&
           take_tell(root, self);
}

int duty_parse(duty_t *self, span_t text, cause_t *why)
{
    json_t *root =
        json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
    *self = (duty_t){.refers = REFER_RE};
    bool good = root && take(root, self);
    json_decref(root);
    return good ? 0 : cause_set(why, "this is no record of a duty");
}
