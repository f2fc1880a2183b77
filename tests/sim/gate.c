// gate - hub/net/gate.h without a network: the hub's ends of all wires.

#include "hub/net/gate.h"

#include "lib/base/memory.h"
#include "tests/sim/files.h"
#include "tests/sim/wire.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 1 << 13, GRACE_US = 1000000 };

struct gate {
    gate_options_t options;
    wire_t *guest; // who is to be answered
    wire_frame_t frame;
    gate_counts_t counts;
    size_t cursor; // whose turn it is
    char endpoint[64];
    machine_t *machine;
};

gate_options_t gate_options_of(const hub_options_t *options, const uint8_t secret_key[32],
    const uint8_t public_key[32])
{
    gate_options_t gate = {.frame_limit = options->frame_limit,
        .queue_limit = (int)options->queue_limit,
        .connections = (int)options->connections,
        .node_connections = (int)options->node_connections};
    memcpy(gate.secret_key, secret_key, 32);
    memcpy(gate.public_key, public_key, 32);
    return gate;
}

gate_t *gate_new(void)
{
    gate_t *self = memory_new(1, sizeof *self);
    self->machine = fibers_machine();
    return self;
}

int gate_open(gate_t *self, const gate_options_t *options, cause_t *why)
{
    (void)why;
    self->options = *options;
    (void)snprintf(
        self->endpoint, sizeof self->endpoint, "sim://%s", self->machine->name);
    wires_listen(self->machine, options->public_key);
    return 0;
}

static bool mine(const wire_t *wire, const gate_t *self)
{
    return wire->hub == self->machine && wire->hub_life == self->machine->life;
}

void gate_close(gate_t **self_p)
{
    gate_t *self = *self_p;
    if (!self)
        return;
    wires_deafen(self->machine);
    for (size_t i = 0; i < wires_count(); i++)
        if (mine(wires_at(i), self) && !wire_over(wires_at(i), WIRE_TO_HUB))
            wire_hang_up(wires_at(i), WIRE_TO_NODE);
    buf_destroy(&self->frame.bytes);
    free(self);
    *self_p = NULL;
}

const char *gate_endpoint(const gate_t *self, size_t i)
{
    return i == 0 ? self->endpoint : NULL;
}

static bool speaks(const wire_t *wire, const gate_t *self)
{
    return mine(wire, self) && wire->at_hub == WIRE_OPEN;
}

static bool knocks(const wire_t *wire)
{
    return wire->at_hub == WIRE_KNOCKING && !wire_over(wire, WIRE_TO_HUB);
}

static bool has_left(const wire_t *wire, const gate_t *self)
{
    return speaks(wire, self) && wire->spoke && !wire->told_left &&
           wire->left_us <= fibers_now_us() && !wire_arrived(wire, WIRE_TO_HUB);
}

typedef struct {
    gate_t *self;
    struct pollfd *others;
    size_t n;
} wait_t;

static bool others_ready(const wait_t *wait)
{
    bool found = false;
    for (size_t i = 0; i < wait->n; i++) {
        const files_open_t *file = files_at(wait->others[i].fd);
        bool ready =
            file && ((file->kind == FILES_EVENT && file->at > 0) ||
                        (file->kind == FILES_SIGNALS && file->machine->signals) ||
                        (file->kind == FILES_WIRE && file->ready(file->context)));
        wait->others[i].revents = ready ? POLLIN : 0;
        found = found || ready;
    }
    return found;
}

static bool anything(const wait_t *wait)
{
    for (size_t i = 0; i < wires_count(); i++) {
        const wire_t *wire = wires_at(i);
        if (knocks(wire) || (speaks(wire, wait->self) && wire_arrived(wire, WIRE_TO_HUB)))
            return true;
    }
    return false;
}

static int64_t when_anything(void *context)
{
    const wait_t *wait = context;
    bool others = others_ready(wait);
    return others || anything(wait) ? 0 : FIBERS_NEVER;
}

bool gate_wait(gate_t *self, struct pollfd *others, size_t n, long most_ms)
{
    enum { TURN_US = 50 }; // that a turn takes at least
    wait_t wait = {self, others, n};
    fibers_sleep(TURN_US);
    fibers_step();
    fibers_wait(when_anything, &wait, fibers_now_us() + (int64_t)most_ms * 1000);
    bool others_say = others_ready(&wait);
    return others_say || anything(&wait);
}

int gate_knock(gate_t *self, const uint8_t **key, cause_t *why)
{
    (void)why;
    fibers_step();
    for (size_t i = 0; i < wires_count(); i++)
        if (knocks(wires_at(i))) {
            self->guest = wires_at(i);
            self->guest->asked = true;
            *key = self->guest->key;
            return 1;
        }
    return 0;
}

// A key that has all its places gives up its oldest.
static void make_place(gate_t *self, const wire_t *newest)
{
    wire_t *oldest = NULL;
    int n = 0;
    for (size_t i = 0; i < wires_count(); i++) {
        wire_t *wire = wires_at(i);
        if (wire == newest || !speaks(wire, self) || wire_over(wire, WIRE_TO_HUB) ||
            memcmp(wire->key, newest->key, 32) != 0)
            continue;
        n++;
        if (!oldest || memcmp(wire->route, oldest->route, sizeof wire->route) < 0)
            oldest = wire;
    }
    if (n >= self->options.node_connections && oldest) {
        self->counts.displaced++;
        wire_hang_up(oldest, WIRE_TO_NODE);
    }
}

