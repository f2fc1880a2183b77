// sessions - the nodes that are connected now: where they are, and what each part of the
// hub keeps about them for as long as they are.
//
// A session is (routing id, key), checked on every frame.  A node has at most one: the
// newest hello wins.

#ifndef HUB_NET_SESSIONS_H
#define HUB_NET_SESSIONS_H

#include "hub/net/window.h"
#include "lib/message/peer.h"
#include "lib/tlog/leaf.h"

// Each part has one owner, who alone writes it; others may read.
typedef struct {
    // Who it is, the same for as long as it lives: hub/net/sessions.c.
    bool live;
    uint8_t route_size;
    uint8_t route[255];
    uint8_t key[32];
    char node[NODE_ID_MAX];
    int inbox;      // its index among the inboxes
    int next, slot; // chain of the index; its own place

    // What it was sent and has: hub/net/window.c.
    window_t window;

    // What it said, and how much: hub/net/reception.c.
    peer_t peer;         // what it knows beyond the first version
    int64_t opened_ms;   // monotonic: its hello
    int64_t heard_ms;    // monotonic: the last frame
    uint64_t turn;       // of its last publishes
    uint32_t unanswered; // publishes of that turn
    uint32_t spoiled;    // frames that could not be read, since the hello

    // What it asked for beside its inbox; number 0: nothing: hub/send/delivery.c.
    carry_ask_t carry;

    // What it acknowledged: hub/send/deferred.c.
    bool ack_waits; // `ack` is to be verified and journalled
    ack_t ack;

    // The journal is followed from here: hub/send/standbys.c.
    struct {
        bool on, over;          // over: the segment's last bytes were sent
        uint64_t segment, sent; // up to where it was sent what there is
        uint64_t kept, entries; // what it says that it has on its disk
    } follow;

    // An answer about an attachment is owed: hub/attach/attachment_server.c.
    bool giving, fetching;
} session_t;

typedef struct sessions sessions_t;

sessions_t *sessions_new(void);
void sessions_destroy(sessions_t **self_p);
// The session of this peer, or NULL.
session_t *sessions_find(sessions_t *self, span_t route, const uint8_t key[32]);
// The live session whose inbox this is, or NULL.
session_t *sessions_of_inbox(sessions_t *self, int inbox);
// A new session, whose window is not open yet; the caller has closed an older one of the
// same inbox.
session_t *sessions_open(
    sessions_t *self, span_t route, const uint8_t key[32], const char *node, int inbox);
void sessions_close(sessions_t *self, session_t *session);
// Monotonic: the last frame of the node with this inbox, also of a session that has
// ended.  False: there was none since the hub's start.
bool sessions_heard(const sessions_t *self, int inbox, int64_t *heard_ms);
// The last hello of the node with this inbox claimed what the log does not have; a
// session that is opened takes it back.
void sessions_contradicts(sessions_t *self, int inbox);
bool sessions_contradicted(const sessions_t *self, int inbox);
size_t sessions_live(const sessions_t *self);
// For walking: slots 0..sessions_slots-1; NULL where no session is live.
size_t sessions_slots(const sessions_t *self);
session_t *sessions_at(sessions_t *self, size_t slot);

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
