// floor - what this machine gives at best with Dabyl's guarantees: a hub that is made by
// hand and does nothing else, and clients that verify all they get.
//
//     floor hub JOURNAL [NAME=VALUE ...]
//     floor floor-proven P S W SECONDS RATE PORT PROCESS FOLDER [NAME=VALUE ...]
//
// Documents are hashed and sealed together, entries are leaves of a log whose checkpoint
// is signed for each frame, nothing leaves before it is flushed; publishers verify their
// receipts, and subscribers documents, seals, leaves, proofs and checkpoints.  Frames and
// leaves are Dabyl's.  There are no rules, records, indexes or inboxes.
//
// io=N threads for libzmq at either end, seal=N documents under one signature at most,
// group=N entries under one checkpoint or a few more; flip=N: a bit that is turned in
// each frame of the hub, to see whether clients look.

#include "tests/bench/floor/client.h"
#include "tests/bench/floor/hub.h"
#include "tests/bench/floor/socket.h"

#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { GROUP = 128 };

static const peer_t peer = {
    .name = "floor-proven",
    .open = world_open,
    .close = world_close,
    .check = world_check,
    .publisher = publisher_open,
    .publish = publisher_publish,
    .collect = publisher_collect,
    .publisher_close = client_close,
    .subscriber = subscriber_open,
    .receive = subscriber_receive,
    .subscriber_close = subscriber_close,
};

// Frames are large: otherwise libc gives their pages back, and faults them in anew.
static void keep_memory(void)
{
    enum { OWN_MAPPING = 32 << 20, FREE_MOST = 1 << 30 }; // the first: glibc's most
    (void)mallopt(M_MMAP_THRESHOLD, OWN_MAPPING);
    (void)mallopt(M_TRIM_THRESHOLD, FREE_MOST);
}

static int run_hub(char **arguments)
{
    const load_options_t more = {.more = (const char *const *)arguments + 1};
    floor_hub_t options = {
        .journal = arguments[0],
        .io_threads = (int)load_more(&more, "io", FLOOR_IO_THREADS),
        .group = (size_t)load_more(&more, "group", GROUP),
        .flip = load_more(&more, "flip", -1),
    };
    cause_t why;
    (void)floor_hub_run(&options, &why);
    (void)fprintf(stderr, "%s\n", why.text);
    return 1;
}

int main(int argc, char **argv)
{
    int result = 2;
    keep_memory();
    if (sodium_init() < 0)
        return 1;
    if (argc >= 3 && strcmp(argv[1], "hub") == 0)
        return run_hub(argv + 2);
    if (argc >= 2 && strcmp(argv[1], peer.name) == 0)
        result = load_main(&peer, argv + 2, argc - 2);
    if (result == 2)
        (void)fputs("usage: see tests/bench/floor/main.c\n", stderr);
    return result;
}
