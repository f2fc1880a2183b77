#include "lib/rules/enrolment.h"

#include "lib/rules/rule_load.h"

#include <stdio.h>
#include <string.h>

const char *enrolment_key(const enrolment_t *self)
{
    return self->leaves ? "leaves" : "joins";
}

const char *enrolment_of(const enrolment_t *self)
{
    return self->of == REFERS ? "self" : refer_name(self->of);
}

static int read_of(enrolment_t *self, const load_t *load)
{
    const char *of = settings_text(load->file, load->group, "of", 16, load->why);
    if (of == NULL)
        return -1;
    for (refer_t field = 0; field <= REFERS; field++) {
        self->of = field;
        if (strcmp(of, enrolment_of(self)) == 0)
            return 0;
    }
    return complain(load, member_of(load, "of"),
        "of must be \"self\", \"re\", \"incident\", \"supersedes\" or \"cancels\"");
}

int enrolment_read(enrolment_t *self, bool leaves, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {"of", "nodes", NULL};
    load_t load = {file, group, why};
    *self = (enrolment_t){.leaves = leaves, .line = config_setting_source_line(group)};
    if (settings_known(file, group, keys, why) != 0 || read_of(self, &load) != 0)
        return -1;
    const char *nodes = settings_text(file, group, "nodes", POINTER_MAX, why);
    if (nodes == NULL)
        return -1;
    if (!pointer_valid(nodes))
        return complain(&load, member_of(&load, "nodes"),
            "'%s' is not a JSON pointer such as /body/members", nodes);
    (void)snprintf(self->pointer, sizeof self->pointer, "%s", nodes);
    return 0;
}
