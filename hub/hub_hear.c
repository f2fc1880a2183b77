// hub_hear - what came in: each frame that reception hands back is dealt out by its type,
// here and nowhere else; and what was published is checked, on several threads.

#include "hub/hub_inside.h"

enum {
    TURN_ITEMS = 128,     // messages of one turn
    TURN_FRAMES = 2048,   // and frames: whoever sends them faster than they are read
    TURN_BYTES = 4 << 20, // after so many bytes of frames no further one is read
    SHARED_FROM = 2,      // one check is not worth waking a worker
};

static int hear_publish(hub_t *self, session_t *from, span_t frame, cause_t *why)
{
    size_t first = intake_count(self->intake), heads = intake_heads(self->intake);
    refusal_t refusal;
    if (intake_frame(self->intake, from->slot, from->node, frame, why) != 0)
        return -1;
    size_t items = intake_count(self->intake) - first;
    size_t taken = reception_may_publish(
        self->reception, from, items, intake_heads(self->intake) - heads, &refusal);
    if (taken < items)
        intake_put_off(self->intake, first + taken, &refusal);
    return 0;
}

// A frame of a session, by its type.  -1 when it cannot be read.
static int hear(hub_t *self, const arrival_t *arrival, cause_t *why)
{
    session_t *from = arrival->session;
    switch (arrival->type) {
    case FRAME_PUBLISH:
        return hear_publish(self, from, arrival->frame, why);
    case FRAME_ACK:
        return deferred_ack(
            self->deferred, from, arrival->frame, self->now.monotonic_ms, why);
    case FRAME_EXPLAIN:
    case FRAME_ASK:
        return inquiries_hear(self->inquiries, from, arrival->type, arrival->frame, why);
    case FRAME_CARRY:
        return delivery_carry(self->delivery, from, arrival->frame, why);
    case FRAME_FOLLOW:
        return standbys_hear(self->standbys, self->law.roster, from, arrival->frame, why);
    case FRAME_GIVE:
    case FRAME_PIECE:
    case FRAME_FETCH:
        return attachment_server_frame(
            self->attachment_server, from, arrival->type, arrival->frame, why);
    default:
        return cause_set(why, "a frame of type %d is not for the hub", arrival->type);
    }
}

static void visit(hub_t *self, const gate_message_t *message)
{
    cause_t why = {""};
    arrival_t arrival = reception_visit(self->reception, message);
    if (arrival.session && hear(self, &arrival, &why) != 0)
        reception_punish(self->reception, arrival.session, &why);
}

void hub_take_in(hub_t *self)
{
    gate_message_t message;
    size_t bytes = 0;
    for (size_t frames = 0;
         frames < TURN_FRAMES && bytes < TURN_BYTES &&
         intake_count(self->intake) < TURN_ITEMS && gate_receive(self->gate, &message);
         frames++) {
        bytes += message.frame.size;
        visit(self, &message);
    }
    size_t checks = intake_checks(self->intake, self->now.wall_ms);
    workers_each(self->workers, checks, SHARED_FROM, intake_check, self->intake);
    intake_settle(self->intake);
}
