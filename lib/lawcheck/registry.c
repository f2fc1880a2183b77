// registry - two hash tables with chains over arrays that are filled once.
//
// Objects have no names in the file, and what is not here cannot leak; the organisations'
// names are checked for being there and stay in the file's text.

#include "lib/lawcheck/registry.h"

#include "lib/base/memory.h"
#include "lib/config/settings.h"
#include "lib/pki/cert.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECT_ID_MAX = 65, FULL_NAME_MAX = 512 };

typedef struct {
    const char *code;
    bool served; // some object of its own has a serving centre
} organisation_t;

// Chains through `next`, indexes into the array; SIZE_MAX ends one.
typedef struct {
    size_t slots; // a power of two
    size_t *first;
    size_t *next;
} table_t;

struct registry {
    settings_t file; // owns the texts that the entries borrow
    buf_t text;
    size_t organisations;
    organisation_t *organisation;
    table_t by_code;
    size_t objects;
    object_t *object;
    table_t by_id;
};

// FNV-1a: ids come from the operator's file and from messages, which cannot add to a
// chain.
static size_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ (hash >> 32));
}

static void table_make(table_t *self, size_t entries)
{
    self->slots = 16;
    while (self->slots < entries)
        self->slots *= 2;
    self->first = memory_new(self->slots, sizeof *self->first);
    self->next = memory_new(entries, sizeof *self->next);
    memset(self->first, 0xff, self->slots * sizeof *self->first);
}

static void table_add(table_t *self, const char *key, size_t index)
{
    size_t *slot = &self->first[hash_text(key) & (self->slots - 1)];
    self->next[index] = *slot;
    *slot = index;
}

static size_t table_chain(const table_t *self, const char *key)
{
    return self->first[hash_text(key) & (self->slots - 1)];
}

static organisation_t *find_organisation(const registry_t *self, const char *code)
{
    for (size_t i = table_chain(&self->by_code, code); i != SIZE_MAX;
         i = self->by_code.next[i])
        if (strcmp(self->organisation[i].code, code) == 0)
            return &self->organisation[i];
    return NULL;
}

const object_t *registry_object(const registry_t *self, const char *id)
{
    for (size_t i = table_chain(&self->by_id, id); i != SIZE_MAX; i = self->by_id.next[i])
        if (strcmp(self->object[i].id, id) == 0)
            return &self->object[i];
    return NULL;
}

// What is being read, so that complaints can say where.
typedef struct {
    registry_t *registry;
    const config_setting_t *group;
    cause_t *why;
} load_t;

#define complain(load, key, ...)                                                         \
    settings_fail(config_setting_get_member((load)->group, key),                         \
        &(load)->registry->file, (load)->why, __VA_ARGS__)

static const char *read_text(load_t *load, const char *key, size_t room)
{
    return settings_text(&load->registry->file, load->group, key, room, load->why);
}

static int check_names(load_t *load)
{
    static const char *const languages[] = {"kk", "ru", "en", NULL};
    const settings_t *file = &load->registry->file;
    const config_setting_t *names = config_setting_get_member(load->group, "name");
    if (names == NULL)
        return settings_fail(load->group, file, load->why, "name is missing");
    if (settings_known(file, names, languages, load->why) != 0)
        return -1;
    for (size_t i = 0; languages[i] != NULL; i++)
        if (settings_text(file, names, languages[i], FULL_NAME_MAX, load->why) == NULL)
            return -1;
    return 0;
}

static int read_organisation(load_t *load)
{
    static const char *const keys[] = {"code", "name", NULL};
    registry_t *self = load->registry;
    if (settings_known(&self->file, load->group, keys, load->why) != 0)
        return -1;
    const char *code = read_text(load, "code", ORGANISATION_MAX);
    if (code == NULL)
        return -1;
    if (!cert_organisation_valid(span_text(code)))
        return complain(load, "code", "'%s' cannot stand in a certificate's O", code);
    if (find_organisation(self, code) != NULL)
        return complain(load, "code", "organisation '%s' is there twice", code);
    if (check_names(load) != 0)
        return -1;
    self->organisation[self->organisations] = (organisation_t){.code = code};
    table_add(&self->by_code, code, self->organisations++);
    return 0;
}

// Paragraph 3.2, and "other" for objects that are not critical.
static bool is_sector(const char *sector)
{
    static const char *const sectors[] = {"heat-supply", "power-supply", "gas-supply",
        "water-supply", "industry", "healthcare", "communications", "banking",
        "transport", "hydraulic-structures", "law-enforcement", "e-government", "other",
        NULL};
    size_t i = 0;
    while (sectors[i] != NULL && strcmp(sectors[i], sector) != 0)
        i++;
    return sectors[i] != NULL;
}

// The organisation that the key names, or NULL with a cause.
static organisation_t *named_organisation(load_t *load, const char *key, const char *code)
{
    organisation_t *found = find_organisation(load->registry, code);
    if (found == NULL)
        (void)complain(load, key, "%s '%s' is not among the organisations", key, code);
    return found;
}

