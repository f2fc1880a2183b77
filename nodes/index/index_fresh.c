// index_fresh - what is current is read at once; else we bring it up to date ourselves,
// or wait for whoever does.

#include "nodes/index/index_fresh.h"

#include "lib/sys/clock.h"

#include <time.h>

enum {
    SOON_MS = 1500,
    LOOK_MS = 50,     // between two looks at what another writes
    STILL_MS = 10000, // it has not gone on for so long: whoever holds it is stuck
};

typedef struct {
    const index_fresh_t *options;
    int64_t until_ms;
    bool stopped;
} bringing_t;

static bool goes_on(void *context, uint64_t done, uint64_t of)
{
    bringing_t *self = context;
    const index_fresh_t *options = self->options;
    bool on = !options->progress || options->progress(options->context, done, of);
    if (options->patience == FRESH_SOON && clock_ms(CLOCK_STEADY) >= self->until_ms)
        on = false;
    self->stopped = !on && done < of;
    return on;
}

static mail_index_t *read_current(const char *node, index_state_t *state, cause_t *why)
{
    mail_index_t *index = mail_index_read(node, why);
    *state = (index_state_t){false, 0, 0};
    if (!index)
        return NULL;
    if (mail_index_current(index))
        return index;
    mail_index_state(index, state);
    mail_index_close(&index);
    (void)cause_set(why, "the catalogue of messages is being made");
    return NULL;
}

// What we have just written is what there was; whoever changes the folders all the time
// is not waited for.
static mail_index_t *bring(
    mail_index_t *index, bringing_t *bringing, index_remark_t *remark, cause_t *why)
{
    remark->anew |= mail_index_anew(index) != NULL;
    if (index_update(index, goes_on, bringing, why) != 0) {
        remark->fault = true;
        mail_index_close(&index);
    } else if (bringing->stopped) {
        (void)cause_set(why, "the catalogue of messages is not made yet");
        mail_index_close(&index);
    }
    return index;
}

static mail_index_t *in_memory(
    const char *node, bringing_t *bringing, index_remark_t *remark, cause_t *why)
{
    cause_t ignored;
    mail_index_t *index = mail_index_in_memory(node, &ignored);
    if (index && index_update(index, goes_on, bringing, &ignored) != 0)
        mail_index_close(&index);
    remark->in_memory = index != NULL;
    (void)why; // why it could not be written is what matters
    return index;
}

static void wait_a_little(void)
{
    const struct timespec wait = {0, LOOK_MS * 1000000L};
    (void)nanosleep(&wait, NULL);
}

// One that turns out to be damaged on the way is made anew, once.
static mail_index_t *write_it(const char *node, bringing_t *bringing, index_hold_t *hold,
    index_remark_t *remark, cause_t *why)
{
    mail_index_t *index = NULL;
    for (int i = 0; i < 2 && !index && !bringing->stopped; i++) {
        remark->fault = false;
        *hold = mail_index_write(node, INDEX_CHECK_SMALL, &index, why);
        if (*hold == INDEX_HELD)
            break;
        if (*hold == INDEX_WRITES)
            index = bring(index, bringing, remark, why);
        else
            remark->fault = true;
    }
    return index;
}

// Another brings it up to date, and is waited for while that goes on.
static mail_index_t *wait_for_it(const char *node, bringing_t *bringing, cause_t *why)
{
    const index_fresh_t *options = bringing->options;
    int64_t until_ms = options->patience == FRESH_SOON
                           ? bringing->until_ms
                           : clock_ms(CLOCK_STEADY) + STILL_MS;
    uint64_t before = 0;
    index_state_t state;
    mail_index_t *index = NULL;
    while (!index && clock_ms(CLOCK_STEADY) < until_ms) {
        wait_a_little();
        index = read_current(node, &state, why);
        if (options->patience == FRESH_EVER && state.done != before)
            until_ms = clock_ms(CLOCK_STEADY) + STILL_MS;
        before = state.done;
        if (!index && state.of > 0 && options->progress)
            (void)options->progress(options->context, state.done, state.of);
    }
    return index;
}

mail_index_t *index_fresh(
    const char *node, const index_fresh_t *options, index_remark_t *remark, cause_t *why)
{
    bringing_t bringing = {options, clock_ms(CLOCK_STEADY) + SOON_MS, false};
    index_hold_t hold = INDEX_HELD;
    index_state_t state;
    *remark = (index_remark_t){false, false, false};
    mail_index_t *index = read_current(node, &state, why);
    for (int i = 0; i < 3 && !index && hold == INDEX_HELD; i++) {
        index = write_it(node, &bringing, &hold, remark, why);
        if (!index && hold == INDEX_HELD)
            index = wait_for_it(node, &bringing, why);
    }
    if (!index && options->patience == FRESH_EVER)
        index = in_memory(node, &bringing, remark, why);
    return index;
}
