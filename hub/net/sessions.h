// sessions - the nodes that are connected now: where they are, what they may have in
// flight.
//
// A session is (routing id, key), checked on every frame.  A node has at most one: the
// newest hello wins.

#ifndef HUB_NET_SESSIONS_H
#define HUB_NET_SESSIONS_H

#include "lib/base/bytes.h"
#include "lib/message/frame.h"
#include "lib/tlog/leaf.h"

typedef struct {
    bool live;
    uint8_t route_size;
    uint8_t route[255];
    uint8_t key[32];
    char node[NODE_ID_MAX];
    int inbox;            // its index among the inboxes
    uint32_t window;      // deliveries it takes unacknowledged
    uint64_t sent;        // highest inbox number queued to it, since the last step back
    uint64_t reached;     // highest one before `sent` was set back
    uint64_t acked;       // highest inbox number it has acknowledged
    int64_t resend_at_ms; // monotonic: when what is unacknowledged goes out again
    int64_t resend_first_ms; // the first wait before that
    int64_t resend_ms;       // the wait now, doubling
    bool ack_waits;          // `ack` is to be verified and journalled
    ack_t ack;
    int64_t heard_ms;      // monotonic: the last frame
    uint64_t weight;       // bytes of deliveries not acknowledged, about
    uint32_t unanswered;   // publishes of this turn
    uint32_t spoiled;      // frames that could not be read, since the hello
    bool giving, fetching; // an answer about an attachment is owed
    int next, slot;        // private: chain of the index; its own place
} session_t;

typedef struct sessions sessions_t;

sessions_t *sessions_new(void);
void sessions_destroy(sessions_t **self_p);
// The session of this peer, or NULL.
session_t *sessions_find(sessions_t *self, span_t route, const uint8_t key[32]);
// The live session whose inbox this is, or NULL.
session_t *sessions_of_inbox(sessions_t *self, int inbox);
// A new session; the caller has closed an older one of the same inbox.
session_t *sessions_open(sessions_t *self, span_t route, const uint8_t key[32],
    const char *node, int inbox, uint32_t window);
void sessions_close(sessions_t *self, session_t *session);
// The last hello of the node with this inbox claimed what the log does not have; a
// session that is opened takes it back.
void sessions_contradicts(sessions_t *self, int inbox);
bool sessions_contradicted(const sessions_t *self, int inbox);
size_t sessions_live(const sessions_t *self);
// For walking: slots 0..sessions_slots-1; NULL where no session is live.
size_t sessions_slots(const sessions_t *self);
session_t *sessions_at(sessions_t *self, size_t slot);

// The node has everything up to ack->number: the window moves on, and the acknowledgement
// waits to be journalled.  -1 when it was never sent so much.
int session_ack(session_t *session, const ack_t *ack, int64_t monotonic_ms, cause_t *why);
// The node asks for what it was sent, or had before, once more.
int session_again(session_t *session, const again_t *again, cause_t *why);
// n further deliveries were queued, in a frame of so many bytes.
void session_sent(session_t *session, uint64_t n, size_t bytes, int64_t monotonic_ms);
// What was not acknowledged in time is to go out again, each time after twice as long:
// true when `sent` was set back for that.
bool session_resend(session_t *session, int64_t monotonic_ms);

// What a node may do so often.  Kept by inbox, so that a new hello is no new allowance.
typedef enum {
    MAY_PUBLISH,
    MAY_EXPLAIN,
    MAY_BEGIN, // hellos, and requests to send again
    MAY_CONNECT,
    ALLOWANCES,
} allowance_t;

// Take up to n from an allowance of `per_second` (at most one second's worth is saved
// up); returns how many there were.
size_t sessions_may(sessions_t *self, int inbox, allowance_t what, size_t n,
    int64_t per_second, int64_t monotonic_ms);

// Take so many thousandths of one beside, also where there is nothing left: what is owed
// is at most a minute's worth.
void sessions_charge(sessions_t *self, int inbox, allowance_t what, int64_t thousandths,
    int64_t per_second);

// Remember which certificates this session was sent: true the first time for this pointer
// since the hello or sessions_forget_certs.
bool sessions_new_cert(sessions_t *self, const session_t *session, const void *cert);
// After the roster changed (NULL: every session), or when a frame could not be sent.
void sessions_forget_certs(sessions_t *self, const session_t *session);

#endif
