// find - nothing that a request says becomes a path: names that are there are compared
// with it.  While there is no catalogue, folders are looked through, and of a large one
// what is newest.

#include "web/api/find.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "nodes/inbox/former.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_keeper.h"
#include "web/api/row.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS = 1000,    // for what has just come to be in the catalogue
    LOOK_MOST = 4000,  // files of a folder, without a catalogue
    BEHIND_MOST = 400, // of one whose catalogue may lack the newest
    SAME_MOST = 64,    // copies of one message, or others of its id
};

struct find {
    const web_t *web;
    mail_index_t *index; // NULL: there is none
    bool current;        // what it does not have is not there
};

static const char *const boxes[] = {"inbox", "carried", "sent"};

find_t *find_open(const web_t *web)
{
    cause_t ignored;
    find_t *self = memory_new(1, sizeof *self);
    self->web = web;
    if (web->index)
        self->index = index_keeper_open(web->index, WAIT_MS, &self->current, &ignored);
    return self;
}

void find_close(find_t **self_p)
{
    find_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    bool damaged = self->index && mail_index_damaged(self->index);
    mail_index_close(&self->index);
    if (damaged)
        index_keeper_damaged(self->web->index);
    free(self);
}

// --- one message -----------------------------------------------------------------------

// What a person names: an id, or a number of the inbox.
typedef struct {
    const char *author, *id;
    uint64_t number; // 0: it is an id
} wanted_t;

// What there is of that name so far.
typedef struct {
    mail_t *mail;
    const char *box; // NULL: nothing
    bool several, unreadable;
} taken_t;

static bool read_wanted(const char *author, const char *text, wanted_t *out)
{
    span_t digits = span_text(text[0] == '#' ? text + 1 : text);
    *out = (wanted_t){author, text, 0};
    if (uuid7_valid(span_text(text)))
        return true;
    return digits.size <= 12 && decimal_decode(digits, &out->number) && out->number > 0;
}

static bool names_it(const wanted_t *wanted, const char *file)
{
    uint64_t number;
    char id[MESSAGE_ID_MAX];
    if (!mail_name(file, &number, id))
        return false;
    return wanted->number ? number == wanted->number : strcmp(id, wanted->id) == 0;
}

// Of the same author it is the same message in another folder: the first counts.
static void take(taken_t *self, const char *folder, const char *name, const char *box,
    const wanted_t *wanted, cause_t *why)
{
    mail_t mail = {0};
    if (mail_open(&mail, folder, name, why) != 0) {
        self->unreadable |= !mail_gone(folder, name);
        mail_close(&mail);
        return;
    }
    const char *author = mail_text(mail.root, "from");
    bool wants = !wanted->author[0] || strcmp(author, wanted->author) == 0;
    if (wants && !self->box) {
        *self->mail = mail;
        self->box = box;
        return;
    }
    bool same = wants && strcmp(mail_text(self->mail->root, "from"), author) == 0;
    self->several |= wants && !same;
    if (same && strcmp(box, boxes[0]) == 0 && strcmp(self->box, box) != 0) {
        mail_t other = *self->mail; // it came along before it was delivered
        *self->mail = mail;
        mail = other;
        self->box = box;
    }
    mail_close(&mail);
}

static void look_in(taken_t *self, const char *node, const char *box,
    const wanted_t *wanted, cause_t *why)
{
    char folder[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    if (path_join(folder, sizeof folder, node, box, &ignored) != 0 ||
        names_list(&names, folder, ".json", &ignored) != 0)
        return; // a node that has sent nothing yet has no such folder
    for (size_t i = 0; i < names.n; i++)
        if (names_it(wanted, names.name[i]))
            take(self, folder, names.name[i], box, wanted, why);
    names_free(&names);
}

static void look_in_all(
    taken_t *self, const char *node, const wanted_t *wanted, cause_t *why)
{
    // A number is of the inbox.
    for (size_t i = 0; i < (wanted->number ? 1 : 3); i++)
        look_in(self, node, boxes[i], wanted, why);
}

static void look_up(find_t *self, taken_t *taken, const wanted_t *wanted, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 8];
    cause_t ignored;
    index_query_t query = {.number = wanted->number};
    if (!wanted->number)
        query.id = wanted->id;
    query.folder[INDEX_INBOX] = true;
    query.folder[INDEX_CARRIED] = query.folder[INDEX_SENT] = !wanted->number;
    index_found_t *found =
        self->index ? index_find(self->index, &query, SAME_MOST, &ignored) : NULL;
    while (found && index_found_next(found, &ignored) == 1) {
        const char *box = index_folder_name(index_found_folder(found));
        (void)snprintf(name, sizeof name, "%.200s.json", index_found_stem(found));
        if (path_join(folder, sizeof folder, self->web->node, box, &ignored) == 0 &&
            names_it(wanted, name))
            take(taken, folder, name, box, wanted, why);
    }
    index_found_close(&found);
}

static void look_in_former(
    const find_t *self, taken_t *taken, const wanted_t *wanted, cause_t *why)
{
    char node[PATH_MAX];
    for (int n = wanted->number ? 0 : former_last(self->web->node); n > 0 && !taken->box;
         n--) {
        former_nth(self->web->node, n, node);
        look_in_all(taken, node, wanted, why);
    }
}

