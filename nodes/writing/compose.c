// compose - the document is a tree of jansson, since it is changed; schemas look at a
// copy of it.

#include "nodes/writing/compose.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/json/value_json.h"
#include "nodes/inbox/mail.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_MAX = 1000 };

void compose_begin(compose_t *self, const form_t *form, const char *node, int64_t now_ms)
{
    *self = (compose_t){form, node, now_ms,
        json_pack("{s:i, s:s, s:{}}", "dabyl", 1, "kind", form->kind, "body")};
}

void compose_end(compose_t *self)
{
    json_decref(self->document);
    *self = (compose_t){0};
}

// What is typed

static json_t *read_number(const char *text, cause_t *why)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (!errno && end != text && !*end)
        return json_integer(number);
    (void)cause_set(why, say("a whole number is wanted, not '%s'"), text);
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

bool compose_yes(const char *text)
{
    static const char *const yes[] = {
        "yes", "y", "true", "да", "Да", "д", "иә", "Иә", "ия", "и", "1", "Y", NULL};
    return is_one_of(text, yes);
}

static json_t *read_truth(const char *text, cause_t *why)
{
    static const char *const no[] = {
        "no", "n", "false", "нет", "Нет", "н", "жоқ", "Жоқ", "ж", "0", "N", NULL};
    if (compose_yes(text))
        return json_true();
    if (is_one_of(text, no))
        return json_false();
    (void)cause_set(why, say("yes or no is wanted, not '%s'"), text);
    return NULL;
}

// "now", "+2 h", "-30 min".
static bool read_from_now(const char *text, int64_t now_ms, int64_t *ms)
{
    char span[32];
    size_t digits;
    *ms = now_ms;
    if (strcmp(text, "now") == 0 || strcmp(text, "сейчас") == 0 ||
        strcmp(text, "қазір") == 0)
        return true;
    if (text[0] != '+' && text[0] != '-')
        return false;
    digits = strspn(text + 1, "0123456789");
    const char *unit = text + 1 + digits + strspn(text + 1 + digits, " ");
    if ((size_t)snprintf(span, sizeof span, "%.*s %s", (int)digits, text + 1, unit) >=
            sizeof span ||
        !duration_parse(span, ms))
        return false;
    *ms = text[0] == '+' ? moment_after(now_ms, *ms) : now_ms - *ms;
    return true;
}

static json_t *read_moment(const char *text, int64_t now_ms, cause_t *why)
{
    int64_t ms;
    char printed[TIME_TEXT];
    if (time_parse(span_text(text), &ms))
        return json_string(text);
    if (read_from_now(text, now_ms, &ms)) {
        time_print(ms, printed);
        return json_string(printed);
    }
    (void)cause_set(why,
        say("'%s' is no moment: write 2026-11-22T16:39:00+05:00 with its zone, now, or "
            "+2 h"),
        text);
    return NULL;
}

static json_t *name_of(const mail_t *mail)
{
    return json_pack("{s:s, s:s}", "author", mail_text(mail->root, "from"), "id",
        mail_text(mail->root, "id"));
}

// AUTHOR/ID, or a message of this node's inbox or sent messages by number or id.
static json_t *read_reference(
    const compose_t *self, const blank_t *blank, const char *text, cause_t *why)
{
    const char *slash = strchr(text, '/');
    mail_t mail;
    json_t *found = NULL;
    if (slash)
        return json_pack(
            "{s:s%, s:s}", "author", text, (size_t)(slash - text), "id", slash + 1);
    if (!self->node) {
        (void)cause_set(why,
            say("there is no node here to look for message %s: write AUTHOR/ID"), text);
        return NULL;
    }
    if (mail_open_here(&mail, self->node, text, why) == 0) {
        json_t *incident = json_object_get(mail.root, "incident");
        // Any message of a thread leads to what the thread began with.
        found = strcmp(blank->pointer, "/incident") == 0 && json_is_object(incident)
                    ? json_incref(incident)
                    : name_of(&mail);
    }
    mail_close(&mail);
    return found;
}

// The word of the list, or its number in it.
static const char *choose(const blank_t *blank, const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    value_each(value, blank->among)
    {
        if (value_text(value) && strcmp(value_text(value), text) == 0)
            return text;
    }
    if (end == text || *end || number == 0 || number > value_count(blank->among))
        return text;
    const char *chosen = value_text(value_item(blank->among, number - 1));
    return chosen ? chosen : text;
}

