// disk - the disk of one machine: what is on it now, and what of it a power cut leaves.
//
// As tests/lib/disk.h has it: of what was written to a file since its last flush any
// sectors may be there, and its size may be the old or the new one; of the names made,
// changed or removed in a folder since the folder's last flush, any; what was dirty when
// a flush failed is not written by a later one.  A rename is one change, also between two
// folders, and nothing is in a folder that is not there.

#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include "lib/base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct disk disk_t;
typedef struct inode inode_t;
typedef struct change change_t; // of names, that happens whole or not at all

typedef struct {
    char *name;
    inode_t *inode;
} disk_name_t;

typedef struct {
    disk_name_t *name;
    size_t n;
} disk_names_t;

typedef struct {
    change_t *change;
    char *name;
    inode_t *inode; // NULL: the name is gone
} disk_move_t;

struct inode {
    disk_t *disk;
    uint64_t number;
    mode_t mode; // with its type
    int64_t changed_us;
    size_t names, opens;
    change_t *made; // by which it got its first name; NULL: the root
    // Of a file: its bytes, those that are safe, and the sectors in which they differ.
    buf_t now, safe, dirty;
    bool resized;
    bool gone; // nobody can reach it, but what a power cut brings back
    // Of a folder.
    inode_t *parent;
    disk_names_t entries, safe_entries;
    disk_move_t *move; // since its last flush, in their order
    size_t moves;
    int lock; // of a file: who holds it, a descriptor; 0: nobody
};

struct disk {
    inode_t *root;
    uint64_t numbers;
    uint64_t used;            // bytes of files
    bool full;                // nothing grows any more
    unsigned fail_flush;      // the flush that fails, counted down; 0: none
    uint64_t flushes, writes; // so far
};

disk_t *disk_new(void);

// Relative to `folder`, or from the root; NULL with errno.  `parent` and `last` (behind
// it the name) are given also where nothing has the name yet.
inode_t *disk_find(inode_t *folder, const char *path, inode_t **parent, char last[256]);
inode_t *disk_entry(const inode_t *folder, const char *name);
inode_t *disk_make(inode_t *folder, const char *name, mode_t mode); // NULL with errno
int disk_link(inode_t *inode, inode_t *folder, const char *name);
int disk_unlink(inode_t *folder, const char *name);
int disk_rename(inode_t *from, const char *old, inode_t *to, const char *name);
void disk_path(const inode_t *inode, char out[512]); // of a folder

ssize_t disk_write(inode_t *file, const void *data, size_t size, uint64_t offset);
int disk_resize(inode_t *file, uint64_t size);
int disk_flush(inode_t *inode);      // a file or a folder
void disk_make_safe(inode_t *inode); // the same, and no fault strikes
void disk_forget(inode_t *inode);    // it is not open any more

void disk_sync(disk_t *self); // everything is safe
void disk_cut(disk_t *self);  // the power is cut: what is there now is drawn
void disk_flip(inode_t *file, uint64_t bit); // rot: now and safe alike

#endif
