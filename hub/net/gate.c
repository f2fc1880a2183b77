// gate - the ROUTER is read by whoever holds the drain's lock, into the lobby; frames
// leave it one by one.
//
// The routing-id frame loses its metadata once it was polled, so User-Id is read from the
// body.

#include "hub/net/gate_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { READ_FRAMES = 4096 }; // at a time: the lock is held meanwhile

static bool has_more(void *socket)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more;
}

static void drop_rest(void *socket)
{
    zmq_msg_t part;
    while (has_more(socket)) {
        (void)zmq_msg_init(&part);
        if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0)
            return;
        (void)zmq_msg_close(&part);
    }
}

// Which connection this is, of those that were accepted.
static void recognise(gate_t *self, const uint8_t key[32], span_t route, zmq_msg_t *body)
{
    if (!doorkeeper_knows(self->doorkeeper, key, route))
        doorkeeper_spoke(self->doorkeeper, key, route, zmq_msg_get(body, ZMQ_SRCFD),
            zmq_msg_gets(body, "Peer-Address"));
}

// One multipart message, of which the first part was read: into the lobby, when it is a
// frame from a proven key.
static void read_message(gate_t *self, const zmq_msg_t *route)
{
    zmq_msg_t body;
    uint8_t key[32];
    size_t size = zmq_msg_size(route);
    if (!has_more(self->router))
        return;
    (void)zmq_msg_init(&body);
    if (zmq_msg_recv(&body, self->router, ZMQ_DONTWAIT) < 0)
        return;
    const char *user = zmq_msg_gets(&body, "User-Id");
    span_t name = span_of(zmq_msg_data((zmq_msg_t *)route), size);
    bool known = size <= CONNECTION_ROUTE_MAX && user &&
                 hex_decode(span_text(user), key, sizeof key);
    if (known)
        recognise(self, key, name, &body);
    if (known && !has_more(self->router))
        (void)lobby_put(self->lobby, key, name, &body);
    drop_rest(self->router);
    (void)zmq_msg_close(&body);
}

// What libzmq has, though not for ever: a peer may be as fast as this is.
bool gate_read_all(void *context)
{
    gate_t *self = context;
    zmq_msg_t route;
    (void)zmq_msg_init(&route);
    bool more = true;
    for (int i = 0; i < READ_FRAMES && more; i++) {
        more = zmq_msg_recv(&route, self->router, ZMQ_DONTWAIT) >= 0;
        if (more)
            read_message(self, &route);
    }
    (void)zmq_msg_close(&route);
    return more || lobby_waits(self->lobby);
}

bool gate_wait(gate_t *self, struct pollfd *others, size_t n, long most_ms)
{
    enum { OURS = 1 + DRAIN_ITEMS };
    assert(n <= GATE_OTHERS);
    struct pollfd read[DRAIN_ITEMS];
    zmq_pollitem_t items[OURS + GATE_OTHERS] = {
        {zap_socket(self->zap), 0, ZMQ_POLLIN, 0}};
    drain_wait(self->drain, read);
    for (size_t i = 0; i < DRAIN_ITEMS; i++)
        items[1 + i] = (zmq_pollitem_t){NULL, read[i].fd, ZMQ_POLLIN, 0};
    for (size_t i = 0; i < n; i++)
        items[OURS + i] = (zmq_pollitem_t){NULL, others[i].fd, others[i].events, 0};
    bool something = zmq_poll(items, (int)(OURS + n), most_ms) > 0;
    for (size_t i = 0; i < n; i++)
        others[i].revents = items[OURS + i].revents;
    self->knocked = self->knocked || items[0].revents;
    drain_work(self->drain);
    return something;
}

int gate_knock(gate_t *self, const uint8_t **key, cause_t *why)
{
    if (!self->knocked)
        return 0;
    int got = zap_next(self->zap, &self->guest, why);
    self->knocked = got > 0;
    *key = self->guest.key;
    return got;
}

