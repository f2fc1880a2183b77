// feeds - what nodes have asked to read along, and which feeds a message is one of.
//
// All of it is folded from records: `subscribes` lines are a feed that stands from then
// on, in the place of one of the same name by the same node; `unsubscribes` ends it;
// `feed` lines count its messages.  What follows a message of a feed in the same thread,
// and is of one of its kinds, is of it too: an update that gives no level says what
// became of an incident that had one.
//
// A message looks at the feeds that ask for something it has, and not at all there are.

#ifndef HUB_STATE_FEEDS_H
#define HUB_STATE_FEEDS_H

#include "lib/base/cause.h"
#include "lib/message/document.h"
#include "lib/message/feed.h"

typedef struct feeds feeds_t;

// A feed that stands.  Borrowed until the next entry.
typedef struct {
    const char *node;
    const feed_t *feed;
    reference_t subscription; // the newest that says what it is
    uint64_t since, changed;  // positions of the first and of that one
    uint64_t count;           // of its messages
    hash_t digest;            // of their names
} standing_feed_t;

// The key, of 16 bytes, is that of the hashes of threads, which are all that is kept of
// them.
feeds_t *feeds_new(const uint8_t *key);
void feeds_destroy(feeds_t **self_p);
// What is durable, while nothing is drafted; into new feeds with the same key.
void feeds_save(const feeds_t *self, buf_t *out);
int feeds_load(feeds_t *self, reader_t *from, cause_t *why);
// What an entry says; `thread` is what its message, or the incident it names, began as.
// One that is durable, in the log's order: what was drafted is forgotten with it.
void feeds_add(feeds_t *self, const leaf_t *leaf, const routing_t *routing,
    const reference_t *thread);
// One that this turn drafted.
void feeds_draft(feeds_t *self, const leaf_t *leaf, const routing_t *routing,
    const reference_t *thread);
// A feed that stands follows this thread, too: what a subscription brought along.
void feeds_follow(feeds_t *self, const char *node, const char *name,
    const reference_t *thread, bool drafted);
// Nothing is drafted.
void feeds_begin(feeds_t *self);

// The feeds that a message is one of.
typedef struct {
    size_t n, room;
    const standing_feed_t **feed; // of other nodes than its author
} feeds_found_t;
// `thread` has no author where the message belongs to none.  The memory is used again.
void feeds_find(feeds_t *self, const feed_facts_t *facts, const reference_t *thread,
    feeds_found_t *found);
void feeds_found_close(feeds_found_t *found);

// The node's feed of this name, or NULL; its feeds, from *i == 0 on; NULL after the last.
const standing_feed_t *feeds_named(feeds_t *self, const char *node, const char *name);
const standing_feed_t *feeds_of(feeds_t *self, const char *node, size_t *i);
size_t feeds_count(const feeds_t *self); // all that stand

#endif
