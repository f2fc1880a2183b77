// index_keeper - turns are counted: who wants the newest asks for one that begins after
// he has, and waits until it has ended.

#include "nodes/index/index_keeper.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"
#include "nodes/index/index_update.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EACH_MS = 60000,
    AGAIN_MS = 500,      // where somebody else holds it
    CHECK_MS = 86400000, // between two looks at every page
};

struct index_keeper {
    char node[PATH_MAX];
    task_t task;
    mutex_t mutex; // of all below
    wakeup_t asked, ended;
    uint64_t wanted, done; // turns
    bool stops, building;
    cause_t why;        // why the last turn failed; "": it did not
    mail_index_t *open; // the task's own: nobody asks it, see keep_open
    int64_t checked_ms; // likewise: when every page was looked at last; 0: never
};

static bool goes_on(void *context, uint64_t done, uint64_t of)
{
    index_keeper_t *self = context;
    mutex_lock(&self->mutex);
    self->building = done < of;
    bool on = !self->stops;
    wakeup_broadcast(&self->ended); // there is something to show by now
    mutex_unlock(&self->mutex);
    return on;
}

static index_hold_t bring(index_keeper_t *self, cause_t *why)
{
    mail_index_t *index;
    int64_t now_ms = clock_ms(CLOCK_BOOT);
    bool all = self->checked_ms == 0 || now_ms - self->checked_ms >= CHECK_MS;
    index_hold_t hold = mail_index_write(
        self->node, all ? INDEX_CHECK_ALL : INDEX_CHECK_NONE, &index, why);
    if (hold != INDEX_WRITES)
        return hold;
    self->checked_ms = now_ms ? now_ms : 1;
    if (mail_index_anew(index))
        log_line(LOG_WARNING, "index.anew", "reason=\"%s\"", mail_index_anew(index));
    if (index_update(index, goes_on, self, why) != 0)
        hold = INDEX_CANNOT;
    mail_index_close(&index);
    return hold;
}

// Who opens a catalogue first has to write some pages beside it, and cannot when the disk
// is full.  As long as this one is open nobody is the first.
static void keep_open(index_keeper_t *self)
{
    cause_t ignored;
    if (self->open && mail_index_replaced(self->open))
        mail_index_close(&self->open);
    if (!self->open)
        self->open = mail_index_read(self->node, &ignored);
}

// One that was found damaged on the way is made anew at once.
static index_hold_t turn(index_keeper_t *self, cause_t *why)
{
    index_hold_t hold = bring(self, why);
    if (hold == INDEX_CANNOT)
        hold = bring(self, why);
    if (hold == INDEX_CANNOT)
        log_often(LOG_ERROR, "index.failed", "reason=\"%s\"", why->text);
    return hold;
}

// With the mutex held: until somebody asks, or it is time.  Where somebody else is at it,
// asking makes that one no faster.
static void wait_turn(index_keeper_t *self, index_hold_t hold)
{
    int64_t until_ms = clock_ms(CLOCK_STEADY) + (hold == INDEX_HELD ? AGAIN_MS : EACH_MS);
    while (!self->stops && (hold == INDEX_HELD || self->wanted == self->done) &&
           wakeup_wait_until(&self->asked, &self->mutex, until_ms))
        ;
}

static void *run(void *context)
{
    index_keeper_t *self = context;
    mutex_lock(&self->mutex);
    while (!self->stops) {
        uint64_t number = self->wanted;
        cause_t why = {""};
        mutex_unlock(&self->mutex);
        index_hold_t hold = turn(self, &why);
        keep_open(self);
        mutex_lock(&self->mutex);
        self->building = false;
        self->why = why;
        if (hold == INDEX_WRITES)
            self->why.text[0] = 0;
        if (hold != INDEX_HELD)
            self->done = number;
        wakeup_broadcast(&self->ended);
        wait_turn(self, hold);
    }
    mutex_unlock(&self->mutex);
    mail_index_close(&self->open);
    return NULL;
}

index_keeper_t *index_keeper_new(const char *node, cause_t *why)
{
    index_keeper_t *self = memory_new(1, sizeof *self);
    (void)snprintf(self->node, sizeof self->node, "%s", node);
    mutex_init(&self->mutex);
    wakeup_init(&self->asked);
    wakeup_init(&self->ended);
    self->wanted = 1;
    self->building = true;
    if (task_start(&self->task, "index", run, self) == 0)
        return self;
    (void)cause_errno(why, "a thread");
    wakeup_destroy(&self->ended);
    wakeup_destroy(&self->asked);
    mutex_destroy(&self->mutex);
    free(self);
    return NULL;
}

void index_keeper_destroy(index_keeper_t **self_p)
{
    index_keeper_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    mutex_lock(&self->mutex);
    self->stops = true;
    wakeup_broadcast(&self->asked);
    wakeup_broadcast(&self->ended);
    mutex_unlock(&self->mutex);
    task_join(self->task);
    wakeup_destroy(&self->ended);
    wakeup_destroy(&self->asked);
    mutex_destroy(&self->mutex);
    free(self);
}

// A first build takes long: nobody waits for more than its first portion.  True: all that
// there was when this was called is in it.
static bool ask_turn(index_keeper_t *self, int64_t wait_ms)
{
    int64_t until_ms = clock_ms(CLOCK_STEADY) + wait_ms;
    mutex_lock(&self->mutex);
    uint64_t number = ++self->wanted;
    wakeup_broadcast(&self->asked);
    while (!self->stops && self->done < number &&
           wakeup_wait_until(&self->ended, &self->mutex, until_ms))
        if (self->building)
            break;
    bool fresh = self->done >= number && !self->why.text[0];
    mutex_unlock(&self->mutex);
    return fresh;
}

mail_index_t *index_keeper_open(
    index_keeper_t *self, int64_t wait_ms, bool *fresh, cause_t *why)
{
    mail_index_t *index = mail_index_read(self->node, why);
    *fresh = index && mail_index_current(index);
    if (*fresh)
        return index;
    mail_index_close(&index);
    *fresh = ask_turn(self, wait_ms);
    index = mail_index_read(self->node, why);
    if (!index) {
        mutex_lock(&self->mutex);
        if (self->why.text[0])
            *why = self->why;
        mutex_unlock(&self->mutex);
    }
    *fresh = *fresh && index;
    return index;
}

void index_keeper_damaged(index_keeper_t *self)
{
    mutex_lock(&self->mutex);
    self->wanted++;
    wakeup_broadcast(&self->asked);
    mutex_unlock(&self->mutex);
}
