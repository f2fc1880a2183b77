// quarantine - a short list that is searched from its front: most logs never have an
// entry here, and hardly any has two.

#include "lib/tlog/quarantine.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-quarantine/v1";

static aside_t *find(const quarantine_t *self, uint64_t position)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->item[i].position == position)
            return (aside_t *)&self->item[i];
    return NULL;
}

static aside_t *take(quarantine_t *self, uint64_t position, cause_t *why)
{
    aside_t *aside = find(self, position);
    if (aside)
        return aside;
    if (self->n == QUARANTINE_MAX) {
        (void)cause_set(why, "more than %d entries are to be set aside", QUARANTINE_MAX);
        return NULL;
    }
    self->item[self->n] = (aside_t){.position = position};
    return &self->item[self->n++];
}

void quarantine_again(quarantine_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        self->item[i].unreadable = self->item[i].folded = false;
}

int quarantine_order(quarantine_t *self, uint64_t position, cause_t *why)
{
    if (position == 0)
        return cause_set(why, "entry 0 says whose log it is and cannot be set aside");
    aside_t *aside = take(self, position, why);
    if (!aside)
        return -1;
    aside->ordered = true;
    return 0;
}

bool quarantine_holds(const quarantine_t *self, uint64_t position)
{
    const aside_t *aside = find(self, position);
    return aside && aside->entered;
}

bool quarantine_names(const quarantine_t *self, uint64_t position)
{
    const aside_t *aside = self->n > 0 ? find(self, position) : NULL;
    return aside && (aside->entered || aside->unreadable);
}

int quarantine_fail(quarantine_t *self, uint64_t position, const cause_t *because)
{
    cause_t ignored;
    aside_t *aside = take(self, position, &ignored);
    if (!aside)
        return -1;
    aside->unreadable = true;
    (void)snprintf(
        aside->reason, sizeof aside->reason, "%.*s", QUARANTINE_TEXT - 1, because->text);
    text_clean(aside->reason);
    return 0;
}

int quarantine_enter(
    quarantine_t *self, uint64_t at, uint64_t position, const char *reason, cause_t *why)
{
    if (position == 0 || position >= at)
        return cause_set(
            why, "it sets aside entry %" PRIu64 ", which is not before it", position);
    aside_t *aside = take(self, position, why);
    if (!aside)
        return -1;
    aside->folded = !aside->unreadable && !aside->entered;
    aside->entered = true;
    if (!aside->unreadable)
        (void)snprintf(aside->reason, sizeof aside->reason, "%s", reason);
    return 0;
}

static bool is_open(const aside_t *aside)
{
    return aside->unreadable && !aside->entered && !aside->ordered;
}

// One that nobody ordered yet is named with those that were: the order is given anew.
static int complain(const quarantine_t *self, const aside_t *first, cause_t *why)
{
    char options[160] = "";
    size_t used = 0;
    for (size_t i = 0; i < self->n && used < sizeof options - 48; i++)
        if (self->item[i].unreadable && !self->item[i].entered)
            used += (size_t)snprintf(options + used, sizeof options - used,
                "--quarantine %" PRIu64 " ", self->item[i].position);
    return cause_set(why,
        "entry %" PRIu64 " cannot be read (%.60s); to start without it: "
        "dabyl-hub %shub.conf",
        first->position, first->reason, options);
}

int quarantine_check(const quarantine_t *self, uint64_t entries, cause_t *why)
{
    if (quarantine_late(self))
        return cause_set(why, "an entry is set aside that was folded before");
    for (size_t i = 0; i < self->n; i++) {
        const aside_t *aside = &self->item[i];
        if (aside->ordered && aside->position >= entries)
            return cause_set(why,
                "--quarantine %" PRIu64 ": the journal ends before this entry",
                aside->position);
        if (aside->ordered && !aside->unreadable && !aside->entered)
            return cause_set(why,
                "--quarantine %" PRIu64 ": this entry can be read, so it stays in force",
                aside->position);
    }
    for (size_t i = 0; i < self->n; i++)
        if (is_open(&self->item[i]))
            return complain(self, &self->item[i], why);
    return 0;
}

bool quarantine_late(const quarantine_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->item[i].folded)
            return true;
    return false;
}

const aside_t *quarantine_due(const quarantine_t *self, size_t *cursor)
{
    while (*cursor < self->n) {
        const aside_t *aside = &self->item[(*cursor)++];
        if (aside->ordered && aside->unreadable && !aside->entered)
            return aside;
    }
    return NULL;
}

void quarantine_print(const aside_t *aside, buf_t *out)
{
    buf_printf(out, "%s\nposition %" PRIu64 "\nreason %s\n", VERSION_LINE,
        aside->position, aside->reason);
}

int quarantine_parse(
    span_t text, uint64_t *position, char reason[QUARANTINE_TEXT], cause_t *why)
{
    reader_t reader = reader_of(text);
    if (edition_line(take_line(&reader), VERSION_LINE, "a quarantine", why) != 0)
        return -1;
    bool good = decimal_decode(take_field(&reader, "position"), position);
    span_t line = take_field(&reader, "reason");
    if (good && reader_done(&reader) && text_is_line(line) &&
        text_copy(line, reason, QUARANTINE_TEXT))
        return 0;
    return cause_set(why, "this is no quarantine of an entry");
}

void quarantine_save(const quarantine_t *self, buf_t *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        n += self->item[i].entered;
    buf_put_u32(out, n);
    for (size_t i = 0; i < self->n; i++) {
        const aside_t *aside = &self->item[i];
        if (!aside->entered)
            continue;
        buf_put_u64(out, aside->position);
        buf_put_u8(out, aside->unreadable);
        buf_put_short(out, span_text(aside->reason));
    }
}

bool quarantine_load(quarantine_t *self, reader_t *from)
{
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        cause_t ignored;
        aside_t *aside = take(self, take_u64(from), &ignored);
        if (!aside)
            return false;
        aside->entered = true;
        aside->unreadable = take_u8(from) != 0;
        from->bad |= !text_copy(take_short(from), aside->reason, sizeof aside->reason);
    }
    return !from->bad;
}
