// own - a message moves from outbox/ by state/taken/ and state/spool/ to sent/ while
// somebody looks: the places are looked through in that order, and the last that has it
// counts.

#include "nodes/sending/own.h"

#include "lib/base/memory.h"
#include "nodes/outbox/cosigning.h"
#include "nodes/outbox/spool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Where what is looked at goes.
typedef struct {
    own_list_t *list;
    const char *node;
    const inbox_filter_t *filter; // NULL: any
    const char *only;             // this id; NULL: any
} look_t;

static void add(const look_t *look, const char *id, own_state_t state, json_t *root)
{
    own_list_t *list = look->list;
    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->item = memory_grow(list->item, list->room, sizeof *list->item);
    }
    own_t *item = &list->item[list->n++];
    *item = (own_t){.state = state, .root = root};
    (void)snprintf(item->id, sizeof item->id, "%s", id);
}

static bool is_wanted(const look_t *look, const char *id, json_t *root)
{
    mail_t mail = {.root = root};
    return root && (!look->only || strcmp(look->only, id) == 0) &&
           (!look->filter ||
               (inbox_wanted(&mail, look->filter) && !look->filter->search));
}

static void take(const look_t *look, const char *id, own_state_t state, json_t *root)
{
    if (is_wanted(look, id, root))
        add(look, id, state, root);
    else
        json_decref(root);
}

static bool lies_in(const look_t *look, const char *folder, const char *id)
{
    static const char *const endings[] = {".json", ".erased"};
    char name[NAME_MAX], path[PATH_MAX];
    cause_t ignored;
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(name, sizeof name, "%s/%s%s", folder, id, endings[i]);
        if (path_join(path, sizeof path, look->node, name, &ignored) == 0 &&
            access(path, F_OK) == 0)
            return true;
    }
    return false;
}

// It waits for officers where the hub has asked for their seals.
static own_state_t state_of(const look_t *look, own_state_t state, const char *id)
{
    return state == OWN_REFUSED && lies_in(look, "waiting", id) ? OWN_HELD : state;
}

// The messages of a folder, below the node's.
static void look_into(const look_t *look, const char *folder, own_state_t state)
{
    char path[PATH_MAX], file[PATH_MAX], id[MESSAGE_ID_MAX];
    names_t names = {0};
    uint64_t number;
    cause_t ignored;
    if (path_join(path, sizeof path, look->node, folder, &ignored) != 0 ||
        names_list(&names, path, ".json", &ignored) != 0)
        return;
    for (size_t i = 0; i < names.n; i++)
        if (mail_name(names.name[i], &number, id) && number == 0 &&
            (!look->only || strcmp(look->only, id) == 0) &&
            path_join(file, sizeof file, path, names.name[i], &ignored) == 0)
            take(look, id, state_of(look, state, id), mail_load(file, &ignored));
    names_free(&names);
}

// state/taken/BATCH/ID.json
static void look_at_taken(const look_t *look)
{
    static const char *const roots[] = {"state/taken", "outbox/.taken"};
    for (size_t r = 0; r < 2; r++) {
        char path[PATH_MAX], below[PATH_MAX];
        names_t batches = {0};
        cause_t ignored;
        if (path_join(path, sizeof path, look->node, roots[r], &ignored) != 0 ||
            names_list(&batches, path, "", &ignored) != 0)
            continue;
        for (size_t i = 0; i < batches.n; i++)
            if (path_join(below, sizeof below, roots[r], batches.name[i], &ignored) == 0)
                look_into(look, below, OWN_WAITING);
        names_free(&batches);
    }
}

static void take_sealed(void *context, const spool_item_t *item)
{
    const look_t *look = context;
    take(look, item->id, OWN_SEALED,
        json_loadb((const char *)item->document.data, item->document.size, 0, NULL));
}

// What is not in the log.
static void look_around(const look_t *look)
{
    look_into(look, "refused", OWN_REFUSED);
    look_into(look, "waiting", OWN_HELD);
    look_into(look, "outbox", OWN_WAITING);
    look_at_taken(look);
    spool_each(look->node, take_sealed, (void *)look);
}

