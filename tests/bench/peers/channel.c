// channel - OpenSSL on a blocking socket.  What was taken of `in` stays until the next
// read, so that spans into it live that long.

#include "tests/bench/peers/channel.h"

#include "lib/base/memory.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16 };

struct channel_keys {
    SSL_CTX *with, *without; // a certificate
};

struct channel_end {
    int fd;
    SSL *ssl;
};

static int fail(cause_t *why, const char *what)
{
    unsigned long error = ERR_peek_last_error();
    char text[256] = "the connection ended";
    if (error)
        ERR_error_string_n(error, text, sizeof text);
    ERR_clear_error();
    return cause_set(why, "%s: %s", what, text);
}

static SSL_CTX *context_new(const char *folder)
{
    char ca[512];
    (void)snprintf(ca, sizeof ca, "%s/ca.crt", folder);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_load_verify_locations(context, ca, NULL) != 1) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

channel_keys_t *channel_keys_read(const char *folder, cause_t *why)
{
    char cert[512], key[512];
    (void)snprintf(cert, sizeof cert, "%s/client.crt", folder);
    (void)snprintf(key, sizeof key, "%s/client.key", folder);
    channel_keys_t *self = memory_new(1, sizeof *self);
    self->with = context_new(folder);
    self->without = context_new(folder);
    if (!self->with || !self->without ||
        SSL_CTX_use_certificate_file(self->with, cert, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(self->with, key, SSL_FILETYPE_PEM) != 1) {
        (void)fail(why, folder);
        channel_keys_destroy(&self);
    }
    return self;
}

void channel_keys_destroy(channel_keys_t **self_p)
{
    channel_keys_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    SSL_CTX_free(self->with);
    SSL_CTX_free(self->without);
    free(self);
}

static int dial(int port, cause_t *why)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return cause_errno(why, "socket");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)cause_errno(why, "127.0.0.1:%d", port);
        (void)close(fd);
        return -1;
    }
    return fd;
}

// Byte by byte, since what follows belongs to TLS.
static int skip_line(int fd, cause_t *why)
{
    char byte = 0;
    while (byte != '\n')
        if (read(fd, &byte, 1) != 1)
            return cause_set(why, "the broker did not greet");
    return 0;
}

static int begin_tls(struct channel_end *end, SSL_CTX *context, cause_t *why)
{
    end->ssl = SSL_new(context);
    if (!end->ssl || SSL_set_fd(end->ssl, end->fd) != 1 ||
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(end->ssl), "127.0.0.1") != 1 ||
        SSL_connect(end->ssl) != 1)
        return fail(why, "TLS");
    return 0;
}

static channel_t *open_with(SSL_CTX *context, int port, bool greeting, cause_t *why)
{
    channel_t *self = memory_new(1, sizeof *self);
    self->end = memory_new(1, sizeof *self->end);
    self->end->fd = dial(port, why);
    if (self->end->fd < 0 || (greeting && skip_line(self->end->fd, why) != 0) ||
        begin_tls(self->end, context, why) != 0)
        channel_close(&self);
    return self;
}

channel_t *channel_open(const channel_keys_t *keys, int port, bool greeting, cause_t *why)
{
    return open_with(keys->with, port, greeting, why);
}

void channel_close(channel_t **self_p)
{
    channel_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    SSL_free(self->end->ssl);
    if (self->end->fd >= 0)
        (void)close(self->end->fd);
    free(self->end);
    buf_destroy(&self->out);
    buf_destroy(&self->in);
    free(self);
}

// What brokers say to who has no certificate: the second is Go's word for it.
static bool turned_away(unsigned long error)
{
    int reason = ERR_GET_REASON(error);
    return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED ||
           reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE;
}

// By TLS 1.3 a client learns only after its handshake that it is not wanted.
int channel_refuses_strangers(
    const channel_keys_t *keys, int port, bool greeting, cause_t *why)
{
    char byte;
    channel_t *channel = open_with(keys->without, port, greeting, why);
    if (!channel)
        return -1;
    (void)SSL_write(channel->end->ssl, "PING\r\n", 6);
    bool refused = SSL_read(channel->end->ssl, &byte, 1) <= 0;
    refused = refused && turned_away(ERR_peek_last_error());
    ERR_clear_error();
    channel_close(&channel);
    return refused ? 0
                   : cause_set(why, "a client without a certificate is not turned away");
}

int channel_flush(channel_t *self, cause_t *why)
{
    if (self->out.size == 0)
        return 0;
    size_t written;
    if (SSL_write_ex(self->end->ssl, self->out.data, self->out.size, &written) != 1)
        return fail(why, "write");
    buf_clear(&self->out);
    return 0;
}

bool channel_wait(channel_t *self, int64_t most_ns)
{
    struct pollfd item = {.fd = self->end->fd, .events = POLLIN};
    struct timespec most = {most_ns / 1000000000, most_ns % 1000000000};
    return SSL_has_pending(self->end->ssl) || ppoll(&item, 1, &most, NULL) > 0;
}

static void forget_taken(channel_t *self)
{
    if (self->taken == 0)
        return;
    self->in.size -= self->taken;
    memmove(self->in.data, self->in.data + self->taken, self->in.size);
    self->taken = 0;
}

int channel_read(channel_t *self, cause_t *why)
{
    forget_taken(self);
    buf_reserve(&self->in, READ_BYTES);
    size_t got;
    if (SSL_read_ex(self->end->ssl, self->in.data + self->in.size, READ_BYTES, &got) != 1)
        return fail(why, "read");
    self->in.size += got;
    return 0;
}

span_t channel_rest(const channel_t *self)
{
    return span_of(self->in.data + self->taken, self->in.size - self->taken);
}

void channel_take(channel_t *self, size_t size)
{
    self->taken += size;
}

bool channel_line(channel_t *self, span_t *line)
{
    span_t rest = channel_rest(self);
    const uint8_t *end = rest.size ? memchr(rest.data, '\n', rest.size) : NULL;
    if (!end)
        return false;
    size_t size = (size_t)(end - rest.data) + 1;
    *line = span_of(rest.data, size > 1 ? size - 2 : 0); // before CR LF
    channel_take(self, size);
    return true;
}
