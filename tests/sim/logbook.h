// logbook - the hub's journal as an outsider reads it, by sections 6, 7 and 10 of
// PROTOCOL.md and with nothing of the programs: leaves, and what proofs say of them.

#ifndef TESTS_SIM_LOGBOOK_H
#define TESTS_SIM_LOGBOOK_H

#include "lib/base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t hash[32]; // of the leaf
    int64_t time_ms;
    char type[24], author[64], id[37];
} leaf_read_t;

// All segments of the hub's disk; false and why, when they are no whole journal.
bool logbook_read(char why[200]);
size_t logbook_size(void);
const leaf_read_t *logbook_at(size_t position);

// A receipt or a delivery's proof: "" or what is wrong with it.
const char *logbook_proof(span_t text);

#endif
