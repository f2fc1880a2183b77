// tiles - a log's hashes and leaves as files, in the layout of C2SP tlog-tiles.
//
//     tile/<level>/<index>[.p/<width>]      hashes, 32 bytes each
//     tile/entries/<index>[.p/<width>]      leaves, each after its length in two bytes
//
// Leaves are given in order from the first one on; only the right edge of the tree is
// held in memory, at most 256 leaves and 256 hashes a level.  A file that is there
// already with the same bytes is left alone, so that giving all leaves again repairs what
// is missing or torn.  Nothing is flushed: it all can be written again.

#ifndef LIB_TLOG_TILES_H
#define LIB_TLOG_TILES_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/merkle.h"

enum { TILE_WIDTH = 256, TILE_ENTRIES = -1, TILE_PATH = 96 };

// "tile/0/x001/234" or, with a width below 256, "tile/0/x001/234.p/112".  A level of
// TILE_ENTRIES means the bundle of leaves.
void tile_path(int level, uint64_t index, unsigned width, char out[TILE_PATH]);

typedef struct tiles tiles_t;

// "tile" is made below `folder`, and ".new", in which a file is written before it
// replaces another.
tiles_t *tiles_open(const char *folder, cause_t *why);
void tiles_close(tiles_t **self_p);
// Before the first leaf: the first `size` of them, a multiple of TILE_WIDTH, are on the
// disk; `fetch` yields the hashes of complete subtrees (merkle_fetch_fn).
int tiles_resume(tiles_t *self, uint64_t size, merkle_fetch_fn fetch, void *context);
uint64_t tiles_size(const tiles_t *self); // leaves taken
// The next leaf and its hash, merkle_leaf.  A tile that is full is written and its
// partial ones are removed.  After -1 the leaf was not taken; give it again when the disk
// may have recovered.
int tiles_add(tiles_t *self, span_t leaf, const hash_t *hash, cause_t *why);
// Writes whatever a reader of the tree of this size needs besides the full tiles.  `size`
// is at most tiles_size and at least that of the call before.  May be repeated after -1.
int tiles_publish(tiles_t *self, uint64_t size, cause_t *why);

#endif
