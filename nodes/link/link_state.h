// link_state - the inside of a link, shared by link.c (its life and what it says) and
// link_hear.c (what it does with each kind of frame), and by nobody else.
//
// Invariants: LINK_READY has a channel; nothing counts as sent in `flight` unless
// LINK_READY; a link that is `stopped` is not LINK_READY.

#ifndef NODES_LINK_LINK_STATE_H
#define NODES_LINK_LINK_STATE_H

#include "nodes/link/carrying.h"
#include "nodes/link/channel.h"
#include "nodes/link/flight.h"
#include "nodes/link/inflow.h"
#include "nodes/link/link.h"
#include "nodes/link/verifier.h"

enum {
    FRAMES_A_TURN = 64,
    PAUSES_LOST = 8, // a lost connection is tried again at most this many pauses later
    PAUSES_REFUSED = 64, // and one that was refused, or cannot be believed
    HOLD_MS = 100,       // before publishing again what the hub asked to be sent later
    HOLD_MAX_MS = 5000,
    CARRY_SILENCES = 3, // times silence_ms for what a delivery brings along
    HELLO_MS = 200,     // a hub that keeps asking for a hello gets one this often
};

// What was found of lines that come with deliveries; many of a frame have the same.
typedef enum {
    LINES_UNREAD,
    LINES_ALONE, // they are good, and bring nothing along
    LINES_CARRY,
} lines_t;

struct link {
    link_options_t options; // strings owned
    link_events_t events;
    channel_keys_t keys; // of this connection, or the last
    link_identity_t identity;
    size_t hub_key, hub_reached; // the key that is tried, and that was proven last
    size_t endpoint_next;
    size_t failed; // connections tried since one was up
    channel_family_t trying, reached;
    channel_t *channel;
    link_event_type_t state;
    bool stopped; // since a hub showed another log, until one proves that it has ours
    bool up;      // the handshake is done
    bool hello_wanted;
    peer_t hub;          // what it knows, as far as it has said so since the last welcome
    int64_t hello_at_ms; // the last one
    int64_t heard_ms, spoke_ms;
    int64_t connect_at_ms; // while there is no channel
    int64_t pause_ms;
    int64_t hold_until_ms, hold_ms; // publishing waits
    flight_t *flight;
    verifier_t *verifier;
    inflow_t inflow;
    carrying_t *carrying;  // what the next delivery brings along
    uint64_t position;     // in the log, of the last delivery stored
    cause_t contradiction; // in the last delivery; "": none since one was stored
    hash_t delivered_root; // of the checkpoint that came with the last delivery
    link_status_t status;
    now_t now;
    buf_t out, scratch;
    union {
        publish_t publish;
        receipt_t receipt;
        refused_t refused;
        deliver_t deliver;
    } frame;
    lines_t lines[FRAME_ITEMS_MAX]; // of each why of `frame.deliver`
    link_receipt_t receipt[FRAME_ITEMS_MAX];
    link_delivery_t delivery[FRAME_ITEMS_MAX];
};

static inline int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

void link_emit(link_t *self, link_event_type_t type, const char *code, const char *text);
// End the connection and say so; the next endpoint is tried after a pause, which doubles
// up to `pauses` times the first.
void link_part(link_t *self, link_event_type_t type, int64_t pauses, const char *code,
    const char *text);
// The hub does not hand over what a delivery brings along: the connection is ended, and
// that stays in view.
void link_not_handed_over(link_t *self);
// Do what a frame from the hub asks for; it may end the connection.
void link_hear(link_t *self, span_t frame);

#endif
