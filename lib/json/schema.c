// schema - a folder of schema files, and the check of a message against the one of its
// kind.
//
// Files are compiled one after the other, then linked (schema_compile.c).  The set does
// not change afterwards, so that checking needs no lock.

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/json/schema_tree.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 1 << 20,
    DEPTH_MAX = 64,
    FORMAT_VERSION = 1,
    MATCH_STEPS = 100000, // of a pattern; ours take a few dozen
};

static const char VERSION_LINE[] = "dabyl-schemas/v1\n";

enum { NAME_ROOM = 80 };

// Pointers to files are kept by nodes, so the array has its final size from the start.
static schemas_t *set_new(size_t files)
{
    schemas_t *self = memory_new(1, sizeof *self);
    self->arena = arena_new();
    self->file = memory_new(files, sizeof *self->file);
    self->match = pcre2_match_context_create(NULL);
    if (!self->match)
        abort();
    pcre2_set_match_limit(self->match, MATCH_STEPS);
    return self;
}

void schemas_close(schemas_t **self_p)
{
    schemas_t *self = *self_p;
    if (!self)
        return;
    for (const pattern_t *pattern = self->patterns; pattern; pattern = pattern->next)
        pcre2_code_free(pattern->code);
    for (size_t i = 0; i < self->files; i++)
        value_free(&self->file[i].owned);
    pcre2_match_context_free(self->match);
    arena_destroy(&self->arena);
    buf_destroy(&self->text);
    free(self->node);
    free(self->file);
    free(self);
    *self_p = NULL;
}

static int copy(const char *text, char *out, size_t room)
{
    size_t length = strlen(text);
    if (length >= room)
        return -1;
    memcpy(out, text, length + 1);
    return 0;
}

// Compile `json` as the next file of the set.
static int add_file(schemas_t *self, const char *name, const value_t *json, cause_t *why)
{
    schema_file_t *file = &self->file[self->files++];
    const char *id = value_text(value_get(json, "$id"));
    loader_t loader = {self, file, why};
    file->json = json;
    if (copy(name, file->name, sizeof file->name) != 0 ||
        copy(id ? id : "", file->id, sizeof file->id) != 0)
        return cause_set(why, "%s: name or $id too long", name);
    // "#" behind an $id means the same document.
    file->id[strcspn(file->id, "#")] = 0;
    file->first_node = self->nodes;
    file->root = schema_node(&loader, json);
    file->end_node = self->nodes;
    return file->root ? 0 : -1;
}

// A file describes a kind when it fixes the kind, and then it must be its own.
static int find_kind(schema_file_t *file, cause_t *why)
{
    const value_t *fields = value_get(file->json, "properties");
    const value_t *kind = value_get(value_get(fields, "kind"), "const");
    size_t stem = strlen(file->name) - strlen(".json");
    if (!kind)
        return 0;
    if (!value_is(kind, VALUE_STRING) || value_length(kind) != stem ||
        memcmp(value_text(kind), file->name, stem) != 0)
        return cause_set(why, "%s: is for a kind of another name", file->name);
    file->kind = kind;
    file->kind_hash = value_hash(file->name, stem);
    return 0;
}

static value_t *parse(span_t text, const char *name, cause_t *why)
{
    const value_limits_t limits = {.depth = DEPTH_MAX, .values = FILE_MAX};
    value_fault_t fault;
    value_t *json = value_parse(text, &limits, &fault);
    if (json)
        return json;
    size_t line = 1;
    for (size_t i = 0; i < fault.at; i++)
        line += text.data[i] == '\n';
    cause_set(why, "%s:%zu: %s", name, line, fault.what);
    return NULL;
}

static int load_text(schemas_t *self, const char *name, span_t text, cause_t *why)
{
    value_t *json = parse(text, name, why);
    if (!json)
        return -1;
    buf_printf(&self->text, "file %zu %s\n", text.size, name);
    buf_put_span(&self->text, text);
    buf_put_u8(&self->text, '\n');
    self->file[self->files].owned = json;
    if (add_file(self, name, json, why) != 0)
        return -1;
    return find_kind(&self->file[self->files - 1], why);
}

static int load_file(schemas_t *self, const char *folder, const char *name, cause_t *why)
{
    char path[4096];
    buf_t bytes = {0};
    int result = -1;
    if (path_join(path, sizeof path, folder, name, why) == 0 &&
        file_read(path, FILE_MAX, &bytes, why) == 0)
        result = load_text(self, name, buf_span(&bytes), why);
    buf_destroy(&bytes);
    return result;
}

static int load_files(
    schemas_t *self, const char *folder, const names_t *names, cause_t *why)
{
    for (size_t i = 0; i < names->n; i++)
        if (load_file(self, folder, names->name[i], why) != 0)
            return -1;
    return schema_link(self, why);
}

schemas_t *schemas_open(const char *folder, cause_t *why)
{
    names_t names = {0};
    schemas_t *self = NULL;
    if (names_list(&names, folder, ".json", why) != 0)
        goto failed;
    self = set_new(names.n);
    self->bounded = true;
    buf_put_text(&self->text, VERSION_LINE);
    if (names.n == 0)
        cause_set(why, "no schema files");
    else if (load_files(self, folder, &names, why) == 0)
        goto done;
failed:
    cause_prefix(why, "schemas in %s", folder);
    schemas_close(&self);
done:
    names_free(&names);
    return self;
}

span_t schemas_text(const schemas_t *self)
{
    return buf_span(&self->text);
}

