// index_put - a row has a number that says when the message was: milliseconds, then what
// tells those of one moment apart, so that the newest are found without sorting and the
// same folders make the same catalogue.
//
// What a message began as is known by name, not by steps: whoever corrects a message
// takes over the first that it has, and whatever had taken the corrected one for the
// first is told of the new first when that one comes.

#include "nodes/index/index_put.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/index/mail_index_state.h"

#include <stdlib.h>
#include <string.h>

enum {
    PUT_FIRST_OF,
    PUT_TAKEN,
    PUT_ROW,
    PUT_WORDS,
    PUT_CONCERNS,
    PUT_FEED,
    PUT_MOVE,
    PUT_MOVE_INCIDENT,
    PUT_BOX,
    PUT_FORGET,
    PUTS
};

static const char *const sqls[PUTS] = {
    [PUT_FIRST_OF] = "SELECT first_author, first_id FROM message WHERE id = ? AND "
                     "author = ? LIMIT 1",
    [PUT_TAKEN] = "SELECT 1 FROM message WHERE key = ?",
    [PUT_ROW] = "INSERT INTO message VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                "?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [PUT_WORDS] = "INSERT INTO words(rowid, text) VALUES(?, ?)",
    [PUT_CONCERNS] = "INSERT OR IGNORE INTO concerns VALUES(?, ?)",
    [PUT_FEED] = "INSERT OR IGNORE INTO feed VALUES(?, ?)",
    [PUT_MOVE] = "UPDATE message SET first_author = ?1, first_id = ?2 WHERE first_id = "
                 "?4 AND first_author = ?3",
    [PUT_MOVE_INCIDENT] = "UPDATE message SET incident_author = ?1, incident_id = ?2 "
                          "WHERE incident_id = ?4 AND incident_author = ?3",
    [PUT_BOX] =
        "UPDATE message SET box = ?3 WHERE folder = ?1 AND stem = ?2 AND box >= 0",
    [PUT_FORGET] = "DELETE FROM message WHERE folder = ?1 AND stem = ?2 AND box < 0",
};

struct index_put {
    mail_index_t *index;
    sqlite3_stmt *statement[PUTS];
};

index_put_t *index_put_begin(mail_index_t *index, cause_t *why)
{
    index_put_t *self = memory_new(1, sizeof *self);
    self->index = index;
    for (int i = 0; self && i < PUTS; i++) {
        self->statement[i] = index_prepare(index, sqls[i], why);
        if (!self->statement[i])
            index_put_end(&self);
    }
    return self;
}

void index_put_end(index_put_t **self_p)
{
    index_put_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (int i = 0; i < PUTS; i++)
        (void)sqlite3_finalize(self->statement[i]);
    free(self);
}

// Run one of them to its end.
static int run(index_put_t *self, int which, cause_t *why)
{
    int result = index_step(self->index, self->statement[which], why);
    (void)sqlite3_reset(self->statement[which]);
    return result < 0 ? -1 : 0;
}

// --- where it stands -------------------------------------------------------------------

enum { ORDER_BITS = 18, FOLDER_BITS = 2, KEY_TRIES = 1 << ORDER_BITS };
static const int64_t moment_most = INT64_C(1) << (62 - ORDER_BITS - FOLDER_BITS);

static int64_t key_of(index_folder_t folder, int64_t at_ms, uint64_t order)
{
    int64_t at = at_ms < 0 ? 0 : at_ms >= moment_most ? moment_most - 1 : at_ms;
    uint64_t low = order & ((UINT64_C(1) << ORDER_BITS) - 1);
    return (at << (ORDER_BITS + FOLDER_BITS)) | (int64_t)(low << FOLDER_BITS) |
           (int64_t)folder;
}

