// operation - one field a line, those that may be missing looked for in their order.

#include "lib/tlog/operation.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-operator/v1";

// A line "<word> <text>" into `out`, when it is the next.
static int take(reader_t *from, const char *word, char *out, size_t room, cause_t *why)
{
    out[0] = 0;
    if (!reader_at(from, word))
        return 0;
    span_t text = take_field(from, word);
    if (text.size > 0 && text_is_line(text) && text_copy(text, out, room))
        return 0;
    out[0] = 0;
    return cause_set(why,
        "'%s' has to be a line of at most %zu bytes without control characters", word,
        room - 1);
}

int operation_take(operation_t *self, reader_t *rest, cause_t *why)
{
    *self = (operation_t){0};
    return take(rest, "by", self->by, sizeof self->by, why) != 0 ||
                   take(rest, "act", self->act, sizeof self->act, why) != 0 ||
                   take(rest, "to", self->to, sizeof self->to, why) != 0 ||
                   take(rest, "reason", self->reason, sizeof self->reason, why) != 0
               ? -1
               : 0;
}

static void put(buf_t *out, const char *word, const char *text)
{
    if (text[0])
        buf_printf(out, "%s %s\n", word, text);
}

void operation_put(const operation_t *self, buf_t *out)
{
    put(out, "by", self->by);
    put(out, "act", self->act);
    put(out, "to", self->to);
    put(out, "reason", self->reason);
}

void operation_name(operation_t *self)
{
    if (self->by[0])
        return;
    if (self->has_uid)
        (void)snprintf(self->by, sizeof self->by, "uid %" PRIu32, self->uid);
    else
        (void)snprintf(self->by, sizeof self->by, "unnamed");
}

int operation_check(const operation_t *self, cause_t *why)
{
    if (!self->by[0] || !text_is_line(span_text(self->by)))
        return cause_set(why, "an operator's act without a name");
    if (!text_is_word(span_text(self->act)))
        return cause_set(why, "an operator's act that does not say what was done");
    if (!text_is_line(span_text(self->to)) || !text_is_line(span_text(self->reason)) ||
        !text_is_line(span_text(self->result)))
        return cause_set(why, "an operator's act with a field that is no line");
    return 0;
}

void operation_print(
    const operation_t *self, const uint8_t nonce[OPERATION_NONCE], buf_t *out)
{
    char hex[2 * OPERATION_NONCE + 1];
    hex_encode(nonce, OPERATION_NONCE, hex);
    buf_printf(out, "%s\nnonce %s\n", VERSION_LINE, hex);
    put(out, "by", self->by);
    if (self->has_uid)
        buf_printf(out, "uid %" PRIu32 "\n", self->uid);
    put(out, "act", self->act);
    put(out, "to", self->to);
    put(out, "reason", self->reason);
    put(out, "result", self->result);
}

static bool take_uid(operation_t *self, reader_t *from)
{
    uint64_t uid;
    if (!(self->has_uid = reader_at(from, "uid")))
        return true;
    if (!decimal_decode(take_field(from, "uid"), &uid) || uid > UINT32_MAX)
        return false;
    self->uid = (uint32_t)uid;
    return true;
}

static bool take_nonce(reader_t *from)
{
    uint8_t nonce[OPERATION_NONCE];
    return hex_decode(take_field(from, "nonce"), nonce, sizeof nonce);
}

int operation_parse(operation_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    *self = (operation_t){0};
    if (edition_line(take_line(&reader), VERSION_LINE, "an operator's act", why) != 0)
        return -1;
    bool good = take_nonce(&reader);
    if (take(&reader, "by", self->by, sizeof self->by, why) != 0)
        return -1;
    good = good && take_uid(self, &reader);
    if (take(&reader, "act", self->act, sizeof self->act, why) != 0 ||
        take(&reader, "to", self->to, sizeof self->to, why) != 0 ||
        take(&reader, "reason", self->reason, sizeof self->reason, why) != 0 ||
        take(&reader, "result", self->result, sizeof self->result, why) != 0)
        return -1;
    if (!good || !reader_done(&reader))
        return cause_set(why, "this is no operator's act");
    return operation_check(self, why);
}