int gate_answer(gate_t *self, bool admitted, cause_t *why)
{
    const zap_guest_t *guest = &self->guest;
    if (admitted)
        admitted = doorkeeper_admit(self->doorkeeper, guest->key, guest->address);
    if (!admitted)
        doorkeeper_refused(self->doorkeeper, guest->address);
    return zap_answer(self->zap, admitted, why);
}

// The ids that the ROUTER gives are a zero and a number counted up from a random one.
static bool given(const lobby_frame_t *frame)
{
    return frame->route_size == 5 && frame->route[0] == 0;
}

bool gate_receive(gate_t *self, gate_message_t *message)
{
    lobby_free(&self->received);
    drain_lock(self->drain);
    lobby_frame_t *frame = lobby_take(self->lobby);
    if (!frame && gate_read_all(self))
        frame = lobby_take(self->lobby);
    drain_unlock(self->drain);
    self->received = frame;
    if (!frame)
        return false;
    *message = (gate_message_t){.event = frame->cut     ? GATE_CUT
                                         : given(frame) ? GATE_SAID
                                                        : GATE_CLAIMED,
        .route = span_of(frame->route, frame->route_size),
        .key = frame->key,
        .frame = span_of(zmq_msg_data(&frame->frame), zmq_msg_size(&frame->frame))};
    return true;
}

// The first account is nobody's in particular.
static size_t account(int whose)
{
    return (size_t)(whose + 1);
}

static gate_result_t send_locked(gate_t *self, int whose, span_t route, buf_t *frame)
{
    zmq_msg_t message;
    if (zmq_send(self->router, route.data, route.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? GATE_FULL : GATE_GONE;
    unsent_frame_t *kept = unsent_take(self->unsent, account(whose), frame);
    if (zmq_msg_init_data(
            &message, unsent_data(kept), unsent_size(kept), unsent_free, kept) != 0)
        abort(); // out of memory
    if (zmq_msg_send(&message, self->router, ZMQ_DONTWAIT) >= 0)
        return GATE_SENT;
    (void)zmq_msg_close(&message);
    return GATE_GONE;
}

gate_result_t gate_send(gate_t *self, int whose, span_t route, buf_t *frame)
{
    drain_lock(self->drain);
    gate_result_t result = send_locked(self, whose, route, frame);
    drain_unlock(self->drain);
    buf_destroy(frame); // of what was not taken
    return result;
}

void gate_end(gate_t *self, const uint8_t key[32], span_t route)
{
    doorkeeper_end(self->doorkeeper, key, route);
}

void gate_keep(gate_t *self, const uint8_t key[32], span_t route)
{
    doorkeeper_keep(self->doorkeeper, key, route);
}

bool gate_next(gate_t *self, size_t *cursor, connection_name_t *name)
{
    return doorkeeper_next(self->doorkeeper, cursor, name);
}

bool gate_left(gate_t *self, connection_name_t *name)
{
    if (!doorkeeper_left(self->doorkeeper, name))
        return false;
    drain_lock(self->drain);
    lobby_forget(self->lobby, name->key, span_of(name->route, name->route_size));
    drain_unlock(self->drain);
    return true;
}

gate_counts_t gate_counts(gate_t *self)
{
    doorkeeper_count_t door = doorkeeper_count(self->doorkeeper);
    drain_lock(self->drain);
    gate_counts_t counts = {.waiting_bytes = lobby_bytes(self->lobby),
        .cut = lobby_cuts(self->lobby),
        .connections = door.shares.open,
        .connections_max = (size_t)door.limit,
        .full = door.full,
        .turned_away = door.shares.turned_away,
        .refused = door.shares.refused,
        .displaced = door.shares.displaced,
        .mute = door.shares.mute};
    drain_unlock(self->drain);
    memcpy(counts.key, door.shares.key, sizeof counts.key);
    address_print(&door.shares.address, counts.address);
    return counts;
}

size_t gate_unsent(const gate_t *self, int whose)
{
    return unsent_bytes(self->unsent, account(whose));
}
