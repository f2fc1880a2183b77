// lookup - two tables in memory, the young one and the old one that is just being
// written, and files, the oldest and largest first.
//
// The old table has exactly `room` records, and each time four files of a size stand at
// the end they become one: so which files there are follows from how many records were
// added, and each record is written a few times, however many there are.
//
// A walk comes back with the value it found last.  In memory that would be looked for
// from the newest on; a few places remember where walks stand.

#include "hub/state/lookup.h"

#include "lib/base/file.h"
#include "lib/base/job.h"
#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <limits.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

// Of four of each size at most, and twice as many of the smallest as there ever were, the
// runs come to far less.
enum { FIRST_ROOM = 64, TOGETHER = 4, RUNS_MAX = 256, MEMOS = 16, BEHIND_MAX = 16 };

typedef struct {
    lookup_record_t *record;
    uint32_t *before; // the record before it in its chain, from 1; 0: none
    size_t n, room;
    uint32_t *head; // of the chains, from 1
    size_t heads;   // a power of two
} table_t;

// Where a walk through the young table stands.
typedef struct {
    lookup_tag_t tag;
    uint64_t value;
    uint32_t at; // 0: nowhere
} memo_t;

// What the thread does: the old table becomes a file, and files become one.
typedef struct {
    const char *folder;
    table_t *old;
    lookup_run_t *run[RUNS_MAX]; // as they are to be
    size_t runs;
    lookup_run_t *merged[RUNS_MAX]; // that are in them no more
    size_t merges;
    uint64_t next; // number of a file
    size_t room;
    bool written; // the old table
    bool damaged; // a file cannot be read any more
    int result;
    cause_t why;
} work_t;

struct lookup {
    char folder[PATH_MAX]; // "": in memory
    uint8_t key[LOOKUP_KEY];
    size_t room;
    table_t young, old;
    lookup_run_t *run[RUNS_MAX];
    size_t runs;
    lookup_run_t **merged; // a start may still want them
    size_t merges, doomed; // the first `doomed` not any more, once that is saved
    bool wanted;           // something was saved that knows of files
    bool stuck;            // the disk took nothing the last time
    uint64_t next;
    pages_t *pages;
    job_t *job;
    work_t *work;
    size_t attempt; // records in the young table at which the thread is tried next
    memo_t memo[MEMOS];
    bool failed;
    cause_t why;
};

static void open_table(table_t *table)
{
    *table = (table_t){.heads = FIRST_ROOM};
    table->head = memory_new(table->heads, sizeof *table->head);
}

static void close_table(table_t *table)
{
    free(table->record);
    free(table->before);
    free(table->head);
    *table = (table_t){0};
}

static uint32_t *head_of(const table_t *table, const lookup_tag_t *tag)
{
    return &table->head[tag->low & (table->heads - 1)];
}

static void chain(table_t *table, size_t i)
{
    uint32_t *head = head_of(table, &table->record[i].tag);
    table->before[i] = *head;
    *head = (uint32_t)i + 1;
}

static void grow(table_t *table)
{
    table->room = table->room ? 2 * table->room : FIRST_ROOM;
    table->record = memory_grow(table->record, table->room, sizeof *table->record);
    table->before = memory_grow(table->before, table->room, sizeof *table->before);
    free(table->head);
    table->heads = 2 * table->room;
    table->head = memory_new(table->heads, sizeof *table->head);
    for (size_t i = 0; i < table->n; i++)
        chain(table, i);
}

static void put(table_t *table, const lookup_record_t *record)
{
    assert(table->n < UINT32_MAX); // memory ends before
    if (table->n == table->room)
        grow(table);
    table->record[table->n] = *record;
    chain(table, table->n++);
}

static bool same_tag(const lookup_tag_t *a, const lookup_tag_t *b)
{
    return a->high == b->high && a->low == b->low;
}

// From one of its chain on, the first of the tag whose value is below; 0: there is none.
static uint32_t next_of(
    const table_t *table, uint32_t at, const lookup_tag_t *tag, uint64_t below)
{
    for (; at; at = table->before[at - 1]) {
        const lookup_record_t *record = &table->record[at - 1];
        if (same_tag(&record->tag, tag) && record->value < below)
            return at;
    }
    return 0;
}

size_t lookup_room(size_t cache_bytes)
{
    enum { SHARE = 256 }; // a small part of it: a record with its chains takes some 40
    return cache_bytes / SHARE < LOOKUP_ROOM ? cache_bytes / SHARE : LOOKUP_ROOM;
}

static lookup_t *new_lookup(void)
{
    lookup_t *self = memory_new(1, sizeof *self);
    open_table(&self->young);
    self->next = 1;
    return self;
}

lookup_t *lookup_new(void)
{
    lookup_t *self = new_lookup();
    random_bytes(self->key, sizeof self->key);
    return self;
}