// By id, and of the same id by the state that counts most.
static int by_id(const void *a, const void *b)
{
    const own_t *one = a, *other = b;
    int order = strcmp(one->id, other->id);
    return order ? order : (int)one->state - (int)other->state;
}

static void settle(own_list_t *self, int64_t last)
{
    size_t kept = 0;
    if (self->n > 0)
        qsort(self->item, self->n, sizeof *self->item, by_id);
    for (size_t i = 0; i < self->n; i++)
        if (kept == 0 || strcmp(self->item[kept - 1].id, self->item[i].id) != 0)
            self->item[kept++] = self->item[i];
        else
            json_decref(self->item[i].root);
    self->n = kept;
    size_t most = last > 0 && (size_t)last < kept ? (size_t)last : kept;
    for (size_t i = 0; i < kept - most; i++)
        json_decref(self->item[i].root);
    if (most > 0)
        memmove(self->item, self->item + (kept - most), most * sizeof *self->item);
    self->n = most;
}

// Read off the files, from the newest on.
static void read_files(
    const look_t *look, const char *folder, const names_t *names, int64_t last)
{
    int64_t found = 0;
    for (size_t i = names->n; i > 0 && (last == 0 || found < last); i--) {
        char id[MESSAGE_ID_MAX];
        uint64_t number;
        mail_t mail = {0};
        cause_t ignored;
        if (mail_name(names->name[i - 1], &number, id) &&
            mail_open(&mail, folder, names->name[i - 1], &ignored) == 0 &&
            inbox_wanted(&mail, look->filter)) {
            add(look, id, OWN_SENT, NULL);
            found++;
        }
        mail_close(&mail);
    }
}

static int look_at_sent(
    const look_t *look, inbox_search_t *search, int64_t last, cause_t *why)
{
    char folder[PATH_MAX], id[MESSAGE_ID_MAX];
    names_t names = {0};
    uint64_t number;
    inbox_found_t found = inbox_names(search, look->filter, last, &names, why);
    if (found == INBOX_FAILED ||
        path_join(folder, sizeof folder, look->node, "sent", why) != 0)
        return -1;
    if (found == INBOX_READ) {
        cause_t unread;
        if (mail_names(&names, folder, &unread) != 0) {
            *why = unread;
            return -1;
        }
        read_files(look, folder, &names, last);
    }
    for (size_t i = 0; found == INBOX_NAMED && i < names.n; i++)
        if (mail_name(names.name[i], &number, id))
            add(look, id, OWN_SENT, NULL);
    names_free(&names);
    return 0;
}

// What is sent stands for what was refused or waited of the same id before.
int own_read(own_list_t *self, inbox_search_t *search, const inbox_filter_t *filter,
    int64_t last, cause_t *why)
{
    *self = (own_list_t){0};
    look_t look = {self, search->node, filter, NULL};
    look_around(&look);
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++)
        if (lies_in(&look, "sent", self->item[i].id))
            json_decref(self->item[i].root);
        else
            self->item[kept++] = self->item[i];
    self->n = kept;
    if (look_at_sent(&look, search, last, why) != 0)
        return -1;
    settle(self, last);
    return 0;
}

bool own_find(own_t *self, const char *node, const char *id)
{
    own_list_t list = {0};
    look_t look = {&list, node, NULL, id};
    *self = (own_t){0};
    if (lies_in(&look, "sent", id))
        add(&look, id, OWN_SENT, NULL);
    else
        look_around(&look);
    settle(&list, 0);
    bool found = list.n > 0;
    if (found)
        *self = list.item[0];
    free(list.item);
    return found;
}

int own_open(own_t *self, const char *node, mail_t *mail, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 1];
    *mail = (mail_t){.root = self->root};
    if (self->root) {
        self->root = NULL;
        return 0;
    }
    (void)snprintf(name, sizeof name, "%s.json", self->id);
    return path_join(folder, sizeof folder, node, "sent", why) == 0
               ? mail_open(mail, folder, name, why)
               : -1;
}

void own_close(own_list_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        json_decref(self->item[i].root);
    free(self->item);
    *self = (own_list_t){0};
}
