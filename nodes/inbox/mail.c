// mail - a message is three files: the document, its proof, and why this node has it.
// What became of it since is noted elsewhere (nodes/inbox/mail_since.c).

#include "nodes/inbox/mail.h"

#include "lib/base/file.h"
#include "lib/tlog/note.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_DIGITS = 12, SIDE_FILE_MAX = 1024 * 1024 };

bool mail_name(const char *name, uint64_t *number, char id[MESSAGE_ID_MAX])
{
    size_t length = strlen(name);
    if (length < 5 || strcmp(name + length - 5, ".json") != 0)
        return false;
    size_t digits = strspn(name, "0123456789");
    *number = 0;
    size_t place = digits == NUMBER_DIGITS && name[digits] == '.'
                       ? 1 + strspn(name + digits + 1, "0123456789")
                       : 0;
    if (digits == NUMBER_DIGITS && name[digits + place] == '-') {
        *number = strtoull(name, NULL, 10);
        name += NUMBER_DIGITS + place + 1;
        length -= NUMBER_DIGITS + place + 1;
    }
    if (length - 5 != MESSAGE_ID_MAX - 1)
        return false;
    memcpy(id, name, MESSAGE_ID_MAX - 1);
    id[MESSAGE_ID_MAX - 1] = '\0';
    return true;
}

bool mail_listed(const char *name, uint64_t *number, char id[MESSAGE_ID_MAX],
    char document[NAME_MAX + 1])
{
    static const char ending[] = ".erased";
    size_t length = strlen(name), behind = sizeof ending - 1;
    bool gone = length > behind && strcmp(name + length - behind, ending) == 0;
    (void)snprintf(document, NAME_MAX + 1, "%.*s%s",
        (int)(gone ? length - behind : length), name, gone ? ".json" : "");
    return mail_name(document, number, id);
}

int mail_beside(const mail_t *self, const char *ending, buf_t *out)
{
    char path[PATH_MAX];
    cause_t ignored;
    int stem = (int)strlen(self->path) - (int)strlen(".json");
    int length = snprintf(path, sizeof path, "%.*s%s", stem, self->path, ending);
    if (length < 0 || (size_t)length >= sizeof path)
        return -1;
    return file_read_plain(path, SIDE_FILE_MAX, out, &ignored);
}

static void read_leaf(mail_t *self)
{
    buf_t text = {0};
    tlog_proof_t proof = {0};
    cause_t ignored;
    if (mail_beside(self, ".tlog-proof", &text) == 0 &&
        tlog_proof_parse(&proof, buf_span(&text), &ignored) == 0) {
        self->has_leaf = leaf_take(&self->leaf, proof.extra, &ignored) == 0;
        tlog_proof_close(&proof);
    }
    buf_destroy(&text);
}

static void read_why(mail_t *self)
{
    buf_t text = {0};
    cause_t ignored;
    bool there = mail_beside(self, ".why", &text) == 0;
    reader_t lines = reader_of(buf_span(&text));
    self->has_why =
        there && route_parse(&self->why, route_take_line(&lines), &ignored) == 0;
    for (route_t line; self->has_why && lines.rest.size > 0;)
        if (route_parse(&line, route_take_line(&lines), &ignored) == 0)
            routing_add(&self->more, &line);
    buf_destroy(&text);
}

bool mail_in_feed(const mail_t *self, const char *feed, route_t *line)
{
    for (size_t i = 0; i < self->more.n; i++) {
        const route_t *route = &self->more.route[i];
        if (route->type != ROUTE_FEED || strcmp(route->feed, feed) != 0)
            continue;
        if (line)
            *line = *route;
        return true;
    }
    return false;
}

bool mail_sector(const mail_t *self, const char *sector)
{
    return strcmp(mail_text(json_object_get(self->root, "body"), "sector"), sector) == 0;
}

