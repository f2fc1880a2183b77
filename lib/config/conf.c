// conf - walk the file's settings, and put each where its option says.
//
// Every option is first given its preset, then the file's settings replace them; an
// option that has no preset and got no setting is what is missing.

#include "lib/config/conf.h"

#include "lib/base/memory.h"
#include "lib/config/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const conf_option_t *table;
    settings_t file;
    char *out;
    bool *given; // one per option
} conf_t;

// A relative path is taken from the configuration's folder; "" stays "" (not configured).
static char *resolve(const char *conf_path, const char *path)
{
    const char *slash = strrchr(conf_path, '/');
    if (path[0] == '/' || path[0] == '\0' || slash == NULL)
        return memory_text(path);
    size_t room = (size_t)(slash - conf_path) + strlen(path) + 2;
    char *whole = memory_new(room, 1);
    (void)snprintf(whole, room, "%.*s/%s", (int)(slash - conf_path), conf_path, path);
    return whole;
}

static void texts_free(texts_t *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->text[i]);
    free(texts->text);
    *texts = (texts_t){0};
}

static void texts_add(texts_t *texts, const char *text, size_t size)
{
    texts->text = memory_grow(texts->text, texts->n + 1, sizeof *texts->text);
    texts->text[texts->n++] = memory_words(text, size);
}

static void texts_split(texts_t *texts, const char *words)
{
    for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
        size_t size = strcspn(words, " ");
        texts_add(texts, words, size);
        words += size;
    }
}

static void set_text(char **field, char *text)
{
    free(*field);
    *field = text;
}

static void set_preset(const conf_option_t *option, const char *conf_path, char *out)
{
    void *field = out + option->offset;
    const char *preset = option->preset == NULL ? "" : option->preset;
    switch (option->type) {
    case CONF_NUMBER:
        *(int64_t *)field = strtoll(preset, NULL, 10);
        break;
    case CONF_FLAG:
        *(bool *)field = strcmp(preset, "true") == 0;
        break;
    case CONF_TEXT:
        set_text(field, memory_text(preset));
        break;
    case CONF_PATH:
        set_text(field, resolve(conf_path, preset));
        break;
    case CONF_TEXTS:
        texts_split(field, preset);
        break;
    }
}

static int set_number(const conf_t *self, const conf_option_t *option,
    const config_setting_t *setting, cause_t *why)
{
    int type = config_setting_type(setting);
    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
        return settings_fail(setting, &self->file, why, "%s must be a whole number (%s)",
            option->key, option->help);
    int64_t value = config_setting_get_int64(setting);
    if (value < option->low || value > option->high)
        return settings_fail(setting, &self->file, why,
            "%s is %" PRId64 " and must be from %" PRId64 " to %" PRId64 " (%s)",
            option->key, value, option->low, option->high, option->help);
    *(int64_t *)(void *)(self->out + option->offset) = value;
    return 0;
}

static int set_string(const conf_t *self, const conf_option_t *option,
    const config_setting_t *setting, cause_t *why)
{
    const char *text = config_setting_get_string(setting);
    if (text == NULL)
        return settings_fail(setting, &self->file, why,
            "%s must be a text in quotes (%s)", option->key, option->help);
    if (text[0] == '\0' && option->preset == NULL)
        return settings_fail(
            setting, &self->file, why, "%s is empty (%s)", option->key, option->help);
    set_text((char **)(void *)(self->out + option->offset),
        option->type == CONF_PATH ? resolve(self->file.path, text) : memory_text(text));
    return 0;
}

static int set_flag(const conf_t *self, const conf_option_t *option,
    const config_setting_t *setting, cause_t *why)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return settings_fail(setting, &self->file, why, "%s must be true or false (%s)",
            option->key, option->help);
    *(bool *)(void *)(self->out + option->offset) = config_setting_get_bool(setting) != 0;
    return 0;
}

static int set_texts(const conf_t *self, const conf_option_t *option,
    const config_setting_t *setting, cause_t *why)
{
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return settings_fail(setting, &self->file, why,
            "%s must be a list of texts [ \"...\", ... ] (%s)", option->key,
            option->help);
    texts_t *texts = (texts_t *)(void *)(self->out + option->offset);
    texts_free(texts);
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
        const char *text = config_setting_get_string(element);
        if (text == NULL || text[0] == '\0')
            return settings_fail(element, &self->file, why,
                "%s must hold texts in quotes only (%s)", option->key, option->help);
        texts_add(texts, text, strlen(text));
    }
    if (texts->n == 0 && option->preset == NULL)
        return settings_fail(
            setting, &self->file, why, "%s is empty (%s)", option->key, option->help);
    return 0;
}

static int set_option(const conf_t *self, const conf_option_t *option,
    const config_setting_t *setting, cause_t *why)
{
    switch (option->type) {
    case CONF_NUMBER:
        return set_number(self, option, setting, why);
    case CONF_FLAG:
        return set_flag(self, option, setting, why);
    case CONF_TEXTS:
        return set_texts(self, option, setting, why);
    case CONF_TEXT:
    case CONF_PATH:
        break;
    }
    return set_string(self, option, setting, why);
}

// Whether some option lies inside the group `key`.
static bool is_group(const conf_option_t *table, const char *key)
{
    size_t size = strlen(key);
    for (; table->key != NULL; table++)
        if (strncmp(table->key, key, size) == 0 && table->key[size] == '.')
            return true;
    return false;
}

