// main - reads what to do, starts the processes, tells them to begin and to end.

#include "lib/base/times.h"
#include "tests/bench/load/load.h"

#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: load [OPTION]... WORLD [ENDPOINT]\n"
    "\n"
    "Puts a load on the hub of the folder WORLD in the names of its nodes pub-1 ... and\n"
    "sub-1 ..., verifies and counts all, and prints one line of JSON.  Without ENDPOINT\n"
    "it is put on a CURVE echo of its own, the floor.\n"
    "\n"
    "  -p N  publishers (1)      -s N  subscribers (1)      -w N  window (1)\n"
    "  -n N  messages, all together (1000)\n"
    "  -r N  messages/s; times count from the scheduled moment\n"
    "  -k K  kind of the messages: incident.notice, information.request, advisory\n"
    "  -t N  messages under one seal, at most (128)\n"
    "  -f N  number of the first subscriber (1)\n"
    "  -b W  subscribers are W-1 ... instead of sub-1 ...\n"
    "  -m    subscribers go on where the last run with -m ended\n"
    "  -i N  the hub's process, to be measured\n"
    "  -l N  seconds until it is given up (240)\n"
    "  -x    when all is done, stay connected until the standard input ends\n"
    "\n"
    "Without publishers it is a replay: each subscriber has to have N messages of one\n"
    "publisher, counted from its hello.\n";

int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void nap(void)
{
    const struct timespec millisecond = {0, 1000000};
    (void)nanosleep(&millisecond, NULL);
}

void fault(load_t *load, const char *what, const char *why)
{
    if (atomic_flag_test_and_set(&load->speaking))
        return;
    (void)snprintf(load->fault, sizeof load->fault, "%s: %s", what, why);
    atomic_store(&load->failed, true);
}

void note_receipt(load_t *load, uint64_t message, int64_t at_ns)
{
    int64_t *took = &load->receipt_ns[message];
    if (*took)
        fault(load, "a message", "acknowledged twice");
    *took = at_ns - load->published_ns[message];
    *took += *took == 0;
}

void note_delivery(load_t *load, size_t subscriber, uint64_t message, int64_t at_ns)
{
    int64_t *took = &load->deliver_ns[subscriber * load->all + message];
    if (*took)
        fault(load, "a message", "delivered twice");
    if (load->parties[PUBLISHERS] == 0 && load->first_ns == 0)
        load->first_ns = at_ns;
    *took = at_ns - load->published_ns[message];
    *took += *took == 0;
}

void side_watch(load_t *load, side_name_t name)
{
    side_t *side = &load->side[name];
    meter_t before;
    while (!atomic_load(&load->go) && !atomic_load(&load->failed))
        nap();
    meter_read(&before, 0);
    wire_t wire = wire_read();
    while (atomic_load(&side->over) < side->parties && !atomic_load(&load->failed))
        nap();
    meter_read(&side->used, 0);
    meter_since(&side->used, &before);
    side->wire = wire_read();
    side->wire.sent -= wire.sent;
    side->wire.received -= wire.received;
    atomic_store(&side->measured, true);
    while (!atomic_load(&load->close) && !atomic_load(&load->failed))
        nap();
}

// ----------------------------------------------------------------------------- processes

typedef struct {
    load_t *load;
    pid_t side[SIDES], echo;
    int hub; // which process is measured
    meter_t used;
} run_t;

static void *shared(size_t n, size_t size)
{
    void *memory = mmap(NULL, n * size + 1, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("load: memory");
        exit(1);
    }
    return memory;
}

static pid_t start(
    void (*work)(load_t *load, side_name_t name), load_t *load, side_name_t name)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    work(load, name);
    _exit(0);
}

static void echo(load_t *load, side_name_t name)
{
    (void)name;
    echo_run(load, load->world);
}

static bool expired(const load_t *load, int64_t since_ns)
{
    return now_ns() - since_ns > load->limit_ns;
}

// False: what was waited for did not come, and the run has failed.
static bool await_sides(const run_t *run, bool over, int64_t since_ns, const char *what)
{
    load_t *load = run->load;
    for (size_t k = 0; k < SIDES; k++) {
        side_t *side = &load->side[k];
        while (atomic_load(over ? &side->over : &side->ready) < side->parties &&
               !atomic_load(&load->failed)) {
            if (expired(load, since_ns))
                fault(load, what, "not in time");
            if (waitpid(run->side[k], NULL, WNOHANG) != 0)
                fault(load, what, "a process of the load has ended");
            nap();
        }
    }
    return !atomic_load(&load->failed);
}

