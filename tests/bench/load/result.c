// result - quantiles, rates and costs, as one line of JSON.

#include "tests/bench/load/load.h"

#include <stdio.h>
#include <stdlib.h>

// What is published before that warms caches up, and is in no quantile.
enum { WARM_NS = 300000000 };

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_quantiles(const char *name, int64_t *values, size_t n)
{
    static const struct {
        const char *name;
        double at;
    } quantile[] = {{"p50", 0.5}, {"p99", 0.99}, {"p999", 0.999}};
    qsort(values, n, sizeof *values, by_value);
    for (size_t i = 0; n > 0 && i < 3; i++)
        (void)printf(",\"%s%s_us\":%.1f", name, quantile[i].name,
            (double)values[(size_t)((double)(n - 1) * quantile[i].at)] / 1e3);
}

// Sorts out the warm ones of `n` times of messages 0 to all - 1, over and over.
static size_t warm_ones(const load_t *load, const int64_t *times, size_t n, int64_t *out)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (load->published_ns[i % load->all] > load->start_ns + WARM_NS)
            out[found++] = times[i];
    if (2 * found >= n) // a short run has nothing to spare
        return found;
    for (size_t i = 0; i < n; i++)
        out[i] = times[i];
    return n;
}

static void print_times(const load_t *load)
{
    size_t all = load->all, deliveries = all * load->parties[SUBSCRIBERS];
    int64_t *values = calloc(all + deliveries, sizeof *values);
    if (!values || load->parties[PUBLISHERS] == 0)
        goto done;
    print_quantiles("ack_", values, warm_ones(load, load->receipt_ns, all, values));
    print_quantiles("", values, warm_ones(load, load->deliver_ns, deliveries, values));
done:
    free(values);
}

static void print_meter(const char *name, const meter_t *meter, double messages)
{
    (void)printf(",\"%s_threads_us\":{", name);
    for (size_t i = 0; i < meter->n; i++)
        (void)printf("%s\"%s\":%.3f", i ? "," : "", meter->thread[i].name,
            (double)meter->thread[i].ns / 1e3 / messages);
    (void)printf("}");
}

static void print_cost(const char *name, const meter_t *meter, double messages)
{
    (void)printf(",\"%s_cpu_us_per_message\":%.3f", name,
        (double)meter_sum(meter) / 1e3 / messages);
}

static void print_costs(const load_t *load, const meter_t *hub)
{
    const side_t *publisher = &load->side[PUBLISHERS];
    const side_t *subscriber = &load->side[SUBSCRIBERS];
    double messages = (double)load->all;
    double deliveries = messages * (double)load->parties[SUBSCRIBERS];
    if (hub->n) {
        print_cost("hub", hub, messages);
        if (deliveries > 0)
            (void)printf(",\"hub_cpu_us_per_delivery\":%.3f",
                (double)meter_sum(hub) / 1e3 / deliveries);
        print_meter("hub", hub, messages);
    }
    (void)printf(",\"client_cpu_us_per_message\":%.3f",
        (double)(meter_sum(&publisher->used) + meter_sum(&subscriber->used)) / 1e3 /
            messages);
    if (load->parties[PUBLISHERS]) {
        print_cost("publisher", &publisher->used, messages);
        print_meter("publisher", &publisher->used, messages);
        (void)printf(",\"publisher_wire_bytes_per_message\":%.1f",
            (double)(publisher->wire.sent + publisher->wire.received) / messages);
    }
    if (load->parties[SUBSCRIBERS]) {
        (void)printf(",\"receiver_cpu_us_per_delivery\":%.3f",
            (double)meter_sum(&subscriber->used) / 1e3 / deliveries);
        print_meter("receiver", &subscriber->used, deliveries);
        (void)printf(",\"receiver_wire_bytes_per_delivery\":%.1f",
            (double)(subscriber->wire.sent + subscriber->wire.received) / deliveries);
    }
}

static double seconds(int64_t from_ns, int64_t to_ns)
{
    return to_ns > from_ns ? (double)(to_ns - from_ns) / 1e9 : 1e-9;
}

static void print_rates(const load_t *load)
{
    const side_t *side = load->side;
    double all = (double)load->all;
    if (load->parties[PUBLISHERS])
        (void)printf(",\"messages_s\":%.1f",
            all / seconds(load->start_ns, side[PUBLISHERS].over_ns));
    if (load->parties[SUBSCRIBERS])
        (void)printf(",\"deliveries_s\":%.1f",
            all * (double)load->parties[SUBSCRIBERS] /
                seconds(load->start_ns, side[SUBSCRIBERS].over_ns));
    if (load->first_ns)
        (void)printf(
            ",\"first_us\":%.0f", (double)(load->first_ns - load->start_ns) / 1e3);
}

void result_print(load_t *load, const meter_t *hub)
{
    (void)printf("{\"peer\":\"%s\",\"case\":[%zu,%zu,%zu]",
        load->floor ? "floor" : "dabyl", load->parties[PUBLISHERS],
        load->parties[SUBSCRIBERS], load->window);
    if (load->rate > 0)
        (void)printf(",\"rate\":%.0f", load->rate);
    else
        (void)printf(",\"rate\":null");
    (void)printf(",\"messages\":%zu", load->all);
    if (load->all && !atomic_load(&load->failed)) {
        print_rates(load);
        print_times(load);
        print_costs(load, hub);
    }
    (void)printf(",\"reconnects\":%zu", atomic_load(&load->side[PUBLISHERS].lost) +
                                            atomic_load(&load->side[SUBSCRIBERS].lost));
    for (char *c = load->fault; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
            *c = '\'';
    (void)printf(
        ",\"status\":\"%s\"}\n", atomic_load(&load->failed) ? load->fault : "ok");
    (void)fflush(stdout);
}
