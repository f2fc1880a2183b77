// report - the sums over all publishers and over all subscribers, and what they say.

#include "tests/bench/peers/report.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

// What all parties of one kind add up to.
typedef struct {
    histogram_t latency;
    uint64_t sent, acknowledged, strange, received, broken, again, disorder;
    int64_t last_ns;
    const char *failure;
} sum_t;

static void add_up(sum_t *sum, const party_t *party)
{
    histogram_merge(&sum->latency, &party->latency);
    sum->sent += party->sent;
    sum->acknowledged += party->acknowledged;
    sum->strange += party->strange;
    sum->received += party->received;
    sum->broken += party->broken;
    for (size_t i = 0; i < LOAD_PARTIES; i++) {
        sum->again += party->tally[i].again;
        sum->disorder += party->tally[i].disorder;
    }
    if (party->last_ns > sum->last_ns)
        sum->last_ns = party->last_ns;
    if (!sum->failure && party->failure[0])
        sum->failure = party->failure;
}

// What is wrong with the counts, or "ok".
static void judge(const load_t *load, const sum_t *out, const sum_t *in, buf_t *status)
{
    uint64_t wanted = out->sent * load->options->subscribers;
    cause_t why;
    const char *failure = out->failure ? out->failure : in->failure;
    if (failure)
        buf_printf(status, "%s; ", failure);
    if (out->acknowledged != out->sent || out->strange)
        buf_printf(status, "acknowledged %llu of %llu, %llu out of order; ",
            (unsigned long long)out->acknowledged, (unsigned long long)out->sent,
            (unsigned long long)out->strange);
    if (in->received != wanted || in->again || in->disorder || in->broken)
        buf_printf(status,
            "received %llu of %llu, %llu twice, %llu out of order, "
            "%llu broken; ",
            (unsigned long long)in->received, (unsigned long long)wanted,
            (unsigned long long)in->again, (unsigned long long)in->disorder,
            (unsigned long long)in->broken);
    if (load->peer->check && load->peer->check(load->world, out->sent, &why) != 0)
        buf_printf(status, "%s; ", why.text);
    if (out->sent == 0)
        buf_printf(status, "nothing was sent; ");
    if (status->size)
        status->size -= 2;
    else
        buf_put_text(status, "ok");
}

// A JSON string; what would need an escape is left out.
static void print_text(const char *text)
{
    (void)putchar('"');
    for (; *text; text++)
        if (*text >= ' ' && *text != '"' && *text != '\\')
            (void)putchar(*text);
    (void)putchar('"');
}

static double per(double value, double n)
{
    return n > 0 ? value / n : 0;
}

static void print_line(const load_t *load, const sum_t *out, const sum_t *in,
    const spent_t *spent, const char *status)
{
    const load_options_t *options = load->options;
    double publishing_s = (double)(out->last_ns - load->start_ns) / 1e9;
    double delivering_s = (double)(in->last_ns - load->start_ns) / 1e9;
    double n = (double)out->acknowledged, deliveries = (double)in->received;
    (void)printf("{\"peer\":\"%s\",\"case\":[%zu,%zu,%zu],\"rate\":", load->peer->name,
        options->publishers, options->subscribers, options->window);
    (void)(options->rate > 0 ? printf("%g", options->rate) : printf("null"));
    (void)printf(",\"messages_s\":%.1f,\"deliveries_s\":%.1f", per(n, publishing_s),
        per(deliveries, delivering_s));
    (void)printf(",\"p50_us\":%.1f,\"p99_us\":%.1f,\"ack_p50_us\":%.1f",
        histogram_us(&in->latency, 0.5), histogram_us(&in->latency, 0.99),
        histogram_us(&out->latency, 0.5));
    (void)printf(",\"hub_cpu_us_per_message\":%.3f,\"hub_cpu_us_per_delivery\":%.3f",
        per(spent->hub_s * 1e6, n), per(spent->hub_s * 1e6, deliveries));
    (void)printf(",\"client_cpu_us_per_message\":%.3f,\"rss_kib\":%ld,\"status\":",
        per(spent->clients_s * 1e6, n), spent->rss_kib);
    print_text(status);
    (void)printf("}\n");
}

int report_print(
    const load_t *load, const party_t *const *party, size_t n, const spent_t *spent)
{
    sum_t *out = memory_new(1, sizeof *out), *in = memory_new(1, sizeof *in);
    buf_t status = {0};
    for (size_t i = 0; i < n; i++)
        add_up(party[i]->publishes ? out : in, party[i]);
    judge(load, out, in, &status);
    print_line(load, out, in, spent, buf_text(&status));
    int result = span_is(buf_span(&status), "ok") && fflush(stdout) == 0 ? 0 : -1;
    buf_destroy(&status);
    free(out);
    free(in);
    return result;
}
