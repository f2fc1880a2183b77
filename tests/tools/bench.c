// bench - a load for a hub, or for the floor: P publishers, S subscribers, W unanswered
// publishes each.  Every message is sealed, every receipt and delivery verified, every
// count checked.
//
//     bench hub  WORLD ENDPOINT P S W MESSAGES      nodes pub-1.. and sub-1.. of the
//     folder WORLD bench floor FOLDER 0 P S W MESSAGES           a CURVE echo with one
//     flush a batch
//
// Prints one CSV line: see tests/bench/bench.py.  The floor is what any broker that
// flushes and encrypts must at least do with one message a frame: receive, append, one
// fdatasync for all that had come, answer, send to every subscriber.

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/keyfile.h"
#include "nodes/link/link.h"
#include "nodes/link/parcel.h"
#include "nodes/net/sockets.h"

#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { DOCUMENT = 700, SEAL_TOGETHER = 64, PARTIES_MAX = 64, DEADLINE_S = 240 };

typedef struct {
    const char *world, *endpoint;
    size_t publishers, subscribers, window, messages; // messages: of each publisher
    int64_t *published_ns;                            // when message i was handed over
    int64_t *receipt_ns;                              // and how long its receipt took
    int64_t *deliver_ns;                              // and each subscriber's delivery
    atomic_size_t ready, failed;
    atomic_bool go;
} load_t;

typedef struct {
    load_t *load;
    size_t index; // among publishers, or among subscribers
    link_t *link;
    uint8_t public_key[32], secret_key[32];
    size_t handed, answered, received, refused;
    bool ready;
    void *socket; // the floor's
} party_t;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

// --------------------------------------------------------------------------------

// The number of a message rides in the last twelve digits of its id.
static void make_id(uint64_t number, char id[37])
{
    uint8_t bytes[10] = {0};
    for (int i = 0; i < 6; i++)
        bytes[9 - i] = (uint8_t)(number >> (8 * i));
    uuid7_from(clock_now().wall_ms, bytes, id);
}

static uint64_t number_of(const char *id)
{
    return strtoull(id + 24, NULL, 16);
}

static size_t make_document(char *out, size_t room, const char *id, const char *from)
{
    uint8_t random[16];
    char nonce[33], sent[TIME_TEXT];
    randombytes_buf(random, sizeof random);
    hex_encode(random, sizeof random, nonce);
    time_print(clock_now().wall_ms, sent);
    int size = snprintf(out, room,
        "{\"dabyl\":1,\"id\":\"%s\",\"kind\":\"incident.notice\",\"from\":\"%s\","
        "\"sent\":\"%s\",\"status\":\"actual\",\"marking\":\"TLP:AMBER\",\"nonce\":\"%"
        "s\","
        "\"summary\":{\"en\":\"Scanning of a control network segment from a foreign "
        "range\"},"
        "\"body\":{\"level\":1,\"determination\":\"suspected\",\"sector\":\"power-"
        "supply\","
        "\"cross_border\":false,\"detected_at\":\"%s\",\"description\":\"",
        id, from, sent, nonce, sent);
    memset(out + size, 'x', DOCUMENT);
    size_t pad = (size_t)size + 3 < DOCUMENT ? DOCUMENT - (size_t)size - 3 : 0;
    memcpy(out + size + pad, "\"}}", 4);
    return (size_t)size + pad + 3;
}

// -------------------------------------------------------------------------

static void on_event(void *context, const link_event_t *event)
{
    party_t *party = context;
    if (event->type == LINK_READY && !party->ready) {
        party->ready = true;
        atomic_fetch_add(&party->load->ready, 1);
    } else if (event->type != LINK_CONNECTING && event->type != LINK_READY) {
        (void)fprintf(
            stderr, "bench: party %zu: %s %s\n", party->index, event->code, event->text);
        if (event->type == LINK_STOPPED)
            atomic_fetch_add(&party->load->failed, 1);
    }
}

static void on_receipts(
    void *context, const link_receipt_t *receipt, size_t n, span_t checkpoint)
{
    party_t *party = context;
    int64_t now = now_ns();
    (void)checkpoint;
    for (size_t i = 0; i < n; i++)
        party->load->receipt_ns[receipt[i].tag] =
            now - party->load->published_ns[receipt[i].tag];
    party->answered += n;
}

