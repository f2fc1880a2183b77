// zap - the handler that libzmq asks whether a key may finish its handshake (RFC 27).
//
// CURVE lets everybody in where none is bound: open it before the socket it guards.

#ifndef HUB_NET_ZAP_H
#define HUB_NET_ZAP_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct zap zap_t;

// Who asks: a key that it has proven, and where from.  Borrowed until it is answered.
typedef struct {
    const uint8_t *key; // 32 bytes
    const char *address;
} zap_guest_t;

zap_t *zap_open(void *zmq, cause_t *why);
void zap_close(zap_t **self_p);
void *zap_socket(const zap_t *self); // for zmq_poll: readable when somebody waits
// The next who waits: 1, and it is to be answered before the one after it; 0 when nobody
// does; -1 when the handler is broken, and nobody can be let in any more.  Who has no key
// of CURVE's is refused here.
int zap_next(zap_t *self, zap_guest_t *guest, cause_t *why);
// The User-Id of who is let in is the key in hex.  -1 as above.
int zap_answer(zap_t *self, bool admitted, cause_t *why);

#endif
