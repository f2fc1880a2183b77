// reception - every frame is judged by its key first, then by its session, then by what
// it says; whatever cannot be read costs its sender a count, and at last the session.

#include "hub/net/reception_inside.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/message/frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

reception_t *reception_new(const reception_setup_t *setup)
{
    reception_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->gate = setup->gate;
    self->sessions = setup->sessions;
    self->claims = (claims_t){setup->vkey, setup->tree, setup->inboxes};
    return self;
}

void reception_destroy(reception_t **self_p)
{
    reception_t *self = *self_p;
    *self_p = NULL;
    free(self);
}

void reception_begin(reception_t *self, const reception_turn_t *turn)
{
    self->turn = *turn;
    self->turns++;
}

span_t reception_route_of(const session_t *session)
{
    return span_of(session->route, session->route_size);
}

void reception_count(reception_t *self, const char *node, const char *code)
{
    refusals_count(self->setup.refusals, node, refusal_code(span_text(code)));
}

void reception_end(reception_t *self, session_t *session, const char *why)
{
    log_often(LOG_INFO, "session.ended", "node=%s reason=\"%s\"", session->node, why);
    sessions_close(self->sessions, session);
}

void reception_end_line(const reception_t *self, span_t route, const uint8_t key[32])
{
    gate_end(self->gate, key, route);
}

void reception_say_bye(
    const reception_t *self, span_t route, const char *code, const char *text)
{
    buf_t frame = {0};
    bye_put(&frame, code, text);
    (void)gate_send(self->gate, -1, route, &frame);
}

void reception_ask_for_hello(const reception_t *self, span_t route)
{
    buf_t frame = {0};
    bare_put(&frame, FRAME_RESYNC);
    (void)gate_send(self->gate, -1, route, &frame);
}

bool reception_send(reception_t *self, session_t *session, buf_t *frame)
{
    gate_result_t result =
        gate_send(self->gate, session->inbox, reception_route_of(session), frame);
    if (result == GATE_GONE)
        reception_end(self, session, "disconnected");
    return result == GATE_SENT;
}

void reception_answer(reception_t *self, int slot, buf_t *frame)
{
    session_t *session = sessions_at(self->sessions, (size_t)slot);
    if (session && !reception_send(self, session, frame) && session->live)
        reception_end(self, session, "its queue is full");
    buf_destroy(frame);
}

void reception_dismiss(reception_t *self, session_t *session, const char *code,
    const char *text, const char *why)
{
    reception_say_bye(self, reception_route_of(session), code, text);
    reception_end(self, session, why);
}

static const char *code_of_state(const char *state)
{
    return strcmp(state, "revoked") == 0   ? "node.revoked"
           : strcmp(state, "unknown") == 0 ? "node.unknown"
                                           : "node.expired";
}

// The last that a node hears whose certificate no longer holds is why.
static void expel(reception_t *self, session_t *session, const char *state)
{
    const char *code = code_of_state(state);
    reception_dismiss(self, session, code, refusal_sentence(code), state);
    reception_end_line(self, reception_route_of(session), session->key);
}

static const member_t *member_of(
    const reception_t *self, const uint8_t *key, const char **state)
{
    *state = "unknown";
    return roster_by_channel(self->turn.roster, key, self->turn.now.wall_ms, state);
}

static void expel_sessions(reception_t *self)
{
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        session_t *session = sessions_at(self->sessions, i);
        const char *state;
        if (!session)
            continue;
        const member_t *member = member_of(self, session->key, &state);
        // A key may be certified for another node by now, which has to say hello itself.
        if (!member || strcmp(member->id, session->node) != 0)
            expel(self, session, state);
    }
}

void reception_expel(reception_t *self)
{
    connection_name_t name;
    size_t cursor = 0;
    expel_sessions(self);
    while (gate_next(self->gate, &cursor, &name)) {
        const char *state;
        if (!member_of(self, name.key, &state))
            reception_end_line(self, span_of(name.route, name.route_size), name.key);
    }
}

