// mail_since - what became of a message after it was stored: corrected, withdrawn, opened
// by officers, erased by law.  That is noted in the folder of the node and not beside the
// message, which stays as it came.

#include "nodes/inbox/mail.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/inbox/opened.h"

#include <string.h>

static bool take_reference(const json_t *object, reference_t *out)
{
    *out = (reference_t){0};
    return text_copy(
               span_text(mail_text(object, "author")), out->author, sizeof out->author) &&
           text_copy(span_text(mail_text(object, "id")), out->id, sizeof out->id) &&
           out->author[0] && out->id[0];
}

// What it is named by, as far as it says so.
static reference_t name_of(const mail_t *self)
{
    reference_t name = {{0}, {0}};
    (void)text_copy(
        span_text(mail_text(self->root, "from")), name.author, sizeof name.author);
    (void)text_copy(span_text(mail_text(self->root, "id")), name.id, sizeof name.id);
    return name;
}

bool mail_node(const mail_t *self, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s", self->path);
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(out, '/');
        if (!slash)
            return false;
        *slash = 0;
    }
    return true;
}

// "<node>/former/2" is the folder of a log that the node has left.  What has come in the
// successor's log since then is noted in the node's own folder, one up.
static bool leave_former(char node[PATH_MAX])
{
    char *slash = strrchr(node, '/');
    size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;
    static const char former[] = "/former";
    size_t before = sizeof former - 1;
    if (digits == 0 || slash[1 + digits] || (size_t)(slash - node) < before ||
        memcmp(slash - before, former, before) != 0)
        return false;
    *(slash - before) = 0;
    return true;
}

static amended_t amended_since(const char *folder, const reference_t *message)
{
    char node[PATH_MAX];
    amended_t found, later;
    (void)snprintf(node, sizeof node, "%s", folder);
    amended_of(node, message, &found);
    while (leave_former(node)) {
        amended_of(node, found.state == AMENDED_NOT ? message : &found.by, &later);
        if (later.state != AMENDED_NOT)
            found = later;
    }
    return found;
}

amended_t mail_amended(const mail_t *self)
{
    amended_t amended = {AMENDED_NOT, {{0}, {0}}, 0};
    char node[PATH_MAX];
    const reference_t name = name_of(self);
    reference_t cause;
    if (!mail_node(self, node))
        return amended;
    amended = amended_since(node, &name);
    if (amended.state == AMENDED_NOT && mail_text(self->root, "for")[0] &&
        take_reference(
            json_object_get(json_object_get(self->root, "body"), "cause"), &cause))
        amended = amended_since(node, &cause);
    return amended;
}

// Marks stay in the node's own folder, also when it goes over to another log.
static bool own_node(const mail_t *self, char out[PATH_MAX])
{
    if (!mail_node(self, out))
        return false;
    while (leave_former(out))
        ;
    return true;
}

erased_t mail_erased(const mail_t *self)
{
    char node[PATH_MAX];
    const reference_t name = name_of(self);
    if (!own_node(self, node))
        return (erased_t){0};
    return erased_of(node, &name);
}

json_t *mail_opened(const mail_t *self)
{
    char node[PATH_MAX];
    const reference_t name = name_of(self);
    if (!own_node(self, node))
        return json_array();
    return opened_json(node, &name);
}

bool mail_withdraws(const mail_t *self, reference_t *original, amended_as_t *as)
{
    *as = AMENDED_WITHDRAWN;
    if (take_reference(json_object_get(self->root, "cancels"), original))
        return true;
    *as = AMENDED_CORRECTED;
    return take_reference(json_object_get(self->root, "supersedes"), original);
}

bool mail_alarms(const mail_t *self)
{
    reference_t original;
    amended_as_t as;
    bool withdraws = mail_withdraws(self, &original, &as) && as == AMENDED_WITHDRAWN;
    return mail_level(self->root) >= 3 && !withdraws &&
           mail_amended(self).state == AMENDED_NOT;
}

static json_t *reference_json(const reference_t *message)
{
    return json_pack("{s:s, s:s}", "author", message->author, "id", message->id);
}

static void add_amended(const mail_t *self, json_t *object)
{
    reference_t original;
    amended_as_t as;
    amended_t amended = mail_amended(self);
    if (mail_withdraws(self, &original, &as))
        json_object_set_new(object, as == AMENDED_WITHDRAWN ? "cancels" : "supersedes",
            reference_json(&original));
    if (amended.state == AMENDED_NOT)
        return;
    json_t *by = reference_json(&amended.by);
    json_object_set_new(by, "number", json_integer((json_int_t)amended.number));
    json_object_set_new(object,
        amended.state == AMENDED_WITHDRAWN ? "cancelled_by" : "superseded_by", by);
}

// When its text was erased at the hub, and whether it is here.
static void add_erased(const mail_t *self, json_t *object)
{
    char at[TIME_TEXT];
    erased_t erased = mail_erased(self);
    if (!erased.there)
        return;
    time_print(erased.at_ms, at);
    json_object_set_new(object, "erased",
        json_pack("{s:s, s:I, s:b}", "at", at, "position", (json_int_t)erased.position,
            "here", !self->gone));
}

// What came along with it, what did not, and what is remarked of it; where there is any.
static void add_more(const mail_t *self, json_t *object)
{
    json_t *carries = json_array(), *omits = json_array(), *remarks = json_array();
    for (size_t i = 0; i < self->more.n; i++) {
        const route_t *line = &self->more.route[i];
        if (line->type == ROUTE_CARRIES)
            json_array_append_new(
                carries, json_pack("{s:s, s:s}", "author", line->author, "id", line->id));
        else if (line->type == ROUTE_OMITS)
            json_array_append_new(omits, json_pack("{s:s, s:I}", "code", line->code,
                                             "messages", (json_int_t)line->size));
        else if (line->type == ROUTE_REMARK)
            json_array_append_new(remarks, json_string(line->code));
    }
    json_t *const lists[] = {carries, omits, remarks};
    static const char *const names[] = {"carries", "omits", "remarks"};
    for (size_t i = 0; i < 3; i++)
        if (json_array_size(lists[i]) > 0)
            json_object_set(object, names[i], lists[i]);
    for (size_t i = 0; i < 3; i++)
        json_decref(lists[i]);
}

json_t *mail_json(const mail_t *self)
{
    json_t *object = json_pack("{s:I, s:s, s:O}", "number", (json_int_t)self->number,
        "path", self->path, "message", self->root);
    if (self->has_leaf)
        json_object_set_new(
            object, "position", json_integer((json_int_t)self->leaf.position));
    if (self->has_why && self->why.type == ROUTE_CARRIES)
        json_object_set_new(object, "came_with", json_integer((json_int_t)self->number));
    else if (self->has_why) {
        json_object_set_new(object, "rule", json_string(self->why.rule));
        json_object_set_new(object, "cites", json_string(self->why.cites));
    }
    add_more(self, object);
    add_amended(self, object);
    add_erased(self, object);
    return object;
}
