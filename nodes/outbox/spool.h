// spool - sealed parcels that were not answered completely, one file each in state/spool.
//
// A parcel names the taken files that it was made of (nodes/outbox/tray.h).  As soon as
// it is written, it stands for them: they are removed, now or at the next start.  So a
// crash at any point leaves either the files or the parcel, and never makes two messages
// of one file.

#ifndef NODES_OUTBOX_SPOOL_H
#define NODES_OUTBOX_SPOOL_H

#include "lib/base/cause.h"
#include "nodes/link/parcel.h"

typedef struct spool spool_t;

// `folder` is the node's; makes state/spool in it.
spool_t *spool_open(const char *folder, cause_t *why);
void spool_close(spool_t **self_p);

// Write a parcel, and of each document the taken file it was made of.  Its serial is the
// high part of its items' tags.
int spool_put(spool_t *self, uint64_t serial, const parcel_t *parcel,
    const char *const *source, cause_t *why);
uint64_t spool_next(spool_t *self); // a serial that was never used here
int spool_remove(spool_t *self, uint64_t serial, cause_t *why);

// For starting: the serials there are, in order; n of them in *serials (to be freed).
int spool_list(const spool_t *self, uint64_t **serials, size_t *n, cause_t *why);
// Read a parcel.  Items for which `wanted` says false are left out; an empty parcel is
// returned when none is wanted.  NULL when the file is damaged.
typedef struct {
    const char *id, *source; // of the document
    span_t document;
} spool_item_t;
typedef bool (*spool_wanted_fn)(void *context, const spool_item_t *item);
parcel_t *spool_read(const spool_t *self, uint64_t serial, spool_wanted_fn wanted,
    void *context, cause_t *why);

// For who only looks, while the daemon goes on: each document of a node's parcels.  What
// cannot be read, or is gone by then, is passed over.
typedef void spool_visit_t(void *context, const spool_item_t *item);
void spool_each(const char *folder, spool_visit_t *visit, void *context);

enum { SPOOL_TAG_BITS = 16 }; // tag = serial << SPOOL_TAG_BITS | place in the parcel

#endif
