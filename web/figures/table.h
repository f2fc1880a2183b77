// table - figures in columns and rows, as JSON and as CSV.
//
//     {"columns": ["period", "0", ...], "rows": [["2026-11-22", 3, ...], ...]}

#ifndef WEB_FIGURES_TABLE_H
#define WEB_FIGURES_TABLE_H

#include "lib/base/bytes.h"

#include <jansson.h>

// Texts are quoted where they have to be (RFC 4180), and what a spreadsheet would take
// for a formula has an apostrophe before it; null is an empty cell.  Appended to `out`.
void table_csv(const json_t *table, buf_t *out);

#endif
