// What the files of nodes/index/ share of a catalogue, and nobody else.

#ifndef NODES_INDEX_MAIL_INDEX_STATE_H
#define NODES_INDEX_MAIL_INDEX_STATE_H

#include "nodes/index/index_entry.h"
#include "nodes/index/mail_index.h"

#include <limits.h>
#include <sqlite3.h>
#include <sys/types.h>

// Of a message, its `box`: where it is, or that it cannot be shown.
enum { BOX_UNREADABLE = -1, BOX_GONE = 0 };

struct mail_index {
    sqlite3 *db;
    int lock; // held for writing; -1: not
    bool damaged, in_memory;
    dev_t device; // of the file that it was opened as
    ino_t inode;
    const char *anew;
    char node[PATH_MAX];
};

// All return -1 or NULL with the cause, and notice when the file is damaged.
int index_fail(mail_index_t *self, cause_t *why);
int index_run(mail_index_t *self, const char *sql, cause_t *why);
sqlite3_stmt *index_prepare(mail_index_t *self, const char *sql, cause_t *why);
// 1: there is a row; 0: there are no more.
int index_step(mail_index_t *self, sqlite3_stmt *statement, cause_t *why);
// The statement is done with: 0, or -1 when it failed before.
int index_finish(mail_index_t *self, sqlite3_stmt *statement, cause_t *why);
// Borrowed texts: they outlive the statement's next step.
void index_bind(sqlite3_stmt *statement, int at, const char *text); // NULL for ""
const char *index_text(sqlite3_stmt *statement, int column);        // "" for NULL

// Words and numbers that it keeps about itself.
int64_t index_number(mail_index_t *self, const char *name, int64_t preset);
int index_keep(mail_index_t *self, const char *name, int64_t value, cause_t *why);

// "inbox" -> "<node>/inbox"; when it changed last, by the folder itself, in nanoseconds;
// 0: not known, or so lately that more may come within the same tick; -1: there is none.
int index_folder_path(
    const mail_index_t *self, index_folder_t folder, char out[PATH_MAX], cause_t *why);
int64_t index_folder_changed(const mail_index_t *self, index_folder_t folder);

#endif
