// hub - one thread, and libzmq's.  A frame for subscribers is built once, written from
// where it lies and shared by all who get it.

#include "tests/bench/floor/hub.h"

#include "hub/journal/reserve.h"
#include "lib/base/memory.h"
#include "lib/message/ack.h"
#include "lib/sys/clock.h"
#include "tests/bench/floor/group.h"
#include "tests/bench/floor/socket.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zmq.h>

enum {
    TURN_FRAMES = 1024,        // of publishers
    TURN_BYTES = 4 << 20,      // the same
    OUT_MAX = 4 * TURN_FRAMES, // what leaves in a turn
    RESERVE_BYTES = 64 << 20,
    ENTRY_BYTES = 1024, // about: room that a frame gets at once for each of its entries
    IDLE_MS = 50        // acknowledgements wait so long for a batch
};

// A frame that leaves after the flush: to one, or to all subscribers.
typedef struct {
    const socket_route_t *to; // NULL: all
    buf_t bytes;
} outgoing_t;

// A frame that came from a publisher.
typedef struct {
    socket_route_t from;
    zmq_msg_t frame;
} waiting_t;

typedef struct {
    floor_hub_t options;
    keys_t *keys;
    void *context, *socket;
    merkle_t log;
    group_t group;
    publish_t publish;
    batch_t batch;
    socket_route_t publisher[KEYS_MANY], subscriber[KEYS_MANY];
    socket_route_t guest;   // whose frame is at hand
    socket_route_t auditor; // who asked how things stand
    uint64_t acked[KEYS_MANY];
    size_t waiting;
    waiting_t frame[TURN_FRAMES]; // of publishers, in this turn
    size_t out;
    outgoing_t outgoing[OUT_MAX];
    buf_t acks; // for the journal
    int journal;
    uint64_t bytes, reserved; // of the journal
} hub_t;

static outgoing_t *outgoing_new(hub_t *self, const socket_route_t *to)
{
    if (self->out == OUT_MAX)
        abort(); // TURN_FRAMES makes fewer
    outgoing_t *outgoing = &self->outgoing[self->out++];
    *outgoing = (outgoing_t){.to = to};
    return outgoing;
}

// ---------------------------------------------------------------------------- reading

// Which subscriber's frame is at hand; KEYS_MANY: none's.
static size_t guest_number(const hub_t *self)
{
    size_t i = 0;
    while (i < KEYS_MANY &&
           (self->subscriber[i].size != self->guest.size ||
               memcmp(self->subscriber[i].bytes, self->guest.bytes, self->guest.size)))
        i++;
    return i;
}

static int hear_ack(hub_t *self, span_t frame, cause_t *why)
{
    ack_t ack;
    size_t who = guest_number(self);
    if (ack_take(&ack, frame, why) != 0)
        return -1;
    if (who == KEYS_MANY)
        return cause_set(why, "an acknowledgement by nobody who is known");
    const seal_key_t *key = &self->keys->subscriber[who];
    if (ack_check(&ack, FLOOR_ORIGIN, key->public_key) != 0)
        return cause_set(why, "an acknowledgement that is not signed");
    ack_print(&ack, FLOOR_ORIGIN, key->id, &self->acks);
    self->acked[who] = ack.number;
    return 0;
}

static void put_header(buf_t *out, uint8_t type)
{
    buf_put_u8(out, FRAME_VERSION);
    buf_put_u8(out, type);
}

static void put_status(const hub_t *self, buf_t *out)
{
    uint64_t least = self->log.size;
    for (size_t i = 0; i < KEYS_MANY; i++)
        if (self->subscriber[i].size && self->acked[i] < least)
            least = self->acked[i];
    put_header(out, FLOOR_STATUS);
    buf_put_u64(out, self->log.size);
    buf_put_u64(out, least);
}

static void hear_subscriber(hub_t *self, size_t who)
{
    socket_route_t *place = &self->subscriber[who % KEYS_MANY];
    *place = self->guest;
    put_header(&outgoing_new(self, place)->bytes, FLOOR_SUBSCRIBE);
}

static void keep(hub_t *self, zmq_msg_t *frame)
{
    waiting_t *waiting = &self->frame[self->waiting++];
    waiting->from = self->guest;
    (void)zmq_msg_init(&waiting->frame);
    (void)zmq_msg_move(&waiting->frame, frame);
}

