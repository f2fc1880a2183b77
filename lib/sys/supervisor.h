// supervisor - what a daemon tells whoever started it and watches over it: that it is
// ready, reads its law anew, stops, and still does its work.
//
// systemd's protocol (sd_notify(3)), spoken without its library: datagrams of lines to
// the socket that NOTIFY_SOCKET names.  Who starts a daemon without one is told nothing.
// What must be known is said again with the next feed where it could not be sent at once:
// nobody waits here for who reads it.

#ifndef LIB_SYS_SUPERVISOR_H
#define LIB_SYS_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    SUPERVISOR_STARTS,
    SUPERVISOR_READY, // it serves: what listens is bound
    SUPERVISOR_RELOADS,
    SUPERVISOR_STOPS,
} supervisor_state_t;

typedef struct {
    int socket;       // -1: there is nobody
    int64_t every_us; // between two feeds
    int64_t next_us;  // by CLOCK_STEADY
    supervisor_state_t state;
    bool unsaid; // the state
} supervisor_t;

#define SUPERVISOR_NONE ((supervisor_t){.socket = -1})

// By the environment, and takes it out of there, so that no program that this one runs
// speaks for it: to be called before there is a thread.  -1 with errno: there ought to be
// somebody, and is not; the daemon does without.
int supervisor_open(supervisor_t *self);
void supervisor_close(supervisor_t *self);
void supervisor_is(supervisor_t *self, supervisor_state_t state, const char *status);
// To be fed at the end of a turn, and by nothing else: what hangs is not to be called
// alive by a thread beside it.
bool supervisor_hungry(const supervisor_t *self);
// `status`: one line for people.
void supervisor_feed(supervisor_t *self, const char *status);
// Until it is hungry; a very long time where there is nobody.
int64_t supervisor_left_ms(const supervisor_t *self);

#endif