static bool is_digest(const char *text)
{
    return strlen(text) == HASH_HEX - 1 &&
           strspn(text, "0123456789abcdef") == HASH_HEX - 1;
}

static bool wants_digest(const blank_t *blank)
{
    const char *end = strstr(blank->pointer, "_sha256");
    return end && !end[strlen("_sha256")];
}

// Of a message that this node has, by its number or id.
static json_t *read_digest(const compose_t *self, const char *text, cause_t *why)
{
    mail_t mail;
    buf_t bytes = {0};
    hash_t hash;
    char hex[HASH_HEX];
    json_t *digest = NULL;
    if (mail_open_here(&mail, self->node, text, why) == 0 &&
        file_read_plain(mail.path, MAIL_SIZE_MAX, &bytes, why) == 0) {
        sha256(buf_span(&bytes), &hash);
        hex_encode(hash.bytes, sizeof hash.bytes, hex);
        digest = json_string(hex);
    }
    mail_close(&mail);
    buf_destroy(&bytes);
    return digest;
}

static json_t *read_text(
    const compose_t *self, const blank_t *blank, const char *text, cause_t *why)
{
    if (self->node && wants_digest(blank) && !is_digest(text))
        return read_digest(self, text, why);
    json_t *value = json_string(choose(blank, text));
    if (!value)
        (void)cause_set(why, "%s", say("this is not UTF-8 text"));
    return value;
}

static json_t *read_value(
    const compose_t *self, const blank_t *blank, const char *text, cause_t *why)
{
    switch (blank->type) {
    case BLANK_NUMBER:
        return read_number(text, why);
    case BLANK_TRUTH:
        return read_truth(text, why);
    case BLANK_MOMENT:
        return read_moment(text, self->now_ms, why);
    case BLANK_REFERENCE:
        return read_reference(self, blank, text, why);
    case BLANK_TEXT:
        break;
    }
    return read_text(self, blank, text, why);
}

// Whether the schema takes this value at this place, as far as it can be seen alone.
static int check_value(
    const compose_t *self, const blank_t *blank, const json_t *value, cause_t *why)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const value_limits_t limits = {.depth = 4, .values = 16};
    value_fault_t fault;
    value_t *read = text ? value_parse(span_text(text), &limits, &fault) : NULL;
    bool taken = read && schemas_accept(
                             self->form->schemas, self->form->kind, blank->pointer, read);
    if (!taken && blank->has_minimum && blank->has_maximum)
        (void)cause_set(why, say("%s is not from %lld to %lld"), text ? text : "",
            (long long)blank->minimum, (long long)blank->maximum);
    else if (!taken)
        (void)cause_set(why, say("%s cannot stand here"), text ? text : "");
    value_free(&read);
    free(text);
    return taken ? 0 : -1;
}

// Where it goes

// The member or item behind one step of the pointer, made when it is not there.
static json_t *step(json_t *at, const char *name, size_t length, bool list)
{
    json_t *inside = json_object_getn(at, name, length);
    if (inside)
        return inside;
    inside = list ? json_array() : json_object();
    return json_object_setn_new(at, name, length, inside) == 0 ? inside : NULL;
}

// The item to write `name` into: the one that is named, or else the last one, unless that
// has it already.
static json_t *item_of(json_t *list, long item, const char *name, cause_t *why)
{
    size_t n = json_array_size(list);
    json_t *last = n ? json_array_get(list, n - 1) : NULL;
    size_t at = item >= 0 ? (size_t)item : n - (n > 0);
    if (item < 0 && last && json_object_get(last, name))
        at = n;
    if (at > n || at >= ITEMS_MAX) {
        (void)cause_set(why, say("there is no item %zu before it"), at);
        return NULL;
    }
    if (at == n && json_array_append_new(list, json_object()) != 0)
        return NULL;
    return json_array_get(list, at);
}

static int put_item(json_t *list, long item, json_t *value, cause_t *why)
{
    size_t n = json_array_size(list), at = item >= 0 ? (size_t)item : n;
    if (at > n || at >= ITEMS_MAX)
        return cause_set(why, say("there is no item %zu before it"), at);
    return at == n ? json_array_append(list, value) : json_array_set(list, at, value);
}

static bool is_dash(const char *pointer, size_t length)
{
    return length == 1 && pointer[0] == '-';
}

