// outbox_gather - what becomes of one taken file: it is looked at, read, completed and
// checked, and is then a part of the parcel, or goes to refused/ with the reason, or is
// dropped because the node has sent the same message before.

#include "nodes/outbox/outbox_state.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "nodes/outbox/cosigning.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SENT_MAX = 64 << 20 };

typedef struct {
    tray_t *tray;
    const char *take;
} moved_t;

static int move(void *context, int folder, const char *to)
{
    const moved_t *moved = context;
    return tray_move_taken(moved->tray, moved->take, folder, to);
}

// With `bytes`, these were refused, whatever the file holds by now.
static gathered_t turn_away(outbox_t *self, const char *take, const span_t *bytes,
    const refusal_t *refusal, cause_t *why)
{
    char mark[HASH_HEX], shown[TEXT_SHOWN_MAX];
    hash_t seed, hash;
    moved_t moved = {self->options.tray, take};
    taken_seed(take, &seed);
    sha256(span_of(seed.bytes, sizeof seed.bytes), &seed); // not the seed of anything
    hex_encode(seed.bytes, 8, mark);
    returned_t item = {.name = taken_name(take),
        .mark = mark,
        .refusal = refusal,
        .move = move,
        .context = &moved};
    if (bytes) {
        sha256(*bytes, &hash);
        item.hash = &hash;
        item.document = *bytes;
    }
    if (store_returned(self->options.store, &item, why) != 0 ||
        tray_remove(self->options.tray, take, why) != 0)
        return GATHER_FAILED;
    text_show(taken_name(take), shown);
    if (self->events.refused)
        self->events.refused(self->events.context, shown, refusal);
    return GATHERED;
}

// What this node sent, or is about to send, under an id.
static bool read_before(const outbox_t *self, const char *id, buf_t *document)
{
    char path[PATH_MAX], proof[PATH_MAX];
    cause_t ignored;
    (void)snprintf(path, sizeof path, "%s/sent/%s.json", self->options.folder, id);
    (void)snprintf(
        proof, sizeof proof, "%s/sent/%s.tlog-proof", self->options.folder, id);
    // A document without its receipt, which comes last, was not sent.
    return pending_find(self->options.pending, id, document) ||
           (access(proof, F_OK) == 0 &&
               file_read_plain(path, SENT_MAX, document, &ignored) == 0);
}

static json_t *parse(span_t text)
{
    return json_loadb((const char *)text.data, text.size, 0, NULL);
}

// What the node adds differs from time to time; what the person wrote may not.
static bool same_words(span_t before, span_t now)
{
    static const char *const added[] = {"sent", "nonce"};
    json_t *a = parse(before), *b = parse(now);
    for (size_t i = 0; i < 2; i++)
        json_object_set(b, added[i], json_object_get(a, added[i]));
    bool same = a && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

typedef enum { NEW, SAME, OTHER } known_t;

// An id that was used here before: nothing is to be done when it is the same message.
static known_t known_before(
    const outbox_t *self, const gathering_t *all, const letter_t *letter)
{
    buf_t before = {0};
    known_t known = NEW;
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(parcel_item(all->parcel, i).id, letter->id) == 0)
            buf_put_span(&before, parcel_item(all->parcel, i).document);
    if (before.size > 0 || read_before(self, letter->id, &before))
        known = same_words(buf_span(&before), buf_span(&letter->document)) ? SAME : OTHER;
    buf_destroy(&before);
    return known;
}

static void gather(gathering_t *all, const char *take, const letter_t *letter)
{
    (void)snprintf(all->source[all->n], TAKEN_MAX, "%s", take);
    if (!all->alone)
        parcel_add(all->parcel, letter->id, buf_span(&letter->document),
            all->serial << SPOOL_TAG_BITS | all->n);
    (void)snprintf(all->id[all->n], MESSAGE_ID_MAX, "%s", letter->id);
    (void)snprintf(all->kind[all->n], KIND_MAX, "%s", letter->kind);
    all->bytes += letter->document.size;
    all->n++;
}

