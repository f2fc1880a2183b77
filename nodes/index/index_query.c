// index_query - each question begins at the table that leaves the fewest rows: words,
// else objects, else feeds, else the messages by the index of a column.  A plus before a
// column keeps SQLite from an index that would make it sort most of what there is.

#include "nodes/index/index_query.h"

#include "nodes/index/index_words.h"
#include "nodes/index/mail_index_state.h"

#include <inttypes.h>
#include <string.h>

enum { BOUND_MAX = 24, LEVELS = 10, LEVEL_RARE = 3 };
enum { KEY_BITS = 20 }; // of a key, below its milliseconds (index_put.c)

typedef struct {
    buf_t sql, words;
    size_t n;
    struct {
        const char *text; // NULL: the number
        int64_t number;
    } bound[BOUND_MAX];
} writer_of_t;

static void where_text(writer_of_t *self, const char *condition, const char *text)
{
    if (!text)
        return;
    buf_printf(&self->sql, " AND %s", condition);
    self->bound[self->n++].text = text;
}

static void where_number(writer_of_t *self, const char *condition, int64_t number)
{
    buf_printf(&self->sql, " AND %s", condition);
    self->bound[self->n].text = NULL;
    self->bound[self->n++].number = number;
}

// A moment as the least key of it.
static int64_t key_at(int64_t ms)
{
    const int64_t most = INT64_MAX >> KEY_BITS;
    return (ms < 0 ? 0 : ms > most ? most : ms) << KEY_BITS;
}

typedef enum { BY_WORDS, BY_OBJECT, BY_FEED, BY_COLUMN } beginning_t;

static beginning_t beginning_of(const index_query_t *query)
{
    return query->text     ? BY_WORDS
           : query->object ? BY_OBJECT
           : query->feed   ? BY_FEED
                           : BY_COLUMN;
}

static void put_beginning(writer_of_t *self, const index_query_t *query)
{
    static const char *const from[] = {
        [BY_WORDS] = " FROM words d CROSS JOIN message m ON m.key = d.rowid WHERE 1",
        [BY_OBJECT] = " FROM concerns d CROSS JOIN message m ON m.key = d.key WHERE 1",
        [BY_FEED] = " FROM feed d CROSS JOIN message m ON m.key = d.key WHERE 1",
        [BY_COLUMN] = " FROM message m WHERE 1",
    };
    beginning_t by = beginning_of(query);
    buf_printf(&self->sql, "%s", from[by]);
    if (by == BY_WORDS)
        where_text(self, "words MATCH ?", buf_text(&self->words));
    if (by == BY_OBJECT)
        where_text(self, "d.object = ?", query->object);
    else
        where_text(self,
            "EXISTS (SELECT 1 FROM concerns c WHERE c.object = ? AND c.key = m.key)",
            query->object);
    if (by == BY_FEED)
        where_text(self, "d.name = ?", query->feed);
    else
        where_text(self,
            "EXISTS (SELECT 1 FROM feed f WHERE f.name = ? AND f.key = m.key)",
            query->feed);
}

static void put_range(writer_of_t *self, const index_query_t *query, index_ask_t ask)
{
    static const char *const least[] = {
        "d.rowid >= ?", "d.key >= ?", "d.key >= ?", "m.key >= ?"};
    static const char *const most[] = {
        "d.rowid < ?", "d.key < ?", "d.key < ?", "m.key < ?"};
    beginning_t by = beginning_of(query);
    int64_t before = query->has_before ? query->before : INT64_MAX;
    if (query->has_until && key_at(query->until_ms) < before)
        before = key_at(query->until_ms);
    // Who looks for names goes along these.
    if (ask == ASK_NAMES && by == BY_COLUMN) {
        where_number(self, "+m.key < ?", before);
        where_number(self, "+m.key >= ?", key_at(query->has_since ? query->since_ms : 0));
        return;
    }
    where_number(self, most[by], before);
    if (query->has_since)
        where_number(self, least[by], key_at(query->since_ms));
}

static void put_level(writer_of_t *self, const index_query_t *query)
{
    if (query->level <= 0)
        return;
    if (query->level < LEVEL_RARE || beginning_of(query) != BY_COLUMN) {
        where_number(self, "+m.level >= ?", query->level);
        return;
    }
    buf_printf(&self->sql, " AND m.level IN (-1");
    for (int level = query->level; level < LEVELS; level++)
        buf_printf(&self->sql, ", %d", level);
    buf_printf(&self->sql, ")");
}

static bool by_name_alone(const index_query_t *query)
{
    return beginning_of(query) == BY_COLUMN && !query->kind && !query->from &&
           !query->sector && !query->exercise && !query->id && !query->thread &&
           !query->number && query->level < LEVEL_RARE;
}

static void put_folders(writer_of_t *self, const index_query_t *query, index_ask_t ask)
{
    bool folder[INDEX_FOLDERS];
    int n = 0;
    memcpy(folder, query->folder, sizeof folder);
    for (int i = INDEX_INBOX; i < INDEX_FOLDERS; i++)
        n += folder[i];
    if (n == 0)
        folder[INDEX_INBOX] = folder[INDEX_SENT] = true;
    // The index of boxes is in the order of keys for one box alone.
    bool plain = by_name_alone(query) && (n == 1 || ask == ASK_COUNT) && ask != ASK_NAMES;
    buf_printf(&self->sql, " AND %sm.box IN (", plain ? "" : "+");
    const char *between = "";
    for (int i = INDEX_INBOX; i < INDEX_FOLDERS; i++)
        if (folder[i]) {
            buf_printf(&self->sql, "%s%d", between, i);
            between = ", ";
        }
    buf_printf(&self->sql, ")");
    for (int i = INDEX_INBOX; ask == ASK_NAMES && i < INDEX_FOLDERS; i++)
        if (folder[i] && n == 1)
            where_number(
                self, by_name_alone(query) ? "m.folder = ?" : "+m.folder = ?", i);
}

