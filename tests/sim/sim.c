// sim - worlds from seeds: each a hub and nodes for some simulated minutes, with people
// who write and faults that happen, and a judgement at the end.
//
//     sim [--seconds N] [--jobs N] [--from SEED] [--no-shrink]   seeds, a process each
//     sim --seed N [--faults MASK] [--for S] [--nodes N] [--log]     one, and what
//     happened
//
// A seed that fails is played again with less of everything, as long as it still fails,
// and what is left is printed as a command.  Exit codes: 0 nothing is wrong, 1 something
// is, 2 wrong use.

#include "tests/sim/chance.h"
#include "tests/sim/oracle.h"
#include "tests/sim/people.h"
#include "tests/sim/plan.h"
#include "tests/sim/told.h"
#include "tests/sim/wire.h"

#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000, QUIET_S = 1200, JOBS = 64, HANGS_S = 300 };

typedef struct {
    bool one, log, no_shrink;
    int64_t seconds;
    int jobs;
    plan_t plan; // of one: what was said of it
    bool faults_said;
} arguments_t;

// What a child leaves behind, in memory that it shares.
typedef struct {
    plan_t plan;
    verdict_t verdict;
    uint64_t faults[FAULTS], frames, digest;
    bool done;
} outcome_t;

static plan_t plan_of(uint64_t seed)
{
    chance_seed(seed);
    return (plan_t){.seed = seed,
        .nodes = 3 + chance_below(9),
        .seconds = chance_between(60, 600),
        .faults = PLAN_ALL};
}

static void begin(void *context)
{
    const plan_t *plan = context;
    world_found(plan->nodes);
    world_start();
    people_begin(plan);
    faults_begin(plan);
}

static void play(outcome_t *outcome)
{
    uint64_t before[WORLD_NODES + 1];
    chance_seed(outcome->plan.seed);
    chance_rules();
    (void)fibers_start(NULL, "begin", begin, &outcome->plan);
    int64_t end_us = fibers_now_us() + (outcome->plan.seconds + QUIET_S) * SECOND;
    fibers_run(end_us - (int64_t)ORACLE_REST_S * SECOND);
    for (size_t i = 0; i <= world.nodes; i++)
        before[i] = world_at(i)->machine.steps;
    fibers_run(end_us);
    outcome->verdict = oracle_judge(before);
    memcpy(outcome->faults, faults_done, sizeof outcome->faults);
    outcome->frames = wires_frames;
    outcome->digest = fibers_digest();
    outcome->done = true;
}

static void print_command(const plan_t *plan)
{
    (void)printf("  again: build/sim --seed %" PRIu64 " --nodes %zu --for %" PRId64
                 " --faults 0x%x\n",
        plan->seed, plan->nodes, plan->seconds, plan->faults);
}

static void print_outcome(const outcome_t *outcome)
{
    const verdict_t *verdict = &outcome->verdict;
    uint64_t faults = 0;
    for (size_t i = 0; i < FAULTS; i++)
        faults += outcome->faults[i];
    (void)printf("seed %" PRIu64 ": %zu nodes, %" PRId64 " s, %" PRIu64
                 " faults; %" PRIu64 " written, %" PRIu64 " receipts, %" PRIu64
                 " refused, %" PRIu64 " delivered, %" PRIu64 " derived, %" PRIu64
                 " proofs, %" PRIu64 " duties; %" PRIu64 " wrong; run %016" PRIx64 "\n",
        outcome->plan.seed, outcome->plan.nodes, outcome->plan.seconds, faults,
        verdict->written, verdict->receipted, verdict->refused, verdict->delivered,
        verdict->derived, verdict->proofs, verdict->duties, verdict->wrong,
        outcome->digest);
}

static outcome_t *shared(size_t n)
{
    void *room = mmap(NULL, n * sizeof(outcome_t), PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        abort();
    return room;
}

static pid_t start(outcome_t *outcome, bool loud)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child != 0)
        return child;
    (void)alarm(HANGS_S); // of real time: then nothing moves any more
    play(outcome);
    if (loud)
        told_print(stdout);
    (void)fflush(stdout);
    _exit(EXIT_SUCCESS);
}

static bool failed(const outcome_t *outcome)
{
    return !outcome->done || outcome->verdict.wrong > 0;
}

static bool fails(outcome_t *outcome, const plan_t *plan, bool loud)
{
    *outcome = (outcome_t){.plan = *plan};
    pid_t child = start(outcome, loud);
    (void)waitpid(child, NULL, 0);
    return failed(outcome);
}

// Without this kind of fault, in half the time, with a node less: what still fails stays.
static void shrink(plan_t *plan)
{
    outcome_t *outcome = shared(1);
    for (unsigned i = 0; i < FAULTS; i++) {
        plan_t less = *plan;
        less.faults &= ~(1U << i);
        if (less.faults != plan->faults && fails(outcome, &less, false))
            *plan = less;
    }
    for (plan_t less = *plan; less.seconds > 30; less = *plan) {
        less.seconds /= 2;
        if (!fails(outcome, &less, false))
            break;
        *plan = less;
    }
    for (plan_t less = *plan; less.nodes > 3; less = *plan) {
        less.nodes--;
        if (!fails(outcome, &less, false))
            break;
        *plan = less;
    }
    (void)fails(outcome, plan, true);
    print_outcome(outcome);
    (void)munmap(outcome, sizeof *outcome);
}