// What officers have signed keeps its seal, and goes alone.
static gathered_t add(outbox_t *self, gathering_t *all, const char *take,
    const letter_t *letter, cause_t *why)
{
    buf_t seal = {0};
    gathered_t done = GATHERED;
    span_t document = buf_span(&letter->document);
    bool is_signed = cosigning_seal(
        self->options.folder, letter->id, document, self->options.key->id, &seal);
    if (is_signed && all->n > 0)
        done = GATHER_LATER;
    else if (is_signed && parcel_restore(all->parcel, letter->id, document,
                              buf_span(&seal), all->serial << SPOOL_TAG_BITS, why) != 0)
        done = GATHER_FAILED;
    all->alone = is_signed && done == GATHERED;
    if (done == GATHERED)
        gather(all, take, letter);
    buf_destroy(&seal);
    return done;
}

static gathered_t take_letter(outbox_t *self, gathering_t *all, const char *take,
    const letter_t *letter, const span_t *bytes, cause_t *why)
{
    refusal_t refusal = {0};
    switch (known_before(self, all, letter)) {
    case NEW:
        return add(self, all, take, letter, why);
    case SAME:
        return tray_remove(self->options.tray, take, why) == 0 ? GATHERED : GATHER_FAILED;
    case OTHER:
        break;
    }
    (void)refuse(&refusal, "id.reused", "/id", "node",
        "this node has sent another message with the id %s", letter->id);
    return turn_away(self, take, bytes, &refusal, why);
}

static gathered_t take_document(
    outbox_t *self, gathering_t *all, const char *take, span_t bytes, cause_t *why)
{
    letter_t letter;
    letter_birth_t birth = {.ms = taken_ms(take)};
    refusal_t refusal = {0};
    taken_seed(take, &birth.seed);
    gathered_t done =
        letter_open(&letter, &self->options.rules, bytes, &birth, &refusal) == 0
            ? take_letter(self, all, take, &letter, &bytes, why)
            : turn_away(self, take, &bytes, &refusal, why);
    letter_close(&letter);
    return done;
}

static gathered_t take_good(
    outbox_t *self, gathering_t *all, const char *take, const look_t *look, cause_t *why)
{
    buf_t bytes = {0};
    refusal_t refusal = {0};
    size_t limit = self->options.rules.limits.size;
    if ((size_t)look->info.st_size > limit) {
        (void)refuse(&refusal, "doc.size", "", "hub",
            "the file has %lld bytes, the hub takes %zu", (long long)look->info.st_size,
            limit);
        return turn_away(self, take, NULL, &refusal, why);
    }
    gathered_t done = file_read_open(look->fd, limit, &bytes, why) == 0
                          ? take_document(self, all, take, buf_span(&bytes), why)
                          : GATHER_FAILED;
    buf_destroy(&bytes);
    return done;
}

gathered_t outbox_gather(outbox_t *self, gathering_t *all, const char *take, cause_t *why)
{
    look_t look;
    refusal_t refusal = {0};
    gathered_t done = GATHER_FAILED;
    switch (tray_look_taken(self->options.tray, take, &look, why)) {
    case LOOK_GOOD:
        done = take_good(self, all, take, &look, why);
        break;
    case LOOK_ODD:
        (void)refuse(&refusal, "file.kind", "", "node",
            "it is no regular file, but a link, a folder, a pipe, a socket or a device");
        done = turn_away(self, take, NULL, &refusal, why);
        break;
    case LOOK_GONE:
        done = GATHERED;
        break;
    case LOOK_BUSY:
        (void)cause_set(why, "%s: somebody writes to it", taken_name(take));
        break;
    case LOOK_BARRED:
        (void)cause_prefix(why, "%s", taken_name(take));
        break;
    }
    look_close(&look);
    return done;
}
