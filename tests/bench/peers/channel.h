// channel - a blocking connection by TLS 1.3 to a broker on this machine, both ends with
// certificates; what is to leave is packed until it is flushed.

#ifndef TESTS_BENCH_PEERS_CHANNEL_H
#define TESTS_BENCH_PEERS_CHANNEL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// What all channels share: ca.crt, client.crt and client.key of a folder.
typedef struct channel_keys channel_keys_t;
channel_keys_t *channel_keys_read(const char *folder, cause_t *why);
void channel_keys_destroy(channel_keys_t **self_p);

typedef struct {
    buf_t out;    // append here
    buf_t in;     // what came and was not taken yet
    size_t taken; // of `in`
    struct channel_end *end;
} channel_t;

// `greeting`: the broker speaks a line before TLS begins, which is thrown away.
channel_t *channel_open(
    const channel_keys_t *keys, int port, bool greeting, cause_t *why);
void channel_close(channel_t **self_p);
// 0 when the broker turns away a client without a certificate, as it must.
int channel_refuses_strangers(
    const channel_keys_t *keys, int port, bool greeting, cause_t *why);

int channel_flush(channel_t *self, cause_t *why);
// Whether something more can be read, within `most_ns`.
bool channel_wait(channel_t *self, int64_t most_ns);
// Read what there is, at least a byte.  Spans into `in` move.
int channel_read(channel_t *self, cause_t *why);
// What came and was not taken.
span_t channel_rest(const channel_t *self);
void channel_take(channel_t *self, size_t size);
// The next line without its CR LF, taken; false: it is not whole yet.
bool channel_line(channel_t *self, span_t *line);

#endif
