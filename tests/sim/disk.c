// disk - files as bytes twice over, with a bit for each sector that differs; folders as
// lists of names, with the changes that are not safe yet.

#include "tests/sim/disk.h"

#include "tests/sim/chance.h"
#include "tests/sim/fibers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SECTOR = 512 };

struct change {
    size_t users;
    bool sure;     // one of its folders was flushed, or what it is made in is sure
    int drawn;     // by a power cut: -1 not yet, else whether it happened
    inode_t *into; // the folder in which it makes a name, or NULL
};

static void *room(void *old, size_t n, size_t size)
{
    void *now = reallocarray(old, n ? n : 1, size);
    if (!now)
        abort();
    return now;
}

static void zeros(buf_t *bytes, size_t n)
{
    buf_reserve(bytes, n);
    memset(bytes->data + bytes->size, 0, n);
    bytes->size += n;
}

static char *copy_of(const char *name)
{
    char *copy = strdup(name);
    if (!copy)
        abort();
    return copy;
}

// --- lists of names

static size_t names_find(const disk_names_t *names, const char *name)
{
    size_t i = 0;
    while (i < names->n && strcmp(names->name[i].name, name) != 0)
        i++;
    return i;
}

static void names_put(disk_names_t *names, const char *name, inode_t *inode)
{
    size_t i = names_find(names, name);
    if (i == names->n) {
        names->name = room(names->name, ++names->n, sizeof *names->name);
        names->name[i].name = copy_of(name);
    }
    names->name[i].inode = inode;
}

static void names_remove(disk_names_t *names, const char *name)
{
    size_t i = names_find(names, name);
    if (i == names->n)
        return;
    free(names->name[i].name);
    names->name[i] = names->name[--names->n];
}

static void names_apply(disk_names_t *names, const disk_move_t *move)
{
    if (move->inode)
        names_put(names, move->name, move->inode);
    else
        names_remove(names, move->name);
}

static void names_copy(disk_names_t *to, const disk_names_t *from)
{
    while (to->n > 0)
        free(to->name[--to->n].name);
    to->name = room(to->name, from->n, sizeof *to->name);
    for (; to->n < from->n; to->n++)
        to->name[to->n] =
            (disk_name_t){copy_of(from->name[to->n].name), from->name[to->n].inode};
}

// --- inodes

static inode_t *inode_new(disk_t *disk, mode_t mode)
{
    inode_t *inode = calloc(1, sizeof *inode);
    if (!inode)
        abort();
    inode->disk = disk;
    inode->number = ++disk->numbers;
    inode->mode = mode;
    inode->changed_us = fibers_now_us();
    return inode;
}

disk_t *disk_new(void)
{
    disk_t *disk = calloc(1, sizeof *disk);
    if (!disk)
        abort();
    disk->root = inode_new(disk, S_IFDIR | 0755);
    disk->root->parent = disk->root;
    return disk;
}

// A file that nobody can reach any more needs no bytes, but for those that a power cut
// may bring back.
static void let_go(inode_t *inode)
{
    if (inode->names > 0 || inode->opens > 0 || !S_ISREG(inode->mode) || inode->gone)
        return;
    inode->gone = true;
    inode->disk->used -= inode->now.size;
    buf_destroy(&inode->now);
    buf_destroy(&inode->dirty);
}

static change_t *change_new(inode_t *into)
{
    change_t *change = calloc(1, sizeof *change);
    if (!change)
        abort();
    change->drawn = -1;
    change->into = into;
    return change;
}

static void note(inode_t *folder, change_t *change, const char *name, inode_t *inode)
{
    folder->move = room(folder->move, folder->moves + 1, sizeof *folder->move);
    folder->move[folder->moves++] = (disk_move_t){change, copy_of(name), inode};
    change->users++;
    folder->changed_us = fibers_now_us();
    names_apply(&folder->entries, &folder->move[folder->moves - 1]);
}

static void forget_moves(inode_t *folder)
{
    for (size_t i = 0; i < folder->moves; i++) {
        disk_move_t *move = &folder->move[i];
        free(move->name);
        if (--move->change->users == 0)
            free(move->change);
    }
    folder->moves = 0;
}

// --- names

inode_t *disk_entry(const inode_t *folder, const char *name)
{
    if (strcmp(name, ".") == 0)
        return (inode_t *)folder;
    if (strcmp(name, "..") == 0)
        return folder->parent;
    size_t i = names_find(&folder->entries, name);
    return i < folder->entries.n ? folder->entries.name[i].inode : NULL;
}

