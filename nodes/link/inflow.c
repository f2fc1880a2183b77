// inflow - three numbers: what is stored, the highest that was shown, the highest that
// was acknowledged.  There is a gap while something between stored and seen has to be
// asked for, because the hub believes it has sent it.

#include "nodes/link/inflow.h"

#include "lib/base/moment.h"

void inflow_begin(inflow_t *self)
{
    self->seen = self->stored;
    self->gap = false;
    self->held = false;
    self->asked = 0;
    // Whether the hub still knows what was said last, before the session (or a process)
    // ended, nobody can tell: what it knows it passes over.
    self->owing = self->stored > 0;
    self->ack_from_ms = 0;
    self->weight = 0;
}

static void miss(inflow_t *self, int64_t now_ms)
{
    if (self->gap)
        return;
    self->gap = true;
    self->asked = 0;
    self->again_due_ms = now_ms;
}

size_t inflow_offer(
    inflow_t *self, const deliver_t *frame, size_t bytes, int64_t now_ms, size_t *first)
{
    self->weight += bytes;
    size_t i = 0;
    size_t taken = 0;
    while (i < frame->n && frame->item[i].number <= self->stored)
        i++;
    self->owing |= i > 0; // it came again: our acknowledgement was lost
    *first = i;
    bool taking = !self->paused && !self->held;
    while (taking && i + taken < frame->n &&
           frame->item[i + taken].number == self->stored + taken + 1)
        taken++;
    if (i < frame->n && frame->item[frame->n - 1].number > self->seen)
        self->seen = frame->item[frame->n - 1].number;
    if (i + taken < frame->n && taking)
        miss(self, now_ms);
    return taken;
}

void inflow_stored(inflow_t *self, size_t n, int64_t now_ms)
{
    if (n == 0)
        return;
    self->stored += n;
    self->owing = true;
    // Progress: whatever is still missing may be asked for at once.
    self->asked = 0;
    self->again_due_ms = now_ms;
    if (self->stored >= self->seen)
        self->gap = false;
}

void inflow_pause(inflow_t *self)
{
    self->paused = true;
    self->gap = false;
}

void inflow_resume(inflow_t *self, int64_t now_ms)
{
    self->paused = false;
    if (!self->held && self->seen > self->stored)
        miss(self, now_ms);
}

void inflow_hold(inflow_t *self)
{
    self->held = true;
    self->gap = false;
}

void inflow_release(inflow_t *self, int64_t now_ms)
{
    self->held = false;
    if (!self->paused && self->seen > self->stored)
        miss(self, now_ms);
}

bool inflow_ack_now(inflow_t *self, int64_t now_ms)
{
    bool much = self->stored - self->acked >= (self->window + 1) / 2 ||
                self->weight >= INFLOW_ACK_BYTES;
    if (!self->owing || (!much && now_ms < self->ack_from_ms))
        return false;
    self->owing = false;
    self->acked = self->stored;
    self->weight = 0;
    self->ack_from_ms = moment_after(now_ms, INFLOW_ACK_MS);
    return true;
}

int inflow_again_now(inflow_t *self, int64_t now_ms, again_t *again)
{
    if (!self->gap || now_ms < self->again_due_ms)
        return 0;
    if (self->asked++ >= INFLOW_AGAIN_MAX)
        return -1;
    self->again_due_ms = moment_after(now_ms, INFLOW_AGAIN_MS);
    *again = (again_t){.first = self->stored + 1, .last = self->seen};
    return 1;
}

int64_t inflow_due_ms(const inflow_t *self)
{
    int64_t due = MOMENT_NEVER;
    if (self->owing)
        moment_sooner(&due, self->ack_from_ms);
    if (self->gap)
        moment_sooner(&due, self->again_due_ms);
    return due;
}
