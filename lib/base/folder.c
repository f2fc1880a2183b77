// folder - a new folder is flushed into the one above it, so that what is made inside can
// be found after a power cut.  One that is not there yet is judged by the folder in which
// it would be made.

#include "lib/base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int path_join(char *out, size_t room, const char *folder, const char *name, cause_t *why)
{
    int length = snprintf(out, room, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= room)
        return cause_set(why, "%s/%s: name too long", folder, name);
    return 0;
}

int path_folder(const char *path, char folder[PATH_MAX], cause_t *why)
{
    const char *slash = strrchr(path, '/');
    size_t length = !slash ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= PATH_MAX)
        return cause_set(why, "%s: name too long", path);
    memcpy(folder, slash ? path : ".", length);
    folder[length] = 0;
    return 0;
}

int folder_open(const char *path, cause_t *why)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? cause_errno(why, "%s", path) : fd;
}

static int sync_folder_of(const char *path, cause_t *why)
{
    char folder[PATH_MAX];
    return path_folder(path, folder, why) == 0 ? folder_sync(folder, why) : -1;
}

int folder_sync(const char *folder, cause_t *why)
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

int folder_each(int folder, folder_visit_t *visit, void *context)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(dir)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            visit(context, folder, entry->d_name);
    int error = errno;
    (void)closedir(dir);
    errno = error;
    return error == 0 ? 0 : -1;
}

// The folder above, or where a relative path begins.
static void go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        (void)strcpy(path, ".");
    else
        slash[slash == path] = '\0';
}

int folder_check(const char *path, cause_t *why)
{
    char part[PATH_MAX];
    struct stat info;
    if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part || !*path)
        return cause_set(why, "%s: not a folder's name", path);
    while (stat(part, &info) != 0 && errno == ENOENT && strcmp(part, ".") != 0)
        go_up(part);
    if (stat(part, &info) == 0 && !S_ISDIR(info.st_mode))
        return cause_set(why, "%s: %s is no folder", path, part);
    return access(part, W_OK | X_OK) == 0
               ? 0
               : cause_errno(why, "%s: nothing can be written to %s", path, part);
}

int folder_check_socket(const char *path, cause_t *why)
{
    char folder[PATH_MAX];
    struct stat info;
    size_t most = sizeof((struct sockaddr_un *)0)->sun_path - 1;
    if (strlen(path) > most)
        return cause_set(why,
            "%.128s: too long for a socket, whose path has at most %zu bytes; set "
            "`control` to a shorter one",
            path, most);
    (void)snprintf(folder, sizeof folder, "%s", path);
    go_up(folder);
    if (folder_check(folder, why) != 0)
        return -1;
    if (stat(folder, &info) == 0 && info.st_mode & 077)
        return cause_set(why, "%s: others than its owner may enter; run: chmod 700 %s",
            folder, folder);
    return 0;
}

static int remove_one(
    const char *path, const struct stat *info, int type, struct FTW *state)
{
    (void)info, (void)type, (void)state;
    (void)remove(path);
    return 0;
}

void folder_remove(const char *path)
{
    enum { OPEN_FOLDERS = 16 };
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
