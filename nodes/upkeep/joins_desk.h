// joins_desk - a hub's folder with the requests that newcomers handed in, as its operator
// looks at them: who asks for what, with which digits, and what to type next.

#ifndef NODES_UPKEEP_JOINS_DESK_H
#define NODES_UPKEEP_JOINS_DESK_H

#include "lib/config/hub_options.h"
#include "lib/enrol/joins.h"
#include "lib/pki/cert_list.h"
#include "lib/tlog/note.h"

#include <limits.h>
#include <stdio.h>

// Read for one command; all is its own but `hub`, which is borrowed.
typedef struct {
    const char *hub;
    hub_options_t conf;
    joins_limits_t limits;
    char vkey[VKEY_MAX];
    buf_t ca;
    cert_list_t roster;
    joins_t joins;
    char beside[PATH_MAX]; // the folder of the CA that lies in the hub's; "": there is
                           // none
} joins_desk_t;

// After a failure nothing is to be closed.
int joins_desk_open(joins_desk_t *self, const char *hub, cause_t *why);
void joins_desk_close(joins_desk_t *self);

// What a request comes to, held against the roster.
typedef enum {
    ASKS_TO_JOIN,
    ASKS_AGAIN,    // a node that is in it, proven by the key that it has there
    ASKS_NEW_KEYS, // somebody who says to be one that is in it, with other keys
    ASKS_OFFICER,
    ASKS_OFFICER_KEY, // a further key of an officer who is in it
} asks_t;
asks_t joins_desk_asks(const joins_desk_t *self, const join_t *join);
// That an officer's node is in the roster, and of his organisation.
int joins_desk_check(const joins_desk_t *self, const join_t *join, cause_t *why);
void joins_desk_digits(
    const joins_desk_t *self, const join_t *join, char out[FINGERPRINT_TEXT]);

enum { JOINS_NAME_SHOWN = 12 };

// A request, for people; one that waits with what is to be typed next.
void joins_desk_print(const joins_desk_t *self, const join_t *join, FILE *out);
void joins_desk_print_json(const joins_desk_t *self, const join_t *join);
// Before anybody reads digits aloud: who signs, where the command does not say it.
void joins_desk_print_signer(const joins_desk_t *self, const join_t *join, FILE *out);
// What is to be typed when it was accepted and nobody has signed.
void joins_desk_print_next(const joins_desk_t *self, const join_t *join);

#endif
