// snapshot - one file is enough: it is written beside the one before it, flushed, and
// takes its name in one step.

#include "hub/state/snapshot.h"

#include "lib/base/file.h"
#include "lib/base/job.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/base/version.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Whoever changes what is written into a body counts FORMAT on.
enum { FORMAT = 5, SNAPSHOT_MOST = 1 << 30 };

static const char MAGIC[] = "DABYLSTA";
static const char NAME[] = "snapshot", NEW_NAME[] = "snapshot.new";

// Files of pages have numbers as this machine writes them.
static uint32_t order_of_bytes(void)
{
    static const uint8_t bytes[] = {1, 2, 3, 4};
    uint32_t order;
    memcpy(&order, bytes, sizeof order);
    return order;
}

static void put_head(buf_t *out, const char *origin)
{
    hash_t hash;
    sha256(span_text(origin), &hash);
    buf_put_text(out, MAGIC);
    buf_put_u32(out, FORMAT);
    buf_put_u32(out, order_of_bytes());
    buf_put_short(out, span_text(DABYL_VERSION));
    buf_put(out, &hash, sizeof hash);
}

void snapshot_begin(buf_t *out, const char *origin, uint64_t size, const hash_t *root)
{
    put_head(out, origin);
    buf_put_u64(out, size);
    buf_put(out, root, sizeof *root);
}

static bool is_whole(span_t bytes)
{
    hash_t hash;
    if (bytes.size < sizeof hash)
        return false;
    sha256(span_of(bytes.data, bytes.size - sizeof hash), &hash);
    return span_equal(span_of(bytes.data + bytes.size - sizeof hash, sizeof hash),
        span_of(&hash, sizeof hash));
}

static int take_all(snapshot_t *self, const char *origin, cause_t *why)
{
    buf_t head = {0};
    if (!is_whole(buf_span(&self->bytes)))
        return cause_set(why, "it is damaged");
    put_head(&head, origin);
    self->body = reader_of(span_of(self->bytes.data, self->bytes.size - sizeof(hash_t)));
    bool ours = span_equal(take_bytes(&self->body, head.size), buf_span(&head));
    buf_destroy(&head);
    if (!ours)
        return cause_set(why, "it is of another log, or another version of the hub");
    self->size = take_u64(&self->body);
    (void)take_into(&self->body, &self->root, sizeof self->root);
    return self->body.bad || self->size == 0 ? cause_set(why, "it is cut off") : 0;
}

int snapshot_read(
    snapshot_t *self, const char *state_folder, const char *origin, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    *self = (snapshot_t){0};
    if (path_join(path, sizeof path, state_folder, NAME, why) != 0)
        return -1;
    if (lstat(path, &info) != 0 && errno == ENOENT)
        return 0;
    if (file_read_plain(path, SNAPSHOT_MOST, &self->bytes, why) == 0 &&
        take_all(self, origin, why) == 0) {
        self->made_ms = info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000;
        return 1;
    }
    snapshot_close(self);
    return cause_prefix(why, "%s", path);
}

void snapshot_close(snapshot_t *self)
{
    buf_destroy(&self->bytes);
    *self = (snapshot_t){0};
}

int snapshot_forget(const char *state_folder, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, state_folder, NAME, why) != 0)
        return -1;
    if (unlink(path) == 0)
        return folder_sync(state_folder, why);
    return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}

// --------------------------------------------------------------------------------

struct snapshots {
    char state[PATH_MAX], journal[PATH_MAX];
    job_t *job;
    buf_t bytes;
    int result;
    cause_t why;
};

snapshots_t *snapshots_new(
    const char *state_folder, const char *journal_folder, cause_t *why)
{
    snapshots_t *self = memory_new(1, sizeof *self);
    self->job = job_new("snapshot", why);
    if (!self->job ||
        path_join(self->state, sizeof self->state, state_folder, ".", why) != 0 ||
        path_join(self->journal, sizeof self->journal, journal_folder, ".", why) != 0)
        snapshots_destroy(&self);
    return self;
}

void snapshots_destroy(snapshots_t **self_p)
{
    snapshots_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    job_destroy(&self->job);
    buf_destroy(&self->bytes);
    free(self);
}

bool snapshots_busy(const snapshots_t *self)
{
    return job_runs(self->job);
}

// All that was written below it, in however many files.
static int flush_folder(const char *folder, cause_t *why)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cause_errno(why, "%s", folder);
    int result = syncfs(fd) == 0 ? 0 : cause_errno(why, "%s", folder);
    (void)close(fd);
    return result;
}

static int flush(const snapshots_t *self, cause_t *why)
{
    struct stat state, journal;
    if (flush_folder(self->state, why) != 0)
        return -1;
    if (stat(self->state, &state) == 0 && stat(self->journal, &journal) == 0 &&
        state.st_dev == journal.st_dev)
        return 0;
    return flush_folder(self->journal, why);
}

static int write_file(const char *path, span_t bytes, cause_t *why)
{
    int fd = file_make(path, 0600, why);
    if (fd < 0)
        return -1;
    int result =
        pio_write(fd, bytes, 0) == 0 && fsync(fd) == 0 ? 0 : cause_errno(why, "%s", path);
    (void)close(fd);
    if (result != 0)
        (void)unlink(path);
    return result;
}

// Under one name for each, so that what an interrupted one leaves is overwritten.
static int replace(const snapshots_t *self, cause_t *why)
{
    char path[PATH_MAX], new_path[PATH_MAX];
    if (path_join(path, sizeof path, self->state, NAME, why) != 0 ||
        path_join(new_path, sizeof new_path, self->state, NEW_NAME, why) != 0 ||
        write_file(new_path, buf_span(&self->bytes), why) != 0)
        return -1;
    if (rename(new_path, path) != 0)
        return cause_errno(why, "%s", path);
    return folder_sync(self->state, why);
}

static void write_one(void *context)
{
    snapshots_t *self = context;
    hash_t hash;
    sha256(buf_span(&self->bytes), &hash);
    buf_put(&self->bytes, &hash, sizeof hash);
    self->result = flush(self, &self->why);
    if (self->result == 0)
        self->result = replace(self, &self->why);
}

int snapshots_write(snapshots_t *self, buf_t *bytes, cause_t *why)
{
    buf_destroy(&self->bytes);
    self->bytes = *bytes;
    *bytes = (buf_t){0};
    return job_start(self->job, write_one, self, why);
}

void snapshots_wait(const snapshots_t *self)
{
    struct pollfd end = {job_fd(self->job), POLLIN, 0};
    if (snapshots_busy(self))
        (void)poll(&end, 1, -1);
}

int snapshots_done(snapshots_t *self, cause_t *why)
{
    if (!job_done(self->job))
        return 0;
    buf_destroy(&self->bytes);
    return self->result == 0 ? 1 : cause_set(why, "%s", self->why.text);
}