// The key that is free, of those of the same moment.
static int find_key(index_put_t *self, index_folder_t folder, int64_t at_ms,
    uint64_t order, int64_t *key, cause_t *why)
{
    int taken = 1;
    for (uint64_t i = 0; taken == 1 && i < KEY_TRIES; i++) {
        *key = key_of(folder, at_ms, order + i);
        (void)sqlite3_bind_int64(self->statement[PUT_TAKEN], 1, *key);
        taken = index_step(self->index, self->statement[PUT_TAKEN], why);
        (void)sqlite3_reset(self->statement[PUT_TAKEN]);
    }
    return taken == 0  ? 0
           : taken < 0 ? -1
                       : cause_set(why, "too many messages of the same moment");
}

// What a message began as, as far as it is here: itself, when it is not.
static int first_of(
    index_put_t *self, const reference_t *message, reference_t *out, cause_t *why)
{
    sqlite3_stmt *ask = self->statement[PUT_FIRST_OF];
    *out = *message;
    index_bind(ask, 1, message->id);
    index_bind(ask, 2, message->author);
    int found = index_step(self->index, ask, why);
    if (found == 1) {
        reference_t first = {{0}, {0}};
        if (text_copy(span_text(index_text(ask, 0)), first.author, sizeof first.author) &&
            text_copy(span_text(index_text(ask, 1)), first.id, sizeof first.id))
            *out = first;
    }
    (void)sqlite3_reset(ask);
    return found < 0 ? -1 : 0;
}

// Others took `before` for the first, and it is not.
static int move(index_put_t *self, int which, const reference_t *before,
    const reference_t *first, cause_t *why)
{
    sqlite3_stmt *put = self->statement[which];
    index_bind(put, 1, first->author);
    index_bind(put, 2, first->id);
    index_bind(put, 3, before->author);
    index_bind(put, 4, before->id);
    return run(self, which, why);
}

typedef struct {
    reference_t itself, first, incident;
} place_t;

static int find_place(
    index_put_t *self, const index_entry_t *entry, place_t *place, cause_t *why)
{
    *place = (place_t){0};
    if (!text_copy(span_text(entry->author), place->itself.author, NODE_ID_MAX) ||
        !text_copy(span_text(entry->id), place->itself.id, MESSAGE_ID_MAX))
        place->itself = (reference_t){{0}, {0}};
    place->first = place->itself;
    place->incident = entry->incident;
    int result = 0;
    if (entry->withdraws != WITHDRAWS_NOTHING)
        result = first_of(self, &entry->original, &place->first, why);
    if (result == 0 && entry->incident.author[0])
        result = first_of(self, &entry->incident, &place->incident, why);
    else if (strcmp(entry->kind, "incident.notice") == 0)
        place->incident = place->first;
    if (result != 0 || reference_same(&place->first, &place->itself))
        return result;
    return move(self, PUT_MOVE, &place->itself, &place->first, why) == 0
               ? move(self, PUT_MOVE_INCIDENT, &place->itself, &place->first, why)
               : -1;
}

// --- the row ---------------------------------------------------------------------------

static void bind_row(
    sqlite3_stmt *put, int64_t key, const index_entry_t *entry, const place_t *place)
{
    const char *const texts[] = {
        entry->id, entry->author, entry->kind, entry->status, entry->exercise};
    const char *const later[] = {entry->sector, place->incident.author,
        place->incident.id, entry->re.author, entry->re.id, entry->cause.author,
        entry->cause.id, place->first.author, place->first.id};
    int at = 1;
    (void)sqlite3_bind_int64(put, at++, key);
    (void)sqlite3_bind_int(put, at++, (int)entry->folder);
    (void)sqlite3_bind_int(put, at++, (int)entry->folder);
    index_bind(put, at++, entry->stem);
    (void)sqlite3_bind_int64(put, at++, (int64_t)entry->number);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        index_bind(put, at++, texts[i]);
    (void)sqlite3_bind_int64(put, at++, entry->at_ms);
    if (entry->level >= 0)
        (void)sqlite3_bind_int(put, at++, entry->level);
    else
        (void)sqlite3_bind_null(put, at++);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        index_bind(put, at++, later[i]);
    (void)sqlite3_bind_int(put, at, (int)entry->withdraws);
}

