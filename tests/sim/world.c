// world - the same few commands as in tests/python/world.py.

#include "tests/sim/world.h"

#include "hub/hub.h"
#include "lib/base/file.h"
#include "lib/config/hub_options.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_conf.h"
#include "nodes/daemon/daemon.h"
#include "tests/sim/chance.h"
#include "tests/sim/control.h"
#include "tests/sim/files.h"
#include "tests/sim/told.h"
#include "tests/sim/wire.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

world_t world;

static const char origin[] = "dabyl.test/log";

static const struct {
    const char *name, *role, *organisation;
} cast[] = {
    {"nccis", "nccis", "STS"},
    {"isoc-energy", "isoc", "SOC-E"},
    {"owner-grid", "owner", "GRID"},
    {"knb", "national-security", "KNB"},
    {"mfa", "foreign-affairs", "MFA"},
    {"isoc-bank", "isoc", "SOC-B"},
    {"owner-bank", "owner", "BANK"},
    {"service", "response-service", "CERT-S"},
    {"authority", "authority", "AUTH"},
    {"telecom", "communications", "COMM"},
    {"media", "media", "MEDIA"},
};

enum { CAST = sizeof cast / sizeof cast[0] };

static const char registry[] =
    "organisations = (\n%s);\n"
    "objects = (\n"
    "  { id = \"obj-grid-1\"; sector = \"power-supply\"; owner = \"GRID\"; isoc = "
    "\"SOC-E\"; },\n"
    "  { id = \"obj-bank-1\"; sector = \"banking\"; owner = \"BANK\"; isoc = \"SOC-B\"; "
    "},\n"
    "  { id = \"obj-alone\"; sector = \"transport\"; owner = \"GRID\"; }\n"
    ");\n";

static const char node_conf[] =
    "node = \"%s\";\n"
    "hub = { endpoints = [\"tcp://127.0.0.1:7600\"]; certificate = "
    "\"certs/hub-channel.pem\"; vkey = \"hub.vkey\"; };\n"
    "ca = \"certs/ca.pem\";\n"
    "keys = { seal = \"keys/seal.key\"; channel = \"keys/channel.key\"; };\n"
    "certificates = { seal = \"certs/seal.pem\"; channel = \"certs/channel.pem\"; };\n";

const char *world_origin(void)
{
    return origin;
}

static void broken(const char *what, const char *name)
{
    (void)fprintf(stderr, "the simulator: %s %s\n", what, name);
    told_print(stderr);
    abort();
}

world_node_t *world_at(size_t i)
{
    return i < world.nodes ? &world.node[i] : &world.hub;
}

// --- files, without the programs' calls

static inode_t *find(const machine_t *machine, const char *path)
{
    char last[256];
    inode_t *parent;
    return disk_find(files_disk(machine)->root, path, &parent, last);
}

inode_t *world_folder(const machine_t *machine, const char *path)
{
    return find(machine, path);
}

const buf_t *world_file(const machine_t *machine, const char *path)
{
    const inode_t *file = find(machine, path);
    return file && S_ISREG(file->mode) ? &file->now : NULL;
}

bool world_write(const machine_t *machine, const char *path, span_t text)
{
    char last[256], beside[256];
    inode_t *parent;
    (void)disk_find(files_disk(machine)->root, path, &parent, last);
    if (!parent)
        broken("there is no folder for", path);
    (void)snprintf(beside, sizeof beside, ".%.200s.tmp", last);
    inode_t *file = disk_make(parent, beside, S_IFREG | 0600);
    if (!file)
        return false;
    if (disk_write(file, text.data, text.size, 0) != (ssize_t)text.size) {
        (void)disk_unlink(parent, beside);
        return false;
    }
    disk_make_safe(file);
    bool done = disk_rename(parent, beside, parent, last) == 0;
    disk_make_safe(parent);
    return done;
}

static void copy(const char *from_path, const char *to_path)
{
    char last[256];
    inode_t *parent;
    const inode_t *from = files_find(from_path, &parent, last);
    if (!from)
        broken("there is no", from_path);
    (void)files_find(to_path, &parent, last);
    inode_t *to = parent ? disk_entry(parent, last) : NULL;
    if (parent && !to)
        to = disk_make(parent, last, S_IFREG | 0600);
    if (!to || disk_resize(to, 0) != 0 ||
        disk_write(to, from->now.data, from->now.size, 0) < 0)
        broken("cannot copy to", to_path);
}

// --- founding

enum { WORDS = 24 };

static void command(const char *const *word)
{
    static const command_t *const commands[] = {&cmd_ca, &cmd_hub, &cmd_rules, NULL};
    char text[WORDS][512], *argv[WORDS + 1];
    int n = 0;
    for (; word[n]; n++) {
        (void)snprintf(text[n], sizeof text[n], "%s", word[n]);
        argv[n] = text[n];
    }
    argv[n] = NULL;
    if (command_dispatch(commands, "dabyl", (common_t){0}, n, argv) != DONE_OK)
        broken("a command failed:", word[1]);
}