static int put(
    compose_t *self, const blank_t *blank, long item, json_t *value, cause_t *why)
{
    json_t *at = self->document;
    const char *pointer = blank->pointer;
    while (at && *pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        const char *rest = pointer + length;
        bool into_list = strncmp(rest, "/-", 2) == 0 && (!rest[2] || rest[2] == '/');
        if (is_dash(pointer, length) && !*rest)
            return put_item(at, item, value, why);
        if (is_dash(pointer, length))
            at = item_of(at, item, rest + 1, why);
        else if (!*rest)
            return json_object_setn(at, pointer, length, value);
        else
            at = step(at, pointer, length, into_list);
        pointer = rest;
    }
    return -1;
}

int compose_set(
    compose_t *self, const blank_t *blank, long item, const char *text, cause_t *why)
{
    json_t *value = read_value(self, blank, text, why);
    int result = value ? check_value(self, blank, value, why) : -1;
    if (result == 0) {
        (void)cause_set(why, "%s", say("this is not UTF-8 text"));
        result = put(self, blank, item, value, why);
    }
    json_decref(value);
    return result;
}

static const json_t *value_at_pointer(const json_t *at, const char *pointer)
{
    while (at && *pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        at = json_object_getn(at, pointer, length);
        pointer += length;
    }
    return at;
}

// What the blank's own last step is a member of; NULL where nothing is.
static json_t *holder(const compose_t *self, const char *pointer, char last[64])
{
    char path[BLANK_POINTER];
    json_t *at = self->document;
    (void)snprintf(path, sizeof path, "%s", pointer);
    char *dash = strstr(path, "/-");
    if (dash)
        *dash = 0; // of a list, the whole list
    char *slash = strrchr(path, '/');
    (void)snprintf(last, 64, "%s", slash + 1);
    *slash = 0;
    for (char *step = path; at && *step;) {
        char *name = step + 1;
        step = name + strcspn(name, "/");
        at = json_object_getn(at, name, (size_t)(step - name));
    }
    return at;
}

void compose_clear(compose_t *self, const blank_t *blank)
{
    char last[64];
    json_t *at = holder(self, blank->pointer, last);
    if (at)
        (void)json_object_del(at, last);
}

bool compose_has(const compose_t *self, const blank_t *blank)
{
    char last[64];
    json_t *at = holder(self, blank->pointer, last);
    const char *after = strstr(blank->pointer, "/-/");
    const json_t *there = json_object_get(at, last);
    if (blank->tongue)
        return json_object_size(at) > 0;
    if (after && json_array_size(there) > 0)
        return value_at_pointer(json_array_get(there, 0), after + 2) != NULL;
    return there && (!json_is_array(there) || json_array_size(there) > 0);
}

// What goes without saying

static void set_missing(json_t *document, const char *key, json_t *value)
{
    if (!json_object_get(document, key))
        (void)json_object_set(document, key, value);
}

static void copy_missing(compose_t *self, const char *pointer, const json_t *from)
{
    const json_t *value = value_at_pointer(from, pointer);
    json_t *at = self->document;
    if (!value || value_at_pointer(at, pointer))
        return;
    for (const char *rest = pointer; at && *rest;) {
        size_t length = strcspn(++rest, "/");
        if (!rest[length])
            (void)json_object_setn(at, rest, length, (json_t *)value);
        else
            at = step(at, rest, length, false);
        rest += length;
    }
}

// What a rule wants to be the same in both is taken from the other.
static void agree(compose_t *self, const require_t *require, const mail_t *with)
{
    const agreement_t *agreement = &require->agreement;
    cause_t ignored;
    char number[MESSAGE_ID_MAX];
    for (size_t i = 0; i < agreement->same; i++)
        copy_missing(self, agreement->same_at[i], with->root);
    const blank_t *digest =
        agreement->digest_at[0] ? form_at(self->form, agreement->digest_at) : NULL;
    (void)snprintf(number, sizeof number, "%s", mail_text(with->root, "id"));
    if (digest && !compose_has(self, digest))
        (void)compose_set(self, digest, -1, number, &ignored);
}

static bool is_about(const json_t *message, const json_t *subject)
{
    return json_equal(json_object_get(message, "re"), (json_t *)subject);
}

