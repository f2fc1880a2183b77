// law_reading - a job (lib/base/job.h) runs law_open.  What it reads from and writes to
// lies in this struct, which nobody else touches while the job runs.

#include "hub/law/law_reading.h"

#include "lib/base/job.h"
#include "lib/base/memory.h"

#include <stdlib.h>

struct law_reading {
    job_t *job;
    law_source_t source;
    law_before_t before;
    int64_t now_ms;
    bool good; // `law` was read, and nobody has taken it
    law_t law;
    cause_t why;
};

law_reading_t *law_reading_new(cause_t *why)
{
    law_reading_t *self = memory_new(1, sizeof *self);
    if (!(self->job = job_new("law", why))) {
        free(self);
        return NULL;
    }
    return self;
}

void law_reading_destroy(law_reading_t **self_p)
{
    law_reading_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    job_destroy(&self->job);
    if (self->good)
        law_close(&self->law);
    free(self);
}

static void read_law(void *context)
{
    law_reading_t *self = context;
    self->good =
        law_open(&self->law, &self->source, &self->before, self->now_ms, &self->why) == 0;
}

int law_reading_begin(law_reading_t *self, const law_source_t *source,
    const law_before_t *before, int64_t now_ms, cause_t *why)
{
    self->source = *source;
    self->before = *before;
    self->now_ms = now_ms;
    return job_start(self->job, read_law, self, why);
}

bool law_reading_runs(const law_reading_t *self)
{
    return job_runs(self->job);
}

int law_reading_fd(const law_reading_t *self)
{
    return job_fd(self->job);
}

bool law_reading_ended(law_reading_t *self)
{
    return job_done(self->job);
}

int law_reading_take(law_reading_t *self, law_t *law, cause_t *why)
{
    if (!self->good) {
        *why = self->why;
        return -1;
    }
    *law = self->law;
    self->good = false;
    return 0;
}
