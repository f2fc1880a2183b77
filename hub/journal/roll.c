// roll - at most two files are open: the current segment and the next.
//
// Space that was only reserved costs the file system a change of its records when it is
// first written, and with it a second flush of the disk.  So now and then a small batch
// is followed by zeros, and the batches after it overwrite what is there already.

#include "hub/journal/roll.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char next_name[] = ".next";

enum { AHEAD = 256 << 10, SMALL = 32 << 10 };

struct roll {
    char path[PATH_MAX];
    int folder; // descriptor of it, for names and for flushing them
    uint64_t segment_bytes;
    uint64_t batch_most;
    int fd;          // current segment, or -1
    uint64_t first;  // its first position
    uint64_t used;   // its bytes up to the end of the last batch
    uint64_t size;   // its bytes that have space of their own
    uint64_t zeroed; // end of what was written at least once
    int next;        // reserved and empty, or -1
    bool fresh;      // something was written since the last attempt to reserve
};

roll_t *roll_open(
    const char *folder, uint64_t segment_bytes, uint64_t batch_most, cause_t *why)
{
    roll_t *self = memory_new(1, sizeof *self);
    *self = (roll_t){.fd = -1, .next = -1, .fresh = true};
    self->segment_bytes = segment_bytes;
    self->batch_most = batch_most;
    (void)snprintf(self->path, sizeof self->path, "%s", folder); // for causes
    self->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // What a crash left of the next segment is not trusted to be empty.
    if (self->folder < 0 ||
        (unlinkat(self->folder, next_name, 0) != 0 && errno != ENOENT)) {
        (void)cause_errno(why, "%s", folder);
        roll_close(&self);
    }
    return self;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void roll_close(roll_t **self_p)
{
    roll_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    close_fd(&self->fd);
    close_fd(&self->next);
    close_fd(&self->folder);
    free(self);
}

static int measure(roll_t *self, cause_t *why)
{
    struct stat info;
    if (fstat(self->fd, &info) != 0)
        return cause_errno(why, "%s", self->path);
    self->size = (uint64_t)info.st_size;
    return 0;
}

int roll_resume(roll_t *self, uint64_t first, uint64_t used, cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(first, name);
    close_fd(&self->fd);
    self->fd = openat(self->folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (self->fd < 0)
        return cause_errno(why, "%s/%s", self->path, name);
    self->first = first;
    self->used = self->zeroed = used;
    reserve_result_t room = reserve_room(self->fd, self->segment_bytes, why);
    if (room == RESERVE_FAILED || measure(self, why) != 0)
        return cause_prefix(why, "%s/%s", self->path, name);
    // A file may be long and have no space of its own, when it was copied: then what is
    // free in it counts for nothing, and publishers are told to wait.
    if (room == RESERVE_FULL)
        self->size = used;
    return 0;
}

static reserve_result_t reserve_next(roll_t *self, cause_t *why)
{
    self->fresh = false;
    int fd = file_make_at(self->folder, next_name, 0600, why);
    if (fd < 0) {
        reserve_result_t full =
            errno == ENOSPC || errno == EDQUOT ? RESERVE_FULL : RESERVE_FAILED;
        (void)cause_prefix(why, "%s", self->path);
        return full;
    }
    reserve_result_t result = reserve_room(fd, self->segment_bytes, why);
    if (result == RESERVE_OK) {
        self->next = fd;
        return result;
    }
    (void)cause_prefix(why, "%s/%s", self->path, next_name);
    (void)close(fd);
    (void)unlinkat(self->folder, next_name, 0);
    return result;
}

bool roll_fits(const roll_t *self, uint64_t size)
{
    return self->fd >= 0 && self->size >= self->used && self->size - self->used >= size;
}

bool roll_ready(roll_t *self)
{
    cause_t ignored; // that it is full is all that the caller has to know
    bool fits = roll_fits(self, self->batch_most);
    bool plenty = fits && self->used < self->segment_bytes / 2 &&
                  roll_fits(self, 2 * self->batch_most);
    // A full disk is asked once a turn, and only while somebody waits for the answer.
    if (self->next < 0 && !plenty && (!fits || self->fresh))
        (void)reserve_next(self, &ignored);
    return fits || self->next >= 0;
}

// The old segment loses its unused end first, so that no named segment follows one that
// has not got its final size.
static int finish_current(roll_t *self)
{
    if (self->fd < 0)
        return 0;
    if (ftruncate(self->fd, (off_t)self->used) != 0 || fsync(self->fd) != 0)
        return -1;
    self->size = self->used;
    return 0;
}

static int write_header(roll_t *self, const segment_header_t *header)
{
    buf_t bytes = {0};
    segment_header_put(&bytes, header);
    int result = pio_write(self->next, buf_span(&bytes), 0) == 0 ? fsync(self->next) : -1;
    buf_destroy(&bytes);
    return result;
}

reserve_result_t roll_next(roll_t *self, const segment_header_t *header, cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(header->first, name);
    if (self->next < 0) {
        reserve_result_t result = reserve_next(self, why);
        if (result != RESERVE_OK)
            return result;
    }
    if (finish_current(self) != 0 || write_header(self, header) != 0) {
        (void)cause_errno(why, "%s/%s", self->path, name);
        return RESERVE_FAILED;
    }
    if (renameat(self->folder, next_name, self->folder, name) != 0) {
        // The folder itself may need a block for the longer name.
        reserve_result_t full =
            errno == ENOSPC || errno == EDQUOT ? RESERVE_FULL : RESERVE_FAILED;
        (void)cause_errno(why, "%s/%s", self->path, name);
        return full;
    }
    close_fd(&self->fd);
    self->fd = self->next;
    self->next = -1;
    self->first = header->first;
    self->used = self->zeroed = SEGMENT_HEADER;
    if (measure(self, why) != 0)
        return RESERVE_FAILED;
    if (fsync(self->folder) != 0) {
        (void)cause_errno(why, "%s", self->path);
        return RESERVE_FAILED;
    }
    return RESERVE_OK;
}

static int write_ahead(roll_t *self, uint64_t end)
{
    uint64_t until = end + AHEAD < self->size ? end + AHEAD : self->size;
    self->zeroed = until;
    return pio_write_zeros(self->fd, end, until - end);
}

int roll_write(roll_t *self, span_t batch, cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(self->first, name);
    uint64_t end = self->used + batch.size;
    self->fresh = true;
    if (pio_write(self->fd, batch, self->used) != 0 ||
        (end > self->zeroed && batch.size < SMALL && write_ahead(self, end) != 0))
        return cause_errno(why, "%s/%s: write", self->path, name);
    self->used = end;
    return 0;
}

int roll_flush(roll_t *self, cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(self->first, name);
    return fdatasync(self->fd) == 0 ? 0
                                    : cause_errno(why, "%s/%s: flush", self->path, name);
}

int roll_fd(const roll_t *self)
{
    return self->fd;
}

uint64_t roll_first(const roll_t *self)
{
    return self->first;
}

uint64_t roll_used(const roll_t *self)
{
    return self->used;
}