inode_t *disk_find(inode_t *folder, const char *path, inode_t **parent, char last[256])
{
    inode_t *inode = *path == '/' ? folder->disk->root : folder;
    (void)snprintf(last, 256, ".");
    *parent = inode;
    while (*(path += strspn(path, "/"))) {
        size_t length = strcspn(path, "/");
        if (!inode || !S_ISDIR(inode->mode)) {
            errno = inode ? ENOTDIR : ENOENT;
            *parent = NULL;
            return NULL;
        }
        if (length > 255) {
            errno = ENAMETOOLONG;
            *parent = NULL;
            return NULL;
        }
        (void)snprintf(last, 256, "%.*s", (int)length, path);
        *parent = inode;
        inode = disk_entry(inode, last);
        path += length;
    }
    if (!inode)
        errno = ENOENT;
    return inode;
}

inode_t *disk_make(inode_t *folder, const char *name, mode_t mode)
{
    if (disk_entry(folder, name)) {
        errno = EEXIST;
        return NULL;
    }
    if (folder->disk->full) {
        errno = ENOSPC;
        return NULL;
    }
    inode_t *inode = inode_new(folder->disk, mode);
    inode->parent = folder;
    inode->names = 1;
    inode->made = change_new(folder);
    inode->made->users++;
    note(folder, inode->made, name, inode);
    return inode;
}

int disk_link(inode_t *inode, inode_t *folder, const char *name)
{
    if (disk_entry(folder, name)) {
        errno = EEXIST;
        return -1;
    }
    inode->names++;
    note(folder, change_new(folder), name, inode);
    return 0;
}

int disk_unlink(inode_t *folder, const char *name)
{
    inode_t *inode = disk_entry(folder, name);
    if (!inode) {
        errno = ENOENT;
        return -1;
    }
    if (S_ISDIR(inode->mode) && inode->entries.n > 0) {
        errno = ENOTEMPTY;
        return -1;
    }
    note(folder, change_new(NULL), name, NULL);
    inode->names--;
    let_go(inode);
    return 0;
}

int disk_rename(inode_t *from, const char *old, inode_t *to, const char *name)
{
    inode_t *inode = disk_entry(from, old), *over = disk_entry(to, name);
    if (!inode) {
        errno = ENOENT;
        return -1;
    }
    if (inode == over)
        return 0;
    if (over && S_ISDIR(over->mode) && over->entries.n > 0) {
        errno = ENOTEMPTY;
        return -1;
    }
    change_t *change = change_new(to);
    note(from, change, old, NULL);
    note(to, change, name, inode);
    if (S_ISDIR(inode->mode))
        inode->parent = to;
    if (over) {
        over->names--;
        let_go(over);
    }
    return 0;
}

void disk_path(const inode_t *inode, char out[512])
{
    char before[512];
    out[0] = 0;
    for (; inode->parent != inode; inode = inode->parent) {
        const disk_names_t *names = &inode->parent->entries;
        size_t i = 0;
        while (i < names->n && names->name[i].inode != inode)
            i++;
        (void)snprintf(before, sizeof before, "%s", out);
        (void)snprintf(
            out, 512, "/%.200s%.300s", i < names->n ? names->name[i].name : "?", before);
    }
}

// --- bytes

static void make_dirty(inode_t *file, uint64_t from, uint64_t to)
{
    size_t sectors = (size_t)((to + SECTOR - 1) / SECTOR);
    if (file->dirty.size < sectors)
        zeros(&file->dirty, sectors - file->dirty.size);
    for (size_t i = (size_t)(from / SECTOR); i < sectors; i++)
        file->dirty.data[i] = 1;
    file->changed_us = fibers_now_us();
}

static void set_size(inode_t *file, size_t size)
{
    file->disk->used -= file->now.size;
    if (size > file->now.size)
        zeros(&file->now, size - file->now.size);
    else
        file->now.size = size;
    file->disk->used += size;
    file->resized = true;
}

int disk_resize(inode_t *file, uint64_t size)
{
    size_t before = file->now.size;
    if (size > before && file->disk->full) {
        errno = ENOSPC;
        return -1;
    }
    set_size(file, (size_t)size);
    if (size > before)
        make_dirty(file, before, size);
    return 0;
}

ssize_t disk_write(inode_t *file, const void *data, size_t size, uint64_t offset)
{
    file->disk->writes++;
    if (offset + size > file->now.size && disk_resize(file, offset + size) != 0) {
        if (offset >= file->now.size)
            return -1;
        size = file->now.size - (size_t)offset; // as much as there is room for
    }
    memcpy(file->now.data + offset, data, size);
    make_dirty(file, offset, offset + size);
    return (ssize_t)size;
}

static size_t sector_end(const buf_t *bytes, size_t sector)
{
    size_t end = (sector + 1) * SECTOR;
    return end < bytes->size ? end : bytes->size;
}

// What is there of one sector goes over to the other side, as far as both have it.
static void take_sector(buf_t *to, const buf_t *from, size_t sector)
{
    size_t begin = sector * SECTOR, end = sector_end(from, sector);
    if (end > to->size)
        end = to->size;
    if (begin < end)
        memcpy(to->data + begin, from->data + begin, end - begin);
}

