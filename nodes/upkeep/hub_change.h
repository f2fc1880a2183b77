// hub_change - a change of the files that a hub's law is read from, whole with the reload
// or not at all: what the hub refuses is as it was before.
//
// Old and new are kept in the hub's folder while it lasts (change/), so that a change
// that was cut short is finished, or taken back, by whoever changes something next.  One
// at a time.

#ifndef NODES_UPKEEP_HUB_CHANGE_H
#define NODES_UPKEEP_HUB_CHANGE_H

#include "lib/base/bytes.h"
#include "nodes/upkeep/hub_ask.h"

typedef struct hub_change hub_change_t;

// What became of one that was cut short before.
typedef enum { CHANGE_NONE, CHANGE_FINISHED, CHANGE_TAKEN_BACK } change_before_t;

// `hub` is the folder, `conf` its configuration; both are borrowed.  NULL with the cause
// also where what was cut short can be neither finished nor taken back now.
hub_change_t *hub_change_begin(
    const char *hub, const hub_options_t *conf, change_before_t *before, cause_t *why);
void hub_change_end(hub_change_t **self_p); // what did not go is forgotten
// This file is to have these bytes, or not to be there.
void hub_change_put(hub_change_t *self, const char *path, span_t bytes, mode_t mode);
void hub_change_drop(hub_change_t *self, const char *path);
size_t hub_change_files(const hub_change_t *self);
// Do it, in an operator's name.  `*running`: the hub has it in force; else it does not
// run, and takes it when it starts.  -1: all is as it was before, and why.
int hub_change_go(hub_change_t *self, const hub_act_t *act, bool *running, cause_t *why);

#endif
