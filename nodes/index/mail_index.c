// mail_index - write-ahead logging, flushed where the log is taken over: who is killed
// leaves what was whole before, and readers wait for nobody.  No page overflows into
// another (rows are short, FTS5 is told how large its own may be), so that SQLite sees of
// each page it comes across whether it is one.
//
// The file is removed and made by who holds the lock alone.  Whoever has the old one open
// goes on reading it.

#include "nodes/index/mail_index.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/sys/clock.h"
#include "nodes/inbox/footing.h"
#include "nodes/index/mail_index_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VERSION = 1, // of the tables below
    APPLICATION = 0x6461626c,
    WAIT_MS = 3000,
    SMALL = 8 << 20, // bytes that are looked through in some ten milliseconds
};

static const char schema[] =
    "CREATE TABLE about_it(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    // `key` is the time, then the position in the log: what is newer is larger.
    "CREATE TABLE message(key INTEGER PRIMARY KEY, box INT, folder INT, stem TEXT,"
    " number INT, id TEXT, author TEXT, kind TEXT, status TEXT, exercise TEXT,"
    " at_ms INT, level INT, sector TEXT, incident_author TEXT, incident_id TEXT,"
    " re_author TEXT, re_id TEXT, cause_author TEXT, cause_id TEXT, first_author TEXT,"
    " first_id TEXT, withdraws INT);"
    "CREATE UNIQUE INDEX by_name ON message(folder, stem, box);"
    "CREATE INDEX by_id ON message(id, author, box);"
    "CREATE INDEX by_first ON message(first_id, first_author);"
    "CREATE INDEX by_re ON message(re_id, re_author) WHERE re_id IS NOT NULL;"
    "CREATE INDEX by_newest ON message(first_id, first_author, key)"
    " WHERE withdraws > 0;"
    "CREATE INDEX by_incident ON message(incident_id, incident_author, key)"
    " WHERE incident_id IS NOT NULL;"
    "CREATE INDEX by_box ON message(box, key);"
    "CREATE INDEX by_kind ON message(kind, key, box);"
    "CREATE INDEX by_author ON message(author, key, box);"
    "CREATE INDEX by_sector ON message(sector, key, box) WHERE sector IS NOT NULL;"
    "CREATE INDEX by_level ON message(level, key, box) WHERE level IS NOT NULL;"
    "CREATE INDEX by_exercise ON message(exercise, key, box) WHERE exercise IS NOT NULL;"
    "CREATE TABLE concerns(object TEXT, key INT, PRIMARY KEY(object, key)) WITHOUT ROWID;"
    "CREATE TABLE feed(name TEXT, key INT, PRIMARY KEY(name, key)) WITHOUT ROWID;"
    // Kazakh and Russian letters are what they are: no mark is taken off them.
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, prefix='2 3',"
    " tokenize='unicode61 remove_diacritics 0');"
    "INSERT INTO words(words, rank) VALUES('pgsz', 4000);";

// --- what SQLite says ------------------------------------------------------------------

int index_fail(mail_index_t *self, cause_t *why)
{
    int code = sqlite3_errcode(self->db) & 0xff;
    // A table that is not there is damage as well: it was there when it was opened.
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR ||
        code == SQLITE_MISMATCH || code == SQLITE_CONSTRAINT)
        self->damaged = true;
    return cause_set(
        why, "%s/state/index.sqlite: %s", self->node, sqlite3_errmsg(self->db));
}

int index_run(mail_index_t *self, const char *sql, cause_t *why)
{
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : index_fail(self, why);
}

sqlite3_stmt *index_prepare(mail_index_t *self, const char *sql, cause_t *why)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) != SQLITE_OK)
        (void)index_fail(self, why);
    return statement;
}

int index_step(mail_index_t *self, sqlite3_stmt *statement, cause_t *why)
{
    int code = sqlite3_step(statement);
    return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : index_fail(self, why);
}

int index_finish(mail_index_t *self, sqlite3_stmt *statement, cause_t *why)
{
    return sqlite3_finalize(statement) == SQLITE_OK ? 0 : index_fail(self, why);
}

void index_bind(sqlite3_stmt *statement, int at, const char *text)
{
    if (text[0])
        (void)sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
    else
        (void)sqlite3_bind_null(statement, at);
}

