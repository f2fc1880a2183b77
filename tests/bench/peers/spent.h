// spent - processor time and memory of the hub's process, and of this one.

#ifndef TESTS_BENCH_PEERS_SPENT_H
#define TESTS_BENCH_PEERS_SPENT_H

typedef struct {
    double hub_s, clients_s; // so far
    long rss_kib;            // of the hub, now
} spent_t;

void spent_read(spent_t *self, int hub); // hub: its process

#endif
