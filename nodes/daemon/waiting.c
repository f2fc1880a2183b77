// waiting - the folder is the list; in memory are only the names.  What was noted keeps
// its name: a message that somebody moves out of the inbox waits all the same.

#include "nodes/daemon/waiting.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/json/value.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/mail.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 512 };

typedef struct {
    char name[STORE_NAME_MAX];
    char text[TEXT_MAX];
    size_t reminded;
    bool owed; // by the answer that is taken
} item_t;

struct waiting {
    char *node, *folder; // the folder is its state/waiting
    size_t n, room;
    item_t *item;
};

static item_t *add(waiting_t *self, const char *name)
{
    if (self->n == self->room) {
        self->room = self->room ? self->room * 2 : 16;
        self->item = memory_grow(self->item, self->room, sizeof *self->item);
    }
    item_t *item = &self->item[self->n++];
    *item = (item_t){0};
    (void)snprintf(item->name, sizeof item->name, "%s", name);
    return item;
}

// The first line of the item's file.
static void set_text(item_t *item, span_t text)
{
    (void)snprintf(
        item->text, sizeof item->text, "%.*s", (int)text.size, (const char *)text.data);
    item->text[strcspn(item->text, "\n")] = 0;
}

static int read_item(waiting_t *self, const char *name, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    int result = path_join(path, sizeof path, self->folder, name, why);
    if (result == 0)
        result = file_read_plain(path, TEXT_MAX, &text, why);
    if (result == 0)
        set_text(add(self, name), buf_span(&text));
    buf_destroy(&text);
    return result;
}

waiting_t *waiting_open(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    names_t names = {0};
    if (path_join(path, sizeof path, folder, "state/waiting", why) != 0 ||
        folder_make(path, 0700, why) != 0 || names_list(&names, path, "", why) != 0)
        return NULL;
    waiting_t *self = memory_new(1, sizeof *self);
    self->node = memory_text(folder);
    self->folder = memory_text(path);
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0; i++)
        if (strlen(names.name[i]) < STORE_NAME_MAX)
            result = read_item(self, names.name[i], why);
    names_free(&names);
    if (result != 0)
        waiting_close(&self);
    return self;
}

void waiting_close(waiting_t **self_p)
{
    waiting_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->node);
    free(self->folder);
    free(self->item);
    free(self);
}

// A duty that a message of this node's own is to meet.
typedef struct {
    const char *author, *id, *answer, *due, *cites;
} owed_t;

static const char *text_at(const value_t *duty, const char *pointer)
{
    const char *text = value_text(value_at(duty, pointer));
    return text ? text : "";
}

static bool take_owed(const value_t *duty, owed_t *owed)
{
    *owed = (owed_t){text_at(duty, "/message/author"), text_at(duty, "/message/id"),
        text_at(duty, "/met_by"), text_at(duty, "/due"), text_at(duty, "/cites")};
    return value_is(value_get(duty, "mine"), VALUE_TRUE) &&
           uuid7_valid(span_text(owed->id)) && text_is_word(span_text(owed->author)) &&
           text_is_word(span_text(owed->answer)) &&
           strcmp(owed->answer, "delivery") != 0 &&
           strcmp(owed->answer, "acceptance") != 0;
}

static item_t *find_owed(const waiting_t *self, const owed_t *owed)
{
    for (size_t i = 0; i < self->n; i++) {
        const char *dash = strchr(self->item[i].name, '-');
        char author[NODE_ID_MAX] = "";
        (void)sscanf(self->item[i].text, "%*s %63s", author);
        if (dash && strcmp(dash + 1, owed->id) == 0 && strcmp(author, owed->author) == 0)
            return &self->item[i];
    }
    return NULL;
}

// Its name in the inbox, of this log or of one that the node has left.
static void name_of(const waiting_t *self, const owed_t *owed, char name[STORE_NAME_MAX])
{
    char node[PATH_MAX], folder[PATH_MAX], file[NAME_MAX + 1] = "";
    cause_t ignored;
    (void)snprintf(node, sizeof node, "%s", self->node);
    for (int n = former_last(self->node); n >= 0; n--) {
        if (path_join(folder, sizeof folder, node, "inbox", &ignored) == 0 &&
            mail_find(folder, owed->id, file, &ignored) == 0)
            break;
        file[0] = 0;
        if (n > 0)
            former_nth(self->node, n, node);
    }
    if (file[0])
        (void)snprintf(name, STORE_NAME_MAX, "%.*s", (int)strcspn(file, "."), file);
    else
        store_name(0, owed->id, name);
}

static int keep(waiting_t *self, const char *name, const char *line, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, name, why) != 0)
        return -1;
    return file_replace(path, span_text(line), 0600, why);
}

static int note(waiting_t *self, const owed_t *owed, waiting_visit_t *begun,
    void *context, cause_t *why)
{
    char name[STORE_NAME_MAX], line[TEXT_MAX];
    item_t *item = find_owed(self, owed);
    (void)snprintf(line, sizeof line, "%s %s %s %s\n", owed->answer, owed->author,
        owed->due, owed->cites);
    if (item)
        (void)snprintf(name, sizeof name, "%s", item->name);
    else
        name_of(self, owed, name);
    bool same = item && strncmp(item->text, line, strlen(item->text)) == 0;
    // The file first: what is in memory counts as noted when it is asked for again.
    if (!same && keep(self, name, line, why) != 0)
        return -1;
    bool fresh = !item;
    item = item ? item : add(self, name);
    set_text(item, span_text(line));
    item->owed = true;
    if (fresh) {
        waiting_item_t told = {item->name, item->text, 0};
        begun(context, &told);
    }
    return 0;
}

static void drop(waiting_t *self, size_t i)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (path_join(path, sizeof path, self->folder, self->item[i].name, &ignored) == 0)
        (void)unlink(path);
    self->item[i] = self->item[--self->n];
}

static int take_all(waiting_t *self, const value_t *answer, waiting_visit_t *begun,
    void *context, cause_t *why)
{
    const value_t *duties = value_get(answer, "duties");
    owed_t owed;
    if (!value_is(duties, VALUE_ARRAY))
        return cause_set(why, "this is no list of duties");
    for (size_t i = 0; i < self->n; i++)
        self->item[i].owed = false;
    value_each(duty, duties)
    {
        if (take_owed(duty, &owed) && note(self, &owed, begun, context, why) != 0)
            return -1;
    }
    // A list that was cut says nothing of the rest.
    bool whole = !value_is(value_get(answer, "more"), VALUE_TRUE);
    for (size_t i = self->n; whole && i-- > 0;)
        if (!self->item[i].owed)
            drop(self, i);
    return 0;
}

int waiting_take(
    waiting_t *self, span_t answer, waiting_visit_t *begun, void *context, cause_t *why)
{
    const value_limits_t limits = {.depth = 16, .values = 1 << 20};
    value_fault_t fault;
    value_t *root = value_parse(answer, &limits, &fault);
    int result = root ? take_all(self, root, begun, context, why)
                      : cause_set(why, "the answer is not JSON");
    value_free(&root);
    return result;
}

size_t waiting_count(const waiting_t *self)
{
    return self->n;
}

void waiting_each(waiting_t *self, waiting_visit_t *visit, void *context)
{
    for (size_t i = 0; i < self->n; i++) {
        waiting_item_t item = {
            self->item[i].name, self->item[i].text, self->item[i].reminded++};
        visit(context, &item);
    }
}
