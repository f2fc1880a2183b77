// stored - how far a node's inbox goes, and what proves it.
//
// The record in state/stored is a number and the tlog-proof of the delivery that has it:
//
//     dabyl-stored/v1
//     number <decimal>
//     <the tlog-proof, as it stands beside the message>
//
// So a number counts only with an entry that the configured log has signed; whether that
// entry has this number in the inbox is what the hub compares at each hello.

#ifndef NODES_INBOX_STORED_H
#define NODES_INBOX_STORED_H

#include "lib/tlog/leaf.h"
#include "lib/tlog/note.h"

enum { STORED_MAX = NOTE_LIMIT + 65536 }; // bytes of a record

typedef struct {
    uint64_t number;         // 1..number are stored
    uint64_t position;       // of the last of them in the log; 0 when there is none
    checkpoint_t checkpoint; // that it is proven in
} stored_t;

void stored_print(buf_t *out, uint64_t number, span_t proof);
// -1 when it is not a record, or its proof is not one of this log.  `proof` borrows.
int stored_parse(
    stored_t *self, span_t text, const log_vkey_t *vkey, span_t *proof, cause_t *why);
// Only the number in the record of a node's folder, without checking its proof: for
// commands that have no key.  0 when there is none.
int stored_at(const char *node, uint64_t *number, cause_t *why);

// The file `name` of an inbox as the delivery that follows `self`: document, seal, proof
// and the line that names the node have to fit each other and the log.  `self` is moved
// on to it, and `proof` has its tlog-proof.
int stored_follow(stored_t *self, const char *inbox, const char *name, const char *node,
    const log_vkey_t *vkey, buf_t *proof, cause_t *why);

// The number in front of an inbox file's name; 0: it has none.
uint64_t stored_number_of(const char *name);

#endif