// No option lies deeper than a few groups, so the recursion is bounded by the table.
static int walk(
    conf_t *self, const config_setting_t *group, const char *prefix, cause_t *why)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        char key[256];
        (void)snprintf(key, sizeof key, "%s%.100s", prefix, config_setting_name(setting));
        size_t k = 0;
        while (self->table[k].key != NULL && strcmp(self->table[k].key, key) != 0)
            k++;
        int result = 0;
        if (self->table[k].key != NULL) {
            self->given[k] = true;
            result = set_option(self, &self->table[k], setting, why);
        } else if (!is_group(self->table, key)) {
            result = settings_fail(setting, &self->file, why, "unknown key '%s'", key);
        } else if (!config_setting_is_group(setting)) {
            result = settings_fail(
                setting, &self->file, why, "%s must be a group { ... }", key);
        } else {
            (void)strcat(key, ".");
            result = walk(self, setting, key, why);
        }
        if (result != 0)
            return -1;
    }
    return 0;
}

static int check_missing(const conf_t *self, cause_t *why)
{
    for (size_t k = 0; self->table[k].key != NULL; k++)
        if (self->table[k].preset == NULL && !self->given[k])
            return cause_set(why, "%s: %s is missing (%s)", self->file.path,
                self->table[k].key, self->table[k].help);
    return 0;
}

int conf_read(const conf_option_t *table, const char *path, void *out, cause_t *why)
{
    size_t options = 0;
    while (table[options].key != NULL)
        options++;
    conf_t self = {.table = table, .out = out};
    buf_t text = {0};
    int result = settings_read(&self.file, path, &text, why);
    buf_destroy(&text);
    if (result != 0)
        return -1;
    self.given = memory_new(options, sizeof *self.given);
    for (size_t k = 0; k < options; k++) { // what `out` held before is nobody's
        if (table[k].type == CONF_TEXTS)
            *(texts_t *)(void *)(self.out + table[k].offset) = (texts_t){0};
        else if (table[k].type == CONF_TEXT || table[k].type == CONF_PATH)
            *(char **)(void *)(self.out + table[k].offset) = NULL;
        set_preset(&table[k], path, out);
    }
    result = walk(&self, config_root_setting(&self.file.config), "", why);
    if (result == 0)
        result = check_missing(&self, why);
    if (result != 0)
        conf_free(table, out);
    settings_close(&self.file);
    free(self.given);
    return result;
}

void conf_free(const conf_option_t *table, void *out)
{
    for (; table->key != NULL; table++) {
        void *field = (char *)out + table->offset;
        if (table->type == CONF_TEXTS)
            texts_free(field);
        else if (table->type == CONF_TEXT || table->type == CONF_PATH)
            set_text(field, NULL);
    }
}

static void print_value(const conf_option_t *option, FILE *out)
{
    const char *preset = option->preset;
    texts_t texts = {0};
    switch (option->type) {
    case CONF_NUMBER:
        fprintf(out, "%s%s", preset, strtoll(preset, NULL, 10) > INT32_MAX ? "L" : "");
        break;
    case CONF_FLAG:
        fprintf(out, "%s", strcmp(preset, "true") == 0 ? "true" : "false");
        break;
    case CONF_TEXT:
    case CONF_PATH:
        fprintf(out, "\"%s\"", preset);
        break;
    case CONF_TEXTS:
        texts_split(&texts, preset);
        for (size_t i = 0; i < texts.n; i++)
            fprintf(out, "%s\"%s\"", i == 0 ? "[ " : ", ", texts.text[i]);
        fprintf(out, "%s", texts.n == 0 ? "[ ]" : " ]");
        texts_free(&texts);
        break;
    }
}

static void print_option(
    const conf_option_t *option, const char *name, int indent, FILE *out)
{
    static const char *const types[] = {
        "number", "text", "path", "true or false", "texts"};
    fprintf(out, "%*s# %s\n%*s# %s", indent, "", option->help, indent, "",
        types[option->type]);
    if (option->type == CONF_NUMBER)
        fprintf(out, " from %" PRId64 " to %" PRId64, option->low, option->high);
    if (option->preset == NULL) {
        fprintf(out, "; must be given\n%*s# %s = ...;\n", indent, "", name);
        return;
    }
    fprintf(out, "\n%*s%s = ", indent, "", name);
    print_value(option, out);
    fprintf(out, ";\n");
}

// How many bytes of whole groups two keys have in common: "a.b." for a.b.x and a.b.y.
static size_t common_groups(const char *a, const char *b)
{
    size_t common = 0;
    for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
        if (a[i] == '.')
            common = i + 1;
    return common;
}

static int depth_of(const char *key, size_t size)
{
    int depth = 0;
    for (size_t i = 0; i < size && key[i] != '\0'; i++)
        depth += key[i] == '.';
    return depth;
}

static void close_groups(int from, int to, FILE *out)
{
    while (from > to)
        fprintf(out, "%*s};\n", 4 * --from, "");
}

void conf_print(const conf_option_t *table, FILE *out)
{
    const char *before = "";
    for (; table->key != NULL; table++) {
        size_t common = common_groups(before, table->key);
        int depth = depth_of(table->key, common);
        close_groups(depth_of(before, SIZE_MAX), depth, out);
        const char *name = table->key + common;
        for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(name, '.')) {
            fprintf(out, "%*s%.*s = {\n", 4 * depth++, "", (int)(dot - name), name);
            name = dot + 1;
        }
        print_option(table, name, 4 * depth, out);
        before = table->key;
    }
    close_groups(depth_of(before, SIZE_MAX), 0, out);
}

void conf_print_help(const conf_option_t *table)
{
    conf_print(table, stdout);
}