// One key for as long as the folder is there: with another nothing would be found.
static int open_key(lookup_t *self, const char *state_folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    cause_t ignored;
    if (path_join(path, sizeof path, state_folder, "key", why) != 0)
        return -1;
    if (file_read_plain(path, sizeof self->key, &text, &ignored) != 0 ||
        text.size != sizeof self->key) {
        random_bytes(self->key, sizeof self->key);
        buf_destroy(&text);
        return file_replace(path, span_of(self->key, sizeof self->key), 0600, why);
    }
    memcpy(self->key, text.data, sizeof self->key);
    buf_destroy(&text);
    return 0;
}

static lookup_t *open_folder(
    const char *state_folder, size_t room, size_t cache_bytes, cause_t *why)
{
    lookup_t *self = new_lookup();
    self->room = self->attempt = room;
    self->pages = pages_new(cache_bytes / PAGE_BYTES);
    self->job = job_new("lookup", why);
    if (!self->job ||
        path_join(self->folder, sizeof self->folder, state_folder, "lookup", why) != 0 ||
        folder_make(self->folder, 0700, why) != 0 ||
        open_key(self, state_folder, why) != 0)
        lookup_destroy(&self);
    return self;
}

static bool is_run(const lookup_t *self, uint64_t number)
{
    for (size_t i = 0; i < self->runs; i++)
        if (lookup_run_number(self->run[i]) == number)
            return true;
    return false;
}

// What nobody knows of any more.
static int remove_others(const lookup_t *self, cause_t *why)
{
    names_t names;
    uint64_t number;
    int result = 0;
    if (names_list(&names, self->folder, "", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n && result == 0; i++)
        if (lookup_run_parse(names.name[i], &number) && !is_run(self, number))
            result = lookup_run_remove(self->folder, number, why);
    names_free(&names);
    return result;
}

lookup_t *lookup_open(
    const char *state_folder, size_t room, size_t cache_bytes, cause_t *why)
{
    lookup_t *self = open_folder(state_folder, room, cache_bytes, why);
    if (self && remove_others(self, why) != 0)
        lookup_destroy(&self);
    return self;
}

static int take_runs(lookup_t *self, reader_t *from, cause_t *why)
{
    for (uint32_t n = take_u32(from); n > 0; n--) {
        uint64_t number = take_u64(from);
        if (from->bad || self->runs == RUNS_MAX)
            return cause_set(why, "%s: nothing is known of it", self->folder);
        lookup_run_t *run = lookup_run_open(self->folder, number, why);
        if (!run)
            return -1;
        lookup_run_remember(run, self->pages);
        self->run[self->runs++] = run;
    }
    return 0;
}

static int take_all(lookup_t *self, reader_t *from, cause_t *why)
{
    span_t key = take_bytes(from, sizeof self->key);
    if (!span_equal(key, span_of(self->key, sizeof self->key)))
        return cause_set(why, "%s: it was made with another key", self->folder);
    if (take_u64(from) != self->room)
        return cause_set(why, "%s: it was made with another cache.bytes", self->folder);
    self->next = take_u64(from);
    if (take_runs(self, from, why) != 0)
        return -1;
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        lookup_record_t record;
        record.tag.high = take_u64(from);
        record.tag.low = take_u64(from);
        record.value = take_u64(from);
        put(&self->young, &record);
    }
    return from->bad ? cause_set(why, "%s: cut off", self->folder) : 0;
}

lookup_t *lookup_again(const char *state_folder, size_t room, size_t cache_bytes,
    reader_t *from, cause_t *why)
{
    lookup_t *self = open_folder(state_folder, room, cache_bytes, why);
    if (self && (take_all(self, from, why) != 0 || remove_others(self, why) != 0))
        lookup_destroy(&self);
    if (self)
        self->wanted = true;
    return self;
}

static void take_back(lookup_t *self);

void lookup_destroy(lookup_t **self_p)
{
    lookup_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    job_destroy(&self->job); // waits
    if (self->work)
        take_back(self);
    for (size_t i = 0; i < self->runs; i++)
        lookup_run_close(&self->run[i]);
    for (size_t i = 0; i < self->merges; i++)
        lookup_run_close(&self->merged[i]);
    free(self->merged);
    pages_destroy(&self->pages);
    close_table(&self->young);
    close_table(&self->old);
    free(self);
}

const uint8_t *lookup_key(const lookup_t *self)
{
    return self->key;
}

lookup_tag_t lookup_tag(
    const lookup_t *self, lookup_kind_t kind, const char *a, const char *b, const char *c)
{
    enum { WORD_MAX = 128 };
    const char *const words[] = {a, b, c};
    uint8_t text[1 + 3 * WORD_MAX];
    size_t size = 0;
    text[size++] = (uint8_t)kind;
    for (size_t i = 0; i < 3; i++) {
        size_t length = strnlen(words[i], WORD_MAX - 1);
        memcpy(text + size, words[i], length);
        size += length;
        text[size++] = 0;
    }
    lookup_tag_t tag;
    (void)crypto_shorthash_siphashx24((uint8_t *)&tag, text, size, self->key);
    return tag;
}

