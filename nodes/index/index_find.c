// index_find - what stands in a row is what the file said when it was taken in; how it
// stands since, and what this node has answered, is looked up beside it.

#include "nodes/index/index_find.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/index/index_query.h"
#include "nodes/index/mail_index_state.h"

#include <stdlib.h>
#include <string.h>

struct index_found {
    mail_index_t *index;
    sqlite3_stmt *rows; // NULL: there is nothing to find
    sqlite3_stmt *first, *newest, *answers;
};

// The newest of a chain; whose inbox has it knows its number.
static const char newest_sql[] =
    "SELECT author, id, number, withdraws FROM message WHERE first_id = ? AND "
    "first_author = ? AND withdraws > 0 AND box > 0 ORDER BY key DESC LIMIT 1";
static const char answers_sql[] =
    "SELECT kind, answer, id, at_ms, signers FROM message WHERE re_id = ? AND re_author "
    "= ? AND box = 2 ORDER BY key";
static const char first_sql[] =
    "SELECT first_author, first_id FROM message WHERE id = ? AND author = ? LIMIT 1";

index_found_t *index_find(
    mail_index_t *index, const index_query_t *query, size_t most, cause_t *why)
{
    index_found_t *self = memory_new(1, sizeof *self);
    self->index = index;
    if (index_query_empty(query))
        return self;
    self->rows = index_query_prepare(index, query, ASK_ROWS, (int64_t)most, why);
    self->newest = self->rows ? index_prepare(index, newest_sql, why) : NULL;
    self->answers = self->newest ? index_prepare(index, answers_sql, why) : NULL;
    self->first = self->answers ? index_prepare(index, first_sql, why) : NULL;
    if (!self->first)
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
    (void)sqlite3_finalize(self->newest);
    (void)sqlite3_finalize(self->answers);
    (void)sqlite3_finalize(self->first);
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

// --- how it stands ---------------------------------------------------------------------

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *time_json(int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    return json_string(text);
}

static json_t *name_json(const char *author, const char *id)
{
    return author[0] && id[0] ? json_pack("{s:s, s:s}", "author", author, "id", id)
                              : json_null();
}

// NULL: it is the newest itself, or nothing has come.
static json_t *newest_of(
    index_found_t *self, const char *author, const char *id, const char *but)
{
    cause_t ignored;
    json_t *found = NULL;
    index_bind(self->newest, 1, id);
    index_bind(self->newest, 2, author);
    if (index_step(self->index, self->newest, &ignored) == 1 &&
        strcmp(index_text(self->newest, 1), but) != 0) {
        json_int_t number = sqlite3_column_int64(self->newest, 2);
        found = json_pack("{s:s, s:s, s:s, s:o}", "state",
            sqlite3_column_int(self->newest, 3) == WITHDRAWS_CANCELS ? "withdrawn"
                                                                     : "corrected",
            "author", index_text(self->newest, 0), "id", index_text(self->newest, 1),
            "number", number > 0 ? json_integer(number) : json_null());
    }
    (void)sqlite3_reset(self->newest);
    return found;
}

// What is derived stands as its cause does.
static json_t *amended_by_cause(index_found_t *self)
{
    cause_t ignored;
    char author[NODE_ID_MAX], id[MESSAGE_ID_MAX];
    const char *cause_author = index_text(self->rows, ROW_CAUSE_AUTHOR);
    const char *cause_id = index_text(self->rows, ROW_CAUSE_ID);
    if (!cause_author[0])
        return NULL;
    index_bind(self->first, 1, cause_id);
    index_bind(self->first, 2, cause_author);
    bool here = index_step(self->index, self->first, &ignored) == 1;
    bool fits =
        text_copy(span_text(here ? index_text(self->first, 0) : cause_author), author,
            sizeof author) &&
        text_copy(span_text(here ? index_text(self->first, 1) : cause_id), id, sizeof id);
    (void)sqlite3_reset(self->first);
    return fits ? newest_of(self, author, id, cause_id) : NULL;
}

static json_t *amended_json(index_found_t *self)
{
    json_t *found = newest_of(self, index_text(self->rows, ROW_FIRST_AUTHOR),
        index_text(self->rows, ROW_FIRST_ID), index_text(self->rows, ROW_ID));
    if (!found)
        found = amended_by_cause(self);
    return found ? found : json_null();
}

static json_t *keys_json(const char *signers)
{
    json_t *keys = json_array();
    while (*signers) {
        size_t length = strcspn(signers, " ");
        json_array_append_new(keys, json_stringn(signers, length));
        signers += length + strspn(signers + length, " ");
    }
    return keys;
}

static json_t *answers_json(index_found_t *self)
{
    cause_t ignored;
    json_t *answers = json_array();
    index_bind(self->answers, 1, index_text(self->rows, ROW_ID));
    index_bind(self->answers, 2, index_text(self->rows, ROW_AUTHOR));
    while (index_step(self->index, self->answers, &ignored) == 1) {
        const char *word = index_text(self->answers, 1);
        json_t *answer = json_pack("{s:s, s:s, s:o, s:o}", word[0] ? "word" : "kind",
            word[0] ? word : index_text(self->answers, 0), "id",
            index_text(self->answers, 2), "at",
            time_json(sqlite3_column_int64(self->answers, 3)), "keys",
            keys_json(index_text(self->answers, 4)));
        json_array_append_new(answers, answer);
    }
    (void)sqlite3_reset(self->answers);
    return answers;
}

static json_t *summary_json(index_found_t *self)
{
    static const char *const langs[] = {"kk", "ru", "en"};
    json_t *summary = json_object();
    for (int i = 0; i < 3; i++) {
        const char *text = index_text(self->rows, ROW_KK + i);
        if (text[0])
            json_object_set_new(summary, langs[i], json_string(text));
    }
    return summary;
}

json_t *index_found_row(index_found_t *self, cause_t *why)
{
    sqlite3_stmt *row = self->rows;
    bool level = sqlite3_column_type(row, ROW_LEVEL) != SQLITE_NULL;
    json_int_t number = sqlite3_column_int64(row, ROW_NUMBER);
    json_t *json = json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:o, "
        "s:o, s:o, s:o}",
        "number", number > 0 ? json_integer(number) : json_null(), "id",
        index_text(row, ROW_ID), "box", index_folder_name(index_found_folder(self)),
        "kind", index_text(row, ROW_KIND), "from", index_text(row, ROW_AUTHOR), "for",
        text_or_null(index_text(row, ROW_ON_BEHALF)), "time",
        time_json(sqlite3_column_int64(row, ROW_AT_MS)), "sent",
        time_json(sqlite3_column_int64(row, ROW_SENT_MS)), "marking",
        index_text(row, ROW_MARKING), "level",
        level ? json_integer(sqlite3_column_int(row, ROW_LEVEL)) : json_null(), "sector",
        text_or_null(index_text(row, ROW_SECTOR)), "object",
        text_or_null(index_text(row, ROW_OBJECT)), "summary", summary_json(self),
        "status", index_text(row, ROW_STATUS), "exercise",
        text_or_null(index_text(row, ROW_EXERCISE)), "incident",
        name_json(index_text(row, ROW_INCIDENT_AUTHOR), index_text(row, ROW_INCIDENT_ID)),
        "amended", amended_json(self), "answers", answers_json(self));
    if (!json || self->index->damaged) {
        self->index->damaged = true; // what was taken in was UTF-8
        json_decref(json);
        (void)cause_set(
            why, "%s/state/index.sqlite: a row that is none", self->index->node);
        return NULL;
    }
    return json;
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
