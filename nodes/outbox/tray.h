// tray - the folder that files are put into to be sent, and the private one that each is
// taken into first.
//
// Whoever may write into outbox/ may replace what lies there at any moment.  So a file is
// renamed out of it, in one step, into a folder below state/taken that only this node may
// enter.  What it is called there (taken.h) tells it from all others from then on; its
// former name and its times do not.

#ifndef NODES_OUTBOX_TRAY_H
#define NODES_OUTBOX_TRAY_H

#include "lib/base/bytes.h"
#include "nodes/outbox/look.h"
#include "nodes/outbox/taken.h"

#include <limits.h>
#include <stdint.h>

typedef struct tray tray_t;

// `folder` is the node's.  Makes outbox and state/taken in it.
tray_t *tray_open(const char *folder, cause_t *why);
void tray_close(tray_t **self_p);
int tray_outbox(const tray_t *self); // descriptor, borrowed
// Whoever moves the outbox away and makes another means that one: 1 when it is another by
// now, 0 when it is not, -1 when there is none.
int tray_follow(tray_t *self, cause_t *why);

look_result_t tray_look(const tray_t *self, const char *name, look_t *out, cause_t *why);
look_result_t tray_look_taken(
    const tray_t *self, const char *take, look_t *out, cause_t *why);

typedef enum {
    TRAY_TAKEN,  // it is the file that was looked at
    TRAY_OTHER,  // another one that came under its name meanwhile: look at it
    TRAY_GONE,   // there is none of this name any more
    TRAY_FAILED, // it stays where it is; the cause says why
    TRAY_STUCK,  // so does every file, as when the disk is full
} tray_result_t;

// Take a file out of the outbox.  Not on stable storage before tray_flush.
tray_result_t tray_take(tray_t *self, const char *name, const look_t *look,
    int64_t now_ms, char take[TAKEN_MAX], cause_t *why);
// What was taken stays taken, what was removed stays removed.  Begins a new batch.
int tray_flush(tray_t *self, cause_t *why);
// Remove a taken file.  Fine when it is not there.
int tray_remove(tray_t *self, const char *take, cause_t *why);
// Move a taken file elsewhere, over nothing that is there (errno EEXIST); where no rename
// reaches that folder, back as outbox/.refused-....
int tray_move_taken(const tray_t *self, const char *take, int folder, const char *to);

// What an earlier process took and has not removed, in the order of taking.  `visit`
// must not take or remove anything.
int tray_each(const tray_t *self, void (*visit)(void *context, const char *take),
    void *context, cause_t *why);

#endif
