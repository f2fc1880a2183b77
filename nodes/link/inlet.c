// inlet - a list, and how many bytes it holds.
//
// A frame costs its bytes and what it takes to hold it.  libzmq leaves a small one in the
// buffer of 8 KiB that it was read into, and who sends them one at a time could have a
// megabyte kept for the price of a few KiB: once more than a little waits, small frames
// are copied out.

#include "nodes/link/inlet.h"

#include "lib/base/memory.h"

#include <stdlib.h>

enum {
    HOLD_BYTES = 256,      // to hold one frame, whatever its size
    COPY_BELOW = 8192,     // libzmq's buffer
    COPY_FROM = 64 * 1024, // bytes that wait
};

struct inlet {
    zlist_t *frames; // of zframe_t
    size_t bytes, most;
    bool overflowed; // since a frame was one too many; then `frames` is empty
};

inlet_t *inlet_new(size_t most_bytes)
{
    inlet_t *self = memory_new(1, sizeof *self);
    self->frames = zlist_new();
    self->most = most_bytes;
    return self;
}

static size_t cost(zframe_t *frame)
{
    return HOLD_BYTES + zframe_size(frame);
}

static void drop_all(inlet_t *self)
{
    zframe_t *frame;
    while ((frame = zlist_pop(self->frames)))
        zframe_destroy(&frame);
    self->bytes = 0;
}

void inlet_destroy(inlet_t **self_p)
{
    inlet_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    drop_all(self);
    zlist_destroy(&self->frames);
    free(self);
}

static void copy_out(zframe_t **frame_p)
{
    zframe_t *copy = zframe_dup(*frame_p);
    if (!copy)
        abort(); // out of memory
    zframe_destroy(frame_p);
    *frame_p = copy;
}

void inlet_put(inlet_t *self, zframe_t **frame_p)
{
    zframe_t *frame = *frame_p;
    *frame_p = NULL;
    self->overflowed = self->overflowed || self->bytes + cost(frame) > self->most;
    if (self->overflowed) {
        drop_all(self);
        zframe_destroy(&frame);
        return;
    }
    if (self->bytes >= COPY_FROM && zframe_size(frame) < COPY_BELOW)
        copy_out(&frame);
    self->bytes += cost(frame);
    (void)zlist_append(self->frames, frame);
}

zframe_t *inlet_take(inlet_t *self)
{
    zframe_t *frame = zlist_pop(self->frames);
    if (frame)
        self->bytes -= cost(frame);
    return frame;
}

bool inlet_waits(const inlet_t *self)
{
    return zlist_size(self->frames) > 0;
}

bool inlet_overflowed(const inlet_t *self)
{
    return self->overflowed;
}
