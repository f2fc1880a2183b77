// disk - a disk that can lose what was not flushed: it records every change to one folder
// and makes, for any moment, one of the states that a power cut at that moment may leave.
//
// The system calls below take the place of the C library's in a test program that
// includes this.  They do the work for real, so that the program sees its page cache, but
// flushes only make a record.  What a state may hold:
// - of bytes written to a file since its last flush, any subset, sector by sector;
// - of changes of a file's size since then, any subset;
// - of names made, changed or removed since the folder's last flush, any subset;
// - nothing that was dirty when a flush failed is sure to be written by a later one.

#ifndef TESTS_LIB_DISK_H
#define TESTS_LIB_DISK_H

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "tests/lib/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>

typedef enum {
    DISK_WRITE,  // file, offset, data
    DISK_SIZE,   // file, offset = size
    DISK_FLUSH,  // file
    DISK_FAILED, // file: a flush that failed
    DISK_NAME,   // file, name: made or renamed to it
    DISK_GONE,   // name
    DISK_NAMES,  // the folder was flushed
    DISK_MARK,   // offset = a number of the test's own
} disk_type_t;

typedef struct {
    disk_type_t type;
    size_t file;
    uint64_t offset;
    buf_t data;
    char name[64];
} disk_op_t;

enum { DISK_FILES = 256 };

static struct {
    char folder[256]; // "" while nothing is recorded
    disk_op_t *op;
    size_t n, room;
    size_t files;
    ino_t ino[DISK_FILES]; // of file i; 0 once it is gone
    unsigned fail_flush;   // the flush that fails, counted down; 0: none
    unsigned fail_write;   // likewise
    unsigned fail_space;   // likewise, for reserving space
    int space_error;       // that all reservations fail with, or 0
} disk;

static inline disk_op_t *disk_note(disk_type_t type, size_t file, uint64_t offset)
{
    if (disk.n == disk.room) {
        disk.room = disk.room ? 2 * disk.room : 256;
        disk.op = realloc(disk.op, disk.room * sizeof *disk.op);
        if (!disk.op)
            abort();
    }
    disk.op[disk.n] = (disk_op_t){.type = type, .file = file, .offset = offset};
    return &disk.op[disk.n++];
}

static inline void disk_mark(uint64_t number)
{
    (void)disk_note(DISK_MARK, 0, number);
}

// Which file of the folder a descriptor is for, or DISK_FILES.
static inline size_t disk_file(int fd)
{
    struct stat info;
    if (!*disk.folder || fstat(fd, &info) != 0)
        return DISK_FILES;
    for (size_t i = 0; i < disk.files; i++)
        if (disk.ino[i] != 0 && disk.ino[i] == info.st_ino)
            return i;
    return DISK_FILES;
}

static inline size_t disk_new_file(ino_t ino)
{
    if (disk.files == DISK_FILES)
        abort();
    disk.ino[disk.files] = ino;
    return disk.files++;
}

static inline bool disk_is_folder(int fd)
{
    struct stat info;
    struct stat folder;
    return *disk.folder && fstat(fd, &info) == 0 && stat(disk.folder, &folder) == 0 &&
           info.st_ino == folder.st_ino;
}

static inline void disk_note_name(disk_type_t type, size_t file, const char *name)
{
    disk_op_t *op = disk_note(type, file, 0);
    (void)snprintf(op->name, sizeof op->name, "%s", name);
}

static bool disk_strikes(unsigned *counter)
{
    return *counter > 0 && --*counter == 0;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    size_t file = disk_file(fd);
    if (file < DISK_FILES && disk_strikes(&disk.fail_write)) {
        size /= 2; // and half of it is in the page cache all the same
        (void)syscall(SYS_pwrite64, fd, data, size, offset);
        buf_put(&disk_note(DISK_WRITE, file, (uint64_t)offset)->data, data, size);
        errno = EIO;
        return -1;
    }
    ssize_t put = syscall(SYS_pwrite64, fd, data, size, offset);
    if (put > 0 && file < DISK_FILES)
        buf_put(&disk_note(DISK_WRITE, file, (uint64_t)offset)->data, data, (size_t)put);
    return put;
}

