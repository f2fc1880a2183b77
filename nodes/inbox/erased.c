// erased - a mark is three texts, one behind the other: each says where the next begins.

#include "nodes/inbox/erased.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/tlog/erasure.h"
#include "nodes/cli/handover.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/about.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char PROOF_BEGINS[] = "c2sp.org/tlog-proof@v1\n";
static const char MARKS[] = "erased", WAITING[] = "erase", ASKED[] = "state/erasures";

void erased_mark(buf_t *out, span_t words, span_t erasure, span_t message)
{
    buf_put_span(out, words);
    buf_put_span(out, erasure);
    buf_put_span(out, message);
}

// Where the next proof begins, behind the first octet; NULL: there is none.
static const uint8_t *next_proof(span_t text)
{
    return text.size > 1 ? memmem(text.data + 1, text.size - 1, PROOF_BEGINS,
                               sizeof PROOF_BEGINS - 1)
                         : NULL;
}

static span_t behind(span_t text, const uint8_t *at)
{
    return span_of(at, text.size - (size_t)(at - text.data));
}

bool erased_parts(span_t mark, span_t *words, span_t *erasure, span_t *message)
{
    const uint8_t *first = next_proof(mark);
    const uint8_t *second = first ? next_proof(behind(mark, first)) : NULL;
    if (!second)
        return false;
    *words = span_of(mark.data, (size_t)(first - mark.data));
    *erasure = span_of(first, (size_t)(second - first));
    *message = behind(mark, second);
    return true;
}

static int take_leaf(span_t text, leaf_t *leaf, cause_t *why)
{
    tlog_proof_t proof = {0};
    if (tlog_proof_parse(&proof, text, why) != 0)
        return -1;
    int result = leaf_take(leaf, proof.extra, why);
    tlog_proof_close(&proof);
    return result;
}

static bool waits_here(const char *node, const reference_t *message)
{
    buf_t text = {0};
    bool waits = about_read(node, WAITING, message, &text);
    buf_destroy(&text);
    return waits;
}

erased_t erased_of(const char *node, const reference_t *message)
{
    erased_t found = {0};
    buf_t mark = {0};
    span_t words, erasure, of;
    leaf_t leaf;
    cause_t ignored;
    if (about_read(node, MARKS, message, &mark) &&
        erased_parts(buf_span(&mark), &words, &erasure, &of) &&
        take_leaf(erasure, &leaf, &ignored) == 0)
        found = (erased_t){.there = true,
            .at_ms = leaf.time_ms,
            .position = leaf.position,
            .waits = waits_here(node, message)};
    buf_destroy(&mark);
    return found;
}

void erased_print(const erased_t *self, FILE *out)
{
    screen_paint(out, PAINT_WARNING, "%s", say("ERASED BY LAW at the hub"));
    fputs(", ", out);
    screen_time_ms(out, self->at_ms);
}

static int check_leaf(span_t text, const log_vkey_t *vkey, leaf_t *leaf, cause_t *why)
{
    tlog_proof_t proof = {0};
    checkpoint_t checkpoint;
    if (tlog_proof_parse(&proof, text, why) != 0)
        return -1;
    int result = tlog_proof_check(&proof, vkey, &checkpoint, why);
    if (result == 0)
        result = leaf_take(leaf, proof.extra, why);
    if (result == 0 && leaf->position != proof.index)
        result = cause_set(why, "a leaf says another position than its own");
    tlog_proof_close(&proof);
    return result;
}

static int check_words(span_t words, const leaf_t *leaf, uint64_t position, cause_t *why)
{
    hash_t hash;
    erasure_t erasure;
    sha256(words, &hash);
    if (strcmp(leaf->type, "erasure") != 0 || !leaf->has_document ||
        !hash_equal(&hash, &leaf->document))
        return cause_set(why, "the log has no such entry that erases");
    if (erasure_parse(&erasure, words, leaf->position, why) != 0)
        return -1;
    for (size_t i = 0; i < erasure.n; i++)
        if (erasure.position[i] == position)
            return 0;
    return cause_set(why, "the entry that erases does not name it");
}

int erased_check(span_t mark, const reference_t *message, const log_vkey_t *vkey,
    erased_t *out, cause_t *why)
{
    span_t words, erasure, of;
    leaf_t by, leaf;
    *out = (erased_t){0};
    if (!erased_parts(mark, &words, &erasure, &of))
        return cause_set(why, "this is no mark of what was erased");
    if (check_leaf(erasure, vkey, &by, why) != 0 ||
        check_leaf(of, vkey, &leaf, why) != 0 ||
        check_words(words, &by, leaf.position, why) != 0)
        return -1;
    if (!leaf_is_message(&leaf) || strcmp(leaf.author, message->author) != 0 ||
        strcmp(leaf.id, message->id) != 0)
        return cause_set(why, "it is about another message");
    *out = (erased_t){.there = true, .at_ms = by.time_ms, .position = by.position};
    return 0;
}

