// handover - the daemon is whoever owns its lock; before it ever ran, whoever owns the
// folder of the node.

#include "nodes/cli/handover.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int find_reader(const char *node, file_reader_t *out, cause_t *why)
{
    char lock[PATH_MAX];
    struct stat info;
    if (path_join(lock, sizeof lock, node, "state/lock", why) != 0)
        return -1;
    if (lstat(lock, &info) != 0 && stat(node, &info) != 0)
        return cause_errno(why, "%s", node);
    *out = (file_reader_t){info.st_uid, info.st_gid};
    return 0;
}

int handover_file(const char *node, const char *path, span_t data, cause_t *why)
{
    file_reader_t reader;
    return find_reader(node, &reader, why) == 0 ? file_hand_over(path, data, &reader, why)
                                                : -1;
}

int handover_new(const char *node, const char *path, span_t data, cause_t *why)
{
    file_reader_t reader;
    return find_reader(node, &reader, why) == 0
               ? file_hand_over_new(path, data, &reader, why)
               : -1;
}

int handover_open(const char *node, int fd, int folder, cause_t *why)
{
    file_reader_t reader;
    return find_reader(node, &reader, why) == 0 ? file_give(fd, folder, &reader, why)
                                                : -1;
}

// One level below the node.  A folder that we made and could not give to the daemon's
// user would shut the daemon out, so it is removed again.
static int make_one(const char *path, const file_reader_t *reader, cause_t *why)
{
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? 0 : cause_errno(why, "%s", path);
    // By its descriptor: the name may stand for something else by now.
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool given = reader->user == geteuid() || reader->user == 0 ||
                 (fd >= 0 && fchown(fd, reader->user, reader->group) == 0);
    if (fd >= 0)
        (void)close(fd);
    if (given)
        return 0;
    (void)rmdir(path);
    return cause_set(why,
        "%s: user %ld cannot make it for the node's user, %ld: do this as that user, or "
        "as root",
        path, (long)geteuid(), (long)reader->user);
}

int handover_folder(const char *node, const char *path, cause_t *why)
{
    char part[PATH_MAX];
    file_reader_t reader;
    size_t start = strlen(node);
    if (find_reader(node, &reader, why) != 0)
        return -1;
    if (strlen(path) >= sizeof part || strncmp(path, node, start) != 0)
        return cause_set(why, "%s: not below %s", path, node);
    strcpy(part, path);
    for (char *slash = strchr(part + start + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (make_one(part, &reader, why) != 0)
            return -1;
        *slash = '/';
    }
    // folder_make also checks that it is a folder, when somebody else has made it.
    return make_one(part, &reader, why) == 0 ? folder_make(part, 0700, why) : -1;
}
