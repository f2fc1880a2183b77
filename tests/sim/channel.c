// channel - nodes/link/channel.h without a network: the node's end of a wire.

#include "nodes/link/channel.h"

#include "lib/base/memory.h"
#include "tests/sim/files.h"
#include "tests/sim/wire.h"

#include <stdlib.h>
#include <string.h>

struct channel {
    wire_t *wire;
    int fd;
    bool up, down;
};

int channel_check(const char *endpoint, cause_t *why)
{
    (void)endpoint, (void)why;
    return 0;
}

static bool settled(const wire_t *wire)
{
    return wire->at_hub == WIRE_OPEN || wire->at_hub == WIRE_REFUSED;
}

static bool has_news(void *context)
{
    const channel_t *self = context;
    return !self->down && (wire_over(self->wire, WIRE_TO_NODE) ||
                              wire_arrived(self->wire, WIRE_TO_NODE) ||
                              (!self->wire->told_up && settled(self->wire) &&
                                  self->wire->arrives_us <= fibers_now_us()));
}

channel_t *channel_open(const char *endpoint, channel_family_t family,
    const channel_keys_t *keys, cause_t *why)
{
    (void)endpoint, (void)family, (void)why;
    channel_t *self = memory_new(1, sizeof *self);
    self->wire = wire_call(keys->public_key, keys->hub_key);
    self->fd = files_new(FILES_WIRE, 0);
    files_at(self->fd)->ready = has_news;
    files_at(self->fd)->context = self;
    return self;
}

void channel_close(channel_t **self_p)
{
    channel_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (!wire_over(self->wire, WIRE_TO_NODE))
        wire_hang_up(self->wire, WIRE_TO_HUB);
    self->wire->at_node = WIRE_ENDED;
    (void)files_close(self->fd);
    free(self);
}

// A connection that ended has still what arrived before.
channel_event_t channel_event(channel_t *self, cause_t *why)
{
    wire_t *wire = self->wire;
    fibers_step();
    if (!wire->told_up && settled(wire) && wire->arrives_us <= fibers_now_us()) {
        wire->told_up = true;
        if (wire->at_hub == WIRE_OPEN) {
            self->up = true;
            return CHANNEL_UP;
        }
        (void)cause_set(why, "the hub does not admit this node's channel key");
        self->down = true;
        return CHANNEL_REFUSED;
    }
    if (!wire_over(wire, WIRE_TO_NODE) || wire_arrived(wire, WIRE_TO_NODE))
        return CHANNEL_QUIET;
    (void)cause_set(why, self->up ? "the connection ended" : "nobody answers there");
    self->down = true;
    return CHANNEL_DOWN;
}

int channel_send(channel_t *self, span_t frame)
{
    fibers_step();
    return self->up && wire_send(self->wire, WIRE_TO_HUB, -1, frame) ? 0 : -1;
}

zframe_t *channel_receive(channel_t *self)
{
    wire_frame_t frame;
    fibers_step();
    if (!self->up || !wire_receive(self->wire, WIRE_TO_NODE, &frame))
        return NULL;
    zframe_t *taken = zframe_new(frame.bytes.data, frame.bytes.size);
    buf_destroy(&frame.bytes);
    return taken;
}

void channel_poll_items(channel_t *self, struct pollfd item[CHANNEL_POLL_ITEMS])
{
    for (size_t i = 0; i < CHANNEL_POLL_ITEMS; i++)
        item[i] = (struct pollfd){.fd = i == 0 ? self->fd : -1, .events = POLLIN};
}

void channel_work(channel_t *self)
{
    (void)self;
}
