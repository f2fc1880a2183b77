// lobby - a queue for each key, and a queue of the keys that wait.
//
// A frame costs its bytes and what it takes to hold it.  libzmq leaves a small one in the
// buffer of 8 KiB that it was read into, and who sends them one at a time could have a
// megabyte kept for the price of a few KiB: once more than a little waits of one key, its
// small frames are copied out.

#include "hub/net/lobby.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS = 1024,
    HOLD_BYTES = 256,      // to hold one frame, whatever its size
    COPY_BELOW = 8192,     // libzmq's buffer
    COPY_FROM = 64 * 1024, // bytes of one key that wait
};

typedef struct {
    size_t size;
    uint8_t *bytes;
} cut_route_t;

typedef struct guest {
    struct guest *chain;  // in its bucket
    struct guest *behind; // in the queue of those who wait
    lobby_frame_t *first, *last;
    size_t bytes;
    cut_route_t *cut; // connections that are cut off
    size_t cuts;
    uint8_t key[32];
} guest_t;

struct lobby {
    guest_t *bucket[BUCKETS];
    guest_t *first, *last; // who waits, in turn
    size_t share, total, bytes;
    uint64_t cuts;
};

lobby_t *lobby_new(size_t share_bytes, size_t total_bytes)
{
    lobby_t *self = memory_new(1, sizeof *self);
    self->share = share_bytes;
    self->total = total_bytes;
    return self;
}

void lobby_free(lobby_frame_t **frame_p)
{
    lobby_frame_t *frame = *frame_p;
    *frame_p = NULL;
    if (!frame)
        return;
    (void)zmq_msg_close(&frame->frame);
    free(frame);
}

static void free_frames(guest_t *guest)
{
    while (guest->first) {
        lobby_frame_t *frame = guest->first;
        guest->first = frame->next;
        lobby_free(&frame);
    }
    guest->last = NULL;
}

static void free_guest(guest_t *guest)
{
    free_frames(guest);
    for (size_t i = 0; i < guest->cuts; i++)
        free(guest->cut[i].bytes);
    free(guest->cut);
    free(guest);
}

void lobby_destroy(lobby_t **self_p)
{
    lobby_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (self->bucket[i]) {
            guest_t *guest = self->bucket[i];
            self->bucket[i] = guest->chain;
            free_guest(guest);
        }
    free(self);
}

// Keys are random already, and only those of the roster get here.
static guest_t **bucket_of(lobby_t *self, const uint8_t key[32])
{
    return &self->bucket[(key[0] | (size_t)key[1] << 8) % BUCKETS];
}

static guest_t *find(lobby_t *self, const uint8_t key[32])
{
    guest_t *guest = *bucket_of(self, key);
    while (guest && memcmp(guest->key, key, sizeof guest->key) != 0)
        guest = guest->chain;
    return guest;
}

static guest_t *find_or_add(lobby_t *self, const uint8_t key[32])
{
    guest_t *guest = find(self, key);
    if (guest)
        return guest;
    guest = memory_new(1, sizeof *guest);
    memcpy(guest->key, key, sizeof guest->key);
    guest->chain = *bucket_of(self, key);
    *bucket_of(self, key) = guest;
    return guest;
}

static size_t cut_at(const guest_t *guest, span_t route)
{
    size_t i = 0;
    while (i < guest->cuts &&
           !span_equal(span_of(guest->cut[i].bytes, guest->cut[i].size), route))
        i++;
    return i;
}

static lobby_frame_t *new_frame(const guest_t *guest, span_t route)
{
    lobby_frame_t *frame = memory_grow(NULL, 1, sizeof *frame + route.size);
    *frame = (lobby_frame_t){.cost = HOLD_BYTES, .route_size = route.size};
    (void)zmq_msg_init(&frame->frame);
    memcpy(frame->key, guest->key, sizeof frame->key);
    if (route.size > 0)
        memcpy(frame->route, route.data, route.size);
    return frame;
}

static void line_up(lobby_t *self, guest_t *guest)
{
    guest->behind = NULL;
    if (self->last)
        self->last->behind = guest;
    else
        self->first = guest;
    self->last = guest;
}

