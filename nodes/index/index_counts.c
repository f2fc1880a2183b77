// index_counts - one pass each, along an index: rows of one incident follow each other,
// the oldest first.

#include "nodes/index/index_counts.h"

#include "lib/base/text.h"
#include "nodes/index/mail_index_state.h"

#include <stdio.h>
#include <string.h>

enum { SECTOR_MAX = 64 };

// What takes back or replaces a message: of its own chain, or of what it was derived
// from.
#define STANDS(m)                                                                        \
    "NOT EXISTS (SELECT 1 FROM message w WHERE w.withdraws > 0 AND w.first_id = " m      \
    ".first_id AND w.first_author = " m ".first_author AND w.key > " m                   \
    ".key AND w.box > 0) AND (" m ".cause_id IS NULL OR NOT EXISTS (SELECT 1 FROM "      \
    "message c JOIN message w ON w.withdraws > 0 AND w.first_id = c.first_id AND "       \
    "w.first_author = c.first_author AND w.key > c.key AND w.box > 0 WHERE c.id = " m    \
    ".cause_id AND c.author = " m ".cause_author))"

static const char incidents_sql[] =
    "SELECT m.incident_id, m.incident_author, m.at_ms, m.level, m.sector, m.withdraws < "
    "2 "
    "AND " STANDS(
        "m") ", m.first_id = m.incident_id AND m.first_author = "
             "m.incident_author, m.withdraws FROM message m INDEXED BY by_incident WHERE "
             "m.incident_id IS NOT "
             "NULL AND m.incident_id > '' AND m.box > 0 AND m.status = 'actual' ORDER BY "
             "m.incident_id, m.incident_author, m.key";

typedef struct {
    reference_t name;
    index_incident_t found;
    char sector[SECTOR_MAX];
    bool any, withdrawn;
} collected_t;

static void tell(collected_t *self, index_incident_visit_t *visit, void *context)
{
    self->found.sector = self->sector;
    if (self->any && !self->withdrawn)
        visit(context, &self->found);
}

static bool is_same(const collected_t *self, sqlite3_stmt *row)
{
    return self->any && strcmp(index_text(row, 0), self->name.id) == 0 &&
           strcmp(index_text(row, 1), self->name.author) == 0;
}

static void begin(collected_t *self, sqlite3_stmt *row)
{
    *self = (collected_t){.any = true};
    (void)text_copy(span_text(index_text(row, 0)), self->name.id, sizeof self->name.id);
    (void)text_copy(
        span_text(index_text(row, 1)), self->name.author, sizeof self->name.author);
    self->found.at_ms = sqlite3_column_int64(row, 2);
    self->found.level = -1;
}

// The newest that says something says it for the incident.
static void take(collected_t *self, sqlite3_stmt *row)
{
    // The chain that it began with tells whether it stands.
    if (sqlite3_column_int(row, 6) != 0)
        self->withdrawn = sqlite3_column_int(row, 7) == WITHDRAWS_CANCELS;
    if (sqlite3_column_int(row, 5) == 0)
        return;
    if (sqlite3_column_type(row, 3) != SQLITE_NULL)
        self->found.level = sqlite3_column_int(row, 3);
    if (index_text(row, 4)[0])
        (void)text_copy(span_text(index_text(row, 4)), self->sector, sizeof self->sector);
}

int index_incidents(
    mail_index_t *self, index_incident_visit_t *visit, void *context, cause_t *why)
{
    collected_t incident = {.any = false};
    int more;
    sqlite3_stmt *rows = index_prepare(self, incidents_sql, why);
    if (!rows)
        return -1;
    while ((more = index_step(self, rows, why)) == 1) {
        if (!is_same(&incident, rows)) {
            tell(&incident, visit, context);
            begin(&incident, rows);
        }
        take(&incident, rows);
    }
    tell(&incident, visit, context);
    (void)sqlite3_finalize(rows);
    return more;
}

// --- answers ---------------------------------------------------------------------------

#define FIRST_ANSWER                                                                     \
    "(SELECT min(a.at_ms) FROM message a WHERE a.re_id = m.id AND a.re_author = "        \
    "m.author AND a.box = 2)"

static const char grave_sql[] =
    "SELECT m.kind, m.at_ms, " FIRST_ANSWER " t FROM message m INDEXED BY by_level WHERE "
    "m.level >= ?1 AND m.box = 1 AND m.status = 'actual' AND m.withdraws < 2 AND (t IS "
    "NOT NULL OR (" STANDS("m") "))";

static const char answered_sql[] =
    "SELECT m.kind, m.at_ms, min(a.at_ms) FROM message a INDEXED BY by_box CROSS JOIN "
    "message m ON m.id = a.re_id AND m.author = a.re_author WHERE a.box = 2 AND m.box = "
    "1 "
    "AND m.status = 'actual' AND (m.level IS NULL OR m.level < ?1) GROUP BY m.key";

static int visit_asked(mail_index_t *self, const char *sql, int level,
    index_asked_visit_t *visit, void *context, cause_t *why)
{
    int more;
    sqlite3_stmt *rows = index_prepare(self, sql, why);
    if (!rows)
        return -1;
    (void)sqlite3_bind_int(rows, 1, level);
    while ((more = index_step(self, rows, why)) == 1) {
        index_asked_t asked = {.kind = index_text(rows, 0),
            .at_ms = sqlite3_column_int64(rows, 1),
            .answered = sqlite3_column_type(rows, 2) != SQLITE_NULL,
            .answered_ms = sqlite3_column_int64(rows, 2)};
        visit(context, &asked);
    }
    (void)sqlite3_finalize(rows);
    return more;
}

int index_asked(mail_index_t *self, int level, index_asked_visit_t *visit, void *context,
    cause_t *why)
{
    return visit_asked(self, grave_sql, level, visit, context, why) == 0
               ? visit_asked(self, answered_sql, level, visit, context, why)
               : -1;
}
