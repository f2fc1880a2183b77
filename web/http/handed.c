// handed - what an announced body takes is asked for before the first byte is taken, so
// that a disk that is nearly full stays that for the messages.

#include "web/http/handed.h"

#include "lib/base/file.h"
#include "lib/sys/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { RESERVE = 64 << 20 }; // bytes that stay free for the node

static int check_room(const char *folder, uint64_t size, cause_t *why)
{
    struct statvfs disk;
    if (statvfs(folder, &disk) != 0)
        return cause_errno(why, "%s", folder);
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (free_bytes >= RESERVE && free_bytes - RESERVE >= size)
        return 0;
    errno = ENOSPC;
    return cause_errno(
        why, "%s: %llu bytes do not fit", folder, (unsigned long long)size);
}

int handed_open(handed_t *self, const char *folder, uint64_t size, cause_t *why)
{
    uint8_t random[16];
    char name[2 * sizeof random + 1];
    self->fd = -1;
    self->size = 0;
    self->why.text[0] = 0;
    self->path[0] = 0;
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, name);
    if (check_room(folder, size, why) != 0 ||
        path_join(self->path, sizeof self->path, folder, name, why) != 0)
        return -1;
    self->fd = open(self->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    crypto_hash_sha256_init(&self->state);
    return self->fd >= 0 ? 0 : cause_errno(why, "%s", self->path);
}

void handed_take(handed_t *self, span_t bytes)
{
    while (bytes.size > 0 && !self->why.text[0]) {
        ssize_t n = write(self->fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            (void)cause_errno(&self->why, "%s", self->path);
            return;
        }
        (void)crypto_hash_sha256_update(&self->state, bytes.data, (size_t)n);
        self->size += (uint64_t)n;
        bytes = span_of(bytes.data + n, bytes.size - (size_t)n);
    }
}

int handed_end(handed_t *self, hash_t *out, cause_t *why)
{
    if (self->why.text[0]) {
        *why = self->why;
        return -1;
    }
    (void)crypto_hash_sha256_final(&self->state, out->bytes);
    return fsync(self->fd) == 0 ? 0 : cause_errno(why, "%s", self->path);
}

void handed_close(handed_t *self)
{
    if (self->fd < 0)
        return;
    (void)close(self->fd);
    (void)unlink(self->path); // moved away it has another name
    self->fd = -1;
}
