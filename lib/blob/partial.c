// partial - the hash is computed of what is read back from the disk, not while it comes
// in: so nothing has to be remembered over an interruption, and what was checked is what
// the disk has.

#include "lib/blob/partial.h"
#include "lib/base/file.h"

#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct partial {
    int fd;
    uint64_t size, held;
    uint64_t checked; // bytes that are in `hash`
    EVP_MD_CTX *hash; // NULL: no check has begun
    uint8_t *slice;
};

// How far the bytes are surely those that were written: each MiB was flushed before
// anything behind it.
static uint64_t sure(uint64_t size)
{
    return size > 0 ? (size - 1) / PARTIAL_FLUSH * PARTIAL_FLUSH : 0;
}

static int take_up(partial_t *self, const char *path, cause_t *why)
{
    struct stat info;
    self->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (self->fd < 0 || fstat(self->fd, &info) != 0)
        return cause_errno(why, "%s", path);
    if (!S_ISREG(info.st_mode))
        return cause_set(why, "%s: not a regular file", path);
    // Another name of something, whose bytes are not ours to change: begun anew.
    if (!file_is_own(self->fd)) {
        (void)close(self->fd);
        self->fd = file_make(path, 0600, why);
        info.st_size = 0;
    }
    if (self->fd < 0)
        return -1;
    self->held = sure((uint64_t)info.st_size);
    if (self->held > self->size)
        self->held = 0; // of something else
    if (ftruncate(self->fd, (off_t)self->held) != 0)
        return cause_errno(why, "%s", path);
    return 0;
}

partial_t *partial_open(const char *path, uint64_t size, cause_t *why)
{
    partial_t *self = memory_new(1, sizeof *self);
    self->size = size;
    if (take_up(self, path, why) != 0)
        partial_close(&self);
    return self;
}

void partial_close(partial_t **self_p)
{
    partial_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    EVP_MD_CTX_free(self->hash);
    free(self->slice);
    free(self);
}

uint64_t partial_held(const partial_t *self)
{
    return self->held;
}

uint64_t partial_size(const partial_t *self)
{
    return self->size;
}

static partial_result_t fail(cause_t *why, const char *what)
{
    bool full = errno == ENOSPC || errno == EDQUOT;
    (void)cause_errno(why, "%s", what);
    return full ? PARTIAL_FULL : PARTIAL_FAILED;
}

// After a failed flush nobody knows what the disk has since the one before it.
static partial_result_t flush(partial_t *self, cause_t *why)
{
    if (fdatasync(self->fd) == 0) {
        // What was flushed is not read again soon, and others need the page cache.
        (void)posix_fadvise(self->fd, 0, 0, POSIX_FADV_DONTNEED);
        return PARTIAL_OK;
    }
    partial_result_t result = fail(why, "flush");
    self->held = sure(self->held);
    return ftruncate(self->fd, (off_t)self->held) == 0 ? result : PARTIAL_FAILED;
}

partial_result_t partial_write(partial_t *self, span_t data, cause_t *why)
{
    assert(data.size <= self->size - self->held && !self->hash);
    while (data.size > 0) {
        uint64_t room = PARTIAL_FLUSH - self->held % PARTIAL_FLUSH;
        span_t part = span_of(data.data, data.size < room ? data.size : (size_t)room);
        if (pio_write(self->fd, part, self->held) != 0)
            return fail(why, "write");
        self->held += part.size;
        data = span_of(data.data + part.size, data.size - part.size);
        if (self->held % PARTIAL_FLUSH > 0)
            continue;
        partial_result_t result = flush(self, why);
        if (result != PARTIAL_OK)
            return result;
    }
    return PARTIAL_OK;
}

static void begin_check(partial_t *self)
{
    self->hash = EVP_MD_CTX_new();
    if (!self->hash || EVP_DigestInit_ex(self->hash, EVP_sha256(), NULL) != 1)
        abort(); // out of memory
    self->slice = memory_new(1, PARTIAL_FLUSH);
    self->checked = 0;
}

static void end_check(partial_t *self, hash_t *out)
{
    if (EVP_DigestFinal_ex(self->hash, out->bytes, NULL) != 1)
        abort();
    EVP_MD_CTX_free(self->hash);
    free(self->slice);
    self->hash = NULL;
    self->slice = NULL;
}

partial_result_t partial_check(partial_t *self, const hash_t *digest, cause_t *why)
{
    hash_t found;
    assert(self->held == self->size);
    if (!self->hash) {
        partial_result_t result = flush(self, why);
        if (result != PARTIAL_OK)
            return result;
        begin_check(self);
    }
    ssize_t got = pio_read(self->fd, self->slice, PARTIAL_FLUSH, self->checked);
    if (got < 0)
        return fail(why, "read");
    if (EVP_DigestUpdate(self->hash, self->slice, (size_t)got) != 1)
        abort();
    self->checked += (uint64_t)got;
    if (got > 0 && self->checked < self->size)
        return PARTIAL_MORE;
    end_check(self, &found);
    return hash_equal(&found, digest) ? PARTIAL_OK : PARTIAL_WRONG;
}