static int disk_flush(int fd)
{
    size_t file = disk_file(fd);
    if (file < DISK_FILES) {
        bool failed = disk_strikes(&disk.fail_flush);
        (void)disk_note(failed ? DISK_FAILED : DISK_FLUSH, file, 0);
        errno = EIO;
        return failed ? -1 : 0;
    }
    if (disk_is_folder(fd))
        (void)disk_note(DISK_NAMES, 0, 0);
    return 0;
}

int fdatasync(int fd)
{
    return disk_flush(fd);
}

int fsync(int fd)
{
    return disk_flush(fd);
}

int ftruncate(int fd, off_t size)
{
    size_t file = disk_file(fd);
    if (file < DISK_FILES)
        (void)disk_note(DISK_SIZE, file, (uint64_t)size);
    return (int)syscall(SYS_ftruncate, fd, size);
}

int fallocate(int fd, int mode, off_t offset, off_t size)
{
    struct stat info;
    size_t file = disk_file(fd);
    if (!*disk.folder)
        return (int)syscall(SYS_fallocate, fd, mode, offset, size);
    if (file < DISK_FILES && (disk.space_error || disk_strikes(&disk.fail_space))) {
        errno = disk.space_error ? disk.space_error : ENOSPC;
        return -1;
    }
    if (fstat(fd, &info) != 0)
        return -1;
    if (info.st_size >= offset + size)
        return 0;
    return ftruncate(fd, offset + size);
}

int openat(int folder, const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    bool made = flags & O_CREAT && faccessat(folder, name, F_OK, 0) != 0;
    int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    struct stat info;
    if (fd >= 0 && made && disk_is_folder(folder) && fstat(fd, &info) == 0)
        disk_note_name(DISK_NAME, disk_new_file(info.st_ino), name);
    return fd;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    struct stat info;
    if (disk_is_folder(to_folder) && fstatat(from_folder, from, &info, 0) == 0)
        for (size_t i = 0; i < disk.files; i++)
            if (disk.ino[i] == info.st_ino) {
                disk_note_name(DISK_NAME, i, to);
                disk_note_name(DISK_GONE, i, from);
            }
    return (int)syscall(SYS_renameat, from_folder, from, to_folder, to);
}

// Before the inode's number is used again.
static void disk_forget(int folder, const char *name)
{
    struct stat info;
    if (fstatat(folder, name, &info, 0) != 0)
        return;
    for (size_t i = 0; i < disk.files; i++)
        if (disk.ino[i] == info.st_ino) {
            disk.ino[i] = 0;
            disk_note_name(DISK_GONE, i, name);
        }
}

