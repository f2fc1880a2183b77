// head - where the log ends: its newest durable checkpoint, signed, and the one after the
// batch at hand, which another thread signs while the disk flushes.
//
// The next one becomes the newest when its batch is durable, and is forgotten when there
// was no room for that.

#ifndef HUB_JOURNAL_HEAD_H
#define HUB_JOURNAL_HEAD_H

#include "lib/tlog/merkle.h"
#include "lib/tlog/note.h"

typedef struct head head_t;

// At the tree there is, signed at once.  The keys are borrowed for as long as it lives.
head_t *head_new(const log_vkey_t *vkey, const uint8_t secret[64], const merkle_t *tree);
void head_destroy(head_t **self_p);
// The batch at hand makes this of the tree.
void head_next(head_t *self, const merkle_t *tree);
// Sign the next one: work for another thread, which nobody else asks for anything
// meanwhile but what is durable.
void head_sign(void *self, size_t unused);
// The next one was signed, and its batch is durable.
void head_advance(head_t *self);
const checkpoint_t *head_checkpoint(const head_t *self);
span_t head_note(const head_t *self); // the same as text; valid until head_advance

#endif
