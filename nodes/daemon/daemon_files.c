// daemon_files - which files wait in this node's folders, and why: for `status`.
//
// Whoever puts a file down has gone by the time it turns out that it does not go.  So
// each is named here until it is gone, with what a person can do about it.

#include "lib/base/catalogue.h"
#include "nodes/daemon/daemon_state.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "nodes/inbox/erased.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMED_MAX = 100, REFUSED_MAX = 10 };

typedef struct {
    const daemon_t *self;
    json_t *list;
    size_t more; // not named
} stays_t;

static void add(stays_t *all, const char *folder, const leftover_t *item)
{
    char shown[TEXT_SHOWN_MAX], reason[512];
    if (json_array_size(all->list) >= NAMED_MAX) {
        all->more++;
        return;
    }
    const char *slash = strrchr(item->name, '/'); // one that was taken
    text_show(slash ? slash + 1 : item->name, shown);
    (void)snprintf(reason, sizeof reason, "%s", item->reason);
    text_clean(reason);
    (void)json_array_append_new(all->list,
        json_pack("{s:s, s:s, s:s, s:I, s:b}", "folder", folder, "file", shown, "reason",
            reason, "seconds",
            (json_int_t)((all->self->now.monotonic_ms - item->since_ms) / 1000),
            "for_now", item->kind == LEFT_FOR_NOW));
}

static void add_left(void *context, const leftover_t *item)
{
    add(context, "outbox", item);
}

static void each_name(const char *path, folder_visit_t *visit, void *context)
{
    cause_t ignored;
    int folder = folder_open(path, &ignored);
    if (folder < 0)
        return;
    (void)folder_each(folder, visit, context);
    (void)close(folder);
}

typedef struct {
    stays_t *all;
    const char *folder;
} in_folder_t;

