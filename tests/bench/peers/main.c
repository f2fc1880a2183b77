// peers - puts a broker that runs already under load: see run, which starts one.
//
//     peers PEER P S W SECONDS RATE PORT PROCESS FOLDER

#include "tests/bench/peers/peers.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const peer_t *const peer[] = {
        &peer_redis_groups, &peer_redis_cursor, &peer_nats, &peer_packed};
    int result = 2;
    (void)signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; argc > 1 && i < sizeof peer / sizeof *peer; i++)
        if (strcmp(argv[1], peer[i]->name) == 0)
            result = load_main(peer[i], argv + 2, argc - 2);
    if (result == 2)
        (void)fputs("usage: peers PEER P S W SECONDS RATE PORT PROCESS FOLDER\n", stderr);
    return result;
}
