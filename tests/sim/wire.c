// wire - two queues a connection; a fiber of the world's that wakes when the next frame
// is due.

#include "tests/sim/wire.h"

#include "tests/sim/chance.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIRES = 1 << 14,
    MACHINES = 128,
    GIVEN_UP_US = 5000000, // a call that reaches nobody
};

static struct {
    wire_t *wire[WIRES];
    size_t n;
    wire_weather_t weather[MACHINES];
    machine_t *hub;
    uint8_t key[32];
    bool listens;
    uint32_t routes;
} self;

uint64_t wires_frames;

wire_weather_t *wires_weather(const machine_t *node)
{
    return &self.weather[node->number];
}

size_t wires_count(void)
{
    return self.n;
}

wire_t *wires_at(size_t i)
{
    return self.wire[i];
}

void wires_listen(machine_t *hub, const uint8_t key[32])
{
    self.hub = hub;
    self.listens = true;
    memcpy(self.key, key, sizeof self.key);
}

void wires_deafen(machine_t *hub)
{
    (void)hub;
    self.listens = false;
}

static int64_t latency_us(const wire_t *wire)
{
    const wire_weather_t *weather = wires_weather(wire->node);
    return chance_between(weather->least_us, weather->most_us);
}

static bool listens(const wire_t *wire)
{
    return self.listens && self.hub && self.hub->up &&
           memcmp(wire->hub_key, self.key, sizeof self.key) == 0;
}

wire_t *wire_call(const uint8_t key[32], const uint8_t hub_key[32])
{
    wire_t *wire = calloc(1, sizeof *wire);
    if (!wire || self.n == WIRES)
        abort();
    *wire = (wire_t){.node = fibers_machine(),
        .hub = self.hub,
        .ends_us = {FIBERS_NEVER, FIBERS_NEVER},
        .end_us = FIBERS_NEVER,
        .left_us = FIBERS_NEVER};
    memcpy(wire->key, key, sizeof wire->key);
    memcpy(wire->hub_key, hub_key, sizeof wire->hub_key);
    uint32_t route = ++self.routes;
    memcpy(wire->route + 1, &route, sizeof route);
    wire->arrives_us = fibers_now_us() + latency_us(wire);
    if (wires_weather(wire->node)->still[WIRE_TO_HUB])
        wire->ends_us[WIRE_TO_NODE] = fibers_now_us() + GIVEN_UP_US;
    self.wire[self.n++] = wire;
    return wire;
}

static void queue_clear(wire_queue_t *queue)
{
    for (; queue->first < queue->n; queue->first++)
        buf_destroy(&queue->frame[queue->first].bytes);
    queue->first = queue->n = 0;
}

void wire_cut(wire_t *wire, int64_t at_node_us, int64_t at_hub_us)
{
    if (at_node_us < wire->ends_us[WIRE_TO_NODE])
        wire->ends_us[WIRE_TO_NODE] = at_node_us;
    if (at_hub_us < wire->ends_us[WIRE_TO_HUB])
        wire->ends_us[WIRE_TO_HUB] = at_hub_us;
}

// What was said last still arrives, as it mostly does.
void wire_hang_up(wire_t *wire, wire_way_t to)
{
    int64_t heard_us = wire->queue[to].last_us;
    if (heard_us < fibers_now_us())
        heard_us = fibers_now_us();
    heard_us += latency_us(wire);
    wire->ends_us[!to] = fibers_now_us();
    if (heard_us < wire->ends_us[to] && !wires_weather(wire->node)->still[to])
        wire->ends_us[to] = heard_us;
}

bool wire_over(const wire_t *wire, wire_way_t way)
{
    return wire->ends_us[way] <= fibers_now_us();
}

bool wire_send(wire_t *wire, wire_way_t way, int whose, span_t frame)
{
    wire_queue_t *queue = &wire->queue[way];
    if (wire_over(wire, !way))
        return false;
    if (queue->n == queue->room) {
        queue->room = queue->room ? 2 * queue->room : 16;
        queue->frame = reallocarray(queue->frame, queue->room, sizeof *queue->frame);
        if (!queue->frame)
            abort();
    }
    int64_t due_us = fibers_now_us() + latency_us(wire);
    if (due_us < queue->last_us)
        due_us = queue->last_us;
    queue->last_us = due_us;
    queue->frame[queue->n] = (wire_frame_t){.due_us = due_us, .whose = whose};
    buf_put_span(&queue->frame[queue->n++].bytes, frame);
    wires_frames++;
    return true;
}

bool wire_arrived(const wire_t *wire, wire_way_t way)
{
    const wire_queue_t *queue = &wire->queue[way];
    return queue->first < queue->n && !wires_weather(wire->node)->still[way] &&
           queue->frame[queue->first].due_us <= fibers_now_us();
}

