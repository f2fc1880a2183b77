// going - a node that goes over to the successor of its log: who it is, which two logs,
// and where the old one's parts go.  For changeover.c alone.

#ifndef NODES_TOOLS_GOING_H
#define NODES_TOOLS_GOING_H

#include "lib/tlog/successor.h"
#include "nodes/tools/changeover.h"

typedef struct {
    const changeover_wish_t *wish;
    changeover_report_t *report;
    successor_t successor;
    log_vkey_t old;
    int lock;
    char home[PATH_MAX]; // former/N
} going_t;

// Takes the daemon's lock and reads both logs' keys; going_close also after -1.
int going_open(going_t *self, const changeover_wish_t *wish, changeover_report_t *report,
    cause_t *why);
void going_close(going_t *self);
// Whether the node can go over, and what of `report` shows only now.
int going_check(going_t *self, cause_t *why);

int going_below(const char *folder, const char *name, char out[PATH_MAX], cause_t *why);
bool going_there(const char *folder, const char *name); // whether it exists

#endif
