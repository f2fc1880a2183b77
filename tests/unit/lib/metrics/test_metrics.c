// metrics: text as Prometheus reads it, whatever a label says; a spread adds up.

#include "lib/metrics/metrics.h"

#include "tests/lib/test.h"

static void a_family_and_its_samples(void **state)
{
    (void)state;
    buf_t text = {0};
    metrics_t to = metrics_to(&text);
    metrics_family(&to, "x_total", METRIC_COUNTER, "What is counted.");
    metrics_count(&to, 7, NULL);
    metrics_count(&to, 8, "node", "a", "role", "say \"b\\\nc\"", NULL);
    metrics_one(&to, "y", METRIC_GAUGE, UINT64_MAX, "The most.");
    metrics_one_seconds(&to, "z_seconds", -1, "Below zero.");
    metrics_seconds(&to, INT64_MIN, "of", "ever", NULL);
    metrics_seconds(&to, 61001, NULL);
    assert_string_equal(buf_text(&text),
        "# HELP x_total What is counted.\n# TYPE x_total counter\n"
        "x_total 7\nx_total{node=\"a\",role=\"say \\\"b\\\\\\nc\\\"\"} 8\n"
        "# HELP y The most.\n# TYPE y gauge\ny 18446744073709551615\n"
        "# HELP z_seconds Below zero.\n# TYPE z_seconds gauge\nz_seconds -0.001\n"
        "z_seconds{of=\"ever\"} -9223372036854775.808\nz_seconds 61.001\n");
    buf_destroy(&text);
}

// Each bound counts all that is not above it.
static void a_spread_is_cumulative(void **state)
{
    (void)state;
    static const int64_t us[] = {-5, 0, 100, 101, 10000000, 10000001};
    spread_t spread = {0};
    buf_t text = {0};
    metrics_t to = metrics_to(&text);
    for (size_t i = 0; i < sizeof us / sizeof *us; i++)
        spread_add(&spread, us[i]);
    metrics_family(&to, "t_seconds", METRIC_HISTOGRAM, "Time.");
    metrics_spread(&to, &spread);
    const char *got = buf_text(&text);
    assert_non_null(strstr(got, "# TYPE t_seconds histogram\n"));
    assert_non_null(strstr(got, "t_seconds_bucket{le=\"0.0001\"} 3\n"));
    assert_non_null(strstr(got, "t_seconds_bucket{le=\"0.0002\"} 4\n"));
    assert_non_null(strstr(got, "t_seconds_bucket{le=\"5\"} 4\n"));
    assert_non_null(strstr(got, "t_seconds_bucket{le=\"10\"} 5\n"));
    assert_non_null(strstr(got, "t_seconds_bucket{le=\"+Inf\"} 6\n"));
    assert_non_null(strstr(got, "t_seconds_sum 20.000202\nt_seconds_count 6\n"));
    buf_destroy(&text);
}

static void bounds_rise(void **state)
{
    (void)state;
    for (size_t i = 1; i < SPREAD_BOUNDS; i++)
        assert_true(spread_bounds_us[i - 1] < spread_bounds_us[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_and_its_samples),
        cmocka_unit_test(a_spread_is_cumulative),
        cmocka_unit_test(bounds_rise),
    };
    return test_group(tests, NULL, NULL);
}
