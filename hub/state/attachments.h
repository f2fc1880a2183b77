// attachments - which files messages name, which of them their authors have handed in,
// and so who may do what with them.
//
// Folded from routing records and `attachment` entries; nodes are the indexes of their
// inboxes.  Handing in counts for one author: whoever knows a digest and names it in a
// message of its own gets nothing by that.

#ifndef HUB_STATE_ATTACHMENTS_H
#define HUB_STATE_ATTACHMENTS_H

#include "hub/state/history.h"
#include "hub/state/inboxes.h"
#include "lib/base/bytes.h"
#include "lib/base/refusal.h"

typedef struct attachments attachments_t;

// Who wants a file, and where it is looked up what that node had; all is borrowed.
typedef struct {
    int inbox;
    const char *node;
    const inboxes_t *inboxes;
    history_t *history; // who was brought a message later; NULL: nobody was
} attachments_asker_t;

attachments_t *attachments_new(void);
void attachments_destroy(attachments_t **self_p);
// As bytes, and from them into none, where authors have other inboxes; -1: there are too
// few of them.
void attachments_save(const attachments_t *self, const inboxes_t *inboxes, buf_t *out);
int attachments_load(
    attachments_t *self, inboxes_t *inboxes, reader_t *from, cause_t *why);
// The message at this position names the file.
void attachments_named(attachments_t *self, const hash_t *digest, uint64_t size,
    int author, uint64_t position);
// It was erased, with the messages that named it: nobody gets it or hands it in, but who
// names it anew.
void attachments_erased(attachments_t *self, const hash_t *digest);
// Whether it is erased as far as this author's messages go.
bool attachments_is_erased(const attachments_t *self, const hash_t *digest, int author);
// The positions of the messages that name a file, one after the other; false at the end.
// `{0}` begins.
typedef struct {
    size_t item, naming;
} attachments_cursor_t;
bool attachments_naming(const attachments_t *self, const hash_t *digest,
    attachments_cursor_t *cursor, uint64_t *position);
// The entry at this position says that the author has handed it in.
void attachments_handed_in(
    attachments_t *self, const hash_t *digest, int author, uint64_t position);

size_t attachments_count(const attachments_t *self); // that were handed in, by author
// Whether this author has handed it in, and which entry says so.
bool attachments_entry(
    const attachments_t *self, const hash_t *digest, int author, uint64_t *position);
// Whether this node may hand in that file: 0, or -1 and the refusal.
int attachments_give(const attachments_t *self, const hash_t *digest, uint64_t size,
    int node, refusal_t *refusal);
// Whether this node may fetch that file, which was handed in: 0, or -1 and the refusal.
// `inboxes` says what was delivered to it.
int attachments_fetch(const attachments_t *self, const hash_t *digest,
    const attachments_asker_t *asker, refusal_t *refusal);

#endif
