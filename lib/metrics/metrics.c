// metrics - line by line behind what the buffer holds.

#include "lib/metrics/metrics.h"

#include <inttypes.h>
#include <stdarg.h>

metrics_t metrics_to(buf_t *out)
{
    return (metrics_t){.out = out, .name = ""};
}

void metrics_family(
    metrics_t *self, const char *name, metric_type_t type, const char *help)
{
    static const char *const types[] = {"gauge", "counter", "histogram"};
    self->name = name;
    buf_printf(self->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

static void put_value(buf_t *out, const char *text)
{
    for (; *text; text++)
        if (*text == '\n')
            buf_put_text(out, "\\n");
        else if (*text == '"' || *text == '\\')
            buf_printf(out, "\\%c", *text);
        else
            buf_put(out, text, 1);
}

// The name, and the labels in braces where there are any.
static void put_name(metrics_t *self, va_list labels)
{
    const char *label, *before = "{";
    buf_put_text(self->out, self->name);
    while ((label = va_arg(labels, const char *)) != NULL) {
        buf_printf(self->out, "%s%s=\"", before, label);
        put_value(self->out, va_arg(labels, const char *));
        buf_put_text(self->out, "\"");
        before = ",";
    }
    buf_put_text(self->out, before[0] == ',' ? "} " : " ");
}

static void put_seconds(buf_t *out, int64_t number, int64_t in_one, int digits)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    buf_printf(out, "%s%" PRIu64 ".%0*" PRIu64, number < 0 ? "-" : "",
        size / (uint64_t)in_one, digits, size % (uint64_t)in_one);
}

void metrics_count(metrics_t *self, uint64_t value, ...)
{
    va_list labels;
    va_start(labels, value);
    put_name(self, labels);
    va_end(labels);
    buf_printf(self->out, "%" PRIu64 "\n", value);
}

void metrics_seconds(metrics_t *self, int64_t ms, ...)
{
    va_list labels;
    va_start(labels, ms);
    put_name(self, labels);
    va_end(labels);
    put_seconds(self->out, ms, 1000, 3);
    buf_put_text(self->out, "\n");
}

void metrics_spread(metrics_t *self, const spread_t *spread)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < SPREAD_BOUNDS; i++) {
        sum += spread->within[i];
        buf_printf(self->out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", self->name,
            (double)spread_bounds_us[i] / 1e6, sum);
    }
    buf_printf(self->out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum ", self->name,
        spread->count, self->name);
    put_seconds(self->out, (int64_t)spread->sum_us, 1000000, 6);
    buf_printf(self->out, "\n%s_count %" PRIu64 "\n", self->name, spread->count);
}

void metrics_one(metrics_t *self, const char *name, metric_type_t type, uint64_t value,
    const char *help)
{
    metrics_family(self, name, type, help);
    metrics_count(self, value, NULL);
}

void metrics_one_seconds(metrics_t *self, const char *name, int64_t ms, const char *help)
{
    metrics_family(self, name, METRIC_GAUGE, help);
    metrics_seconds(self, ms, NULL);
}