static int play_one(const arguments_t *arguments)
{
    outcome_t *outcome = shared(1);
    bool bad = fails(outcome, &arguments->plan, arguments->log);
    if (outcome->done)
        print_outcome(outcome);
    else
        (void)printf("seed %" PRIu64 ": the programs ended, or nothing moved\n",
            arguments->plan.seed);
    return bad;
}

typedef struct {
    uint64_t seeds, failed, next;
    uint64_t seconds; // simulated
    verdict_t sum;
    uint64_t faults[FAULTS];
} night_t;

static void add(night_t *night, const outcome_t *outcome, bool shrinks)
{
    night->seeds++;
    night->seconds += (uint64_t)(outcome->plan.seconds + QUIET_S);
    night->sum.written += outcome->verdict.written;
    night->sum.receipted += outcome->verdict.receipted;
    night->sum.delivered += outcome->verdict.delivered;
    night->sum.derived += outcome->verdict.derived;
    night->sum.proofs += outcome->verdict.proofs;
    for (size_t i = 0; i < FAULTS; i++)
        night->faults[i] += outcome->faults[i];
    if (!failed(outcome))
        return;
    night->failed++;
    plan_t plan = outcome->plan;
    (void)printf("seed %" PRIu64 " FAILED%s\n", plan.seed,
        outcome->done ? "" : ": the programs ended, or nothing moved");
    if (shrinks)
        shrink(&plan);
    print_command(&plan);
}

static void print_night(const night_t *night)
{
    (void)printf("%" PRIu64 " seeds, %.1f simulated hours: %" PRIu64 " written, %" PRIu64
                 " receipts, %" PRIu64 " delivered, %" PRIu64 " derived, %" PRIu64
                 " proofs; %" PRIu64 " seeds failed\nfaults:",
        night->seeds, (double)night->seconds / 3600, night->sum.written,
        night->sum.receipted, night->sum.delivered, night->sum.derived, night->sum.proofs,
        night->failed);
    for (size_t i = 0; i < FAULTS; i++)
        (void)printf(" %s %" PRIu64, fault_names[i], night->faults[i]);
    (void)printf("\n");
}

static int play_night(const arguments_t *arguments)
{
    night_t night = {.next = arguments->plan.seed};
    outcome_t *outcome = shared(JOBS);
    pid_t child[JOBS] = {0};
    time_t end = time(NULL) + arguments->seconds;
    int running = 0;
    for (;;) {
        for (int i = 0; i < arguments->jobs && time(NULL) < end && !night.failed; i++)
            if (!child[i]) {
                outcome[i] = (outcome_t){.plan = plan_of(night.next++)};
                child[i] = start(&outcome[i], false);
                running++;
            }
        if (running == 0)
            break;
        pid_t ended = wait(NULL);
        for (int i = 0; i < arguments->jobs; i++)
            if (child[i] == ended) {
                child[i] = 0;
                running--;
                add(&night, &outcome[i], !arguments->no_shrink);
            }
    }
    print_night(&night);
    return night.failed > 0;
}

static const struct option options[] = {{"seconds", required_argument, NULL, 's'},
    {"jobs", required_argument, NULL, 'j'}, {"from", required_argument, NULL, 'f'},
    {"seed", required_argument, NULL, 'd'}, {"faults", required_argument, NULL, 'm'},
    {"for", required_argument, NULL, 'w'}, {"nodes", required_argument, NULL, 'n'},
    {"log", no_argument, NULL, 'l'}, {"no-shrink", no_argument, NULL, 'k'}, {0}};

static bool read_arguments(int argc, char **argv, arguments_t *out)
{
    int64_t seconds = 0;
    size_t nodes = 0;
    uint32_t faults = PLAN_ALL;
    *out = (arguments_t){.seconds = 10, .plan.seed = 1};
    out->jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        unsigned long long number = optarg ? strtoull(optarg, NULL, 0) : 0;
        switch (option) {
        case 's':
            out->seconds = (int64_t)number;
            break;
        case 'j':
            out->jobs = (int)number;
            break;
        case 'd':
            out->one = true; // and as for --from
                             // fall through
        case 'f':
            out->plan.seed = number;
            break;
        case 'm':
            faults = (uint32_t)number;
            break;
        case 'w':
            seconds = (int64_t)number;
            break;
        case 'n':
            nodes = number;
            break;
        case 'l':
            out->log = true;
            break;
        case 'k':
            out->no_shrink = true;
            break;
        default:
            return false;
        }
    }
    out->plan = plan_of(out->plan.seed);
    out->plan.faults = faults;
    out->plan.seconds = seconds ? seconds : out->plan.seconds;
    out->plan.nodes = nodes ? nodes : out->plan.nodes;
    return optind == argc && out->jobs > 0 && out->jobs <= JOBS &&
           out->plan.nodes <= WORLD_NODES;
}

int main(int argc, char **argv)
{
    arguments_t arguments;
    (void)umask(077);
    if (!read_arguments(argc, argv, &arguments))
        return 2;
    if (sodium_init() < 0)
        return 1;
    return arguments.one ? play_one(&arguments) : play_night(&arguments);
}