static void end_gone(reception_t *self)
{
    connection_name_t name;
    while (gate_left(self->gate, &name)) {
        span_t route = span_of(name.route, name.route_size);
        session_t *session = sessions_find(self->sessions, route, name.key);
        if (session)
            reception_end(self, session, "disconnected");
    }
}

bool reception_silence(reception_t *self)
{
    int64_t limit = RECEPTION_SILENT * self->setup.options->heartbeat_ms;
    if (gate_counts(self->gate).waiting_bytes > 0)
        return false;
    end_gone(self);
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        session_t *session = sessions_at(self->sessions, i);
        if (!session || self->turn.now.monotonic_ms - session->heard_ms < limit)
            continue;
        reception_end(self, session, "not a word for too long");
        reception_end_line(self, reception_route_of(session), session->key);
    }
    return true;
}

// Whether this key may finish a handshake now.
static bool admits(reception_t *self, const uint8_t *key)
{
    cause_t why;
    const char *state;
    const member_t *member = member_of(self, key, &state);
    int inbox = member ? inboxes_of(self->setup.inboxes, member->id, &why) : -1;
    // Whoever claims many routing ids and connects a million times would at last meet the
    // number that the ROUTER gives next, and end the process.  Allowances are by the
    // second: at a sixtieth of the time they are by the minute.
    if (inbox >= 0 && sessions_may(self->sessions, inbox, MAY_CONNECT, 1,
                          RECEPTION_CONNECTS, self->turn.now.monotonic_ms / 60))
        return true;
    reception_count(
        self, member ? member->id : "", inbox >= 0 ? "rate.limit" : code_of_state(state));
    log_often(LOG_DEBUG, "handshake.refused", "reason=\"%s\"",
        inbox >= 0 ? "too many in a minute" : state);
    return false;
}

int reception_door_turn(reception_t *self, cause_t *why)
{
    const uint8_t *key;
    int got;
    while ((got = gate_knock(self->gate, &key, why)) > 0)
        if (gate_answer(self->gate, admits(self, key), why) != 0)
            return -1;
    return got;
}

static size_t may(reception_t *self, const session_t *session, allowance_t what, size_t n)
{
    const int64_t rate[] = {[MAY_PUBLISH] = self->setup.options->rate_limit,
        [MAY_EXPLAIN] = self->setup.options->explain_rate,
        [MAY_BEGIN] = RECEPTION_BEGINS};
    return sessions_may(
        self->sessions, session->inbox, what, n, rate[what], self->turn.now.monotonic_ms);
}

bool reception_may_ask(reception_t *self, const session_t *session)
{
    return may(self, session, MAY_EXPLAIN, 1) > 0;
}

static void count_unanswered(reception_t *self, session_t *session, size_t items)
{
    if (session->turn != self->turns)
        session->unanswered = 0; // what was published before is answered
    session->turn = self->turns;
    session->unanswered += (uint32_t)items;
}

// A head costs what a message does; more of them than messages are of no use.
static size_t within_rate(
    reception_t *self, const session_t *session, size_t items, size_t heads)
{
    if (heads > items)
        return may(self, session, MAY_PUBLISH, heads) < heads ? 0 : items;
    return may(self, session, MAY_PUBLISH, items);
}

size_t reception_may_publish(
    reception_t *self, session_t *session, size_t items, size_t heads, refusal_t *refusal)
{
    count_unanswered(self, session, items);
    bool window = session->unanswered <= self->setup.options->publish_window;
    size_t taken = window ? within_rate(self, session, items, heads) : 0;
    if (taken == items)
        return taken;
    (void)refuse(refusal, window ? "rate.limit" : "flow.window", "",
        window ? "limits.publish_rate" : "limits.publish_window",
        "send it again later (operational default)");
    refusal->retry = true;
    return taken;
}

// Asked too often, the hub lets its own clock decide when to send again.
static int handle_again(reception_t *self, session_t *session, span_t frame, cause_t *why)
{
    again_t again;
    if (again_take(&again, frame, why) != 0)
        return -1;
    return may(self, session, MAY_BEGIN, 1) ? window_again(&session->window, &again, why)
                                            : 0;
}