static void append(lobby_t *self, guest_t *guest, lobby_frame_t *frame)
{
    frame->next = NULL;
    if (guest->last)
        guest->last->next = frame;
    else
        guest->first = frame;
    guest->last = frame;
    guest->bytes += frame->cost;
    self->bytes += frame->cost;
}

static void cut_off(guest_t *guest, span_t route)
{
    guest->cut = memory_grow(guest->cut, guest->cuts + 1, sizeof *guest->cut);
    cut_route_t *cut = &guest->cut[guest->cuts++];
    *cut = (cut_route_t){route.size, memory_grow(NULL, route.size + 1, 1)};
    if (route.size > 0)
        memcpy(cut->bytes, route.data, route.size);
}

// All that waits of this key is lost, and each connection that it came by is cut off: its
// first frame stays as the mark that says so.  The guest keeps its place in the line.
static void turn_out(lobby_t *self, guest_t *guest)
{
    lobby_frame_t *waiting = guest->first;
    self->bytes -= guest->bytes;
    guest->bytes = 0;
    guest->first = guest->last = NULL;
    while (waiting) {
        lobby_frame_t *frame = waiting;
        waiting = frame->next;
        span_t route = span_of(frame->route, frame->route_size);
        if (!frame->cut && cut_at(guest, route) < guest->cuts) {
            lobby_free(&frame);
            continue;
        }
        if (!frame->cut) {
            cut_off(guest, route);
            self->cuts++;
        }
        frame->cut = true;
        frame->cost = HOLD_BYTES;
        (void)zmq_msg_close(&frame->frame);
        (void)zmq_msg_init(&frame->frame);
        append(self, guest, frame);
    }
}

static guest_t *greediest(const lobby_t *self)
{
    guest_t *most = self->first;
    for (guest_t *guest = self->first; guest; guest = guest->behind)
        if (guest->bytes > most->bytes)
            most = guest;
    return most;
}

static void fill(lobby_frame_t *frame, zmq_msg_t *message, bool copy)
{
    size_t size = zmq_msg_size(message);
    frame->cost += size;
    if (!copy || size >= COPY_BELOW) {
        (void)zmq_msg_move(&frame->frame, message);
        return;
    }
    if (zmq_msg_init_size(&frame->frame, size) != 0)
        abort(); // out of memory
    memcpy(zmq_msg_data(&frame->frame), zmq_msg_data(message), size);
}

lobby_result_t lobby_put(
    lobby_t *self, const uint8_t key[32], span_t route, zmq_msg_t *message)
{
    guest_t *guest = find_or_add(self, key);
    if (cut_at(guest, route) < guest->cuts)
        return LOBBY_DROPPED;
    lobby_frame_t *frame = new_frame(guest, route);
    fill(frame, message, guest->bytes >= COPY_FROM);
    if (!guest->first)
        line_up(self, guest);
    append(self, guest, frame);
    if (guest->bytes > self->share)
        turn_out(self, guest);
    else if (self->bytes > self->total)
        turn_out(self, greediest(self));
    return LOBBY_WAITS;
}

lobby_frame_t *lobby_take(lobby_t *self)
{
    guest_t *guest = self->first;
    if (!guest)
        return NULL;
    self->first = guest->behind;
    if (!self->first)
        self->last = NULL;
    lobby_frame_t *frame = guest->first;
    guest->first = frame->next;
    if (!guest->first)
        guest->last = NULL;
    guest->bytes -= frame->cost;
    self->bytes -= frame->cost;
    if (guest->first)
        line_up(self, guest);
    return frame;
}

void lobby_forget(lobby_t *self, const uint8_t key[32], span_t route)
{
    guest_t *guest = find(self, key);
    size_t i = guest ? cut_at(guest, route) : 0;
    if (!guest || i == guest->cuts)
        return;
    free(guest->cut[i].bytes);
    guest->cut[i] = guest->cut[--guest->cuts];
}

bool lobby_waits(const lobby_t *self)
{
    return self->first != NULL;
}

size_t lobby_bytes(const lobby_t *self)
{
    return self->bytes;
}

uint64_t lobby_cuts(const lobby_t *self)
{
    return self->cuts;
}