// Each way to be about it has an index of its own.
static void put_thread(writer_of_t *self, const reference_t *thread)
{
    static const char *const ways[] = {
        "m.key IN (SELECT key FROM message WHERE incident_id = ?", "incident_author = ?",
        "re_id = ?", "re_author = ?", "first_id = ?", "first_author = ?", "id = ?",
        "author = ?"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i += 2) {
        if (i > 0)
            buf_printf(&self->sql, " UNION SELECT key FROM message WHERE %s", ways[i]);
        else
            buf_printf(&self->sql, " AND %s", ways[i]);
        self->bound[self->n++].text = thread->id;
        where_text(self, ways[i + 1], thread->author);
    }
    buf_printf(&self->sql, ")");
}

// A file's name begins with its number: the index of names leads to it, where it is one
// folder that is looked through.
static void put_number(writer_of_t *self, const index_query_t *query)
{
    int folders = 0, folder = 0;
    for (int i = INDEX_INBOX; i < INDEX_FOLDERS; i++) {
        folders += query->folder[i];
        folder = query->folder[i] ? i : folder;
    }
    where_number(self, "m.number = ?", (int64_t)query->number);
    if (folders == 1)
        buf_printf(&self->sql,
            " AND m.folder = %d AND m.stem >= '%012" PRIu64 "' AND m.stem < '%012" PRIu64
            "'",
            folder, query->number, query->number + 1);
}

static void put_conditions(writer_of_t *self, const index_query_t *query, index_ask_t ask)
{
    put_beginning(self, query);
    put_range(self, query, ask);
    put_folders(self, query, ask);
    put_level(self, query);
    where_text(self, "m.id = ?", query->id);
    if (query->id && query->author && query->author[0])
        where_text(self, "m.author = ?", query->author);
    where_text(self, "m.author = ?", query->from);
    where_text(self, "m.kind = ?", query->kind);
    where_text(self, "m.sector = ?", query->sector);
    where_text(self, "m.exercise = ?", query->exercise);
    if (query->thread)
        put_thread(self, query->thread);
    if (query->after > 0)
        where_number(self, "m.number > ?", (int64_t)query->after);
    if (query->number > 0)
        put_number(self, query);
}

// Rows are wide: which they are is found out first, mostly by an index alone.
static void write_query(
    writer_of_t *self, const index_query_t *query, index_ask_t ask, int64_t most)
{
    static const char *const front[] = {
        [ASK_ROWS] = ("SELECT m.key, m.folder, m.stem FROM message m WHERE m.key IN "
                      "(SELECT m.key"),
        [ASK_NAMES] = "SELECT m.stem",
        [ASK_COUNT] = "SELECT count(*) FROM (SELECT 1",
    };
    static const char *const order[] = {"d.rowid", "d.key", "d.key", "m.key"};
    buf_printf(&self->sql, "%s", front[ask]);
    put_conditions(self, query, ask);
    if (ask == ASK_ROWS)
        buf_printf(&self->sql, " ORDER BY %s DESC", order[beginning_of(query)]);
    if (ask == ASK_NAMES)
        buf_printf(&self->sql, " ORDER BY m.stem DESC");
    if (most > 0)
        buf_printf(&self->sql, " LIMIT %" PRId64, most);
    if (ask != ASK_NAMES)
        buf_printf(&self->sql, ")");
    if (ask == ASK_ROWS)
        buf_printf(&self->sql, " ORDER BY m.key DESC");
}

bool index_query_empty(const index_query_t *query)
{
    buf_t words = {0};
    bool empty = query->text && !index_words_asked(query->text, &words);
    buf_destroy(&words);
    return empty;
}

static sqlite3_stmt *prepare(mail_index_t *self, const index_query_t *query,
    index_ask_t ask, int64_t most, const char *front, cause_t *why)
{
    writer_of_t writer = {{0}, {0}, 0, {{NULL, 0}}};
    if (query->text)
        (void)index_words_asked(query->text, &writer.words);
    buf_printf(&writer.sql, "%s", front);
    write_query(&writer, query, ask, most);
    sqlite3_stmt *statement = index_prepare(self, buf_text(&writer.sql), why);
    for (size_t i = 0; statement && i < writer.n; i++)
        if (writer.bound[i].text)
            (void)sqlite3_bind_text(
                statement, (int)i + 1, writer.bound[i].text, -1, SQLITE_TRANSIENT);
        else
            (void)sqlite3_bind_int64(statement, (int)i + 1, writer.bound[i].number);
    buf_destroy(&writer.sql);
    buf_destroy(&writer.words);
    return statement;
}

sqlite3_stmt *index_query_prepare(mail_index_t *self, const index_query_t *query,
    index_ask_t ask, int64_t most, cause_t *why)
{
    return prepare(self, query, ask, most, "", why);
}

sqlite3_stmt *index_query_explain(
    mail_index_t *self, const index_query_t *query, index_ask_t ask, cause_t *why)
{
    return prepare(self, query, ask, 50, "EXPLAIN QUERY PLAN ", why);
}
