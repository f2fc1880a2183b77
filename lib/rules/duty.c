// duty - one member of the JSON object for each field that is not empty, times as they
// are written everywhere in the log.

#include "lib/rules/duty.h"

#include "lib/base/moment.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {[DUTY_OPEN] = "open",
    [DUTY_HANDED] = "handed",
    [DUTY_NEAR] = "near",
    [DUTY_OVERDUE] = "overdue",
    [DUTY_MET] = "met",
    [DUTY_MET_LATE] = "met-late",
    [DUTY_WITHDRAWN] = "withdrawn"};

duty_world_t duty_world(const duty_t *self)
{
    return self->exercise[0] ? DUTY_PLAYED : DUTY_REAL;
}

const char *duty_state_name(duty_state_t state)
{
    return names[state];
}

bool duty_settled(const duty_t *self)
{
    return self->state == DUTY_MET || self->state == DUTY_MET_LATE ||
           self->state == DUTY_WITHDRAWN;
}

bool duty_by_delivery(const duty_t *self)
{
    return strcmp(self->met_by, "delivery") == 0;
}

bool duty_to_nobody(const duty_t *self)
{
    return strncmp(self->towards, "role:", 5) == 0;
}

bool duty_deliverable(const duty_t *self)
{
    return duty_by_delivery(self) && !duty_to_nobody(self);
}

