// withdrawal: who may correct or take back what, and what a corrected message began as.

#include "hub/state/withdrawal.h"

#include "tests/lib/story.h"
#include "tests/lib/test.h"

static story_t story = {.n = 5,
    .row = {{"notice", REFERS, 0, "\"level\": 1"},
        {"notice", REFER_SUPERSEDES, 0, "\"level\": 2"},
        {"notice", REFER_SUPERSEDES, 1, "\"level\": 3"},
        {"advisory", REFERS, 0, NULL}, // its document was erased
        {"notice", REFER_CANCELS, 2, ""}}};

typedef struct {
    const char *from, *kind;
    tlp_t marking;
    const char *supersedes, *cancels; // ids
    const char *expected;
} ask_t;

static void refer(reference_t *reference, const char *id)
{
    if (id) {
        memcpy(reference->author, "a", 2);
        memcpy(reference->id, id, 2);
    }
}

static void asked(const ask_t *ask, size_t n)
{
    const precedents_t log = story_precedents(&story);
    char answer[256];
    for (size_t i = 0; i < n; i++) {
        document_t document = {.marking = ask[i].marking};
        refusal_t refusal = {0};
        leaf_t original;
        (void)snprintf(document.from, sizeof document.from, "%s", ask[i].from);
        (void)snprintf(document.kind, sizeof document.kind, "%s", ask[i].kind);
        refer(&document.supersedes, ask[i].supersedes);
        refer(&document.cancels, ask[i].cancels);
        if (withdrawal_check(&log, &document, &original, &refusal) == 0)
            (void)snprintf(answer, sizeof answer, "of %s", original.id);
        else
            (void)snprintf(answer, sizeof answer, "%s %s", refusal.code, refusal.pointer);
        if (strcmp(answer, ask[i].expected) != 0)
            fail_msg("row %zu: got %s, expected %s", i, answer, ask[i].expected);
    }
}

static void only_what_stands_and_is_ones_own(void **state)
{
    (void)state;
    static const ask_t table[] = {
        {"a", "advisory", TLP_AMBER, "3", NULL, "of 3"},
        {"a", "advisory", TLP_AMBER, NULL, "3", "of 3"},
        {"b", "advisory", TLP_AMBER, "3", NULL, "withdrawal.author /supersedes"},
        {"b", "advisory", TLP_AMBER, NULL, "3", "withdrawal.author /cancels"},
        {"a", "notice", TLP_AMBER, "3", NULL, "withdrawal.kind /supersedes"},
        {"a", "advisory", TLP_AMBER, NULL, "9", "reference.unknown /cancels"},
        {"a", "advisory", TLP_AMBER, "3", "3", "withdrawal.both /cancels"},
        {"a", "notice", TLP_AMBER, "0", NULL, "precondition.withdrawn /supersedes"},
        {"a", "notice", TLP_AMBER, NULL, "2", "precondition.withdrawn /cancels"},
        // a withdrawal is not withdrawn: say it anew
        {"a", "notice", TLP_AMBER, NULL, "4", "precondition.withdrawn /cancels"},
    };
    asked(table, sizeof table / sizeof table[0]);
}

// Whoever had the original may not be left believing it.
static void a_marking_keeps_nobody_from_a_correction(void **state)
{
    (void)state;
    static const ask_t table[] = {
        {"a", "plan", TLP_CLEAR, "5", NULL, "of 5"},
        {"a", "plan", TLP_GREEN, "5", NULL, "of 5"},
        {"a", "plan", TLP_AMBER, "5", NULL, "of 5"},
        {"a", "plan", TLP_AMBER_STRICT, "5", NULL, "withdrawal.marking /marking"},
        {"a", "plan", TLP_RED, NULL, "5", "withdrawal.marking /marking"},
        {"a", "advisory", TLP_RED, NULL, "3", "of 3"}, // nobody can say any more
    };
    story.row[story.n++] = (story_row_t){"plan", REFERS, 0, "\"x\": 1"};
    asked(table, sizeof table / sizeof table[0]);
    story.n--;
}

static void a_chain_leads_to_its_beginning(void **state)
{
    (void)state;
    const precedents_t log = story_precedents(&story);
    document_t document = {.from = "a", .id = "7"};
    reference_t first;
    withdrawal_first(&log, &document, &first);
    assert_string_equal(first.id, "7");
    refer(&document.supersedes, "2");
    withdrawal_first(&log, &document, &first);
    assert_string_equal(first.author, "a");
    assert_string_equal(first.id, "0");
    refer(&document.supersedes, "3");
    withdrawal_first(&log, &document, &first);
    assert_string_equal(first.id, "3");
    assert_null(withdrawn_by(&(document_t){0}));
    assert_ptr_equal(withdrawn_by(&document), &document.supersedes);
    buf_destroy(&story.record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_stands_and_is_ones_own),
        cmocka_unit_test(a_marking_keeps_nobody_from_a_correction),
        cmocka_unit_test(a_chain_leads_to_its_beginning),
    };
    return test_group(tests, NULL, NULL);
}
