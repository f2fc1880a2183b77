// target - a word is looked for in a table; anything else has to be "role:" or "to:" and
// the name of a role that nodes can have.

#include "lib/rules/target.h"

#include <stdio.h>
#include <string.h>

static bool is_role(const char *word)
{
    for (size_t i = 0; cert_roles[i] != NULL; i++)
        if (strcmp(cert_roles[i], word) == 0)
            return true;
    return false;
}

// "role:nccis", "to:owner": the type, and where the role begins.
static const char *role_in(const char *text, target_type_t *type)
{
    *type = strncmp(text, "to:", 3) == 0 ? TARGET_TO : TARGET_ROLE;
    if (*type == TARGET_TO)
        return text + 3;
    return strncmp(text, "role:", 5) == 0 ? text + 5 : NULL;
}

static int read_role(target_t *self, const char *text, const settings_t *file,
    const config_setting_t *at, cause_t *why)
{
    const char *role = role_in(text, &self->type);
    if (role == NULL)
        return settings_fail(at, file, why, "unknown target '%s'", text);
    if (!is_role(role))
        return settings_fail(
            at, file, why, "unknown role '%s' in target '%s'", role, text);
    if (!cert_role_takes_part(role))
        return settings_fail(at, file, why, "target '%s' has no inbox", text);
    (void)snprintf(self->role, sizeof self->role, "%s", role);
    return 0;
}

int target_read(target_t *self, const char *key, const settings_t *file,
    const config_setting_t *at, cause_t *why)
{
    static const struct {
        const char *word;
        target_type_t type;
    } words[] = {{"all", TARGET_ALL}, {"object.owner", TARGET_OBJECT_OWNER},
        {"object.isoc", TARGET_OBJECT_ISOC}, {"to", TARGET_TO},
        {"re.author", TARGET_RE_AUTHOR}, {"re.receivers", TARGET_RE_RECEIVERS},
        {"parties", TARGET_PARTIES}, {"author", TARGET_AUTHOR},
        {"members", TARGET_MEMBERS}, {"re.members", TARGET_RE_MEMBERS}};
    const char *text = config_setting_get_string(at);
    *self = (target_t){0};
    if (text == NULL)
        return settings_fail(at, file, why, "%s must hold targets in quotes", key);
    (void)snprintf(self->word, sizeof self->word, "%s", text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i].word) == 0) {
            self->type = words[i].type;
            return 0;
        }
    return read_role(self, text, file, at, why);
}