// What is left of one whose text this node has erased; -1: it is none.
static int open_gone(mail_t *self, const char *folder, const char *name)
{
    buf_t text = {0};
    bool gone = mail_gone(folder, name) && mail_beside(self, ".erased", &text) == 0;
    buf_destroy(&text);
    if (!gone)
        return -1;
    read_leaf(self);
    if (!self->has_leaf)
        return -1;
    read_why(self);
    self->gone = true;
    self->root = json_pack("{s:s, s:s, s:s}", "id", self->leaf.id, "kind",
        self->leaf.kind, "from", self->leaf.author);
    return 0;
}

int mail_open(mail_t *self, const char *folder, const char *name, cause_t *why)
{
    *self = (mail_t){0};
    char id[MESSAGE_ID_MAX];
    buf_t text = {0};
    json_error_t error;
    mail_name(name, &self->number, id);
    if (path_join(self->path, sizeof self->path, folder, name, why) != 0 ||
        file_read_plain(self->path, MAIL_SIZE_MAX, &text, why) != 0) {
        buf_destroy(&text);
        return open_gone(self, folder, name);
    }
    self->root = json_loadb((const char *)text.data, text.size, 0, &error);
    buf_destroy(&text);
    if (!self->root)
        return cause_set(why, "%s:%d: %s", self->path, error.line, error.text);
    read_leaf(self);
    read_why(self);
    return 0;
}

void mail_close(mail_t *self)
{
    routing_close(&self->more);
    json_decref(self->root);
    self->root = NULL;
}

bool mail_gone(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_join(path, sizeof path, folder, name, &ignored) == 0 && file_absent(path);
}

static uint64_t number_of(const char *name)
{
    uint64_t number;
    char id[MESSAGE_ID_MAX];
    return mail_name(name, &number, id) ? number : 0;
}

// The highest number; whether there is one between the first and it that is not there.
static uint64_t last_number(const names_t *names, bool *gap)
{
    uint64_t last = 0;
    *gap = false;
    for (size_t i = 0; i < names->n; i++) {
        uint64_t number = number_of(names->name[i]);
        *gap |= last > 0 && number > last + 1;
        last = number > last ? number : last;
    }
    return last;
}

// A listing may miss a file that is renamed into the folder while it is made.  Numbers
// have no gaps, so after a gap the folder is listed again: whatever had its name before
// the last one of the first listing is in the second.  What came later still is left out,
// since the second listing may have missed something among it.
int mail_names(names_t *names, const char *folder, cause_t *why)
{
    bool gap;
    if (names_list_or(names, folder, ".json", ".erased", why) != 0)
        return -1;
    uint64_t last = last_number(names, &gap);
    if (!gap)
        return 0;
    names_free(names);
    if (names_list_or(names, folder, ".json", ".erased", why) != 0)
        return -1;
    size_t kept = 0;
    for (size_t i = 0; i < names->n; i++)
        if (number_of(names->name[i]) <= last)
            names->name[kept++] = names->name[i];
    names->n = kept;
    return 0;
}

json_t *mail_load(const char *path, cause_t *why)
{
    buf_t text = {0};
    json_error_t error;
    if (file_read_plain(path, MAIL_SIZE_MAX, &text, why) != 0)
        return NULL;
    json_t *root = json_loadb((const char *)text.data, text.size, 0, &error);
    buf_destroy(&text);
    if (!root)
        (void)cause_set(why, "%s: %s", path, error.text);
    return root;
}

const char *mail_text(const json_t *root, const char *field)
{
    const char *text = json_string_value(json_object_get(root, field));
    return text ? text : "";
}

const char *mail_summary(const json_t *root, const char *lang)
{
    const json_t *summary = json_object_get(root, "summary");
    const char *const order[] = {lang, "en", "ru", "kk"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const char *text = mail_text(summary, order[i]);
        if (text[0])
            return text;
    }
    return "";
}

int mail_level(const json_t *root)
{
    const json_t *level = json_object_get(json_object_get(root, "body"), "level");
    json_int_t value = json_integer_value(level);
    return json_is_integer(level) && value >= 0 && value <= 9 ? (int)value : -1;
}
