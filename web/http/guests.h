// guests - the connections that are open, and which of them have to go: those that are
// slow, and the idle ones of an address that has too many.
//
// libmicrohttpd ends a connection on which nothing moves.  One that says a letter now and
// then would be open for ever, and many that say nothing would leave no room for others.

#ifndef WEB_HTTP_GUESTS_H
#define WEB_HTTP_GUESTS_H

#include <microhttpd.h>
#include <stdint.h>

typedef struct {
    unsigned all;    // connections at a time; when few are left, idle ones go
    unsigned each;   // of one address
    int64_t slow_ms; // within which a request is whole, and a body has its first 16 KB
} guests_limits_t;

typedef struct guests guests_t;
typedef struct guest guest_t;

guests_t *guests_new(const guests_limits_t *limits);
void guests_destroy(guests_t **self_p); // no connection is open any more
// MHD_OPTION_NOTIFY_CONNECTION; the guest is the connection's socket context.
void guests_notify(void *context, struct MHD_Connection *connection, void **guest_p,
    enum MHD_ConnectionNotificationCode code);
// Now and then: ends those that were too slow.  Steady clock.
void guests_turn(guests_t *self, int64_t now_ms);
uint64_t guests_ended(guests_t *self); // that had to go, so far

// What its connection is doing: a body of so many bytes is on its way; it is our turn; it
// is free for the next request.
void guest_sends(struct MHD_Connection *connection, uint64_t size);
void guest_waits(struct MHD_Connection *connection);
void guest_rests(struct MHD_Connection *connection);

#endif
