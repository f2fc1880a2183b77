// worked - prints the worked examples of schemas/PROTOCOL.md as fenced blocks, for
// whoever changes a format and has to bring the page up to date.  Bytes come out in plain
// hex; on the page they may be written with names and quoted text (see
// tests/unit/test_protocol.c).

#include "tests/lib/worked.h"

static void print_hex(const buf_t *bytes)
{
    for (size_t i = 0; i < bytes->size; i++)
        (void)printf(
            "%02x%c", bytes->data[i], i % 16 == 15 || i + 1 == bytes->size ? '\n' : ' ');
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    for (size_t i = 0; i < WORKED_COUNT; i++) {
        buf_t bytes = {0};
        worked[i].make(&bytes);
        (void)printf("```%s %s\n", worked[i].form == WORKED_TEXT ? "text" : "bytes",
            worked[i].name);
        if (worked[i].form == WORKED_TEXT)
            (void)fwrite(bytes.data, 1, bytes.size, stdout);
        else
            print_hex(&bytes);
        (void)printf("```\n\n");
        buf_destroy(&bytes);
    }
    return 0;
}
