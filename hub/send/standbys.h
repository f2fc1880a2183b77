// standbys - who keeps a copy of the journal that is seconds old: nodes of the role
// standby are sent its segments, byte by byte, behind everything else of a turn.
//
// What a standby says changes nothing but where the next bytes for it begin.

#ifndef HUB_SEND_STANDBYS_H
#define HUB_SEND_STANDBYS_H

#include "hub/journal/journal.h"
#include "hub/net/reception.h"
#include "hub/net/sessions.h"
#include "lib/pki/roster.h"

enum {
    STANDBYS_MAX = 4,              // at a time
    STANDBYS_PIECE = 256 << 10,    // bytes of one frame
    STANDBYS_WORK = 1 << 20,       // a turn, for all of them
    STANDBYS_UNKEPT_MAX = 4 << 20, // sent and not on its disk yet, for each
};

extern const char standbys_role[];

typedef struct standbys standbys_t;

// All is borrowed for as long as it lives.
typedef struct {
    const journal_t *journal;
    sessions_t *sessions;
    reception_t *reception;
} standbys_setup_t;

standbys_t *standbys_new(const standbys_setup_t *setup);
void standbys_destroy(standbys_t **self_p);
// FOLLOW of a session; -1 when it cannot be read, or the node's role is another.
int standbys_hear(standbys_t *self, const roster_t *roster, session_t *session,
    span_t frame, cause_t *why);
// What is durable by now, with its signed checkpoint for who has all of it.
void standbys_turn(standbys_t *self, span_t note);
// Somebody could be sent more: the next turn should begin at once.
bool standbys_wait(const standbys_t *self);

#endif
