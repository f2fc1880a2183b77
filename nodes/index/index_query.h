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

// Of ASK_ROWS, in this order.
enum {
    ROW_KEY,
    ROW_FOLDER,
    ROW_STEM,
    ROW_NUMBER,
    ROW_ID,
    ROW_AUTHOR,
    ROW_ON_BEHALF,
    ROW_KIND,
    ROW_MARKING,
    ROW_STATUS,
    ROW_EXERCISE,
    ROW_SENT_MS,
    ROW_AT_MS,
    ROW_LEVEL,
    ROW_SECTOR,
    ROW_OBJECT,
    ROW_KK,
    ROW_RU,
    ROW_EN,
    ROW_INCIDENT_AUTHOR,
    ROW_INCIDENT_ID,
    ROW_FIRST_AUTHOR,
    ROW_FIRST_ID,
    ROW_CAUSE_AUTHOR,
    ROW_CAUSE_ID,
    ROW_COLUMNS
};

#endif
