// load - all connect, then the clock starts, then all begin.

#include "tests/bench/peers/load.h"

#include "lib/base/memory.h"
#include "tests/bench/peers/party.h"
#include "tests/bench/peers/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void subtract(spent_t *spent, const spent_t *before)
{
    spent->hub_s -= before->hub_s;
    spent->clients_s -= before->clients_s;
}

static int run_case(load_t *load)
{
    const load_options_t *options = load->options;
    size_t n = options->publishers + options->subscribers;
    party_t *party[2 * LOAD_PARTIES];
    struct timespec start;
    spent_t before, spent;
    (void)pthread_barrier_init(&load->ready, NULL, (unsigned)n + 1);
    (void)pthread_barrier_init(&load->go, NULL, (unsigned)n + 1);
    atomic_store(&load->publishing, options->publishers);
    for (size_t i = 0; i < options->subscribers; i++)
        party[i] = party_new(load, false, (uint32_t)i);
    for (size_t i = 0; i < options->publishers; i++)
        party[options->subscribers + i] = party_new(load, true, (uint32_t)i);
    (void)pthread_barrier_wait(&load->ready);
    spent_read(&before, options->hub);
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    load->start_ns = (int64_t)start.tv_sec * 1000000000 + start.tv_nsec;
    (void)pthread_barrier_wait(&load->go);
    for (size_t i = 0; i < n; i++)
        party_join(party[i]);
    spent_read(&spent, options->hub);
    subtract(&spent, &before);
    int result = report_print(load, (const party_t *const *)party, n, &spent);
    for (size_t i = 0; i < n; i++)
        party_destroy(&party[i]);
    return result;
}

int load_run(const peer_t *peer, const load_options_t *options)
{
    cause_t why;
    load_t *load = memory_new(1, sizeof *load);
    load->peer = peer;
    load->options = options;
    load->world = peer->open(options, &why);
    int result = -1;
    if (load->world) {
        result = run_case(load);
        peer->close(load->world);
    } else {
        (void)fprintf(stderr, "%s: %s\n", peer->name, why.text);
    }
    free(load);
    return result;
}

long load_more(const load_options_t *options, const char *name, long otherwise)
{
    size_t size = strlen(name);
    for (const char *const *more = options->more; *more; more++)
        if (strncmp(*more, name, size) == 0 && (*more)[size] == '=')
            return strtol(*more + size + 1, NULL, 10);
    return otherwise;
}

int load_main(const peer_t *peer, char **arguments, int n)
{
    enum { PUBLISHERS, SUBSCRIBERS, WINDOW, SECONDS, RATE, PORT, HUB, FOLDER, MORE };
    if (n < MORE)
        return 2;
    load_options_t options = {
        .publishers = strtoul(arguments[PUBLISHERS], NULL, 10),
        .subscribers = strtoul(arguments[SUBSCRIBERS], NULL, 10),
        .window = strtoul(arguments[WINDOW], NULL, 10),
        .seconds = strtod(arguments[SECONDS], NULL),
        .rate = strtod(arguments[RATE], NULL),
        .port = (int)strtol(arguments[PORT], NULL, 10),
        .hub = (int)strtol(arguments[HUB], NULL, 10),
        .folder = arguments[FOLDER],
        .more = (const char *const *)arguments + MORE,
    };
    if (options.publishers == 0 || options.publishers > LOAD_PARTIES ||
        options.subscribers > LOAD_PARTIES || options.window == 0)
        return 2;
    return load_run(peer, &options) == 0 ? 0 : 1;
}
