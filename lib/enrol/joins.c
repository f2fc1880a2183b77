// joins - the header of a request's file is text before its PEM block, which readers of
// PEM pass over: so `dabyl ca sign` takes the file as it is.

#include "lib/enrol/joins.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/pki/x509.h"

#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST_FILE = 65536, ANSWER_FILE = 8 << 20 };

static const char request_end[] = ".pem";
static const char *const ends[] = {[JOIN_ACCEPTED] = ".accepted",
    [JOIN_CERTIFIED] = ".answer",
    [JOIN_REFUSED] = ".refused"};
static const char *const states[] = {[JOIN_WAITS] = "waits",
    [JOIN_ACCEPTED] = "accepted",
    [JOIN_CERTIFIED] = "certified",
    [JOIN_REFUSED] = "refused"};

// What is looked for first, of a request that has several.
static const join_state_t by_weight[] = {JOIN_CERTIFIED, JOIN_REFUSED, JOIN_ACCEPTED};
enum { MARKS = sizeof by_weight / sizeof *by_weight };

const char *join_state_name(join_state_t state)
{
    return states[state];
}

void join_close(join_t *self)
{
    enrol_close(&self->request);
}

void join_name(span_t request, char out[HASH_HEX])
{
    hash_t hash;
    sha256(request, &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, out);
}

static int path_of(char path[PATH_MAX], const char *folder, const char *name,
    const char *end, cause_t *why)
{
    char file[HASH_HEX + 16];
    (void)snprintf(file, sizeof file, "%s%s", name, end);
    return path_join(path, PATH_MAX, folder, file, why);
}

static int write_one(
    const char *folder, const char *name, const char *end, span_t text, cause_t *why)
{
    char path[PATH_MAX];
    return folder_make(folder, 0700, why) == 0 &&
                   path_of(path, folder, name, end, why) == 0
               ? file_replace(path, text, 0600, why)
               : -1;
}