// A file that neither upload.c nor download.c will ever take: they say nothing about it.
static void look_at(void *context, int folder, const char *name)
{
    const in_folder_t *in = context;
    struct stat info;
    hash_t digest;
    char text[160] = "";
    if (name[0] == '.' || fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (!hex_decode(span_text(name), digest.bytes, sizeof digest.bytes))
        (void)snprintf(text, sizeof text, "its name is not a SHA-256 in hexadecimal");
    else if (!S_ISREG(info.st_mode))
        (void)snprintf(text, sizeof text, "it is no regular file");
    else if (faccessat(folder, name, R_OK, AT_EACCESS) != 0)
        (void)snprintf(text, sizeof text, "it cannot be read by user %ld: %s",
            (long)geteuid(), strerror(errno));
    if (text[0])
        add(in->all, in->folder,
            &(leftover_t){name, text, LEFT_FOR_GOOD, in->all->self->now.monotonic_ms});
}

static void add_attachments(stays_t *all)
{
    in_folder_t out = {all, "attachments/outbox"}, in = {all, "attachments/wanted"};
    each_name(upload_folder(all->self->upload), look_at, &out);
    each_name(download_folder(all->self->download), look_at, &in);
}

// Whether the message with this leaf, in words, was erased by law at the hub.
static bool was_erased(const char *node, int folder, const char *name)
{
    enum { LEAF_WORDS_MAX = 1024 };
    reference_t message = {{0}, {0}};
    buf_t text = {0};
    cause_t ignored;
    bool read = file_read_at(folder, name, LEAF_WORDS_MAX, &text, &ignored) == 0;
    reader_t lines = reader_of(buf_span(&text));
    while (read && lines.rest.size > 0 && !lines.bad) {
        span_t line = take_line(&lines);
        if (line.size > 7 && memcmp(line.data, "author ", 7) == 0)
            (void)text_copy(span_of(line.data + 7, line.size - 7), message.author,
                sizeof message.author);
        if (line.size > 3 && memcmp(line.data, "id ", 3) == 0)
            (void)text_copy(
                span_of(line.data + 3, line.size - 3), message.id, sizeof message.id);
    }
    buf_destroy(&text);
    return erased_of(node, &message).there;
}

// A message that the hub's log has, and that nobody could read.
static void look_aside(void *context, int folder, const char *name)
{
    static const char ending[] = ".leaf";
    stays_t *all = context;
    struct stat info;
    size_t length = strlen(name), cut = strlen(ending);
    if (name[0] == '.' || length <= cut || strcmp(name + length - cut, ending) != 0 ||
        fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    int64_t age_ms = all->self->now.wall_ms - (int64_t)info.st_mtim.tv_sec * 1000;
    add(all, "aside",
        &(leftover_t){name,
            was_erased(all->self->conf->folder, folder, name)
                ? "it was erased by law at the hub before it came here: take this away "
                  "when you have seen it"
                : "the hub could not read this message and set it aside: ask its author "
                  "for it, then take this away",
            LEFT_FOR_GOOD, all->self->now.monotonic_ms - (age_ms > 0 ? age_ms : 0)});
}

static void add_aside(stays_t *all)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (path_join(path, sizeof path, all->self->conf->folder, "aside", &ignored) == 0)
        each_name(path, look_aside, all);
}

// What was refused: how much, and the newest of it.
typedef struct {
    json_int_t n;
    size_t kept;
    struct {
        struct timespec at;
        char name[NAME_MAX + 1];
    } newest[REFUSED_MAX]; // the newest first
} newest_t;

static bool later(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static void count_refused(void *context, int folder, const char *name)
{
    static const char ending[] = ".reason.json";
    newest_t *all = context;
    struct stat info;
    size_t length = strlen(name), cut = strlen(ending);
    if (name[0] == '.' || length <= cut || strcmp(name + length - cut, ending) != 0 ||
        fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    all->n++;
    size_t at = all->kept;
    while (at > 0 && later(&info.st_mtim, &all->newest[at - 1].at))
        at--;
    if (at == REFUSED_MAX)
        return;
    all->kept += all->kept < REFUSED_MAX;
    memmove(&all->newest[at + 1], &all->newest[at],
        (all->kept - at - 1) * sizeof all->newest[0]);
    all->newest[at].at = info.st_mtim;
    (void)snprintf(all->newest[at].name, NAME_MAX + 1, "%.*s", (int)(length - cut), name);
}

static json_t *refused_json(const daemon_t *self)
{
    newest_t all = {0};
    char path[PATH_MAX], shown[TEXT_SHOWN_MAX];
    cause_t ignored;
    json_t *names = json_array();
    if (path_join(path, sizeof path, self->conf->folder, "refused", &ignored) == 0)
        each_name(path, count_refused, &all);
    for (size_t i = 0; i < all.kept; i++) {
        text_show(all.newest[i].name, shown);
        (void)json_array_append_new(names, json_string(shown));
    }
    return json_pack("{s:I, s:o}", "count", all.n, "newest", names);
}

// What was sent and has no answer.
typedef struct {
    const daemon_t *self;
    const char *reason;
    json_t *list;
    json_int_t more, late; // not named; for longer than it may be
} unanswered_t;

static void add_unsent(void *context, const char *take)
{
    unanswered_t *all = context;
    char shown[TEXT_SHOWN_MAX];
    int64_t ms = all->self->now.wall_ms - taken_ms(take);
    int64_t seconds = ms > 0 ? ms / 1000 : 0;
    bool late = seconds >= all->self->conf->late_s;
    all->late += late;
    if (json_array_size(all->list) >= NAMED_MAX) {
        all->more++;
        return;
    }
    text_show(taken_name(take), shown);
    (void)json_array_append_new(
        all->list, json_pack("{s:s, s:s, s:I, s:b}", "file", shown, "reason", all->reason,
                       "seconds", (json_int_t)seconds, "late", late));
}

static json_t *unsent_json(const daemon_t *self)
{
    link_status_t status;
    link_status(self->link, &status);
    bool ready = status.state == LINK_READY;
    unanswered_t all = {.self = self, .list = json_array()};
    all.reason = ready ? MARK("it was sent, and the hub has not answered")
                       : MARK("there is no hub to send it to; it goes when there is one");
    pending_each(self->pending, add_unsent, &all);
    all.reason = MARK("others go before it");
    outbox_each_waiting(self->outbox, add_unsent, &all);
    return json_pack(
        "{s:o, s:I, s:I}", "named", all.list, "more", all.more, "late", all.late);
}

json_t *daemon_files_json(const daemon_t *self)
{
    stays_t all = {self, json_array(), 0};
    outbox_each_left(self->outbox, add_left, &all);
    add_attachments(&all);
    add_aside(&all);
    return json_pack("{s:I, s:s, s:o, s:I, s:o, s:o}", "taken",
        (json_int_t)outbox_waiting(self->outbox), "trouble", self->outbox_trouble, "stay",
        all.list, "more", (json_int_t)all.more, "refused", refused_json(self), "unsent",
        unsent_json(self));
}
