// gate_inside - what the sources of the gate share; nobody else includes it.

#ifndef HUB_NET_GATE_INSIDE_H
#define HUB_NET_GATE_INSIDE_H

#include "hub/net/doorkeeper.h"
#include "hub/net/gate.h"
#include "hub/net/lobby.h"
#include "hub/net/unsent.h"
#include "hub/net/zap.h"
#include "lib/net/drain.h"

#include <zmq.h>

struct gate {
    void *context;
    void *router;
    drain_t *drain; // whoever uses the ROUTER or the lobby holds its lock
    lobby_t *lobby;
    zap_t *zap;
    bool knocked;      // somebody may wait at the ZAP handler
    zap_guest_t guest; // who is to be answered
    doorkeeper_t *doorkeeper;
    lobby_frame_t *received; // last
    char **endpoints;        // as bound
    size_t endpoint_count;
    int connections_max;
    int backlog;
    unsent_t *unsent;
};

// What libzmq has, into the lobby; under the drain's lock.  Whether anybody waits there.
bool gate_read_all(void *gate);

#endif