static int hear(hub_t *self, zmq_msg_t *frame, cause_t *why)
{
    reader_t body;
    span_t bytes = span_of(zmq_msg_data(frame), zmq_msg_size(frame));
    int type = frame_type(bytes, &body);
    if (type == FRAME_PUBLISH) {
        keep(self, frame);
    } else if (type == FRAME_ACK) {
        return hear_ack(self, bytes, why);
    } else if (type == FLOOR_SUBSCRIBE) {
        hear_subscriber(self, take_u8(&body));
    } else if (type == FLOOR_STATUS) {
        self->auditor = self->guest;
        put_status(self, &outgoing_new(self, &self->auditor)->bytes);
    }
    return 0;
}

// 1; 0 when there is nothing; -1.
static int read_one(hub_t *self, int flags, size_t *bytes, cause_t *why)
{
    zmq_msg_t frame;
    int got = socket_route(self->socket, &self->guest, flags, why);
    if (got <= 0)
        return got;
    (void)zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, self->socket, 0) < 0)
        return socket_fail(why, "receive");
    *bytes += zmq_msg_size(&frame);
    int result = hear(self, &frame, why);
    (void)zmq_msg_close(&frame);
    return result == 0 ? 1 : -1;
}

static int read_all(hub_t *self, cause_t *why)
{
    size_t bytes = 0;
    int got = read_one(self, 0, &bytes, why);
    while (got > 0 && self->waiting < TURN_FRAMES && bytes < TURN_BYTES &&
           self->out < TURN_FRAMES)
        got = read_one(self, ZMQ_DONTWAIT, &bytes, why);
    return got < 0 ? -1 : 0;
}

// --------------------------------------------------------------------------- grouping

static void end_group(hub_t *self)
{
    group_t *group = &self->group;
    buf_t frame = {0};
    if (group->run.n == 0)
        return;
    buf_reserve(&frame, group->run.n * ENTRY_BYTES);
    group_end(group, &frame);
    self->log = group->after;
    for (size_t author = 0; author < KEYS_MANY; author++) {
        buf_t receipt = {0};
        group_put_receipt(group, author, &receipt);
        if (receipt.size)
            outgoing_new(self, &self->publisher[author])->bytes = receipt;
    }
    outgoing_new(self, NULL)->bytes = frame;
    group->run.n = 0;
}

// All that is published, checked.
static int check(hub_t *self, span_t frame, cause_t *why)
{
    publish_t *publish = &self->publish;
    if (publish_take(publish, frame, why) != 0)
        return -1;
    if (publish->heads != 1)
        return cause_set(why, "a frame of several seals");
    self->batch.n = 0;
    for (size_t i = 0; i < publish->n; i++)
        batch_add(&self->batch, &publish->item[i]);
    return batch_check(&self->batch, self->keys, &publish->head[0], why);
}

static int add_to_group(
    hub_t *self, const waiting_t *waiting, int64_t now_ms, cause_t *why)
{
    group_t *group = &self->group;
    zmq_msg_t *frame = (zmq_msg_t *)(uintptr_t)&waiting->frame;
    if (check(self, span_of(zmq_msg_data(frame), zmq_msg_size(frame)), why) != 0)
        return -1;
    self->publisher[self->batch.author] = waiting->from;
    if (!group_has_room(group, self->batch.n))
        end_group(self);
    if (group->run.n == 0)
        group_begin(group, self->keys, &self->log, now_ms);
    group_add(group, &self->publish, &self->batch);
    if (group->run.n >= self->options.group)
        end_group(self);
    return 0;
}

// Groups borrow from the frames.
static int group_all(hub_t *self, cause_t *why)
{
    int64_t now_ms = clock_ms(CLOCK_WALL);
    int result = 0;
    for (size_t i = 0; result == 0 && i < self->waiting; i++)
        result = add_to_group(self, &self->frame[i], now_ms, why);
    end_group(self);
    for (size_t i = 0; i < self->waiting; i++)
        (void)zmq_msg_close(&self->frame[i].frame);
    self->waiting = 0;
    return result;
}

