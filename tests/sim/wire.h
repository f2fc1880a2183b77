// wire - connections between nodes and a hub: frames that take their time, arrive in
// order, and are lost with their connection.
//
// What a node says on a new connection never overtakes anything, since nothing of an old
// one is left.  A connection may be cut for both sides, or for one of them much earlier
// than for the other, and each direction of a machine's network may stand still: then
// what is said waits, and is there when it goes on or is lost when it is cut.

#ifndef TESTS_SIM_WIRE_H
#define TESTS_SIM_WIRE_H

#include "lib/base/bytes.h"
#include "tests/sim/fibers.h"

typedef struct wire wire_t;

typedef enum { WIRE_TO_HUB, WIRE_TO_NODE } wire_way_t;
typedef enum {
    WIRE_CALLING,  // has not reached the hub
    WIRE_KNOCKING, // is there, and not answered
    WIRE_OPEN,
    WIRE_REFUSED,
    WIRE_ENDED, // for the side that asks
} wire_state_t;

typedef struct {
    int64_t due_us;
    int whose; // account at the hub
    buf_t bytes;
} wire_frame_t;

typedef struct {
    wire_frame_t *frame;
    size_t n, room, first;
    int64_t last_us; // nothing arrives before it
} wire_queue_t;

struct wire {
    machine_t *node, *hub;
    unsigned hub_life;
    uint8_t key[32], hub_key[32];
    uint8_t route[5];
    wire_state_t at_node, at_hub;
    int64_t arrives_us; // the call, or its answer
    int64_t ends_us[2]; // for each side, by way; never: it does not
    wire_queue_t queue[2];
    bool asked; // the hub is about to answer
    bool spoke, told_up, to_end, told_left;
    int64_t end_us; // when the hub ends it; never
    int64_t left_us;
};

// What a network does at this moment to one machine's wires.
typedef struct {
    bool still[2]; // nothing moves this way
    int64_t least_us, most_us;
} wire_weather_t;

void wires_open(machine_t *hub); // starts what moves the frames
wire_weather_t *wires_weather(const machine_t *node);

wire_t *wire_call(const uint8_t key[32], const uint8_t hub_key[32]);
void wire_hang_up(wire_t *wire, wire_way_t to); // the side from which `to` leads away
void wire_cut(wire_t *wire, int64_t at_node_us, int64_t at_hub_us);
bool wire_send(wire_t *wire, wire_way_t way, int whose, span_t frame);
// The next that has arrived; the caller destroys its bytes.
bool wire_receive(wire_t *wire, wire_way_t way, wire_frame_t *frame);
size_t wire_waits(const wire_t *wire, wire_way_t way); // frames under way and arrived
bool wire_arrived(const wire_t *wire, wire_way_t way);
bool wire_over(const wire_t *wire, wire_way_t way); // for the side that is sent to

size_t wires_count(void);
wire_t *wires_at(size_t i);
// The machine ended: by a kill others hear of it soon, by a power cut not at all.
void wires_machine_ended(const machine_t *machine, bool silently);

extern uint64_t wires_frames; // sent so far

// Whether a hub listens now, and with which key.
void wires_listen(machine_t *hub, const uint8_t key[32]);
void wires_deafen(machine_t *hub);

#endif
