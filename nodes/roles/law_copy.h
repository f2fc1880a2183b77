// law_copy - the rules and schemas in force, as the hub's log has them.
//
// The hub answers the question "law" with entries, a proof and a checkpoint.  A copy is
// that answer: it is kept as it came and held against the log's key each time it is read.
// What is proven is that these are the log's words; that none are newer is the hub's word
// of the moment when it was asked.

#ifndef NODES_ROLES_LAW_COPY_H
#define NODES_ROLES_LAW_COPY_H

#include "lib/json/schema.h"
#include "lib/rules/rules.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/note.h"

enum { LAW_COPY_MAX = 16 << 20, LAW_COPY_PARTS = 8 }; // bytes of an answer; entries in it

typedef struct {
    rules_t *rules;
    schemas_t *schemas;
    size_t parts; // entries, in the order of the log
    leaf_t part[LAW_COPY_PARTS];
} law_copy_t;

// -1 with the cause: it is not proven, or not a whole law; then there is nothing to
// close.
int law_copy_read(law_copy_t *self, span_t answer, const log_vkey_t *vkey, cause_t *why);
void law_copy_close(law_copy_t *self);
// The position of its newest entry: a copy with an older one was in force before.
uint64_t law_copy_newest(const law_copy_t *self);
// The arguments of the next question: what need not be sent again.  NULL: everything.
void law_copy_ask(const law_copy_t *self, buf_t *arguments);
// Whether the answer says that what was named in the question is in force.
bool law_copy_same(span_t answer);

// In the node's folder: what the daemon was told last.  -1 with the cause when there is
// none that is proven.
int law_copy_load(
    law_copy_t *self, const char *node, const log_vkey_t *vkey, cause_t *why);
int law_copy_keep(const char *node, span_t answer, cause_t *why);

#endif