void lookup_add(lookup_t *self, const lookup_tag_t *tag, uint64_t value)
{
    put(&self->young, &(lookup_record_t){*tag, value});
    if (self->folder[0] && self->young.n >= self->attempt)
        lookup_turn(self);
}

static memo_t *memo_of(lookup_t *self, const lookup_tag_t *tag)
{
    return &self->memo[tag->high % MEMOS];
}

static bool find_young(
    lookup_t *self, const lookup_tag_t *tag, uint64_t below, uint64_t *value)
{
    memo_t *memo = memo_of(self, tag);
    bool known = memo->at && memo->value == below && same_tag(&memo->tag, tag);
    uint32_t at =
        next_of(&self->young, known ? memo->at : *head_of(&self->young, tag), tag, below);
    if (!at)
        return false;
    *value = self->young.record[at - 1].value;
    *memo = (memo_t){*tag, *value, at};
    return true;
}

static bool find_old(
    const lookup_t *self, const lookup_tag_t *tag, uint64_t below, uint64_t *value)
{
    uint32_t at =
        self->old.n ? next_of(&self->old, *head_of(&self->old, tag), tag, below) : 0;
    if (at)
        *value = self->old.record[at - 1].value;
    return at != 0;
}

static void note_failure(lookup_t *self, const cause_t *why)
{
    if (!self->failed)
        self->why = *why;
    self->failed = true;
}

static bool find_in_files(
    lookup_t *self, const lookup_tag_t *tag, uint64_t below, uint64_t *value)
{
    cause_t why;
    int found = 0;
    for (size_t i = self->runs; i > 0 && found == 0; i--)
        found = lookup_run_find(self->run[i - 1], tag, below, value, &why);
    if (found < 0)
        note_failure(self, &why);
    return found == 1;
}

bool lookup_find(lookup_t *self, const lookup_tag_t *tag, size_t *cursor, uint64_t *value)
{
    uint64_t below = *cursor ? (uint64_t)*cursor : UINT64_MAX;
    bool found = find_young(self, tag, below, value) ||
                 find_old(self, tag, below, value) ||
                 find_in_files(self, tag, below, value);
    *cursor = found ? (size_t)*value : 1; // nothing is below 1
    return found;
}

void lookup_clear(lookup_t *self)
{
    table_t *table = &self->young;
    assert(!self->folder[0]);
    if (table->n)
        memset(table->head, 0, table->heads * sizeof *table->head);
    table->n = 0;
    memset(self->memo, 0, sizeof self->memo);
}

// --------------------------------------------------------------------------------

// How many files of `room` records have gone into this one: a power of TOGETHER.
static uint64_t weight(const lookup_run_t *run, size_t room)
{
    return lookup_run_count(run) / room;
}

static bool stands_together(const work_t *work)
{
    if (work->runs < TOGETHER)
        return false;
    lookup_run_t *const *last = &work->run[work->runs - TOGETHER];
    return weight(last[0], work->room) == weight(last[TOGETHER - 1], work->room);
}

static int merge_last(work_t *work)
{
    lookup_run_t **last = &work->run[work->runs - TOGETHER];
    lookup_run_t *run = lookup_run_merge(
        work->folder, work->next, last, TOGETHER, &work->damaged, &work->why);
    if (!run)
        return -1;
    work->next++;
    for (size_t i = 0; i < TOGETHER; i++)
        work->merged[work->merges++] = last[i];
    last[0] = run;
    work->runs -= TOGETHER - 1;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return lookup_compare(a, b);
}

// The table's records stay where they are: others look for them meanwhile.
static int write_old(work_t *work)
{
    const table_t *old = work->old;
    if (work->runs == RUNS_MAX)
        return cause_set(&work->why, "%s: too many files", work->folder);
    lookup_record_t *sorted = memory_new(old->n, sizeof *sorted);
    memcpy(sorted, old->record, old->n * sizeof *sorted);
    qsort(sorted, old->n, sizeof *sorted, compare);
    lookup_run_t *run =
        lookup_run_write(work->folder, work->next, sorted, old->n, &work->why);
    free(sorted);
    if (!run)
        return -1;
    work->next++;
    work->run[work->runs++] = run;
    work->written = true;
    return 0;
}

static void do_work(void *context)
{
    work_t *work = context;
    work->result = write_old(work);
    while (work->result == 0 && stands_together(work))
        work->result = merge_last(work);
}

