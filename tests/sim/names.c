// names - the calls that take a path: those below /sim/MACHINE go to that machine's disk,
// and so do those that begin at a folder of one.

#include "tests/sim/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void files_stat(const inode_t *inode, struct stat *out);

typedef struct {
    inode_t *inode, *parent;
    char last[256];
    int error; // of not finding it
} place_t;

// Whether the path leads to one of ours, and then what is there.
static bool find(int folder, const char *path, place_t *place)
{
    const files_open_t *open = folder == AT_FDCWD ? NULL : files_at(folder);
    if (*path == '/' ? !files_ours(path) : !open)
        return false;
    fibers_step();
    errno = 0;
    place->inode = *path == '/'
                       ? files_find(path, &place->parent, place->last)
                       : disk_find(open->inode, path, &place->parent, place->last);
    place->error = place->inode ? 0 : errno;
    return true;
}

static int failed(int error)
{
    errno = error;
    return -1;
}

static int open_found(place_t *place, int flags, mode_t mode)
{
    if (!place->inode && (flags & O_CREAT) && place->parent)
        place->inode = disk_make(place->parent, place->last, S_IFREG | (mode & 07777));
    else if (!place->inode)
        return failed(place->error);
    else if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return failed(EEXIST);
    if (!place->inode)
        return -1;
    if ((flags & O_DIRECTORY) && !S_ISDIR(place->inode->mode))
        return failed(ENOTDIR);
    if (S_ISDIR(place->inode->mode) && (flags & O_ACCMODE) != O_RDONLY)
        return failed(EISDIR);
    if (S_ISLNK(place->inode->mode))
        return failed(ELOOP);
    int fd = files_new(FILES_FILE, flags);
    if (fd < 0)
        return -1;
    files_at(fd)->inode = place->inode;
    place->inode->opens++;
    if ((flags & O_TRUNC) && S_ISREG(place->inode->mode))
        (void)disk_resize(place->inode, 0);
    return fd;
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    place_t place;
    if (!find(folder, path, &place))
        return __real_openat(folder, path, flags, mode);
    return open_found(&place, flags, mode);
}

int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    return __wrap_openat(AT_FDCWD, path, flags, mode);
}

// By other names where the compiler adds checks (_FORTIFY_SOURCE).
int __wrap___open_2(const char *path, int flags);
int __wrap___open_2(const char *path, int flags)
{
    return __wrap_openat(AT_FDCWD, path, flags);
}

int __wrap___openat_2(int folder, const char *path, int flags);
int __wrap___openat_2(int folder, const char *path, int flags)
{
    return __wrap_openat(folder, path, flags);
}

int __real_mkdirat(int folder, const char *path, mode_t mode);
int __wrap_mkdirat(int folder, const char *path, mode_t mode);
int __wrap_mkdirat(int folder, const char *path, mode_t mode)
{
    place_t place;
    if (!find(folder, path, &place))
        return __real_mkdirat(folder, path, mode);
    if (place.inode)
        return failed(EEXIST);
    if (!place.parent)
        return failed(place.error);
    return disk_make(place.parent, place.last, S_IFDIR | (mode & 07777)) ? 0 : -1;
}

int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
    return __wrap_mkdirat(AT_FDCWD, path, mode);
}

int __real_mkfifo(const char *path, mode_t mode);
int __wrap_mkfifo(const char *path, mode_t mode);
int __wrap_mkfifo(const char *path, mode_t mode)
{
    place_t place;
    if (!find(AT_FDCWD, path, &place))
        return __real_mkfifo(path, mode);
    if (place.inode || !place.parent)
        return failed(place.inode ? EEXIST : place.error);
    return disk_make(place.parent, place.last, S_IFIFO | (mode & 07777)) ? 0 : -1;
}

int __real_unlinkat(int folder, const char *path, int flags);
int __wrap_unlinkat(int folder, const char *path, int flags);
int __wrap_unlinkat(int folder, const char *path, int flags)
{
    place_t place;
    if (!find(folder, path, &place))
        return __real_unlinkat(folder, path, flags);
    if (!place.inode)
        return failed(place.error);
    if (S_ISDIR(place.inode->mode) != ((flags & AT_REMOVEDIR) != 0))
        return failed(flags & AT_REMOVEDIR ? ENOTDIR : EISDIR);
    return disk_unlink(place.parent, place.last);
}

int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    return __wrap_unlinkat(AT_FDCWD, path, 0);
}