duty_state_t duty_met_at(const duty_t *self, int64_t time_ms)
{
    int64_t done_ms = self->handed ? self->handed_ms : time_ms;
    if (self->told && self->told_ms < done_ms)
        done_ms = self->told_ms;
    return done_ms > self->due_ms ? DUTY_MET_LATE : DUTY_MET;
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

// What the message says of its own end.  A correction that leaves it as it was may come
// when that is past: it gives nobody less time.
static int find_until(duty_t *self, const duty_cause_t *cause, refusal_t *refusal)
{
    const oblige_t *oblige = cause->oblige;
    char bound[TIME_TEXT];
    const value_t *at = value_at(cause->document->root, oblige->until);
    if (!at)
        return 0;
    if (!value_text(at) || !time_parse(span_text(value_text(at)), &self->due_ms))
        return refuse(refusal, "duty.moment", oblige->until, cause->rule,
            "the duty '%s' (para %s) runs until this moment", oblige->duty, cause->cites);
    self->until = true;
    if (self->due_ms <= cause->entry_ms && !cause->kept)
        return refuse(refusal, "due.past", oblige->until, cause->rule,
            "this is past, and the duty '%s' (para %s) runs until it", oblige->duty,
            cause->cites);
    time_print(self->bound_ms, bound);
    return self->due_ms <= self->bound_ms
               ? 0
               : refuse(refusal, "due.beyond", oblige->until, cause->rule,
                     "the duty '%s' (para %s) may run until %s, counted from when it was "
                     "first asked (operational default)",
                     oblige->duty, cause->cites, bound);
}

static int find_end(duty_t *self, const duty_cause_t *cause, refusal_t *refusal)
{
    const oblige_t *oblige = cause->oblige;
    self->due_ms = moment_after(self->from_ms, oblige->within_ms);
    self->extends = oblige->extends;
    self->bound_ms = moment_after(cause->begun_ms, oblige->bound_ms);
    return oblige->until[0] ? find_until(self, cause, refusal) : 0;
}

// How long before the end those concerned are warned: of a time that the message gives,
// in its last quarter at the earliest.
static int64_t warning(const duty_t *self, const oblige_t *oblige)
{
    int64_t quarter_ms = moment_between(self->from_ms, self->due_ms) / 4;
    return self->until && quarter_ms < oblige->near_ms ? quarter_ms : oblige->near_ms;
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
    *self = (duty_t){.met_when = oblige->met_when, .interim = oblige->interim};
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
    memcpy(self->attested_by, oblige->attested_by, sizeof self->attested_by);
    self->stays = oblige->stays;
    if (find_end(self, cause, refusal) != 0)
        return -1;
    int64_t before_ms = warning(self, oblige);
    self->warns = before_ms > 0;
    self->near_ms = moment_after(self->due_ms, -before_ms);
    return 0;
}

static bool may_answer(const duty_t *self, const document_t *document)
{
    return strcmp(self->met_by, document->kind) == 0 &&
           strcmp(self->debtor, document->from) == 0;
}

bool duty_told_at(const value_t *root, int64_t *told_ms)
{
    const char *text = value_text(value_at(root, "/body/told_at"));
    return text && time_parse(span_text(text), told_ms);
}

// The role that nobody has is named as such, or as what duties have.
static bool is_towards(const duty_t *self, const char *towards)
{
    return !towards || strcmp(self->towards, towards) == 0 ||
           (duty_to_nobody(self) && strcmp(self->towards + 5, towards) == 0);
}

// That notice was given otherwise: of which duty, and when.
static bool is_attested_by(const duty_t *self, const document_t *document)
{
    const char *duty = value_text(value_at(document->root, "/body/duty"));
    const char *towards = value_text(value_at(document->root, "/body/towards"));
    int64_t told_ms;
    return self->attested_by[0] && strcmp(self->attested_by, document->kind) == 0 &&
           strcmp(self->debtor, document->from) == 0 && duty &&
           strcmp(self->name, duty) == 0 && is_towards(self, towards) &&
           duty_told_at(document->root, &told_ms);
}

bool duty_met_by(const duty_t *self, const document_t *document)
{
    if (duty_by_delivery(self))
        return is_attested_by(self, document);
    return may_answer(self, document) && wanted_met(&self->met_when, document->root);
}

bool duty_reported_by(const duty_t *self, const document_t *document)
{
    return self->interim && may_answer(self, document) &&
           !wanted_met(&self->met_when, document->root);
}

void duty_identify(duty_t *self)
{
    buf_t name = {0};
    hash_t hash;
    buf_printf(&name, "dabyl-duty/v1\n%s\n%s\n%s\n%s\n%s\n", self->first.author,
        self->first.id, self->name, self->debtor, self->towards);
    sha256(buf_span(&name), &hash);
    buf_destroy(&name);
    uuid7_from(uuid7_time_ms(self->first.id), hash.bytes, self->id);
}

static void write_time(writer_t *to, const char *key, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    writer_text(to, key, text);
}

static void write_reference(writer_t *to, const char *key, const reference_t *reference)
{
    if (!reference->author[0])
        return;
    writer_object(to, key);
    writer_text(to, "author", reference->author);
    writer_text(to, "id", reference->id);
    writer_end(to);
}

// The messages that it has to do with; one that is the same as another is left out.
static void write_references(writer_t *to, const duty_t *self)
{
    write_reference(to, "message", &self->message);
    if (!reference_same(&self->first, &self->message))
        write_reference(to, "first", &self->first);
    writer_integer(to, "position", (int64_t)self->position);
    write_reference(to, "cause", &self->cause);
    write_reference(to, "latest", &self->latest);
    write_reference(to, "incident", &self->incident);
    write_reference(to, "by", &self->by);
    write_reference(to, "heard", &self->heard);
    if (!reference_same(&self->answer, &self->by))
        write_reference(to, "answer", &self->answer);
}

// By what it is brought and met.
static void write_rule(writer_t *to, const duty_t *self)
{
    writer_text(to, "rule", self->rule);
    writer_text(to, "cites", self->cites);
    writer_text(to, "met_by", self->met_by);
    if (self->attested_by[0])
        writer_text(to, "attested_by", self->attested_by);
    if (self->refers != REFER_RE)
        writer_text(to, "refers", refers_word(self->refers));
    if (self->met_when.n == 0)
        return;
    writer_array(to, "met_when");
    wanted_write(&self->met_when, to);
    writer_end(to);
    if (self->interim)
        writer_bool(to, "interim", true);
}

void duty_write(const duty_t *self, writer_t *to)
{
    writer_text(to, "duty", self->name);
    writer_text(to, "id", self->id);
    writer_text(to, "state", names[self->state]);
    writer_text(to, "debtor", self->debtor);
    writer_text(to, "towards", self->towards);
    if (self->exercise[0])
        writer_text(to, "exercise", self->exercise);
    write_references(to, self);
    write_rule(to, self);
    write_time(to, "from", self->from_ms);
    write_time(to, "due", self->due_ms);
    if (self->until)
        writer_bool(to, "until", true);
    if (self->extends)
        write_time(to, "bound", self->bound_ms);
    if (self->warns)
        write_time(to, "near", self->near_ms);
    write_time(to, "at", self->at_ms);
    if (self->handed)
        write_time(to, "handed", self->handed_ms);
    if (self->told)
        write_time(to, "told", self->told_ms);
    if (self->stays)
        writer_bool(to, "stays", true);
    if (self->held)
        writer_bool(to, "held", true);
    writer_array(to, "tell");
    for (size_t i = 0; i < self->tells; i++)
        writer_text(to, NULL, self->tell[i]);
    writer_end(to);
}

void duty_print(const duty_t *self, buf_t *out)
{
    writer_t to = writer_to(out);
    writer_object(&to, NULL);
    duty_write(self, &to);
    writer_end(&to);
    buf_put_u8(out, '\n');
}

static bool take_text(const value_t *root, const char *key, char *out, size_t room)
{
    const char *text = value_text(value_get(root, key));
    return text && text[0] && text_copy(span_text(text), out, room);
}

// "" says that there is nobody.
static bool take_towards(const value_t *root, duty_t *self)
{
    const char *text = value_text(value_get(root, "towards"));
    return text && text_copy(span_text(text), self->towards, sizeof self->towards);
}

static bool take_time(const value_t *root, const char *key, int64_t *ms)
{
    const char *text = value_text(value_get(root, key));
    return text && time_parse(span_text(text), ms);
}

static bool take_reference(const value_t *root, const char *key, reference_t *out)
{
    const value_t *at = value_get(root, key);
    return take_text(at, "author", out->author, sizeof out->author) &&
           take_text(at, "id", out->id, sizeof out->id);
}

static bool take_state(const value_t *root, duty_state_t *state)
{
    const char *text = value_text(value_get(root, "state"));
    for (size_t i = 0; text && i < DUTY_STATES; i++)
        if (strcmp(names[i], text) == 0) {
            *state = (duty_state_t)i;
            return true;
        }
    return false;
}

static bool take_tell(const value_t *root, duty_t *self)
{
    const value_t *tell = value_get(root, "tell");
    if (!value_is(tell, VALUE_ARRAY) || value_count(tell) > DUTY_TELL_MAX)
        return false;
    value_each(item, tell)
    {
        const char *node = value_text(item);
        if (!node || !text_copy(span_text(node), self->tell[self->tells++], NODE_ID_MAX))
            return false;
    }
    return true;
}

static bool take_position(const value_t *root, uint64_t *position)
{
    const value_t *at = value_get(root, "position");
    *position = (uint64_t)value_integer(at);
    return value_is(at, VALUE_INTEGER) && value_integer(at) >= 0;
}

static bool has(const value_t *root, const char *key)
{
    return value_get(root, key) != NULL;
}

static bool take_refers(const value_t *root, refer_t *refers)
{
    const char *text = value_text(value_get(root, "refers"));
    return text ? refers_parse(text, refers) : !has(root, "refers");
}

// What is left out is the same as what stands beside it.
static bool take_chains(const value_t *root, duty_t *self)
{
    self->first = self->message;
    if (has(root, "first") && !take_reference(root, "first", &self->first))
        return false;
    bool met = self->state == DUTY_MET || self->state == DUTY_MET_LATE;
    if (met && strcmp(self->met_by, "acceptance") != 0)
        self->answer = self->by;
    return !has(root, "answer") || take_reference(root, "answer", &self->answer);
}

static bool take(const value_t *root, duty_t *self)
{
    self->held = value_is(value_get(root, "held"), VALUE_TRUE);
    self->interim = value_is(value_get(root, "interim"), VALUE_TRUE);
    self->stays = value_is(value_get(root, "stays"), VALUE_TRUE);
    self->until = value_is(value_get(root, "until"), VALUE_TRUE);
    self->extends = has(root, "bound");
    self->warns = has(root, "near");
    self->handed = has(root, "handed");
    self->told = has(root, "told");
    return take_text(root, "duty", self->name, sizeof self->name) &&
           take_text(root, "id", self->id, sizeof self->id) &&
           take_state(root, &self->state) &&
           take_text(root, "debtor", self->debtor, sizeof self->debtor) &&
           take_towards(root, self) &&
           take_text(root, "rule", self->rule, sizeof self->rule) &&
           take_text(root, "cites", self->cites, sizeof self->cites) &&
           take_text(root, "met_by", self->met_by, sizeof self->met_by) &&
           take_refers(root, &self->refers) &&
           (!has(root, "met_when") ||
               wanted_take(&self->met_when, value_get(root, "met_when"))) &&
           (!has(root, "heard") || take_reference(root, "heard", &self->heard)) &&
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
           (!self->extends || take_time(root, "bound", &self->bound_ms)) &&
           (!self->warns || take_time(root, "near", &self->near_ms)) &&
           (!self->handed || take_time(root, "handed", &self->handed_ms)) &&
           (!self->told || take_time(root, "told", &self->told_ms)) &&
           (!has(root, "attested_by") || take_text(root, "attested_by", self->attested_by,
                                             sizeof self->attested_by)) &&
           take_tell(root, self);
}

int duty_parse(duty_t *self, span_t text, cause_t *why)
{
    const value_limits_t limits = {.depth = 16, .values = 4096, .strict = true};
    value_fault_t fault;
    value_t *root = value_parse(text, &limits, &fault);
    *self = (duty_t){.refers = REFER_RE};
    bool good = root && take(root, self);
    value_free(&root);
    return good ? 0 : cause_set(why, "this is no record of a duty");
}
