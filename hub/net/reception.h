// reception - the conversation with nodes: who may connect and has said hello, what each
// may say and how often, and how a session ends.
//
// Sessions begin and end here and nowhere else.  What is said goes to the hub through the
// port below, taken apart as far as the session has to know it.

#ifndef HUB_NET_RECEPTION_H
#define HUB_NET_RECEPTION_H

#include "hub/journal/refusals.h"
#include "hub/net/sessions.h"
#include "hub/state/inboxes.h"
#include "hub/state/tree.h"
#include "lib/base/log.h"
#include "lib/base/refusal.h"
#include "lib/base/times.h"
#include "lib/config/hub_options.h"
#include "lib/pki/roster.h"
#include "lib/tlog/note.h"

enum {
    RECEPTION_CONNECTS = 120, // handshakes a minute of one node
    RECEPTION_BEGINS = 20,    // hellos a second, and requests to send again
    RECEPTION_SPOILED = 100,  // unreadable frames before a session is ended
    RECEPTION_SILENT = 6      // times timing.heartbeat_ms, and a session is over
};

typedef struct reception reception_t;

// A frame as it comes from a proven key.
typedef struct {
    span_t route;
    const uint8_t *key; // 32 bytes
    bool claimed;       // the peer chose its routing id, which may have been another's
    span_t frame;
} visit_t;

typedef enum {
    LINE_SENT,
    LINE_FULL, // the peer is slow: try again later
    LINE_GONE, // it is not connected any more
} line_t;

// What a PUBLISH frame held.
typedef struct {
    size_t first; // what it is numbered from
    size_t items, heads;
} published_t;

typedef struct {
    // To the node of this inbox; -1: to somebody who has none.
    line_t (*send)(void *context, int inbox, span_t route, span_t frame);
    // -1: the frame cannot be read, and nothing of it was taken.
    int (*publish)(void *context, const session_t *from, span_t frame,
        published_t *published, cause_t *why);
    // What came from `first` on is too much for now.
    void (*put_off)(void *context, size_t first, const refusal_t *refusal);
    // A question (EXPLAIN, ASK) or something about an attachment (GIVE, PIECE, FETCH).
    // -1: it cannot be read.
    int (*hear)(void *context, session_t *from, int type, span_t frame, cause_t *why);
    // session->ack waits to be verified and journalled.
    void (*acknowledged)(void *context, const session_t *session);
    // This connection is of no use any more and ends; or it has a session now, and stays.
    void (*end)(void *context, span_t route, const uint8_t key[32]);
    void (*keep)(void *context, span_t route, const uint8_t key[32]);
    // The node was live on another connection, and that session is over.
    void (*replaced)(void *context, const char *node);
    // The node holds a checkpoint which this log has signed and does not contain.
    void (*rolled_back)(void *context, const char *node);
    void (*log)(log_level_t level, const char *id, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    void *context;
} reception_port_t;

// All is borrowed for as long as the reception lives.
typedef struct {
    const hub_options_t *options;
    const log_vkey_t *vkey;
    const tree_t *tree;
    sessions_t *sessions;
    inboxes_t *inboxes;
    refusals_t *refusals;
    reception_port_t port;
} reception_setup_t;

// What holds in this turn; borrowed until the next reception_begin.
typedef struct {
    const roster_t *roster;
    span_t checkpoint; // the newest durable one, signed
    now_t now;
} reception_turn_t;

reception_t *reception_new(const reception_setup_t *setup);
void reception_destroy(reception_t **self_p);
void reception_begin(reception_t *self, const reception_turn_t *turn);

// Whether this key may finish a handshake now.
bool reception_admits(void *self, const uint8_t key[32]);
// Whether it may stay: its certificate holds.
bool reception_keeps(void *self, const uint8_t key[32]);
void reception_visit(reception_t *self, const visit_t *visit);
// More of this peer waited than its share: that is lost, and nothing more is read from
// this connection.
void reception_cut(reception_t *self, const visit_t *visit);
// This connection is gone.
void reception_left(reception_t *self, span_t route, const uint8_t key[32]);
// Whether the node asks no more often than it may.
bool reception_may_ask(reception_t *self, const session_t *session);
// False when the frame was not taken: the peer is slow, or gone, and then the session is
// over.
bool reception_send(reception_t *self, session_t *session, span_t frame);
// For what is said once: a peer that is too slow for it loses its session, will be asked
// for a hello and publishes again what it was not answered.
void reception_answer(reception_t *self, int slot, span_t frame);
// The session ends for this; the node hears code and text, the log `why`.
void reception_dismiss(reception_t *self, session_t *session, const char *code,
    const char *text, const char *why);
// Ends the sessions of nodes that have not said a word for long.  Only when nothing waits
// to be read: who was not heard may have spoken.
void reception_silent(reception_t *self);
// From now on nothing is read from or sent to a node whose certificate no longer holds.
void reception_expel(reception_t *self);

#endif
