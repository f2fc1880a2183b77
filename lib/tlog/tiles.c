// tiles - the right edge of the tree: per level one tile that is not full yet.
//
// A full tile is written when the next leaf comes or something is published, not when its
// last hash does; until then it simply stays in memory, so a failed write needs no
// undoing.  Levels are settled from the top, to have room for the hash that a full tile
// sends up.
//
// Partial tiles stay until the full one is there: somebody may hold a checkpoint that
// needs them.
//
// A new file is made under its own name at once, since nobody looks for it before the
// checkpoint that needs it: a file that is renamed costs half as much again.  What a
// crash left of one is found when all leaves are given again.

#include "lib/tlog/tiles.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/tlog/merkle.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEVELS = 8, FILE_LIMIT = TILE_WIDTH * (2 + UINT16_MAX) };

typedef struct {
    uint64_t index;     // of the tile in its level
    unsigned width;     // hashes it has so far, TILE_WIDTH when it waits to be written
    unsigned published; // widest partial tile known to be on the disk
    bool partial;       // this run may have left partial tiles of it there
    hash_t hash[TILE_WIDTH];
} edge_t;

struct tiles {
    char folder[PATH_MAX];
    char temporary[PATH_MAX]; // where a file waits that replaces another
    edge_t edge[LEVELS];
    buf_t leaves;           // of the bundle that is not full yet
    size_t end[TILE_WIDTH]; // where each leaf of it ends
    bool checked;           // partial tiles of an earlier run were compared
    buf_t scratch;
};

void tile_path(int level, uint64_t index, unsigned width, char out[TILE_PATH])
{
    char groups[48] = "";
    char more[48];
    uint64_t rest = index / 1000;
    while (rest > 0) {
        (void)snprintf(more, sizeof more, "x%03" PRIu64 "/%.40s", rest % 1000, groups);
        (void)memcpy(groups, more, sizeof groups);
        rest /= 1000;
    }
    char name[16] = "entries";
    if (level != TILE_ENTRIES)
        (void)snprintf(name, sizeof name, "%d", level);
    int length =
        snprintf(out, TILE_PATH, "tile/%s/%s%03" PRIu64, name, groups, index % 1000);
    if (width < TILE_WIDTH)
        (void)snprintf(out + length, TILE_PATH - (size_t)length, ".p/%u", width);
}

// A hint to ext4, see chattr(1) on T: each folder below this one is to have a group of
// inodes of its own.  Otherwise all files made near by share one, and an ext4 without
// journal looks at each inode freed there in the last minutes before it takes the next:
// that can cost many times what the rest of a tile does.
static void keep_apart(const char *folder)
{
    int flags = 0;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && !(flags & FS_TOPDIR_FL)) {
        flags |= FS_TOPDIR_FL;
        (void)ioctl(fd, FS_IOC_SETFLAGS, &flags); // other file systems know no such hint
    }
    (void)close(fd);
}

tiles_t *tiles_open(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    tiles_t *self = memory_new(1, sizeof *self);
    (void)snprintf(self->folder, sizeof self->folder, "%s", folder);
    char *temporary = self->temporary;
    keep_apart(folder);
    if (path_join(path, sizeof path, folder, "tile", why) != 0 ||
        folder_make(path, 0755, why) != 0 ||
        path_join(path, sizeof path, folder, ".new", why) != 0 ||
        folder_make(path, 0700, why) != 0 ||
        path_join(temporary, sizeof self->temporary, path, "tile", why) != 0)
        tiles_close(&self);
    return self;
}

void tiles_close(tiles_t **self_p)
{
    tiles_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->leaves);
    buf_destroy(&self->scratch);
    free(self);
}

// A full tile above the lowest level waits for the next hash, as in settle: it may not be
// on the disk.
int tiles_resume(tiles_t *self, uint64_t size, merkle_fetch_fn fetch, void *context)
{
    assert(size % TILE_WIDTH == 0 && tiles_size(self) == 0);
    uint64_t count = size;
    for (int level = 0; level < LEVELS; level++) {
        edge_t *edge = &self->edge[level];
        bool waits = level > 0 && count > 0 && count % TILE_WIDTH == 0;
        edge->index = count / TILE_WIDTH - waits;
        edge->width = (unsigned)(count - edge->index * TILE_WIDTH);
        for (unsigned i = 0; i < edge->width; i++)
            if (fetch(context, 8 * (unsigned)level, edge->index * TILE_WIDTH + i,
                    &edge->hash[i]) != 0)
                return -1;
        count = edge->index;
    }
    return 0;
}

