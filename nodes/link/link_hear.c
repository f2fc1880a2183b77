// link_hear - one handler a kind of frame: decode, verify, note, hand over.
//
// Handlers send nothing.  They note what is to be said, and the end of the turn says it,
// so that many small causes become one frame.

#include "nodes/link/link_state.h"

#include "lib/base/moment.h"
#include "lib/base/refusal.h"
#include "lib/base/text.h"
#include "lib/message/document.h"
#include "lib/sys/random.h"
#include "nodes/link/delivered.h"

#include <assert.h>
#include <string.h>

// Nothing more is sent or taken until the log that this node knows is proven again.
static void stop(link_t *self, const char *code, const cause_t *why)
{
    link_part(self, LINK_STOPPED, PAUSES_REFUSED, code, why->text);
}

static void give_up_on(link_t *self, verdict_t verdict, const cause_t *why)
{
    if (verdict == ROLLED_BACK)
        stop(self, "session.checkpoint", why);
    else
        link_part(self, LINK_BROKEN, PAUSES_REFUSED, "", why->text);
}

static void broken(link_t *self, cause_t *why, const char *what)
{
    (void)cause_prefix(why, "%s", what);
    give_up_on(self, UNVERIFIED, why);
}

static void on_welcome(link_t *self, span_t bytes)
{
    cause_t why;
    welcome_t welcome;
    if (welcome_take(&welcome, bytes, &why) != 0) {
        broken(self, &why, "welcome");
        return;
    }
    if (!span_is(welcome.origin, self->options.vkey.origin)) {
        (void)cause_set(&why,
            "the hub keeps another log than the one configured here; to its successor a "
            "node goes over with `dabyl node accept-log`");
        give_up_on(self, UNVERIFIED, &why);
        return;
    }
    verdict_t verdict =
        verifier_welcome(self->verifier, welcome.checkpoint, welcome.consistency, &why);
    if (verdict != VERIFIED) {
        give_up_on(self, verdict, &why);
        return;
    }
    if (welcome.inbox_last < self->inflow.stored) {
        (void)cause_set(&why,
            "the hub has %llu deliveries for this node, and %llu are stored here",
            (unsigned long long)welcome.inbox_last,
            (unsigned long long)self->inflow.stored);
        stop(self, "session.stored", &why);
        return;
    }
    self->stopped = false;
    self->state = LINK_READY;
    self->hub = (peer_t){0};
    self->pause_ms = self->options.retry_ms;
    self->delivered_root = verifier_newest(self->verifier)->root;
    self->status.inbox_last = welcome.inbox_last;
    self->status.window = welcome.window;
    self->status.size_limit = welcome.size_limit;
    self->status.hub_ahead_ms = moment_between(self->now.wall_ms, welcome.time_ms);
    self->status.sessions++;
    self->hold_until_ms = 0;
    flight_restart(self->flight, welcome.window);
    inflow_begin(&self->inflow);
    carrying_clear(self->carrying);
    link_emit(self, LINK_READY, "", "welcomed by the hub");
}

// What a receipt's leaf says must be what was published.
static bool fits(const link_t *self, const leaf_t *leaf, const parcel_item_t *item)
{
    return strcmp(leaf->author, self->options.node) == 0 &&
           strcmp(leaf->id, item->id) == 0;
}

static bool is_attachment(const leaf_t *leaf)
{
    return strcmp(leaf->type, "attachment") == 0;
}

// Receipts for what this node handed in.  -1 when one says something else than its leaf.
static int tell_handed_in(link_t *self, const receipt_t *frame, cause_t *why)
{
    for (size_t i = 0; i < frame->n; i++) {
        const leaf_t *leaf = verifier_leaf(self->verifier, i);
        hash_t told;
        if (!is_attachment(leaf))
            continue;
        span_t text = frame->told[frame->item[i].told];
        sha256(text, &told);
        if (strcmp(leaf->author, self->options.node) != 0 ||
            !hash_equal(&told, &leaf->document))
            return cause_set(why, "the receipt for an attachment is about another one");
        link_receipt_t receipt = {.leaf = leaf,
            .leaf_bytes = frame->item[i].leaf,
            .told = text,
            .path = verifier_path(self->verifier, i)};
        if (self->events.handed_in)
            self->events.handed_in(self->events.context, &receipt, frame->checkpoint);
    }
    return 0;
}

