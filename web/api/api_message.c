// api_message - one message whole: what it says, who made it, why it is here, who has it,
// what may be done about it.

#include "nodes/inbox/opened.h"
#include "nodes/inbox/routes.h"
#include "nodes/tools/named.h"
#include "web/api/api.h"
#include "web/api/evidence.h"
#include "web/api/find.h"
#include "web/api/reached.h"
#include "web/api/row.h"
#include "web/desk/fields.h"
#include "web/desk/form_json.h"
#include "web/desk/may.h"
#include "web/keys.h"
#include "web/law.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CARRIED_MOST = 200 };

// The message that the request names; false: it was answered that there is none.
static bool find_asked(find_t *self, const request_t *request, mail_t *mail,
    const char **box, reply_t *reply)
{
    cause_t why = {""};
    found_t found = find_mail(self, request_query(request, "author"),
        request_step(request, 0), mail, box, &why);
    if (found != FOUND)
        api_not_found(reply, found, &why);
    return found == FOUND;
}

static bool find_once(const web_t *web, const request_t *request, mail_t *mail,
    const char **box, reply_t *reply)
{
    find_t *find = find_open(web);
    bool found = find_asked(find, request, mail, box, reply);
    find_close(&find);
    return found;
}

static void stem_of(const mail_t *mail, char stem[PATH_MAX])
{
    (void)snprintf(
        stem, PATH_MAX, "%.*s", (int)(strlen(mail->path) - strlen(".json")), mail->path);
}

static void add_text(json_t *object, const mail_t *mail)
{
    char digest[HASH_HEX];
    hash_t hash;
    buf_t text = {0};
    if (mail_beside(mail, ".json", &text) == 0) {
        sha256(buf_span(&text), &hash);
        hex_encode(hash.bytes, sizeof hash.bytes, digest);
        json_object_set_new(object, "digest", json_string(digest));
        // NULL, and so null, where it is no UTF-8.
        json_t *exact = json_stringn((const char *)text.data, text.size);
        json_object_set_new(object, "text", exact ? exact : json_null());
    } else if (mail->gone) {
        hex_encode(mail->leaf.document.bytes, sizeof hash.bytes, digest);
        json_object_set_new(object, "digest", json_string(digest));
        json_object_set_new(object, "text", json_null());
    }
    buf_destroy(&text);
}

static void add_law(const web_t *web, const mail_t *mail, bool stands, json_t *object)
{
    cause_t ignored;
    const law_copy_t *law = web_law_take(web->law, &ignored);
    const may_subject_t subject = {mail->root, web->name, web->role, stands};
    json_object_set_new(
        object, "fields", fields_json(law ? law->schemas : NULL, mail->root));
    json_object_set_new(object, "title",
        law ? form_json_title(law->schemas, mail_text(mail->root, "kind")) : json_null());
    json_object_set_new(object, "may", law ? may_json(law, &subject) : json_array());
    web_law_give(web->law, &law);
}

static void add_proof(const web_t *web, const mail_t *mail, json_t *object)
{
    char stem[PATH_MAX];
    buf_t seal = {0};
    stem_of(mail, stem);
    (void)mail_beside(mail, ".seal", &seal);
    json_object_set_new(object, "signatures",
        web_keys_signers(web->keys, buf_span(&seal),
            mail->has_leaf ? mail->leaf.time_ms : clock_now().wall_ms));
    json_object_set_new(object, "proof", web_keys_proof(web->keys, stem));
    buf_destroy(&seal);
}

static json_t *why_json(const mail_t *mail)
{
    if (!mail->has_why)
        return json_null();
    if (mail->why.type == ROUTE_CARRIES)
        return json_pack("{s:I}", "came_with", (json_int_t)mail->number);
    return json_pack("{s:s, s:s}", "rule", mail->why.rule, "cites", mail->why.cites);
}

// What came along with it, what did not, what is remarked of it: as mail_json has them.
static void add_more(const mail_t *mail, json_t *object)
{
    static const char *const lists[] = {"carries", "omits", "remarks"};
    json_t *all = mail_json(mail);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_t *list = json_object_get(all, lists[i]);
        json_object_set_new(object, lists[i], list ? json_incref(list) : json_array());
    }
    json_decref(all);
}

typedef struct {
    const web_t *web;
    json_t *rows;
} came_t;

static bool add_row(void *context, const mail_t *mail, const char *box)
{
    came_t *self = context;
    json_array_append_new(self->rows, row_json(self->web, mail, box));
    return true;
}

// The older messages that came along with this one.
static json_t *carried_json(
    const web_t *web, find_t *self, const mail_t *mail, const char *box)
{
    came_t came = {web, json_array()};
    const find_query_t query = {.came_with = mail->number, .most = CARRIED_MOST};
    if (mail->number && strcmp(box, "inbox") == 0)
        find_each(self, &query, add_row, &came);
    return came.rows;
}

static json_t *told_json(const mail_t *mail)
{
    buf_t text = {0};
    cause_t ignored;
    json_t *routes = mail_beside(mail, ".told", &text) == 0
                         ? routes_json(buf_span(&text), &ignored)
                         : NULL;
    buf_destroy(&text);
    return routes;
}

