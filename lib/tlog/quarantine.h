// quarantine - entries of the log that nobody can read, and that an operator has set
// aside so that the hub can start: an entry of type `quarantine` says so of each.
//
//     dabyl-quarantine/v1
//     position <decimal>
//     reason <line>
//
// The entry that is set aside stays where it is, proven by the tree; only the lines of
// its record that deliver it count, so that no number of an inbox shifts.

#ifndef LIB_TLOG_QUARANTINE_H
#define LIB_TLOG_QUARANTINE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum {
    QUARANTINE_MAX = 64,  // entries at a time: more is no accident of a few
    QUARANTINE_TEXT = 256 // a reason, with its zero
};

typedef struct {
    uint64_t position;
    bool unreadable; // the reader failed at it, in this very run
    bool entered;    // the log says that it is set aside
    bool ordered;    // the operator says so now
    bool folded;     // it was read and folded although an entry sets it aside
    char reason[QUARANTINE_TEXT];
} aside_t;

typedef struct {
    size_t n;
    aside_t item[QUARANTINE_MAX];
} quarantine_t;

// A start over the same journal: what is known to be set aside stays so.
void quarantine_again(quarantine_t *self);
// The operator's order, before the journal is read.
int quarantine_order(quarantine_t *self, uint64_t position, cause_t *why);
// Whether the entry is to be left alone unread: the log is known to say so.
bool quarantine_holds(const quarantine_t *self, uint64_t position);
// Whether it was left alone in this run, unread: the log says so, or the operator did.
bool quarantine_names(const quarantine_t *self, uint64_t position);
// The reader cannot read the entry.  -1 when there are more such than can be set aside.
int quarantine_fail(quarantine_t *self, uint64_t position, const cause_t *because);
// An entry at `at` sets this position aside.  -1 when it cannot.
int quarantine_enter(
    quarantine_t *self, uint64_t at, uint64_t position, const char *reason, cause_t *why);
// After everything was read, `entries` of them.  -1, and what an operator can do, when an
// entry could not be read and is not set aside, or when the order was for one that can
// be.
int quarantine_check(const quarantine_t *self, uint64_t entries, cause_t *why);
// What is known of entries, as bytes, and from them; false: there are too few of them.
void quarantine_save(const quarantine_t *self, buf_t *out);
bool quarantine_load(quarantine_t *self, reader_t *from);
// Whether an entry was folded that the log sets aside later: another reader could not
// read it.  The journal is to be read once more.
bool quarantine_late(const quarantine_t *self);
// The next that is to have its entry, by the operator's order; NULL: none.  Start with 0.
const aside_t *quarantine_due(const quarantine_t *self, size_t *cursor);

void quarantine_print(const aside_t *aside, buf_t *out);
int quarantine_parse(
    span_t text, uint64_t *position, char reason[QUARANTINE_TEXT], cause_t *why);

#endif
