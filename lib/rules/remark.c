#include "lib/rules/remark.h"

#include "lib/base/refusal.h"
#include "lib/rules/rule_load.h"

#include <stdio.h>

int remark_read(
    remark_t *self, const settings_t *file, const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {"code", "met", NULL};
    load_t load = {file, group, why};
    *self = (remark_t){0};
    if (settings_known(file, group, keys, why) != 0)
        return -1;
    const char *code = settings_text(file, group, "code", CODE_MAX, why);
    if (code == NULL)
        return -1;
    if (refusal_sentence(code)[0] == 0)
        return complain(&load, member_of(&load, "code"),
            "code '%s' is none that there are words for", code);
    (void)snprintf(self->code, sizeof self->code, "%s", code);
    const config_setting_t *met = member_of(&load, "met");
    if (met == NULL || !config_setting_is_group(met))
        return complain(
            &load, met ? met : group, "met must be a group as in require: { of = ...; }");
    return require_read(&self->met, file, met, why);
}

void remark_close(remark_t *self)
{
    require_close(&self->met);
    *self = (remark_t){0};
}
