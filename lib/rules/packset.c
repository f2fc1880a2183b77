// packset - sizes stand before the bytes, so that no text of a pack can look like the
// beginning of another.

#include "lib/rules/packset.h"

#include "lib/base/text.h"
#include "lib/pki/rulesseal.h"

#include <string.h>

static const char version[] = "dabyl-packs/v1\n";

void packset_begin(buf_t *out)
{
    buf_put_text(out, version);
}

void packset_put(buf_t *out, const char *file, span_t text)
{
    buf_printf(out, "pack %s %zu\n", file, text.size);
    buf_put_span(out, text);
}

bool packset_open(span_t text, span_t *rest)
{
    size_t size = strlen(version);
    if (text.size < size || memcmp(text.data, version, size) != 0)
        return false;
    *rest = span_of(text.data + size, text.size - size);
    return true;
}

int packset_next(span_t *rest, char file[PACK_FILE_MAX], span_t *text, cause_t *why)
{
    if (rest->size == 0)
        return 0;
    uint64_t size;
    reader_t reader = reader_of(*rest);
    reader_t line = reader_of(take_line(&reader));
    span_t word = take_word(&line), name = take_word(&line);
    if (reader.bad || !span_is(word, "pack") || !text_is_word(name) ||
        !text_copy(name, file, PACK_FILE_MAX) ||
        !decimal_decode(take_rest(&line), &size) || size > reader.rest.size)
        return cause_set(why, "the text of the packs is malformed");
    *text = span_of(reader.rest.data, (size_t)size);
    *rest = span_of(reader.rest.data + size, reader.rest.size - (size_t)size);
    return 1;
}

bool packset_has(span_t packs, span_t seals, span_t pack, span_t seal)
{
    char file[PACK_FILE_MAX];
    span_t text;
    cause_t ignored;
    if (!packset_open(packs, &packs))
        return false;
    while (packset_next(&packs, file, &text, &ignored) == 1)
        if (span_equal(rulesseal_next(&seals), seal) && span_equal(text, pack))
            return true;
    return false;
}
