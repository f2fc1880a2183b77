// tile_name - numbers are read and the path is made of them again: where both are the
// same there is nothing in it that was not meant.

#include "lib/tlog/tile_name.h"

#include "lib/base/bytes.h"
#include "lib/tlog/tiles.h"

#include <string.h>

enum { LEVEL_MOST = 7, GROUPS_MOST = 7, BITS = 8 }; // bits of a level's index

static bool is_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

// "x001/234" up to what follows; false: it is none.
static bool read_index(const char **at, uint64_t *index)
{
    *index = 0;
    for (int groups = 0; groups < GROUPS_MOST; groups++) {
        bool more = **at == 'x';
        *at += more;
        if (!is_digits(*at, 3)) // ends where the text does
            return false;
        *index = *index * 1000 + (uint64_t)((*at)[0] - '0') * 100 +
                 (uint64_t)((*at)[1] - '0') * 10 + (uint64_t)((*at)[2] - '0');
        *at += 3;
        if (!more)
            return true;
        if (*(*at)++ != '/')
            return false;
    }
    return false;
}

static bool read_level(const char **at, int *level)
{
    static const char entries[] = "entries/";
    if (strncmp(*at, entries, sizeof entries - 1) == 0) {
        *level = TILE_ENTRIES;
        *at += sizeof entries - 1;
        return true;
    }
    if ((*at)[0] < '0' || (*at)[0] > '0' + LEVEL_MOST || (*at)[1] != '/')
        return false;
    *level = (*at)[0] - '0';
    *at += 2;
    return true;
}

static bool read_width(const char *at, unsigned *width)
{
    uint64_t number;
    *width = TILE_WIDTH;
    if (*at == 0)
        return true;
    if (strncmp(at, ".p/", 3) != 0 || !decimal_decode(span_text(at + 3), &number) ||
        number == 0 || number >= TILE_WIDTH)
        return false;
    *width = (unsigned)number;
    return true;
}

bool tile_name_parse(const char *path, tile_name_t *name)
{
    char again[TILE_PATH];
    const char *at = path + 5;
    if (strncmp(path, "tile/", 5) != 0 || !read_level(&at, &name->level) ||
        !read_index(&at, &name->index) || !read_width(at, &name->width))
        return false;
    tile_path(name->level, name->index, name->width, again);
    return strcmp(path, again) == 0;
}

bool tile_name_within(const tile_name_t *name, uint64_t size)
{
    int level = name->level == TILE_ENTRIES ? 0 : name->level;
    uint64_t nodes = size >> (BITS * level); // complete subtrees of that level
    return name->index <= nodes / TILE_WIDTH &&
           name->index * TILE_WIDTH + name->width <= nodes;
}
