// side - the publishers' or the subscribers' process, over links as dabyl-node has them.
//
// Each party has a thread of its own as long as there are few; a crowd shares some, each
// of which waits for all of its parties at once.  The process's first thread measures.

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/pki/keyfile.h"
#include "lib/sys/task.h"
#include "nodes/link/link.h"
#include "nodes/net/sockets.h"
#include "tests/bench/load/letter.h"
#include "tests/bench/load/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64, CROWD_THREADS = 8, FLAGS_MS = 20, PATH_ROOM = 512 };

typedef struct {
    load_t *load;
    side_name_t side;
    size_t index; // among its side
    char name[32], folder[PATH_ROOM];
    link_t *link;
    seal_key_t seal;
    letter_t letter;
    buf_t note;
    size_t handed, answered, received, refused;
    uint64_t stored, position; // of the inbox, so far
    uint64_t *next;            // number that each publisher's next message must have
    bool ready, over;
    bool touched; // it wants a turn
    struct pollfd item[LINK_POLL_ITEMS];
    size_t items;
} party_t;

// ------------------------------------------------------------------- what a link tells

static void on_event(void *context, const link_event_t *event)
{
    party_t *party = context;
    side_t *side = &party->load->side[party->side];
    if (event->type == LINK_READY && !party->ready) {
        party->ready = true;
        atomic_fetch_add(&side->ready, 1);
    } else if (event->type == LINK_STOPPED || event->type == LINK_BROKEN) {
        fault(party->load, party->name, event->text);
    } else if (event->type == LINK_LOST && atomic_load(&party->load->go)) {
        atomic_fetch_add(&side->lost, 1);
    }
}

static void on_receipts(
    void *context, const link_receipt_t *receipt, size_t n, span_t checkpoint)
{
    party_t *party = context;
    (void)checkpoint;
    int64_t now = now_ns();
    for (size_t i = 0; i < n; i++)
        note_receipt(party->load, receipt[i].tag, now);
    party->answered += n;
}

static void on_refused(void *context, const link_refused_t *refused)
{
    party_t *party = context;
    char text[FAULT_ROOM];
    (void)snprintf(text, sizeof text, "refused: %.*s %.*s", (int)refused->code.size,
        (const char *)refused->code.data, (int)refused->text.size,
        (const char *)refused->text.data);
    fault(party->load, party->name, text);
}

static void take(party_t *party, const link_delivery_t *delivery, int64_t now)
{
    load_t *load = party->load;
    uint64_t number = letter_number(delivery->leaf->id);
    if (delivery->number != party->stored + 1)
        fault(load, party->name, "an inbox with a gap or out of order");
    party->stored = delivery->number;
    party->position = delivery->leaf->position;
    if (number >= load->all || strncmp(delivery->leaf->author, "pub-", 4) != 0 ||
        uuid7_time_ms(delivery->leaf->id) < load->since_ms)
        return; // the hub's own, or of a run before this
    if (number % load->each != party->next[number / load->each]++)
        fault(load, party->name, "a publisher's messages out of order, or twice");
    note_delivery(load, party->index, number, now);
    party->received++;
}

static size_t on_deliveries(
    void *context, const link_delivery_t *delivery, size_t n, span_t checkpoint)
{
    party_t *party = context;
    int64_t now = now_ns(); // a frame is handed over as a whole
    for (size_t i = 0; i < n; i++)
        take(party, &delivery[i], now);
    if (party->load->remember) {
        buf_clear(&party->note);
        buf_put_span(&party->note, checkpoint);
    }
    return n;
}

// ----------------------------------------------------------------- opening and closing

static const char *path_of(char out[PATH_ROOM], const char *folder, const char *name)
{
    cause_t why;
    if (path_join(out, PATH_ROOM, folder, name, &why) != 0)
        out[0] = '\0';
    return out;
}

static int read_keys(party_t *party, link_options_t *options, cause_t *why)
{
    char path[PATH_ROOM];
    cert_t hub;
    buf_t vkey = {0};
    const char *world = party->load->world;
    options->ca = authority_open(path_of(path, world, "ca/ca.pem"), NULL, why);
    if (!options->ca ||
        keyfile_read_ed25519(
            path_of(path, party->folder, "keys/seal.key"), &party->seal, why) != 0 ||
        keyfile_read_x25519(path_of(path, party->folder, "keys/channel.key"),
            options->secret_key, options->public_key, why) != 0 ||
        cert_read(&hub, path_of(path, world, "hub/certs/channel.pem"), why) != 0)
        return -1;
    memcpy(options->hub_key, hub.key, sizeof options->hub_key);
    cert_close(&hub);
    if (file_read(path_of(path, world, "hub/vkey"), 1 << 12, &vkey, why) != 0)
        return -1;
    while (vkey.size && vkey.data[vkey.size - 1] == '\n')
        vkey.size--;
    int done = log_vkey_parse(&options->vkey, buf_span(&vkey), why);
    buf_destroy(&vkey);
    return done;
}

