// index_put - one message more in the catalogue.

#ifndef NODES_INDEX_INDEX_PUT_H
#define NODES_INDEX_INDEX_PUT_H

#include "nodes/index/index_entry.h"
#include "nodes/index/mail_index.h"

typedef struct index_put index_put_t; // keeps its statements between messages

index_put_t *index_put_begin(mail_index_t *index, cause_t *why);
void index_put_end(index_put_t **self_p);
// In the order that they come in; a chain of corrections comes out the same in any.
int index_put(index_put_t *self, const index_entry_t *entry, cause_t *why);
// A file that is no message, or cannot be read: so that it is not tried each time, and
// shown as what it is.
int index_put_unreadable(
    index_put_t *self, index_folder_t folder, const char *stem, cause_t *why);
// It is not in its folder any more, or there again.
int index_put_gone(
    index_put_t *self, index_folder_t folder, const char *stem, bool gone, cause_t *why);
// Forget a file that could not be read, to try it again.
int index_put_forget(
    index_put_t *self, index_folder_t folder, const char *stem, cause_t *why);

#endif
