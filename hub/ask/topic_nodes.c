// topic_nodes - who takes part and how each is: whether it is connected, how far it has
// its inbox, and until when its certificates let it in.  The National Coordination Centre
// alone is told.
//
// One node of the roster a step.  What a node was heard of last is known since the hub's
// start.

#include "hub/ask/topics.h"

#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <string.h>

bool topic_nodes(const questions_t *self, const char *asker, asking_t *asking)
{
    char now[TIME_TEXT];
    (void)asker;
    time_print(self->now_ms, now);
    writer_text(&asking->to, "now", now);
    writer_array(&asking->to, "nodes");
    return true;
}

static void write_time(writer_t *to, const char *key, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    writer_text(to, key, text);
}

// A moment of the clock that nobody sets, by the one on the wall.
static int64_t wall_of(const questions_t *self, int64_t monotonic_ms)
{
    return self->now_ms - moment_between(monotonic_ms, self->monotonic_ms);
}

static void write_session(const questions_t *self, int inbox, writer_t *to)
{
    const session_t *session = sessions_of_inbox(self->sessions, inbox);
    int64_t heard_ms;
    writer_bool(to, "connected", session != NULL);
    if (session)
        write_time(to, "since", wall_of(self, session->opened_ms));
    if (sessions_heard(self->sessions, inbox, &heard_ms))
        write_time(to, "heard", wall_of(self, heard_ms));
    writer_bool(to, "contradicts", sessions_contradicted(self->sessions, inbox));
}

static void write_certificates(
    const questions_t *self, const member_t *member, writer_t *to)
{
    const roster_t *roster = self->law->roster;
    int64_t ends_ms;
    writer_object(to, "certificates");
    if (roster_ends(roster, member->id, CERT_SEAL, self->now_ms, &ends_ms))
        write_time(to, "seal", ends_ms);
    if (roster_ends(roster, member->id, CERT_CHANNEL, self->now_ms, &ends_ms))
        write_time(to, "channel", ends_ms);
    writer_end(to);
}

bool topic_nodes_step(const questions_t *self, const char *asker, asking_t *asking)
{
    writer_t *to = &asking->to;
    cause_t why;
    (void)asker;
    if (asking->at >= roster_count(self->law->roster)) {
        writer_end(to);
        return false;
    }
    const member_t *member = roster_at(self->law->roster, asking->at++);
    int inbox = inboxes_of(self->inboxes, member->id, &why);
    if (inbox < 0 || strcmp(member->role, "hub") == 0)
        return true;
    writer_object(to, NULL);
    writer_text(to, "node", member->id);
    writer_text(to, "role", member->role);
    writer_text(to, "organisation", member->organisation);
    write_session(self, inbox, to);
    writer_integer(to, "last", (int64_t)inboxes_last(self->inboxes, inbox));
    writer_integer(to, "stored", (int64_t)inboxes_acked(self->inboxes, inbox));
    write_certificates(self, member, to);
    writer_end(to);
    return true;
}
