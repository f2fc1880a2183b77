// A catalogue of translations as JSON: whole ones, and files that are cut or changed.

#include "lib/base/file.h"
#include "nodes/cli/words_file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;

static void put_number(buf_t *out, uint32_t value)
{
    const uint32_t little = htole32(value);
    buf_put(out, &little, sizeof little);
}

// The file's header, a text, and one that has a context.
static void make(buf_t *out)
{
    static const char *const texts[] = {
        "", "alarm", "role\004owner", "Project: x\n", "дабыл", "иесі"};
    uint32_t at = 28 + 6 * 8;
    for (size_t i = 0; i < 7; i++)
        put_number(out, (const uint32_t[]){0x950412de, 0, 3, 28, 52, 0, 0}[i]);
    for (size_t i = 0; i < 6; i++) {
        put_number(out, (uint32_t)strlen(texts[i]));
        put_number(out, at);
        at += (uint32_t)strlen(texts[i]) + 1;
    }
    for (size_t i = 0; i < 6; i++)
        buf_put(out, texts[i], strlen(texts[i]) + 1);
}

static json_t *parse(span_t bytes)
{
    const char *path = scratch_at(&scratch, "x.mo");
    assert_int_equal(file_replace(path, bytes, 0600, &why), 0);
    return words_file_parse(path, &why);
}

static void texts_and_contexts_are_there(void **state)
{
    (void)state;
    buf_t file = {0};
    make(&file);
    json_t *words = parse(buf_span(&file));
    assert_non_null(words);
    assert_int_equal(json_object_size(words), 2);
    assert_string_equal(json_string_value(json_object_get(words, "alarm")), "дабыл");
    assert_string_equal(
        json_string_value(json_object_get(words, "role\004owner")), "иесі");
    json_decref(words);
    buf_destroy(&file);
}

static void what_is_cut_or_changed_reads_nothing_outside(void **state)
{
    (void)state;
    buf_t file = {0};
    make(&file);
    for (size_t size = 0; size < file.size - 1; size++)
        json_decref(parse(span_of(file.data, size)));
    assert_null(parse(span_of(file.data, 27)));
    for (size_t i = 0; i < 76; i++) {
        file.data[i] ^= 0xff;
        json_decref(parse(buf_span(&file)));
        file.data[i] ^= 0xff;
    }
    buf_destroy(&file);
}

static int set_up(void **state)
{
    (void)state;
    scratch_in_memory();
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_contexts_are_there),
        cmocka_unit_test(what_is_cut_or_changed_reads_nothing_outside),
    };
    return test_group(tests, set_up, tear_down);
}
