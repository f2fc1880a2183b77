// index_update - the names in a folder and those in the catalogue, both sorted, are laid
// side by side: what the catalogue lacks is read, what the folder lacks is gone.
//
// When a folder changed is taken before it is listed and kept at the end, so that what
// comes meanwhile makes the next one look again.

#include "nodes/index/index_update.h"

#include "lib/base/memory.h"
#include "nodes/index/index_put.h"
#include "nodes/index/mail_index_state.h"

#include <stdlib.h>
#include <string.h>

enum { PORTION = 256 };

// Of a message in sent/ the receipt is there last, elsewhere the document.
static const char *const endings[INDEX_FOLDERS] = {"", ".json", ".tlog-proof", ".json"};

// A stem that stays where the list of the folder is, and what is to be done with it.
typedef struct {
    index_folder_t folder;
    const char *stem;
} task_of_t;

typedef struct {
    size_t n, room;
    task_of_t *item;
} todo_t;

typedef struct {
    mail_index_t *index;
    names_t names[INDEX_FOLDERS];
    int64_t changed[INDEX_FOLDERS];
    bool looked[INDEX_FOLDERS];
    todo_t fresh, back;
    todo_t gone;  // their stems are owned
    uint64_t had; // shown already
} survey_t;

static void add(todo_t *self, index_folder_t folder, const char *stem)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->item = memory_grow(self->item, self->room, sizeof *self->item);
    }
    self->item[self->n++] = (task_of_t){folder, stem};
}

static void survey_close(survey_t *self)
{
    for (size_t i = 0; i < self->gone.n; i++)
        free((char *)self->gone.item[i].stem);
    free(self->gone.item);
    free(self->fresh.item);
    free(self->back.item);
    for (int i = 0; i < INDEX_FOLDERS; i++)
        names_free(&self->names[i]);
}

// --- looking ---------------------------------------------------------------------------

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// The endings are cut off in place, and then "a" comes before "a-b".
static int list(survey_t *self, index_folder_t folder, cause_t *why)
{
    char path[PATH_MAX];
    names_t *names = &self->names[folder];
    size_t ending = strlen(endings[folder]);
    if (self->changed[folder] == -1)
        return 0; // there is no such folder
    if (index_folder_path(self->index, folder, path, why) != 0 ||
        names_list_or(names, path, endings[folder], ".erased", why) != 0)
        return -1;
    for (size_t i = 0; i < names->n; i++)
        names->name[i][strlen(names->name[i]) - ending] = 0;
    if (names->n > 1)
        qsort(names->name, names->n, sizeof *names->name, by_name);
    return 0;
}

static void lacks(survey_t *self, index_folder_t folder, const char *stem, int box)
{
    char path[PATH_MAX], name[NAME_MAX + 16];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "%s%s", stem, endings[folder]);
    // A listing is no snapshot: only what is not there when asked for is gone.
    if (box != BOX_GONE && index_folder_path(self->index, folder, path, &ignored) == 0 &&
        mail_gone(path, name))
        add(&self->gone, folder, memory_text(stem));
}

// One row of the catalogue; `at` is the first name that was not met yet.
static size_t meet(
    survey_t *self, index_folder_t folder, size_t at, const char *stem, int box)
{
    const names_t *names = &self->names[folder];
    while (at < names->n && strcmp(names->name[at], stem) < 0)
        add(&self->fresh, folder, names->name[at++]);
    if (at < names->n && strcmp(names->name[at], stem) == 0) {
        if (box == BOX_GONE)
            add(&self->back, folder, names->name[at]);
        else if (box == BOX_UNREADABLE)
            add(&self->fresh, folder, names->name[at]);
        else
            self->had++;
        return at + 1;
    }
    lacks(self, folder, stem, box);
    return at;
}

static int compare(survey_t *self, index_folder_t folder, cause_t *why)
{
    size_t at = 0;
    int more;
    sqlite3_stmt *ask = index_prepare(
        self->index, "SELECT stem, box FROM message WHERE folder = ? ORDER BY stem", why);
    if (!ask)
        return -1;
    (void)sqlite3_bind_int(ask, 1, (int)folder);
    while ((more = index_step(self->index, ask, why)) == 1)
        at = meet(self, folder, at, index_text(ask, 0), sqlite3_column_int(ask, 1));
    (void)sqlite3_finalize(ask);
    while (more == 0 && at < self->names[folder].n)
        add(&self->fresh, folder, self->names[folder].name[at++]);
    return more;
}

static int look(survey_t *self, cause_t *why)
{
    bool ready = index_number(self->index, "ready", 0) == 1;
    for (index_folder_t folder = INDEX_INBOX; folder < INDEX_FOLDERS; folder++) {
        int64_t before = index_number(self->index, index_folder_name(folder), 0);
        self->changed[folder] = index_folder_changed(self->index, folder);
        if (ready && before != 0 && before == self->changed[folder])
            continue;
        self->looked[folder] = true;
        if (list(self, folder, why) != 0 || compare(self, folder, why) != 0)
            return -1;
    }
    return 0;
}