static void on_refused(void *context, const link_refused_t *refused)
{
    party_t *party = context;
    party->refused++;
    party->answered++;
    if (party->refused == 1)
        (void)fprintf(stderr, "bench: refused: %.*s %.*s\n", (int)refused->code.size,
            (const char *)refused->code.data, (int)refused->text.size,
            (const char *)refused->text.data);
}

static size_t on_deliveries(
    void *context, const link_delivery_t *delivery, size_t n, span_t checkpoint)
{
    party_t *party = context;
    load_t *load = party->load;
    int64_t now = now_ns();
    size_t all = load->messages * load->publishers;
    (void)checkpoint;
    for (size_t i = 0; i < n; i++) {
        uint64_t number = number_of(delivery[i].leaf->id);
        if (number >= all)
            continue; // of a case before
        load->deliver_ns[party->index * all + number] = now - load->published_ns[number];
        party->received++;
    }
    return n;
}

static void read_text(const char *folder, const char *name, buf_t *out)
{
    char path[512];
    cause_t why;
    if (path_join(path, sizeof path, folder, name, &why) != 0 ||
        file_read(path, 1 << 16, out, &why) != 0)
        die("reading", why.text);
}

static authority_t *read_authority(const char *world)
{
    char path[512];
    cause_t why;
    (void)path_join(path, sizeof path, world, "ca/ca.pem", &why);
    authority_t *ca = authority_open(path, NULL, &why);
    if (!ca)
        die("the CA", why.text);
    return ca;
}

static void open_party(party_t *party, const char *role, seal_key_t *seal)
{
    static const link_events_t events = {.event = on_event,
        .receipts = on_receipts,
        .refused = on_refused,
        .deliveries = on_deliveries};
    load_t *load = party->load;
    char folder[512], path[600], name[32];
    cause_t why;
    cert_t hub;
    buf_t vkey = {0};
    (void)snprintf(name, sizeof name, "%s-%zu", role, party->index + 1);
    (void)snprintf(folder, sizeof folder, "%s/%s", load->world, name);
    link_options_t options = {.node = name,
        .agent = "bench",
        .endpoint = &load->endpoint,
        .endpoints = 1,
        .seal = seal,
        .ca = read_authority(load->world),
        .window = 1024};
    (void)snprintf(path, sizeof path, "%s/keys/seal.key", folder);
    if (keyfile_read_ed25519(path, seal, &why) != 0)
        die(path, why.text);
    (void)snprintf(path, sizeof path, "%s/keys/channel.key", folder);
    if (keyfile_read_x25519(path, options.secret_key, options.public_key, &why) != 0)
        die(path, why.text);
    (void)snprintf(path, sizeof path, "%s/hub/certs/channel.pem", load->world);
    if (cert_read(&hub, path, &why) != 0)
        die(path, why.text);
    memcpy(options.hub_key, hub.key, sizeof options.hub_key);
    cert_close(&hub);
    read_text(load->world, "hub/vkey", &vkey);
    while (vkey.size && vkey.data[vkey.size - 1] == '\n')
        vkey.size--;
    if (log_vkey_parse(&options.vkey, buf_span(&vkey), &why) != 0)
        die("vkey", why.text);
    buf_destroy(&vkey);
    link_events_t mine = events;
    mine.context = party;
    party->link = link_open(&options, &mine, &why);
    if (!party->link)
        die(name, why.text);
}

static bool expired(int64_t start_ns)
{
    return now_ns() - start_ns > (int64_t)DEADLINE_S * 1000000000;
}

// Hand over as many as the window allows, sealed together.
static void publish_some(party_t *party, const seal_key_t *seal, const char *origin)
{
    load_t *load = party->load;
    char text[2 * DOCUMENT + 256], id[37], name[32];
    cause_t why;
    (void)snprintf(name, sizeof name, "pub-%zu", party->index + 1);
    while (party->handed < load->messages &&
           party->handed - party->answered < load->window) {
        size_t free = load->window - (party->handed - party->answered);
        parcel_t *parcel = parcel_new();
        for (size_t n = 0;
             n < free && n < SEAL_TOGETHER && party->handed < load->messages; n++) {
            uint64_t number = party->index * load->messages + party->handed++;
            make_id(number, id);
            size_t size = make_document(text, sizeof text, id, name);
            load->published_ns[number] = now_ns();
            parcel_add(parcel, id, span_of(text, size), number);
        }
        if (parcel_seal(parcel, origin, &seal, 1, &why) != 0)
            die("seal", why.text);
        link_publish(party->link, &parcel);
    }
}