// 1: read; 0: it is not there.
static int read_one(const char *folder, const char *name, const char *end, size_t most,
    buf_t *text, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(path, folder, name, end, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    return file_read_plain(path, most, text, why) == 0 ? 1 : -1;
}

static int read_mark(const char *folder, const char *name, join_state_t *state,
    char text[JOIN_TEXT_MAX], cause_t *why)
{
    buf_t words = {0};
    int got = 0;
    *state = JOIN_WAITS;
    text[0] = '\0';
    for (size_t i = 0; i < MARKS && got == 0; i++) {
        buf_clear(&words);
        got = read_one(folder, name, ends[by_weight[i]], ANSWER_FILE, &words, why);
        if (got > 0)
            *state = by_weight[i];
    }
    if (got > 0 && *state != JOIN_CERTIFIED)
        (void)snprintf(text, JOIN_TEXT_MAX, "%.*s", (int)strcspn(buf_text(&words), "\n"),
            buf_text(&words));
    buf_destroy(&words);
    return got < 0 ? -1 : 0;
}

// "address", a blank and so on, line by line; the PEM block stands behind.
static bool take_header(join_t *self, span_t text)
{
    reader_t reader = reader_of(text);
    span_t from = take_field(&reader, "address");
    span_t asked = take_field(&reader, "asked");
    if (reader.bad || from.size >= sizeof self->from ||
        !time_parse(asked, &self->asked_ms))
        return false;
    memcpy(self->from, from.data, from.size);
    self->from[from.size] = '\0';
    return true;
}

// 1: it is there and whole; 0: it is not, or is no request.
static int read_request(join_t *self, const char *folder, const char *name, cause_t *why)
{
    buf_t text = {0};
    char real[HASH_HEX];
    *self = (join_t){0};
    int got = read_one(folder, name, request_end, REQUEST_FILE, &text, why);
    if (got > 0)
        got = take_header(self, buf_span(&text)) &&
              enrol_take(&self->request, buf_span(&text), why) == 0;
    buf_destroy(&text);
    if (got <= 0)
        return got;
    join_name(buf_span(&self->request.der), real);
    if (strcmp(real, name) != 0) { // a file is what it has in it
        join_close(self);
        return 0;
    }
    (void)snprintf(self->name, sizeof self->name, "%s", name);
    return 1;
}

static bool has_expired(const join_t *self, const joins_limits_t *limits, int64_t now_ms)
{
    return (self->state == JOIN_WAITS || self->state == JOIN_REFUSED) &&
           moment_between(self->asked_ms, now_ms) > limits->life_ms;
}

static void forget(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    for (size_t i = 0; i < MARKS; i++)
        if (path_of(path, folder, name, ends[by_weight[i]], &ignored) == 0)
            (void)unlink(path);
    if (path_of(path, folder, name, request_end, &ignored) == 0)
        (void)unlink(path);
}

static int read_join(join_t *self, const char *folder, const char *name, cause_t *why)
{
    int got = read_request(self, folder, name, why);
    if (got > 0 && read_mark(folder, name, &self->state, self->text, why) != 0) {
        join_close(self);
        got = -1;
    }
    return got;
}

int joins_find(const char *folder, const char *name, int64_t now_ms,
    const joins_limits_t *limits, join_state_t *state, char text[JOIN_TEXT_MAX],
    cause_t *why)
{
    join_t one;
    int got = read_join(&one, folder, name, why);
    if (got <= 0)
        return got;
    *state = one.state;
    memcpy(text, one.text, JOIN_TEXT_MAX);
    if (has_expired(&one, limits, now_ms)) {
        forget(folder, name);
        got = 0;
    }
    join_close(&one);
    return got;
}

// The name without its ending, when it can be one of a request.
static bool is_request(const char *file, char name[HASH_HEX])
{
    uint8_t bytes[32];
    if (strlen(file) != HASH_HEX - 1 + sizeof request_end - 1 ||
        strcmp(file + HASH_HEX - 1, request_end) != 0 ||
        !hex_decode(span_of(file, HASH_HEX - 1), bytes, sizeof bytes))
        return false;
    (void)snprintf(name, HASH_HEX, "%.64s", file);
    return true;
}

static int by_age(const void *a, const void *b)
{
    const join_t *one = a;
    const join_t *two = b;
    return one->asked_ms != two->asked_ms ? (one->asked_ms > two->asked_ms) * 2 - 1
                                          : strcmp(one->name, two->name);
}

static int add_files(joins_t *self, const joins_limits_t *limits, const names_t *files,
    int64_t now_ms, cause_t *why)
{
    char name[HASH_HEX];
    self->item = memory_new(files->n + 1, sizeof *self->item);
    for (size_t i = 0; i < files->n; i++) {
        join_t *one = &self->item[self->n];
        if (!is_request(files->name[i], name))
            continue;
        int got = read_join(one, limits->folder, name, why);
        if (got < 0)
            return -1;
        if (got > 0 && has_expired(one, limits, now_ms)) {
            forget(limits->folder, name);
            join_close(one);
        } else if (got > 0)
            self->n++;
    }
    qsort(self->item, self->n, sizeof *self->item, by_age);
    return 0;
}

int joins_list(joins_t *self, const joins_limits_t *limits, int64_t now_ms, cause_t *why)
{
    names_t files = {0};
    *self = (joins_t){0};
    if (file_absent(limits->folder))
        return 0; // nobody has asked yet
    if (names_list(&files, limits->folder, request_end, why) != 0)
        return -1;
    int result = add_files(self, limits, &files, now_ms, why);
    names_free(&files);
    if (result != 0)
        joins_close(self);
    return result;
}

void joins_close(joins_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        join_close(&self->item[i]);
    free(self->item);
    *self = (joins_t){0};
}

// Which of two requests of the same name a person means, the later one second; NULL: it
// cannot be told.
static join_t *meant(join_t *one, join_t *two)
{
    if (one->state == JOIN_CERTIFIED)
        return two;
    return two->state == JOIN_CERTIFIED ? one : NULL;
}

join_t *joins_named(const joins_t *self, const char *words, cause_t *why)
{
    join_t *found = NULL;
    for (size_t i = 0; i < self->n; i++) {
        join_t *one = &self->item[i];
        if (strcmp(one->request.holder.name, words) != 0 &&
            (!words[0] || strncmp(one->name, words, strlen(words)) != 0))
            continue;
        join_t *before = found;
        found = before ? meant(before, one) : one;
        if (!found) {
            (void)cause_set(
                why, "several requests are called '%s': take the first column", words);
            return NULL;
        }
    }
    if (!found)
        (void)cause_set(why, "there is no request '%s'", words);
    return found;
}

// Of those that nobody has accepted: how many there are, how many of this address, and
// the oldest that was refused, which makes room for another.
typedef struct {
    size_t all, of_address;
    const join_t *spare;
} crowd_t;

static crowd_t count(const joins_t *joins, const char *from)
{
    crowd_t crowd = {0};
    for (size_t i = 0; i < joins->n; i++) {
        const join_t *one = &joins->item[i];
        if (one->state == JOIN_ACCEPTED || one->state == JOIN_CERTIFIED)
            continue;
        crowd.all++;
        crowd.of_address += strcmp(one->from, from) == 0;
        if (one->state == JOIN_REFUSED && !crowd.spare)
            crowd.spare = one;
    }
    return crowd;
}

static bool has_room(
    const joins_limits_t *limits, const joins_t *joins, const char *from, cause_t *why)
{
    const crowd_t crowd = count(joins, from);
    if (crowd.of_address >= limits->most_of_address) {
        (void)cause_set(why,
            "%zu requests of your address wait already: the hub's operator can refuse "
            "them",
            crowd.of_address);
        return false;
    }
    if (crowd.all < limits->most)
        return true;
    if (crowd.spare) {
        forget(limits->folder, crowd.spare->name);
        return true;
    }
    (void)cause_set(
        why, "%zu requests wait already: the hub's operator can refuse some", crowd.all);
    return false;
}

int joins_keep(const joins_limits_t *limits, span_t request, const char *from,
    int64_t now_ms, cause_t *why)
{
    joins_t joins;
    buf_t text = {0};
    char name[HASH_HEX], asked[TIME_TEXT];
    if (joins_list(&joins, limits, now_ms, why) != 0)
        return -1;
    const bool room = has_room(limits, &joins, from, why);
    joins_close(&joins);
    if (!room)
        return 0;
    join_name(request, name);
    time_print(now_ms, asked);
    buf_printf(&text, "address %s\nasked %s\n", from, asked);
    x509_print_pem(PEM_STRING_X509_REQ, request, &text);
    int result = write_one(limits->folder, name, request_end, buf_span(&text), why);
    buf_destroy(&text);
    return result == 0 ? 1 : -1;
}

int joins_answer(const char *folder, const char *name, buf_t *text, cause_t *why)
{
    int got = read_one(folder, name, ends[JOIN_CERTIFIED], ANSWER_FILE, text, why);
    return got > 0 ? 0 : got < 0 ? -1 : cause_set(why, "there is no answer yet");
}

static int mark(const char *folder, const char *name, join_state_t state,
    const char *words, cause_t *why)
{
    buf_t text = {0};
    buf_printf(&text, "%s\n", words);
    int result = write_one(folder, name, ends[state], buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

// Also one that was refused before.
int joins_accept(const char *folder, const char *name, const char *words, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(path, folder, name, ends[JOIN_REFUSED], why) != 0)
        return -1;
    if (unlink(path) != 0 && errno != ENOENT)
        return cause_errno(why, "%s", path);
    return mark(folder, name, JOIN_ACCEPTED, words, why);
}

int joins_refuse(const char *folder, const char *name, const char *words, cause_t *why)
{
    return mark(folder, name, JOIN_REFUSED, words, why);
}

int joins_certify(const char *folder, const char *name, span_t answer, cause_t *why)
{
    return write_one(folder, name, ends[JOIN_CERTIFIED], answer, why);
}
