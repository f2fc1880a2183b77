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
//     ORDER_KILL  "flush N": before the Nth flush of a batch; "receipt N": after the Nth
//         flush, before anything else; "deliver N": instead of sending the Nth delivery.

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_RECEIPT = 4, FRAME_DELIVER = 6, BATCH_COUNT = 12, BATCH_FIRST = 24 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t written, durable; // entries
static int segment = -1;          // the descriptor batches are written to
static long flushes, deliveries;

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
    if (batch)
        die_at("flush", ++flushes);
    pthread_mutex_unlock(&mutex);
    int result = function(fd);
    if (batch && result == 0) {
        pthread_mutex_lock(&mutex);
        durable = reaches;
        note("durable", durable);
        die_at("receipt", flushes);
        pthread_mutex_unlock(&mutex);
    }
    return result;
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
