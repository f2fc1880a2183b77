// origin - the text is read strictly: it is printed anew from what was read and must be
// the same bytes, so that a document has one spelling and one hash.

#include "lib/tlog/origin.h"

#include <inttypes.h>
#include <string.h>

void origin_print(const origin_t *self, buf_t *out)
{
    char vkey[VKEY_MAX];
    log_vkey_print(&self->vkey, vkey);
    buf_printf(out, "%s\n", vkey);
    if (!self->succeeds)
        return;
    log_vkey_print(&self->predecessor, vkey);
    buf_printf(out, "predecessor %s\ntaken %" PRIu64 "\nformers %" PRIu64 "\n", vkey,
        self->taken, self->formers);
    buf_put_span(out, self->note);
}

// One spelling: what would be written is what was read.
static int check_spelling(const origin_t *self, span_t text, cause_t *why)
{
    buf_t again = {0};
    origin_print(self, &again);
    bool same = span_equal(buf_span(&again), text);
    buf_destroy(&again);
    return same ? 0 : cause_set(why, "the origin is not in its canonical form");
}

static int take_predecessor(origin_t *self, reader_t *reader, cause_t *why)
{
    self->succeeds = true;
    if (log_vkey_parse(&self->predecessor, take_field(reader, "predecessor"), why) != 0)
        return cause_prefix(why, "the predecessor's key");
    if (!decimal_decode(take_field(reader, "taken"), &self->taken) ||
        !decimal_decode(take_field(reader, "formers"), &self->formers))
        return cause_set(why, "the origin does not say how much was taken over");
    self->note = reader->rest;
    if (checkpoint_open(&self->checkpoint, self->note, &self->predecessor, why) != 0)
        return cause_prefix(why, "the predecessor's checkpoint");
    return 0;
}

int origin_parse(origin_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    *self = (origin_t){0};
    if (log_vkey_parse(&self->vkey, take_line(&reader), why) != 0)
        return -1;
    if (reader.rest.size > 0 && take_predecessor(self, &reader, why) != 0)
        return -1;
    return check_spelling(self, text, why);
}

uint64_t origin_carried(const origin_t *self)
{
    return self->taken < self->checkpoint.size ? self->taken : self->checkpoint.size;
}
