// submit - puts a document into a node's outbox and learns what became of it.
//
// The node does the rest by itself: this may be called while the node is down or cut off,
// and the message goes when it is back.

#ifndef NODES_TOOLS_SUBMIT_H
#define NODES_TOOLS_SUBMIT_H

#include "lib/base/refusal.h"
#include "lib/tlog/leaf.h"
#include "nodes/cli/folder_watch.h"

#include <jansson.h>
#include <sys/types.h>

typedef enum { SUBMIT_WAITING, SUBMIT_SENT, SUBMIT_REFUSED } submit_state_t;

typedef struct {
    const char *node; // borrowed
    char id[MESSAGE_ID_MAX];
    json_t *words; // owned: what was put, to know its outcome from another's of this id;
                   // NULL: whatever has the id
    submit_state_t state;
    // once sent
    leaf_t leaf;
    json_t *routes; // owned: what the author may know, as routes_json has it
    // once refused: the node's or the hub's words, owned {code, pointer, by, text,
    // sentence}
    json_t *reason;
    ino_t refused_before; // the reason of an earlier try, not the outcome of this one
} submit_t;

// Check what can be checked here (syntax, size, placeholders left over, a declared state
// secret), give the document an id when it has none, and put it into the outbox, durably.
// 0; -1 with refusal->code set (refused here) or with the cause.
int submit_put(
    submit_t *self, const char *node, span_t document, refusal_t *refusal, cause_t *why);
// Take up a message that was put before; -1 when this node knows nothing of it.
int submit_again(submit_t *self, const char *node, const char *id, cause_t *why);
// Whether a message of this id is on its way: nobody knows its outcome yet.
bool submit_going(const char *node, const char *id);
// Look whether the outcome is there.
int submit_look(submit_t *self, cause_t *why);
// Look until the outcome is there or the monotonic clock reaches `until_ms`.
int submit_wait(submit_t *self, folder_watch_t *watch, int64_t until_ms, cause_t *why);
int submit_watch(
    folder_watch_t *watch, const char *node, cause_t *why); // before submit_put
void submit_close(submit_t *self);

#endif
