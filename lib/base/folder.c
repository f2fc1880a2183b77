// folder - a folder that is not there yet is judged by the one in which it would be made.

#include "lib/base/folder.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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