// The first `room` records become the old table; what came behind them is young.
static void set_apart(lookup_t *self)
{
    table_t rest = self->young;
    self->old = self->young;
    self->old.n = self->room;
    open_table(&self->young);
    for (size_t i = self->room; i < rest.n; i++)
        put(&self->young, &rest.record[i]);
    if (rest.n > self->room) { // chains of the old one must not lead out of it
        memset(self->old.head, 0, self->old.heads * sizeof *self->old.head);
        for (size_t i = 0; i < self->old.n; i++)
            chain(&self->old, i);
    }
    memset(self->memo, 0, sizeof self->memo);
}

static void begin_work(lookup_t *self)
{
    cause_t why;
    if (self->old.n == 0)
        set_apart(self);
    work_t *work = memory_new(1, sizeof *work);
    *work = (work_t){.folder = self->folder,
        .old = &self->old,
        .runs = self->runs,
        .next = self->next,
        .room = self->room};
    memcpy(work->run, self->run, sizeof work->run);
    if (job_start(self->job, do_work, work, &why) == 0)
        self->work = work;
    else
        free(work); // no thread: it is tried again
}

// What no start wants is gone at once.
static void retire(lookup_t *self, lookup_run_t *run)
{
    cause_t ignored; // then it is there until the next start
    if (self->wanted) {
        self->merged =
            memory_grow(self->merged, self->merges + 1, sizeof(lookup_run_t *));
        self->merged[self->merges++] = run;
        return;
    }
    (void)lookup_run_remove(self->folder, lookup_run_number(run), &ignored);
    lookup_run_close(&run);
}

// A table that was written counts as that, even if what should have followed failed.
static void take_back(lookup_t *self)
{
    work_t *work = self->work;
    self->work = NULL;
    memcpy(self->run, work->run, sizeof self->run);
    self->runs = work->runs;
    self->next = work->next;
    for (size_t i = 0; i < work->merges; i++)
        retire(self, work->merged[i]);
    for (size_t i = 0; i < self->runs; i++)
        lookup_run_remember(self->run[i], self->pages);
    if (work->written)
        close_table(&self->old);
    if (work->damaged)
        note_failure(self, &work->why);
    self->stuck = work->result != 0;
    free(work);
}

static bool has_work(const lookup_t *self)
{
    return self->old.n > 0 || self->young.n >= self->room;
}

void lookup_turn(lookup_t *self)
{
    if (!self->folder[0])
        return;
    if (self->work && job_done(self->job))
        take_back(self);
    if (!self->work && has_work(self))
        begin_work(self);
    // A look at the thread costs a call of the kernel: not for each record.
    self->attempt = self->young.n < self->room ? self->room : self->young.n + 1024;
    if (self->young.n >= BEHIND_MAX * self->room && !self->stuck)
        lookup_settle(self); // a journal is read faster than this is written
}

void lookup_settle(lookup_t *self)
{
    self->stuck = false;
    while (!lookup_settled(self) && !self->stuck) {
        if (!self->work)
            begin_work(self);
        if (!self->work)
            return; // there is no thread
        struct pollfd end = {job_fd(self->job), POLLIN, 0};
        (void)poll(&end, 1, -1);
        if (job_done(self->job))
            take_back(self);
    }
}

bool lookup_settled(const lookup_t *self)
{
    return !self->folder[0] || (!self->work && !has_work(self));
}

void lookup_save(lookup_t *self, buf_t *out)
{
    assert(lookup_settled(self));
    buf_put(out, self->key, sizeof self->key);
    buf_put_u64(out, self->room);
    buf_put_u64(out, self->next);
    buf_put_u32(out, (uint32_t)self->runs);
    for (size_t i = 0; i < self->runs; i++)
        buf_put_u64(out, lookup_run_number(self->run[i]));
    buf_put_u32(out, (uint32_t)self->young.n);
    for (size_t i = 0; i < self->young.n; i++) {
        const lookup_record_t *record = &self->young.record[i];
        buf_put_u64(out, record->tag.high);
        buf_put_u64(out, record->tag.low);
        buf_put_u64(out, record->value);
    }
    self->doomed = self->merges;
}

void lookup_saved(lookup_t *self)
{
    cause_t ignored; // then it is there until the next start
    for (size_t i = 0; i < self->doomed; i++) {
        (void)lookup_run_remove(
            self->folder, lookup_run_number(self->merged[i]), &ignored);
        lookup_run_close(&self->merged[i]);
    }
    self->merges -= self->doomed;
    if (self->doomed > 0)
        memmove(self->merged, self->merged + self->doomed,
            self->merges * sizeof *self->merged);
    self->doomed = 0;
    self->wanted = true;
}

bool lookup_overfull(const lookup_t *self)
{
    return self->young.n >= LOOKUP_WAITING_MAX;
}

int lookup_check(const lookup_t *self, cause_t *why)
{
    return self->failed ? cause_set(why, "%s", self->why.text) : 0;
}
