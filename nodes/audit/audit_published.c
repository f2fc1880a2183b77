// audit_published - the checkpoint and what lies under tile/ (C2SP tlog-tiles): every
// file there must be what the entries yield, and what the checkpoint needs must be there.
//
// While the hub runs, tiles go on growing: of those that reach beyond what was read of
// the entries the rest is not looked at, and partial ones give way to wider ones.

#include "nodes/audit/audit_walk.h"
#include "nodes/audit/leaves.h"

#include "lib/base/file.h"
#include "lib/tlog/tiles.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUNDLE_MAX = TILE_WIDTH * (LEAF_MAX + 2), LEVELS = 8 };

// The hash of the complete subtree of 2^level leaves that begins at index << level.
static void subtree(const audit_walk_t *self, unsigned level, uint64_t index, hash_t *out)
{
    uint64_t width = (uint64_t)1 << level;
    leaves_root(self->leaves, index * width, width, out);
}

typedef struct {
    bool entries; // a bundle, not hashes
    unsigned level;
    uint64_t index, width;
    uint64_t known; // of its width: how much the entries yield
} tile_t;

static int check_hashes(
    const audit_walk_t *self, const tile_t *tile, span_t bytes, cause_t *why)
{
    if (bytes.size != tile->width * sizeof(hash_t))
        return cause_set(why, "has %zu bytes, not %llu hashes", bytes.size,
            (unsigned long long)tile->width);
    hash_t leaf[TILE_WIDTH];
    if (tile->level == 0)
        leaves_read(self->leaves, tile->index * TILE_WIDTH, (size_t)tile->known, leaf);
    for (uint64_t i = 0; i < tile->known; i++) {
        hash_t hash;
        if (tile->level == 0)
            hash = leaf[i];
        else
            subtree(self, 8 * tile->level, tile->index * TILE_WIDTH + i, &hash);
        if (memcmp(hash.bytes, bytes.data + i * sizeof hash, sizeof hash) != 0)
            return cause_set(why, "offset %llu: not the hash that the entries yield",
                (unsigned long long)(i * sizeof hash));
    }
    return 0;
}

static int check_bundle(
    const audit_walk_t *self, const tile_t *tile, span_t bytes, cause_t *why)
{
    hash_t leaf[TILE_WIDTH];
    reader_t reader = reader_of(bytes);
    uint64_t first = tile->index * TILE_WIDTH;
    leaves_read(self->leaves, first, (size_t)tile->known, leaf);
    for (uint64_t i = 0; i < tile->width; i++) {
        hash_t hash;
        size_t offset = bytes.size - reader.rest.size;
        merkle_leaf(take_short(&reader), &hash);
        if (reader.bad || (i < tile->known && !hash_equal(&hash, &leaf[i])))
            return cause_set(why, "offset %zu: not entry %llu", offset,
                (unsigned long long)(first + i));
    }
    return reader_done(&reader) ? 0 : cause_set(why, "bytes behind its last entry");
}

// "<level or entries>/x001/x234/067" and ".p/<width>" behind a partial one.
static bool parse_name(const char *name, tile_t *tile)
{
    int used = 0;
    *tile = (tile_t){.width = TILE_WIDTH};
    if (strncmp(name, "entries/", 8) == 0) {
        tile->entries = true;
        used = 8;
    } else if (sscanf(name, "%2u/%n", &tile->level, &used) != 1 || used == 0)
        return false;
    name += used;
    for (bool more = true; more;) {
        more = *name == 'x';
        name += more;
        if (strspn(name, "0123456789") != 3 || tile->index > UINT64_MAX / 2000)
            return false;
        tile->index = tile->index * 1000 + strtoul(name, NULL, 10);
        name += 3;
        if (more && *name++ != '/')
            return false;
    }
    if (strncmp(name, ".p/", 3) == 0) {
        uint64_t width;
        if (!decimal_decode(span_text(name + 3), &width) || width < 1 ||
            width >= TILE_WIDTH)
            return false;
        tile->width = width;
        return true;
    }
    return *name == '\0';
}

// A partial tile that was removed when a full one had come.
static bool has_gone(const audit_walk_t *self, const char *path)
{
    return self->options->torn && file_absent(path);
}

static int check_tile(
    audit_walk_t *self, const char *path, const char *name, cause_t *why)
{
    tile_t tile;
    if (!parse_name(name, &tile) || tile.level >= LEVELS)
        return cause_set(why, "%s: not the name of a tile", path);
    uint64_t there = self->tree.size >> (8 * tile.level);
    uint64_t before = tile.index > there / TILE_WIDTH ? there : tile.index * TILE_WIDTH;
    tile.known = there - before < tile.width ? there - before : tile.width;
    if (tile.known < tile.width && !self->options->torn)
        return cause_set(why, "%s: beyond the journal's end", path);
    buf_t bytes = {0};
    int result = file_read(path, BUNDLE_MAX, &bytes, why);
    if (result != 0 && has_gone(self, path))
        return 0;
    if (result == 0) {
        span_t held = buf_span(&bytes);
        result = tile.entries ? check_bundle(self, &tile, held, why)
                              : check_hashes(self, &tile, held, why);
        if (result != 0)
            cause_prefix(why, "%s", path);
    }
    buf_destroy(&bytes);
    self->found->tiles++;
    return result;
}