static void *run_publisher(void *argument)
{
    party_t *party = argument;
    load_t *load = party->load;
    seal_key_t seal;
    link_status_t status;
    open_party(party, "pub", &seal);
    while (!atomic_load(&load->go))
        link_wait(party->link, 20);
    link_status(party->link, &status);
    int64_t start = now_ns();
    while (party->answered < load->messages && !atomic_load(&load->failed)) {
        publish_some(party, &seal, status.checkpoint.origin);
        link_wait(party->link, 100);
        if (expired(start))
            atomic_fetch_add(&load->failed, 1);
    }
    link_close(&party->link);
    return NULL;
}

static void *run_subscriber(void *argument)
{
    party_t *party = argument;
    load_t *load = party->load;
    seal_key_t seal;
    int64_t start = now_ns();
    open_party(party, "sub", &seal);
    while (party->received < load->messages * load->publishers &&
           !atomic_load(&load->failed)) {
        link_wait(party->link, 20);
        if (expired(start))
            atomic_fetch_add(&load->failed, 1);
    }
    link_close(&party->link);
    return NULL;
}

// -------------------------------------------------------------------------------

// What a party says first, so that the echo knows who is a subscriber.
static const char subscribe[] = "S";

typedef struct {
    uint8_t bytes[255];
    size_t size;
} route_t_;

typedef struct {
    void *socket;
    int file;
    route_t_ subscriber[PARTIES_MAX];
    size_t subscribers;
} echo_t;

typedef struct {
    route_t_ from;
    uint8_t bytes[DOCUMENT];
} waiting_t;

static void echo_send(echo_t *echo, const route_t_ *to, const void *data, size_t size)
{
    if (zmq_send(echo->socket, to->bytes, to->size, ZMQ_SNDMORE) < 0 ||
        zmq_send(echo->socket, data, size, 0) < 0)
        die("floor", zmq_strerror(zmq_errno()));
}

static bool echo_receive(echo_t *echo, waiting_t *waiting, size_t *n, int flags)
{
    route_t_ from;
    uint8_t bytes[DOCUMENT];
    int route = zmq_recv(echo->socket, from.bytes, sizeof from.bytes, flags);
    if (route < 0)
        return false;
    from.size = (size_t)route;
    int size = zmq_recv(echo->socket, bytes, sizeof bytes, 0);
    if (size == 1) {
        echo->subscriber[echo->subscribers++] = from;
        echo_send(echo, &from, subscribe, 1);
    } else if (size == DOCUMENT) {
        waiting[*n].from = from;
        memcpy(waiting[(*n)++].bytes, bytes, sizeof bytes);
    } // anything else is a subscriber's acknowledgement
    return true;
}

static atomic_bool echo_stop;

static void *run_echo(void *argument)
{
    enum { BATCH = 1024 };
    echo_t *echo = argument;
    waiting_t *waiting = calloc(BATCH, sizeof *waiting);
    uint8_t *block = calloc(BATCH, DOCUMENT);
    off_t at = 0;
    if (!waiting || !block)
        abort();
    while (!atomic_load(&echo_stop)) {
        size_t n = 0;
        if (echo_receive(echo, waiting, &n, 0))
            while (n < BATCH && echo_receive(echo, waiting, &n, ZMQ_DONTWAIT)) {
            }
        if (n == 0)
            continue;
        for (size_t i = 0; i < n; i++)
            memcpy(block + i * DOCUMENT, waiting[i].bytes, DOCUMENT);
        if (pwrite(echo->file, block, n * DOCUMENT, at) < 0 || fdatasync(echo->file) != 0)
            die("floor", "cannot write");
        at += (off_t)(n * DOCUMENT);
        for (size_t i = 0; i < n; i++) {
            echo_send(echo, &waiting[i].from, waiting[i].bytes, 8);
            for (size_t k = 0; k < echo->subscribers; k++)
                echo_send(echo, &echo->subscriber[k], waiting[i].bytes, DOCUMENT);
        }
    }
    free(waiting);
    free(block);
    return NULL;
}

