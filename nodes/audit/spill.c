// spill - what lies behind the part in memory has its own place in the file, too, so
// that an offset is an offset in both.

#include "nodes/audit/spill.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct spill {
    spill_health_t *health;
    uint64_t size; // what was written ends before it
    buf_t memory;
    int fd; // -1: nothing went beyond memory so far
};

spill_t *spill_new(spill_health_t *health)
{
    spill_t *self = memory_new(1, sizeof *self);
    self->health = health;
    self->fd = -1;
    return self;
}

void spill_destroy(spill_t **self_p)
{
    spill_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->memory);
    if (self->fd >= 0)
        (void)close(self->fd);
    free(self);
}

static void fail(spill_t *self)
{
    spill_health_t *health = self->health;
    if (health->failed)
        return;
    health->failed = true;
    (void)cause_errno(&health->why, "what is put aside while the log is read (TMPDIR "
                                    "names a folder with more room)");
}

// Not every file system has files without a name from the beginning.
static int open_nameless(void)
{
    static const char name[] = "dabyl-XXXXXX";
    const char *folder = getenv("TMPDIR");
    char path[PATH_MAX];
    cause_t ignored;
    if (!folder || !*folder)
        folder = "/var/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || path_join(path, sizeof path, folder, name, &ignored) != 0)
        return fd;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

// How many of the octets from `at` on lie in memory.
static size_t in_memory(uint64_t at, size_t size)
{
    if (at >= SPILL_MEMORY)
        return 0;
    return size < SPILL_MEMORY - at ? size : (size_t)(SPILL_MEMORY - at);
}

static void read_memory(const spill_t *self, uint64_t at, void *out, size_t size)
{
    size_t there = self->memory.size > at ? self->memory.size - (size_t)at : 0;
    if (there > size)
        there = size;
    if (there > 0)
        memcpy(out, self->memory.data + at, there);
    memset((uint8_t *)out + there, 0, size - there);
}

static void read_file(spill_t *self, uint64_t at, uint8_t *out, size_t size)
{
    ssize_t got = self->fd >= 0 ? pio_read(self->fd, out, size, at) : 0;
    if (got < 0)
        fail(self);
    size_t there = got > 0 ? (size_t)got : 0;
    memset(out + there, 0, size - there);
}

void spill_read(spill_t *self, uint64_t at, void *out, size_t size)
{
    size_t here = in_memory(at, size);
    if (here > 0)
        read_memory(self, at, out, here);
    if (size > here)
        read_file(self, at + here, (uint8_t *)out + here, size - here);
}

static void write_memory(spill_t *self, uint64_t at, const void *data, size_t size)
{
    static const uint8_t zeros[4096];
    buf_t *memory = &self->memory;
    while (memory->size < at + size) {
        size_t missing = (size_t)at + size - memory->size;
        buf_put(memory, zeros, missing < sizeof zeros ? missing : sizeof zeros);
    }
    memcpy(memory->data + at, data, size);
}

static void write_file(spill_t *self, uint64_t at, const uint8_t *data, size_t size)
{
    if (self->fd < 0)
        self->fd = open_nameless();
    if (self->fd < 0 || pio_write(self->fd, span_of(data, size), at) != 0)
        fail(self);
}

void spill_write(spill_t *self, uint64_t at, const void *data, size_t size)
{
    size_t here = in_memory(at, size);
    if (here > 0)
        write_memory(self, at, data, here);
    if (size > here && !self->health->failed)
        write_file(self, at + here, (const uint8_t *)data + here, size - here);
    if (at + size > self->size)
        self->size = at + size;
}

uint64_t spill_add(spill_t *self, const void *data, size_t size)
{
    uint64_t at = self->size;
    spill_write(self, at, data, size);
    return at;
}

int spill_check(const spill_health_t *health, cause_t *why)
{
    return health->failed ? cause_set(why, "%s", health->why.text) : 0;
}