// The newest message of the inbox of this kind that answers the same.
static bool find_latest(
    const compose_t *self, const char *kind, const json_t *subject, mail_t *mail)
{
    enum { NEWEST = 1000 };
    char folder[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    bool found = false;
    *mail = (mail_t){0};
    if (path_join(folder, sizeof folder, self->node, "inbox", &ignored) != 0 ||
        mail_names(&names, folder, &ignored) < 0)
        return false;
    for (size_t i = names.n; i > 0 && names.n - i < NEWEST && !found; i--) {
        mail_close(mail);
        found = mail_open(mail, folder, names.name[i - 1], &ignored) == 0 &&
                strcmp(mail_text(mail->root, "kind"), kind) == 0 &&
                is_about(mail->root, subject);
    }
    names_free(&names);
    if (!found)
        mail_close(mail);
    return found;
}

static void agree_with_rule(
    compose_t *self, const rule_t *rule, const json_t *re, const mail_t *answered)
{
    mail_t latest;
    for (size_t i = 0; i < rule->requires; i++) {
        const require_t *require = &rule->require[i];
        if (require->of != REFER_RE || !agreement_asks(&require->agreement))
            continue;
        if (require->type == REQUIRE_KIND)
            agree(self, require, answered);
        else if (require->type == REQUIRE_LATEST &&
                 find_latest(self, require->kind, re, &latest)) {
            agree(self, require, &latest);
            mail_close(&latest);
        }
    }
}

// The message of this node that the document names under a key; its author is the one
// that is named.
static bool open_named(const compose_t *self, const char *key, mail_t *mail)
{
    cause_t ignored;
    const json_t *name = json_object_get(self->document, key);
    const char *id = mail_text(name, "id");
    if (!self->node || !id[0] || mail_open_here(mail, self->node, id, &ignored) != 0)
        return false;
    if (strcmp(mail_text(mail->root, "from"), mail_text(name, "author")) == 0)
        return true;
    mail_close(mail);
    return false;
}

// Only whom it names may have a TLP:RED message: here whoever is answered.
static void address(compose_t *self, const json_t *answered)
{
    if (strcmp(mail_text(self->document, "marking"), "TLP:RED") != 0 ||
        json_object_get(self->document, "to"))
        return;
    (void)json_object_set_new(
        self->document, "to", json_pack("[s]", mail_text(answered, "from")));
}

static void take_nature(compose_t *self, const json_t *answered)
{
    static const char *const keys[] = {"status", "exercise", "marking", NULL};
    for (size_t i = 0; keys[i]; i++) {
        json_t *value = json_object_get(answered, keys[i]);
        if (value)
            set_missing(self->document, keys[i], value);
    }
    json_t *incident = json_object_get(answered, "incident");
    if (incident && form_at(self->form, "/incident"))
        set_missing(self->document, "incident", incident);
}

static void follow_answered(compose_t *self, const mail_t *answered)
{
    const json_t *re = json_object_get(self->document, "re");
    take_nature(self, answered->root);
    address(self, answered->root);
    for (size_t i = 0; i < rules_count(self->form->rules); i++) {
        const rule_t *rule = rules_at(self->form->rules, i);
        if (form_counts(self->form, rule))
            agree_with_rule(self, rule, re, answered);
    }
}

void compose_follow(compose_t *self)
{
    mail_t mail;
    if (open_named(self, "re", &mail))
        follow_answered(self, &mail);
    else if (open_named(self, "incident", &mail))
        take_nature(self, mail.root);
    else
        return;
    mail_close(&mail);
}

void compose_usual(compose_t *self)
{
    compose_follow(self);
    json_t *status = json_string("actual");
    json_t *marking = json_string(form_marking(self->form));
    set_missing(self->document, "status", status);
    set_missing(self->document, "marking", marking);
    json_decref(status);
    json_decref(marking);
}

int compose_check(const compose_t *self, refusal_t *refusal)
{
    json_t *whole = json_copy(self->document); // one level is enough: nothing is changed
    char now[TIME_TEXT], id[37];
    *refusal = (refusal_t){0};
    time_print(self->now_ms, now);
    uuid7_new(self->now_ms, id);
    (void)json_object_set_new(whole, "id", json_string(id));
    (void)json_object_set_new(whole, "from", json_string("node"));
    (void)json_object_set_new(whole, "sent", json_string(now));
    (void)json_object_set_new(
        whole, "nonce", json_string("00000000000000000000000000000000"));
    char *text = json_dumps(whole, JSON_COMPACT | JSON_REAL_PRECISION(15));
    const value_limits_t limits = {.depth = 64, .values = 1 << 20};
    value_fault_t fault;
    value_t *root = text ? value_parse(span_text(text), &limits, &fault) : NULL;
    int result = root ? schemas_check(self->form->schemas, root, refusal)
                      : refuse(refusal, "doc.syntax", "", "", "this is not UTF-8 text");
    value_free(&root);
    free(text);
    json_decref(whole);
    return result;
}
