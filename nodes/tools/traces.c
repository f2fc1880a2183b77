// traces - one open, one pass, and a second look at what was read: size, inode and times
// must be those of before.

#include "nodes/tools/traces.h"

#include "lib/base/digest.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Open without changing the file's time of access, which may be evidence.  The kernel
// allows that only to the file's owner and to root.
static int open_quietly(const char *path)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int fd = open(path, flags | O_NOATIME);
    return fd < 0 && errno == EPERM ? open(path, flags) : fd;
}

static const char is_link[] = "it is a symbolic link: name what it leads to";

static trace_result_t refuse_open(cause_t *why)
{
    trace_result_t result = errno == ENOENT || errno == ENOTDIR ? TRACE_GONE : TRACE_BAD;
    if (errno == ELOOP)
        (void)cause_set(why, "%s", is_link);
    else
        (void)cause_errno(why, "cannot be opened");
    return result;
}

static int hash_all(int fd, const digest_watch_t *watch, uint64_t *size,
    char sha256_hex[HASH_HEX], cause_t *why)
{
    hash_t hash;
    if (digest_read_told(fd, watch, &hash, size, why) != 0)
        return -1;
    hex_encode(hash.bytes, sizeof hash.bytes, sha256_hex);
    return 0;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_state(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           same_time(&a->st_mtim, &b->st_mtim) && same_time(&a->st_ctim, &b->st_ctim);
}

static int hash_open(
    int fd, const char *path, const digest_watch_t *watch, print_t *print, cause_t *why)
{
    struct stat before, after, there;
    if (fstat(fd, &before) != 0)
        return cause_errno(why, "cannot be looked at");
    if (!S_ISREG(before.st_mode))
        return cause_set(why, "it is no regular file");
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (hash_all(fd, watch, &print->size, print->sha256, why) != 0)
        return -1;
    // Written to, cut, or another file of this name by now.
    if (fstat(fd, &after) != 0 || lstat(path, &there) != 0 ||
        !same_state(&before, &after) || !same_state(&before, &there) ||
        print->size != (uint64_t)before.st_size)
        return cause_set(why, "it changed while it was read");
    print->modified_ms = moment_after(
        moment_span(before.st_mtim.tv_sec, 1000), before.st_mtim.tv_nsec / 1000000);
    return 0;
}

trace_result_t trace_hash(const char *path, print_t *print, cause_t *why)
{
    return trace_hash_told(path, NULL, print, why);
}

trace_result_t trace_hash_told(
    const char *path, const digest_watch_t *watch, print_t *print, cause_t *why)
{
    int fd = open_quietly(path);
    *print = (print_t){0};
    if (fd < 0)
        return refuse_open(why);
    int result = hash_open(fd, path, watch, print, why);
    (void)close(fd);
    return result == 0 ? TRACE_GOOD : TRACE_BAD;
}

static bool has(const traces_t *self, const char *path)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->trace[i].path, path) == 0)
            return true;
    return false;
}

// Where the walk puts what it finds.
typedef struct {
    traces_t *traces;
    traces_bad_fn bad;
    void *context;
} finder_t;

static int keep(const finder_t *finder, const char *path, cause_t *why)
{
    traces_t *self = finder->traces;
    print_t print;
    cause_t bad;
    if (has(self, path))
        return 0;
    if (self->n == TRACES_MAX)
        return cause_set(why,
            "more than %d files: give them several manifests, or pack them into one file",
            TRACES_MAX);
    if (!text_is_line(span_text(path)) || strlen(path) >= PATH_MAX) {
        finder->bad(finder->context, path,
            "its path is no text that a message could carry: rename a copy");
        return 0;
    }
    if (trace_hash_told(path, &self->watch, &print, &bad) != TRACE_GOOD) {
        finder->bad(finder->context, path, bad.text);
        return 0;
    }
    self->watch.before += print.size;
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->trace = memory_grow(self->trace, self->room, sizeof *self->trace);
    }
    self->trace[self->n++] = (trace_t){memory_text(path), print};
    return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int visit(const finder_t *finder, const FTSENT *entry, cause_t *why)
{
    cause_t bad;
    switch (entry->fts_info) {
    case FTS_D:
    case FTS_DP:
        return 0;
    case FTS_F:
        return keep(finder, entry->fts_path, why);
    case FTS_SL:
    case FTS_SLNONE:
        (void)cause_set(&bad, "%s", is_link);
        break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        errno = entry->fts_errno;
        (void)cause_errno(&bad, "cannot be looked into");
        break;
    default:
        (void)cause_set(&bad, "it is no regular file");
        break;
    }
    finder->bad(finder->context, entry->fts_path, bad.text);
    return 0;
}

static int walk(const finder_t *finder, char *path, cause_t *why)
{
    char *const roots[] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    int result = 0;
    if (!tree)
        return cause_errno(why, "%s", path);
    while (result == 0 && (entry = fts_read(tree)) != NULL)
        result = visit(finder, entry, why);
    (void)fts_close(tree);
    return result;
}

// Links on the way are followed, so that the path leads there by itself; what is named
// must not be one.  To be freed; NULL with the cause.
static char *real_path(const char *path, cause_t *why)
{
    struct stat status;
    char *real = NULL;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
        (void)cause_set(why, "%s", is_link);
    else if ((real = realpath(path, NULL)) == NULL)
        (void)cause_errno(why, "cannot be found");
    return real;
}

int traces_add(
    traces_t *self, const char *path, traces_bad_fn bad, void *context, cause_t *why)
{
    finder_t finder = {self, bad, context};
    cause_t reason;
    char *real = real_path(path, &reason);
    if (!real) {
        bad(context, path, reason.text);
        return 0;
    }
    int result = walk(&finder, real, why);
    free(real);
    return result;
}

void traces_close(traces_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        free(self->trace[i].path);
    free(self->trace);
    *self = (traces_t){0};
}