// Where an earlier run has ended: number, position, checkpoint.
static void recall(party_t *party, link_options_t *options)
{
    char path[PATH_ROOM];
    buf_t text = {0};
    cause_t why;
    if (!party->load->remember || party->side != SUBSCRIBERS ||
        file_read(path_of(path, party->folder, "bench.stored"), 64, &text, &why) != 0)
        return;
    char *end = NULL;
    options->stored = party->stored = strtoull(buf_text(&text), &end, 10);
    options->position = party->position = strtoull(end, NULL, 10);
    buf_destroy(&text);
    if (file_read(
            path_of(path, party->folder, "bench.note"), 1 << 16, &party->note, &why) == 0)
        options->checkpoint = buf_span(&party->note);
}

static void remember(const party_t *party)
{
    char path[PATH_ROOM];
    if (!party->load->remember || party->side != SUBSCRIBERS)
        return;
    FILE *file = fopen(path_of(path, party->folder, "bench.stored"), "w");
    if (file) {
        (void)fprintf(file, "%llu %llu\n", (unsigned long long)party->stored,
            (unsigned long long)party->position);
        (void)fclose(file);
    }
    file = fopen(path_of(path, party->folder, "bench.note"), "w");
    if (file) {
        (void)fwrite(party->note.data, 1, party->note.size, file);
        (void)fclose(file);
    }
}

static int open_party(party_t *party, cause_t *why)
{
    static const link_events_t events = {.event = on_event,
        .receipts = on_receipts,
        .refused = on_refused,
        .deliveries = on_deliveries};
    load_t *load = party->load;
    const char *endpoint = load->endpoint;
    const char *word = party->side == PUBLISHERS ? "pub" : load->word;
    size_t first = party->side == PUBLISHERS ? 0 : load->first;
    (void)snprintf(
        party->name, sizeof party->name, "%s-%zu", word, first + party->index + 1);
    (void)path_of(party->folder, load->world, party->name);
    link_options_t options = {.node = party->name,
        .agent = "load",
        .endpoint = &endpoint,
        .endpoints = 1,
        .seal = &party->seal,
        .window = 1024};
    party->next = memory_new(load->parties[PUBLISHERS] + 1, sizeof *party->next);
    if (read_keys(party, &options, why) != 0)
        return -1;
    if (!letter_begin(&party->letter, load->kind, party->name, DOCUMENT))
        return cause_set(why, "no such kind of message: %s", load->kind);
    recall(party, &options);
    link_events_t mine = events;
    mine.context = party;
    party->link = link_open(&options, &mine, why);
    return party->link ? 0 : -1;
}

static void close_party(party_t *party)
{
    link_close(&party->link);
    remember(party);
    free(party->next);
    buf_destroy(&party->note);
}

// -------------------------------------------------------------------------- publishing

// When this publisher's next message is due, where a rate is kept: they take turns.
static int64_t scheduled_ns(const party_t *party)
{
    const load_t *load = party->load;
    double turn = (double)(party->handed * load->parties[PUBLISHERS] + party->index);
    return load->start_ns + (int64_t)(turn * 1e9 / load->rate);
}

// How many may be handed over now, under one seal.
static size_t may_hand(const party_t *party, int64_t now)
{
    const load_t *load = party->load;
    size_t free = load->window - (party->handed - party->answered);
    size_t left = load->each - party->handed;
    size_t most = free < left ? free : left;
    if (most > load->together)
        most = load->together;
    if (load->rate <= 0 || most == 0)
        return most;
    int64_t late = now - scheduled_ns(party);
    double due = late < 0 ? 0
                          : 1 + (double)late * load->rate / 1e9 /
                                    (double)load->parties[PUBLISHERS];
    return due < (double)most ? (size_t)due : most;
}

static void hand(party_t *party, size_t n, int64_t now)
{
    load_t *load = party->load;
    const seal_key_t *keys[] = {&party->seal};
    char id[LETTER_ID];
    link_status_t status;
    cause_t why;
    parcel_t *parcel = parcel_new();
    int64_t wall_ms = clock_now().wall_ms;
    while (n--) {
        uint64_t number = party->index * load->each + party->handed;
        load->published_ns[number] = load->rate > 0 ? scheduled_ns(party) : now;
        span_t text = letter_write(&party->letter, number, wall_ms, id);
        parcel_add(parcel, id, text, number);
        party->handed++;
    }
    link_status(party->link, &status);
    if (parcel_seal(parcel, status.checkpoint.origin, keys, 1, &why) != 0)
        fault(load, party->name, why.text);
    link_publish(party->link, &parcel);
    party->touched = true;
}

static void publish(party_t *party)
{
    for (;;) {
        int64_t now = now_ns();
        size_t n = may_hand(party, now);
        if (n == 0)
            return;
        hand(party, n, now);
    }
}

static void judge(party_t *party)
{
    load_t *load = party->load;
    side_t *side = &load->side[party->side];
    size_t done = party->side == PUBLISHERS ? party->answered : party->received;
    size_t all = party->side == PUBLISHERS ? load->each : load->all;
    if (party->over || !party->ready || done < all)
        return;
    party->over = true;
    if (atomic_fetch_add(&side->over, 1) + 1 == side->parties)
        side->over_ns = now_ns();
}

