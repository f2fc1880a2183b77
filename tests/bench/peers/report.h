// report - whether all counts of a case are right, and its line.

#ifndef TESTS_BENCH_PEERS_REPORT_H
#define TESTS_BENCH_PEERS_REPORT_H

#include "tests/bench/peers/party.h"
#include "tests/bench/peers/spent.h"

// `spent`: by this case alone.  0 when they are.
int report_print(
    const load_t *load, const party_t *const *party, size_t n, const spent_t *spent);

#endif
