// protocol: schemas/PROTOCOL.md says what the code does.  Every named block of the page
// is made again and compared; so are the numbers of the frames and the table of codes.

#include "lib/base/file.h"
#include "lib/base/refusal.h"

#include "tests/lib/test.h"
#include "tests/lib/worked.h"

static const char page_path[] = "schemas/PROTOCOL.md";
enum { PAGE_MAX = 1 << 20, BLOCKS_MAX = 64 };

typedef struct {
    char name[32];
    worked_form_t form;
    span_t content; // between the fences
} block_t;

static buf_t page;
static block_t blocks[BLOCKS_MAX];
static size_t blocks_n;

// "```text name" or "```bytes name"; false for other lines.
static bool opens_block(span_t line, block_t *block)
{
    reader_t reader = reader_of(line);
    span_t fence = take_word(&reader);
    span_t name = take_rest(&reader);
    size_t room = sizeof block->name;
    if (reader.bad || name.size >= room)
        return false;
    memcpy(block->name, name.data, name.size);
    block->name[name.size] = 0;
    block->form = span_is(fence, "```bytes") ? WORKED_BYTES : WORKED_TEXT;
    return span_is(fence, "```bytes") || span_is(fence, "```text");
}

static int read_page(void **state)
{
    (void)state;
    cause_t why;
    if (file_read(page_path, PAGE_MAX, &page, &why) != 0) {
        print_error("%s\n", why.text);
        return -1;
    }
    reader_t reader = reader_of(buf_span(&page));
    while (reader.rest.size && !reader.bad && blocks_n < BLOCKS_MAX) {
        block_t *block = &blocks[blocks_n];
        if (!opens_block(take_line(&reader), block))
            continue;
        block->content.data = reader.rest.data;
        const uint8_t *end = reader.rest.data;
        while (reader.rest.size && !span_is(take_line(&reader), "```"))
            end = reader.rest.data;
        block->content.size = (size_t)(end - block->content.data);
        blocks_n++;
    }
    return 0;
}

static int free_page(void **state)
{
    (void)state;
    buf_destroy(&page);
    return 0;
}

static const block_t *find_block(span_t name)
{
    for (size_t i = 0; i < blocks_n; i++)
        if (span_is(name, blocks[i].name))
            return &blocks[i];
    fail_msg("the page has no block '%.*s'", (int)name.size, (const char *)name.data);
    return NULL;
}

static void read_block(const block_t *block, buf_t *out);

// Quoted text, with \n and \" in it.  Returns what follows the closing quote.
static span_t read_quoted(span_t rest, buf_t *out)
{
    size_t i = 0;
    for (; i < rest.size && rest.data[i] != '"'; i++) {
        bool escape = rest.data[i] == '\\';
        i += escape;
        buf_put_u8(out, escape && rest.data[i] == 'n' ? '\n' : rest.data[i]);
    }
    assert_true(i < rest.size);
    return span_of(rest.data + i + 1, rest.size - i - 1);
}

static span_t read_reference(span_t rest, buf_t *out)
{
    const uint8_t *end = memchr(rest.data, '>', rest.size);
    assert_non_null(end);
    size_t size = (size_t)(end - rest.data);
    read_block(find_block(span_of(rest.data, size)), out);
    return span_of(end + 1, rest.size - size - 1);
}

static void read_bytes_line(span_t rest, buf_t *out)
{
    while (rest.size && rest.data[0] != ';') {
        uint8_t byte = 0;
        span_t after = span_of(rest.data + 1, rest.size - 1);
        if (rest.data[0] == ' ') {
            rest = after;
        } else if (rest.data[0] == '"') {
            rest = read_quoted(after, out);
        } else if (rest.data[0] == '<') {
            rest = read_reference(after, out);
        } else {
            assert_true(rest.size >= 2 && hex_decode(span_of(rest.data, 2), &byte, 1));
            buf_put_u8(out, byte);
            rest = span_of(rest.data + 2, rest.size - 2);
        }
    }
}