// ----------------------------------------------------------------------------- threads

typedef struct {
    load_t *load;
    party_t *party; // all of the side
    size_t n, first, step;
    struct pollfd *item;
    party_t **of; // whose item it is
} thread_t;

// Until when a thread may wait: what a link, the schedule or our own flags want.
static int64_t wait_ns(const thread_t *self, int64_t now)
{
    int64_t left_ms = FLAGS_MS, next_ns = INT64_MAX;
    int64_t boot_ms = clock_now().monotonic_ms;
    bool going = atomic_load(&self->load->go);
    for (size_t i = self->first; i < self->n; i += self->step) {
        const party_t *party = &self->party[i];
        moment_sooner(&left_ms, moment_left(link_due_ms(party->link), boot_ms));
        if (going && party->side == PUBLISHERS && self->load->rate > 0 &&
            party->handed < self->load->each &&
            party->handed - party->answered < self->load->window &&
            scheduled_ns(party) < next_ns)
            next_ns = scheduled_ns(party);
    }
    int64_t left_ns = left_ms * 1000000;
    if (next_ns != INT64_MAX && next_ns - now < left_ns)
        left_ns = next_ns - now;
    return left_ns < 0 ? 0 : left_ns;
}

static size_t gather(thread_t *self)
{
    size_t n = 0;
    for (size_t i = self->first; i < self->n; i += self->step)
        for (size_t k = 0; k < self->party[i].items; k++) {
            self->item[n] = self->party[i].item[k];
            self->of[n++] = &self->party[i];
        }
    return n;
}

// One party's turn.  It waits again at once: until then the link's other thread reads.
static void work(party_t *party, now_t now, bool publishes)
{
    link_work(party->link);
    link_turn(party->link, now);
    if (publishes && may_hand(party, now_ns()) > 0) {
        publish(party); // what was answered makes room
        link_turn(party->link, now);
    }
    judge(party);
    party->items = link_poll_items(party->link, party->item);
    party->touched = false;
}

static void turn(thread_t *self)
{
    size_t n = gather(self);
    int64_t wait = wait_ns(self, now_ns());
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    (void)ppoll(self->item, n, &timeout, NULL);
    for (size_t i = 0; i < n; i++)
        if (self->item[i].revents)
            self->of[i]->touched = true;
    now_t now = clock_now();
    bool going = atomic_load(&self->load->go);
    for (size_t i = self->first; i < self->n; i += self->step) {
        party_t *party = &self->party[i];
        bool publishes = going && party->side == PUBLISHERS;
        party->touched |= moment_due(link_due_ms(party->link), now.monotonic_ms);
        if (publishes)
            publish(party);
        if (party->touched)
            work(party, now, publishes);
    }
}

static void *run_thread(void *argument)
{
    thread_t *self = argument;
    load_t *load = self->load;
    cause_t why;
    size_t mine = (self->n + self->step - 1) / self->step;
    self->item = memory_new(mine * LINK_POLL_ITEMS, sizeof *self->item);
    self->of = memory_new(mine * LINK_POLL_ITEMS, sizeof(party_t *));
    bool opened = true;
    for (size_t i = self->first; opened && i < self->n; i += self->step)
        opened = open_party(&self->party[i], &why) == 0;
    if (!opened)
        fault(load, "opening", why.text);
    while (opened && !atomic_load(&load->close) && !atomic_load(&load->failed))
        turn(self);
    for (size_t i = self->first; i < self->n; i += self->step)
        close_party(&self->party[i]);
    free(self->item);
    free(self->of);
    return NULL;
}

// What CZMQ keeps for the process is made by one thread, before there are others; how
// many sockets there can be counts from the first one, and a link has several.
static void prepare_sockets(load_t *load)
{
    cause_t why;
    zsys_init();
    zsys_set_max_sockets(0); // as many as there is room for
    zsock_t *first = sockets_new(ZMQ_DEALER, &why);
    if (!first)
        fault(load, "a socket", why.text);
    zsock_destroy(&first);
}

void side_run(load_t *load, side_name_t name)
{
    task_t task[THREADS_MAX];
    thread_t thread[THREADS_MAX];
    size_t n = load->parties[name];
    size_t threads = n <= THREADS_MAX ? n : CROWD_THREADS;
    party_t *party = memory_new(n + 1, sizeof *party);
    prepare_sockets(load);
    for (size_t i = 0; i < n; i++)
        party[i] = (party_t){.load = load, .side = name, .index = i};
    for (size_t i = 0; i < threads; i++) {
        thread[i] = (thread_t){load, party, n, i, threads, NULL, NULL};
        if (task_start(&task[i], "party", run_thread, &thread[i]) != 0)
            fault(load, "a thread", "none can be started");
    }
    side_watch(load, name);
    for (size_t i = 0; i < threads; i++)
        task_join(task[i]);
    free(party);
}