int __wrap_rmdir(const char *path);
int __wrap_rmdir(const char *path)
{
    return __wrap_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int __wrap_remove(const char *path);
int __wrap_remove(const char *path)
{
    int result = __wrap_unlinkat(AT_FDCWD, path, 0);
    return result != 0 && errno == EISDIR ? __wrap_rmdir(path) : result;
}

int __real_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    place_t source, target;
    if (!find(from, old, &source))
        return __real_renameat2(from, old, to, new, flags);
    if (!find(to, new, &target) || !target.parent)
        return failed(EXDEV);
    if (!source.inode)
        return failed(source.error);
    if (source.inode->disk != target.parent->disk)
        return failed(EXDEV);
    if (target.inode && (flags & RENAME_NOREPLACE))
        return failed(EEXIST);
    return disk_rename(source.parent, source.last, target.parent, target.last);
}

int __wrap_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    return __wrap_renameat2(from, old, to, new, 0);
}

int __wrap_rename(const char *old, const char *new);
int __wrap_rename(const char *old, const char *new)
{
    return __wrap_renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
    place_t source, target;
    if (!find(from, old, &source))
        return __real_linkat(from, old, to, new, flags);
    if (!source.inode)
        return failed(source.error);
    if (!find(to, new, &target) || !target.parent)
        return failed(EXDEV);
    return disk_link(source.inode, target.parent, target.last);
}

int __wrap_link(const char *old, const char *new);
int __wrap_link(const char *old, const char *new)
{
    return __wrap_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int __real_symlink(const char *text, const char *path);
int __wrap_symlink(const char *text, const char *path);
int __wrap_symlink(const char *text, const char *path)
{
    place_t place;
    if (!find(AT_FDCWD, path, &place))
        return __real_symlink(text, path);
    if (place.inode || !place.parent)
        return failed(place.inode ? EEXIST : place.error);
    inode_t *inode = disk_make(place.parent, place.last, S_IFLNK | 0777);
    return inode && disk_write(inode, text, strlen(text), 0) >= 0 ? 0 : -1;
}

ssize_t __real_readlink(const char *path, char *out, size_t room);
ssize_t __wrap_readlink(const char *path, char *out, size_t room);
ssize_t __wrap_readlink(const char *path, char *out, size_t room)
{
    place_t place;
    if (!find(AT_FDCWD, path, &place))
        return __real_readlink(path, out, room);
    if (!place.inode || !S_ISLNK(place.inode->mode))
        return failed(place.inode ? EINVAL : place.error);
    if (room > place.inode->now.size)
        room = place.inode->now.size;
    memcpy(out, place.inode->now.data, room);
    return (ssize_t)room;
}

ssize_t __wrap___readlink_chk(const char *path, char *out, size_t size, size_t room);
ssize_t __wrap___readlink_chk(const char *path, char *out, size_t size, size_t room)
{
    return __wrap_readlink(path, out, size < room ? size : room);
}

char *__real_realpath(const char *path, char *out);
char *__wrap_realpath(const char *path, char *out);
char *__wrap_realpath(const char *path, char *out)
{
    place_t place;
    if (!find(AT_FDCWD, path, &place))
        return __real_realpath(path, out);
    if (!place.inode) {
        errno = place.error;
        return NULL;
    }
    if (!out && !(out = malloc(PATH_MAX)))
        return NULL;
    (void)snprintf(out, PATH_MAX, "%s", path);
    size_t length = strlen(out);
    while (length > 1 && out[length - 1] == '/')
        out[--length] = 0;
    return out;
}

char *__wrap___realpath_chk(const char *path, char *out, size_t room);
char *__wrap___realpath_chk(const char *path, char *out, size_t room)
{
    (void)room; // PATH_MAX, as realpath has it
    return __wrap_realpath(path, out);
}

int __real_fstatat(int folder, const char *path, struct stat *out, int flags);
int __wrap_fstatat(int folder, const char *path, struct stat *out, int flags);
int __wrap_fstatat(int folder, const char *path, struct stat *out, int flags)
{
    place_t place;
    if (!find(folder, path, &place))
        return __real_fstatat(folder, path, out, flags);
    if (!place.inode)
        return failed(place.error);
    files_stat(place.inode, out);
    return 0;
}

int __wrap_stat(const char *path, struct stat *out);
int __wrap_stat(const char *path, struct stat *out)
{
    return __wrap_fstatat(AT_FDCWD, path, out, 0);
}

int __wrap_lstat(const char *path, struct stat *out);
int __wrap_lstat(const char *path, struct stat *out)
{
    return __wrap_fstatat(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}

int __real_faccessat(int folder, const char *path, int mode, int flags);
int __wrap_faccessat(int folder, const char *path, int mode, int flags);
int __wrap_faccessat(int folder, const char *path, int mode, int flags)
{
    place_t place;
    if (!find(folder, path, &place))
        return __real_faccessat(folder, path, mode, flags);
    return place.inode ? 0 : failed(place.error);
}

int __wrap_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
    return __wrap_faccessat(AT_FDCWD, path, mode, 0);
}

char *__real_mkdtemp(char *path);
char *__wrap_mkdtemp(char *path);
char *__wrap_mkdtemp(char *path)
{
    static unsigned number;
    if (!files_ours(path))
        return __real_mkdtemp(path);
    (void)snprintf(path + strlen(path) - 6, 7, "%06u", ++number % 1000000);
    return __wrap_mkdir(path, 0700) == 0 ? path : NULL;
}

// --- what a folder has: its names as they are when it is opened

typedef struct {
    char mark[8]; // tells it from the system's
    int fd;
    disk_name_t *name;
    size_t n, next;
    struct dirent entry;
} listing_t;

static const char mark[8] = "our dir";

static listing_t *ours(DIR *dir)
{
    listing_t *listing = (listing_t *)(void *)dir;
    return memcmp(listing->mark, mark, sizeof mark) == 0 ? listing : NULL;
}

static DIR *list(int fd, const inode_t *folder)
{
    listing_t *listing = calloc(1, sizeof *listing);
    if (!listing || !(listing->name = calloc(folder->entries.n + 1, sizeof(disk_name_t))))
        abort();
    memcpy(listing->mark, mark, sizeof mark);
    listing->fd = fd;
    for (size_t i = 0; i < folder->entries.n; i++) {
        listing->name[i] = folder->entries.name[i];
        if (!(listing->name[i].name = strdup(listing->name[i].name)))
            abort();
    }
    listing->n = folder->entries.n;
    return (DIR *)(void *)listing;
}

DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
    const files_open_t *open = files_at(fd);
    return open ? list(fd, open->inode) : __real_fdopendir(fd);
}

DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_opendir(const char *path)
{
    if (!files_ours(path))
        return __real_opendir(path);
    int fd = __wrap_open(path, O_RDONLY | O_DIRECTORY);
    return fd < 0 ? NULL : list(fd, files_at(fd)->inode);
}

struct dirent *__real_readdir(DIR *dir);
struct dirent *__wrap_readdir(DIR *dir);
struct dirent *__wrap_readdir(DIR *dir)
{
    listing_t *listing = ours(dir);
    if (!listing)
        return __real_readdir(dir);
    if (listing->next == listing->n)
        return NULL;
    const disk_name_t *name = &listing->name[listing->next++];
    listing->entry = (struct dirent){
        .d_ino = name->inode->number, .d_type = (unsigned char)IFTODT(name->inode->mode)};
    (void)snprintf(listing->entry.d_name, sizeof listing->entry.d_name, "%s", name->name);
    return &listing->entry;
}

int __real_dirfd(DIR *dir);
int __wrap_dirfd(DIR *dir);
int __wrap_dirfd(DIR *dir)
{
    const listing_t *listing = ours(dir);
    return listing ? listing->fd : __real_dirfd(dir);
}

int __real_closedir(DIR *dir);
int __wrap_closedir(DIR *dir);
int __wrap_closedir(DIR *dir)
{
    listing_t *listing = ours(dir);
    if (!listing)
        return __real_closedir(dir);
    (void)files_close(listing->fd);
    while (listing->n > 0)
        free(listing->name[--listing->n].name);
    free(listing->name);
    free(listing);
    return 0;
}

typedef int (*visit_fn)(
    const char *path, const struct stat *info, int type, struct FTW *at);

// Depth first, as our programs ask for it.
static int walk(const char *path, visit_fn visit, int level)
{
    struct stat info;
    char inner[PATH_MAX];
    struct FTW at = {.level = level};
    int result = 0;
    if (__wrap_lstat(path, &info) != 0)
        return -1;
    DIR *dir = S_ISDIR(info.st_mode) ? __wrap_opendir(path) : NULL;
    const struct dirent *entry;
    while (dir && result == 0 && (entry = __wrap_readdir(dir))) {
        (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        result = walk(inner, visit, level + 1);
    }
    if (dir)
        (void)__wrap_closedir(dir);
    return result == 0 ? visit(path, &info, dir ? FTW_DP : FTW_F, &at) : result;
}

int __real_nftw(const char *path, visit_fn visit, int descriptors, int flags);
int __wrap_nftw(const char *path, visit_fn visit, int descriptors, int flags);
int __wrap_nftw(const char *path, visit_fn visit, int descriptors, int flags)
{
    return files_ours(path) ? walk(path, visit, 0)
                            : __real_nftw(path, visit, descriptors, flags);
}