static void handle_pulse(reception_t *self, session_t *session)
{
    buf_t answer = {0};
    bare_put(&answer, FRAME_PULSE);
    (void)reception_send(self, session, &answer);
}

static void punish(
    reception_t *self, session_t *session, const char *code, const cause_t *why)
{
    session->spoiled++;
    reception_count(self, session->node, code);
    if (session->spoiled == 1 || session->spoiled == RECEPTION_SPOILED)
        log_often(LOG_WARNING, code, "node=%s frames=%u reason=\"%s\"", session->node,
            session->spoiled, why->text);
    reception_say_bye(self, reception_route_of(session), code, why->text);
    if (session->spoiled >= RECEPTION_SPOILED)
        reception_end(self, session, "too many frames that cannot be read");
}

void reception_punish(reception_t *self, session_t *session, const cause_t *why)
{
    if (session->live)
        punish(self, session, "frame.malformed", why);
}

static const arrival_t nothing;

static arrival_t handle_frame(
    reception_t *self, session_t *session, int type, span_t frame)
{
    cause_t why = {""};
    if (type == FRAME_PULSE && bare_take(frame, &why) == 0)
        handle_pulse(self, session);
    else if (type == FRAME_PULSE)
        reception_punish(self, session, &why);
    else if (type != FRAME_AGAIN)
        return (arrival_t){session, type, frame};
    else if (handle_again(self, session, frame, &why) != 0)
        reception_punish(self, session, &why);
    return nothing;
}

static void cut(
    reception_t *self, const gate_message_t *visit, session_t *session, const char *node)
{
    static const char why[] = "more than its share of frames waited to be read";
    reception_count(self, node, "rate.limit");
    log_often(LOG_WARNING, "connection.cut",
        "node=%s limit=limits.waiting_bytes reason=\"%s\"", node, why);
    reception_say_bye(self, visit->route, "rate.limit", why);
    reception_end_line(self, visit->route, visit->key);
    if (session)
        reception_end(self, session, why);
}

// Whose certificate does not hold is no member any more.
static void put_out(
    reception_t *self, const gate_message_t *visit, session_t *session, const char *state)
{
    if (session)
        expel(self, session, state);
    else
        reception_end_line(self, visit->route, visit->key);
    reception_count(self, "", code_of_state(state));
}

static void refuse_claim(
    reception_t *self, const gate_message_t *visit, const member_t *member)
{
    reception_count(self, member->id, "session.route");
    reception_say_bye(
        self, visit->route, "session.route", refusal_sentence("session.route"));
    reception_end_line(self, visit->route, visit->key);
}

// Who speaks another version is told so, and not asked for a HELLO that nobody could
// read.
static void refuse_version(reception_t *self, const gate_message_t *visit,
    session_t *session, const member_t *member, const cause_t *why)
{
    if (session) {
        punish(self, session, "frame.version", why);
        return;
    }
    log_often(
        LOG_WARNING, "frame.version", "node=%s reason=\"%s\"", member->id, why->text);
    reception_count(self, member->id, "frame.version");
    reception_say_bye(self, visit->route, "frame.version", why->text);
}

arrival_t reception_visit(reception_t *self, const gate_message_t *visit)
{
    const char *state;
    reader_t body;
    cause_t why;
    session_t *session = sessions_find(self->sessions, visit->route, visit->key);
    const member_t *member = member_of(self, visit->key, &state);
    int type = frame_type(visit->frame, &body);
    if (session)
        session->heard_ms = self->turn.now.monotonic_ms;
    if (visit->event == GATE_CUT)
        cut(self, visit, session, member ? member->id : "");
    else if (!member)
        put_out(self, visit, session, state);
    else if (visit->event == GATE_CLAIMED)
        refuse_claim(self, visit, member);
    else if (frame_check_version(visit->frame, &why) != 0 && visit->frame.size > 0)
        refuse_version(self, visit, session, member, &why);
    else if (type == FRAME_HELLO)
        reception_hello(self, visit, member);
    else if (session)
        return handle_frame(self, session, type, visit->frame);
    else
        reception_ask_for_hello(self, visit->route);
    return nothing;
}
