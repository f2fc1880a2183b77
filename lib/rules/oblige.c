// oblige - reads the groups of `oblige`.  A time that the act does not give, as its pack
// says, has to be marked as a default of ours.

#include "lib/rules/oblige.h"

#include "lib/rules/rule_load.h"

#include <stdio.h>
#include <string.h>

enum { HOUR_MS = 3600 * 1000 };

bool duration_parse(const char *text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {
        {"s", 1000}, {"min", 60 * 1000}, {"h", HOUR_MS}, {"d", INT64_C(24) * HOUR_MS}};
    uint64_t number;
    const char *space = strchr(text, ' ');
    if (space == NULL || !decimal_decode(span_of(text, (size_t)(space - text)), &number))
        return false;
    if (number == 0 || number > 100000)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(space + 1, units[i].unit) == 0) {
            *ms = (int64_t)number * units[i].ms;
            return true;
        }
    return false;
}

static int read_duration(const load_t *load, const char *key, int64_t *ms)
{
    const config_setting_t *at = member_of(load, key);
    const char *text = config_setting_get_string(at);
    if (text == NULL || !duration_parse(text, ms))
        return complain(load, at,
            "%s must be a whole number and its unit (s, min, h or d), such as \"24 h\"",
            key);
    return 0;
}

static int read_name(oblige_t *self, const load_t *load)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    char *name = self->duty;
    const char *text =
        settings_text(load->file, load->group, "duty", DUTY_NAME_MAX, load->why);
    if (text == NULL)
        return -1;
    if (strspn(text, allowed) != strlen(text))
        return complain(load, member_of(load, "duty"),
            "duty '%s' may have lower-case letters, digits, hyphens and dots", text);
    (void)snprintf(name, DUTY_NAME_MAX, "%s", text);
    return 0;
}

static int read_debtor(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "debtor");
    if (at == NULL)
        return complain(load, load->group, "debtor is missing");
    return target_read(&self->debtor, "debtor", load->file, at, load->why);
}

// What delivery meets is owed to whom it is delivered.
static int read_towards(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "towards");
    self->has_towards = at != NULL;
    if (at != NULL)
        return target_read(&self->towards, "towards", load->file, at, load->why);
    return self->met_by != MET_BY_DELIVERY
               ? 0
               : complain(load, load->group,
                     "what delivery meets is owed towards somebody: towards is missing");
}

static int read_met_by(oblige_t *self, const load_t *load)
{
    const char *text =
        settings_text(load->file, load->group, "met_by", KIND_MAX, load->why);
    if (text == NULL)
        return -1;
    if (strcmp(text, "delivery") == 0)
        self->met_by = MET_BY_DELIVERY;
    else if (strcmp(text, "acceptance") == 0)
        self->met_by = MET_BY_ACCEPTANCE;
    (void)snprintf(self->kind, sizeof self->kind, "%s", text);
    return 0;
}

static int read_refers(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "refers");
    self->refers = REFER_RE;
    if (at == NULL)
        return 0;
    if (self->met_by != MET_BY_KIND)
        return complain(load, at, "refers goes with a kind in met_by");
    const char *word = config_setting_get_string(at);
    if (word && refers_parse(word, &self->refers) &&
        (self->refers == REFER_RE || self->refers == REFER_INCIDENT ||
            self->refers == REFERS))
        return 0;
    return complain(load, at, "refers must be \"re\", \"incident\" or \"any\"");
}

static int read_withdrawal(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "withdrawal");
    const char *word = at ? config_setting_get_string(at) : "ends";
    self->stays = word && strcmp(word, "stays") == 0;
    return self->stays || (word && strcmp(word, "ends") == 0)
               ? 0
               : complain(load, at, "withdrawal must be \"ends\" or \"stays\"");
}

static int read_met_when(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "met_when");
    if (at == NULL)
        return 0;
    if (self->met_by != MET_BY_KIND)
        return complain(load, at, "met_when goes with a kind in met_by");
    return wanted_read(&self->met_when, load->file, at, load->why);
}

static int read_interim(oblige_t *self, const load_t *load)
{
    if (settings_flag(load->file, load->group, "interim", &self->interim, load->why) != 0)
        return -1;
    return self->interim && self->met_when.n == 0
               ? complain(load, member_of(load, "interim"),
                     "interim goes with met_when: without it every answer meets the duty")
               : 0;
}

