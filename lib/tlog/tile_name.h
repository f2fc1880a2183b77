// tile_name - which tile or bundle a reader asks for, by the name that C2SP tlog-tiles
// gives it (tiles.h).

#ifndef LIB_TLOG_TILE_NAME_H
#define LIB_TLOG_TILE_NAME_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int level; // or TILE_ENTRIES
    uint64_t index;
    unsigned width; // TILE_WIDTH: it is whole
} tile_name_t;

// "tile/0/x001/234.p/112"; false for whatever tile_path would not have written.
bool tile_name_parse(const char *path, tile_name_t *name);
// Whether the log of this size has all of it.
bool tile_name_within(const tile_name_t *name, uint64_t size);

#endif