#define COMMAND(...) command((const char *const[]){__VA_ARGS__, NULL})

// Keys and certificates of a node, or of an officer.
static void certify(const char *folder, const char *id, const char *organisation,
    const char *what, const char *which)
{
    char certs[300], request[300];
    (void)snprintf(certs, sizeof certs, "%s/certs", folder);
    (void)snprintf(request, sizeof request, "%s/request.pem", folder);
    COMMAND(
        "ca", "request", "--dir", folder, "--id", id, "--org", organisation, what, which);
    COMMAND("ca", "sign", "--ca", "/sim/desk/ca", "--yes", "--out", certs, request);
}

static void admit(const char *folder, const char *name, const char *use)
{
    char from[300], to[300];
    (void)snprintf(from, sizeof from, "%s/certs/%s.pem", folder, use);
    (void)snprintf(to, sizeof to, "/sim/hub/roster/%s-%s.pem", name, use);
    copy(from, to);
}

static void found_machine(world_node_t *node, const char *name, size_t number)
{
    (void)snprintf(node->machine.name, sizeof node->machine.name, "%s", name);
    node->machine.number = number;
    node->machine.booted_us = fibers_now_us() - INT64_C(86400000000);
    files_mount(&node->machine, disk_new());
    *wires_weather(&node->machine) = (wire_weather_t){.least_us = 200, .most_us = 3000};
}

static void found_node(size_t i)
{
    char folder[64], path[300], text[1024], name[32];
    world_node_t *node = &world.node[i];
    node->role = cast[i % CAST].role;
    node->organisation = cast[i % CAST].organisation;
    (void)snprintf(
        name, sizeof name, i < CAST ? "%s" : "%s-%zu", cast[i % CAST].name, i / CAST + 1);
    found_machine(node, name, i + 1);
    (void)snprintf(folder, sizeof folder, "/sim/%s", name);
    certify(folder, name, node->organisation, "--role", node->role);
    admit(folder, name, "seal");
    admit(folder, name, "channel");
    (void)snprintf(path, sizeof path, "%s/certs/hub-channel.pem", folder);
    copy("/sim/hub/certs/channel.pem", path);
    (void)snprintf(path, sizeof path, "%s/hub.vkey", folder);
    copy("/sim/hub/vkey", path);
    (void)snprintf(text, sizeof text, node_conf, name);
    if (!world_write(&node->machine, "/node.conf", span_text(text)))
        broken("cannot write the configuration of", name);
    disk_t *disk = files_disk(&node->machine);
    if (!disk_make(disk->root, "outbox", S_IFDIR | 0700))
        broken("cannot make the outbox of", name);
}

static void write_registry(void)
{
    char codes[2048] = "", text[4096];
    for (size_t i = 0; i < CAST; i++)
        (void)snprintf(codes + strlen(codes), sizeof codes - strlen(codes),
            "  { code = \"%s\"; name = { kk = \"%s\"; ru = \"%s\"; en = \"%s\"; }; }%s\n",
            cast[i].organisation, cast[i].organisation, cast[i].organisation,
            cast[i].organisation, i + 1 < CAST ? "," : "");
    (void)snprintf(text, sizeof text, registry, codes);
    inode_t *root = files_disk(&world.hub.machine)->root;
    (void)disk_unlink(root, "registry.conf");
    if (!world_write(&world.hub.machine, "/registry.conf", span_text(text)))
        broken("cannot write", "the registry");
}

// A real file, beside which we run; of a folder all that it has.
static void bring(inode_t *into, const char *path, const char *name)
{
    cause_t why;
    buf_t bytes = {0};
    char inner[512];
    DIR *dir = opendir(path);
    if (!dir) {
        inode_t *file = disk_make(into, name, S_IFREG | 0644);
        if (!file || file_read(path, 64 << 20, &bytes, &why) != 0 ||
            disk_write(file, bytes.data, bytes.size, 0) != (ssize_t)bytes.size)
            broken("cannot bring", path);
        buf_destroy(&bytes);
        return;
    }
    inode_t *folder = disk_make(into, name, S_IFDIR | 0755);
    const struct dirent *entry;
    while (folder && (entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            bring(folder, inner, entry->d_name);
        }
    (void)closedir(dir);
}

// What is installed: where it lies in truth must make no difference to a run.
static void bring_share(void)
{
    inode_t *root = files_disk(&world.desk)->root;
    inode_t *hub = disk_make(root, "hub", S_IFDIR | 0755);
    bring(root, "schemas", "schemas");
    bring(hub, "hub/etc", "etc");
}

static void found_hub(void)
{
    found_machine(&world.hub, "hub", 0);
    (void)snprintf(world.desk.name, sizeof world.desk.name, "desk");
    files_mount(&world.desk, disk_new());
    bring_share();
    COMMAND("ca", "init", "--ca", "/sim/desk/ca", "--no-passphrase");
    COMMAND("hub", "init", "/sim/hub", "--origin", origin, "--listen",
        "tcp://127.0.0.1:7600", "--share", "/sim/desk");
    certify("/sim/hub", "hub", "STS", "--role", "hub");
    copy("/sim/hub/certs/seal.pem", "/sim/hub/roster/hub-seal.pem");
}

static void seal_rules(void)
{
    certify("/sim/desk/duty-nccis", "duty-nccis", "STS", "--officer-of", "nccis");
    admit("/sim/desk/duty-nccis", "duty-nccis", "seal");
    COMMAND("rules", "seal", "/sim/hub/rules/plan.rules", "--origin", origin, "--key",
        "/sim/desk/duty-nccis/keys/seal.key", "--cert",
        "/sim/desk/duty-nccis/certs/seal.pem");
}

// What the commands tell their operator nobody reads here.
static void swap_out(int into[2])
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)fflush(NULL);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        into[fd - STDOUT_FILENO] = dup(fd);
        (void)dup2(nothing, fd);
    }
    (void)close(nothing);
}

