// faults - what goes wrong, when and where, drawn; and mended again.

#include "tests/sim/plan.h"

#include "tests/sim/chance.h"
#include "tests/sim/files.h"
#include "tests/sim/told.h"
#include "tests/sim/wire.h"
#include "tests/sim/world.h"

#include <inttypes.h>
#include <signal.h>

enum { SECOND = 1000000, PAUSE_S = 8, DEATH_STEPS = 3000 };

const char *const fault_names[FAULTS] = {"kill-node", "kill-hub", "cut-node", "cut-hub",
    "wire", "still", "slow", "full-node", "full-hub", "flush-node", "flush-hub", "clock",
    "reload", "stop"};

uint64_t faults_done[FAULTS];

static const plan_t *plan;
static int64_t end_us;

static world_node_t *some_node(void)
{
    return &world.node[chance_below(world.nodes)];
}

// Somewhere in what it does next.
static void end_machine(world_node_t *node, bool power)
{
    node->machine.cuts_power = power;
    node->machine.dies_at = node->machine.steps + 1 + chance_below(DEATH_STEPS);
}

static void cut_wire(void)
{
    enum { LATE_S = 60 };
    if (wires_count() == 0)
        return;
    int64_t now_us = fibers_now_us();
    int64_t late_us =
        chance_one_in(2) ? now_us : now_us + chance_between(0, LATE_S) * SECOND;
    bool hub_first = chance_one_in(2);
    wire_cut(wires_at(chance_below(wires_count())), hub_first ? late_us : now_us,
        hub_first ? now_us : late_us);
}

typedef struct {
    world_node_t *node;
    fault_t fault;
    int way;
} spell_t;

// What lasts a while.  One spell of a kind at a time on a machine is enough.
static void set(const spell_t *spell, bool on)
{
    wire_weather_t *weather = wires_weather(&spell->node->machine);
    if (spell->fault == FAULT_STILL) {
        if (spell->way != 1)
            weather->still[WIRE_TO_HUB] = on;
        if (spell->way != 0)
            weather->still[WIRE_TO_NODE] = on;
    } else if (spell->fault == FAULT_SLOW)
        weather->most_us = on ? 2 * SECOND : 3000;
    else
        files_disk(&spell->node->machine)->full = on;
}

static void last(void *context)
{
    enum { LONGEST_S = 90 };
    spell_t spell = *(spell_t *)context;
    set(&spell, true);
    fibers_sleep(chance_between(1, LONGEST_S) * SECOND);
    set(&spell, false);
}

static void begin_spell(fault_t fault, world_node_t *node)
{
    static spell_t spell[1024];
    static size_t n;
    spell_t *next = &spell[n++ % 1024];
    *next = (spell_t){node, fault, (int)chance_below(3)};
    (void)fibers_start(NULL, fault_names[fault], last, next);
}

static void fail_flush(world_node_t *node)
{
    enum { WITHIN = 20 };
    files_disk(&node->machine)->fail_flush = 1 + (unsigned)chance_below(WITHIN);
}

// A node's clock may be wrong by as much as nobody notices.
static void set_clock(machine_t *machine)
{
    enum { MOST_S = 60 };
    machine->wall_offset_us = chance_between(-MOST_S, MOST_S) * SECOND;
}

static void happen(fault_t fault)
{
    world_node_t *node = some_node();
    told_line("fault", "%s %s", fault_names[fault], node->machine.name);
    faults_done[fault]++;
    switch (fault) {
    case FAULT_KILL_NODE:
        end_machine(node, false);
        break;
    case FAULT_KILL_HUB:
        end_machine(&world.hub, false);
        break;
    case FAULT_CUT_NODE:
        end_machine(node, true);
        break;
    case FAULT_CUT_HUB:
        end_machine(&world.hub, true);
        break;
    case FAULT_WIRE:
        cut_wire();
        break;
    case FAULT_STILL:
    case FAULT_SLOW:
    case FAULT_FULL_NODE:
        begin_spell(fault, node);
        break;
    case FAULT_FULL_HUB:
        begin_spell(fault, &world.hub);
        break;
    case FAULT_FLUSH_NODE:
        fail_flush(node);
        break;
    case FAULT_FLUSH_HUB:
        fail_flush(&world.hub);
        break;
    case FAULT_CLOCK:
        set_clock(&node->machine);
        break;
    case FAULT_RELOAD:
        world.hub.machine.signals |= 1U << SIGHUP;
        break;
    case FAULT_STOP:
        (chance_one_in(3) ? &world.hub : node)->machine.signals |= 1U << SIGTERM;
        break;
    case FAULTS:
        break;
    }
}

static void mend(void)
{
    for (size_t i = 0; i <= world.nodes; i++) {
        world_node_t *node = world_at(i);
        wire_weather_t *weather = wires_weather(&node->machine);
        *weather = (wire_weather_t){.least_us = 200, .most_us = 3000};
        files_disk(&node->machine)->full = false;
        files_disk(&node->machine)->fail_flush = 0;
        node->machine.dies_at = 0;
        node->machine.wall_offset_us = 0;
    }
}

static void run(void *context)
{
    (void)context;
    while (fibers_now_us() < end_us && plan->faults) {
        fibers_sleep(chance_between(1, 2 * PAUSE_S * SECOND));
        fault_t fault = (fault_t)chance_below(FAULTS);
        if (fibers_now_us() < end_us && (plan->faults >> fault & 1))
            happen(fault);
    }
    fibers_sleep(end_us > fibers_now_us() ? end_us - fibers_now_us() : 0);
    mend();
    told_line("mended", "nothing goes wrong from now on");
}

void faults_begin(const plan_t *wanted)
{
    plan = wanted;
    end_us = fibers_now_us() + wanted->seconds * SECOND;
    (void)fibers_start(NULL, "faults", run, NULL);
}