bool wire_receive(wire_t *wire, wire_way_t way, wire_frame_t *frame)
{
    wire_queue_t *queue = &wire->queue[way];
    if (!wire_arrived(wire, way))
        return false;
    *frame = queue->frame[queue->first++];
    if (queue->first == queue->n)
        queue->first = queue->n = 0;
    return true;
}

size_t wire_waits(const wire_t *wire, wire_way_t way)
{
    return wire->queue[way].n - wire->queue[way].first;
}

void wires_machine_ended(const machine_t *machine, bool silently)
{
    enum { RESET_MS = 20, GIVEN_UP_MS = 60000 };
    for (size_t i = 0; i < self.n; i++) {
        wire_t *wire = self.wire[i];
        if (wire->node != machine && wire->hub != machine)
            continue;
        int64_t now_us = fibers_now_us();
        int64_t heard_us = now_us + (silently ? chance_between(1000, GIVEN_UP_MS) * 1000
                                              : chance_between(0, RESET_MS) * 1000);
        wire_cut(wire, wire->node == machine ? now_us : heard_us,
            wire->hub == machine ? now_us : heard_us);
        if (wire->node == machine)
            wire->at_node = WIRE_ENDED; // nobody closes it
        if (wire->hub == machine) {
            wire->told_left = true; // nobody asks
            wire->asked = false;
        }
    }
    if (machine == self.hub)
        self.listens = false;
}

// --- what moves

static void sooner(int64_t *at, int64_t than)
{
    if (than > fibers_now_us() && than < *at)
        *at = than;
}

static void next_of(const wire_t *wire, int64_t *at)
{
    if (wire->at_hub == WIRE_CALLING || !wire->told_up)
        sooner(at, wire->arrives_us);
    for (int way = 0; way < 2; way++) {
        const wire_queue_t *queue = &wire->queue[way];
        sooner(at, wire->ends_us[way]);
        if (queue->first < queue->n && !wires_weather(wire->node)->still[way])
            sooner(at, queue->frame[queue->first].due_us);
    }
    sooner(at, wire->end_us);
    sooner(at, wire->left_us);
}

static bool calls(const wire_t *wire)
{
    return wire->at_hub == WIRE_CALLING && wire->arrives_us <= fibers_now_us() &&
           !wire_over(wire, WIRE_TO_HUB) &&
           !wires_weather(wire->node)->still[WIRE_TO_HUB];
}

static bool forgotten(const wire_t *wire)
{
    return wire_over(wire, WIRE_TO_HUB) && wire_over(wire, WIRE_TO_NODE) &&
           wire->told_left && !wire->asked && wire->at_node == WIRE_ENDED;
}

// Whether there is something to do about it here; what arrived its receivers see.
static bool waits_for_us(const wire_t *wire)
{
    return calls(wire) || forgotten(wire) || wire->end_us <= fibers_now_us() ||
           (wire_over(wire, WIRE_TO_HUB) &&
               (wire->left_us == FIBERS_NEVER || (!wire->spoke && !wire->told_left)));
}

static int64_t when_next(void *context)
{
    int64_t at = FIBERS_NEVER;
    (void)context;
    for (size_t i = 0; i < self.n; i++) {
        if (waits_for_us(self.wire[i]))
            return 0;
        next_of(self.wire[i], &at);
    }
    return at;
}

static void answer_call(wire_t *wire)
{
    if (!calls(wire))
        return;
    if (listens(wire)) {
        wire->at_hub = WIRE_KNOCKING;
        wire->hub = self.hub;
    } else
        wire_cut(wire, fibers_now_us(), fibers_now_us());
}

static void turn_one(wire_t *wire)
{
    enum { LATER_US = 1000000 };
    answer_call(wire);
    if (wire->end_us <= fibers_now_us()) {
        wire->end_us = FIBERS_NEVER;
        wire_hang_up(wire, WIRE_TO_NODE);
    }
    if (wire_over(wire, WIRE_TO_HUB) && wire->left_us == FIBERS_NEVER)
        wire->left_us = fibers_now_us() + LATER_US;
    if (wire_over(wire, WIRE_TO_HUB) && !wire->spoke)
        wire->told_left = true;
}

// The node's side frees what it has called (channel_close); the hub's side is told once.
static void run(void *context)
{
    (void)context;
    for (;;) {
        fibers_wait(when_next, NULL, FIBERS_NEVER);
        for (size_t i = 0; i < self.n; i++)
            turn_one(self.wire[i]);
        for (size_t i = self.n; i-- > 0;)
            if (forgotten(self.wire[i])) {
                queue_clear(&self.wire[i]->queue[0]);
                queue_clear(&self.wire[i]->queue[1]);
                free(self.wire[i]->queue[0].frame);
                free(self.wire[i]->queue[1].frame);
                free(self.wire[i]);
                self.wire[i] = self.wire[--self.n];
            }
    }
}

void wires_open(machine_t *hub)
{
    self.hub = hub;
    (void)fibers_start(NULL, "network", run, NULL);
}
