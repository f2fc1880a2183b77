// table - lines end in CR LF, and every text stands in quotes: a reader needs no rule for
// when they do.

#include "web/figures/table.h"

#include <stdlib.h>
#include <string.h>

static void put_text(const char *text, buf_t *out)
{
    buf_put_u8(out, '"');
    if (text[0] && strchr("=+-@\t\r\n", text[0]))
        buf_put_u8(out, '\'');
    for (; *text; text++) {
        buf_put_u8(out, (uint8_t)*text);
        if (*text == '"')
            buf_put_u8(out, '"');
    }
    buf_put_u8(out, '"');
}

static void put_cell(const json_t *cell, buf_t *out)
{
    if (json_is_string(cell)) {
        put_text(json_string_value(cell), out);
        return;
    }
    char *text = json_is_number(cell) ? json_dumps(cell, JSON_ENCODE_ANY) : NULL;
    buf_printf(out, "%s", text ? text : "");
    free(text);
}

static void put_row(const json_t *row, buf_t *out)
{
    size_t i;
    const json_t *cell;
    json_array_foreach(row, i, cell)
    {
        if (i > 0)
            buf_put_u8(out, ',');
        put_cell(cell, out);
    }
    buf_put(out, "\r\n", 2);
}

void table_csv(const json_t *table, buf_t *out)
{
    size_t i;
    const json_t *row;
    put_row(json_object_get(table, "columns"), out);
    json_array_foreach(json_object_get(table, "rows"), i, row) put_row(row, out);
}
