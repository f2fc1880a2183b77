// kin - what messages are of each other through corrections and threads
// (lib/message/lineage.h), kept on disk: looked up by name, in a list of names.

#ifndef HUB_STATE_KIN_H
#define HUB_STATE_KIN_H

#include "hub/state/lookup.h"
#include "lib/message/lineage.h"

typedef struct kin kin_t;

// `lookup` is borrowed.  Empty; or as it was when kin_save wrote this.
kin_t *kin_open(const char *state_folder, lookup_t *lookup, cause_t *why);
kin_t *kin_again(
    const char *state_folder, lookup_t *lookup, reader_t *from, cause_t *why);
void kin_save(const kin_t *self, buf_t *out);
void kin_close(kin_t **self_p);
lineage_keeper_t kin_keeper(kin_t *self);
// Whether all of it that was wanted could be read and kept.
int kin_check(const kin_t *self, cause_t *why);

#endif
