// amended: what is noted of corrections and withdrawals, whose word counts, and that no
// note can lead astray.

#include "nodes/inbox/amended.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID(n) "01933f2a-1234-7abc-8def-00000000000" n

static scratch_t scratch;
static cause_t why;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static void note(uint64_t number, const char *from, const char *id, const char *field,
    const char *author, const char *original)
{
    buf_t text = {0};
    buf_printf(&text,
        "{\"from\": \"%s\", \"id\": \"%s\", \"%s\": {\"author\": \"%s\", \"id\": "
        "\"%s\"}}",
        from, id, field, author, original);
    assert_int_equal(amended_note(scratch.path, number, buf_span(&text), &why), 0);
    buf_destroy(&text);
}

static amended_t of(const char *author, const char *id)
{
    reference_t name = {{0}, {0}};
    amended_t found;
    strcpy(name.author, author);
    strcpy(name.id, id);
    amended_of(scratch.path, &name, &found);
    return found;
}

static void what_a_node_takes_back_itself_is_noted_by_its_receipts(void **state)
{
    (void)state;
    note(0, "own", ID("2"), "supersedes", "own", ID("1"));
    assert_int_equal(of("own", ID("1")).state, AMENDED_CORRECTED);
    note(0, "own", ID("3"), "cancels", "own", ID("2"));
    assert_int_equal(of("own", ID("1")).state, AMENDED_WITHDRAWN);
    assert_int_equal(of("own", ID("2")).state, AMENDED_WITHDRAWN);
    assert_int_equal(of("own", ID("1")).number, 0);
}

static void a_chain_leads_to_its_end(void **state)
{
    (void)state;
    note(5, "isoc", ID("2"), "supersedes", "isoc", ID("1"));
    assert_int_equal(of("isoc", ID("1")).state, AMENDED_CORRECTED);
    assert_int_equal(of("isoc", ID("1")).number, 5);
    note(7, "isoc", ID("3"), "supersedes", "isoc", ID("2"));
    assert_string_equal(of("isoc", ID("1")).by.id, ID("3"));
    note(9, "isoc", ID("4"), "cancels", "isoc", ID("3"));
    for (int i = 0; i < 3; i++) {
        static const char *const ids[] = {ID("1"), ID("2"), ID("3")};
        amended_t found = of("isoc", ids[i]);
        assert_int_equal(found.state, AMENDED_WITHDRAWN);
        assert_int_equal(found.number, 9);
        assert_string_equal(found.by.id, ID("4"));
    }
    assert_int_equal(of("isoc", ID("4")).state, AMENDED_NOT);
    assert_int_equal(of("other", ID("1")).state, AMENDED_NOT); // the id alone is no name
}

enum { LONG = 300 };

// From each the newest is found, and an old one told again changes nothing.
static void each_of_a_long_chain_knows_the_newest(void **state)
{
    (void)state;
    char before[40] = "", id[40];
    for (unsigned i = 0; i <= LONG; i++) {
        (void)snprintf(id, sizeof id, "01933f2a-1234-7abc-8def-%012u", i);
        if (i > 0)
            note(i, "isoc", id, "supersedes", "isoc", before);
        strcpy(before, id);
    }
    note(2, "isoc", "01933f2a-1234-7abc-8def-000000000002", "supersedes", "isoc",
        "01933f2a-1234-7abc-8def-000000000001");
    for (unsigned i = 0; i < LONG; i += 29) {
        (void)snprintf(id, sizeof id, "01933f2a-1234-7abc-8def-%012u", i);
        assert_int_equal(of("isoc", id).number, LONG);
        assert_int_equal(of("isoc", id).state, AMENDED_CORRECTED);
    }
    assert_int_equal(of("isoc", before).state, AMENDED_NOT);
}

static void a_test_takes_back_nothing(void **state)
{
    (void)state;
    static const char text[] = "{\"from\": \"isoc\", \"id\": \"" ID(
        "2") "\", \"status\": \"test\", "
             "\"cancels\": {\"author\": \"isoc\", \"id\": \"" ID("1") "\"}}";
    assert_int_equal(amended_note(scratch.path, 5, span_text(text), &why), 0);
    assert_int_equal(of("isoc", ID("1")).state, AMENDED_NOT);
}

static void only_the_authors_word_counts(void **state)
{
    (void)state;
    note(5, "stranger", ID("2"), "cancels", "isoc", ID("1"));
    note(6, "isoc", ID("3"), "re", "isoc", ID("1"));
    note(7, "isoc", ID("4"), "cancels", "../../isoc", ID("1"));
    note(8, "isoc", "no id", "cancels", "isoc", ID("1"));
    note(9, "isoc", ID("5"), "cancels", "isoc", "../../../x");
    assert_int_equal(of("isoc", ID("1")).state, AMENDED_NOT);
    assert_int_equal(of("../../isoc", ID("1")).state, AMENDED_NOT);
    static const char *const others[] = {"", "{}", "no JSON \"cancels\"",
        "{\"cancels\": 7}", "{\"from\": \"isoc\", \"cancels\": {\"author\": \"isoc\"}}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(amended_note(scratch.path, 1, span_text(others[i]), &why), 0);
}

static void a_ring_has_an_end_and_rubbish_says_nothing(void **state)
{
    (void)state;
    note(5, "isoc", ID("2"), "supersedes", "isoc", ID("1"));
    note(6, "isoc", ID("1"), "supersedes", "isoc", ID("2"));
    assert_int_equal(of("isoc", ID("1")).state, AMENDED_CORRECTED);
    static const char *const bad[] = {"", "cancels", "forgets isoc " ID("2") " 5\n",
        "cancels isoc ../../x 5\n", "cancels isoc " ID("2") "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(
            file_replace(scratch_at(&scratch, "state/withdrawn/isoc." ID("1")),
                span_text(bad[i]), 0600, &why),
            0);
        assert_int_equal(of("isoc", ID("1")).state, AMENDED_NOT);
    }
}

int main(void)
{
    scratch_in_memory();
    const struct CMUnitTest tests[] = {
        TEST(a_chain_leads_to_its_end),
        TEST(what_a_node_takes_back_itself_is_noted_by_its_receipts),
        TEST(each_of_a_long_chain_knows_the_newest),
        TEST(a_test_takes_back_nothing),
        TEST(only_the_authors_word_counts),
        TEST(a_ring_has_an_end_and_rubbish_says_nothing),
    };
    return test_group(tests, NULL, NULL);
}
