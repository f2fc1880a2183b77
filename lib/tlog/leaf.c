// leaf - leaf_parse takes exactly the texts that leaf_print writes and no others, so that
// every leaf has one text and one hash.

#include "lib/tlog/leaf.h"

#include "lib/base/text.h"
#include "lib/base/times.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-leaf/v1";
static const char FORMER[] = "former.";

bool leaf_is_former(const leaf_t *self)
{
    return strncmp(self->type, FORMER, sizeof FORMER - 1) == 0;
}

const char *leaf_own_type(const leaf_t *self)
{
    return self->type + (leaf_is_former(self) ? sizeof FORMER - 1 : 0);
}

bool leaf_is_message(const leaf_t *self)
{
    return strcmp(leaf_own_type(self), "message") == 0;
}

static bool fits(const char *word)
{
    return !*word || (text_is_word(span_text(word)) && strcmp(word, "-") != 0);
}

bool leaf_fits(const leaf_t *self)
{
    return self->type[0] && fits(self->type) && fits(self->kind) && fits(self->author) &&
           fits(self->id);
}

static void put_word_line(buf_t *out, const char *name, const char *word)
{
    // A leaf with a forged line would be in the log for ever.
    assert(!*word || text_is_word(span_text(word)));
    buf_put_text(out, name);
    buf_put_text(out, *word ? word : "-");
    buf_put_u8(out, '\n');
}

static void put_hash_line(buf_t *out, const char *name, bool there, const hash_t *hash)
{
    buf_put_text(out, name);
    if (there)
        buf_put_hex(out, span_of(hash->bytes, sizeof hash->bytes));
    else
        buf_put_u8(out, '-');
    buf_put_u8(out, '\n');
}

void leaf_print(const leaf_t *self, buf_t *out)
{
    char time[TIME_TEXT];
    time_print(self->time_ms, time);
    buf_put_text(out, VERSION_LINE);
    buf_put_text(out, "\nposition ");
    buf_put_decimal(out, self->position);
    buf_put_text(out, "\ntime ");
    buf_put_text(out, time);
    buf_put_u8(out, '\n');
    put_word_line(out, "type ", self->type);
    put_word_line(out, "kind ", self->kind);
    put_word_line(out, "author ", self->author);
    put_word_line(out, "id ", self->id);
    put_hash_line(out, "document ", self->has_document, &self->document);
    put_hash_line(out, "seal ", self->has_seal, &self->seal);
    put_hash_line(out, "record ", self->has_record, &self->record);
    if (leaf_is_former(self))
        buf_printf(out, "former %" PRIu64 "\n", self->former);
}

// Only the form that time_print writes.
static bool take_time(reader_t *reader, int64_t *ms)
{
    char canonical[TIME_TEXT];
    span_t text = take_field(reader, "time");
    if (!time_parse(text, ms))
        return false;
    time_print(*ms, canonical);
    return span_is(text, canonical);
}

static bool take_word_or_dash(reader_t *reader, const char *name, char *out, size_t room)
{
    span_t word = take_field(reader, name);
    if (span_is(word, "-"))
        word.size = 0;
    else if (!text_is_word(word))
        return false;
    return text_copy(word, out, room);
}

static bool take_hash_or_dash(
    reader_t *reader, const char *name, bool *there, hash_t *out)
{
    span_t hex = take_field(reader, name);
    *there = !span_is(hex, "-");
    return !*there || hex_decode(hex, out->bytes, sizeof out->bytes);
}

// The name of the first line that is wrong, or NULL.
static const char *take_lines(reader_t *reader, leaf_t *self)
{
    if (!span_is(take_line(reader), VERSION_LINE))
        return VERSION_LINE;
    if (!decimal_decode(take_field(reader, "position"), &self->position))
        return "position";
    if (!take_time(reader, &self->time_ms))
        return "time";
    if (!take_word_or_dash(reader, "type", self->type, sizeof self->type) ||
        !self->type[0])
        return "type";
    if (!take_word_or_dash(reader, "kind", self->kind, sizeof self->kind))
        return "kind";
    if (!take_word_or_dash(reader, "author", self->author, sizeof self->author))
        return "author";
    if (!take_word_or_dash(reader, "id", self->id, sizeof self->id))
        return "id";
    if (!take_hash_or_dash(reader, "document", &self->has_document, &self->document))
        return "document";
    if (!take_hash_or_dash(reader, "seal", &self->has_seal, &self->seal))
        return "seal";
    if (!take_hash_or_dash(reader, "record", &self->has_record, &self->record))
        return "record";
    if (leaf_is_former(self) &&
        !decimal_decode(take_field(reader, "former"), &self->former))
        return "former";
    return NULL;
}

int leaf_parse(leaf_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    *self = (leaf_t){0};
    if (text.size > LEAF_MAX)
        return cause_set(why, "malformed leaf: more than %d bytes", LEAF_MAX);
    const char *wrong = take_lines(&reader, self);
    if (wrong)
        return cause_set(why, "malformed leaf: line '%s'", wrong);
    if (!reader_done(&reader))
        return cause_set(why, "malformed leaf: something follows its last line");
    return 0;
}
