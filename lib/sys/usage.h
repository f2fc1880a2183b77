// usage - what this process and a disk have and use: asked of the system.

#ifndef LIB_SYS_USAGE_H
#define LIB_SYS_USAGE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t memory_bytes; // resident
    int64_t processor_ms;  // used so far, by the program and for it
} usage_t;

usage_t usage_now(void); // zeros where it cannot be told

typedef struct {
    uint64_t free_bytes, size_bytes; // free: for who is not root
} usage_disk_t;

// Of the file system that this file or folder is on; false: it cannot be told.
bool usage_disk(const char *path, usage_disk_t *disk);

#endif
