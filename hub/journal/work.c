#include "hub/journal/work.h"

void work_read(work_t *self, size_t bytes)
{
    self->done += WORK_READING + bytes;
}

void work_step(work_t *self, size_t steps)
{
    self->done += WORK_STEP * steps;
}