static void fit(buf_t *bytes, size_t size)
{
    if (size > bytes->size)
        zeros(bytes, size - bytes->size);
    bytes->size = size;
}

static void file_safe(inode_t *file)
{
    fit(&file->safe, file->now.size);
    for (size_t i = 0; i < file->dirty.size; i++)
        if (file->dirty.data[i])
            take_sector(&file->safe, &file->now, i);
    file->dirty.size = 0;
    file->resized = false;
}

// What a file system writes down of names it writes in order: a name does not outlive the
// folder that it is in.
static void make_sure(change_t *change)
{
    change->sure = true;
    for (inode_t *in = change->into; in && in->made && !in->made->sure; in = in->parent)
        in->made->sure = true;
}

static void folder_safe(inode_t *folder)
{
    for (size_t i = 0; i < folder->moves; i++)
        make_sure(folder->move[i].change);
    for (size_t i = 0; i < folder->safe_entries.n; i++)
        if (folder->safe_entries.name[i].inode->gone)
            buf_destroy(&folder->safe_entries.name[i].inode->safe);
    names_copy(&folder->safe_entries, &folder->entries);
    forget_moves(folder);
}

void disk_make_safe(inode_t *inode)
{
    if (S_ISDIR(inode->mode))
        folder_safe(inode);
    else
        file_safe(inode);
}

int disk_flush(inode_t *inode)
{
    disk_t *disk = inode->disk;
    disk->flushes++;
    if (disk->fail_flush > 0 && --disk->fail_flush == 0) {
        inode->dirty.size = 0; // nobody will write it any more
        errno = EIO;
        return -1;
    }
    disk_make_safe(inode);
    return 0;
}

void disk_forget(inode_t *inode)
{
    let_go(inode);
}

// --- all of it

static void each(inode_t *inode, void (*visit)(inode_t *inode))
{
    visit(inode);
    for (size_t i = 0; i < inode->entries.n; i++)
        each(inode->entries.name[i].inode, visit);
}

void disk_sync(disk_t *self)
{
    each(self->root, disk_make_safe);
}

static bool happened(change_t *change)
{
    if (change->drawn < 0)
        change->drawn =
            change->sure || (chance_one_in(2) && (!change->into || !change->into->made ||
                                                     happened(change->into->made)));
    return change->drawn != 0;
}

static void cut_folder(inode_t *folder)
{
    disk_names_t left = {0};
    names_copy(&left, &folder->safe_entries);
    for (size_t i = 0; i < folder->moves; i++)
        if (happened(folder->move[i].change))
            names_apply(&left, &folder->move[i]);
    names_copy(&folder->entries, &left);
    names_copy(&folder->safe_entries, &left);
    while (left.n > 0)
        free(left.name[--left.n].name);
    free(left.name);
    forget_moves(folder);
}

static void cut_file(inode_t *file)
{
    bool old = file->gone || (file->resized && chance_one_in(2));
    size_t size = old ? file->safe.size : file->now.size;
    buf_t left = {0};
    buf_put(&left, file->safe.data, file->safe.size);
    fit(&left, size);
    for (size_t i = 0; i < file->dirty.size; i++)
        if (file->dirty.data[i] && chance_one_in(2))
            take_sector(&left, &file->now, i);
    file->disk->used += left.size - file->now.size;
    buf_destroy(&file->now);
    file->now = left;
    file->gone = false;
    file->dirty.size = 0;
    for (size_t i = 0; i * SECTOR < left.size; i++)
        make_dirty(file, i * SECTOR, sector_end(&left, i));
    file_safe(file);
}

static void count_names(inode_t *inode)
{
    for (size_t i = 0; i < inode->entries.n; i++)
        inode->entries.name[i].inode->names = 0;
}

static void find_names(inode_t *inode)
{
    for (size_t i = 0; i < inode->entries.n; i++) {
        inode_t *entry = inode->entries.name[i].inode;
        entry->names++;
        if (S_ISDIR(entry->mode))
            entry->parent = inode;
    }
}

// Folders first: what is reached no more is not drawn.
static void cut(inode_t *inode)
{
    if (S_ISDIR(inode->mode))
        cut_folder(inode);
    else
        cut_file(inode);
    inode->opens = 0;
    inode->lock = 0;
}

void disk_cut(disk_t *self)
{
    each(self->root, cut);
    each(self->root, count_names);
    each(self->root, find_names);
}

void disk_flip(inode_t *file, uint64_t bit)
{
    uint8_t mask = (uint8_t)(1U << bit % 8);
    size_t at = (size_t)(bit / 8);
    if (at < file->now.size)
        file->now.data[at] ^= mask;
    if (at < file->safe.size)
        file->safe.data[at] ^= mask;
}