static void add_receivers(web_t *web, const mail_t *mail, json_t *object)
{
    cause_t ignored;
    reference_t name;
    json_t *routes = told_json(mail), *timeline = NULL;
    if (row_name(mail->root, &name))
        timeline = api_ask(web, "incident",
            json_pack("{s:s, s:s}", "author", name.author, "id", name.id), &ignored);
    json_object_set_new(object, "receivers", reached_json(routes, timeline, &name));
    json_object_set_new(object, "receivers_known", json_boolean(timeline));
    json_t *thread = json_object_get(timeline, "incident");
    json_object_set(
        object, "thread", thread ? thread : json_object_get(object, "incident"));
    json_object_set_new(object, "told", routes ? routes : json_null());
    json_decref(timeline);
}

// How many bytes of it have come so far.
static json_int_t come_so_far(const web_t *web, const named_file_t *file)
{
    char folder[PATH_MAX];
    cause_t ignored;
    names_t names = {0};
    json_int_t bytes = 0;
    if (path_join(folder, sizeof folder, web->node, "attachments/coming", &ignored) !=
            0 ||
        names_list(&names, folder, "", &ignored) != 0)
        return 0;
    for (size_t i = 0; i < names.n; i++) {
        char path[PATH_MAX];
        struct stat info;
        if (strncmp(names.name[i], file->digest, HASH_HEX - 1) == 0 &&
            path_join(path, sizeof path, folder, names.name[i], &ignored) == 0 &&
            stat(path, &info) == 0)
            bytes = info.st_size;
    }
    names_free(&names);
    return bytes;
}

static json_t *file_json(const web_t *web, const named_t *named, const named_file_t *file)
{
    const char *state = named_state(named, file);
    json_int_t done = strcmp(state, "fetched") == 0  ? (json_int_t)file->size
                      : strcmp(state, "wanted") == 0 ? come_so_far(web, file)
                                                     : 0;
    return json_pack("{s:s, s:I, s:s, s:s, s:I}", "name", file->name, "size",
        (json_int_t)file->size, "sha256", file->digest, "state", state, "done", done);
}

// Takes the message over.
static void add_attachments(web_t *web, mail_t *mail, json_t *object)
{
    cause_t ignored;
    json_t *list = json_array();
    named_t *named = calloc(1, sizeof *named);
    if (!named)
        abort();
    if (named_take(named, web->node, mail, &ignored) == 0 && named->n > 0) {
        json_t *answer = api_ask(web, "attachments", named_question(named), &ignored);
        named_answered(named, answer);
        json_decref(answer);
    }
    for (size_t i = 0; i < named->n; i++)
        json_array_append_new(list, file_json(web, named, &named->file[i]));
    json_object_set_new(object, "attachments", list);
    named_close(named);
    free(named);
}

static void answer_message(web_t *web, const request_t *request, reply_t *reply)
{
    mail_t mail;
    const char *box;
    find_t *find = find_open(web);
    if (!find_asked(find, request, &mail, &box, reply)) {
        find_close(&find);
        return;
    }
    json_t *object = row_json(web, &mail, box);
    json_object_set(object, "document", mail.root);
    add_text(object, &mail);
    add_law(web, &mail, row_stands(object), object);
    json_object_set_new(object, "why", why_json(&mail));
    add_proof(web, &mail, object);
    add_more(&mail, object);
    json_object_set_new(object, "carried", carried_json(web, find, &mail, box));
    find_close(&find);
    add_receivers(web, &mail, object);
    add_attachments(web, &mail, object);
    mail_close(&mail);
    reply_json(reply, object);
}

static void answer_opened(web_t *web, const request_t *request, reply_t *reply)
{
    mail_t mail;
    const char *box;
    reference_t name;
    cause_t why;
    if (!find_once(web, request, &mail, &box, reply))
        return;
    if (!row_name(mail.root, &name))
        reply_error(reply, 404, "absent", "the message has no name that can be kept");
    else if (opened_note(web->node, &name, request_person(request)->name,
                 request_now_ms(request), &why) != 0)
        reply_failed(reply, &why);
    else {
        reply_json(reply, json_pack("{s:o}", "opened", opened_json(web->node, &name)));
        web_changed(web, "opened");
    }
    mail_close(&mail);
}

static void answer_files(web_t *web, const request_t *request, reply_t *reply)
{
    mail_t mail;
    const char *box;
    char name[MESSAGE_ID_MAX + 16];
    buf_t tar = {0};
    cause_t why;
    if (!find_once(web, request, &mail, &box, reply))
        return;
    (void)snprintf(name, sizeof name, "dabyl-%.36s.tar", mail_text(mail.root, "id"));
    if (evidence_tar(web, &mail, &tar, &why) == 0)
        reply_bytes(reply, "application/x-tar", name, &tar);
    else
        reply_failed(reply, &why);
    buf_destroy(&tar);
    mail_close(&mail);
}

const web_route_t api_message[] = {
    {METHOD_GET, "/api/messages/*", BODY_NONE, answer_message},
    {METHOD_POST, "/api/messages/*/opened", BODY_NONE, answer_opened},
    {METHOD_GET, "/api/messages/*/files.tar", BODY_NONE, answer_files},
    {0, NULL, BODY_NONE, NULL},
};
