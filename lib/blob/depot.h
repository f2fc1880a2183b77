// depot - the folder where the bytes of attachments come in and are kept.
//
//     coming/<digest>-<size>-<node>   what there is so far, of one sender
//     whole/<digest>                  all of it; its SHA-256 is its name
//     senders/<digest>                a symbolic link whose target is who sent that one
//
// What is whole stays under both names until depot_settle, so that whatever the moment
// of a crash it is whole, or goes on.  Who may bring or have it is not asked here.  One
// thread; no call takes longer than one piece and, once a MiB, its flush.

#ifndef LIB_BLOB_DEPOT_H
#define LIB_BLOB_DEPOT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/base/refusal.h"
#include "lib/tlog/leaf.h"

typedef struct {
    const char *folder;
    uint64_t total_bytes;   // of all files together, each counted as 16 KiB at least
    uint64_t share_bytes;   // of one sender's; 0: all
    uint64_t reserve_bytes; // of free disk that are left alone
    int64_t keep_ms;        // what nobody went on with for so long is dropped
} depot_options_t;

// What comes in, and from whom.
typedef struct {
    hash_t digest;
    uint64_t size; // of the whole
    char node[NODE_ID_MAX];
} depot_key_t;

typedef enum {
    DEPOT_HELD,     // so much of it is there
    DEPOT_CHECKING, // all of it is, and is being hashed
    DEPOT_WHOLE,    // with the right hash, on stable storage
    DEPOT_REFUSED,
} depot_result_t;

// Why not: what the sender is told, and what went wrong here, if anything did.
typedef struct {
    refusal_t refusal;
    cause_t trouble;
} depot_no_t;

typedef struct depot depot_t;

// Makes the folders and counts what is there.
depot_t *depot_open(const depot_options_t *options, cause_t *why);
void depot_close(depot_t **self_p); // what comes in stays as it is
// How much is there of it?
depot_result_t depot_give(
    depot_t *self, const depot_key_t *key, uint64_t *held, depot_no_t *no);
// Put bytes at an offset.  Where that is not behind what is held, nothing is written.
depot_result_t depot_write(depot_t *self, const depot_key_t *key, uint64_t offset,
    span_t data, uint64_t *held, depot_no_t *no);
// Hash a slice of what has waited longest: whether there was any.  Unless `result` is
// DEPOT_CHECKING, that is what became of `key`.
bool depot_check(depot_t *self, depot_result_t *result, depot_key_t *key, depot_no_t *no);
bool depot_checks(const depot_t *self); // whether there is anything to hash
// Remove the name below coming/ of a whole file, once whoever has to know that it is
// whole knows it durably.
void depot_settle(depot_t *self, const depot_key_t *key);
// At most `most` bytes of a whole file from an offset, into `out`.
int depot_read(depot_t *self, const hash_t *digest, uint64_t offset, size_t most,
    buf_t *out, uint64_t *size, depot_no_t *no);
// Remove all that there is of a file, durably, whoever sent it.  1: there was something,
// 0: there was nothing.
int depot_erase(depot_t *self, const hash_t *digest, cause_t *why);
// The path of a whole file; false when it is not there.
bool depot_path(const depot_t *self, const hash_t *digest, char *path, size_t room);
uint64_t depot_used(const depot_t *self); // bytes of all files, as they are counted
// Drop what nobody went on with, and count anew what is there.
int depot_sweep(depot_t *self, cause_t *why);

#endif