// The answers to what is on the way, in `receipt`; -1 when one of them is about something
// else than it claims.
static int match_receipts(link_t *self, const receipt_t *frame, size_t *n, cause_t *why)
{
    *n = 0;
    for (size_t i = 0; i < frame->n; i++) {
        const leaf_t *leaf = verifier_leaf(self->verifier, i);
        size_t at;
        if (is_attachment(leaf))
            continue; // not published, and told of below
        const parcel_t *parcel = flight_find(self->flight, &leaf->document, &at);
        if (!parcel)
            continue; // answered before
        parcel_item_t item = parcel_item(parcel, at);
        if (!fits(self, leaf, &item))
            return cause_set(why, "the receipt for %s is about %s of %s", item.id,
                leaf->id, leaf->author);
        self->receipt[(*n)++] = (link_receipt_t){
            .tag = item.tag,
            .parcel = parcel,
            .i = at,
            .leaf = leaf,
            .leaf_bytes = frame->item[i].leaf,
            .told = frame->told[frame->item[i].told],
            .path = verifier_path(self->verifier, i),
            .other_seal = !hash_equal(&leaf->seal, &item.seal),
        };
    }
    return 0;
}

static void on_receipt(link_t *self, span_t bytes)
{
    cause_t why;
    receipt_t *frame = &self->frame.receipt;
    size_t n;
    if (receipt_take(frame, bytes, &why) != 0) {
        broken(self, &why, "receipt");
        return;
    }
    verdict_t verdict = verifier_receipt(self->verifier, frame, &why);
    if (verdict == VERIFIED && (match_receipts(self, frame, &n, &why) != 0 ||
                                   tell_handed_in(self, frame, &why) != 0))
        verdict = UNVERIFIED;
    if (verdict != VERIFIED) {
        (void)cause_prefix(&why, "receipt");
        give_up_on(self, verdict, &why);
        return;
    }
    self->status.receipts += n;
    self->hold_ms = 0;
    if (n > 0 && self->events.receipts)
        self->events.receipts(self->events.context, self->receipt, n, frame->checkpoint);
    for (size_t i = 0; i < n; i++)
        flight_answered(self->flight, &self->receipt[i].leaf->document);
}

// The hub is short of room or time: hold publishing for a while, longer each time.
static void hold(link_t *self, const refused_item_t *item)
{
    char text[256];
    const char *code = refusal_code(item->code);
    flight_again(self->flight, &item->document);
    if (self->now.monotonic_ms < self->hold_until_ms)
        return;
    self->hold_ms = self->hold_ms ? at_most(self->hold_ms * 2, HOLD_MAX_MS) : HOLD_MS;
    self->hold_until_ms = self->now.monotonic_ms + self->hold_ms / 2 +
                          (int64_t)random_below((uint32_t)self->hold_ms);
    size_t size = item->text.size < sizeof text - 1 ? item->text.size : sizeof text - 1;
    memcpy(text, item->text.data, size);
    text[size] = 0;
    link_emit(self, LINK_RETRY, code ? code : "", text);
}

static void on_refused(link_t *self, span_t bytes)
{
    cause_t why;
    refused_t *frame = &self->frame.refused;
    if (refused_take(frame, bytes, &why) != 0) {
        broken(self, &why, "refusal");
        return;
    }
    for (size_t i = 0; i < frame->n; i++) {
        const refused_item_t *item = &frame->item[i];
        size_t at;
        const parcel_t *parcel = flight_find(self->flight, &item->document, &at);
        if (!parcel) {
            if (self->events.attachment_refused)
                self->events.attachment_refused(self->events.context, item);
            continue;
        }
        if (item->retry) {
            hold(self, item);
            continue;
        }
        link_refused_t refused = {.tag = parcel_item(parcel, at).tag,
            .parcel = parcel,
            .i = at,
            .code = item->code,
            .pointer = item->pointer,
            .by = item->by,
            .text = item->text};
        self->status.refusals++;
        if (self->events.refused)
            self->events.refused(self->events.context, &refused);
        flight_answered(self->flight, &item->document);
    }
}