static int put_words(index_put_t *self, int64_t key, span_t words, cause_t *why)
{
    sqlite3_stmt *put = self->statement[PUT_WORDS];
    (void)sqlite3_bind_int64(put, 1, key);
    (void)sqlite3_bind_text(
        put, 2, (const char *)words.data, (int)words.size, SQLITE_STATIC);
    int result = run(self, PUT_WORDS, why);
    (void)sqlite3_clear_bindings(put);
    return result;
}

static int put_name(
    index_put_t *self, int which, const char *name, int64_t key, cause_t *why)
{
    if (!name || !name[0])
        return 0;
    index_bind(self->statement[which], 1, name);
    (void)sqlite3_bind_int64(self->statement[which], 2, key);
    return run(self, which, why);
}

// "objects" are names, or something with a name in it.
static int put_objects(
    index_put_t *self, const index_entry_t *entry, int64_t key, cause_t *why)
{
    size_t i;
    const json_t *item;
    int result = put_name(self, PUT_CONCERNS, entry->object, key, why);
    json_array_foreach(entry->objects, i, item)
    {
        if (result == 0)
            result = put_name(self, PUT_CONCERNS,
                json_is_string(item) ? json_string_value(item)
                                     : mail_text(item, "object"),
                key, why);
    }
    return result;
}

static int put_feeds(
    index_put_t *self, const index_entry_t *entry, int64_t key, cause_t *why)
{
    int result = 0;
    for (size_t i = 0; entry->more && result == 0 && i < entry->more->n; i++)
        if (entry->more->route[i].type == ROUTE_FEED)
            result = put_name(self, PUT_FEED, entry->more->route[i].feed, key, why);
    return result;
}

int index_put(index_put_t *self, const index_entry_t *entry, cause_t *why)
{
    int64_t key;
    place_t place;
    uint64_t order =
        entry->position ? entry->position : span_hash(span_text(entry->stem));
    if (find_place(self, entry, &place, why) != 0 ||
        find_key(self, entry->folder, entry->at_ms, order, &key, why) != 0)
        return -1;
    bind_row(self->statement[PUT_ROW], key, entry, &place);
    return run(self, PUT_ROW, why) == 0 && put_words(self, key, entry->words, why) == 0 &&
                   put_objects(self, entry, key, why) == 0 &&
                   put_feeds(self, entry, key, why) == 0
               ? 0
               : -1;
}

int index_put_unreadable(
    index_put_t *self, index_folder_t folder, const char *stem, cause_t *why)
{
    int64_t key;
    uint64_t number;
    char name[NAME_MAX + 8], id[MESSAGE_ID_MAX];
    sqlite3_stmt *put = self->statement[PUT_ROW];
    (void)snprintf(name, sizeof name, "%s.json", stem);
    if (!mail_name(name, &number, id)) {
        number = 0; // no message's name at all
        id[0] = 0;
    }
    if (find_key(
            self, folder, uuid7_time_ms(id), span_hash(span_text(stem)), &key, why) != 0)
        return -1;
    (void)sqlite3_clear_bindings(put);
    (void)sqlite3_bind_int64(put, 1, key);
    (void)sqlite3_bind_int(put, 2, BOX_UNREADABLE);
    (void)sqlite3_bind_int(put, 3, (int)folder);
    index_bind(put, 4, stem);
    (void)sqlite3_bind_int64(put, 5, (int64_t)number);
    return run(self, PUT_ROW, why);
}

int index_put_gone(
    index_put_t *self, index_folder_t folder, const char *stem, bool gone, cause_t *why)
{
    sqlite3_stmt *put = self->statement[PUT_BOX];
    (void)sqlite3_bind_int(put, 1, (int)folder);
    index_bind(put, 2, stem);
    (void)sqlite3_bind_int(put, 3, gone ? BOX_GONE : (int)folder);
    return run(self, PUT_BOX, why);
}

int index_put_forget(
    index_put_t *self, index_folder_t folder, const char *stem, cause_t *why)
{
    sqlite3_stmt *put = self->statement[PUT_FORGET];
    (void)sqlite3_bind_int(put, 1, (int)folder);
    index_bind(put, 2, stem);
    return run(self, PUT_FORGET, why);
}
