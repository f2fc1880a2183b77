// standby - one channel at a time.  What the hub says that does not fit ends only the
// connection when it may be chance, and the process when it cannot be.

#include "nodes/backup/standby.h"

#include "lib/base/log.h"
#include "lib/base/version.h"
#include "lib/message/frame.h"
#include "lib/message/peer.h"
#include "lib/sys/clock.h"
#include "lib/sys/random.h"
#include "nodes/link/channel.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

// <syslog.h>, which comes along with CZMQ, has other things under these names.
#undef LOG_WARNING
#undef LOG_INFO

enum { PULSE_MS = 2000, SILENCE_MS = 10000, PAUSE_MS = 250, PAUSE_MAX_MS = 30000 };

typedef struct {
    standby_copy_t *copy;
    const node_conf_t *conf;
    const credentials_t *credentials;
    channel_keys_t keys;
    channel_t *channel;
    size_t attempts;
    bool follows; // the hub knows how, and was told where
    int64_t now_ms, connect_ms, pulse_ms, heard_ms, pause_ms;
    int signals;
    bool told; // since when it follows
} standby_t;

static void part(standby_t *self, const char *reason)
{
    channel_close(&self->channel);
    standby_copy_forget(self->copy);
    self->follows = false;
    self->connect_ms =
        self->now_ms + self->pause_ms / 2 + random_below((uint32_t)self->pause_ms + 1);
    self->pause_ms =
        self->pause_ms * 2 < PAUSE_MAX_MS ? self->pause_ms * 2 : PAUSE_MAX_MS;
    log_often(LOG_WARNING, "standby.parted", "reason=\"%s\"", reason);
}

static void connect_next(standby_t *self)
{
    cause_t why;
    const texts_t *endpoints = &self->conf->endpoints;
    const char *endpoint = endpoints->text[self->attempts % endpoints->n];
    bool other = self->attempts++ / endpoints->n % 2 != 0;
    self->channel =
        channel_open(endpoint, other ? CHANNEL_IPV6 : CHANNEL_IPV4, &self->keys, &why);
    self->heard_ms = self->now_ms;
    if (!self->channel)
        part(self, why.text);
}

static void say(standby_t *self, buf_t *frame)
{
    if (self->channel && channel_send(self->channel, buf_span(frame)) != 0)
        part(self, "the hub takes nothing");
    buf_destroy(frame);
}

static void say_hello(standby_t *self)
{
    buf_t frame = {0}, agent = {0};
    peer_put_agent(&agent, "dabyl-follow " DABYL_VERSION);
    hello_put(&frame, &(hello_t){.node = span_text(self->conf->node),
                          .agent = buf_span(&agent),
                          .window = 1,
                          .checkpoint = standby_copy_note(self->copy)});
    buf_destroy(&agent);
    say(self, &frame);
}

static void say_where(standby_t *self)
{
    buf_t frame = {0};
    standby_place_t kept = standby_copy_kept(self->copy);
    follow_put(&frame,
        &(follow_t){kept.segment, kept.offset, standby_copy_tree(self->copy)->size});
    say(self, &frame);
}

// That the hub's log grew out of what is here.
static int hear_welcome(standby_t *self, span_t frame, cause_t *why)
{
    welcome_t welcome;
    checkpoint_t theirs;
    const checkpoint_t *own = standby_copy_checkpoint(self->copy);
    if (welcome_take(&welcome, frame, why) != 0 ||
        checkpoint_open(&theirs, welcome.checkpoint, &self->credentials->vkey, why) != 0)
        return -1;
    if (own->size == 0 ||
        (own->size == theirs.size && hash_equal(&own->root, &theirs.root)))
        return 0;
    if (own->size < theirs.size &&
        merkle_check_consistency(
            own->size, &own->root, theirs.size, &theirs.root, welcome.consistency) == 0)
        return 0;
    return cause_set(why,
        "the hub's log of %" PRIu64 " entries did not grow out of the %" PRIu64
        " here: it was set back, or is another; this copy is left as it is",
        theirs.size, own->size);
}

static int hear_knows(standby_t *self, span_t frame, cause_t *why)
{
    span_t agent;
    if (knows_take(&agent, frame, why) != 0)
        return -1;
    if (!peer_knows(peer_of(agent), PEER_FOLLOW))
        return cause_set(why, "the hub is older than this program: nobody can follow it");
    self->follows = true;
    self->pause_ms = PAUSE_MS;
    say_where(self);
    return 0;
}

static int hear_tail(standby_t *self, span_t frame, cause_t *why)
{
    tail_t tail;
    standby_place_t wants = standby_copy_wants(self->copy);
    if (tail_take(&tail, frame, why) != 0)
        return -1;
    if (tail.segment != wants.segment || tail.offset != wants.offset)
        return 0; // of before it was told where
    size_t erased = standby_copy_erased(self->copy);
    int got = standby_copy_put(self->copy, tail.data, tail.over, why);
    if (standby_copy_erased(self->copy) > erased)
        log_line(LOG_WARNING, "standby.erased", "documents=%zu",
            standby_copy_erased(self->copy) - erased);
    if (got == 1) {
        part(self, why->text);
        return 0;
    }
    if (got != 0 || standby_copy_sign(self->copy, tail.note, false, why) != 0)
        return -1;
    if (tail.note.size > 0 && !self->told) {
        self->told = true;
        log_line(LOG_INFO, "standby.current", "entries=%" PRIu64,
            standby_copy_tree(self->copy)->size);
    }
    say_where(self);
    return 0;
}