const char *index_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

int64_t index_number(mail_index_t *self, const char *name, int64_t preset)
{
    cause_t ignored;
    sqlite3_stmt *ask =
        index_prepare(self, "SELECT value FROM about_it WHERE name = ?", &ignored);
    if (!ask)
        return preset;
    index_bind(ask, 1, name);
    if (index_step(self, ask, &ignored) == 1)
        preset = sqlite3_column_int64(ask, 0);
    (void)sqlite3_finalize(ask);
    return preset;
}

int index_keep(mail_index_t *self, const char *name, int64_t value, cause_t *why)
{
    sqlite3_stmt *put =
        index_prepare(self, "INSERT OR REPLACE INTO about_it VALUES(?, ?)", why);
    if (!put)
        return -1;
    index_bind(put, 1, name);
    (void)sqlite3_bind_int64(put, 2, value);
    (void)sqlite3_step(put);
    return index_finish(self, put, why);
}

// --- whose it is -----------------------------------------------------------------------

static int path_of(const char *node, const char *name, char out[PATH_MAX], cause_t *why)
{
    char folder[PATH_MAX], real[PATH_MAX];
    if (path_join(folder, sizeof folder, node, "state", why) != 0)
        return -1;
    // SQLite is told to follow no link, and means each step of the path.
    if (!realpath(folder, real))
        return cause_errno(why, "%s", folder);
    return path_join(out, PATH_MAX, real, name, why);
}

// The word that a node's folders share; "" before its daemon has started once.
static void identity(const char *node, char out[FOOTING_WORD])
{
    cause_t ignored;
    if (footing_word(node, out, &ignored) != 0)
        out[0] = 0;
}

static int64_t pragma(mail_index_t *self, const char *sql)
{
    cause_t ignored;
    int64_t value = -1;
    sqlite3_stmt *ask = index_prepare(self, sql, &ignored);
    if (ask && index_step(self, ask, &ignored) == 1)
        value = sqlite3_column_int64(ask, 0);
    (void)sqlite3_finalize(ask);
    return value;
}

static bool is_ours(mail_index_t *self)
{
    char word[FOOTING_WORD];
    cause_t ignored;
    identity(self->node, word);
    sqlite3_stmt *ask =
        index_prepare(self, "SELECT value FROM about_it WHERE name = 'node'", &ignored);
    bool ours = ask && index_step(self, ask, &ignored) == 1 &&
                strcmp(index_text(ask, 0), word) == 0;
    (void)sqlite3_finalize(ask);
    return ours;
}

// NULL: it will do.
static const char *unfit(mail_index_t *self)
{
    int64_t application = pragma(self, "PRAGMA application_id");
    int64_t version = pragma(self, "PRAGMA user_version");
    if (application < 0 || self->damaged)
        return "it was damaged";
    if (application != APPLICATION)
        return application == 0 && version == 0 ? "it was not finished"
                                                : "it was another file";
    if (version != VERSION)
        return "it was of another version";
    bool ours = is_ours(self);
    return self->damaged ? "it was damaged" : ours ? NULL : "it was another node's";
}

static bool is_whole(mail_index_t *self)
{
    cause_t ignored;
    sqlite3_stmt *ask = index_prepare(self, "PRAGMA quick_check(1)", &ignored);
    bool whole = ask && index_step(self, ask, &ignored) == 1 &&
                 strcmp(index_text(ask, 0), "ok") == 0;
    (void)sqlite3_finalize(ask);
    return whole && !self->damaged;
}

// --- opening and closing ---------------------------------------------------------------

static mail_index_t *begin(const char *node)
{
    mail_index_t *self = memory_new(1, sizeof *self);
    self->lock = -1;
    (void)snprintf(self->node, sizeof self->node, "%s", node);
    return self;
}

