// world - a CA, a hub and nodes, founded by the commands that administrators type, on
// disks of the simulator's; and whoever starts a machine again when it has ended.

#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "tests/sim/disk.h"
#include "tests/sim/fibers.h"

enum { WORLD_NODES = 40 };

typedef struct {
    machine_t machine;
    const char *role, *organisation;
    bool daemon_wanted; // a supervisor starts it again
    uint64_t kills, cuts, failures;
} world_node_t;

typedef struct {
    world_node_t hub, node[WORLD_NODES];
    size_t nodes;
    machine_t desk; // where the CA and its officers work
} world_t;

extern world_t world;

void world_found(size_t nodes);   // by a fiber of the world's
void world_start(void);           // all machines, each watched
world_node_t *world_at(size_t i); // the nodes, and behind them the hub
const char *world_origin(void);

// A file at a machine, by its path there; NULL: there is none.
const buf_t *world_file(const machine_t *machine, const char *path);
// Whole and flushed at once, as by a rename from beside; false: there is no room.
bool world_write(const machine_t *machine, const char *path, span_t text);
inode_t *world_folder(const machine_t *machine, const char *path);

#endif