static void start_echo(run_t *run)
{
    load_t *load = run->load;
    int64_t since = now_ns();
    (void)crypto_box_keypair(load->echo_public, load->echo_secret);
    run->hub = run->echo = start(echo, load, SIDES);
    while (!atomic_load(&load->listening) && !atomic_load(&load->failed)) {
        if (expired(load, since))
            fault(load, "floor", "does not listen");
        nap();
    }
}

static void start_sides(run_t *run)
{
    load_t *load = run->load;
    bool replay = load->parties[PUBLISHERS] == 0;
    load->start_ns = now_ns();
    load->since_ms = replay ? 0 : clock_now().wall_ms;
    atomic_store(&load->go, replay && load->all > 0); // its time counts from the hello
    for (size_t k = 0; k < SIDES; k++) {
        load->side[k].parties = load->parties[k];
        run->side[k] =
            start(load->floor ? floor_side_run : side_run, load, (side_name_t)k);
    }
}

static void measure(run_t *run)
{
    load_t *load = run->load;
    meter_t before = {0};
    int64_t since = now_ns();
    if (run->hub)
        meter_read(&before, run->hub);
    if (!atomic_load(&load->go)) {
        if (!await_sides(run, false, since, "connecting"))
            return;
        if (run->hub)
            meter_read(&before, run->hub);
        load->start_ns = now_ns();
        atomic_store(&load->go, true);
    }
    if (!await_sides(run, true, since, "messages"))
        return;
    if (run->hub) {
        meter_read(&run->used, run->hub);
        meter_since(&run->used, &before);
    }
    for (size_t k = 0; k < SIDES; k++)
        while (!atomic_load(&load->side[k].measured))
            nap();
}

static void end(run_t *run)
{
    char nothing[64];
    while (run->load->stay && read(STDIN_FILENO, nothing, sizeof nothing) > 0) {
    }
    atomic_store(&run->load->close, true);
    for (size_t k = 0; k < SIDES; k++)
        (void)waitpid(run->side[k], NULL, 0);
    if (run->echo > 0) {
        (void)kill(run->echo, SIGKILL);
        (void)waitpid(run->echo, NULL, 0);
    }
}

// ----------------------------------------------------------------------------- arguments

static bool parse(load_t *load, int *hub, size_t *messages, int argc, char **argv)
{
    load->kind = "incident.notice";
    load->word = "sub";
    load->together = 128;
    load->window = load->parties[PUBLISHERS] = load->parties[SUBSCRIBERS] = 1;
    load->limit_ns = INT64_C(240000000000);
    *messages = 1000;
    for (int option; (option = getopt(argc, argv, "p:s:w:n:r:k:t:f:b:mi:l:x")) != -1;) {
        size_t number = optarg ? strtoul(optarg, NULL, 10) : 0;
        switch (option) {
        case 'p':
            load->parties[PUBLISHERS] = number;
            break;
        case 's':
            load->parties[SUBSCRIBERS] = number;
            break;
        case 'w':
            load->window = number;
            break;
        case 'n':
            *messages = number;
            break;
        case 'r':
            load->rate = strtod(optarg, NULL);
            break;
        case 'k':
            load->kind = optarg;
            break;
        case 't':
            load->together = number;
            break;
        case 'f':
            load->first = number - 1;
            break;
        case 'b':
            load->word = optarg;
            break;
        case 'm':
            load->remember = true;
            break;
        case 'i':
            *hub = (int)number;
            break;
        case 'l':
            load->limit_ns = (int64_t)number * 1000000000;
            break;
        case 'x':
            load->stay = true;
            break;
        default:
            return false;
        }
    }
    if (optind >= argc || load->window == 0 || load->together == 0)
        return false;
    load->world = argv[optind];
    load->floor = optind + 1 == argc;
    if (!load->floor)
        (void)snprintf(load->endpoint, sizeof load->endpoint, "%s", argv[optind + 1]);
    return true;
}

// A publisher's share, and what they all make together.
static void share_out(load_t *load, size_t messages)
{
    size_t publishers = load->parties[PUBLISHERS] ? load->parties[PUBLISHERS] : 1;
    load->each = messages / publishers;
    load->all = load->each * publishers;
    load->published_ns = shared(load->all, sizeof(int64_t));
    load->receipt_ns = shared(load->all, sizeof(int64_t));
    load->deliver_ns = shared(load->all * load->parties[SUBSCRIBERS], sizeof(int64_t));
}

int main(int argc, char **argv)
{
    size_t messages = 0;
    load_t *load = shared(1, sizeof *load);
    run_t run = {.load = load};
    if (!parse(load, &run.hub, &messages, argc, argv)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    if (sodium_init() < 0)
        return 1;
    share_out(load, messages);
    if (load->floor)
        start_echo(&run);
    start_sides(&run);
    measure(&run);
    result_print(load, &run.used);
    end(&run);
    return 0;
}