static void read_block(const block_t *block, buf_t *out)
{
    reader_t reader = reader_of(block->content);
    if (block->form == WORKED_TEXT) {
        buf_put_span(out, block->content);
        return;
    }
    while (reader.rest.size && !reader.bad)
        read_bytes_line(take_line(&reader), out);
}

static void test_worked_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKED_COUNT; i++) {
        const block_t *block = find_block(span_text(worked[i].name));
        buf_t want = {0};
        buf_t got = {0};
        assert_int_equal(block->form, worked[i].form);
        worked[i].make(&want);
        read_block(block, &got);
        if (!span_equal(buf_span(&want), buf_span(&got)))
            fail_msg("%s: block '%s' is not what the code makes; see tests/tools/worked",
                page_path, block->name);
        buf_destroy(&want);
        buf_destroy(&got);
    }
}

static void test_every_named_block_is_worked(void **state)
{
    (void)state;
    assert_int_equal(blocks_n, WORKED_COUNT);
    for (size_t i = 0; i < blocks_n; i++)
        for (size_t j = i + 1; j < blocks_n; j++)
            assert_string_not_equal(blocks[i].name, blocks[j].name);
}

static bool page_has(const char *text)
{
    return memmem(page.data, page.size, text, strlen(text)) != NULL;
}

static void test_frame_numbers(void **state)
{
    (void)state;
    static const char *const names[] = {[FRAME_HELLO] = "hello",
        [FRAME_WELCOME] = "welcome",
        [FRAME_PUBLISH] = "publish",
        [FRAME_RECEIPT] = "receipt",
        [FRAME_REFUSED] = "refused",
        [FRAME_DELIVER] = "deliver",
        [FRAME_ACK] = "ack",
        [FRAME_AGAIN] = "again",
        [FRAME_EXPLAIN] = "explain",
        [FRAME_EXPLAINED] = "explained",
        [FRAME_PULSE] = "pulse",
        [FRAME_RESYNC] = "resync",
        [FRAME_BYE] = "bye",
        [FRAME_ASK] = "ask",
        [FRAME_ANSWER] = "answer",
        [FRAME_GIVE] = "give",
        [FRAME_HELD] = "held",
        [FRAME_FETCH] = "fetch",
        [FRAME_PIECE] = "piece",
        [FRAME_CARRY] = "carry",
        [FRAME_CARRIED] = "carried",
        [FRAME_AHEAD] = "ahead",
        [FRAME_KNOWS] = "knows",
        [FRAME_FOLLOW] = "follow",
        [FRAME_TAIL] = "tail"};
    for (unsigned type = 1; type < sizeof names / sizeof *names; type++) {
        char rule[64];
        (void)snprintf(rule, sizeof rule, "\n%-9s = %%x%02X", names[type], type);
        if (!page_has(rule))
            fail_msg("the page lacks '%s'", rule + 1);
    }
}

static void test_codes(void **state)
{
    (void)state;
    size_t codes = 0;
    size_t rows = 0;
    for (; refusal_codes[codes].code; codes++) {
        char row[256];
        (void)snprintf(row, sizeof row, "\n| `%s` | %s |\n", refusal_codes[codes].code,
            refusal_codes[codes].sentence);
        if (!page_has(row))
            fail_msg("the page lacks the row:%s", row);
    }
    const uint8_t *table = memmem(page.data, page.size, "\n| code |", 9);
    assert_non_null(table);
    const uint8_t *end =
        memmem(table, (size_t)(page.data + page.size - table), "\n## ", 4);
    assert_non_null(end);
    for (const uint8_t *at = table; (at = memmem(at, (size_t)(end - at), "\n| `", 4));
         at++)
        rows++;
    assert_int_equal(rows, codes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_bytes),
        cmocka_unit_test(test_every_named_block_is_worked),
        cmocka_unit_test(test_frame_numbers),
        cmocka_unit_test(test_codes),
    };
    return test_group(tests, read_page, free_page);
}