static int read_attested_by(oblige_t *self, const load_t *load)
{
    if (member_of(load, "attested_by") == NULL)
        return 0;
    if (self->met_by != MET_BY_DELIVERY)
        return complain(load, member_of(load, "attested_by"),
            "attested_by goes with \"delivery\" in met_by");
    const char *text =
        settings_text(load->file, load->group, "attested_by", KIND_MAX, load->why);
    if (text == NULL)
        return -1;
    (void)snprintf(self->attested_by, sizeof self->attested_by, "%s", text);
    return 0;
}

static int read_from(oblige_t *self, const load_t *load)
{
    const char *text =
        settings_text(load->file, load->group, "from", POINTER_MAX, load->why);
    if (text == NULL)
        return -1;
    if (strcmp(text, "accepted") == 0)
        return self->met_by != MET_BY_ACCEPTANCE
                   ? 0
                   : complain(load, member_of(load, "from"),
                         "what acceptance meets must count from a moment before it");
    if (!pointer_valid(text))
        return complain(load, member_of(load, "from"),
            "from must be \"accepted\" or a JSON pointer to a moment, such as "
            "\"/body/suspended_at\"");
    (void)snprintf(self->from, sizeof self->from, "%s", text);
    return 0;
}

static int read_times(
    oblige_t *self, const load_t *load, const pack_t *pack, const char *cites)
{
    if (member_of(load, "within") == NULL)
        return complain(load, load->group, "within is missing");
    if (read_duration(load, "within", &self->within_ms) != 0 ||
        settings_flag(load->file, load->group, "default", &self->by_default, load->why) ==
            -1)
        return -1;
    if (!self->by_default && !pack_gives(pack, cites, self->within_ms))
        return complain(load, member_of(load, "within"),
            "paragraph %s gives no such time: it is a default, and must say "
            "`default = true`",
            cites);
    if (member_of(load, "near") == NULL)
        return 0;
    if (read_duration(load, "near", &self->near_ms) != 0)
        return -1;
    if (self->near_ms >= self->within_ms)
        return complain(
            load, member_of(load, "near"), "near must be shorter than within");
    return 0;
}

// What a message may say of its own time.
static int read_until(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "until");
    static const char *const others[] = {"bound", "extends"};
    for (size_t i = 0; at == NULL && i < sizeof others / sizeof *others; i++)
        if (member_of(load, others[i]) != NULL)
            return complain(
                load, member_of(load, others[i]), "%s goes with until", others[i]);
    if (at == NULL)
        return 0;
    const char *text = config_setting_get_string(at);
    if (text == NULL || !pointer_valid(text))
        return complain(
            load, at, "until must be a JSON pointer to a moment, such as \"/body/due\"");
    if (self->from[0])
        return complain(load, at, "until goes with from = \"accepted\"");
    (void)snprintf(self->until, sizeof self->until, "%s", text);
    self->bound_ms = self->within_ms;
    if (member_of(load, "bound") && read_duration(load, "bound", &self->bound_ms) != 0)
        return -1;
    if (self->bound_ms < self->within_ms)
        return complain(
            load, member_of(load, "bound"), "bound must not be shorter than within");
    return settings_flag(load->file, load->group, "extends", &self->extends, load->why) ==
                   -1
               ? -1
               : 0;
}

static int read_tell(oblige_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "tell");
    if (at == NULL)
        return 0;
    int n = config_setting_is_array(at) ? config_setting_length(at) : 0;
    if (n == 0 || n > OBLIGE_TELL_MAX)
        return complain(
            load, at, "tell must be an array of 1 to %d targets", OBLIGE_TELL_MAX);
    for (; self->tells < (size_t)n; self->tells++)
        if (target_read(&self->tell[self->tells], "tell", load->file,
                config_setting_get_elem(at, (unsigned)self->tells), load->why) != 0)
            return -1;
    return 0;
}

int oblige_read(oblige_t *self, const pack_t *pack, const char *cites,
    const settings_t *file, const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {"duty", "debtor", "towards", "attested_by",
        "met_by", "refers", "met_when", "interim", "from", "within", "near", "until",
        "bound", "extends", "tell", "withdrawal", "default", NULL};
    load_t load = {file, group, why};
    *self = (oblige_t){.line = config_setting_source_line(group)};
    if (settings_known(file, group, keys, why) != 0 || read_name(self, &load) != 0 ||
        read_debtor(self, &load) != 0 || read_met_by(self, &load) != 0 ||
        read_towards(self, &load) != 0 || read_refers(self, &load) != 0 ||
        read_withdrawal(self, &load) != 0 || read_met_when(self, &load) != 0 ||
        read_interim(self, &load) != 0 || read_attested_by(self, &load) != 0 ||
        read_from(self, &load) != 0 || read_times(self, &load, pack, cites) != 0 ||
        read_until(self, &load) != 0)
        return -1;
    return read_tell(self, &load);
}
