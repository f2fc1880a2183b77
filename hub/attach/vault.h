// vault - the thread that writes, hashes and reads attachments, so that no such work is
// done in the hub's turn.
//
// Jobs are done in their order, hashing in slices between them.  Each has one answer,
// but VAULT_SETTLE none.

#ifndef HUB_ATTACH_VAULT_H
#define HUB_ATTACH_VAULT_H

#include "lib/blob/depot.h"

enum { VAULT_JOBS_MAX = 64 };

typedef enum {
    VAULT_GIVE,   // how much is there of it?
    VAULT_WRITE,  // put `data` at `offset`
    VAULT_READ,   // a piece from `offset`
    VAULT_SETTLE, // the log has it
} vault_job_type_t;

typedef struct {
    vault_job_type_t type;
    depot_key_t key; // for VAULT_READ the node is who asks, and the size is not looked at
    uint64_t offset;
    span_t data; // copied
} vault_job_t;

typedef enum {
    VAULT_FRAME,   // `frame` is for the node: HELD or PIECE
    VAULT_WHOLE,   // it is whole, and waits for its entry
    VAULT_REFUSED, // `no` says why
} vault_answer_type_t;

typedef struct {
    vault_answer_type_t type;
    vault_job_type_t job; // what it answers
    depot_key_t key;
    buf_t frame; // the taker's, also when it is empty
    depot_no_t no;
} vault_answer_t;

typedef struct vault vault_t;

vault_t *vault_open(const depot_options_t *depot, uint32_t piece_bytes, cause_t *why);
void vault_close(vault_t **self_p); // what is under way stays as it is
// False: too many jobs wait already.
bool vault_ask(vault_t *self, const vault_job_t *job);
// Remove all that there is of a file, behind the jobs that wait; it is done when this
// returns.  1: there was something, 0: there was nothing.
int vault_erase(vault_t *self, const hash_t *digest, cause_t *why);
// Readable while answers wait.
int vault_fd(const vault_t *self);
// Bytes that are kept, as they are counted; as of the last job.
uint64_t vault_used(const vault_t *self);
// The oldest answer of type VAULT_WHOLE, or of any other type; false when there is none.
bool vault_take_whole(vault_t *self, vault_answer_t *out);
bool vault_take(vault_t *self, vault_answer_t *out);

#endif
