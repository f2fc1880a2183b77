// What the searching files of nodes/index/ share: a query as SQL.

#ifndef NODES_INDEX_INDEX_QUERY_H
#define NODES_INDEX_INDEX_QUERY_H

#include "nodes/index/index_find.h"

#include <sqlite3.h>

typedef enum {
    ASK_ROWS,  // the newest first
    ASK_NAMES, // by name, the last first
    ASK_COUNT
} index_ask_t;

// Prepared and bound; NULL with the cause.  At most `most` rows; 0: all.
sqlite3_stmt *index_query_prepare(mail_index_t *self, const index_query_t *query,
    index_ask_t ask, int64_t most, cause_t *why);
// Whether there is nothing that it could find.
bool index_query_empty(const index_query_t *query);
// Behind what stands in the statement's text: "EXPLAIN QUERY PLAN " or "".
sqlite3_stmt *index_query_explain(
    mail_index_t *self, const index_query_t *query, index_ask_t ask, cause_t *why);

// Columns of ASK_ROWS, in this order.
enum { ROW_KEY, ROW_FOLDER, ROW_STEM };

#endif
