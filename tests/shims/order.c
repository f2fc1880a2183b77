// order - preloaded into a hub, watches what it writes, flushes and sends, and may kill
// it at a chosen moment.
//
// Environment:
//     ORDER_LOG   a file that gets one line an event:
//         append SIZE    a batch that takes the log to SIZE entries was written
//         durable SIZE   its flush has returned
//         receipt SIZE   a receipt left, under a checkpoint of SIZE entries
//         deliver SIZE   deliveries left, likewise
//         early SIZE     either of them left before its checkpoint was durable
//         run NUMBER     a sorted file of the state was flushed
//         gone NUMBER    one was removed
//         kept SIZE      a snapshot of SIZE entries has got its name
//         hasty SIZE     it says more than is durable, or lies or was named before what
//                        it knows of, or it itself, was flushed
//     ORDER_KILL  "flush N": before the Nth flush of a batch; "receipt N": after the Nth
//         flush, before anything else; "deliver N": instead of sending the Nth delivery;
//         "run N": before the Nth flush of a sorted file; "synced N": before the Nth
//         flush of what a snapshot knows of; "named N": before the Nth snapshot has its
//         name; "kept N": when it has it, and the folder is not flushed.

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_RECEIPT = 4, FRAME_DELIVER = 6, BATCH_COUNT = 12, BATCH_FIRST = 24 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t written, durable; // entries
static int segment = -1;          // the descriptor batches are written to
static long flushes, deliveries, runs, syncs, snapshots;

// What has been done of a snapshot, by the one thread that writes them.
static enum { NOTHING, SYNCED, WRITTEN, FLUSHED } step;
static uint64_t snapshot; // its entries
static int snapshot_fd = -1;
enum { SNAPSHOT_VERSION = 16, SHORT = 2, HASH = 32 };

static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

static void note(const char *event, uint64_t size)
{
    char line[64];
    const char *path = getenv("ORDER_LOG");
    if (!path)
        return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int length =
        snprintf(line, sizeof line, "%s %llu\n", event, (unsigned long long)size);
    if (file < 0 || write(file, line, (size_t)length) != length)
        abort();
    (void)close(file);
}

static void die_at(const char *moment, long count)
{
    const char *kill_at = getenv("ORDER_KILL");
    size_t length = strlen(moment);
    if (kill_at && strncmp(kill_at, moment, length) == 0 && kill_at[length] == ' ' &&
        strtol(kill_at + length, NULL, 10) == count)
        (void)raise(SIGKILL);
}

static uint64_t number(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

// The number of the sorted file that this is, or that has this name; -1: it is none.
static long run_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *end;
    long n = strtol(slash ? slash + 1 : path, &end, 10);
    return end != path && strcmp(end, ".run") == 0 ? n : -1;
}

static long run_behind(int fd)
{
    char link[64], path[512];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    return run_of(path);
}

// The entries of a snapshot: behind the hub's version and the hash of the log's origin.
static void snapshot_written(int fd, const uint8_t *bytes, size_t size)
{
    size_t at = SNAPSHOT_VERSION;
    at += SHORT + (size_t)number(bytes + at, SHORT) + HASH;
    pthread_mutex_lock(&mutex);
    snapshot = size >= at + 8 ? number(bytes + at, 8) : UINT64_MAX;
    if (step != SYNCED || (durable > 0 && snapshot > durable))
        note("hasty", snapshot);
    step = WRITTEN;
    snapshot_fd = fd;
    pthread_mutex_unlock(&mutex);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    ssize_t (*function)(int, const void *, size_t, off_t) =
        (ssize_t(*)(int, const void *, size_t, off_t))real("pwrite");
    const uint8_t *bytes = data;
    ssize_t result = function(fd, data, size, offset);
    if (result == (ssize_t)size && size > 32 && memcmp(bytes, "DBATCH01", 8) == 0) {
        pthread_mutex_lock(&mutex);
        written = number(bytes + BATCH_FIRST, 8) + number(bytes + BATCH_COUNT, 4);
        segment = fd;
        note("append", written);
        pthread_mutex_unlock(&mutex);
    }
    if (result == (ssize_t)size && size > 32 && memcmp(bytes, "DABYLSTA", 8) == 0)
        snapshot_written(fd, bytes, size);
    return result;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
    return pwrite(fd, data, size, offset);
}

