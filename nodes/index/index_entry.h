// index_entry - what the catalogue holds of one message.

#ifndef NODES_INDEX_INDEX_ENTRY_H
#define NODES_INDEX_INDEX_ENTRY_H

#include "nodes/inbox/mail.h"

// The folders that it is made of.
typedef enum { INDEX_INBOX = 1, INDEX_SENT, INDEX_CARRIED, INDEX_FOLDERS } index_folder_t;

const char *index_folder_name(index_folder_t folder); // "inbox"

typedef enum { WITHDRAWS_NOTHING, WITHDRAWS_CORRECTS, WITHDRAWS_CANCELS } withdraws_t;

// Texts are borrowed, and "" where there is none.  A row of a list is read from the file:
// here is by what messages are found and counted.
typedef struct {
    index_folder_t folder;
    const char *stem; // the file's name without its ending
    uint64_t number;  // in the inbox; 0: none
    const char *id, *author, *kind, *status, *exercise;
    int64_t at_ms;     // as the hub says; its author where there is no proof
    uint64_t position; // in the hub's log
    int level;         // -1: none
    const char *sector, *object;
    const json_t *objects; // others that it is about, as it names them; NULL: none
    reference_t incident, re, cause, original; // author[0] == 0: none
    withdraws_t withdraws;                     // what it does to `original`
    const routing_t *more;                     // lines of feeds among them; NULL: none
    span_t words;
} index_entry_t;

// Of a message that was read.  `self` borrows from `mail`, `stem` and `words`, which is
// the caller's to destroy.
void index_entry_of(index_entry_t *self, const mail_t *mail, index_folder_t folder,
    const char *stem, buf_t *words);

#endif