static void swap_in(const int from[2])
{
    (void)fflush(NULL);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        (void)dup2(from[fd - STDOUT_FILENO], fd);
        (void)close(from[fd - STDOUT_FILENO]);
    }
}

void world_found(size_t nodes)
{
    int before[2];
    swap_out(before);
    found_hub();
    for (; world.nodes < nodes && world.nodes < WORLD_NODES; world.nodes++)
        found_node(world.nodes);
    seal_rules();
    write_registry();
    swap_in(before);
    disk_sync(files_disk(&world.hub.machine));
    for (size_t i = 0; i < world.nodes; i++)
        disk_sync(files_disk(&world.node[i].machine));
}

// --- the programs, as their main() runs them

static void run_hub(void *context)
{
    world_node_t *node = context;
    hub_options_t options = {0};
    hub_start_t start = {.config = "/sim/hub/hub.conf", .by = "sim"};
    cause_t why;
    hub_t *hub = NULL;
    if (conf_read(hub_options_table, start.config, &options, &why) != 0 ||
        !(hub = hub_open(&options, &start, &why))) {
        told_line("hub.failed", "%s", why.text);
        node->failures++;
    } else if (hub_run(hub, &SUPERVISOR_NONE, &why) != 0) {
        told_line("hub.died", "%s", why.text);
        node->failures++;
    }
    hub_close(&hub);
    conf_free(hub_options_table, &options);
    node->machine.up = false;
}

static void run_node(void *context)
{
    world_node_t *node = context;
    char path[64];
    node_conf_t conf = {0};
    cause_t why;
    daemon_t *daemon = NULL;
    (void)snprintf(path, sizeof path, "/sim/%s/node.conf", node->machine.name);
    if (conf_read(node_conf_table, path, &conf, &why) != 0 ||
        !(daemon = daemon_open(&conf, &why))) {
        told_line("node.failed", "%s", why.text);
        node->failures++;
    } else {
        daemon_run(daemon, &SUPERVISOR_NONE);
        daemon_close(&daemon);
    }
    conf_free(node_conf_table, &conf);
    node->machine.up = false;
}

static int64_t when_down(void *context)
{
    return ((const machine_t *)context)->up ? FIBERS_NEVER : 0;
}

// As a service manager does.
static void watch(void *context)
{
    enum { LEAST_US = 500000, MOST_US = 10000000 };
    world_node_t *node = context;
    while (node->daemon_wanted) {
        node->machine.life++;
        node->machine.signals = 0;
        node->machine.up = true;
        (void)fibers_start(&node->machine, node->machine.name,
            node == &world.hub ? run_hub : run_node, node);
        fibers_wait(when_down, &node->machine, FIBERS_NEVER);
        files_close_all(&node->machine);
        controls_machine_ended(&node->machine);
        wires_machine_ended(&node->machine, false);
        fibers_end_machine(&node->machine); // threads that it left behind
        fibers_sleep(chance_between(LEAST_US, MOST_US));
    }
}

// By a fault: nothing of the machine runs any more.
static void died(machine_t *machine)
{
    told_line("machine.ended", "%s life=%u %s", machine->name, machine->life,
        machine->cuts_power ? "power" : "killed");
    files_close_all(machine);
    controls_machine_ended(machine);
    wires_machine_ended(machine, machine->cuts_power);
    if (machine->cuts_power)
        disk_cut(files_disk(machine));
}

static void start_one(world_node_t *node)
{
    node->daemon_wanted = true;
    (void)fibers_start(NULL, "watch", watch, node);
}

void world_start(void)
{
    wires_open(&world.hub.machine);
    fibers_on_death(died);
    start_one(&world.hub);
    for (size_t i = 0; i < world.nodes; i++)
        start_one(&world.node[i]);
}