int fdatasync(int fd)
{
    int (*function)(int) = (int (*)(int))real("fdatasync");
    pthread_mutex_lock(&mutex);
    int batch = fd == segment && written > durable;
    uint64_t reaches = written;
    long run = batch ? -1 : run_behind(fd);
    if (batch)
        die_at("flush", ++flushes);
    if (run >= 0)
        die_at("run", ++runs);
    pthread_mutex_unlock(&mutex);
    int result = function(fd);
    if (run >= 0 && result == 0) {
        pthread_mutex_lock(&mutex);
        note("run", (uint64_t)run);
        pthread_mutex_unlock(&mutex);
    }
    if (batch && result == 0) {
        pthread_mutex_lock(&mutex);
        durable = reaches;
        note("durable", durable);
        die_at("receipt", flushes);
        pthread_mutex_unlock(&mutex);
    }
    return result;
}

int syncfs(int fd)
{
    int (*function)(int) = (int (*)(int))real("syncfs");
    pthread_mutex_lock(&mutex);
    die_at("synced", ++syncs);
    pthread_mutex_unlock(&mutex);
    int result = function(fd);
    pthread_mutex_lock(&mutex);
    step = result == 0 ? SYNCED : NOTHING;
    pthread_mutex_unlock(&mutex);
    return result;
}

int fsync(int fd)
{
    int (*function)(int) = (int (*)(int))real("fsync");
    int result = function(fd);
    pthread_mutex_lock(&mutex);
    if (fd == snapshot_fd && step == WRITTEN && result == 0)
        step = FLUSHED;
    pthread_mutex_unlock(&mutex);
    return result;
}

static bool names_snapshot(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, "snapshot") == 0;
}

int rename(const char *from, const char *to)
{
    int (*function)(const char *, const char *) =
        (int (*)(const char *, const char *))real("rename");
    if (!names_snapshot(to))
        return function(from, to);
    pthread_mutex_lock(&mutex);
    die_at("named", ++snapshots);
    if (step != FLUSHED)
        note("hasty", snapshot);
    int result = function(from, to);
    die_at("kept", snapshots);
    if (result == 0)
        note("kept", snapshot);
    step = NOTHING;
    snapshot_fd = -1;
    pthread_mutex_unlock(&mutex);
    return result;
}

int unlink(const char *path)
{
    int (*function)(const char *) = (int (*)(const char *))real("unlink");
    long run = run_of(path);
    if (run >= 0) {
        pthread_mutex_lock(&mutex);
        note("gone", (uint64_t)run);
        pthread_mutex_unlock(&mutex);
    }
    return function(path);
}

// The tree size of the checkpoint a frame carries: the first line of digits alone.
static uint64_t covered(const uint8_t *frame, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        size_t digits = 0;
        if (frame[i] != '\n')
            continue;
        while (i + 1 + digits < size && frame[i + 1 + digits] >= '0' &&
               frame[i + 1 + digits] <= '9')
            digits++;
        if (digits > 0 && i + 1 + digits < size && frame[i + 1 + digits] == '\n')
            return strtoull((const char *)frame + i + 1, NULL, 10);
    }
    return UINT64_MAX;
}

static void look_at(const uint8_t *frame, size_t size)
{
    if (size <= 64 || frame[0] != 1 ||
        (frame[1] != FRAME_RECEIPT && frame[1] != FRAME_DELIVER))
        return;
    uint64_t reaches = covered(frame, size);
    pthread_mutex_lock(&mutex);
    // What was durable before this process started is so still: it wrote none of it.
    if (reaches > durable && durable > 0)
        note("early", reaches);
    if (frame[1] == FRAME_DELIVER)
        die_at("deliver", ++deliveries);
    note(frame[1] == FRAME_RECEIPT ? "receipt" : "deliver", reaches);
    pthread_mutex_unlock(&mutex);
}

int zmq_send(void *socket, const void *data, size_t size, int flags)
{
    int (*function)(void *, const void *, size_t, int) =
        (int (*)(void *, const void *, size_t, int))real("zmq_send");
    look_at(data, size);
    return function(socket, data, size, flags);
}

int zmq_msg_send(void *message, void *socket, int flags)
{
    int (*function)(void *, void *, int) =
        (int (*)(void *, void *, int))real("zmq_msg_send");
    void *(*data)(void *) = (void *(*)(void *))real("zmq_msg_data");
    size_t (*size)(const void *) = (size_t(*)(const void *))real("zmq_msg_size");
    look_at(data(message), size(message));
    return function(message, socket, flags);
}
