// file - a name never stands for half a file.
//
// New contents are written under a name that begins with a dot (names_list leaves those
// out, so what a crash leaves behind is never mistaken for a file), flushed, given their
// name in one step, and only then is the folder flushed: the other way round a power cut
// could leave the name without the bytes.

#include "lib/file.h"

#include "lib/memory.h"
#include "lib/pio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 16384 };

// Append what the descriptor yields.  One byte more than allowed is asked for, so that a
// file that grew since its size was taken is still caught.
static int read_up_to(int fd, size_t limit, buf_t *out)
{
    size_t before = out->size;
    for (;;) {
        size_t left = limit - (out->size - before);
        size_t want = left < CHUNK ? left + 1 : CHUNK;
        buf_reserve(out, want);
        ssize_t got = read(fd, out->data + out->size, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return (int)got;
        if ((size_t)got > left) {
            errno = EFBIG;
            return -1;
        }
        out->size += (size_t)got;
    }
}

// Checks are made on the open descriptor: a name may change its meaning between two
// calls.
static int check_kind(int fd, const char *path, mode_t forbidden, cause_t *why)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return cause_errno(why, "%s", path);
    if (!S_ISREG(info.st_mode))
        return cause_set(why, "%s: not a regular file", path);
    if (info.st_mode & forbidden)
        return cause_set(why,
            "%s: mode %04o lets others than its owner at a private file; "
            "run: chmod 600 %s",
            path, (unsigned)(info.st_mode & 07777), path);
    return 0;
}

// What was read of a file that is then refused may be a private key.
static void take_back(buf_t *out, size_t before)
{
    if (out->room > before)
        sodium_memzero(out->data + before, out->room - before);
    out->size = before;
    if (before == 0)
        buf_destroy(out);
}

static int read_file(
    const char *path, size_t limit, mode_t forbidden, buf_t *out, cause_t *why)
{
    size_t before = out->size;
    // Without O_NONBLOCK a FIFO put in place of the file would hold us here for ever.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    int result = check_kind(fd, path, forbidden, why);
    if (result == 0 && read_up_to(fd, limit, out) != 0)
        result = errno == EFBIG ? cause_set(why, "%s: larger than the %zu bytes allowed",
                                      path, limit)
                                : cause_errno(why, "%s", path);
    (void)close(fd);
    if (result != 0)
        take_back(out, before);
    return result;
}

int file_read(const char *path, size_t limit, buf_t *out, cause_t *why)
{
    return read_file(path, limit, 0, out, why);
}

int file_read_private(const char *path, size_t limit, buf_t *out, cause_t *why)
{
    return read_file(path, limit, S_IRWXG | S_IRWXO, out, why);
}

// "folder/.name.<random>": in the same folder, since a rename cannot cross file systems.
static int temporary_name(const char *path, char out[PATH_MAX], cause_t *why)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    uint8_t random[8];
    char hex[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    hex_encode(random, sizeof random, hex);
    if (*name == 0)
        return cause_set(why, "%s: not the name of a file", path);
    int length =
        snprintf(out, PATH_MAX, "%.*s.%s.%s", (int)(name - path), path, name, hex);
    if (length < 0 || length >= PATH_MAX)
        return cause_set(why, "%s: name too long", path);
    return 0;
}

// The bytes under a new name, flushed; nothing is left when it fails.
static int write_new(const char *path, span_t data, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    int result = pio_write(fd, data, 0) == 0 && fsync(fd) == 0 ? 0 : -1;
    int error = errno;
    if (close(fd) != 0 && result == 0) {
        result = -1;
        error = errno;
    }
    if (result != 0)
        (void)unlink(path);
    errno = error;
    return result;
}

static int sync_folder_of(const char *path, cause_t *why)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash)
        return file_sync_folder(".", why);
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    if (length >= sizeof folder)
        return cause_set(why, "%s: name too long", path);
    memcpy(folder, path, length);
    folder[length] = 0;
    return file_sync_folder(folder, why);
}