static uint8_t echo_public[32], echo_secret[32];

static void *floor_socket(party_t *party, const char *endpoint)
{
    int no_limit = 0, timeout = 20, linger = 0;
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_DEALER);
    crypto_box_keypair(party->public_key, party->secret_key);
    (void)zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, echo_public, 32);
    (void)zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, party->public_key, 32);
    (void)zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, party->secret_key, 32);
    (void)zmq_setsockopt(socket, ZMQ_SNDHWM, &no_limit, sizeof no_limit);
    (void)zmq_setsockopt(socket, ZMQ_RCVHWM, &no_limit, sizeof no_limit);
    (void)zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    (void)zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    if (zmq_connect(socket, endpoint) != 0)
        die("floor", zmq_strerror(zmq_errno()));
    return socket;
}

static void *floor_publisher(void *argument)
{
    party_t *party = argument;
    load_t *load = party->load;
    uint8_t bytes[DOCUMENT] = {0};
    void *socket = floor_socket(party, load->endpoint);
    atomic_fetch_add(&load->ready, 1);
    while (!atomic_load(&load->go))
        (void)usleep(100);
    while (party->answered < load->messages) {
        while (party->handed < load->messages &&
               party->handed - party->answered < load->window) {
            uint64_t number = party->index * load->messages + party->handed++;
            memcpy(bytes, &number, sizeof number);
            load->published_ns[number] = now_ns();
            (void)zmq_send(socket, bytes, sizeof bytes, 0);
        }
        uint64_t number;
        int flags = 0;
        while (zmq_recv(socket, &number, sizeof number, flags) == sizeof number) {
            load->receipt_ns[number] = now_ns() - load->published_ns[number];
            party->answered++;
            flags = ZMQ_DONTWAIT;
        }
    }
    (void)zmq_close(socket);
    return NULL;
}

static void *floor_subscriber(void *argument)
{
    party_t *party = argument;
    load_t *load = party->load;
    uint8_t bytes[DOCUMENT];
    size_t all = load->messages * load->publishers;
    void *socket = floor_socket(party, load->endpoint);
    (void)zmq_send(socket, subscribe, 1, 0);
    while (party->received < all) {
        int size = zmq_recv(socket, bytes, sizeof bytes, 0);
        uint64_t number;
        memcpy(&number, bytes, sizeof number);
        if (size == 1)
            atomic_fetch_add(&load->ready, 1);
        if (size != DOCUMENT)
            continue;
        load->deliver_ns[party->index * all + number] =
            now_ns() - load->published_ns[number];
        party->received++;
        (void)zmq_send(socket, bytes, 8, 0);
    }
    (void)zmq_close(socket);
    return NULL;
}

