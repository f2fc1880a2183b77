// inbox_filter - which messages of an inbox, or of what came along, a person wants to
// see.

#ifndef NODES_TOOLS_INBOX_FILTER_H
#define NODES_TOOLS_INBOX_FILTER_H

#include "nodes/inbox/mail.h"
#include "nodes/index/index_update.h"

// What is NULL, 0 or not said is not asked for.
typedef struct {
    const char *feed, *sector, *kind, *from, *object, *exercise;
    const char *search; // words: only a catalogue finds them
    int64_t level, after, carried;
    bool sent; // of what this node sent, instead of its inbox
    bool has_since, has_until;
    int64_t since_ms, until_ms; // by the hub's time; until is not among them
} inbox_filter_t;

// Of --since and --until, as nodes/cli/when.h reads them; either may be NULL.
int inbox_filter_times(
    inbox_filter_t *self, const char *since, const char *until, cause_t *why);
// Of a filter by which nothing was found: what of it can find nothing, since there is no
// such thing.  On standard error.
void inbox_filter_doubt(const inbox_filter_t *self);
// By the message itself; `search` is not looked at.
bool inbox_wanted(const mail_t *mail, const inbox_filter_t *filter);

typedef enum {
    INBOX_NAMED, // the names are what to show, and what cannot be read among it
    INBOX_READ,  // read the files from the newest on: `why` is not a fault where it is ""
    INBOX_FAILED,
} inbox_found_t;
// By the catalogue of this folder's node, the newest `last` (0: all).  `say` is told of
// the catalogue itself: a line for people; `progress` of its making.
typedef struct {
    const char *node;
    index_progress_t *progress;
    void *context;
    bool in_memory, anew; // out: it could not be written; it was damaged
} inbox_search_t;
inbox_found_t inbox_names(inbox_search_t *self, const inbox_filter_t *filter,
    int64_t last, names_t *names, cause_t *why);

#endif
