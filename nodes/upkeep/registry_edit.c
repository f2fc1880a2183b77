// registry_edit - a scanner that knows strings, comments and brackets finds where each
// entry of a list stands; what it says is libconfig's to tell.

#include "nodes/upkeep/registry_edit.h"

#include "lib/base/catalogue.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"

#include <stdio.h>
#include <string.h>

static const char *const lists[] = {"organisations", "objects"};
static const char *const keys[] = {"code", "id"};
static const char *const languages[] = {"kk", "ru", "en"};

// --------------------------------------------------------------------------------
// What entries say.

static void take(const config_setting_t *group, const char *name, char *out, size_t room)
{
    const char *text = NULL;
    out[0] = 0;
    if (config_setting_lookup_string(group, name, &text))
        (void)text_copy(span_text(text), out, room);
}

static void take_entry(registry_entry_t *out, const config_setting_t *group)
{
    int in_scope = 1;
    take(group, keys[out->kind], out->key, sizeof out->key);
    const config_setting_t *names = config_setting_get_member(group, "name");
    for (size_t i = 0; names && i < 3; i++)
        take(names, languages[i], out->name[i], sizeof out->name[i]);
    take(group, "sector", out->sector, sizeof out->sector);
    take(group, "owner", out->owner, sizeof out->owner);
    take(group, "isoc", out->isoc, sizeof out->isoc);
    (void)config_setting_lookup_bool(group, "in_scope", &in_scope);
    out->outside = !in_scope;
}

static int look(registry_entry_t *out, span_t text, registry_kind_t kind, size_t *at,
    const char *key, cause_t *why)
{
    settings_t file;
    int result = 0;
    if (settings_parse(&file, "registry.conf", text, why) != 0)
        return -1;
    const config_setting_t *root = config_root_setting(&file.config);
    const config_setting_t *list = config_setting_get_member(root, lists[kind]);
    size_t n = list ? (size_t)config_setting_length(list) : 0;
    for (size_t i = key ? 0 : *at; i < n && result == 0; i++) {
        *out = (registry_entry_t){.kind = kind};
        take_entry(out, config_setting_get_elem(list, (unsigned)i));
        if (key && strcmp(out->key, key) != 0)
            continue;
        *at = i;
        result = 1;
    }
    settings_close(&file);
    return result;
}

int registry_entry_at(
    registry_entry_t *out, span_t text, registry_kind_t kind, size_t i, cause_t *why)
{
    return look(out, text, kind, &i, NULL, why);
}

int registry_entry_find(registry_entry_t *out, span_t text, registry_kind_t kind,
    const char *key, size_t *at, cause_t *why)
{
    return look(out, text, kind, at, key, why);
}

// --------------------------------------------------------------------------------
// Where they stand.

typedef struct {
    span_t text;
    size_t at;
    bool comment; // one was passed
} scan_t;

static char peek(const scan_t *self, size_t more)
{
    size_t at = self->at + more;
    return at < self->text.size ? (char)self->text.data[at] : '\0';
}

static void pass_until(scan_t *self, const char *end)
{
    size_t length = strlen(end);
    while (self->at < self->text.size &&
           (self->text.size - self->at < length ||
               memcmp(self->text.data + self->at, end, length) != 0))
        self->at++;
    if (self->at < self->text.size)
        self->at += length;
}

static void pass_string(scan_t *self)
{
    for (self->at++; self->at < self->text.size && peek(self, 0) != '"'; self->at++)
        if (peek(self, 0) == '\\')
            self->at++;
    self->at++;
}

// The next character that is neither in a comment nor in a string; '"' for a string,
// which is passed; 0 at the end.  It stays to be passed, but for the string.
static char next(scan_t *self)
{
    while (self->at < self->text.size) {
        char c = peek(self, 0);
        if (c == '#' || (c == '/' && peek(self, 1) == '/')) {
            self->comment = true;
            pass_until(self, "\n");
        } else if (c == '/' && peek(self, 1) == '*') {
            self->comment = true;
            pass_until(self, "*/");
        } else if (c == '"') {
            pass_string(self);
            return c;
        } else if (strchr(" \t\r\n\f", c)) {
            self->at++;
        } else
            return c;
    }
    return '\0';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || c == '*';
}

static span_t take_name(scan_t *self)
{
    size_t from = self->at;
    while (is_word(peek(self, 0)))
        self->at++;
    return span_of(self->text.data + from, self->at - from);
}

// Behind the bracket that closes what opens here.
static bool pass_group(scan_t *self)
{
    size_t depth = 0;
    for (;;) {
        char c = next(self);
        if (c == '\0')
            return false;
        if (c == '"')
            continue;
        self->at++;
        depth += c == '{' || c == '(' || c == '[';
        depth -= (c == '}' || c == ')' || c == ']') && depth > 0;
        if (depth == 0 && (c == '}' || c == ')' || c == ']'))
            return true;
    }
}