int erased_verify(const char *node, const reference_t *message, const log_vkey_t *vkey,
    erased_t *out, cause_t *why)
{
    buf_t mark = {0};
    int result = 0;
    *out = (erased_t){0};
    if (about_read(node, MARKS, message, &mark))
        result = erased_check(buf_span(&mark), message, vkey, out, why) == 0 ? 1 : -1;
    buf_destroy(&mark);
    return result;
}

// What waits is noted first: a mark that is there says that all of this was done.
int erased_note(
    const char *node, const reference_t *message, span_t mark, bool waits, cause_t *why)
{
    if (erased_of(node, message).there)
        return 0;
    if (waits && about_write(node, WAITING, message, span_text("waits\n"), why) != 0)
        return -1;
    return about_write(node, MARKS, message, mark, why) == 0 ? 1 : -1;
}

static int waiting_folder(const char *node, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, node, "state/erase", why);
}

int erased_waiting(const char *node, names_t *names, cause_t *why)
{
    char path[PATH_MAX];
    *names = (names_t){0};
    if (waiting_folder(node, path, why) != 0)
        return -1;
    return file_absent(path) ? 0 : names_list(names, path, "", why);
}

bool erased_name(const char *name, reference_t *message)
{
    size_t length = strlen(name);
    *message = (reference_t){0};
    if (length < MESSAGE_ID_MAX + 1 || name[length - MESSAGE_ID_MAX] != '.')
        return false;
    return text_copy(span_of(name, length - MESSAGE_ID_MAX), message->author,
               sizeof message->author) &&
           text_copy(span_text(name + length - MESSAGE_ID_MAX + 1), message->id,
               sizeof message->id) &&
           about_fits(message);
}

static int waiting_path(const char *node, const reference_t *message,
    char folder[PATH_MAX], char path[PATH_MAX], cause_t *why)
{
    char name[NODE_ID_MAX + MESSAGE_ID_MAX + 2];
    (void)snprintf(name, sizeof name, "%s.%s", message->author, message->id);
    if (!about_fits(message))
        return cause_set(
            why, "%s of %s is no message's name", message->id, message->author);
    return waiting_folder(node, folder, why) == 0
               ? path_join(path, PATH_MAX, folder, name, why)
               : -1;
}

int erased_begin(
    const char *node, const reference_t *message, const char *by, cause_t *why)
{
    char folder[PATH_MAX], path[PATH_MAX];
    buf_t text = {0};
    buf_printf(&text, "begun %.*s\n", ERASED_BY_MAX - 1, by);
    int result = waiting_path(node, message, folder, path, why);
    if (result == 0)
        result = handover_folder(node, folder, why);
    if (result == 0)
        result = handover_file(node, path, buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

bool erased_begun(const char *node, const reference_t *message, char by[ERASED_BY_MAX])
{
    buf_t text = {0};
    bool begun = about_read(node, WAITING, message, &text) &&
                 sscanf(buf_text(&text), "begun %127[^\n]", by) == 1;
    buf_destroy(&text);
    return begun;
}

int erased_done(const char *node, const reference_t *message, cause_t *why)
{
    char folder[PATH_MAX], path[PATH_MAX];
    if (waiting_path(node, message, folder, path, why) != 0)
        return -1;
    if (unlink(path) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    return folder_sync(folder, why);
}

uint64_t erased_asked(const char *node, const char *origin)
{
    char path[PATH_MAX];
    buf_t text = {0};
    uint64_t position = 0;
    cause_t ignored;
    bool good = path_join(path, sizeof path, node, ASKED, &ignored) == 0 &&
                file_read_plain(path, 1024, &text, &ignored) == 0;
    reader_t reader = reader_of(buf_span(&text));
    good = good && span_is(take_line(&reader), "dabyl-erasures/v1") &&
           span_is(take_field(&reader, "origin"), origin) &&
           decimal_decode(take_field(&reader, "position"), &position) &&
           reader_done(&reader);
    buf_destroy(&text);
    return good ? position : 0;
}

int erased_asked_to(const char *node, const char *origin, uint64_t position, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    buf_printf(
        &text, "dabyl-erasures/v1\norigin %s\nposition %" PRIu64 "\n", origin, position);
    int result = path_join(path, sizeof path, node, ASKED, why);
    if (result == 0)
        result = file_replace(path, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}
