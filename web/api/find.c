// find - by the folders themselves.  Nothing that a request says becomes a path: names
// that are there are compared with it.

#include "web/api/find.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/inbox/former.h"
#include "web/api/row.h"

#include <limits.h>
#include <string.h>

enum { LOOK_MOST = 4000 }; // files of a folder, where the whole is not asked for

// What a person names: an id, or a number of the inbox.
typedef struct {
    const char *author, *id;
    uint64_t number; // 0: it is an id
} wanted_t;

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

// One that is there already, of the same author, is the same message in another folder.
static found_t take(const char *folder, const char *name, const wanted_t *wanted,
    mail_t *found, bool *taken, cause_t *why)
{
    mail_t mail = {0};
    if (mail_open(&mail, folder, name, why) != 0) {
        mail_close(&mail);
        return mail_gone(folder, name) ? FOUND_NONE : FOUND_UNREADABLE;
    }
    const char *author = mail_text(mail.root, "from");
    bool wants = !wanted->author[0] || strcmp(author, wanted->author) == 0;
    bool other = *taken && strcmp(mail_text(found->root, "from"), author) != 0;
    if (wants && !*taken) {
        *found = mail;
        *taken = true;
        return FOUND;
    }
    mail_close(&mail);
    return wants && other ? FOUND_SEVERAL : FOUND_NONE;
}

static found_t look_in(const char *node, const char *box, const wanted_t *wanted,
    mail_t *mail, bool *taken, cause_t *why)
{
    char folder[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    found_t found = FOUND_NONE;
    if (path_join(folder, sizeof folder, node, box, &ignored) != 0 ||
        names_list(&names, folder, ".json", &ignored) != 0)
        return FOUND_NONE; // a node that has sent nothing yet has no such folder
    for (size_t i = 0; i < names.n && found != FOUND_SEVERAL; i++)
        if (names_it(wanted, names.name[i])) {
            found_t one = take(folder, names.name[i], wanted, mail, taken, why);
            found = one == FOUND_NONE ? found : one;
        }
    names_free(&names);
    return found;
}

found_t find_mail(const web_t *web, const char *author, const char *text, mail_t *mail,
    const char **box, cause_t *why)
{
    static const char *const boxes[] = {"inbox", "carried", "sent"};
    wanted_t wanted;
    bool taken = false;
    found_t found = FOUND_NONE;
    *mail = (mail_t){0};
    if (!read_wanted(author, text, &wanted))
        return FOUND_NONE;
    // A number is of the inbox of this log.
    int logs = wanted.number ? 0 : former_last(web->node);
    for (int log = logs; log >= 0 && found != FOUND_SEVERAL; log--) {
        char node[PATH_MAX];
        (void)snprintf(node, sizeof node, "%s", web->node);
        if (log < logs)
            former_nth(web->node, log + 1, node);
        for (size_t i = 0; i < (wanted.number ? 1 : 3) && found != FOUND_SEVERAL; i++) {
            bool before = taken;
            found_t one = look_in(node, boxes[i], &wanted, mail, &taken, why);
            if (taken && !before)
                *box = boxes[i];
            found = one == FOUND_NONE ? found : one;
        }
    }
    if (found == FOUND_SEVERAL)
        mail_close(mail);
    return taken && found != FOUND_SEVERAL ? FOUND : found;
}

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

static bool each_of(const web_t *web, const char *box, const find_query_t *query,
    find_visit_t *visit, void *context, size_t *left)
{
    char folder[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    bool more = true;
    if (path_join(folder, sizeof folder, web->node, box, &ignored) != 0 ||
        names_list(&names, folder, ".json", &ignored) != 0)
        return true;
    size_t last = names.n > LOOK_MOST ? names.n - LOOK_MOST : 0;
    for (size_t i = names.n; i-- > last && more && *left > 0;) {
        mail_t mail = {0};
        if (mail_open(&mail, folder, names.name[i], &ignored) == 0 &&
            fits(&mail, query)) {
            more = visit(context, &mail, box);
            --*left;
        }
        mail_close(&mail);
    }
    names_free(&names);
    return more;
}

int find_each(const web_t *web, const find_query_t *query, find_visit_t *visit,
    void *context, cause_t *why)
{
    size_t left = query->most ? query->most : SIZE_MAX;
    (void)why;
    if (query->came_with) {
        (void)each_of(web, "carried", query, visit, context, &left);
        return 0;
    }
    if (each_of(web, "inbox", query, visit, context, &left) && !query->inbox_only &&
        each_of(web, "carried", query, visit, context, &left))
        (void)each_of(web, "sent", query, visit, context, &left);
    return 0;
}
