// reception_inside - what the sources of the reception share; nobody else includes it.

#ifndef HUB_NET_RECEPTION_INSIDE_H
#define HUB_NET_RECEPTION_INSIDE_H

#include "hub/net/claims.h"
#include "hub/net/reception.h"

struct reception {
    reception_setup_t setup;
    reception_turn_t turn;
    uint64_t turns; // that began
    bool rolled_back;
    gate_t *gate;
    sessions_t *sessions;
    claims_t claims;
};

span_t reception_route_of(const session_t *session);
// A refusal, for the journal.
void reception_count(reception_t *self, const char *node, const char *code);
void reception_say_bye(
    const reception_t *self, span_t route, const char *code, const char *text);
void reception_ask_for_hello(const reception_t *self, span_t route);
void reception_end(reception_t *self, session_t *session, const char *why);
// The connection, too.
void reception_end_line(const reception_t *self, span_t route, const uint8_t key[32]);

// A HELLO of this member: a session begins, or it is told why not.
void reception_hello(
    reception_t *self, const gate_message_t *visit, const member_t *member);

#endif