static void tell_certificates(link_t *self)
{
    const cert_t *cert;
    while ((cert = verifier_new_cert(self->verifier)) != NULL)
        if (self->events.certificate)
            self->events.certificate(self->events.context, cert);
}

// The number whose company is whole; 0: there is none.
static uint64_t number_carried(const link_t *self)
{
    return carrying_whole(self->carrying) ? carrying_number(self->carrying) : 0;
}

// Only one that is alone brings something along.
static size_t hand_over(link_t *self, const deliver_t *frame, size_t first, size_t n)
{
    size_t carried = 0;
    const link_carried_t *items = frame->item[first].number == number_carried(self)
                                      ? carrying_items(self->carrying, &carried)
                                      : NULL;
    for (size_t i = 0; i < n; i++) {
        const deliver_item_t *item = &frame->item[first + i];
        self->delivery[i] = (link_delivery_t){
            .number = item->number,
            .leaf = verifier_leaf(self->verifier, first + i),
            .leaf_bytes = verifier_leaf_bytes(self->verifier, first + i),
            .why = frame->why[item->why],
            .carried = items,
            .carries = items ? carried : 0,
            .aside = item->aside,
            .document = item->sealed.document,
            .seal = verifier_seal(self->verifier, first + i),
            .path = verifier_path(self->verifier, first + i),
            .author = verifier_author(self->verifier, first + i),
        };
    }
    if (!self->events.deliveries)
        return n;
    return self->events.deliveries(
        self->events.context, self->delivery, n, frame->checkpoint);
}

// Positions in an inbox only rise: what is in the log before an entry is before it in
// every inbox.
static int check_position(
    const link_t *self, const deliver_item_t *item, uint64_t position, cause_t *why)
{
    bool stored = item->number <= self->inflow.stored;
    if (self->inflow.stored == 0 || stored == (position <= self->position))
        return 0;
    return cause_set(why,
        "number %llu is entry %llu of the log, and number %llu, stored here, is entry "
        "%llu",
        (unsigned long long)item->number, (unsigned long long)position,
        (unsigned long long)self->inflow.stored, (unsigned long long)self->position);
}

static int check_lines(link_t *self, const deliver_t *frame, uint16_t at, cause_t *why)
{
    span_t lines = frame->why[at];
    if (self->lines[at] != LINES_UNREAD)
        return 0;
    if (delivered_check(lines, self->options.node, why) != 0)
        return -1;
    self->lines[at] = carrying_lines(lines) > 0 ? LINES_CARRY : LINES_ALONE;
    return 0;
}

static int check_document(const deliver_item_t *item, const leaf_t *leaf, cause_t *why)
{
    return item->aside ? 0 : document_fits(item->sealed.document, leaf, why);
}

// Within a frame numbers and positions rise, or it is not read or not proven.
static int check_items(link_t *self, const deliver_t *frame, cause_t *why)
{
    for (size_t i = 0; i < frame->whys; i++)
        self->lines[i] = LINES_UNREAD;
    for (size_t i = 0; i < frame->n; i++) {
        const deliver_item_t *item = &frame->item[i];
        const leaf_t *leaf = verifier_leaf(self->verifier, i);
        if (check_position(self, item, leaf->position, why) != 0 ||
            check_document(item, leaf, why) != 0 ||
            check_lines(self, frame, item->why, why) != 0)
            return cause_prefix(why, "delivery %llu contradicts itself",
                (unsigned long long)item->number);
    }
    return 0;
}

