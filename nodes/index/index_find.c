// index_find - which files they are; what they say is read from them.

#include "nodes/index/index_find.h"

#include "lib/base/memory.h"
#include "nodes/index/index_query.h"
#include "nodes/index/mail_index_state.h"

#include <stdlib.h>
#include <string.h>

struct index_found {
    mail_index_t *index;
    sqlite3_stmt *rows; // NULL: there is nothing to find
};

index_found_t *index_find(
    mail_index_t *index, const index_query_t *query, size_t most, cause_t *why)
{
    index_found_t *self = memory_new(1, sizeof *self);
    self->index = index;
    if (index_query_empty(query))
        return self;
    self->rows = index_query_prepare(index, query, ASK_ROWS, (int64_t)most, why);
    if (!self->rows)
        index_found_close(&self);
    return self;
}

void index_found_close(index_found_t **self_p)
{
    index_found_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    (void)sqlite3_finalize(self->rows);
    free(self);
}

int index_found_next(index_found_t *self, cause_t *why)
{
    return self->rows ? index_step(self->index, self->rows, why) : 0;
}

int64_t index_found_key(const index_found_t *self)
{
    return sqlite3_column_int64(self->rows, ROW_KEY);
}

const char *index_found_stem(index_found_t *self)
{
    return index_text(self->rows, ROW_STEM);
}

index_folder_t index_found_folder(index_found_t *self)
{
    int folder = sqlite3_column_int(self->rows, ROW_FOLDER);
    return folder > 0 && folder < INDEX_FOLDERS ? (index_folder_t)folder : INDEX_INBOX;
}

// --- counting and names ----------------------------------------------------------------

int64_t index_count(
    mail_index_t *self, const index_query_t *query, int64_t most, cause_t *why)
{
    if (index_query_empty(query))
        return 0;
    sqlite3_stmt *ask = index_query_prepare(self, query, ASK_COUNT, most, why);
    int64_t n =
        ask && index_step(self, ask, why) == 1 ? sqlite3_column_int64(ask, 0) : -1;
    (void)sqlite3_finalize(ask);
    return n;
}

typedef struct {
    buf_t text;
    size_t n;
    char last[NAME_MAX + 1]; // the stem that was added last
} gathered_t;

static void gather(gathered_t *self, const char *stem)
{
    buf_printf(&self->text, "%s.json", stem);
    buf_put_u8(&self->text, 0);
    (void)snprintf(self->last, sizeof self->last, "%s", stem);
    self->n++;
}

static int gather_found(mail_index_t *self, const index_query_t *query, uint64_t last,
    gathered_t *out, cause_t *why)
{
    int more;
    if (index_query_empty(query))
        return 0;
    sqlite3_stmt *ask = index_query_prepare(self, query, ASK_NAMES, (int64_t)last, why);
    if (!ask)
        return -1;
    while ((more = index_step(self, ask, why)) == 1)
        gather(out, index_text(ask, 0));
    (void)sqlite3_finalize(ask);
    return more;
}

// Those that cannot be read, from a name on.
static int gather_unreadable(mail_index_t *self, const index_query_t *query,
    const char *from, gathered_t *out, cause_t *why)
{
    int more;
    sqlite3_stmt *ask = index_prepare(self,
        "SELECT stem FROM message WHERE box = -1 AND folder = ? AND stem >= ? AND number "
        "> ? AND (? = 0 OR number = ?)",
        why);
    if (!ask)
        return -1;
    (void)sqlite3_bind_int(
        ask, 1, query->folder[INDEX_CARRIED] ? INDEX_CARRIED : INDEX_INBOX);
    (void)sqlite3_bind_text(ask, 2, from, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(ask, 3, query->after > 0 ? (int64_t)query->after : -1);
    (void)sqlite3_bind_int64(ask, 4, (int64_t)query->number);
    (void)sqlite3_bind_int64(ask, 5, (int64_t)query->number);
    while ((more = index_step(self, ask, why)) == 1)
        gather(out, index_text(ask, 0));
    (void)sqlite3_finalize(ask);
    return more;
}

int index_names(mail_index_t *self, const index_query_t *query, uint64_t last,
    names_t *names, cause_t *why)
{
    gathered_t gathered = {{0}, 0, ""};
    char from[NAME_MAX + 1];
    *names = (names_t){0};
    int result = gather_found(self, query, last, &gathered, why);
    // All of them were looked through where fewer were found.
    (void)snprintf(
        from, sizeof from, "%s", last > 0 && gathered.n == last ? gathered.last : "");
    if (result == 0)
        result = gather_unreadable(self, query, from, &gathered, why);
    if (result == 0)
        names_of(names, gathered.n, &gathered.text);
    buf_destroy(&gathered.text);
    return result;
}

static int plan_of(mail_index_t *self, const index_query_t *query, index_ask_t ask,
    buf_t *out, cause_t *why)
{
    int more;
    sqlite3_stmt *plan = index_query_explain(self, query, ask, why);
    if (!plan)
        return -1;
    while ((more = index_step(self, plan, why)) == 1)
        buf_printf(out, "%s\n", index_text(plan, 3));
    (void)sqlite3_finalize(plan);
    return more;
}

int index_plan(mail_index_t *self, const index_query_t *query, buf_t *out, cause_t *why)
{
    int folders = 0;
    for (int i = INDEX_INBOX; i < INDEX_FOLDERS; i++)
        folders += query->folder[i];
    if (plan_of(self, query, ASK_ROWS, out, why) != 0 ||
        plan_of(self, query, ASK_COUNT, out, why) != 0)
        return -1;
    return folders == 1 ? plan_of(self, query, ASK_NAMES, out, why) : 0;
}
