// own - the messages that this node sends: what is in the log, what waits, what was
// refused, each once and by the moment of its id.

#ifndef NODES_SENDING_OWN_H
#define NODES_SENDING_OWN_H

#include "nodes/tools/inbox_filter.h"

typedef enum {
    OWN_SENT,    // in the log
    OWN_SEALED,  // on its way: sealed, and no answer yet
    OWN_WAITING, // in the outbox
    OWN_HELD,    // for officers to seal
    OWN_REFUSED,
} own_state_t;

typedef struct {
    char id[MESSAGE_ID_MAX];
    own_state_t state;
    json_t *root; // owned; NULL of what is in the log: read its file
} own_t;

typedef struct {
    size_t n, room;
    own_t *item; // the oldest first
} own_list_t;

// Those that are wanted, the newest `last` of them (0: all).  `search` looks for what is
// in the log, and says how (`inbox_names`).  -1 with the cause; own_close in any case.
int own_read(own_list_t *self, inbox_search_t *search, const inbox_filter_t *filter,
    int64_t last, cause_t *why);
// One by its id: false where this node sends none of it.
bool own_find(own_t *self, const char *node, const char *id);
// Read its document: `mail`, which takes over what is in `self`.
int own_open(own_t *self, const char *node, mail_t *mail, cause_t *why);
void own_close(own_list_t *self);

#endif
