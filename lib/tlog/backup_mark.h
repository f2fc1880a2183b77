// backup_mark - when a hub was last backed up, beside its state: for status, metrics and
// doctor.
//
//     dabyl-backed-up/v1
//     <time> <entries>

#ifndef LIB_TLOG_BACKUP_MARK_H
#define LIB_TLOG_BACKUP_MARK_H

#include "lib/base/cause.h"

#include <stdint.h>

typedef struct {
    int64_t made_ms;
    uint64_t entries;
} backup_mark_t;

// "<state>/backed-up", by the hub's user.
int backup_mark_write(const char *state, const backup_mark_t *mark, cause_t *why);
// 1, or 0 when there never was a backup, or -1.
int backup_mark_read(const char *state, backup_mark_t *mark, cause_t *why);

#endif