// --- taking in -------------------------------------------------------------------------

static int take(
    mail_index_t *index, index_put_t *put, const task_of_t *task, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 16];
    index_entry_t entry;
    buf_t words = {0};
    mail_t mail;
    cause_t unreadable;
    (void)snprintf(name, sizeof name, "%s.json", task->stem);
    if (index_folder_path(index, task->folder, folder, why) != 0 ||
        index_put_forget(put, task->folder, task->stem, why) != 0)
        return -1;
    int result = 0;
    if (mail_open(&mail, folder, name, &unreadable) == 0) {
        index_entry_of(&entry, &mail, task->folder, task->stem, &words);
        result = index_put(put, &entry, why);
    } else if (!mail_gone(folder, name))
        result = index_put_unreadable(put, task->folder, task->stem, why);
    mail_close(&mail);
    buf_destroy(&words);
    return result;
}

static int move_all(index_put_t *put, const todo_t *todo, bool gone, cause_t *why)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < todo->n; i++)
        result = index_put_gone(put, todo->item[i].folder, todo->item[i].stem, gone, why);
    return result;
}

static int end_portion(
    mail_index_t *index, int result, uint64_t done, uint64_t of, cause_t *why)
{
    cause_t ignored;
    if (result == 0)
        result = index_keep(index, "done", (int64_t)done, why);
    if (result == 0)
        result = index_keep(index, "of", (int64_t)of, why);
    if (result == 0)
        result = index_run(index, "COMMIT", why);
    if (result != 0 && !sqlite3_get_autocommit(index->db)) {
        bool damaged = index->damaged;
        (void)index_run(index, "ROLLBACK", &ignored);
        index->damaged = damaged;
    }
    return result;
}

// From the end: those of the inbox are the newest there.
static int take_portion(survey_t *self, index_put_t *put, size_t *left, cause_t *why)
{
    size_t n = 0;
    int result = index_run(self->index, "BEGIN IMMEDIATE", why);
    if (result != 0)
        return -1;
    for (; result == 0 && n<PORTION && * left> 0; n++)
        result = take(self->index, put, &self->fresh.item[--*left], why);
    return end_portion(self->index, result, self->had + self->fresh.n - *left,
        self->had + self->fresh.n, why);
}

static int move_portion(survey_t *self, index_put_t *put, cause_t *why)
{
    if (self->gone.n + self->back.n == 0)
        return 0;
    int result = index_run(self->index, "BEGIN IMMEDIATE", why);
    if (result != 0)
        return -1;
    result = move_all(put, &self->gone, true, why);
    if (result == 0)
        result = move_all(put, &self->back, false, why);
    self->had += self->back.n;
    return end_portion(self->index, result, self->had, self->had + self->fresh.n, why);
}

static int settle(survey_t *self, cause_t *why)
{
    int result = index_run(self->index, "BEGIN IMMEDIATE", why);
    if (result != 0)
        return -1;
    for (index_folder_t i = INDEX_INBOX; result == 0 && i < INDEX_FOLDERS; i++)
        if (self->looked[i])
            result = index_keep(self->index, index_folder_name(i), self->changed[i], why);
    if (result == 0)
        result = index_keep(self->index, "ready", 1, why);
    uint64_t all = self->had + self->fresh.n;
    return end_portion(self->index, result, all, all, why);
}

static bool nothing_looked(const survey_t *self)
{
    for (index_folder_t i = INDEX_INBOX; i < INDEX_FOLDERS; i++)
        if (self->looked[i])
            return false;
    return true;
}

static int bring(survey_t *self, index_put_t *put, index_progress_t *progress,
    void *context, cause_t *why)
{
    size_t left = self->fresh.n;
    uint64_t all = self->had + self->fresh.n;
    bool goes_on = true;
    int result = move_portion(self, put, why);
    while (result == 0 && left > 0 && goes_on) {
        result = take_portion(self, put, &left, why);
        if (result == 0 && progress)
            goes_on = progress(context, all - left, all);
    }
    return result == 0 && left == 0 ? settle(self, why) : result;
}

int index_update(
    mail_index_t *self, index_progress_t *progress, void *context, cause_t *why)
{
    survey_t survey = {.index = self};
    int result = look(&survey, why);
    if (result == 0 && !nothing_looked(&survey)) {
        index_put_t *put = index_put_begin(self, why);
        result = put ? bring(&survey, put, progress, context, why) : -1;
        index_put_end(&put);
    }
    survey_close(&survey);
    return result;
}
