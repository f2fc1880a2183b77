// What a copy has not, by the proofs of nodes: named once, by whoever has it, and nothing
// that anybody could have made up.

#include "nodes/backup/lost.h"

#include "lib/base/file.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"

#include <stdlib.h>

enum { ENTRIES = 9, COPY = 4 };

static scratch_t scratch;
static proven_t own;
static cause_t why;

static const char *write_file(const char *name, span_t text)
{
    const char *path = scratch_at(&scratch, name);
    assert_int_equal(file_replace(path, text, 0600, &why), 0);
    return path;
}

static void begin(buf_t *text, const char *node, const char *origin)
{
    buf_printf(text, "dabyl-held/v1\nnode %s\nlog %s\n", node, origin);
}

static void put_proof(proven_t *proven, size_t at, buf_t *text)
{
    buf_t proof = {0};
    span_t note = proven_note(proven);
    link_delivery_t delivery = proven_delivery(proven, at + 1, at);
    tlog_proof_write(&proof, delivery.leaf_bytes, at, delivery.path, note);
    buf_printf(text, "proof %zu\n", proof.size);
    buf_put_span(text, buf_span(&proof));
    buf_destroy(&proof);
}

static void fill(proven_t *proven, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char id[MESSAGE_ID_MAX];
        (void)snprintf(id, sizeof id, "019abd3c-5c00-7a4e-9b6d-%012d", (int)(i % 1000));
        (void)proven_message(proven, id);
    }
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    proven_open(&own, "example.test/log");
    fill(&own, ENTRIES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    proven_close(&own);
    scratch_close(&scratch);
    return 0;
}

static int add(lost_t *lost, const char *name, buf_t *text)
{
    int result = lost_add(lost, write_file(name, buf_span(text)), &why);
    buf_destroy(text);
    return result;
}

static void each_is_named_with_who_has_it(void **state)
{
    (void)state;
    lost_t lost;
    buf_t one = {0}, other = {0};
    size_t n;
    begin(&one, "isoc", own.vkey.origin);
    put_proof(&own, 2, &one); // the copy has it
    put_proof(&own, 5, &one);
    put_proof(&own, 4, &one);
    put_proof(&own, 5, &one); // delivered, and carried once more
    begin(&other, "nccis", own.vkey.origin);
    put_proof(&own, 5, &other);
    lost_begin(&lost, &own.vkey, COPY, 0);
    assert_int_equal(add(&lost, "one", &one), 0);
    assert_int_equal(add(&lost, "other", &other), 0);
    assert_int_equal(lost_sort(&lost, &why), 0);
    assert_int_equal(lost.to, ENTRIES); // as the proofs' checkpoint says
    assert_null(lost_at(&lost, 2, &n));
    assert_non_null(lost_at(&lost, 4, &n));
    assert_int_equal(n, 1);
    const lost_row_t *row = lost_at(&lost, 5, &n);
    assert_int_equal(n, 2);
    assert_string_equal(row[0].node, "isoc");
    assert_string_equal(row[1].node, "nccis");
    assert_string_equal(row[0].leaf.id, own.leaf[5].id);
    for (uint64_t at = 6; at < lost.to; at++)
        assert_null(lost_at(&lost, at, &n));
    lost_close(&lost);
}

// Cut at every octet, or changed in one: another proof, or none.
static void what_was_changed_is_refused(void **state)
{
    (void)state;
    lost_t lost;
    buf_t whole = {0};
    begin(&whole, "isoc", own.vkey.origin);
    size_t front = whole.size;
    put_proof(&own, 6, &whole);
    for (size_t cut = 0; cut < whole.size; cut++) {
        buf_t text = {0};
        buf_put(&text, whole.data, cut);
        lost_begin(&lost, &own.vkey, COPY, 0);
        assert_int_equal(add(&lost, "cut", &text), cut == front ? 0 : -1);
        assert_int_equal(lost.n, 0);
        lost_close(&lost);
    }
    buf_t foreign = {0};
    begin(&foreign, "isoc", "example.test/other");
    lost_begin(&lost, &own.vkey, COPY, 0);
    assert_int_equal(add(&lost, "foreign", &foreign), -1);
    assert_non_null(strstr(why.text, "example.test/other"));
    lost_close(&lost);
    buf_destroy(&whole);
}

// One key, and another entry at the same place.
static void two_histories_are_found(void **state)
{
    (void)state;
    lost_t lost;
    proven_t forked;
    buf_t one = {0}, other = {0};
    proven_open(&forked, own.vkey.origin);
    forked.vkey = own.vkey;
    memcpy(forked.secret, own.secret, sizeof forked.secret);
    fill(&forked, COPY + 1);
    (void)proven_message(&forked, "019abd3c-5c00-7a4e-9b6d-00000000beef");
    begin(&one, "isoc", own.vkey.origin);
    put_proof(&own, COPY + 1, &one);
    begin(&other, "nccis", own.vkey.origin);
    put_proof(&forked, COPY + 1, &other);
    lost_begin(&lost, &own.vkey, COPY, 0);
    assert_int_equal(add(&lost, "one", &one), 0);
    assert_int_equal(add(&lost, "other", &other), 0);
    assert_int_equal(lost_sort(&lost, &why), -1);
    assert_non_null(strstr(why.text, "two histories"));
    lost_close(&lost);
    proven_close(&forked);
}

// What a node has not got is nothing to hand over; what cannot be looked at may be.
static void where_nobody_can_look_is_a_fault(void **state)
{
    (void)state;
    holding_report_t report;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(holding_print(out, scratch_at(&scratch, "none"), "isoc", &own.vkey,
                         0, &report, &why),
        0);
    assert_int_equal(holding_print(out, write_file("plain", span_text("no folder")),
                         "isoc", &own.vkey, 0, &report, &why),
        -1);
    assert_int_equal(fclose(out), 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_named_with_who_has_it),
        cmocka_unit_test(what_was_changed_is_refused),
        cmocka_unit_test(two_histories_are_found),
        cmocka_unit_test(where_nobody_can_look_is_a_fault),
    };
    return test_group(tests, set_up, tear_down);
}