// The next "file <size> <name>" and its bytes.
static bool take_file(reader_t *reader, char name[NAME_ROOM], span_t *text)
{
    reader_t line = reader_of(take_field(reader, "file"));
    uint64_t size;
    if (!decimal_decode(take_word(&line), &size) || size > FILE_MAX ||
        !text_copy(take_rest(&line), name, NAME_ROOM))
        return false;
    *text = take_bytes(reader, (size_t)size);
    return take_u8(reader) == '\n' && !reader->bad;
}

static size_t count_files(span_t all)
{
    char name[NAME_ROOM];
    span_t text;
    size_t n = 0;
    reader_t reader = reader_of(all);
    while (!reader.bad && reader.rest.size > 0 && take_file(&reader, name, &text))
        n++;
    return n;
}

schemas_t *schemas_parse(span_t all, cause_t *why)
{
    char name[NAME_ROOM];
    span_t text;
    size_t head = sizeof VERSION_LINE - 1;
    if (all.size < head || memcmp(all.data, VERSION_LINE, head) != 0) {
        reader_t line = reader_of(all);
        (void)edition_line(
            take_line(&line), "dabyl-schemas/v1", "a text of schemas", why);
        return NULL;
    }
    reader_t reader = reader_of(span_of(all.data + head, all.size - head));
    schemas_t *self = set_new(count_files(reader.rest));
    self->bounded = true;
    buf_put_text(&self->text, VERSION_LINE);
    int result = 0;
    while (result == 0 && reader.rest.size > 0)
        result = take_file(&reader, name, &text)
                     ? load_text(self, name, text, why)
                     : cause_set(why, "the text of the schemas breaks off");
    if (result != 0 || schema_link(self, why) != 0)
        schemas_close(&self);
    return self;
}

// A few dozen kinds: comparing their hashes costs less than a table would explain.
const schema_file_t *schema_file_of(const schemas_t *self, const char *kind)
{
    uint32_t hash = value_hash(kind, strlen(kind));
    for (size_t i = 0; i < self->files; i++) {
        const schema_file_t *file = &self->file[i];
        if (file->kind_hash == hash && file->kind &&
            strcmp(value_text(file->kind), kind) == 0)
            return file;
    }
    return NULL;
}

bool schemas_knows(const schemas_t *self, const char *kind)
{
    return schema_file_of(self, kind) != NULL;
}

static const schema_node_t *property(
    const schema_node_t *node, const char *key, size_t length)
{
    for (size_t i = 0; i < node->n; i++)
        if (node->clause[i].keyword->compile == compile_members) {
            const schema_node_t *found = fields_find(&node->clause[i].as.members->fields,
                key, length, value_hash(key, length));
            if (found)
                return found;
        }
    return NULL;
}

// As `pointer` gets shorter with every step down, and schemas on the same value never
// lead back to themselves, this ends.
static bool node_has(const schema_node_t *node, const char *pointer)
{
    size_t length = strcspn(pointer + 1, "/");
    const char *rest = pointer + 1 + length;
    const schema_node_t *inside = property(node, pointer + 1, length);
    if (inside && (*rest == '\0' || node_has(inside, rest)))
        return true;
    for (const schema_edge_t *edge = node->in_place; edge; edge = edge->next)
        if (node_has(edge->to, pointer))
            return true;
    return false;
}

bool schemas_has(const schemas_t *self, const char *kind, const char *pointer)
{
    const schema_file_t *file = schema_file_of(self, kind);
    bool open = strpbrk(pointer, "~0123456789-") != NULL; // an index, or an escape
    return file && (open || node_has(file->root, pointer));
}

static int run_node(const schemas_t *set, const schema_node_t *node, const value_t *value,
    refusal_t *refusal)
{
    schema_run_t run = {.refusal = refusal, .limits = set->match};
    bool accepted = node_accepts(&run, node, value, NULL);
    pcre2_match_data_free(run.match);
    // Whatever the verdict: under a `not`, giving up would have been turned into consent.
    if (run.gave_up)
        return refuse(refusal, "doc.schema", "", "limit steps",
            "a text makes a pattern of the schema take too many steps");
    return accepted ? 0 : -1;
}

static int check_version(const value_t *message, refusal_t *refusal)
{
    const value_t *version = value_get(message, "dabyl");
    if (value_is(version, VALUE_INTEGER) && value_integer(version) == FORMAT_VERSION)
        return 0;
    if (value_is(version, VALUE_INTEGER))
        return refuse(refusal, "doc.version", "/dabyl", "",
            "a message of version %lld, and this program reads version %d",
            (long long)value_integer(version), FORMAT_VERSION);
    return refuse(refusal, "doc.version", "/dabyl", "",
        version ? "expected the format version %d"
                : "missing; expected the format version %d",
        FORMAT_VERSION);
}

int schemas_check(const schemas_t *self, const value_t *message, refusal_t *refusal)
{
    const char *kind = value_text(value_get(message, "kind"));
    if (check_version(message, refusal) != 0)
        return -1;
    const schema_file_t *file = kind ? schema_file_of(self, kind) : NULL;
    if (!file)
        return refuse(refusal, "doc.kind", "/kind", "",
            kind ? "there is no message kind of this name" : "missing, or not a string");
    return run_node(self, file->root, message, refusal);
}

struct schema {
    schemas_t *set; // of one file
};

schema_t *schema_compile(const value_t *schema, cause_t *why)
{
    schema_t *self = memory_new(1, sizeof *self);
    self->set = set_new(1);
    if (add_file(self->set, "schema", schema, why) != 0 ||
        schema_link(self->set, why) != 0)
        schema_free(&self);
    return self;
}

int schema_check(const schema_t *self, const value_t *instance, refusal_t *refusal)
{
    return run_node(self->set, self->set->file[0].root, instance, refusal);
}

void schema_free(schema_t **self_p)
{
    if (*self_p)
        schemas_close(&(*self_p)->set);
    free(*self_p);
    *self_p = NULL;
}
