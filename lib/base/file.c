// file - no file is ever seen half written under its name.
//
// New contents are written under a name that begins with a dot (names_list leaves those
// out, so what a crash leaves behind is never mistaken for a file), flushed, given their
// name in one step, and only then is the folder flushed: the other way round a power cut
// could leave the name without the bytes.

#include "lib/base/file.h"

#include "lib/base/pio.h"
#include "lib/sys/random.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
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

static int read_checked(
    int fd, const char *path, size_t limit, mode_t forbidden, buf_t *out, cause_t *why)
{
    size_t before = out->size;
    int result = check_kind(fd, path, forbidden, why);
    if (result == 0 && read_up_to(fd, limit, out) != 0)
        result = errno == EFBIG ? cause_set(why, "%s: larger than the %zu bytes allowed",
                                      path, limit)
                                : cause_errno(why, "%s", path);
    if (result != 0)
        take_back(out, before);
    return result;
}

// Without O_NONBLOCK a FIFO put in place of the file would hold us here for ever.
enum {
    OPEN_FLAGS = O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
    READ_FLAGS = O_RDONLY | OPEN_FLAGS
};

static int read_file(
    const char *path, size_t limit, mode_t forbidden, buf_t *out, cause_t *why)
{
    int fd = open(path, READ_FLAGS);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    int result = read_checked(fd, path, limit, forbidden, out, why);
    (void)close(fd);
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

int file_read_at(int folder, const char *name, size_t limit, buf_t *out, cause_t *why)
{
    int fd = openat(folder, name, READ_FLAGS | O_NOFOLLOW);
    if (fd < 0)
        return cause_errno(why, "%s", name);
    int result = read_checked(fd, name, limit, 0, out, why);
    (void)close(fd);
    return result;
}

int file_open_plain(const char *path, int access, cause_t *why)
{
    int fd = open(path, access | OPEN_FLAGS | O_NOFOLLOW);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    if (check_kind(fd, path, 0, why) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

int file_read_plain(const char *path, size_t limit, buf_t *out, cause_t *why)
{
    int fd = file_open_plain(path, O_RDONLY, why);
    if (fd < 0)
        return -1;
    int result = read_checked(fd, path, limit, 0, out, why);
    (void)close(fd);
    return result;
}

int file_read_open(int fd, size_t limit, buf_t *out, cause_t *why)
{
    return read_checked(fd, "an open file", limit, 0, out, why);
}

enum { TEMPORARY = 48 };

// In the same folder, since a rename cannot cross file systems; a name that nobody can
// guess and put something under.
static void temporary_name(char out[TEMPORARY])
{
    uint8_t random[16];
    char hex[2 * sizeof random + 1];
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, hex);
    (void)snprintf(out, TEMPORARY, ".new-%s", hex);
}

// A folder has the name that a file is to get.  We do not know whose it is, so it is kept
// under another name.
static int put_aside(int folder, const char *name)
{
    char aside[TEMPORARY];
    temporary_name(aside);
    memcpy(aside, ".old", 4);
    return renameat(folder, name, folder, aside);
}

int file_make_at(int folder, const char *name, mode_t mode, cause_t *why)
{
    enum { FLAGS = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, TRIES = 8 };
    for (int i = 0; i < TRIES; i++) {
        int fd = openat(folder, name, FLAGS, mode);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
        if (unlinkat(folder, name, 0) != 0 && errno != ENOENT &&
            put_aside(folder, name) != 0)
            break;
    }
    return cause_errno(why, "%s", name);
}

int file_rename_at(int folder, const char *from, const char *to)
{
    int result = renameat(folder, from, folder, to);
    if (result != 0 && errno == EISDIR && put_aside(folder, to) == 0)
        result = renameat(folder, from, folder, to);
    return result;
}

bool file_absent(const char *path)
{
    return access(path, F_OK) != 0 && errno == ENOENT;
}

bool file_is_own(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
           info.st_nlink == 1;
}

typedef enum { OVER, ONLY_NEW } place_t;
typedef struct {
    mode_t mode;
    place_t place;
    const file_reader_t *reader; // NULL: only us
} put_t;

// The bytes under a new name, flushed; nothing is left when it fails.
static int write_new(
    int folder, const char *name, span_t data, const put_t *put, cause_t *why)
{
    int fd = openat(
        folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, put->mode);
    if (fd < 0)
        return cause_errno(why, "cannot be written");
    int result = put->reader ? file_give(fd, folder, put->reader, why) : 0;
    if (result == 0 && (pio_write(fd, data, 0) != 0 || fsync(fd) != 0))
        result = cause_errno(why, "cannot be written");
    if (close(fd) != 0 && result == 0)
        result = cause_errno(why, "cannot be written");
    if (result != 0)
        (void)unlinkat(folder, name, 0);
    return result;
}

// linkat() refuses to take a name that is in use, which renameat() cannot be told to do
// portably.
static int take_name(int folder, const char *temporary, const char *name)
{
    int result = linkat(folder, temporary, folder, name, 0);
    int error = errno;
    (void)unlinkat(folder, temporary, 0);
    errno = error;
    return result;
}

static int put_at(
    int folder, const char *name, span_t data, const put_t *put, cause_t *why)
{
    char temporary[TEMPORARY];
    temporary_name(temporary);
    if (*name == 0 || strchr(name, '/'))
        return cause_set(why, "not the name of a file");
    if (write_new(folder, temporary, data, put, why) != 0)
        return -1;
    int result = put->place == OVER ? renameat(folder, temporary, folder, name)
                                    : take_name(folder, temporary, name);
    if (result != 0) {
        (void)cause_errno(why, "cannot be given its name");
        (void)unlinkat(folder, temporary, 0); // take_name has done so, which does no harm
        return -1;
    }
    return fsync(folder) == 0 ? 0 : cause_errno(why, "its folder cannot be flushed");
}

static int put_file(const char *path, span_t data, const put_t *put, cause_t *why)
{
    char part[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (path_folder(path, part, why) != 0)
        return -1;
    int folder = folder_open(part, why);
    if (folder < 0)
        return -1;
    int result = put_at(folder, slash ? slash + 1 : path, data, put, why);
    (void)close(folder);
    return result == 0 ? 0 : cause_prefix(why, "%s", path);
}

int file_make(const char *path, mode_t mode, cause_t *why)
{
    char part[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int folder = path_folder(path, part, why) == 0 ? folder_open(part, why) : -1;
    if (folder < 0)
        return cause_prefix(why, "%s", path);
    int fd = file_make_at(folder, slash ? slash + 1 : path, mode, why);
    (void)close(folder);
    return fd < 0 ? cause_prefix(why, "%s", path) : fd;
}

int file_replace(const char *path, span_t data, mode_t mode, cause_t *why)
{
    return put_file(path, data, &(put_t){mode, OVER, NULL}, why);
}

int file_create(const char *path, span_t data, mode_t mode, cause_t *why)
{
    return put_file(path, data, &(put_t){mode, ONLY_NEW, NULL}, why);
}

int file_hand_over(
    const char *path, span_t data, const file_reader_t *reader, cause_t *why)
{
    return put_file(path, data, &(put_t){0600, OVER, reader}, why);
}

int file_hand_over_new(
    const char *path, span_t data, const file_reader_t *reader, cause_t *why)
{
    return put_file(path, data, &(put_t){0600, ONLY_NEW, reader}, why);
}

int file_replace_at(int folder, const char *name, span_t data, mode_t mode, cause_t *why)
{
    int result = put_at(folder, name, data, &(put_t){mode, OVER, NULL}, why);
    return result == 0 ? 0 : cause_prefix(why, "%s", name);
}

int file_create_at(int folder, const char *name, span_t data, mode_t mode, cause_t *why)
{
    int result = put_at(folder, name, data, &(put_t){mode, ONLY_NEW, NULL}, why);
    return result == 0 ? 0 : cause_prefix(why, "%s", name);
}

// Whether a user is in a group, by the machine's own lists.
static bool is_member(uid_t user, gid_t group)
{
    char room[4096];
    struct passwd entry, *found = NULL;
    gid_t groups[256];
    int n = sizeof groups / sizeof *groups;
    if (getpwuid_r(user, &entry, room, sizeof room, &found) != 0 || !found)
        return false;
    n = getgrouplist(found->pw_name, found->pw_gid, groups, &n) < 0 ? 0 : n;
    for (int i = 0; i < n; i++)
        if (groups[i] == group)
            return true;
    return false;
}

int file_give(int fd, int folder, const file_reader_t *reader, cause_t *why)
{
    struct stat info;
    if (reader->user == geteuid() || reader->user == 0)
        return 0;
    if (fstat(folder, &info) != 0)
        return cause_errno(why, "its folder cannot be looked at");
    if (fchown(fd, reader->user, reader->group) == 0)
        return 0;
    // Not root: a group that both are in will do, but not everybody on this machine.
    if (is_member(reader->user, info.st_gid) && fchown(fd, (uid_t)-1, info.st_gid) == 0 &&
        fchmod(fd, 0640) == 0)
        return 0;
    return cause_set(why,
        "user %ld cannot write it so that the node's user, %ld, can read it: do this as "
        "that user, or as root",
        (long)geteuid(), (long)reader->user);
}
