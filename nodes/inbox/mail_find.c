// mail_find - which file of a folder, which message of a node is meant by a number, an id
// or a piece of one.

#include "lib/base/catalogue.h"
#include "nodes/inbox/mail.h"

#include "lib/base/times.h"
#include "nodes/inbox/former.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// `document` is the name that it has or had.
static bool is_wanted(const char *name, const char *wanted, uint64_t wanted_number,
    char document[NAME_MAX + 1])
{
    uint64_t number;
    char id[MESSAGE_ID_MAX];
    if (!mail_listed(name, &number, id, document))
        return false;
    return strcmp(id, wanted) == 0 || (number > 0 && number == wanted_number);
}

typedef struct {
    const char *wanted;
    uint64_t number;
    char *name;
    bool found;
} search_t;

static void look_at(void *context, int folder, const char *name)
{
    (void)folder;
    search_t *search = context;
    char document[NAME_MAX + 1];
    if (search->found || !is_wanted(name, search->wanted, search->number, document))
        return;
    (void)snprintf(search->name, NAME_MAX + 1, "%s", document);
    search->found = true;
}

// Where names have no numbers it lies under its own; there may be very many others.
static bool lies_there(int folder, const char *wanted, char name[NAME_MAX + 1])
{
    if (!uuid7_valid(span_text(wanted)))
        return false;
    static const char *const endings[] = {".erased", ".json"};
    bool there = false;
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(name, NAME_MAX + 1, "%s%s", wanted, endings[i]);
        there |= faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    }
    return there;
}

int mail_find(
    const char *folder, const char *wanted, char name[NAME_MAX + 1], cause_t *why)
{
    search_t search = {wanted, 0, name, false};
    span_t digits = span_text(wanted[0] == '#' ? wanted + 1 : wanted);
    int fd = folder_open(folder, why);
    if (fd < 0)
        return -1;
    if (!decimal_decode(digits, &search.number))
        search.number = 0;
    int result = 0;
    if (!lies_there(fd, wanted, name)) {
        errno = 0;
        if (folder_each(fd, look_at, &search) != 0 && !search.found)
            result = cause_errno(why, "%s", folder);
        else if (!search.found)
            result = cause_set(why, "%s: no message %s here", folder, wanted);
    }
    (void)close(fd);
    return result;
}

static const char *const folders_of[][4] = {
    [MAIL_HERE] = {"inbox", "carried", "sent", NULL},
    [MAIL_HAD] = {"inbox", "carried", NULL},
    [MAIL_OWN] = {"sent", "outbox", "refused", NULL},
    [MAIL_WAITING] = {"waiting", NULL},
};

static void look_into(pick_t *pick, const char *node, mail_among_t among)
{
    char folder[PATH_MAX];
    cause_t ignored;
    for (size_t i = 0; folders_of[among][i]; i++)
        if (path_join(folder, sizeof folder, node, folders_of[among][i], &ignored) == 0)
            pick_look(pick, folder);
}

// A number of the inbox is no piece of an id, also where it could be one.
static bool is_number(const char *node, mail_among_t among, const char *wanted)
{
    char folder[PATH_MAX], name[NAME_MAX + 1];
    uint64_t number;
    cause_t ignored;
    return (among == MAIL_HERE || among == MAIL_HAD) &&
           decimal_decode(span_text(wanted), &number) &&
           path_join(folder, sizeof folder, node, "inbox", &ignored) == 0 &&
           mail_find(folder, wanted, name, &ignored) == 0;
}

static int blame_several(const pick_t *pick, size_t n, const char *wanted, cause_t *why)
{
    return cause_set(why,
        say("'%s' begins or ends the ids of %zu messages, the newest are %s and %s; type "
            "more of it"),
        wanted, n, pick_id(pick, n - 1), pick_id(pick, n - 2));
}

const char *mail_meant(const char *node, mail_among_t among, const char *wanted,
    char id[MESSAGE_ID_MAX], pick_t *several, cause_t *why)
{
    char former[PATH_MAX];
    pick_t pick;
    const char *meant = wanted;
    if (!pick_is_piece(wanted) || is_number(node, among, wanted))
        return wanted;
    pick_begin(&pick, wanted);
    look_into(&pick, node, among);
    for (int n = among == MAIL_HERE ? former_last(node) : 0; n > 0; n--) {
        former_nth(node, n, former);
        look_into(&pick, former, among);
    }
    size_t n = pick_count(&pick);
    if (n == 1)
        meant = memcpy(id, pick_id(&pick, 0), MESSAGE_ID_MAX);
    else if (n > 1) {
        (void)blame_several(&pick, n, wanted, why);
        meant = NULL;
    }
    if (several && n > 1)
        *several = pick;
    else
        pick_close(&pick);
    return meant;
}

// -1 when there is none, or it cannot be read; `found` tells which.
static int open_in(mail_t *self, const char *node, mail_among_t among, const char *wanted,
    bool *found, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 1];
    for (size_t i = 0; folders_of[among][i] && !*found; i++)
        *found = path_join(folder, sizeof folder, node, folders_of[among][i], why) == 0 &&
                 mail_find(folder, wanted, name, why) == 0;
    return *found ? mail_open(self, folder, name, why) : -1;
}

static int open_whole(mail_t *self, const char *node, const char *wanted, cause_t *why)
{
    char former[PATH_MAX];
    cause_t ignored;
    bool found = false;
    // The last one's complaint is shown, of a folder that every node has.
    int result = open_in(self, node, MAIL_HERE, wanted, &found, why);
    // A number is of this log's inbox; an id may be of one that the node has left.
    for (int n = uuid7_valid(span_text(wanted)) ? former_last(node) : 0; n > 0 && !found;
         n--) {
        former_nth(node, n, former);
        result = open_in(self, former, MAIL_HERE, wanted, &found, found ? why : &ignored);
    }
    if (!found)
        *self = (mail_t){0};
    return result;
}

int mail_open_here(mail_t *self, const char *node, const char *wanted, cause_t *why)
{
    char id[MESSAGE_ID_MAX];
    const char *meant = mail_meant(node, MAIL_HERE, wanted, id, NULL, why);
    *self = (mail_t){0};
    return meant ? open_whole(self, node, meant, why) : -1;
}

int mail_open_among(
    mail_t *self, const char *node, mail_among_t among, const char *wanted, cause_t *why)
{
    cause_t first = {""};
    bool found = false;
    char folder[PATH_MAX], name[NAME_MAX + 1], id[MESSAGE_ID_MAX];
    const char *meant = mail_meant(node, among, wanted, id, NULL, why);
    *self = (mail_t){0};
    // The complaint is about the folder where people look.
    if (!meant || path_join(folder, sizeof folder, node, folders_of[among][0], why) != 0)
        return -1;
    (void)mail_find(folder, meant, name, &first);
    int result = open_in(self, node, among, meant, &found, why);
    if (!found)
        *why = first;
    return result;
}