// The log is proven to have it, and still it is not what the hub says it is: the same hub
// will say so again, so this stays in view until something better is stored.
static void contradicts(link_t *self, const cause_t *why)
{
    self->contradiction = *why;
    text_clean(self->contradiction.text);
    link_part(self, LINK_BROKEN, PAUSES_REFUSED, "delivery.contradicts", why->text);
}

void link_not_handed_over(link_t *self)
{
    cause_t why;
    carrying_missing(self->carrying, &why);
    contradicts(self, &why);
}

// How many, from the first on, can be taken now: one that brings something along only
// when that is there, and then alone.
static size_t ready(link_t *self, const deliver_t *frame, size_t first, size_t n)
{
    size_t i = 0;
    while (i < n && self->lines[frame->item[first + i].why] == LINES_ALONE)
        i++;
    if (i > 0 || n == 0)
        return i;
    const deliver_item_t *item = &frame->item[first];
    carrying_begin(self->carrying, item->number,
        verifier_leaf(self->verifier, first)->position, frame->why[item->why],
        self->now.monotonic_ms);
    if (carrying_whole(self->carrying))
        return 1;
    inflow_hold(&self->inflow);
    return 0;
}

// What goes into the owner's hands, one run after the other.
static void take(link_t *self, const deliver_t *frame, size_t first, size_t n)
{
    while (n > 0) {
        size_t now = ready(self, frame, first, n);
        if (now == 0)
            return;
        size_t stored = hand_over(self, frame, first, now);
        assert(stored <= now);
        self->status.deliveries += stored;
        inflow_stored(&self->inflow, stored, self->now.monotonic_ms);
        if (stored > 0) {
            self->position = verifier_leaf(self->verifier, first + stored - 1)->position;
            self->contradiction.text[0] = 0;
        }
        if (stored < now) {
            inflow_pause(&self->inflow);
            return;
        }
        if (number_carried(self) == frame->item[first + now - 1].number)
            carrying_clear(self->carrying);
        first += now;
        n -= now;
    }
}

static void on_carried(link_t *self, span_t bytes)
{
    cause_t why;
    deliver_t *frame = &self->frame.deliver;
    if (carried_take(frame, bytes, &why) != 0) {
        broken(self, &why, "what a delivery brings along");
        return;
    }
    verdict_t verdict = verifier_deliver(self->verifier, frame, &why);
    if (verdict != VERIFIED) {
        (void)cause_prefix(
            &why, "what delivery %llu brings along", (unsigned long long)frame->carrier);
        give_up_on(self, verdict, &why);
        return;
    }
    int taken = carrying_take(self->carrying, frame, self->verifier, self->options.node,
        self->now.monotonic_ms, &why);
    if (taken < 0) {
        (void)cause_prefix(
            &why, "what delivery %llu brings along", (unsigned long long)frame->carrier);
        contradicts(self, &why);
        return;
    }
    tell_certificates(self);
    if (taken > 0 && carrying_whole(self->carrying))
        inflow_release(&self->inflow, self->now.monotonic_ms);
}

static void on_deliver(link_t *self, span_t bytes)
{
    cause_t why;
    deliver_t *frame = &self->frame.deliver;
    if (deliver_take(frame, bytes, &why) != 0) {
        broken(self, &why, "delivery");
        return;
    }
    verdict_t verdict = verifier_deliver(self->verifier, frame, &why);
    if (verdict != VERIFIED) {
        (void)cause_prefix(&why, "delivery");
        give_up_on(self, verdict, &why);
        return;
    }
    if (check_items(self, frame, &why) != 0) {
        contradicts(self, &why);
        return;
    }
    self->delivered_root = verifier_newest(self->verifier)->root;
    size_t first;
    size_t n =
        inflow_offer(&self->inflow, frame, bytes.size, self->now.monotonic_ms, &first);
    if (n == 0)
        return;
    tell_certificates(self);
    take(self, frame, first, n);
}

static void on_explained(link_t *self, span_t bytes)
{
    cause_t why;
    explain_t answer;
    if (explain_take(&answer, bytes, &why) != 0)
        broken(self, &why, "answer");
    else if (self->events.explained)
        self->events.explained(self->events.context, answer.request, answer.text);
}

