// topic_duties - the duties of whoever asks, and of whom it is told; and those that the
// messages of an incident brought.

#include "hub/ask/topics.h"

#include "lib/base/times.h"

#include <string.h>

enum { DUTIES_A_STEP = 32 }; // which cost little

static void write_now(const questions_t *self, writer_t *to)
{
    char now[TIME_TEXT];
    time_print(self->now_ms, now);
    writer_text(to, "now", now);
}

static bool concerns(const questions_t *self, const char *asker, const duty_t *duty)
{
    if (!history_takes_part(self->history, duty->exercise, asker))
        return false;
    if (strcmp(duty->debtor, asker) == 0 || strcmp(duty->towards, asker) == 0)
        return true;
    for (size_t i = 0; i < duty->tells; i++)
        if (strcmp(duty->tell[i], asker) == 0)
            return true;
    return false;
}

// Into an open object, with whether its message, or what that was derived from, was taken
// back: then the duty has ended, or stays by its rule.
static void write_duty(const questions_t *self, const duty_t *duty, writer_t *to)
{
    const precedents_t *log = &self->log;
    duty_write(duty, to);
    if (log->withdrawn(log->context, &duty->first) ||
        (duty->cause.author[0] && log->withdrawn(log->context, &duty->cause)))
        writer_bool(to, "taken_back", true);
}

// Those it owes, is owed, or is told of by their rules: that holds for nccis, too.
bool topic_duties(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)self;
    (void)asker;
    asking->to_list = writer_to(&asking->list);
    writer_array(&asking->to_list, NULL);
    return true;
}

static bool asks(const asking_t *asking, const char *argument)
{
    return value_is(value_get(asking->arguments, argument), VALUE_TRUE);
}

static void add_duty(
    const questions_t *self, const char *asker, asking_t *asking, const duty_t *duty)
{
    writer_t *to = &asking->to_list;
    const value_t *arguments = asking->arguments;
    const char *exercise = value_text(value_get(arguments, "exercise"));
    if (strcmp(duty->exercise, exercise ? exercise : "") != 0 ||
        !concerns(self, asker, duty) ||
        (asks(asking, "mine") && strcmp(duty->debtor, asker) != 0))
        return;
    asking->more = asking->at == QUESTIONS_DUTIES;
    if (asking->more)
        return;
    writer_object(to, NULL);
    write_duty(self, duty, to);
    writer_bool(to, "mine", strcmp(duty->debtor, asker) == 0);
    writer_end(to);
    asking->at++;
}

static void write_duties(const questions_t *self, asking_t *asking)
{
    writer_t *to = &asking->to;
    write_now(self, to);
    writer_bool(to, "held", duties_held(self->duties));
    writer_bool(to, "more", asking->more);
    writer_end(&asking->to_list);
    writer_json(to, "duties", buf_span(&asking->list));
}

bool topic_duties_step(const questions_t *self, const char *asker, asking_t *asking)
{
    for (size_t i = 0; i < DUTIES_A_STEP; i++) {
        const duty_t *duty = duties_walk(self->duties, &asking->walk);
        // What is settled comes last.
        bool over = !duty || (duty_settled(duty) && !asks(asking, "all"));
        if (over || asking->more) {
            write_duties(self, asking);
            return false;
        }
        add_duty(self, asker, asking, duty);
    }
    return true;
}

bool topic_incident(const questions_t *self, const char *asker, asking_t *asking)
{
    const char *missing;
    (void)self;
    (void)asker;
    if (!topic_message(asking, &missing))
        return refuse(&asking->refusal, "ask.arguments", missing, "",
                   "which message?  Name its author and its id") == 0;
    asking->timeline = timeline_begin(&asking->message);
    return true;
}

// The duties that a message of the timeline brought: those of whoever asks, those it is
// told of, and those that its own messages brought.
static bool step_duties_of(const questions_t *self, const char *asker, asking_t *asking)
{
    const precedents_t *log = &self->log;
    writer_t *to = &asking->to;
    reference_t message, first;
    if (!timeline_message(asking->timeline, &asking->at, &message)) {
        writer_end(to);
        return false;
    }
    log->first(log->context, &message, &first); // they and its corrections have one set
    for (size_t i = 0; i < DUTIES_A_STEP; i++) {
        const duty_t *duty = duties_of(self->duties, &first, &asking->duties);
        if (!duty) {
            asking->duties = (duty_cursor_t){0};
            asking->at++;
            return true;
        }
        bool shows = concerns(self, asker, duty) || strcmp(message.author, asker) == 0;
        if (!reference_same(&duty->message, &message) || !shows)
            continue;
        writer_object(to, NULL);
        write_duty(self, duty, to);
        writer_end(to);
    }
    return true;
}

// False when there is nothing to show.
static bool write_timeline(
    const questions_t *self, const timeline_t *timeline, asking_t *asking)
{
    writer_t *to = &asking->to;
    if (!timeline_found(timeline, asking->timeline, &asking->refusal))
        return false;
    timeline_write(asking->timeline, to);
    write_now(self, to);
    writer_array(to, "duties");
    asking->listing = true;
    return true;
}

bool topic_incident_step(const questions_t *self, const char *asker, asking_t *asking)
{
    timeline_t timeline = {
        &self->log, self->inboxes, self->former_last, asker, topic_is_nccis(self, asker)};
    if (asking->listing)
        return step_duties_of(self, asker, asking);
    return timeline_step(&timeline, asking->timeline, asking->work) ||
           write_timeline(self, &timeline, asking);
}