int unlinkat(int folder, const char *name, int flags)
{
    if (disk_is_folder(folder))
        disk_forget(folder, name);
    return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int unlink(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = strlen(disk.folder);
    if (length > 0 && slash && (size_t)(slash - path) == length &&
        strncmp(path, disk.folder, length) == 0)
        disk_forget(AT_FDCWD, path);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static inline void disk_stop(void)
{
    for (size_t i = 0; i < disk.n; i++)
        buf_destroy(&disk.op[i].data);
    free(disk.op);
    memset(&disk, 0, sizeof disk);
}

// Record changes to this folder from now on; what is in it now is safe on the disk.
static inline void disk_start(const char *folder)
{
    names_t names;
    cause_t why;
    struct stat info;
    disk_stop();
    if (names_list(&names, folder, "", &why) != 0)
        abort();
    for (size_t i = 0; i < names.n; i++) {
        char path[PATH_MAX];
        if (path_join(path, sizeof path, folder, names.name[i], &why) != 0 ||
            stat(path, &info) != 0)
            abort();
        size_t file = disk_new_file(info.st_ino);
        disk_op_t *op = disk_note(DISK_WRITE, file, 0);
        if (file_read(path, 1 << 24, &op->data, &why) != 0)
            abort();
        (void)disk_note(DISK_SIZE, file, (uint64_t)info.st_size);
        (void)disk_note(DISK_FLUSH, file, 0);
        disk_note_name(DISK_NAME, file, names.name[i]);
    }
    names_free(&names);
    (void)disk_note(DISK_NAMES, 0, 0);
    (void)snprintf(disk.folder, sizeof disk.folder, "%.255s", folder);
}

typedef struct {
    uint64_t random;
    unsigned grain;   // bytes that are written together: 512 or 4096
    unsigned percent; // of what was not flushed is on the disk
} disk_cut_t;

static inline uint64_t disk_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1d >> 16;
}

static inline bool disk_lucky(disk_cut_t *cut)
{
    return disk_random(&cut->random) % 100 < cut->percent;
}

static inline void disk_resize(buf_t *file, uint64_t size)
{
    if (size > file->size) {
        buf_reserve(file, (size_t)size - file->size);
        memset(file->data + file->size, 0, (size_t)size - file->size);
    }
    file->size = (size_t)size;
}

static inline void disk_put(
    buf_t *file, uint64_t offset, const uint8_t *data, size_t size)
{
    if (file->size < offset + size)
        disk_resize(file, offset + size);
    memcpy(file->data + offset, data, size);
}

// `sure`: it was flushed.
static inline void disk_apply(
    buf_t *file, const disk_op_t *op, bool sure, disk_cut_t *cut)
{
    if (op->type == DISK_SIZE && (sure || disk_lucky(cut)))
        disk_resize(file, op->offset);
    if (op->type != DISK_WRITE)
        return;
    for (size_t done = 0; done < op->data.size;) {
        size_t part = cut->grain - (size_t)((op->offset + done) % cut->grain);
        part = part < op->data.size - done ? part : op->data.size - done;
        if (sure || disk_lucky(cut))
            disk_put(file, op->offset + done, op->data.data + done, part);
        done += part;
    }
}

// What file `file` holds after operations 0..until-1.
static inline void disk_make_file(size_t file, size_t until, disk_cut_t *cut, buf_t *out)
{
    size_t from = 0; // operations before it are settled
    for (size_t i = 0; i <= until; i++) {
        bool end = i == until;
        bool mine = !end && disk.op[i].file == file;
        bool flush = mine && disk.op[i].type == DISK_FLUSH;
        bool failed = mine && disk.op[i].type == DISK_FAILED;
        if (!end && !flush && !failed)
            continue;
        for (size_t k = from; k < i; k++)
            if (disk.op[k].file == file)
                disk_apply(out, &disk.op[k], flush, cut);
        from = i;
    }
}

static inline void disk_name(char names[][64], const disk_op_t *op)
{
    for (size_t i = 0; i < disk.files; i++) // the name stands for one file only
        if (strcmp(names[i], op->name) == 0)
            names[i][0] = 0;
    if (op->type == DISK_NAME)
        memcpy(names[op->file], op->name, sizeof op->name);
}

static inline void disk_make_names(char names[][64], size_t until, disk_cut_t *cut)
{
    size_t from = 0;
    for (size_t i = 0; i <= until; i++) {
        if (i < until && disk.op[i].type != DISK_NAMES)
            continue;
        for (size_t k = from; k < i; k++) {
            const disk_op_t *op = &disk.op[k];
            if ((op->type == DISK_NAME || op->type == DISK_GONE) &&
                (i < until || disk_lucky(cut)))
                disk_name(names, op);
        }
        from = i;
    }
}

// Fill an empty folder with what the disk may hold after operations 0..until-1.
static inline void disk_make(size_t until, disk_cut_t cut, const char *folder)
{
    static char names[DISK_FILES][64];
    memset(names, 0, sizeof names);
    disk_make_names(names, until, &cut);
    for (size_t i = 0; i < disk.files; i++) {
        if (!names[i][0])
            continue;
        buf_t bytes = {0};
        char path[PATH_MAX];
        disk_make_file(i, until, &cut, &bytes);
        (void)snprintf(path, sizeof path, "%s/%.63s", folder, names[i]);
        FILE *file = fopen(path, "we");
        if (!file || (bytes.size > 0 && fwrite(bytes.data, bytes.size, 1, file) != 1) ||
            fclose(file) != 0)
            abort();
        buf_destroy(&bytes);
    }
}

#endif
