// attachment - a document is searched for objects of this shape wherever they stand.  So
// a new kind of message may name files without a line of C: its schema refers to `file`
// of the envelope's schema.

#include "lib/message/attachment.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"

#include <stdio.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-attachment/v1";

enum { MEMBERS = 3 };

static bool is_file(const value_t *value, attachment_t *out)
{
    if (!value_is(value, VALUE_OBJECT) || value_count(value) != MEMBERS)
        return false;
    const char *name = value_text(value_get(value, "name"));
    const value_t *size = value_get(value, "size");
    const char *digest = value_text(value_get(value, "sha256"));
    if (!name || !value_is(size, VALUE_INTEGER) || value_integer(size) < 0 || !digest ||
        !hex_decode(span_text(digest), out->digest.bytes, sizeof(hash_t)))
        return false;
    out->size = (uint64_t)value_integer(size);
    out->name = name;
    return true;
}

// No deeper than the document's limit allows.
static void walk(const value_t *value, attachment_fn visit, void *context)
{
    attachment_t found;
    if (is_file(value, &found)) {
        visit(context, &found);
        return;
    }
    value_each(inside, value)
    {
        walk(inside, visit, context);
    }
}

void attachments_each(const value_t *root, attachment_fn visit, void *context)
{
    walk(value_get(root, "body"), visit, context);
}

int attachment_path(const char *folder, const hash_t *digest, const char *ending,
    char out[PATH_MAX], cause_t *why)
{
    char hex[HASH_HEX], name[HASH_HEX + 16];
    hex_encode(digest->bytes, sizeof digest->bytes, hex);
    (void)snprintf(name, sizeof name, "%s%s", hex, ending);
    return path_join(out, PATH_MAX, folder, name, why);
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
    if (edition_line(
            take_line(&reader), VERSION_LINE, "the text of an attachment", why) != 0)
        return -1;
    if (!hex_decode(take_field(&reader, "digest"), self->digest.bytes, sizeof(hash_t)) ||
        !decimal_decode(take_field(&reader, "size"), &self->size) ||
        !reader_done(&reader))
        return cause_set(why, "malformed text of an attachment");
    return 0;
}