// link() refuses to take a name that is in use, which rename() cannot be told to do
// portably.
static int take_name(const char *temporary, const char *path)
{
    int result = link(temporary, path);
    int error = errno;
    (void)unlink(temporary);
    errno = error;
    return result;
}

typedef enum { OVER, ONLY_NEW } place_t;

static int put_file(
    const char *path, span_t data, mode_t mode, place_t place, cause_t *why)
{
    char temporary[PATH_MAX];
    if (temporary_name(path, temporary, why) != 0)
        return -1;
    if (write_new(temporary, data, mode) != 0)
        return cause_errno(why, "%s", path);
    int result = place == OVER ? rename(temporary, path) : take_name(temporary, path);
    if (result != 0) {
        (void)cause_errno(why, "%s", path);
        (void)unlink(temporary); // take_name has already done so, which does no harm
        return -1;
    }
    return sync_folder_of(path, why);
}

int file_replace(const char *path, span_t data, mode_t mode, cause_t *why)
{
    return put_file(path, data, mode, OVER, why);
}

int file_create(const char *path, span_t data, mode_t mode, cause_t *why)
{
    return put_file(path, data, mode, ONLY_NEW, why);
}

int file_sync_folder(const char *folder, cause_t *why)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cause_errno(why, "%s", folder);
    int result = fsync(fd) == 0 ? 0 : cause_errno(why, "%s: flush", folder);
    (void)close(fd);
    return result;
}

// One level; its parent is flushed when it is new, so that what is made inside can be
// found.
static int make_one(const char *path, mode_t mode, cause_t *why)
{
    struct stat info;
    if (mkdir(path, mode) == 0)
        return sync_folder_of(path, why);
    if (errno != EEXIST)
        return cause_errno(why, "%s", path);
    if (stat(path, &info) != 0)
        return cause_errno(why, "%s", path);
    return S_ISDIR(info.st_mode) ? 0 : cause_set(why, "%s: not a folder", path);
}

int folder_make(const char *path, mode_t mode, cause_t *why)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0 || length >= sizeof part)
        return cause_set(why, "%s: not a folder's name", path);
    memcpy(part, path, length);
    part[length] = 0;
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (make_one(part, mode, why) != 0)
            return -1;
        *slash = '/';
    }
    return make_one(part, mode, why);
}

int path_join(char *out, size_t room, const char *folder, const char *name, cause_t *why)
{
    int length = snprintf(out, room, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= room)
        return cause_set(why, "%s/%s: name too long", folder, name);
    return 0;
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t n = strlen(name);
    size_t m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// One block holds the pointers and, behind them, the names with their zeros.
static void fill_names(names_t *self, size_t n, const buf_t *text)
{
    self->name = memory_grow(NULL, 1, n * sizeof(char *) + text->size + 1);
    char *at = (char *)(self->name + n);
    if (n > 0)
        memcpy(at, text->data, text->size);
    for (self->n = 0; self->n < n; at += strlen(at) + 1)
        self->name[self->n++] = at;
    if (n > 1)
        qsort(self->name, n, sizeof *self->name, by_name);
}

int names_list(names_t *self, const char *folder, const char *suffix, cause_t *why)
{
    buf_t text = {0};
    size_t n = 0;
    *self = (names_t){0};
    DIR *dir = opendir(folder);
    if (!dir)
        return cause_errno(why, "%s", folder);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0) {
        if (entry->d_name[0] == '.' || !ends_in(entry->d_name, suffix))
            continue;
        buf_put(&text, entry->d_name, strlen(entry->d_name) + 1);
        n++;
    }
    int result = errno == 0 ? 0 : cause_errno(why, "%s", folder);
    (void)closedir(dir);
    if (result == 0)
        fill_names(self, n, &text);
    buf_destroy(&text);
    return result;
}

void names_free(names_t *self)
{
    free(self->name);
    *self = (names_t){0};
}
