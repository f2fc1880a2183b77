// rules_read - all files are read before any rule of them is, since what the higher act
// says comes first; then one rule after the other, up to the first mistake.

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/rules/rules_inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int check_id(const rules_t *self, const rule_t *rule, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++) {
        const rule_t *other = &self->rule[i];
        if (strcmp(other->id, rule->id) == 0)
            return settings_fail(config_setting_get_member(group, "id"), file, why,
                "rule id '%s' is taken by %s:%u", rule->id, other->path, other->line);
    }
    return 0;
}

static int add_rule(
    rules_t *self, const part_t *part, const config_setting_t *group, cause_t *why)
{
    if (self->n == self->room) {
        self->room = self->room == 0 ? 32 : 2 * self->room;
        self->rule = memory_grow(self->rule, self->room, sizeof *self->rule);
    }
    rule_t *rule = &self->rule[self->n];
    if (rule_read(rule, part->pack, &part->settings, group, why) != 0)
        return -1;
    rule->path = part->path;
    if (check_id(self, rule, &part->settings, group, why) != 0) {
        rule_close(rule);
        return -1;
    }
    self->n++;
    return 0;
}

static int add_rules(rules_t *self, const part_t *part, cause_t *why)
{
    const config_setting_t *root = config_root_setting(&part->settings.config);
    const config_setting_t *list = config_setting_get_member(root, "rules");
    if (list == NULL || !config_setting_is_list(list))
        return cause_set(
            why, "%s: a list rules = ( { ... }, ... ) was expected", part->path);
    for (int i = 0; i < config_setting_length(list); i++)
        if (add_rule(self, part, config_setting_get_elem(list, (unsigned)i), why) != 0)
            return -1;
    return 0;
}

// --------------------------------------------------------------------------------

static part_t *add_part(rules_t *self, const char *path)
{
    self->part = memory_grow(self->part, self->parts + 1, sizeof *self->part);
    part_t *part = &self->part[self->parts++];
    *part = (part_t){.path = memory_text(path)};
    return part;
}

static int name_part(part_t *part, cause_t *why)
{
    const char *slash = strrchr(part->path, '/');
    const char *file = slash ? slash + 1 : part->path;
    if (!text_is_word(span_text(file)) ||
        !text_copy(span_text(file), part->file, sizeof part->file))
        return cause_set(why,
            "%s: a rules file has a name of at most %d bytes without spaces", part->path,
            PACK_FILE_MAX - 1);
    return 0;
}

static int read_pack(part_t *part, cause_t *why)
{
    static const char *const keys[] = {"pack", "rules", NULL};
    const config_setting_t *root = config_root_setting(&part->settings.config);
    if (settings_known(&part->settings, root, keys, why) != 0)
        return -1;
    const config_setting_t *group = config_setting_get_member(root, "pack");
    if (group == NULL)
        return cause_set(why,
            "%s: which act its rules carry out is missing: pack = { instrument = ...; "
            "... };",
            part->path);
    part->pack = pack_read(&part->settings, group, why);
    return part->pack ? 0 : -1;
}

static int parse_part(part_t *part, span_t text, cause_t *why)
{
    part->size = text.size;
    if (settings_parse(&part->settings, part->path, text, why) != 0)
        return -1;
    part->open = true;
    return name_part(part, why) != 0 ? -1 : read_pack(part, why);
}

static int check_instruments(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->parts; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(self->part[i].pack->instrument, self->part[k].pack->instrument) ==
                0)
                return cause_set(why,
                    "%s: its instrument is %s, and so is that of %s: an act has one pack",
                    self->part[i].path, self->part[i].pack->instrument,
                    self->part[k].path);
    return 0;
}

static bool is_before(const part_t *a, const part_t *b)
{
    return a->pack->act != b->pack->act ? a->pack->act < b->pack->act
                                        : strcmp(a->file, b->file) < 0;
}

// By insertion: there are a few.
static void sort_parts(rules_t *self)
{
    for (size_t i = 1; i < self->parts; i++) {
        part_t part = self->part[i];
        size_t at = i;
        for (; at > 0 && is_before(&part, &self->part[at - 1]); at--)
            self->part[at] = self->part[at - 1];
        self->part[at] = part;
    }
}

static void put_text(rules_t *self, part_t *part, const buf_t *bytes)
{
    span_t text = span_of(bytes->data + part->begin, part->size);
    packset_put(&self->text, part->file, text);
    part->begin = self->text.size - text.size;
}