static int read_serving(load_t *load, object_t *object)
{
    object->isoc = settings_text_or(
        &load->registry->file, load->group, "isoc", ORGANISATION_MAX, "", load->why);
    if (object->isoc == NULL)
        return -1;
    organisation_t *owner = named_organisation(load, "owner", object->owner);
    if (owner == NULL)
        return -1;
    if (object->isoc[0] == '\0')
        return 0;
    owner->served = true;
    return named_organisation(load, "isoc", object->isoc) == NULL ? -1 : 0;
}

// As the messages' schema has it: words of letters and digits, joined by one of "._-".
static bool object_id_valid(const char *id)
{
    static const char word[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (;;) {
        size_t size = strspn(id, word);
        if (size == 0 || id[size] == '\0')
            return size != 0;
        if (strchr("._-", id[size]) == NULL)
            return false;
        id += size + 1;
    }
}

static int read_object(load_t *load)
{
    static const char *const keys[] = {"id", "sector", "owner", "isoc", "in_scope", NULL};
    registry_t *self = load->registry;
    object_t object = {.in_scope = true};
    if (settings_known(&self->file, load->group, keys, load->why) != 0 ||
        (object.id = read_text(load, "id", OBJECT_ID_MAX)) == NULL ||
        (object.sector = read_text(load, "sector", 32)) == NULL ||
        (object.owner = read_text(load, "owner", ORGANISATION_MAX)) == NULL ||
        settings_flag(
            &self->file, load->group, "in_scope", &object.in_scope, load->why) != 0)
        return -1;
    if (!object_id_valid(object.id))
        return complain(load, "id",
            "'%s' is no object id: letters and digits, joined by single . _ or -",
            object.id);
    if (registry_object(self, object.id) != NULL)
        return complain(load, "id", "object '%s' is there twice", object.id);
    if (!is_sector(object.sector))
        return complain(load, "sector", "unknown sector '%s'", object.sector);
    if (read_serving(load, &object) != 0)
        return -1;
    self->object[self->objects] = object;
    table_add(&self->by_id, object.id, self->objects++);
    return 0;
}

// `read`: read_organisation or read_object.
static int read_each(registry_t *self, const config_setting_t *list,
    int (*read)(load_t *load), cause_t *why)
{
    for (int i = 0; i < config_setting_length(list); i++) {
        load_t load = {self, config_setting_get_elem(list, (unsigned)i), why};
        if (read(&load) != 0)
            return -1;
    }
    return 0;
}

// The list at this key, or NULL with a cause.
static const config_setting_t *list_at(
    const registry_t *self, const char *key, cause_t *why)
{
    const config_setting_t *root = config_root_setting(&self->file.config);
    const config_setting_t *list = config_setting_get_member(root, key);
    if (list != NULL && config_setting_is_list(list))
        return list;
    (void)cause_set(
        why, "%s: a list %s = ( { ... }, ... ) was expected", self->file.path, key);
    return NULL;
}

static int read_all(registry_t *self, cause_t *why)
{
    static const char *const keys[] = {"organisations", "objects", NULL};
    if (settings_known(&self->file, config_root_setting(&self->file.config), keys, why) ==
        -1)
        return -1;
    const config_setting_t *organisations = list_at(self, "organisations", why);
    const config_setting_t *objects =
        organisations == NULL ? NULL : list_at(self, "objects", why);
    if (objects == NULL)
        return -1;
    size_t n = (size_t)config_setting_length(organisations);
    self->organisation = memory_new(n, sizeof *self->organisation);
    table_make(&self->by_code, n);
    n = (size_t)config_setting_length(objects);
    self->object = memory_new(n, sizeof *self->object);
    table_make(&self->by_id, n);
    if (read_each(self, organisations, read_organisation, why) != 0)
        return -1;
    return read_each(self, objects, read_object, why);
}

registry_t *registry_open(const char *path, cause_t *why)
{
    registry_t *self = memory_new(1, sizeof *self);
    if (settings_read(&self->file, path, &self->text, why) != 0) {
        buf_destroy(&self->text);
        free(self);
        return NULL;
    }
    if (read_all(self, why) != 0)
        registry_close(&self);
    return self;
}

registry_t *registry_parse(const char *name, span_t text, cause_t *why)
{
    registry_t *self = memory_new(1, sizeof *self);
    if (settings_parse(&self->file, name, text, why) != 0) {
        free(self);
        return NULL;
    }
    buf_put_span(&self->text, text);
    if (read_all(self, why) != 0)
        registry_close(&self);
    return self;
}

void registry_close(registry_t **self_p)
{
    registry_t *self = *self_p;
    *self_p = NULL;
    if (self == NULL)
        return;
    free(self->by_code.first);
    free(self->by_code.next);
    free(self->by_id.first);
    free(self->by_id.next);
    free(self->organisation);
    free(self->object);
    settings_close(&self->file);
    buf_destroy(&self->text);
    free(self);
}

bool registry_served(const registry_t *self, const char *owner)
{
    const organisation_t *found = find_organisation(self, owner);
    return found != NULL && found->served;
}

size_t registry_objects(const registry_t *self)
{
    return self->objects;
}

span_t registry_text(const registry_t *self)
{
    return buf_span(&self->text);
}
