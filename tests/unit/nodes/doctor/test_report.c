// report: what a monitoring system is told is one line, and its code is that of the
// worst.

#include "nodes/doctor/report.h"
#include "tests/lib/test.h"

typedef struct {
    char text[8192];
    int code;
} told_t;

static told_t tell(const report_t *reports, size_t n)
{
    told_t told = {0};
    FILE *out = fmemopen(told.text, sizeof told.text - 1, "w");
    assert_non_null(out);
    told.code = report_check(reports, n, out);
    assert_int_equal(fclose(out), 0);
    return told;
}

static void the_worst_decides(void **state)
{
    (void)state;
    static const struct {
        severity_t found[3];
        int code;
        const char *begins;
    } table[] = {
        {{FOUND_OK, FOUND_OK, FOUND_OK}, 0, "DABYL OK - 3 checks are good |"},
        {{FOUND_OK, FOUND_NOTE, FOUND_OK}, 0, "DABYL OK - 2 checks are good |"},
        {{FOUND_WARNING, FOUND_UNSEEN, FOUND_OK}, 1, "DABYL WARNING - disk: "},
        {{FOUND_UNSEEN, FOUND_NOTE, FOUND_UNSEEN}, 3, "DABYL UNKNOWN - disk: "},
        {{FOUND_WARNING, FOUND_WARNING, FOUND_CRITICAL}, 2, "DABYL CRITICAL - disk: "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        report_t report = {.kind = PATIENT_HUB, .folder = "hub"};
        report.findings.check = "disk";
        for (size_t k = 0; k < 3; k++)
            found(&report.findings, table[i].found[k], NULL, "df", "number %zu", k);
        told_t told = tell(&report, 1);
        assert_int_equal(told.code, table[i].code);
        assert_memory_equal(told.text, table[i].begins, strlen(table[i].begins));
        findings_close(&report.findings);
    }
}

static void it_stays_one_line_with_one_bar(void **state)
{
    (void)state;
    report_t report = {.kind = PATIENT_NODE, .folder = "node"};
    report.findings.check = "said";
    found(&report.findings, FOUND_CRITICAL, "a|b", NULL, "two\nlines | and a bar");
    measured(&report.findings, &(measure_t){.label = "seal_days",
                                   .unit = "d",
                                   .value = 4,
                                   .warn = 30,
                                   .critical = 3,
                                   .low = 1});
    measured(&report.findings, &(measure_t){.label = "descriptors",
                                   .unit = "",
                                   .value = 49,
                                   .warn = 80,
                                   .critical = 100});
    measured(&report.findings, &(measure_t){.label = "duties",
                                   .unit = "",
                                   .value = 2,
                                   .warn = INT64_MAX,
                                   .critical = INT64_MAX});
    told_t told = tell(&report, 1);
    assert_string_equal(told.text,
        "DABYL CRITICAL - said: a/b: two lines / and a bar | 'node_seal_days'=4;30:;3: "
        "'node_descriptors'=49;80;100 'node_duties'=2;;\n");
    findings_close(&report.findings);
}

static void what_is_found_is_counted(void **state)
{
    (void)state;
    findings_t all = {.check = "keys"};
    assert_int_equal(findings_worst(&all), FOUND_OK);
    found(&all, FOUND_WARNING, "x", NULL, "%s", "a");
    found(&all, FOUND_UNSEEN, NULL, "b", "%s", "b");
    errno = EACCES;
    found_closed(&all, "/closed");
    errno = EIO;
    found_closed(&all, "/broken");
    assert_int_equal(findings_count(&all, FOUND_UNSEEN), 2);
    assert_int_equal(findings_count(&all, FOUND_WARNING), 2);
    assert_int_equal(findings_worst(&all), FOUND_WARNING);
    assert_string_equal(all.finding[1].where, "");
    findings_close(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_decides),
        cmocka_unit_test(it_stays_one_line_with_one_bar),
        cmocka_unit_test(what_is_found_is_counted),
    };
    return test_group(tests, NULL, NULL);
}