static int hear_bye(standby_t *self, span_t frame, cause_t *why)
{
    span_t code, text;
    char said[256];
    if (bye_take(frame, &code, &text, why) != 0)
        return -1;
    (void)snprintf(said, sizeof said, "%.*s: %.*s", (int)code.size, code.data,
        text.size < 150 ? (int)text.size : 150, text.data);
    if (span_is(code, "session.stored") || span_is(code, "session.checkpoint"))
        return cause_set(why, "%s", said);
    part(self, said);
    return 0;
}

static int hear(standby_t *self, span_t frame, cause_t *why)
{
    reader_t body;
    switch (frame_type(frame, &body)) {
    case FRAME_WELCOME:
        return hear_welcome(self, frame, why);
    case FRAME_KNOWS:
        return hear_knows(self, frame, why);
    case FRAME_TAIL:
        return self->follows ? hear_tail(self, frame, why) : 0;
    case FRAME_RESYNC:
        self->follows = false;
        standby_copy_forget(self->copy);
        say_hello(self);
        return 0;
    case FRAME_BYE:
        return hear_bye(self, frame, why);
    default:
        return 0; // deliveries and the like are for nodes
    }
}

static void take_events(standby_t *self)
{
    cause_t why;
    channel_event_t event;
    while (
        self->channel && (event = channel_event(self->channel, &why)) != CHANNEL_QUIET) {
        if (event == CHANNEL_UP)
            say_hello(self);
        else
            part(self, why.text);
    }
}

static int take_frames(standby_t *self, cause_t *why)
{
    enum { TURN_FRAMES = 64 };
    int result = 0;
    for (int i = 0; i < TURN_FRAMES && self->channel && result == 0; i++) {
        zframe_t *frame = channel_receive(self->channel);
        if (!frame)
            break;
        self->heard_ms = self->now_ms;
        result = hear(self, span_of(zframe_data(frame), zframe_size(frame)), why);
        zframe_destroy(&frame);
    }
    return result;
}

static void keep_up(standby_t *self)
{
    buf_t frame = {0};
    if (!self->channel) {
        if (self->now_ms >= self->connect_ms)
            connect_next(self);
        return;
    }
    if (self->now_ms - self->heard_ms > SILENCE_MS) {
        part(self, "nothing comes from the hub");
        return;
    }
    if (self->follows && self->now_ms - self->pulse_ms >= PULSE_MS) {
        bare_put(&frame, FRAME_PULSE);
        self->pulse_ms = self->now_ms;
        say(self, &frame);
    }
}

// False when it is time to end.
static bool wait_for(standby_t *self)
{
    enum { WAIT_MS = 200 };
    struct pollfd item[1 + CHANNEL_POLL_ITEMS] = {{self->signals, POLLIN, 0}};
    struct signalfd_siginfo info;
    nfds_t n = 1;
    if (self->channel) {
        channel_poll_items(self->channel, item + 1);
        n += CHANNEL_POLL_ITEMS;
    }
    (void)poll(item, n, WAIT_MS);
    if (self->channel)
        channel_work(self->channel);
    self->now_ms = clock_ms(CLOCK_STEADY);
    return read(self->signals, &info, sizeof info) != sizeof info;
}

static int loop(standby_t *self, cause_t *why)
{
    while (wait_for(self)) {
        log_turn();
        take_events(self);
        if (take_frames(self, why) != 0 ||
            standby_copy_sign(self->copy, span_of("", 0), false, why) != 0)
            return -1;
        take_events(self);
        keep_up(self);
    }
    return standby_copy_sign(self->copy, span_of("", 0), true, why);
}

int standby_run(standby_copy_t *copy, const node_conf_t *conf,
    const credentials_t *credentials, cause_t *why)
{
    standby_t self = {.copy = copy,
        .conf = conf,
        .credentials = credentials,
        .pause_ms = PAUSE_MS,
        .now_ms = clock_ms(CLOCK_STEADY)};
    sigset_t set;
    memcpy(self.keys.hub_key, credentials->hub_cert.key, 32);
    memcpy(self.keys.secret_key, credentials->channel_secret, 32);
    memcpy(self.keys.public_key, credentials->channel_public, 32);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (self.signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0)
        return cause_errno(why, "signalfd");
    log_line(LOG_INFO, "standby.ready", "entries=%" PRIu64 " checkpoint=%" PRIu64,
        standby_copy_tree(copy)->size, standby_copy_checkpoint(copy)->size);
    int result = loop(&self, why);
    channel_close(&self.channel);
    (void)close(self.signals);
    explicit_bzero(&self.keys, sizeof self.keys);
    if (result == 0)
        log_line(LOG_INFO, "standby.stopped", "entries=%" PRIu64,
            standby_copy_tree(copy)->size);
    return result;
}