static int open_db(mail_index_t *self, const char *path, int flags, cause_t *why)
{
    int off = 0;
    if (sqlite3_open_v2(path, &self->db,
            flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK) {
        (void)cause_set(
            why, "%s: %s", path, self->db ? sqlite3_errmsg(self->db) : "no memory");
        (void)sqlite3_close(self->db);
        self->db = NULL;
        return -1;
    }
    struct stat info;
    if (stat(path, &info) == 0) {
        self->device = info.st_dev;
        self->inode = info.st_ino;
    }
    (void)sqlite3_busy_timeout(self->db, WAIT_MS);
    // The log is taken over when it has grown, not each time that somebody leaves.
    (void)sqlite3_db_config(self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &off);
    (void)sqlite3_db_config(self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &off);
    return 0;
}

void mail_index_close(mail_index_t **self_p)
{
    mail_index_t *self = *self_p;
    char mark[PATH_MAX];
    cause_t ignored;
    *self_p = NULL;
    if (!self)
        return;
    if (self->damaged && !self->in_memory &&
        path_of(self->node, "index.damaged", mark, &ignored) == 0) {
        int fd = open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0)
            (void)close(fd);
    }
    (void)sqlite3_close(self->db);
    if (self->lock >= 0)
        (void)close(self->lock);
    free(self);
}

mail_index_t *mail_index_read(const char *node, cause_t *why)
{
    char path[PATH_MAX], mark[PATH_MAX];
    mail_index_t *self = begin(node);
    int result = path_of(node, "index.sqlite", path, why);
    if (result == 0 && path_of(node, "index.damaged", mark, why) == 0 &&
        access(mark, F_OK) == 0)
        result = cause_set(why, "%s: damaged", path);
    if (result == 0)
        result = open_db(self, path, SQLITE_OPEN_READONLY, why);
    if (result == 0) {
        const char *reason = unfit(self);
        // What is made at this moment is no damage.
        bool garbage = self->damaged;
        if (reason)
            result = cause_set(why, "%s: %s", path, reason);
        self->damaged = garbage && reason;
    }
    if (result != 0)
        mail_index_close(&self);
    return self;
}

// What root makes in the folder of a daemon that runs as somebody else is that one's.
static void give(int fd, const char *path)
{
    char folder[PATH_MAX];
    struct stat info;
    cause_t ignored;
    if (geteuid() == 0 && path_folder(path, folder, &ignored) == 0 &&
        stat(folder, &info) == 0)
        (void)!fchown(fd, info.st_uid, info.st_gid);
}

