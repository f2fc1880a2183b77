// published_checkpoint - the checkpoint that a journal's folder shows to the public.

#ifndef HUB_JOURNAL_PUBLISHED_CHECKPOINT_H
#define HUB_JOURNAL_PUBLISHED_CHECKPOINT_H

#include "lib/tlog/note.h"

// Reads "<folder>/checkpoint" and checks its signature.  A size of 0 when there is none
// yet.
int published_checkpoint_read(
    checkpoint_t *self, const char *folder, const log_vkey_t *vkey, cause_t *why);

#endif
