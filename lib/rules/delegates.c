// delegates - five pointers, and the seal that goes with them.

#include "lib/rules/delegates.h"

#include "lib/rules/rule_load.h"

#include <stdio.h>
#include <string.h>

static int read_pointer(const load_t *load, const char *key, char out[POINTER_MAX])
{
    const char *pointer =
        settings_text(load->file, load->group, key, POINTER_MAX, load->why);
    if (pointer == NULL)
        return -1;
    if (!pointer_valid(pointer))
        return complain(load, member_of(load, key),
            "%s must be a JSON pointer such as \"/body/%s\"", key, key);
    (void)snprintf(out, POINTER_MAX, "%s", pointer);
    return 0;
}

int delegates_read(delegates_t *self, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {
        "office", "territory", "person", "from", "until", NULL};
    load_t load = {file, group, why};
    *self = (delegates_t){.line = config_setting_source_line(group)};
    if (settings_known(file, group, keys, why) != 0 ||
        read_pointer(&load, "office", self->office) != 0 ||
        read_pointer(&load, "person", self->person) != 0 ||
        read_pointer(&load, "from", self->from) != 0 ||
        read_pointer(&load, "until", self->until) != 0)
        return -1;
    return member_of(&load, "territory")
               ? read_pointer(&load, "territory", self->territory)
               : 0;
}

bool delegates_sealed(const delegates_t *self, const seals_t *seals)
{
    for (size_t i = 0; i < seals->n; i++) {
        const seal_wanted_t *wanted = &seals->wanted[i];
        if (wanted->held && strcmp(wanted->pointer, self->office) == 0 &&
            strcmp(wanted->territory, self->territory) == 0)
            return true;
    }
    return false;
}

bool delegates_same(const delegates_t *a, const delegates_t *b)
{
    return strcmp(a->office, b->office) == 0 && strcmp(a->territory, b->territory) == 0 &&
           strcmp(a->person, b->person) == 0 && strcmp(a->from, b->from) == 0 &&
           strcmp(a->until, b->until) == 0;
}