uint64_t tiles_size(const tiles_t *self)
{
    return self->edge[0].index * TILE_WIDTH + self->edge[0].width;
}

// Writes and closes it.
static int fill_file(int fd, span_t data)
{
    int result = pio_write(fd, data, 0);
    int error = errno;
    if (close(fd) != 0 && result == 0)
        return -1;
    errno = error;
    return result;
}

static int write_file(const char *path, span_t data)
{
    cause_t ignored; // errno says why
    int fd = file_make(path, 0644, &ignored);
    return fd < 0 ? -1 : fill_file(fd, data);
}

typedef enum { MADE, IS_THERE, NOT_MADE } made_t;

// A file that was not there; else nothing of it is left, and errno says why.
static made_t make_new(const char *path, span_t data)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno == EEXIST ? IS_THERE : NOT_MADE;
    if (fill_file(fd, data) == 0)
        return MADE;
    int error = errno;
    (void)unlink(path); // a full disk needs the space
    errno = error;
    return NOT_MADE;
}

// The folder that a file is to be in, with those above it.
static int make_folder_of(char *path, cause_t *why)
{
    char *slash = strrchr(path, '/');
    *slash = 0;
    int result = folder_make(path, 0755, why);
    *slash = '/';
    return result;
}

static bool holds(tiles_t *self, const char *path, span_t data)
{
    cause_t ignored; // whatever is wrong with it, it will be replaced
    struct stat info;
    if (stat(path, &info) != 0 || (uint64_t)info.st_size != data.size)
        return false;
    buf_clear(&self->scratch);
    return file_read(path, FILE_LIMIT, &self->scratch, &ignored) == 0 &&
           span_equal(buf_span(&self->scratch), data);
}

// What is there and is not the same was left by a crash, or is not ours.
static int replace_file(tiles_t *self, const char *path, span_t data, cause_t *why)
{
    if (holds(self, path, data))
        return 0;
    if (write_file(self->temporary, data) == 0 && rename(self->temporary, path) == 0)
        return 0;
    (void)cause_errno(why, "%s", path);
    (void)unlink(self->temporary); // a full disk needs the space
    return -1;
}

static int put_file(tiles_t *self, const char *name, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, name, why) != 0)
        return -1;
    made_t made = make_new(path, data);
    if (made == NOT_MADE && errno == ENOENT) {
        if (make_folder_of(path, why) != 0)
            return -1;
        made = make_new(path, data);
    }
    if (made == IS_THERE)
        return replace_file(self, path, data, why);
    return made == MADE ? 0 : cause_errno(why, "%s", path);
}

static span_t hashes_of(const edge_t *edge, unsigned width)
{
    return span_of(edge->hash, width * sizeof(hash_t));
}

static span_t leaves_of(const tiles_t *self, unsigned width)
{
    return span_of(self->leaves.data, width ? self->end[width - 1] : 0);
}

// Tile and, on the lowest level, bundle of `width` at the edge.
static int put_tile(tiles_t *self, int level, unsigned width, cause_t *why)
{
    char name[TILE_PATH];
    const edge_t *edge = &self->edge[level];
    if (level == 0) {
        tile_path(TILE_ENTRIES, edge->index, width, name);
        if (put_file(self, name, leaves_of(self, width), why) != 0)
            return -1;
    }
    tile_path(level, edge->index, width, name);
    return put_file(self, name, hashes_of(edge, width), why);
}

// The folder of partial tiles beside the full one, mostly not there.
static int partial_folder(
    const tiles_t *self, int level, uint64_t index, char path[PATH_MAX], cause_t *why)
{
    char name[TILE_PATH];
    tile_path(level, index, TILE_WIDTH, name);
    int length = snprintf(path, PATH_MAX, "%s/%s.p", self->folder, name);
    return length > 0 && length < PATH_MAX ? 0
                                           : cause_set(why, "%s: name too long", name);
}