// The hub's word, and no delivery: it moves nothing.
static void on_ahead(link_t *self, span_t bytes)
{
    cause_t why;
    ahead_t ahead;
    if (ahead_take(&ahead, bytes, &why) != 0)
        broken(self, &why, "what is ahead");
    else if (self->events.ahead)
        self->events.ahead(self->events.context, &ahead);
}

static void on_knows(link_t *self, span_t bytes)
{
    cause_t why;
    span_t agent;
    if (knows_take(&agent, bytes, &why) != 0)
        broken(self, &why, "what the hub knows");
    else
        self->hub = peer_of(agent);
}

static void on_held(link_t *self, span_t bytes)
{
    cause_t why;
    held_t held;
    if (held_take(&held, bytes, &why) != 0)
        broken(self, &why, "what the hub has of an attachment");
    else if (self->events.held)
        self->events.held(self->events.context, &held);
}

static void on_piece(link_t *self, span_t bytes)
{
    cause_t why;
    piece_t piece;
    if (piece_take(&piece, bytes, &why) != 0)
        broken(self, &why, "piece of an attachment");
    else if (self->events.piece)
        self->events.piece(self->events.context, &piece);
}

static void on_bye(link_t *self, span_t bytes)
{
    cause_t why;
    span_t code, text;
    if (bye_take(bytes, &code, &text, &why) != 0) {
        broken(self, &why, "good-bye");
        return;
    }
    const char *known = refusal_code(code);
    (void)cause_set(&why, "%.*s", (int)at_most((int64_t)text.size, 400), text.data);
    if (known && strcmp(known, "session.checkpoint") == 0)
        give_up_on(self, ROLLED_BACK, &why);
    else if (known && strcmp(known, "session.stored") == 0)
        stop(self, known, &why);
    else if (known && strncmp(known, "node.", 5) == 0)
        link_part(self, LINK_REFUSED, PAUSES_REFUSED, known, why.text);
    else if (known && strcmp(known, "session.replaced") == 0) {
        // Two daemons with one key would push each other out as fast as they can.
        self->pause_ms = self->options.retry_ms * PAUSES_REFUSED;
        link_part(self, LINK_LOST, PAUSES_REFUSED, known, why.text);
    } else
        link_part(self, LINK_LOST, PAUSES_LOST, known ? known : "", why.text);
}

// The hub knows no session of ours any more: nothing that was sent counts.
static void on_resync(link_t *self)
{
    self->hello_wanted = true;
    self->state = LINK_CONNECTING;
    flight_restart(self->flight, 0);
}

void link_hear(link_t *self, span_t bytes)
{
    reader_t body;
    cause_t why;
    switch (frame_type(bytes, &body)) {
    case FRAME_WELCOME:
        on_welcome(self, bytes);
        break;
    case FRAME_RECEIPT:
        on_receipt(self, bytes);
        break;
    case FRAME_REFUSED:
        on_refused(self, bytes);
        break;
    case FRAME_DELIVER:
        on_deliver(self, bytes);
        break;
    case FRAME_CARRIED:
        on_carried(self, bytes);
        break;
    case FRAME_EXPLAINED:
    case FRAME_ANSWER:
        on_explained(self, bytes);
        break;
    case FRAME_AHEAD:
        on_ahead(self, bytes);
        break;
    case FRAME_KNOWS:
        on_knows(self, bytes);
        break;
    case FRAME_HELD:
        on_held(self, bytes);
        break;
    case FRAME_PIECE:
        on_piece(self, bytes);
        break;
    case FRAME_PULSE:
        break;
    case FRAME_RESYNC:
        on_resync(self);
        break;
    case FRAME_BYE:
        on_bye(self, bytes);
        break;
    default:
        if (frame_check_version(bytes, &why) == 0)
            (void)cause_set(&why, "a frame of a kind that this node does not know");
        give_up_on(self, UNVERIFIED, &why);
    }
}