int gate_answer(gate_t *self, bool admitted, cause_t *why)
{
    enum { BACK_US = 2000 };
    (void)why;
    wire_t *wire = self->guest;
    self->guest = NULL;
    wire->asked = false;
    wire->at_hub = admitted ? WIRE_OPEN : WIRE_REFUSED;
    wire->hub_life = self->machine->life;
    wire->arrives_us = fibers_now_us() + BACK_US;
    if (admitted)
        make_place(self, wire);
    else {
        self->counts.refused++;
        wire->ends_us[WIRE_TO_HUB] = fibers_now_us();
    }
    return 0;
}

bool gate_receive(gate_t *self, gate_message_t *message)
{
    size_t n = wires_count();
    fibers_step();
    buf_destroy(&self->frame.bytes);
    for (size_t i = 0; i < n; i++) {
        wire_t *wire = wires_at((self->cursor + i) % n);
        if (!speaks(wire, self) || !wire_receive(wire, WIRE_TO_HUB, &self->frame))
            continue;
        self->cursor = (self->cursor + i + 1) % n;
        wire->spoke = true;
        *message = (gate_message_t){.event = GATE_SAID,
            .route = span_of(wire->route, sizeof wire->route),
            .key = wire->key,
            .frame = buf_span(&self->frame.bytes)};
        return true;
    }
    return false;
}

static wire_t *find(const gate_t *self, span_t route)
{
    for (size_t i = 0; i < wires_count(); i++)
        if (speaks(wires_at(i), self) && route.size == sizeof wires_at(i)->route &&
            memcmp(route.data, wires_at(i)->route, route.size) == 0)
            return wires_at(i);
    return NULL;
}

gate_result_t gate_send(gate_t *self, int whose, span_t route, buf_t *frame)
{
    wire_t *wire = find(self, route);
    fibers_step();
    gate_result_t result = GATE_GONE;
    if (wire && wire_waits(wire, WIRE_TO_NODE) >= (size_t)self->options.queue_limit)
        result = GATE_FULL;
    else if (wire && wire_send(wire, WIRE_TO_NODE, whose, buf_span(frame)))
        result = GATE_SENT;
    buf_destroy(frame);
    return result;
}

size_t gate_unsent(const gate_t *self, int whose)
{
    size_t bytes = 0;
    for (size_t i = 0; i < wires_count(); i++) {
        const wire_queue_t *queue = &wires_at(i)->queue[WIRE_TO_NODE];
        if (!speaks(wires_at(i), self) || wire_over(wires_at(i), WIRE_TO_HUB))
            continue;
        for (size_t k = queue->first; k < queue->n; k++)
            bytes += queue->frame[k].whose == whose ? queue->frame[k].bytes.size : 0;
    }
    return bytes;
}

void gate_end(gate_t *self, const uint8_t key[32], span_t route)
{
    wire_t *wire = find(self, route);
    (void)key;
    if (wire && wire->end_us == FIBERS_NEVER)
        wire->end_us = fibers_now_us() + GRACE_US;
    if (wire)
        wire->to_end = true;
}

void gate_keep(gate_t *self, const uint8_t key[32], span_t route)
{
    wire_t *wire = find(self, route);
    (void)key;
    if (wire && wire->end_us != FIBERS_NEVER) {
        wire->end_us = FIBERS_NEVER;
        wire->to_end = false;
    }
}

static void name_of(const wire_t *wire, connection_name_t *name)
{
    memcpy(name->key, wire->key, sizeof name->key);
    name->route_size = sizeof wire->route;
    memcpy(name->route, wire->route, sizeof wire->route);
}

bool gate_next(gate_t *self, size_t *cursor, connection_name_t *name)
{
    while (*cursor < wires_count()) {
        const wire_t *wire = wires_at((*cursor)++);
        if (!speaks(wire, self) || !wire->spoke || wire->to_end ||
            wire_over(wire, WIRE_TO_HUB))
            continue;
        name_of(wire, name);
        return true;
    }
    return false;
}

bool gate_left(gate_t *self, connection_name_t *name)
{
    for (size_t i = 0; i < wires_count(); i++) {
        wire_t *wire = wires_at(i);
        if (!has_left(wire, self))
            continue;
        wire->told_left = true;
        name_of(wire, name);
        return true;
    }
    return false;
}

gate_counts_t gate_counts(gate_t *self)
{
    gate_counts_t counts = self->counts;
    for (size_t i = 0; i < wires_count(); i++) {
        const wire_t *wire = wires_at(i);
        const wire_queue_t *queue = &wire->queue[WIRE_TO_HUB];
        if (!speaks(wire, self))
            continue;
        counts.connections += !wire_over(wire, WIRE_TO_HUB);
        for (size_t k = queue->first; wire_arrived(wire, WIRE_TO_HUB) && k < queue->n;
             k++)
            if (queue->frame[k].due_us <= fibers_now_us())
                counts.waiting_bytes += queue->frame[k].bytes.size;
    }
    counts.connections_max = (size_t)self->options.connections;
    return counts;
}
