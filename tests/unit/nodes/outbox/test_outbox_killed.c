// outbox: killed before any of its calls that change the disk, each file is one message.
//
// The calls are our own here, and the child process ends itself at the one whose turn it
// is; what it had published by then is known by a pipe.  Whoever comes next finds the
// folders as they are.

#include "lib/base/file.h"
#include "nodes/outbox/outbox.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <jansson.h>

enum { KILLED = 42, FILES = 5, REFUSED = 3, CALLS_MAX = 400, LINE = 256 };

static cause_t why;
static long calls_left; // 0: forever
static int no_folder;   // errno of every folder to be made; 0: they are

static void call(void)
{
    if (calls_left > 0 && --calls_left == 0)
        _exit(KILLED);
}

int fsync(int fd)
{
    call();
    return (int)syscall(SYS_fsync, fd);
}

int renameat(int from, const char *name, int to, const char *new_name)
{
    call();
    return (int)syscall(SYS_renameat2, from, name, to, new_name, 0);
}

int renameat2(
    int from, const char *name, int to, const char *new_name, unsigned int flags)
{
    call();
    return (int)syscall(SYS_renameat2, from, name, to, new_name, flags);
}

int linkat(int from, const char *name, int to, const char *new_name, int flags)
{
    call();
    return (int)syscall(SYS_linkat, from, name, to, new_name, flags);
}

int unlinkat(int folder, const char *name, int flags)
{
    call();
    return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int unlink(const char *path)
{
    call();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    call();
    errno = no_folder;
    return no_folder ? -1 : (int)syscall(SYS_mkdirat, folder, name, mode);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    call();
    return syscall(SYS_pwrite64, fd, data, size, offset);
}

typedef struct {
    scratch_t scratch;
    proven_t log;
    seal_key_t key;
    store_t *store;
    tray_t *tray;
    pending_t *pending;
    outbox_t *outbox;
    int pipe[2];
    now_t now;
} world_t;

// A line for each document: which file it was made of, and its hash.
static void on_ready(void *context, parcel_t **parcel_p)
{
    const world_t *world = context;
    char line[LINE], hash[HASH_HEX];
    for (size_t i = 0; i < parcel_count(*parcel_p); i++) {
        parcel_item_t item = parcel_item(*parcel_p, i);
        json_t *root =
            json_loadb((const char *)item.document.data, item.document.size, 0, NULL);
        assert_non_null(root);
        hex_encode(item.hash.bytes, sizeof item.hash.bytes, hash);
        int size = snprintf(line, sizeof line, "%lld %s %s\n",
            (long long)json_integer_value(
                json_object_get(json_object_get(root, "body"), "n")),
            item.id, hash);
        assert_int_equal(write(world->pipe[1], line, (size_t)size), size);
        json_decref(root);
    }
    parcel_destroy(parcel_p);
}

static void start(world_t *world)
{
    world->store =
        store_open(&(store_options_t){world->scratch.path, "me", &world->log.vkey}, &why);
    world->tray = tray_open(world->scratch.path, &why);
    assert_true(world->store && world->tray);
    pending_options_t kept = {world->scratch.path, &world->log.vkey, world->tray};
    world->pending = pending_open(&kept, on_ready, world, &why);
    assert_non_null(world->pending);
    outbox_options_t options = {.folder = world->scratch.path,
        .rules = {.node = "isoc-energy", .limits = {.size = 4096, .depth = 16}},
        .origin = "hub.example/log",
        .key = &world->key,
        .tray = world->tray,
        .store = world->store,
        .pending = world->pending};
    outbox_events_t events = {.context = world};
    world->outbox = outbox_open(&options, &events, &why);
    assert_non_null(world->outbox);
}

static void shut(world_t *world)
{
    outbox_close(&world->outbox);
    pending_close(&world->pending);
    tray_close(&world->tray);
    store_close(&world->store);
}

static void work(world_t *world)
{
    start(world);
    for (int i = 0; i < 3; i++) {
        if (outbox_turn(world->outbox, world->now, &why) != 0)
            fail_msg("%s", why.text);
        world->now.monotonic_ms += SORTING_HALF_STILL_MS;
    }
    shut(world);
}

static void drop(world_t *world, const char *name, const char *text)
{
    char from[PATH_MAX], to[PATH_MAX];
    (void)snprintf(from, sizeof from, "%s/outbox/.x", world->scratch.path);
    (void)snprintf(to, sizeof to, "%s/outbox/%s", world->scratch.path, name);
    FILE *file = fopen(from, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    assert_int_equal(rename(from, to), 0);
}

static void open_world(world_t *world)
{
    *world = (world_t){0};
    proven_open(&world->log, "hub.example/log");
    scratch_open(&world->scratch);
    crypto_sign_keypair(world->key.public_key, world->key.secret_key);
    seal_key_id(world->key.public_key, world->key.id);
    world->now = clock_now();
    start(world); // makes the folders
    shut(world);
    assert_int_equal(pipe2(world->pipe, O_NONBLOCK), 0);
    for (int i = 0; i < FILES; i++) {
        char name[32], text[128];
        (void)snprintf(name, sizeof name, " %d.json", i);
        (void)snprintf(text, sizeof text,
            "{\"kind\": \"incident.notice\", \"body\": {\"n\": %d}}", i);
        drop(world, name, text);
    }
    drop(world, "bad.json", "{\"kind\": \"advisory\", \"from\": \"nccis\"}");
    drop(world, "half.json", "{\"kind\": ");
    assert_int_equal(symlink("x", scratch_at(&world->scratch, "outbox/link.json")), 0);
}

static void close_world(world_t *world)
{
    proven_close(&world->log);
    close(world->pipe[0]);
    close(world->pipe[1]);
    scratch_close(&world->scratch);
}

// True when the child ended by itself: there was no such call any more.
static bool killed_at(world_t *world, long call_number)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        calls_left = call_number;
        work(world);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == KILLED || WEXITSTATUS(status) == 0);
    return WEXITSTATUS(status) == 0;
}

