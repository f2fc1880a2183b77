// publisher - a queue of leaves and the newest checkpoint, between the hub's thread and
// this one.
//
// The hub's thread only copies a leaf behind the queue.  This thread takes the whole
// queue at once, makes tiles of it without holding the lock, and when a checkpoint is due
// writes what the checkpoint needs and the checkpoint last: a reader who sees it finds
// all of it.
//
// A leaf is given once its entry is durable, so full tiles need not wait for a
// checkpoint; therefore what is held stays small while a long journal is given again at
// start.

#include "hub/journal/publisher.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"
#include "lib/tlog/tiles.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The thread is woken for this many bytes; the hub waits for it at so many.
enum { WAKE = 256 << 10, QUEUE_MOST = 8 << 20 };

struct publisher {
    publisher_setup_t setup;
    char checkpoint[PATH_MAX];
    task_t thread;
    bool running;

    // The thread's own.
    tiles_t *tiles;
    buf_t work;     // leaves taken from the queue
    size_t done;    // bytes of it made into tiles
    int64_t due_ms; // when the disk is next bothered with a checkpoint, or again after
                    // trouble

    // Shared, under the lock.
    mutex_t lock;
    wakeup_t more;      // for the thread: there is something to do
    wakeup_t less;      // for the hub: the queue was taken
    buf_t queue;        // leaves, each after its hash and its length in two bytes
    buf_t note;         // the checkpoint that waits, if `waiting`
    uint64_t size;      // its size
    uint64_t made;      // leaves that the tiles have
    uint64_t published; // what the checkpoint that was written last covers
    int64_t waiting_ms; // since when a newer one waits, if `waiting`
    uint64_t given;
    bool hurry; // somebody waits until these are one
    bool waiting;
    bool stop;
    bool trouble; // since the last time somebody asked
    bool stuck;   // the last attempt failed
    cause_t why;
};

static bool has_work(const publisher_t *self)
{
    return self->waiting || self->queue.size >= WAKE || self->done < self->work.size ||
           (self->hurry && self->queue.size > 0);
}

// Under the lock: sleep until there is something to do and it is time for it.
static void wait_for_work(publisher_t *self)
{
    while (!self->stop) {
        int64_t now = clock_ms(CLOCK_STEADY);
        bool early = now < self->due_ms;
        if (!has_work(self))
            wakeup_wait(&self->more, &self->lock);
        else if (early && (self->stuck || (self->queue.size < WAKE && !self->hurry)))
            (void)wakeup_wait_until(&self->more, &self->lock, self->due_ms);
        else
            return;
    }
}

static void take_queue(publisher_t *self)
{
    if (self->done < self->work.size)
        return; // not finished with what was taken before
    buf_t empty = self->work;
    buf_clear(&empty);
    if (empty.room > (size_t)4 * WAKE)
        buf_destroy(&empty);
    self->work = self->queue;
    self->queue = empty;
    self->done = 0;
    wakeup_signal(&self->less);
}

static int make_tiles(publisher_t *self, cause_t *why)
{
    while (self->done < self->work.size) {
        reader_t from = reader_of(
            span_of(self->work.data + self->done, self->work.size - self->done));
        hash_t hash;
        (void)take_into(&from, hash.bytes, sizeof hash.bytes);
        span_t leaf = take_short(&from);
        if (tiles_add(self->tiles, leaf, &hash, why) != 0)
            return -1;
        self->done = self->work.size - from.rest.size;
    }
    return 0;
}

static int write_checkpoint(
    publisher_t *self, uint64_t size, const buf_t *note, cause_t *why)
{
    if (tiles_publish(self->tiles, size, why) != 0)
        return -1;
    if (file_replace(self->checkpoint, buf_span(note), 0644, why) != 0)
        return -1;
    return self->setup.marks ? logmarks_keep(self->setup.marks, buf_span(note), why) : 0;
}

// Under the lock.
static void settle(publisher_t *self, int result, bool published, uint64_t size)
{
    self->stuck = result != 0;
    self->made = tiles_size(self->tiles);
    if (self->hurry)
        wakeup_signal(&self->less);
    if (result != 0) {
        self->trouble = true;
        wakeup_signal(&self->less);
    }
    if (result != 0 || published)
        self->due_ms = clock_ms(CLOCK_STEADY) + self->setup.interval_ms;
    if (result == 0 && published) {
        self->published = size;
        self->waiting_ms = clock_ms(CLOCK_STEADY); // a newer one: from now on
    }
    if (result == 0 && published && self->size == size)
        self->waiting = false;
}

// Under the lock, which is given up for the work itself.
static void work_once(publisher_t *self, buf_t *note)
{
    cause_t why = {""};
    take_queue(self);
    uint64_t size = self->size;
    bool publish =
        self->waiting && (self->stop || clock_ms(CLOCK_STEADY) >= self->due_ms);
    buf_clear(note);
    buf_put_span(note, buf_span(&self->note));
    mutex_unlock(&self->lock);

    int result = make_tiles(self, &why);
    // The rest of its leaves may still be in the queue, behind what was taken.
    publish = publish && size <= tiles_size(self->tiles);
    if (result == 0 && publish)
        result = write_checkpoint(self, size, note, &why);

    mutex_lock(&self->lock);
    if (result != 0 && !self->trouble)
        self->why = why;
    settle(self, result, publish, size);
}

