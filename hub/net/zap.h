// zap - the handler that libzmq asks whether a key may finish its handshake (RFC 27).
//
// CURVE lets everybody in where none is bound: open it before the socket it guards.

#ifndef HUB_NET_ZAP_H
#define HUB_NET_ZAP_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct zap zap_t;

// Whether this key, coming from this address, may finish its handshake.
typedef bool (*zap_admit_fn)(void *context, const uint8_t key[32], const char *address);

zap_t *zap_open(void *zmq, cause_t *why);
void zap_close(zap_t **self_p);
void *zap_socket(const zap_t *self); // for zmq_poll: readable when somebody waits
// Answers all who wait.  The User-Id of who is let in is the key in hex.  -1: the handler
// is broken, and nobody can be let in any more.
int zap_turn(zap_t *self, zap_admit_fn admit, void *context, cause_t *why);

#endif
