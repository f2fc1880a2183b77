// porter - starts the hub's porch, the process that takes newcomers' requests, starts it
// again when it has ended, and ends it with the hub.

#ifndef HUB_JOIN_PORTER_H
#define HUB_JOIN_PORTER_H

#include "lib/base/times.h"
#include "lib/config/hub_options.h"

#include <stdbool.h>

typedef struct porter porter_t;

// `config` is the file that the options were read from, `vkey` the log's verifier key.
// All is borrowed.  With `join.listen` it opens at the first turn.
porter_t *porter_new(const hub_options_t *options, const char *config, const char *vkey);
// Whether the addresses of `join.listen` are addresses.
int porter_check(const hub_options_t *options, cause_t *why);
void porter_close(porter_t **self_p);

void porter_turn(porter_t *self, now_t now); // what is due
// Readable as soon as the porch has something to say; -1: nothing is expected.
int porter_fd(const porter_t *self);
// Whether it is known by now that it is open, or that it is not: always, where none is
// wanted.
bool porter_settled(const porter_t *self);
// For a while, at this address, or (NULL) at join.listen, or beside where nodes connect.
int porter_open(
    porter_t *self, int64_t minutes, const char *address, now_t now, cause_t *why);
void porter_shut(porter_t *self);              // what was opened for a while
bool porter_is_shut_out(const porter_t *self); // it is to be open, and cannot

#endif
