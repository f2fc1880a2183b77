// reception_hello - how a session begins: what the node says that it has must fit this
// log, and of two sessions of a node the newest counts.

#include "hub/net/reception_inside.h"

#include "hub/state/backlog.h"
#include "lib/base/log.h"
#include "lib/base/version.h"

#include <inttypes.h>
#include <string.h>

static void welcome(
    reception_t *self, session_t *session, const hello_t *hello, uint64_t last)
{
    const hub_options_t *options = self->setup.options;
    buf_t frame = {0}, proof = {0};
    claims_prove_growth(&self->claims, hello->checkpoint, &proof);
    welcome_t welcome = {.origin = span_text(options->origin),
        .checkpoint = self->turn.checkpoint,
        .consistency = buf_span(&proof),
        .inbox_last = last,
        .window = (uint32_t)options->publish_window,
        .size_limit = (uint32_t)options->size_limit,
        .time_ms = self->turn.now.wall_ms};
    welcome_put(&frame, &welcome);
    (void)reception_send(self, session, &frame);
    buf_destroy(&proof);
}

// As much of it as keeps the line's pairs apart.
static int loggable(span_t agent)
{
    const uint8_t *quote = agent.size ? memchr(agent.data, '"', agent.size) : NULL;
    return quote ? (int)(quote - agent.data) : (int)agent.size;
}

// To who can read it; whoever was made before it is told nothing.
static void say_what_we_know(reception_t *self, session_t *session)
{
    buf_t frame = {0}, agent = {0};
    if (!peer_knows(session->peer, PEER_KNOWS))
        return;
    peer_put_agent(&agent, "dabyl-hub " DABYL_VERSION);
    knows_put(&frame, buf_span(&agent));
    (void)reception_send(self, session, &frame);
    buf_destroy(&agent);
}

// What wakes people is told at once, however long the way to it is: the deliveries keep
// their order.
static void announce(
    reception_t *self, session_t *session, int inbox, const hello_t *hello)
{
    ahead_t ahead;
    buf_t frame = {0};
    if (!backlog_urgent(self->setup.inboxes, self->setup.duties, session->node, inbox,
            hello->stored, &ahead))
        return;
    ahead_put(&frame, &ahead);
    (void)reception_send(self, session, &frame);
}

static void refuse_stored(reception_t *self, const gate_message_t *visit,
    const char *node, int inbox, cause_t *why)
{
    bool again = sessions_contradicted(self->sessions, inbox);
    sessions_contradicts(self->sessions, inbox);
    reception_count(self, node, "session.stored");
    log_often(again ? LOG_DEBUG : LOG_ERROR, "node.contradicts",
        "node=%s reason=\"%s\" action=\"nothing is sent to it; see the runbooks in "
        "hub/OPERATIONS.md\"",
        node, why->text);
    reception_say_bye(self, visit->route, "session.stored", why->text);
}

// Of two live sessions of a node the newest counts, and the log says so: keys may have
// been copied.
static void replace(reception_t *self, session_t *old, span_t route)
{
    static const char text[] =
        "a hello on another connection while the session was live\n";
    if (span_equal(reception_route_of(old), route)) {
        sessions_close(self->sessions, old);
        return;
    }
    owed_add(self->setup.owed, "session", old->node, text);
    reception_dismiss(self, old, "session.replaced",
        "the node said hello on another connection", "replaced by a newer hello");
    reception_end_line(self, reception_route_of(old), old->key);
}

// It has what it says, but for what this log lacks.
static session_t *open_session(reception_t *self, const gate_message_t *visit,
    const char *node, int inbox, const hello_t *hello)
{
    const hub_options_t *options = self->setup.options;
    uint64_t last = inboxes_last(self->setup.inboxes, inbox);
    uint32_t size = hello->window;
    if (size > options->deliver_window)
        size = (uint32_t)options->deliver_window;
    session_t *session =
        sessions_open(self->sessions, visit->route, visit->key, node, inbox);
    window_open(&session->window, size, hello->stored < last ? hello->stored : last,
        options->resend_ms);
    session->peer = peer_of(hello->agent);
    session->opened_ms = session->heard_ms = self->turn.now.monotonic_ms;
    return session;
}

static void note_rollback(reception_t *self, const char *node)
{
    if (!self->rolled_back)
        log_line(LOG_ERROR, "hub.rolled-back",
            "node=%s entries=%" PRIu64 " action=\"nothing more is accepted; restore the "
            "newest copy or start a new log\"",
            node, tree_size(self->setup.tree));
    self->rolled_back = true;
}

bool reception_rolled_back(const reception_t *self)
{
    return self->rolled_back;
}

static void refuse_hello(
    reception_t *self, const gate_message_t *visit, const char *node, const cause_t *why)
{
    log_often(LOG_WARNING, "hello.failed", "node=%s reason=\"%s\"", node, why->text);
    reception_count(self, node, "frame.malformed");
    reception_say_bye(self, visit->route, "frame.malformed", why->text);
}

static void begin_session(reception_t *self, const gate_message_t *visit,
    const member_t *member, int inbox, const hello_t *hello)
{
    cause_t why;
    uint64_t last = inboxes_last(self->setup.inboxes, inbox);
    session_t *old = sessions_of_inbox(self->sessions, inbox);
    if (old)
        replace(self, old, visit->route);
    // After a fork it is this log that lacks something, and not the node.
    if (claims_fork(&self->claims, hello->checkpoint))
        note_rollback(self, member->id);
    else if (claims_check_stored(&self->claims, inbox, hello, &why) != 0) {
        refuse_stored(self, visit, member->id, inbox, &why);
        return;
    }
    session_t *session = open_session(self, visit, member->id, inbox, hello);
    gate_keep(self->gate, visit->key, visit->route);
    log_often(LOG_INFO, "session.opened",
        "node=%s role=%s stored=%" PRIu64 " of=%" PRIu64 " agent=\"%.*s\"", member->id,
        member->role, hello->stored, last, loggable(hello->agent), hello->agent.data);
    welcome(self, session, hello, last);
    say_what_we_know(self, session);
    announce(self, session, inbox, hello);
}

void reception_hello(
    reception_t *self, const gate_message_t *visit, const member_t *member)
{
    hello_t hello;
    cause_t why;
    int inbox = inboxes_of(self->setup.inboxes, member->id, &why);
    if (inbox >= 0 && !sessions_may(self->sessions, inbox, MAY_BEGIN, 1, RECEPTION_BEGINS,
                          self->turn.now.monotonic_ms))
        reception_ask_for_hello(self, visit->route); // a little later
    else if (hello_take(&hello, visit->frame, &why) != 0 || inbox < 0)
        refuse_hello(self, visit, member->id, &why);
    else
        begin_session(self, visit, member, inbox, &hello);
}
