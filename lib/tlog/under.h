// under - documents that come with the heads of their seals, and whether each is where
// its head has it.
//
// The i-th that is added is document i.  All are added, then sorted by their heads, then
// it is said what each is, and each head proven: the last two also on several threads, as
// long as no two have the same head.

#ifndef LIB_TLOG_UNDER_H
#define LIB_TLOG_UNDER_H

#include "lib/tlog/sealing.h"

#define UNDER_NONE SIZE_MAX // a document that has no head here

typedef struct under under_t;

under_t *under_new(void);
void under_destroy(under_t **self_p);
void under_clear(under_t *self);
// The next document, at this place under the head of this number.
void under_add(under_t *self, size_t head, uint32_t index);
// All are added, and there are so many heads.
void under_sort(under_t *self, size_t heads);
// What document i is: its SHA-256.
void under_is(under_t *self, size_t i, const hash_t *document);
// How many are under a head, and which the k-th of them is, in the order they were added.
size_t under_count(const under_t *self, size_t head);
size_t under_at(const under_t *self, size_t head, size_t k);
// That all documents under the head are where it has them; with `paths` under_path has
// the audit path of each from then on.  -1 when they are not.
int under_prove(under_t *self, size_t head, const sealed_head_t *sealed, bool paths);
// The audit path of document i under its head, borrowed until the next under_clear; false
// when its place is not proven.
bool under_path(const under_t *self, size_t i, span_t *path);

#endif
