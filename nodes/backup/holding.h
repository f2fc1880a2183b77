// holding - what a node has of a log from a position on, as a text that proves itself:
// what an operator sends when a copy of the log is older than that.
//
//     dabyl-held/v1
//     node <id>
//     log <origin>
//     proof <octets>
//     <a tlog-proof of so many octets, as it lies in sent/ or inbox/>
//
// with the last two for each entry.  A proof names position, type, kind, author and id of
// its entry, and has nothing of what a message says.

#ifndef NODES_BACKUP_HOLDING_H
#define NODES_BACKUP_HOLDING_H

#include "lib/tlog/leaf.h"
#include "lib/tlog/note.h"

#include <stdio.h>

enum { HOLDING_MAX = 1 << 28 }; // octets of such a text

typedef struct {
    uint64_t entries;
    uint64_t others; // files that are no proof of an entry of this log
} holding_report_t;

// Of the node `id`, what lies in `home`: its folder, or that of a log it has left.
int holding_print(FILE *out, const char *home, const char *id, const log_vkey_t *vkey,
    uint64_t from, holding_report_t *report, cause_t *why);

typedef struct {
    reader_t rest;
    char node[NODE_ID_MAX];
} holding_t; // borrows from the text

int holding_open(holding_t *self, span_t text, const log_vkey_t *vkey, cause_t *why);
// The next entry, proven; 0 at the end, -1 when its proof is none.
int holding_next(holding_t *self, const log_vkey_t *vkey, leaf_t *leaf,
    checkpoint_t *checkpoint, cause_t *why);

#endif
