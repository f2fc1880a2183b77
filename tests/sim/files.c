// files - the descriptors of all machines in one table, and the calls that take one.

#include "tests/sim/files.h"

#include "tests/sim/chance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { BASE = 1 << 12, OPEN = 1 << 13, MACHINES = 128 };

static struct {
    files_open_t file[OPEN];
    bool used[OPEN];
    int next;
    machine_t *machine[MACHINES];
    disk_t *disk[MACHINES];
    size_t machines;
} self;

void files_mount(machine_t *machine, disk_t *disk)
{
    self.machine[self.machines] = machine;
    self.disk[self.machines++] = disk;
}

disk_t *files_disk(const machine_t *machine)
{
    for (size_t i = 0; i < self.machines; i++)
        if (self.machine[i] == machine)
            return self.disk[i];
    return NULL;
}

int files_new(files_kind_t kind, int flags)
{
    for (int i = 0; i < OPEN; i++) {
        int at = (self.next + i) % OPEN;
        if (self.used[at])
            continue;
        self.used[at] = true;
        self.next = at + 1;
        self.file[at] =
            (files_open_t){.kind = kind, .machine = fibers_machine(), .flags = flags};
        return BASE + at;
    }
    errno = EMFILE;
    return -1;
}

files_open_t *files_at(int fd)
{
    int at = fd - BASE;
    return at >= 0 && at < OPEN && self.used[at] ? &self.file[at] : NULL;
}

int files_close(int fd)
{
    files_open_t *file = files_at(fd);
    if (file->inode) {
        if (file->inode->lock == fd)
            file->inode->lock = 0;
        file->inode->opens--;
        disk_forget(file->inode);
    }
    self.used[fd - BASE] = false;
    return 0;
}

void files_close_all(const machine_t *machine)
{
    for (int i = 0; i < OPEN; i++)
        if (self.used[i] && self.file[i].machine == machine)
            (void)files_close(BASE + i);
}

bool files_ours(const char *path)
{
    return strncmp(path, FILES_TOP, sizeof FILES_TOP - 1) == 0;
}

inode_t *files_find(const char *path, inode_t **parent, char last[256])
{
    const char *name = path + sizeof FILES_TOP - 1;
    size_t length = strcspn(name, "/");
    *parent = NULL;
    for (size_t i = 0; i < self.machines; i++)
        if (strlen(self.machine[i]->name) == length &&
            strncmp(name, self.machine[i]->name, length) == 0)
            return disk_find(self.disk[i]->root, name + length, parent, last);
    errno = ENOENT;
    return NULL;
}

// --- calls that take a descriptor; all others' descriptors go on to the system

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    if (!files_at(fd))
        return __real_close(fd);
    return files_close(fd);
}

static ssize_t read_file(files_open_t *file, void *out, size_t size, uint64_t at)
{
    const buf_t *bytes = &file->inode->now;
    if (S_ISDIR(file->inode->mode)) {
        errno = EISDIR;
        return -1;
    }
    size_t left = at < bytes->size ? bytes->size - (size_t)at : 0;
    if (size > left)
        size = left;
    if (size > 0)
        memcpy(out, bytes->data + at, size);
    return (ssize_t)size;
}

ssize_t __real_pread(int fd, void *out, size_t size, off_t at);
ssize_t __wrap_pread(int fd, void *out, size_t size, off_t at);
ssize_t __wrap_pread(int fd, void *out, size_t size, off_t at)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_pread(fd, out, size, at);
    fibers_step();
    return read_file(file, out, size, (uint64_t)at);
}

ssize_t files_read_event(files_open_t *file, void *out, size_t size);

ssize_t __real_read(int fd, void *out, size_t size);
ssize_t __wrap_read(int fd, void *out, size_t size);
ssize_t __wrap_read(int fd, void *out, size_t size)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_read(fd, out, size);
    fibers_step();
    if (file->kind != FILES_FILE)
        return files_read_event(file, out, size);
    ssize_t got = read_file(file, out, size, file->at);
    if (got > 0)
        file->at += (uint64_t)got;
    return got;
}

// By other names where the compiler adds checks (_FORTIFY_SOURCE).
ssize_t __wrap___read_chk(int fd, void *out, size_t size, size_t room);
ssize_t __wrap___read_chk(int fd, void *out, size_t size, size_t room)
{
    return __wrap_read(fd, out, size < room ? size : room);
}

ssize_t __wrap___pread_chk(int fd, void *out, size_t size, off_t at, size_t room);
ssize_t __wrap___pread_chk(int fd, void *out, size_t size, off_t at, size_t room)
{
    return __wrap_pread(fd, out, size < room ? size : room, at);
}

// The machine may end in the middle of a write: then a part of it was made.
static ssize_t write_file(files_open_t *file, const void *data, size_t size, uint64_t at)
{
    const machine_t *machine = file->machine;
    if (machine && machine->dies_at == machine->steps + 1 && size > 1)
        (void)disk_write(file->inode, data, (size_t)chance_below(size), at);
    fibers_step();
    return disk_write(file->inode, data, size, at);
}

ssize_t __real_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_pwrite(fd, data, size, at);
    return write_file(file, data, size, (uint64_t)at);
}

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_write(fd, data, size);
    if (file->kind == FILES_EVENT) {
        uint64_t more;
        memcpy(&more, data, sizeof more);
        file->at += more;
        return (ssize_t)size;
    }
    if (file->flags & O_APPEND)
        file->at = file->inode->now.size;
    ssize_t put = write_file(file, data, size, file->at);
    if (put > 0)
        file->at += (uint64_t)put;
    return put;
}

