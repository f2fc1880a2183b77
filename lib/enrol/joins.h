// joins - the requests of newcomers that a hub keeps, and what became of each.
//
// A folder that the hub's listener and its operator's commands share.  Each request is
// named by the SHA-256 of its DER, in hex, and so never two:
//
//     NAME.pem        where it came from and when, and behind that the request
//     NAME.accepted   an operator has compared the digits: who, and when
//     NAME.answer     that of the CA (lib/pki/answer.h), with the hub's part
//     NAME.refused    why it was refused
//
// Every file is written whole or not at all, so that both sides may end at any moment.
// Strangers fill this folder: it is bounded in number, for each address too, and what
// nobody has accepted expires.

#ifndef LIB_ENROL_JOINS_H
#define LIB_ENROL_JOINS_H

#include "lib/base/names.h"
#include "lib/enrol/enrol.h"

typedef enum { JOIN_WAITS, JOIN_ACCEPTED, JOIN_CERTIFIED, JOIN_REFUSED } join_state_t;

enum { JOIN_FROM_MAX = 64, JOIN_TEXT_MAX = 512 };

typedef struct {
    char name[HASH_HEX];
    join_state_t state;
    char from[JOIN_FROM_MAX]; // address
    int64_t asked_ms;
    enrol_t request;
    char text[JOIN_TEXT_MAX]; // who accepted it and when, or why it was refused
} join_t;

void join_close(join_t *self);
const char *join_state_name(join_state_t state); // "waits", "accepted", ...

typedef struct {
    size_t n;
    join_t *item; // the oldest first
} joins_t;

typedef struct {
    const char *folder;
    size_t most, most_of_address; // that nobody has accepted
    int64_t life_ms;              // after which such a one is gone
} joins_limits_t;

void join_name(span_t request, char out[HASH_HEX]);

// The listener's side.  What is known of this request: 1 and its state, with the reason
// of a refusal in `text`; 0: nothing.  -1: it cannot be told now.
int joins_find(const char *folder, const char *name, int64_t now_ms,
    const joins_limits_t *limits, join_state_t *state, char text[JOIN_TEXT_MAX],
    cause_t *why);
// Keep a new one.  1: it waits now; 0: there is no room, for it or for its address (in
// `why`); -1: it could not be written.
int joins_keep(const joins_limits_t *limits, span_t request, const char *from,
    int64_t now_ms, cause_t *why);
// What the CA has answered to one that is certified, appended.
int joins_answer(const char *folder, const char *name, buf_t *text, cause_t *why);

// The operator's side.  All that have not expired; a file that is none of these is passed
// over.
int joins_list(joins_t *self, const joins_limits_t *limits, int64_t now_ms, cause_t *why);
void joins_close(joins_t *self);
// The one that is meant by the first digits of its name, or by the id in its request: of
// a node that asked several times, what is not answered yet, or else the newest.
// NULL: none, or several; the cause says which.
join_t *joins_named(const joins_t *self, const char *words, cause_t *why);
int joins_accept(const char *folder, const char *name, const char *words, cause_t *why);
int joins_refuse(const char *folder, const char *name, const char *words, cause_t *why);
int joins_certify(const char *folder, const char *name, span_t answer, cause_t *why);

#endif
