// attachment - found by their shape and not by their place, so that a new kind of message
// may name files without a line of C: its schema refers to `file` of the envelope.

#include "lib/attachment.h"

#include <string.h>

static const char VERSION_LINE[] = "dabyl-attachment/v1";

enum { MEMBERS = 3 };

static bool is_file(const json_t *value, attachment_t *out)
{
    const json_t *name = json_object_get(value, "name");
    const json_t *size = json_object_get(value, "size");
    const json_t *digest = json_object_get(value, "sha256");
    if (json_object_size(value) != MEMBERS || !json_is_string(name) ||
        !json_is_integer(size) || json_integer_value(size) < 0 ||
        !json_is_string(digest) ||
        !hex_decode(
            span_text(json_string_value(digest)), out->digest.bytes, sizeof(hash_t)))
        return false;
    out->size = (uint64_t)json_integer_value(size);
    out->name = json_string_value(name);
    return true;
}

// No deeper than the document's limit allows.
static void walk(const json_t *value, attachment_fn visit, void *context)
{
    attachment_t found;
    const char *key;
    size_t i;
    json_t *member;
    if (is_file(value, &found)) {
        visit(context, &found);
        return;
    }
    json_array_foreach(value, i, member) walk(member, visit, context);
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
        walk(member, visit, context);
}

void attachments_each(const json_t *root, attachment_fn visit, void *context)
{
    walk(json_object_get(root, "body"), visit, context);
}

void attachment_print(const attachment_t *self, buf_t *out)
{
    buf_put_text(out, VERSION_LINE);
    buf_put_text(out, "\ndigest ");
    buf_put_hex(out, span_of(self->digest.bytes, sizeof self->digest.bytes));
    buf_put_text(out, "\nsize ");
    buf_put_decimal(out, self->size);
    buf_put_u8(out, '\n');
}

int attachment_parse(attachment_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    *self = (attachment_t){0};
    if (!span_is(take_line(&reader), VERSION_LINE) ||
        !hex_decode(take_field(&reader, "digest"), self->digest.bytes, sizeof(hash_t)) ||
        !decimal_decode(take_field(&reader, "size"), &self->size) ||
        !reader_done(&reader))
        return cause_set(why, "malformed text of an attachment");
    return 0;
}