static int flush(int fd)
{
    fibers_step();
    int result = disk_flush(files_at(fd)->inode);
    fibers_step();
    return result;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    return files_at(fd) ? flush(fd) : __real_fsync(fd);
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    return files_at(fd) ? flush(fd) : __real_fdatasync(fd);
}

int __real_syncfs(int fd);
int __wrap_syncfs(int fd);
int __wrap_syncfs(int fd)
{
    if (!files_at(fd))
        return __real_syncfs(fd);
    fibers_step();
    disk_sync(files_at(fd)->inode->disk);
    return 0;
}

int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_ftruncate(fd, size);
    fibers_step();
    return disk_resize(file->inode, (uint64_t)size);
}

static int reserve(files_open_t *file, uint64_t end)
{
    fibers_step();
    return end > file->inode->now.size ? disk_resize(file->inode, end) : 0;
}

int __real_fallocate(int fd, int mode, off_t at, off_t size);
int __wrap_fallocate(int fd, int mode, off_t at, off_t size);
int __wrap_fallocate(int fd, int mode, off_t at, off_t size)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_fallocate(fd, mode, at, size);
    if (mode & FALLOC_FL_PUNCH_HOLE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (mode & FALLOC_FL_KEEP_SIZE)
        return file->inode->disk->full ? (errno = ENOSPC, -1) : 0;
    return reserve(file, (uint64_t)(at + size));
}

int __real_posix_fallocate(int fd, off_t at, off_t size);
int __wrap_posix_fallocate(int fd, off_t at, off_t size);
int __wrap_posix_fallocate(int fd, off_t at, off_t size)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_posix_fallocate(fd, at, size);
    return reserve(file, (uint64_t)(at + size)) == 0 ? 0 : errno;
}

int __real_posix_fadvise(int fd, off_t at, off_t size, int advice);
int __wrap_posix_fadvise(int fd, off_t at, off_t size, int advice);
int __wrap_posix_fadvise(int fd, off_t at, off_t size, int advice)
{
    return files_at(fd) ? 0 : __real_posix_fadvise(fd, at, size, advice);
}

off_t __real_lseek(int fd, off_t at, int from);
off_t __wrap_lseek(int fd, off_t at, int from);
off_t __wrap_lseek(int fd, off_t at, int from)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_lseek(fd, at, from);
    off_t base = from == SEEK_END   ? (off_t)file->inode->now.size
                 : from == SEEK_CUR ? (off_t)file->at
                                    : 0;
    file->at = (uint64_t)(base + at);
    return base + at;
}

int __real_flock(int fd, int how);
int __wrap_flock(int fd, int how);
int __wrap_flock(int fd, int how)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_flock(fd, how);
    fibers_step();
    if (file->inode->lock && file->inode->lock != fd) {
        errno = EWOULDBLOCK;
        return -1;
    }
    file->inode->lock = how & LOCK_EX ? fd : 0;
    return 0;
}

int __real_fcntl(int fd, int what, ...);
int __wrap_fcntl(int fd, int what, ...);
int __wrap_fcntl(int fd, int what, ...)
{
    va_list list;
    va_start(list, what);
    long value = va_arg(list, long);
    va_end(list);
    return files_at(fd) ? 0 : __real_fcntl(fd, what, value);
}

int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_fchmod(fd, mode);
    file->inode->mode = (file->inode->mode & (mode_t)S_IFMT) | mode;
    return 0;
}

int __real_fchown(int fd, uid_t user, gid_t group);
int __wrap_fchown(int fd, uid_t user, gid_t group);
int __wrap_fchown(int fd, uid_t user, gid_t group)
{
    return files_at(fd) ? 0 : __real_fchown(fd, user, group);
}

// --- what is known of them

void files_stat(const inode_t *inode, struct stat *out);
void files_stat(const inode_t *inode, struct stat *out)
{
    *out = (struct stat){.st_ino = inode->number,
        .st_dev = (dev_t)(uintptr_t)inode->disk->root->number,
        .st_mode = inode->mode,
        .st_nlink = inode->names,
        .st_uid = geteuid(),
        .st_gid = getegid(),
        .st_size = (off_t)inode->now.size,
        .st_blksize = 4096,
        .st_blocks = (blkcnt_t)((inode->now.size + 511) / 512)};
    out->st_mtim.tv_sec = out->st_ctim.tv_sec = inode->changed_us / 1000000;
    out->st_mtim.tv_nsec = out->st_ctim.tv_nsec = inode->changed_us % 1000000 * 1000;
}

int __real_fstat(int fd, struct stat *out);
int __wrap_fstat(int fd, struct stat *out);
int __wrap_fstat(int fd, struct stat *out)
{
    files_open_t *file = files_at(fd);
    if (!file)
        return __real_fstat(fd, out);
    files_stat(file->inode, out);
    return 0;
}

int __real_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out)
{
    if (!files_at(fd))
        return __real_fstatfs(fd, out);
    *out = (struct statfs){.f_type = 0xEF53, .f_bsize = 4096};
    return 0;
}

int __real_statvfs(const char *path, struct statvfs *out);
int __wrap_statvfs(const char *path, struct statvfs *out);
int __wrap_statvfs(const char *path, struct statvfs *out)
{
    enum { BLOCKS = 1 << 22 };
    char last[256];
    inode_t *parent;
    if (!files_ours(path))
        return __real_statvfs(path, out);
    const inode_t *inode = files_find(path, &parent, last);
    if (!inode)
        return -1;
    fsblkcnt_t left = inode->disk->full ? 0 : BLOCKS - inode->disk->used / 4096;
    *out = (struct statvfs){.f_bsize = 4096,
        .f_frsize = 4096,
        .f_blocks = BLOCKS,
        .f_bfree = left,
        .f_bavail = left};
    return 0;
}
