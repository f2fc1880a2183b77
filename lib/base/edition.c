// edition - the name before "/v" says which format it is, the number behind it which
// version.

#include "lib/base/edition.h"

#include <inttypes.h>
#include <string.h>

// How long the name is, up to its number.
static size_t name_size(const char *line)
{
    return strlen(line) - strlen(strrchr(line, 'v')) + 1;
}

// The number behind the name, where the line is of this format.
static bool number_of(span_t line, const char *known, uint64_t *number)
{
    size_t size = name_size(known);
    return line.size > size && memcmp(line.data, known, size) == 0 &&
           decimal_decode(span_of(line.data + size, line.size - size), number);
}

int edition_number(uint64_t found, uint64_t known, const char *what, cause_t *why)
{
    return found == known ? 0
                          : cause_set(why,
                                "%s of version %" PRIu64 ", and this program reads "
                                "version %" PRIu64,
                                what, found, known);
}

int edition_line(span_t line, const char *known, const char *what, cause_t *why)
{
    uint64_t found, own;
    if (span_is(line, known))
        return 0;
    if (number_of(line, known, &found) && number_of(span_text(known), known, &own) &&
        found != own)
        return edition_number(found, own, what, why);
    return cause_set(why, "not %s: its first line is not %s", what, known);
}
