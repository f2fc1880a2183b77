// transfer - the folder is listed when something may be new in it or when a pause is
// over, and not while something is under way.

#include "nodes/attachments/transfer.h"

#include "lib/base/moment.h"

int transfer_open(transfer_t *self, const char *node, const char *folder, cause_t *why)
{
    self->look_ms = MOMENT_PAST;
    return path_join(self->folder, sizeof self->folder, node, folder, why) == 0
               ? folder_make(self->folder, 0700, why)
               : -1;
}

void transfer_close(transfer_t *self)
{
    retries_free(&self->retries);
}

static int64_t next_look_ms(const transfer_t *self)
{
    int64_t next_ms = self->look_ms;
    moment_sooner(&next_ms, retries_next_ms(&self->retries));
    return next_ms;
}

bool transfer_turn(transfer_t *self, now_t now, bool may)
{
    self->now = now;
    self->may = may;
    return may && self->state == TRANSFER_IDLE &&
           moment_due(next_look_ms(self), now.monotonic_ms);
}

bool transfer_names(transfer_t *self, names_t *names)
{
    cause_t ignored;
    bool listed = names_list(names, self->folder, "", &ignored) == 0;
    self->look_ms = listed ? MOMENT_NEVER : self->now.monotonic_ms + RETRIES_FIRST_MS;
    return listed;
}

bool transfer_may_try(
    const transfer_t *self, const char *name, hash_t *digest, char path[PATH_MAX])
{
    cause_t ignored;
    return hex_decode(span_text(name), digest->bytes, sizeof digest->bytes) &&
           retries_due(&self->retries, digest, self->now.monotonic_ms) &&
           path_join(path, PATH_MAX, self->folder, name, &ignored) == 0;
}

void transfer_take(transfer_t *self, const hash_t *digest, uint64_t size)
{
    self->digest = *digest;
    self->size = size;
    self->offset = 0;
    self->announced = false;
}

void transfer_none(transfer_t *self)
{
    retries_drop(&self->retries, self->now.monotonic_ms);
}

bool transfer_is(const transfer_t *self, const hash_t *digest)
{
    return self->state != TRANSFER_IDLE && hash_equal(&self->digest, digest);
}

void transfer_tell(transfer_t *self, transfer_event_t event, const char *text)
{
    self->told(self->context, event, &self->digest, self->offset, text);
}

void transfer_announce(transfer_t *self)
{
    if (!self->announced)
        transfer_tell(self, TRANSFER_BEGUN, "");
    self->announced = true;
}

void transfer_rest(transfer_t *self)
{
    self->state = TRANSFER_IDLE;
    self->look_ms = MOMENT_PAST; // there may be another one
}

void transfer_later(transfer_t *self, const char *text)
{
    if (retries_later(&self->retries, &self->digest, self->now.monotonic_ms))
        transfer_tell(self, TRANSFER_LATER, text);
    transfer_rest(self);
}

int transfer_refuse(transfer_t *self, const refusal_t *refusal, cause_t *why)
{
    char name[HASH_HEX];
    hex_encode(self->digest.bytes, sizeof self->digest.bytes, name);
    return store_refused(self->store, name, span_of("", 0), &self->digest, refusal, why);
}

void transfer_forget(transfer_t *self)
{
    retries_forget(&self->retries, &self->digest);
}

void transfer_hurry(transfer_t *self)
{
    self->look_ms = MOMENT_PAST;
    retries_hurry(&self->retries);
}

int64_t transfer_due_ms(const transfer_t *self)
{
    if (self->state == TRANSFER_CHECKING)
        return self->now.monotonic_ms;
    if (!self->may)
        return MOMENT_NEVER;
    if (self->state == TRANSFER_READY)
        return self->now.monotonic_ms;
    return self->state == TRANSFER_IDLE ? next_look_ms(self) : MOMENT_NEVER;
}