found_t find_mail(find_t *self, const char *author, const char *text, mail_t *mail,
    const char **box, cause_t *why)
{
    wanted_t wanted;
    taken_t taken = {.mail = mail};
    *mail = (mail_t){0};
    if (!read_wanted(author, text, &wanted))
        return FOUND_NONE;
    look_up(self, &taken, &wanted, why);
    if (!taken.box && !taken.unreadable && !self->current)
        look_in_all(&taken, self->web->node, &wanted, why);
    if (!taken.box && !taken.unreadable)
        look_in_former(self, &taken, &wanted, why);
    *box = taken.box;
    if (!taken.box)
        return taken.unreadable ? FOUND_UNREADABLE : FOUND_NONE;
    if (!taken.several)
        return FOUND;
    mail_close(mail);
    return FOUND_SEVERAL;
}

// --- many ------------------------------------------------------------------------------

typedef struct {
    const find_query_t *query;
    find_visit_t *visit;
    void *context;
    json_t *names; // of those that were visited
    size_t left;
    bool enough;
} walk_t;

static bool about(const json_t *root, const reference_t *thread)
{
    static const char *const fields[] = {
        "incident", "re", "cancels", "supersedes", "under"};
    reference_t name;
    if (row_name(root, &name) && reference_same(&name, thread))
        return true;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (row_reference(json_object_get(root, fields[i]), &name) &&
            reference_same(&name, thread))
            return true;
    return row_reference(
               json_object_get(json_object_get(root, "body"), "cause"), &name) &&
           reference_same(&name, thread);
}

static bool fits(const mail_t *mail, const find_query_t *query)
{
    return (!query->kind || strcmp(mail_text(mail->root, "kind"), query->kind) == 0) &&
           (!query->level || mail_level(mail->root) >= query->level) &&
           (!query->feed || mail_in_feed(mail, query->feed, NULL)) &&
           (!query->came_with || mail->number == query->came_with) &&
           (!query->thread || about(mail->root, query->thread));
}

// Whether it is the first of this name; one without a name is nobody's copy.
static bool is_new(walk_t *self, const json_t *root)
{
    char key[NODE_ID_MAX + MESSAGE_ID_MAX + 1];
    reference_t name;
    if (!row_name(root, &name))
        return true;
    (void)snprintf(key, sizeof key, "%s/%s", name.author, name.id);
    if (json_object_get(self->names, key))
        return false;
    json_object_set_new(self->names, key, json_true());
    return true;
}

static void visit_file(
    walk_t *self, const char *folder, const char *name, const char *box, bool looks)
{
    mail_t mail = {0};
    cause_t ignored;
    if (mail_open(&mail, folder, name, &ignored) == 0 &&
        (!looks || fits(&mail, self->query)) && is_new(self, mail.root)) {
        self->enough = !self->visit(self->context, &mail, box) || --self->left == 0;
    }
    mail_close(&mail);
}

static bool looks_into(const find_query_t *query, const char *box)
{
    if (query->came_with)
        return strcmp(box, "carried") == 0;
    return !query->inbox_only || strcmp(box, "inbox") == 0;
}

static void each_of_folder(walk_t *self, const char *node, const char *box, size_t most)
{
    char folder[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    if (path_join(folder, sizeof folder, node, box, &ignored) != 0 ||
        names_list(&names, folder, ".json", &ignored) != 0)
        return;
    size_t last = names.n > most ? names.n - most : 0;
    for (size_t i = names.n; i-- > last && !self->enough;)
        visit_file(self, folder, names.name[i], box, true);
    names_free(&names);
}

static void each_found(walk_t *self, const char *node, index_found_t *found)
{
    char folder[PATH_MAX], name[NAME_MAX + 8];
    cause_t ignored;
    while (!self->enough && index_found_next(found, &ignored) == 1) {
        const char *box = index_folder_name(index_found_folder(found));
        (void)snprintf(name, sizeof name, "%.200s.json", index_found_stem(found));
        if (path_join(folder, sizeof folder, node, box, &ignored) == 0)
            visit_file(self, folder, name, box, false);
    }
}

// NULL: there is no catalogue that can be asked.
static index_found_t *ask(find_t *self, const find_query_t *query)
{
    cause_t ignored;
    index_query_t asked = {.kind = query->kind,
        .level = query->level,
        .feed = query->feed,
        .thread = query->thread,
        .number = query->came_with};
    for (index_folder_t i = INDEX_INBOX; i < INDEX_FOLDERS; i++)
        asked.folder[i] = looks_into(query, index_folder_name(i));
    return self->index ? index_find(self->index, &asked, query->most, &ignored) : NULL;
}

static void each_of_folders(find_t *self, walk_t *walk, size_t most)
{
    for (size_t i = 0; i < 3 && !walk->enough; i++)
        if (looks_into(walk->query, boxes[i]))
            each_of_folder(walk, self->web->node, boxes[i], most);
}

void find_each(
    find_t *self, const find_query_t *query, find_visit_t *visit, void *context)
{
    walk_t walk = {query, visit, context, json_object(), query->most, false};
    index_found_t *found = ask(self, query);
    // An alarm that the catalogue cannot take in (the disk is full) is seen all the same.
    if (found && !self->current)
        each_of_folders(self, &walk, BEHIND_MOST);
    if (found)
        each_found(&walk, self->web->node, found);
    index_found_close(&found);
    // What was found until the catalogue failed is not told twice.
    if (!self->index || mail_index_damaged(self->index))
        each_of_folders(self, &walk, LOOK_MOST);
    json_decref(walk.names);
}
