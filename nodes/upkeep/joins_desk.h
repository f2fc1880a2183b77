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

// Whether it is of one that is in the roster already, by a key that it has there.
bool joins_desk_renews(const joins_desk_t *self, const join_t *join);
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