// All that was ever published of a file was one document.
static void each_is_one(world_t *world, long call_number)
{
    static char text[1 << 16];
    char kept[FILES][LINE] = {{0}};
    ssize_t size = read(world->pipe[0], text, sizeof text - 1);
    text[size > 0 ? size : 0] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        int n = atoi(line);
        assert_in_range(n, 0, FILES - 1);
        if (kept[n][0] && strcmp(kept[n], line) != 0)
            fail_msg("killed at call %ld: file %d is two messages:\n%s\n%s", call_number,
                n, kept[n], line);
        (void)snprintf(kept[n], LINE, "%s", line);
    }
    for (int n = 0; n < FILES; n++)
        if (!kept[n][0])
            fail_msg("killed at call %ld: file %d is no message", call_number, n);
}

static size_t count(world_t *world, const char *folder, const char *ending)
{
    names_t names;
    assert_int_equal(
        names_list(&names, scratch_at(&world->scratch, folder), ending, &why), 0);
    size_t n = names.n;
    names_free(&names);
    return n;
}

// Each reason stands beside what it is about.
static void each_refusal_has_its_document(world_t *world, long call_number)
{
    names_t names;
    hash_t hash;
    char hex[HASH_HEX], file[PATH_MAX];
    assert_int_equal(
        names_list(&names, scratch_at(&world->scratch, "refused"), ".reason.json", &why),
        0);
    if (names.n != REFUSED)
        fail_msg("killed at call %ld: %zu reasons for %d files", call_number, names.n,
            REFUSED);
    for (size_t i = 0; i < names.n; i++) {
        buf_t bytes = {0};
        struct stat info;
        (void)snprintf(
            file, sizeof file, "%s/refused/%s", world->scratch.path, names.name[i]);
        json_t *reason = json_load_file(file, 0, NULL);
        const char *about = json_string_value(json_object_get(reason, "document"));
        file[strlen(file) - strlen(".reason.json")] = 0;
        assert_int_equal(lstat(file, &info), 0);
        if (about[0]) {
            assert_int_equal(file_read(file, 4096, &bytes, &why), 0);
            sha256(buf_span(&bytes), &hash);
            hex_encode(hash.bytes, sizeof hash.bytes, hex);
            assert_string_equal(hex, about);
        }
        buf_destroy(&bytes);
        json_decref(reason);
    }
    names_free(&names);
}

static void killed_at_each_call(void **state)
{
    (void)state;
    long n = 1;
    for (bool ended = false; !ended; n++) {
        static world_t world;
        assert_in_range(n, 1, CALLS_MAX);
        open_world(&world);
        ended = killed_at(&world, n);
        (void)killed_at(&world, n / 2 + 1); // and once more while it recovers
        work(&world);
        each_is_one(&world, n);
        each_refusal_has_its_document(&world, n);
        assert_int_equal(count(&world, "outbox", ""), 0);
        assert_int_equal(count(&world, "state/taken", ""), 0);
        close_world(&world);
    }
    print_message("# %ld calls\n", n - 2);
    assert_true(n > 30);
}

static size_t stays;

static void on_left(void *context, const char *file, const char *reason)
{
    (void)context;
    (void)file;
    (void)reason;
    stays++;
}

// A full disk is one trouble, said once, and not one of each file.
static void says_once_that_nothing_can_be_taken(void **state)
{
    (void)state;
    static world_t world;
    open_world(&world);
    start(&world);
    outbox_close(&world.outbox);
    outbox_options_t options = {.folder = world.scratch.path,
        .rules = {.node = "isoc-energy", .limits = {.size = 4096, .depth = 16}},
        .origin = "hub.example/log",
        .key = &world.key,
        .tray = world.tray,
        .store = world.store,
        .pending = world.pending};
    outbox_events_t events = {.left = on_left};
    world.outbox = outbox_open(&options, &events, &why);
    no_folder = ENOSPC;
    size_t before = count(&world, "outbox", "");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(outbox_turn(world.outbox, world.now, &why), -1);
        assert_non_null(strstr(why.text, "No space left"));
        assert_true(outbox_due_ms(world.outbox) > world.now.monotonic_ms);
        world.now.monotonic_ms += SORTING_SCAN_MS;
    }
    assert_int_equal(stays, 0);
    assert_int_equal(count(&world, "outbox", ""), before);
    no_folder = 0;
    for (int i = 0; i < 2; i++) { // one is half written, and refused when it stays so
        assert_int_equal(outbox_turn(world.outbox, world.now, &why), 0);
        world.now.monotonic_ms += SORTING_HALF_MS;
    }
    assert_int_equal(count(&world, "outbox", ""), 0);
    shut(&world);
    each_is_one(&world, 0);
    close_world(&world);
}

int main(void)
{
    scratch_in_memory();
    assert_true(sodium_init() >= 0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_each_call),
        cmocka_unit_test(says_once_that_nothing_can_be_taken)};
    return test_group(tests, NULL, NULL);
}