// What stands in the files, in the order of the acts.
static int take_parts(rules_t *self, const char *path, const buf_t *bytes, cause_t *why)
{
    if (check_instruments(self, why) != 0)
        return -1;
    sort_parts(self);
    packset_begin(&self->text);
    for (size_t i = 0; i < self->parts; i++) {
        put_text(self, &self->part[i], bytes);
        if (add_rules(self, &self->part[i], why) != 0)
            return -1;
    }
    if (self->n == 0)
        return cause_set(why, "%s: no rule in it", path);
    rules_index(self);
    return rules_check_whole(self, why);
}

static int add_file(rules_t *self, const char *path, buf_t *bytes, cause_t *why)
{
    size_t begin = bytes->size;
    if (file_read(path, SETTINGS_MAX, bytes, why) != 0)
        return -1;
    part_t *part = add_part(self, path);
    part->begin = begin;
    return parse_part(part, span_of(bytes->data + begin, bytes->size - begin), why);
}

static int add_folder(rules_t *self, const char *folder, buf_t *bytes, cause_t *why)
{
    names_t names = {0};
    int result = names_list(&names, folder, ".rules", why);
    for (size_t i = 0; result == 0 && i < names.n; i++) {
        char path[4096];
        result = path_join(path, sizeof path, folder, names.name[i], why);
        if (result == 0)
            result = add_file(self, path, bytes, why);
    }
    names_free(&names);
    return result;
}

static int add_set(rules_t *self, span_t text, buf_t *bytes, cause_t *why)
{
    char file[PACK_FILE_MAX];
    span_t one;
    int result;
    reader_t first = reader_of(text);
    if (!packset_open(text, &text))
        return edition_line(
            take_line(&first), "dabyl-packs/v1", "the text of packs of rules", why);
    while ((result = packset_next(&text, file, &one, why)) == 1) {
        part_t *part = add_part(self, file);
        part->begin = bytes->size;
        buf_put_span(bytes, one);
        if (parse_part(part, one, why) != 0)
            return -1;
    }
    return result;
}

static rules_t *opened(
    rules_t *self, int result, const char *path, buf_t *bytes, cause_t *why)
{
    if (result != 0 || take_parts(self, path, bytes, why) != 0)
        rules_close(&self);
    buf_destroy(bytes);
    return self;
}

static int add_path(rules_t *self, const char *path, buf_t *bytes, cause_t *why)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return add_folder(self, path, bytes, why);
    buf_t text = {0};
    span_t rest;
    int result = file_read(path, RULES_MAX, &text, why);
    if (result == 0)
        result = packset_open(buf_span(&text), &rest)
                     ? add_set(self, buf_span(&text), bytes, why)
                     : add_file(self, path, bytes, why);
    buf_destroy(&text);
    return result;
}

rules_t *rules_open(const char *path, cause_t *why)
{
    rules_t *self = memory_new(1, sizeof *self);
    buf_t bytes = {0};
    return opened(self, add_path(self, path, &bytes, why), path, &bytes, why);
}

rules_t *rules_open_all(const char *const *path, size_t n, cause_t *why)
{
    rules_t *self = memory_new(1, sizeof *self);
    buf_t bytes = {0};
    int result = 0;
    for (size_t i = 0; result == 0 && i < n; i++)
        result = add_path(self, path[i], &bytes, why);
    return opened(self, result, n > 0 ? path[0] : "", &bytes, why);
}

rules_t *rules_parse(const char *name, span_t text, cause_t *why)
{
    rules_t *self = memory_new(1, sizeof *self);
    buf_t bytes = {0};
    buf_put_span(&bytes, text);
    return opened(self, parse_part(add_part(self, name), text, why), name, &bytes, why);
}

rules_t *rules_recall(span_t text, cause_t *why)
{
    rules_t *self = memory_new(1, sizeof *self);
    buf_t bytes = {0};
    return opened(self, add_set(self, text, &bytes, why), "rules", &bytes, why);
}

static void close_part(part_t *part)
{
    if (part->open)
        settings_close(&part->settings);
    pack_close(&part->pack);
    free(part->path);
}

void rules_close(rules_t **self_p)
{
    rules_t *self = *self_p;
    *self_p = NULL;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->n; i++)
        rule_close(&self->rule[i]);
    for (size_t i = 0; i < self->parts; i++)
        close_part(&self->part[i]);
    buf_destroy(&self->text);
    free(self->part);
    free(self->kind);
    free(self->rule);
    free(self);
}
