// inquiries - a question belongs to the session that asked it: its number means nothing
// to the next one, and then it is dropped unanswered.

#include "hub/ask/inquiries.h"

#include "hub/ask/rota.h"
#include "lib/base/memory.h"

#include <stdlib.h>

enum { QUESTION_WORK = 1 << 20 }; // bytes read for answers that count as one question

typedef struct {
    int inbox;
    buf_t route, frame;
} reply_t;

struct inquiries {
    inquiries_setup_t setup;
    rota_t *rota;
    size_t replies, room;
    reply_t *reply; // made in this turn
};

inquiries_t *inquiries_new(const inquiries_setup_t *setup)
{
    inquiries_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->rota = rota_new();
    return self;
}

static void forget_replies(inquiries_t *self)
{
    for (size_t i = 0; i < self->replies; i++) {
        buf_destroy(&self->reply[i].route);
        buf_destroy(&self->reply[i].frame);
    }
    self->replies = 0;
}

void inquiries_destroy(inquiries_t **self_p)
{
    inquiries_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    forget_replies(self);
    free(self->reply);
    rota_destroy(&self->rota);
    free(self);
}

size_t inquiries_waiting(const inquiries_t *self)
{
    return rota_waiting(self->rota);
}

static span_t route_of(const session_t *session)
{
    return span_of(session->route, session->route_size);
}

static void refuse_busy(
    inquiries_t *self, session_t *session, const question_t *question, busy_t busy)
{
    buf_t answer = {0};
    questions_refuse(question, busy, &answer);
    (void)reception_send(self->setup.reception, session, &answer);
}

int inquiries_hear(
    inquiries_t *self, session_t *session, int type, span_t frame, cause_t *why)
{
    question_t question;
    if (question_take(&question, type, frame, why) != 0)
        return -1;
    if (!reception_may_ask(self->setup.reception, session))
        refuse_busy(self, session, &question, BUSY_RATE);
    else if (!rota_add(self->rota, session->inbox, route_of(session), type, frame))
        refuse_busy(self, session, &question, BUSY_QUEUE);
    return 0;
}

// The session that asked, or NULL when that has ended.
static session_t *session_of(const inquiries_t *self, int inbox, const buf_t *route)
{
    session_t *session = sessions_of_inbox(self->setup.sessions, inbox);
    bool same = session && span_equal(route_of(session), buf_span(route));
    return same ? session : NULL;
}

static bool begin(inquiries_t *self, inquiry_t *inquiry)
{
    question_t question;
    cause_t why;
    if (question_take(&question, inquiry->type, buf_span(&inquiry->frame), &why) != 0)
        return false;
    inquiry->asking = asking_new(&question);
    work_read(self->setup.work, inquiry->frame.size);
    return true;
}

static void answer(inquiries_t *self, const inquiry_t *inquiry)
{
    if (self->replies == self->room) {
        self->room = self->room ? 2 * self->room : 8;
        self->reply = memory_grow(self->reply, self->room, sizeof *self->reply);
    }
    reply_t *reply = &self->reply[self->replies++];
    *reply = (reply_t){.inbox = inquiry->inbox};
    buf_put_span(&reply->route, buf_span(&inquiry->route));
    questions_put(inquiry->asking, &reply->frame);
}

// True when there is more to do; false when it was answered, or nobody is left to answer.
static bool step(inquiries_t *self, const questions_t *questions, inquiry_t *inquiry)
{
    session_t *session = session_of(self, inquiry->inbox, &inquiry->route);
    if (!session || (!inquiry->asking && !begin(self, inquiry)))
        return false;
    if (questions_step(questions, session->node, inquiry->work, inquiry->asking))
        return true;
    answer(self, inquiry);
    return false;
}

static void charge(const inquiries_t *self, int inbox, uint64_t work)
{
    sessions_charge(self->setup.sessions, inbox, MAY_EXPLAIN,
        (int64_t)(work * 1000 / QUESTION_WORK), self->setup.explain_rate);
}

void inquiries_turn(inquiries_t *self, const questions_t *questions)
{
    inquiry_t *inquiry;
    rota_begin(self->rota);
    while ((inquiry = rota_next(self->rota)) != NULL) {
        int inbox = inquiry->inbox;
        uint64_t before = self->setup.work->done;
        bool more = step(self, questions, inquiry);
        work_step(self->setup.work, 1);
        uint64_t work = self->setup.work->done - before;
        rota_stepped(self->rota, work, more);
        charge(self, inbox, work);
    }
}

void inquiries_send(inquiries_t *self)
{
    for (size_t i = 0; i < self->replies; i++) {
        reply_t *reply = &self->reply[i];
        session_t *session = session_of(self, reply->inbox, &reply->route);
        if (session)
            (void)reception_send(self->setup.reception, session, &reply->frame);
    }
    forget_replies(self);
}
