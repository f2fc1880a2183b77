// reception - the conversation with nodes: who may connect and has said hello, what each
// may say and how often, and how a session ends.
//
// Sessions begin and end here and nowhere else.  What concerns the session alone is dealt
// with here; whatever else a node says is handed back to the hub.

#ifndef HUB_NET_RECEPTION_H
#define HUB_NET_RECEPTION_H

#include "hub/journal/owed.h"
#include "hub/journal/refusals.h"
#include "hub/net/gate.h"
#include "hub/net/sessions.h"
#include "hub/state/duties.h"
#include "hub/state/inboxes.h"
#include "hub/state/tree.h"
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

// All is borrowed for as long as the reception lives.
typedef struct {
    const hub_options_t *options;
    const log_vkey_t *vkey;
    const tree_t *tree;
    gate_t *gate;
    sessions_t *sessions;
    inboxes_t *inboxes;
    const duties_t *duties;
    refusals_t *refusals;
    owed_t *owed; // what the log is to have about sessions
} reception_setup_t;

// What holds in this turn; borrowed until the next reception_begin.
typedef struct {
    const roster_t *roster;
    span_t checkpoint; // the newest durable one, signed
    now_t now;
} reception_turn_t;

reception_t *reception_new(const reception_setup_t *setup);
void reception_destroy(reception_t **self_p);
// A turn begins; or another law comes into force before anything is received in it.
void reception_begin(reception_t *self, const reception_turn_t *turn);

// Whoever knocks is let in or not.  -1 as gate_knock.
int reception_door_turn(reception_t *self, cause_t *why);

// What a session's node said and is another's to deal with: a frame of some type.
typedef struct {
    session_t *session; // NULL: there is nothing to deal with
    int type;
    span_t frame; // as long as the message it came with
} arrival_t;

arrival_t reception_visit(reception_t *self, const gate_message_t *message);
// What had arrived cannot be read, if the session is still there.
void reception_punish(reception_t *self, session_t *session, const cause_t *why);
// How many of so many published items under so many seal heads may be taken now; why the
// rest is put off.
size_t reception_may_publish(reception_t *self, session_t *session, size_t items,
    size_t heads, refusal_t *refusal);
// Whether the node asks no more often than it may.
bool reception_may_ask(reception_t *self, const session_t *session);
// Whether the frame was sent, whose bytes are given away either way: if not, the peer is
// slow, or gone, and then the session is over.
bool reception_send(reception_t *self, session_t *session, buf_t *frame);
// For what is said once: a peer that is too slow for it loses its session, will be asked
// for a hello and publishes again what it was not answered.
void reception_answer(reception_t *self, int slot, buf_t *frame);
// The session ends for this; the node hears code and text, the log `why`.
void reception_dismiss(reception_t *self, session_t *session, const char *code,
    const char *text, const char *why);
// Ends the sessions of nodes that have gone, or have not said a word for long.  False,
// and nothing is done, while something waits to be read: who was not heard may have
// spoken.
bool reception_silence(reception_t *self);
// From now on nothing is read from or sent to a node whose certificate no longer holds,
// and its connections end, with a session or without.
void reception_expel(reception_t *self);
// A node has shown a checkpoint which this log has signed and does not contain.
bool reception_rolled_back(const reception_t *self);

#endif