// Behind "(" of the list.
static bool find_list(scan_t *self, const char *name)
{
    char c;
    while ((c = next(self)) != '\0') {
        if (is_word(c)) {
            bool ours = span_is(take_name(self), name);
            c = next(self);
            if (!ours || (c != '=' && c != ':'))
                continue;
            self->at++;
            if (next(self) != '(')
                return false;
            self->at++;
            return true;
        }
        if (c == '(' || c == '{' || c == '[') {
            if (!pass_group(self))
                return false;
        } else if (c != '"')
            self->at++;
    }
    return false;
}

// Of an entry: from its "{" to behind its "}"; and where its list ends.
typedef struct {
    size_t n; // entries of the list
    size_t from, to, close;
    size_t last;  // behind the last entry, or behind "("
    size_t comma; // the comma behind the entry, or before it; 0: none
    bool comment; // in the entry
} place_t;

static bool find_place(span_t text, registry_kind_t kind, size_t wanted, place_t *place)
{
    scan_t scan = {.text = text};
    size_t comma = 0;
    *place = (place_t){0};
    if (!find_list(&scan, lists[kind]))
        return false;
    place->last = scan.at;
    for (;;) {
        char c = next(&scan);
        if (c == ')') {
            place->close = scan.at;
            return true;
        }
        if (c == ',') {
            comma = scan.at++;
            if (place->n == wanted + 1)
                place->comma = comma;
            continue;
        }
        if (c != '{')
            return false;
        size_t from = scan.at;
        scan.comment = false;
        if (!pass_group(&scan))
            return false;
        place->last = scan.at;
        if (place->n++ == wanted) {
            place->from = from;
            place->to = scan.at;
            place->comment = scan.comment;
            place->comma = comma;
        }
    }
}

static int cannot(cause_t *why)
{
    return cause_set(why, "%s",
        say("the file is written in a way that only a person can change; edit it, then "
            "`dabyl hub reload`"));
}

// --------------------------------------------------------------------------------
// Written anew.

static void put_text(buf_t *out, const char *text)
{
    buf_put_text(out, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_put_text(out, "\\");
        buf_put(out, text, 1);
    }
    buf_put_text(out, "\"");
}

static void put_field(buf_t *out, const char *indent, const char *name, const char *text)
{
    if (!text[0])
        return;
    buf_printf(out, "%s%s = ", indent, name);
    put_text(out, text);
    buf_put_text(out, ";\n");
}

static void put_entry(buf_t *out, const registry_entry_t *entry)
{
    static const char in[] = "        ", deeper[] = "            ";
    buf_put_text(out, "{\n");
    put_field(out, in, keys[entry->kind], entry->key);
    if (entry->kind == REGISTRY_ORGANISATION) {
        buf_printf(out, "%sname = {\n", in);
        for (size_t i = 0; i < 3; i++)
            put_field(out, deeper, languages[i], entry->name[i]);
        buf_printf(out, "%s};\n", in);
    } else {
        put_field(out, in, "sector", entry->sector);
        put_field(out, in, "owner", entry->owner);
        put_field(out, in, "isoc", entry->isoc);
        if (entry->outside)
            buf_printf(out, "%sin_scope = false;\n", in);
    }
    buf_put_text(out, "    }");
}

int registry_edit_add(
    span_t text, const registry_entry_t *entry, buf_t *out, cause_t *why)
{
    place_t place;
    if (!find_place(text, entry->kind, SIZE_MAX - 1, &place))
        return cannot(why);
    buf_put(out, text.data, place.last);
    buf_put_text(out, place.n > 0 ? ",\n    " : "\n    ");
    put_entry(out, entry);
    if (place.n == 0)
        buf_put_text(out, "\n");
    buf_put(out, text.data + place.last, text.size - place.last);
    return 0;
}

int registry_edit_change(span_t text, size_t at, const registry_entry_t *entry,
    bool *comments, buf_t *out, cause_t *why)
{
    place_t place;
    if (!find_place(text, entry->kind, at, &place) || place.to == 0)
        return cannot(why);
    *comments = place.comment;
    buf_put(out, text.data, place.from);
    put_entry(out, entry);
    buf_put(out, text.data + place.to, text.size - place.to);
    return 0;
}

// With the blanks before it, and the comma that would be left over.
int registry_edit_remove(span_t text, registry_kind_t kind, size_t at, bool *comments,
    buf_t *out, cause_t *why)
{
    place_t place;
    if (!find_place(text, kind, at, &place) || place.to == 0)
        return cannot(why);
    *comments = place.comment;
    size_t from = place.from, to = place.to;
    while (from > 0 && strchr(" \t\n\r", text.data[from - 1]))
        from--;
    if (place.comma >= to) { // behind it
        buf_put(out, text.data, from);
        buf_put(out, text.data + to, place.comma - to);
        buf_put(out, text.data + place.comma + 1, text.size - place.comma - 1);
    } else if (place.comma > 0) { // before it
        buf_put(out, text.data, place.comma);
        buf_put(out, text.data + place.comma + 1, from - place.comma - 1);
        buf_put(out, text.data + to, text.size - to);
    } else {
        buf_put(out, text.data, from);
        buf_put(out, text.data + to, text.size - to);
    }
    return 0;
}