static int remove_partial(const tiles_t *self, int level, uint64_t index, cause_t *why)
{
    names_t names;
    char path[PATH_MAX];
    char file[PATH_MAX];
    if (partial_folder(self, level, index, path, why) != 0)
        return -1;
    if (rmdir(path) == 0 || errno == ENOENT)
        return 0;
    if (names_list(&names, path, "", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n; i++)
        if (path_join(file, sizeof file, path, names.name[i], why) == 0)
            (void)unlink(file);
    names_free(&names);
    return rmdir(path) == 0 ? 0 : cause_errno(why, "%s", path);
}

// A tile that came after the check of earlier runs' has only what this run made: mostly
// nothing, when many leaves come between two checkpoints.
static int remove_partials(const tiles_t *self, int level, cause_t *why)
{
    const edge_t *edge = &self->edge[level];
    if (self->checked && !edge->partial)
        return 0;
    if (level == 0 && remove_partial(self, TILE_ENTRIES, edge->index, why) != 0)
        return -1;
    return remove_partial(self, level, edge->index, why);
}

static void send_up(tiles_t *self, int level)
{
    merkle_t tree = {0};
    edge_t *edge = &self->edge[level];
    edge_t *above = &self->edge[level + 1];
    for (size_t i = 0; i < TILE_WIDTH; i++)
        merkle_add(&tree, &edge->hash[i]);
    merkle_root(&tree, &above->hash[above->width++]);
    edge->width = edge->published = 0;
    edge->partial = false;
    edge->index++;
}

// Afterwards the tile at the edge of this level has room for a hash.
static int settle(tiles_t *self, int level, cause_t *why)
{
    const edge_t *edge = &self->edge[level];
    if (edge->width < TILE_WIDTH)
        return 0;
    assert(level + 1 < LEVELS); // 2^64 leaves
    if (settle(self, level + 1, why) != 0 ||
        put_tile(self, level, TILE_WIDTH, why) != 0 ||
        remove_partials(self, level, why) != 0)
        return -1;
    send_up(self, level);
    if (level == 0)
        buf_clear(&self->leaves);
    return 0;
}

int tiles_add(tiles_t *self, span_t leaf, const hash_t *hash, cause_t *why)
{
    assert(leaf.size <= UINT16_MAX);
    if (settle(self, 0, why) != 0)
        return -1;
    edge_t *edge = &self->edge[0];
    buf_put_short(&self->leaves, leaf);
    self->end[edge->width] = self->leaves.size;
    edge->hash[edge->width++] = *hash;
    return 0;
}

static int check_one(
    tiles_t *self, int level, const edge_t *edge, const char *file, cause_t *why)
{
    char name[TILE_PATH];
    char path[PATH_MAX];
    uint64_t width = 0;
    if (decimal_decode(span_text(file), &width) && width > 0 && width <= edge->width &&
        width < TILE_WIDTH) {
        tile_path(level, edge->index, (unsigned)width, name);
        return put_file(self, name,
            level == TILE_ENTRIES ? leaves_of(self, (unsigned)width)
                                  : hashes_of(edge, (unsigned)width),
            why);
    }
    // Nothing of ours, or of leaves that are not there.
    if (partial_folder(self, level, edge->index, path, why) != 0)
        return -1;
    size_t length = strlen(path);
    if (snprintf(path + length, sizeof path - length, "/%s", file) < 0)
        return -1;
    return unlink(path) == 0 ? 0 : cause_errno(why, "%s", path);
}

// A partial tile from before a power cut may have its name and not its bytes.
static int check_partial(tiles_t *self, int level, const edge_t *edge, cause_t *why)
{
    names_t names;
    char folder[PATH_MAX];
    if (partial_folder(self, level, edge->index, folder, why) != 0)
        return -1;
    if (access(folder, F_OK) != 0)
        return 0;
    if (names_list(&names, folder, "", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0; i++)
        result = check_one(self, level, edge, names.name[i], why);
    names_free(&names);
    return result;
}

static int check_partials(tiles_t *self, cause_t *why)
{
    if (check_partial(self, TILE_ENTRIES, &self->edge[0], why) != 0)
        return -1;
    for (int level = 0; level < LEVELS; level++)
        if (check_partial(self, level, &self->edge[level], why) != 0)
            return -1;
    self->checked = true;
    return 0;
}

int tiles_publish(tiles_t *self, uint64_t size, cause_t *why)
{
    assert(size <= tiles_size(self));
    for (int level = 0; level < LEVELS; level++)
        if (settle(self, level, why) != 0)
            return -1;
    if (!self->checked && check_partials(self, why) != 0)
        return -1;
    for (int level = 0; level < LEVELS; level++) {
        edge_t *edge = &self->edge[level];
        uint64_t count = size >> (8 * level);
        unsigned width = (unsigned)(count % TILE_WIDTH);
        // Leaves beyond `size` may have filled the tile: then the full one is there.
        if (count / TILE_WIDTH < edge->index || width <= edge->published)
            continue;
        edge->partial = true;
        if (put_tile(self, level, width, why) != 0)
            return -1;
        edge->published = width;
    }
    return 0;
}
