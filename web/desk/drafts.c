// drafts - a folder for each officer, locked while it is open, so that windows and
// threads take turns.  There are few of them: a listing reads all.

#include "web/desk/drafts.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/pki/cert.h"
#include "nodes/cli/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { NAME_ROOM = 80 };

static int lock(int folder, const char *path, cause_t *why)
{
    int result;
    while ((result = flock(folder, LOCK_EX)) != 0 && errno == EINTR)
        ;
    return result == 0 ? 0 : cause_errno(why, "%s", path);
}

int drafts_open(drafts_t *self, const char *node, const char *officer, cause_t *why)
{
    char name[NAME_ROOM + 16], path[PATH_MAX];
    self->folder = -1;
    if (!cert_node_id_valid(span_text(officer)))
        return cause_set(why, "'%.64s' is no name that a folder is made of", officer);
    (void)snprintf(name, sizeof name, "state/drafts/%s", officer);
    if (path_join(path, sizeof path, node, name, why) != 0 ||
        handover_folder(node, path, why) != 0)
        return -1;
    self->folder = folder_open(path, why);
    return self->folder >= 0 ? lock(self->folder, path, why) : -1;
}

void drafts_close(drafts_t *self)
{
    if (self->folder >= 0)
        (void)close(self->folder);
    self->folder = -1;
}

bool drafts_id(const char *id)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(id);
    return length > 0 && length <= 64 && strspn(id, letters) == length && id[0] != '-' &&
           id[length - 1] != '-';
}

static void name_of(const char *id, char name[NAME_ROOM])
{
    (void)snprintf(name, NAME_ROOM, "%s.json", id);
}

// What is there and cannot be read is a fault and no absence: nothing is written over it.
// What is no draft any more has nothing to lose.
static int read_draft(const drafts_t *self, const char *id, json_t **draft, cause_t *why)
{
    char name[NAME_ROOM];
    buf_t text = {0};
    *draft = NULL;
    if (!drafts_id(id))
        return 0;
    name_of(id, name);
    // What the program writes around a draft is little beside it.
    if (file_read_at(self->folder, name, 2 * DRAFT_SIZE_MOST, &text, why) != 0)
        return faccessat(self->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
                       errno == ENOENT
                   ? 0
                   : -1;
    *draft = json_loadb((const char *)text.data, text.size, 0, NULL);
    buf_destroy(&text);
    if (json_is_integer(json_object_get(*draft, "version")))
        return 0;
    json_decref(*draft);
    *draft = NULL;
    return 0;
}

json_t *drafts_get(const drafts_t *self, const char *id)
{
    json_t *draft;
    cause_t ignored;
    (void)read_draft(self, id, &draft, &ignored);
    return draft;
}

static int64_t version_of(const json_t *draft)
{
    return json_integer_value(json_object_get(draft, "version"));
}

typedef struct {
    const drafts_t *drafts;
    json_t *list;
    size_t n;
} gathering_t;

static bool is_draft(const char *name, char id[NAME_ROOM])
{
    size_t length = strlen(name);
    if (length < 6 || length >= NAME_ROOM || strcmp(name + length - 5, ".json") != 0)
        return false;
    (void)snprintf(id, NAME_ROOM, "%.*s", (int)length - 5, name);
    return drafts_id(id);
}

static void count(void *context, int folder, const char *name)
{
    (void)folder;
    char id[NAME_ROOM];
    *(size_t *)context += is_draft(name, id);
}

static void gather(void *context, int folder, const char *name)
{
    (void)folder;
    const gathering_t *gathering = context;
    char id[NAME_ROOM];
    json_t *draft = is_draft(name, id) ? drafts_get(gathering->drafts, id) : NULL;
    if (!draft)
        return;
    json_t *summary = json_object_get(json_object_get(draft, "document"), "summary");
    if (summary)
        (void)json_object_set(draft, "summary", summary);
    (void)json_object_del(draft, "document");
    (void)json_array_append_new(gathering->list, draft);
}

static int newer_first(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    const char *one = json_string_value(json_object_get(*x, "changed")),
               *other = json_string_value(json_object_get(*y, "changed"));
    return strcmp(other ? other : "", one ? one : "");
}

static json_t *sorted(json_t *list)
{
    json_t *draft[DRAFTS_MOST], *out = json_array();
    size_t n = json_array_size(list);
    n = n < DRAFTS_MOST ? n : DRAFTS_MOST;
    for (size_t i = 0; i < n; i++)
        draft[i] = json_array_get(list, i);
    qsort(draft, n, sizeof *draft, newer_first);
    for (size_t i = 0; i < n; i++)
        (void)json_array_append(out, draft[i]);
    json_decref(list);
    return out;
}

json_t *drafts_list(const drafts_t *self)
{
    gathering_t gathering = {.drafts = self, .list = json_array()};
    (void)folder_each(self->folder, gather, &gathering);
    return sorted(gathering.list);
}

// What a crash left half written: under the lock nobody writes it any more.
static void drop_leftover(void *context, int folder, const char *name)
{
    (void)context;
    if (name[0] == '.')
        (void)unlinkat(folder, name, 0);
}

static drafts_result_t check_room(const drafts_t *self, cause_t *why)
{
    size_t n = 0;
    if (folder_each(self->folder, count, &n) != 0) {
        (void)cause_errno(why, "drafts");
        return DRAFTS_FAILED;
    }
    return n < DRAFTS_MOST ? DRAFTS_DONE : DRAFTS_MANY;
}

static drafts_result_t keep(
    const drafts_t *self, const char *id, const json_t *draft, cause_t *why)
{
    char name[NAME_ROOM];
    name_of(id, name);
    char *text = json_dumps(draft, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    drafts_result_t result = DRAFTS_DONE;
    if (!text || strlen(text) > DRAFT_SIZE_MOST)
        result = DRAFTS_LARGE;
    else if (file_replace_at(self->folder, name, span_text(text), 0600, why) != 0)
        result = DRAFTS_FAILED;
    free(text);
    return result;
}

drafts_result_t drafts_put(const drafts_t *self, const char *id, int64_t version,
    int64_t now_ms, json_t *draft, json_t **current, cause_t *why)
{
    char now[TIME_TEXT];
    if (read_draft(self, id, current, why) != 0)
        return DRAFTS_FAILED;
    if (version_of(*current) != version)
        return DRAFTS_CHANGED;
    (void)folder_each(self->folder, drop_leftover, NULL);
    drafts_result_t result = *current ? DRAFTS_DONE : check_room(self, why);
    time_print(now_ms, now);
    (void)json_object_set_new(draft, "id", json_string(id));
    (void)json_object_set_new(draft, "version", json_integer(version + 1));
    (void)json_object_set_new(draft, "changed", json_string(now));
    if (result == DRAFTS_DONE)
        result = keep(self, id, draft, why);
    json_decref(*current);
    *current = NULL;
    return result;
}

drafts_result_t drafts_delete(
    const drafts_t *self, const char *id, int64_t version, json_t **current, cause_t *why)
{
    char name[NAME_ROOM];
    if (read_draft(self, id, current, why) != 0)
        return DRAFTS_FAILED;
    if (!*current)
        return DRAFTS_ABSENT;
    if (version_of(*current) != version)
        return DRAFTS_CHANGED;
    json_decref(*current);
    *current = NULL;
    name_of(id, name);
    if (unlinkat(self->folder, name, 0) == 0 && fsync(self->folder) == 0)
        return DRAFTS_DONE;
    (void)cause_errno(why, "%s", name);
    return DRAFTS_FAILED;
}
