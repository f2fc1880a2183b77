// waiting - the folder is the list; in memory are only the names.

#include "nodes/daemon/waiting.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/message/document.h"
#include "nodes/inbox/amended.h"

#include <jansson.h>
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
} item_t;

struct waiting {
    char *folder; // state/waiting
    size_t n, room;
    item_t *item;
};

static item_t *find(const waiting_t *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->item[i].name, name) == 0)
            return &self->item[i];
    return NULL;
}

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
    free(self->folder);
    free(self->item);
    free(self);
}

int waiting_add(waiting_t *self, uint64_t number, const leaf_t *leaf,
    const profile_duty_t *duty, cause_t *why)
{
    char name[STORE_NAME_MAX], path[PATH_MAX], line[TEXT_MAX];
    store_name(number, leaf->id, name);
    if (find(self, name))
        return 0;
    (void)snprintf(
        line, sizeof line, "%s %s %s\n", leaf->kind, leaf->author, duty->cites);
    // The file first: what is in memory counts as noted when it is asked for again.
    if (path_join(path, sizeof path, self->folder, name, why) != 0 ||
        file_replace(path, span_text(line), 0600, why) != 0)
        return -1;
    set_text(add(self, name), span_text(line));
    return 0;
}

static bool names_id(const item_t *item, const char *id, const char *author)
{
    const char *dash = strchr(item->name, '-');
    char written[NODE_ID_MAX] = "";
    (void)sscanf(item->text, "%*s %63s", written);
    return dash && strcmp(dash + 1, id) == 0 && strcmp(written, author) == 0;
}

static void drop(waiting_t *self, size_t i)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (path_join(path, sizeof path, self->folder, self->item[i].name, &ignored) == 0)
        (void)unlink(path);
    self->item[i] = self->item[--self->n];
}

void waiting_answered(waiting_t *self, span_t document)
{
    if (self->n == 0)
        return;
    json_t *root = json_loadb((const char *)document.data, document.size, 0, NULL);
    // What takes an answer back, or is a test, answers nothing.
    const char *status = json_string_value(json_object_get(root, "status"));
    bool answers =
        !json_object_get(root, "cancels") && !(status && strcmp(status, "test") == 0);
    const json_t *re = answers ? json_object_get(root, "re") : NULL;
    const char *id = json_string_value(json_object_get(re, "id"));
    const char *author = json_string_value(json_object_get(re, "author"));
    for (size_t i = self->n; id && author && i-- > 0;)
        if (names_id(&self->item[i], id, author))
            drop(self, i);
    json_decref(root);
}

void waiting_withdrawn(waiting_t *self, span_t document)
{
    reference_t message, original;
    amended_as_t as;
    if (self->n == 0 || !amended_does(document, &message, &original, &as))
        return;
    for (size_t i = self->n; i-- > 0;)
        if (names_id(&self->item[i], original.id, original.author))
            drop(self, i);
}

size_t waiting_count(const waiting_t *self)
{
    return self->n;
}

void waiting_each(waiting_t *self,
    void (*visit)(void *context, const waiting_item_t *item), void *context)
{
    for (size_t i = 0; i < self->n; i++) {
        waiting_item_t item = {
            self->item[i].name, self->item[i].text, self->item[i].reminded++};
        visit(context, &item);
    }
}