static void open_echo(echo_t *echo, const char *folder, char *endpoint, size_t room)
{
    char path[512];
    int one = 1, none = 0, timeout = 100;
    cause_t why;
    void *context = zmq_ctx_new();
    (void)path_join(path, sizeof path, folder, "floor.log", &why);
    echo->file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (echo->file < 0 || posix_fallocate(echo->file, 0, 256 << 20) != 0)
        die(path, "cannot make it");
    crypto_box_keypair(echo_public, echo_secret);
    echo->socket = zmq_socket(context, ZMQ_ROUTER);
    (void)zmq_setsockopt(echo->socket, ZMQ_CURVE_SERVER, &one, sizeof one);
    (void)zmq_setsockopt(echo->socket, ZMQ_CURVE_SECRETKEY, echo_secret, 32);
    (void)zmq_setsockopt(echo->socket, ZMQ_SNDHWM, &none, sizeof none);
    (void)zmq_setsockopt(echo->socket, ZMQ_RCVHWM, &none, sizeof none);
    (void)zmq_setsockopt(echo->socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    if (zmq_bind(echo->socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(echo->socket, ZMQ_LAST_ENDPOINT, endpoint, &room) != 0)
        die("floor", zmq_strerror(zmq_errno()));
}

// ---------------------------------------------------------------------------------

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_quantiles(int64_t *values, size_t n)
{
    static const double at[] = {0.5, 0.99, 0.999};
    qsort(values, n, sizeof *values, by_value);
    for (size_t i = 0; i < 3; i++)
        (void)printf(",%.3f", (double)values[(size_t)((double)(n - 1) * at[i])] / 1e6);
}

static void run(load_t *load, bool floor)
{
    pthread_t thread[2 * PARTIES_MAX];
    party_t party[2 * PARTIES_MAX] = {0};
    size_t parties = load->publishers + load->subscribers;
    size_t all = load->messages * load->publishers;
    void *(*publisher)(void *) = floor ? floor_publisher : run_publisher;
    void *(*subscriber)(void *) = floor ? floor_subscriber : run_subscriber;
    for (size_t i = 0; i < parties; i++) {
        bool publishes = i >= load->subscribers;
        party[i].load = load;
        party[i].index = publishes ? i - load->subscribers : i;
        if (pthread_create(
                &thread[i], NULL, publishes ? publisher : subscriber, &party[i]) != 0)
            die("thread", "cannot start");
    }
    int64_t start = now_ns();
    while (atomic_load(&load->ready) < parties && !expired(start))
        (void)usleep(1000);
    start = now_ns();
    atomic_store(&load->go, true);
    int64_t receipts = 0;
    for (size_t i = 0; i < parties; i++) {
        (void)pthread_join(thread[parties - 1 - i], NULL); // publishers first
        if (i + 1 == load->publishers)
            receipts = now_ns() - start;
    }
    int64_t deliveries = now_ns() - start;
    size_t refused = 0, received = 0;
    for (size_t i = 0; i < parties; i++) {
        refused += party[i].refused;
        received += party[i].received;
    }
    if (atomic_load(&load->failed) || refused || received != all * load->subscribers)
        die("counts", "not every message was received exactly once");
    (void)printf("%s,%zu,%zu,%zu,%zu,%.0f,%.0f", floor ? "floor" : "dabyl",
        load->publishers, load->subscribers, load->window, all,
        (double)all * 1e9 / (double)receipts,
        (double)received * 1e9 / (double)deliveries);
    print_quantiles(load->receipt_ns, all);
    print_quantiles(load->deliver_ns, all * load->subscribers);
    (void)printf("\n");
}

// What CZMQ keeps for the process is made by one thread, before there are others.
static void prepare_sockets(void)
{
    cause_t why;
    zsock_t *first = sockets_new(ZMQ_DEALER, &why);
    if (!first)
        die("socket", why.text);
    zsock_destroy(&first);
}

int main(int argc, char **argv)
{
    if (argc != 8 ||
        randombytes_set_implementation(&randombytes_internal_implementation) != 0 ||
        sodium_init() < 0) {
        (void)fputs("usage: bench hub|floor FOLDER ENDPOINT P S W MESSAGES\n", stderr);
        return 2;
    }
    load_t load = {.world = argv[2],
        .endpoint = argv[3],
        .publishers = strtoul(argv[4], NULL, 10),
        .subscribers = strtoul(argv[5], NULL, 10),
        .window = strtoul(argv[6], NULL, 10)};
    if (load.publishers == 0 || load.publishers > PARTIES_MAX || load.subscribers == 0 ||
        load.subscribers > PARTIES_MAX)
        return 2;
    load.messages = strtoul(argv[7], NULL, 10) / load.publishers;
    size_t all = load.messages * load.publishers;
    load.published_ns = calloc(all, sizeof(int64_t));
    load.receipt_ns = calloc(all, sizeof(int64_t));
    load.deliver_ns = calloc(all * load.subscribers, sizeof(int64_t));
    if (!load.published_ns || !load.receipt_ns || !load.deliver_ns)
        die("memory", "none left");
    prepare_sockets();
    bool floor = strcmp(argv[1], "floor") == 0;
    echo_t echo = {0};
    pthread_t echo_thread;
    char endpoint[256];
    if (floor) {
        open_echo(&echo, load.world, endpoint, sizeof endpoint);
        load.endpoint = endpoint;
        if (pthread_create(&echo_thread, NULL, run_echo, &echo) != 0)
            die("thread", "cannot start");
    }
    run(&load, floor);
    if (floor) {
        atomic_store(&echo_stop, true);
        (void)pthread_join(echo_thread, NULL);
    }
    return 0;
}