// ---------------------------------------------------------------------------- writing

static int write_parts(hub_t *self, struct iovec *part, size_t n, cause_t *why)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += part[i].iov_len;
    while (self->bytes + size > self->reserved) {
        self->reserved += RESERVE_BYTES;
        if (reserve_room(self->journal, self->reserved, why) != RESERVE_OK)
            return -1;
    }
    if (pwritev(self->journal, part, (int)n, (off_t)self->bytes) != (ssize_t)size)
        return cause_errno(why, "floor: write");
    self->bytes += size;
    return 0;
}

// Frames for all subscribers are what the journal keeps.
static int flush_all(hub_t *self, cause_t *why)
{
    struct iovec part[IOV_MAX];
    size_t n = 0;
    for (size_t i = 0; i < self->out; i++) {
        const outgoing_t *outgoing = &self->outgoing[i];
        if (outgoing->to)
            continue;
        part[n++] = (struct iovec){outgoing->bytes.data, outgoing->bytes.size};
        if (n == IOV_MAX - 1) {
            if (write_parts(self, part, n, why) != 0)
                return -1;
            n = 0;
        }
    }
    if (self->acks.size)
        part[n++] = (struct iovec){self->acks.data, self->acks.size};
    if (n == 0)
        return 0;
    if (write_parts(self, part, n, why) != 0)
        return -1;
    buf_clear(&self->acks);
    return fdatasync(self->journal) == 0 ? 0 : cause_errno(why, "floor: flush");
}

// ---------------------------------------------------------------------------- sending

static void release(void *data, void *hint)
{
    (void)hint;
    free(data);
}

static int send_copy(
    hub_t *self, const socket_route_t *to, zmq_msg_t *frame, cause_t *why)
{
    zmq_msg_t copy;
    (void)zmq_msg_init(&copy);
    (void)zmq_msg_copy(&copy, frame);
    if (zmq_send(self->socket, to->bytes, to->size, ZMQ_SNDMORE) < 0 ||
        zmq_msg_send(&copy, self->socket, 0) < 0)
        return socket_fail(why, "send");
    return 0;
}

// In what is proven: receipts and deliveries.
static void flip_bit(outgoing_t *outgoing, size_t bit)
{
    uint8_t type = outgoing->bytes.data[1];
    bit %= outgoing->bytes.size * 8;
    if (type == FRAME_RECEIPT || type == FRAME_DELIVER)
        outgoing->bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static int send_one(hub_t *self, outgoing_t *outgoing, cause_t *why)
{
    zmq_msg_t frame;
    int result = 0;
    if (self->options.flip >= 0)
        flip_bit(outgoing, (size_t)self->options.flip);
    if (zmq_msg_init_data(
            &frame, outgoing->bytes.data, outgoing->bytes.size, release, NULL) != 0)
        return socket_fail(why, "frame");
    if (outgoing->to)
        result = send_copy(self, outgoing->to, &frame, why);
    for (size_t i = 0; result == 0 && !outgoing->to && i < KEYS_MANY; i++)
        if (self->subscriber[i].size)
            result = send_copy(self, &self->subscriber[i], &frame, why);
    (void)zmq_msg_close(&frame);
    return result;
}

static int send_all(hub_t *self, cause_t *why)
{
    int result = 0;
    for (size_t i = 0; i < self->out && result == 0; i++)
        result = send_one(self, &self->outgoing[i], why);
    self->out = 0;
    return result;
}

// ------------------------------------------------------------------------------ a life

int floor_hub_run(const floor_hub_t *options, cause_t *why)
{
    hub_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    self->keys = keys_new();
    self->journal = open(options->journal, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    int result = self->journal < 0 ? cause_errno(why, "%s", options->journal) : 0;
    self->context = result == 0 ? socket_context(options->io_threads, why) : NULL;
    self->socket = self->context
                       ? socket_hub(self->context, self->keys->hub_secret, IDLE_MS, why)
                       : NULL;
    result = self->socket ? 0 : -1;
    while (result == 0)
        if (read_all(self, why) != 0 || group_all(self, why) != 0 ||
            flush_all(self, why) != 0 || send_all(self, why) != 0)
            result = -1;
    return result; // and the process ends, which frees what there is
}