static void *run(void *context)
{
    publisher_t *self = context;
    buf_t note = {0};
    mutex_lock(&self->lock);
    while (!self->stop) {
        wait_for_work(self);
        if (!self->stop)
            work_once(self, &note);
    }
    // Once for what was taken before, once more for what came behind it.
    for (int last = 0; last < 2; last++)
        work_once(self, &note);
    mutex_unlock(&self->lock);
    buf_destroy(&note);
    return NULL;
}

static int start(publisher_t *self, cause_t *why)
{
    self->running = task_start(&self->thread, "publisher", run, self) == 0;
    return self->running ? 0 : cause_errno(why, "the thread publisher");
}

static int resume(publisher_t *self, cause_t *why)
{
    const publisher_setup_t *setup = &self->setup;
    self->made = self->given = setup->made;
    if (setup->made > 0 &&
        tiles_resume(self->tiles, setup->made, setup->fetch, setup->context) != 0)
        return cause_set(why, "the hashes of tiles cannot be read");
    return 0;
}

publisher_t *publisher_open(const publisher_setup_t *setup, cause_t *why)
{
    publisher_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->lock);
    wakeup_init(&self->less);
    wakeup_init(&self->more);
    self->setup = *setup;
    int result = path_join(
        self->checkpoint, sizeof self->checkpoint, setup->folder, "checkpoint", why);
    if (result == 0) {
        self->tiles = tiles_open(setup->folder, why);
        result = self->tiles ? resume(self, why) : -1;
    }
    if (result == 0)
        result = start(self, why);
    if (result != 0)
        publisher_close(&self);
    return self;
}

void publisher_leaf(publisher_t *self, span_t leaf, const hash_t *hash)
{
    mutex_lock(&self->lock);
    // A replay can be faster than the disk; with the disk in trouble nobody may be held
    // up, and what comes in is bounded by the journal, which has no room either.
    while (self->queue.size > QUEUE_MOST && !self->stuck)
        wakeup_wait(&self->less, &self->lock);
    bool below = self->queue.size < WAKE;
    buf_put(&self->queue, hash->bytes, sizeof hash->bytes);
    buf_put_short(&self->queue, leaf);
    self->given++;
    if (below && self->queue.size >= WAKE)
        wakeup_signal(&self->more);
    mutex_unlock(&self->lock);
}

void publisher_checkpoint(publisher_t *self, uint64_t size, span_t note)
{
    mutex_lock(&self->lock);
    self->size = size;
    buf_clear(&self->note);
    buf_put_span(&self->note, note);
    if (!self->waiting) {
        self->waiting_ms = clock_ms(CLOCK_STEADY);
        wakeup_signal(&self->more);
    }
    self->waiting = true;
    mutex_unlock(&self->lock);
}

// Of the tile at the edge nothing may be there, or of the one before it, which is written
// when the next leaf comes.
uint64_t publisher_made(publisher_t *self)
{
    mutex_lock(&self->lock);
    uint64_t made = self->made;
    mutex_unlock(&self->lock);
    return made > 0 ? (made - 1) / TILE_WIDTH * TILE_WIDTH : 0;
}

published_t publisher_published(publisher_t *self)
{
    mutex_lock(&self->lock);
    published_t published = {.size = self->published,
        .waiting_ms = self->waiting ? clock_ms(CLOCK_STEADY) - self->waiting_ms : 0};
    mutex_unlock(&self->lock);
    return published;
}

void publisher_settle(publisher_t *self)
{
    mutex_lock(&self->lock);
    self->hurry = true;
    wakeup_signal(&self->more);
    while (self->made < self->given && !self->stuck)
        wakeup_wait(&self->less, &self->lock);
    self->hurry = false;
    mutex_unlock(&self->lock);
}

int publisher_trouble(publisher_t *self, cause_t *why)
{
    mutex_lock(&self->lock);
    bool trouble = self->trouble;
    if (trouble)
        *why = self->why;
    self->trouble = false;
    mutex_unlock(&self->lock);
    return trouble ? -1 : 0;
}

void publisher_close(publisher_t **self_p)
{
    publisher_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->running) {
        mutex_lock(&self->lock);
        self->stop = true;
        wakeup_signal(&self->more);
        mutex_unlock(&self->lock);
        task_join(self->thread);
    }
    tiles_close(&self->tiles);
    buf_destroy(&self->work);
    buf_destroy(&self->queue);
    buf_destroy(&self->note);
    wakeup_destroy(&self->more);
    wakeup_destroy(&self->less);
    mutex_destroy(&self->lock);
    free(self);
}