static int walk_tiles(audit_walk_t *self, const char *folder, size_t top, cause_t *why);

static int walk_name(
    audit_walk_t *self, const char *folder, const char *name, size_t top, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    if (path_join(path, sizeof path, folder, name, why) != 0)
        return -1;
    if (stat(path, &info) != 0)
        return has_gone(self, path) ? 0 : cause_errno(why, "%s", path);
    return S_ISDIR(info.st_mode) ? walk_tiles(self, path, top, why)
                                 : check_tile(self, path, path + top + 1, why);
}

static int walk_tiles(audit_walk_t *self, const char *folder, size_t top, cause_t *why)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return has_gone(self, folder) ? 0 : cause_errno(why, "%s", folder);
    int result = 0;
    for (struct dirent *d; result == 0 && (d = readdir(dir));)
        if (d->d_name[0] != '.') // a file that was being written has such a name
            result = walk_name(self, folder, d->d_name, top, why);
    (void)closedir(dir);
    return result;
}

static bool is_readable(const char *folder, int level, uint64_t index, unsigned width)
{
    char name[TILE_PATH], path[PATH_MAX];
    cause_t ignored;
    tile_path(level, index, width, name);
    return path_join(path, sizeof path, folder, name, &ignored) == 0 &&
           access(path, R_OK) == 0;
}

// A full one serves for its partial ones; so does a wider one while the hub runs.
static bool is_there(const audit_walk_t *self, const char *folder, int level,
    uint64_t index, uint64_t width)
{
    uint64_t widest = self->options->torn ? TILE_WIDTH - 1 : width;
    if (is_readable(folder, level, index, TILE_WIDTH))
        return true;
    for (; width <= widest; width++)
        if (is_readable(folder, level, index, (unsigned)width))
            return true;
    return false;
}

static int need_tiles(const audit_walk_t *self, const char *folder, cause_t *why)
{
    uint64_t size = self->published.size;
    for (int level = 0; size > 0; level++, size /= TILE_WIDTH) {
        for (uint64_t i = 0; i * TILE_WIDTH < size; i++) {
            uint64_t left = size - i * TILE_WIDTH;
            uint64_t width = left < TILE_WIDTH ? left : TILE_WIDTH;
            if (!is_there(self, folder, level, i, width) ||
                (level == 0 && !is_there(self, folder, TILE_ENTRIES, i, width)))
                return cause_set(why,
                    "%s: tile or bundle %llu of level %d is missing, of width %llu",
                    folder, (unsigned long long)i, level, (unsigned long long)width);
        }
    }
    return 0;
}

void audit_checkpoint(audit_walk_t *self)
{
    char path[PATH_MAX];
    buf_t note = {0};
    cause_t *why = &self->no_checkpoint;
    if (path_join(path, sizeof path, self->options->folder, "checkpoint", why) == 0 &&
        file_read(path, NOTE_LIMIT, &note, why) == 0) {
        if (checkpoint_open(
                &self->published, buf_span(&note), self->options->vkey, why) == 0)
            why->text[0] = '\0';
        else
            cause_prefix(why, "%s", path);
    }
    buf_destroy(&note);
}

static int check_checkpoint(audit_walk_t *self, const char *path, cause_t *why)
{
    const checkpoint_t *checkpoint = &self->published;
    hash_t root;
    if (self->no_checkpoint.text[0]) {
        *why = self->no_checkpoint;
        return -1;
    }
    if (checkpoint->size > self->tree.size)
        return cause_set(why, "%s: covers %llu entries, but the journal ends at %llu",
            path, (unsigned long long)checkpoint->size,
            (unsigned long long)self->tree.size);
    leaves_root(self->leaves, 0, checkpoint->size, &root);
    if (!hash_equal(&root, &checkpoint->root))
        return cause_set(
            why, "%s: another root than that of the journal's entries", path);
    self->found->checkpoint = checkpoint->size;
    return 0;
}

int audit_published(audit_walk_t *self, cause_t *why)
{
    char checkpoint[PATH_MAX], tiles[PATH_MAX];
    const char *folder = self->options->folder;
    if (path_join(checkpoint, sizeof checkpoint, folder, "checkpoint", why) != 0 ||
        path_join(tiles, sizeof tiles, folder, "tile", why) != 0 ||
        check_checkpoint(self, checkpoint, why) != 0 ||
        walk_tiles(self, tiles, strlen(tiles), why) != 0)
        return -1;
    return need_tiles(self, folder, why);
}
