// roster_desk - a hub's roster while a command changes it: certificates that are given
// are held against the hub's own CA before anything is touched, and what the hub refuses
// all the same is taken back (nodes/upkeep/hub_change.h).

#ifndef NODES_ADMIN_ROSTER_DESK_H
#define NODES_ADMIN_ROSTER_DESK_H

#include "lib/config/hub_options.h"
#include "lib/pki/authority.h"
#include "lib/pki/cert_list.h"
#include "nodes/cli/command.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/hub_change.h"
#include "nodes/upkeep/roster_aside.h"

typedef struct {
    const char *hub, *as, *reason, *crl;
    bool all; // whoever is named in what is given
} roster_wish_t;

#define ROSTER_OPTIONS                                                                   \
    HUB_OPTION(offsetof(roster_wish_t, hub)),                                            \
        HUB_AS_OPTION(offsetof(roster_wish_t, as)),                                      \
        {"reason", OPTION_TEXT, offsetof(roster_wish_t, reason), "TEXT", NULL,           \
            "why, for the hub's log"},                                                   \
        {"crl", OPTION_TEXT, offsetof(roster_wish_t, crl), "FILE", NULL,                 \
            "a newer revocation list of the CA, to take along"},

// All is its own but what is const.
typedef struct {
    const call_t *call;
    const roster_wish_t *wish;
    const char *hub, *who; // `who` NULL: all
    size_t passed_over;    // of all, who could not be renewed
    hub_options_t conf;
    hub_change_t *change;
    authority_t *ca;
    cert_list_t roster, given;
    int64_t now_ms;
} roster_desk_t;

// Of `call`, whose options are a roster_wish_t.  DONE_OK, or else why not was said, and
// nothing is to be closed.
done_t roster_desk_open(roster_desk_t *self, const call_t *call);
void roster_desk_close(roster_desk_t *self);

bool roster_desk_has(const roster_desk_t *self, const char *name);

// Reads what the call gives, from its second operand on, and holds it against the CA:
// each is for `who`.
int roster_desk_check_given(roster_desk_t *self, cause_t *why);
// What these change is done with roster_desk_go: what was given and is new; one
// certificate in a file; those that go; the revocations that the wish names.
int roster_desk_put_given(roster_desk_t *self, cause_t *why);
void roster_desk_put(roster_desk_t *self, const char *path, const cert_t *cert);
// `goes` is asked with the desk as its context.
int roster_desk_drop(roster_desk_t *self, roster_goes_t *goes, cause_t *why);
int roster_desk_take_crl(roster_desk_t *self, cause_t *why);
// All of it, with the hub's taking it, or nothing; `act` is for the hub's log, and
// `done_text` is said.
done_t roster_desk_go(roster_desk_t *self, const char *act, const char *done_text);

#endif
