// files - what the programs call instead of the system's calls for files: names below
// /sim/MACHINE are on that machine's disk, all others on the real one.
//
// The calls themselves have no header: the linker puts them in the place of those that
// `wrapped.list` names, for our objects alone.  Here is what the simulator needs of them.

#ifndef TESTS_SIM_FILES_H
#define TESTS_SIM_FILES_H

#include "tests/sim/disk.h"
#include "tests/sim/fibers.h"

#define FILES_TOP "/sim/"

typedef enum { FILES_FILE, FILES_EVENT, FILES_SIGNALS, FILES_WIRE } files_kind_t;

typedef struct {
    files_kind_t kind;
    machine_t *machine;
    inode_t *inode;
    int flags;
    uint64_t at;    // of a file: where it is read next; of an event: its count
    bool semaphore; // of an event
    bool (*ready)(void *context); // of a wire
    void *context;
} files_open_t;

void files_mount(machine_t *machine, disk_t *disk);
disk_t *files_disk(const machine_t *machine);

int files_new(files_kind_t kind, int flags); // a descriptor; -1 with errno
files_open_t *files_at(int fd);              // NULL: it is none of ours
int files_close(int fd);
void files_close_all(const machine_t *machine); // it has ended

// Of a path below FILES_TOP: where it lies; NULL with errno.  A path elsewhere: false.
bool files_ours(const char *path);
inode_t *files_find(const char *path, inode_t **parent, char last[256]);

#endif