static int hold(mail_index_t *self, bool *held, cause_t *why)
{
    char path[PATH_MAX];
    *held = false;
    if (path_of(self->node, "index.lock", path, why) != 0)
        return -1;
    self->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (self->lock < 0)
        return cause_errno(why, "%s", path);
    give(self->lock, path);
    if (flock(self->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    *held = errno == EWOULDBLOCK;
    return cause_errno(why, "%s", path);
}

static int remove_file(const char *node, const char *name, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(node, name, path, why) != 0)
        return -1;
    return unlink(path) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}

static int remove_all(mail_index_t *self, cause_t *why)
{
    static const char *const files[] = {
        "index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "index.damaged"};
    (void)sqlite3_close(self->db);
    self->db = NULL;
    self->damaged = false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (remove_file(self->node, files[i], why) != 0)
            return -1;
    return 0;
}

index_hold_t mail_index_forget(const char *node, mail_index_t **self_p, cause_t *why)
{
    bool held = false;
    mail_index_t *self = begin(node);
    int result = hold(self, &held, why);
    if (result == 0)
        result = remove_all(self, why);
    if (result != 0)
        mail_index_close(&self);
    *self_p = self;
    return result == 0 ? INDEX_WRITES : held ? INDEX_HELD : INDEX_CANNOT;
}

static int create(mail_index_t *self, const char *path, cause_t *why)
{
    if (remove_all(self, why) != 0)
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    give(fd, path);
    (void)close(fd);
    return open_db(self, path, SQLITE_OPEN_READWRITE, why);
}

static int settle(mail_index_t *self, cause_t *why)
{
    return index_run(self,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 16777216;",
        why);
}

static int fill(mail_index_t *self, cause_t *why)
{
    char word[FOOTING_WORD], sql[256];
    identity(self->node, word);
    (void)snprintf(sql, sizeof sql,
        "INSERT INTO about_it VALUES('node', '%s'); PRAGMA application_id = %d;"
        "PRAGMA user_version = %d; COMMIT",
        word, APPLICATION, VERSION);
    return index_run(self, "BEGIN IMMEDIATE", why) == 0 &&
                   index_run(self, schema, why) == 0
               ? index_run(self, sql, why)
               : -1;
}

// Why what is there has to be made anew; NULL: it need not be.
static const char *look_at(mail_index_t *self, const char *path, index_check_t check)
{
    char mark[PATH_MAX];
    struct stat info;
    cause_t ignored;
    if (lstat(path, &info) != 0 && errno == ENOENT)
        return "there was none";
    if (path_of(self->node, "index.damaged", mark, &ignored) == 0 &&
        access(mark, F_OK) == 0)
        return "it was damaged";
    if (!S_ISREG(info.st_mode) ||
        open_db(self, path, SQLITE_OPEN_READWRITE, &ignored) != 0)
        return "it could not be opened";
    const char *reason = unfit(self);
    bool looks =
        check == INDEX_CHECK_ALL || (check == INDEX_CHECK_SMALL && info.st_size < SMALL);
    if (!reason && looks && !is_whole(self))
        reason = "it was damaged";
    return reason;
}

index_hold_t mail_index_write(
    const char *node, index_check_t check, mail_index_t **self_p, cause_t *why)
{
    char path[PATH_MAX];
    bool held = false;
    mail_index_t *self = begin(node);
    int result = hold(self, &held, why);
    if (result == 0)
        result = path_of(node, "index.sqlite", path, why);
    const char *reason = result == 0 ? look_at(self, path, check) : NULL;
    if (result == 0 && reason)
        result = create(self, path, why);
    if (result == 0)
        result = settle(self, why);
    if (result == 0 && reason)
        result = fill(self, why);
    if (result == 0 && reason && strcmp(reason, "there was none") != 0)
        self->anew = reason;
    if (result != 0)
        mail_index_close(&self);
    *self_p = self;
    return result == 0 ? INDEX_WRITES : held ? INDEX_HELD : INDEX_CANNOT;
}

mail_index_t *mail_index_in_memory(const char *node, cause_t *why)
{
    mail_index_t *self = begin(node);
    self->in_memory = true;
    if (open_db(self, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, why) != 0 ||
        fill(self, why) != 0)
        mail_index_close(&self);
    return self;
}

const char *mail_index_anew(const mail_index_t *self)
{
    return self->anew;
}

bool mail_index_replaced(const mail_index_t *self)
{
    char path[PATH_MAX];
    struct stat info;
    cause_t ignored;
    return path_of(self->node, "index.sqlite", path, &ignored) != 0 ||
           stat(path, &info) != 0 || info.st_dev != self->device ||
           info.st_ino != self->inode;
}

bool mail_index_damaged(const mail_index_t *self)
{
    return self->damaged;
}

// --- the folders -----------------------------------------------------------------------

int index_folder_path(
    const mail_index_t *self, index_folder_t folder, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, self->node, index_folder_name(folder), why);
}

int64_t index_folder_changed(const mail_index_t *self, index_folder_t folder)
{
    enum { TICK_MS = 100 }; // longer than a file system takes for the same moment
    char path[PATH_MAX];
    struct stat info;
    cause_t ignored;
    if (index_folder_path(self, folder, path, &ignored) != 0 || stat(path, &info) != 0)
        return -1;
    int64_t at_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    return at_ns / 1000000 + TICK_MS > clock_ms(CLOCK_WALL) ? 0 : at_ns;
}

void mail_index_state(mail_index_t *self, index_state_t *out)
{
    *out = (index_state_t){
        .ready = index_number(self, "ready", 0) == 1,
        .done = (uint64_t)index_number(self, "done", 0),
        .of = (uint64_t)index_number(self, "of", 0),
    };
}

bool mail_index_current(mail_index_t *self)
{
    bool current = index_number(self, "ready", 0) == 1;
    for (index_folder_t folder = INDEX_INBOX; current && folder < INDEX_FOLDERS;
         folder++) {
        int64_t at_ns = index_folder_changed(self, folder);
        current = at_ns != 0 && index_number(self, index_folder_name(folder), 0) == at_ns;
    }
    return current;
}
