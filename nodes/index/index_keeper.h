// index_keeper - keeps a catalogue up to date beside a program that goes on for long: on
// a thread of its own, at its start, when somebody asks for it, and once a minute.

#ifndef NODES_INDEX_INDEX_KEEPER_H
#define NODES_INDEX_INDEX_KEEPER_H

#include "nodes/index/mail_index.h"

typedef struct index_keeper index_keeper_t;

index_keeper_t *index_keeper_new(const char *node, cause_t *why);
void index_keeper_destroy(index_keeper_t **self_p); // ends with the portion it is at
// The catalogue for reading, with what is in the folders by now, as far as that takes no
// longer than this; `*fresh`: it has all of that.  NULL with the cause: there is none
// yet. The caller closes it.
mail_index_t *index_keeper_open(
    index_keeper_t *self, int64_t wait_ms, bool *fresh, cause_t *why);
// Whoever read it found it damaged (mail_index_damaged), and has closed it.
void index_keeper_damaged(index_keeper_t *self);

#endif
