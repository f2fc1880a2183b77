// holder - each field has one function that takes it or says what is wrong with it.

#include "lib/enrol/holder.h"

#include <stdio.h>
#include <string.h>

static int wrong_role(const char *role, cause_t *why)
{
    buf_t list = {0};
    for (size_t i = 0; cert_roles[i]; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", cert_roles[i]);
    (void)cause_set(
        why, "there is no role '%s'; the roles are %s", role, buf_text(&list));
    buf_destroy(&list);
    return -1;
}

static int set_id(char out[NODE_ID_MAX], const char *id, const char *what, cause_t *why)
{
    if (!cert_node_id_valid(span_text(id)))
        return cause_set(why,
            "'%s' cannot be %s: take 1 to 63 of a-z, 0-9 and '-' (not at an end), "
            "as in isoc-energy",
            id, what);
    memcpy(out, id, strlen(id) + 1);
    return 0;
}

static int set_organisation(holder_t *self, const char *code, cause_t *why)
{
    if (!cert_organisation_valid(span_text(code)))
        return cause_set(why,
            "'%s' cannot be an organisation code: take 1 to 63 printable ASCII "
            "characters but space, comma, quote and backslash, as in KZ-ENERGY",
            code);
    memcpy(self->organisation, code, strlen(code) + 1);
    return 0;
}

static int set_role(
    holder_t *self, const char *role, const char *officer_of, cause_t *why)
{
    if (!role && !officer_of)
        return cause_set(why, "--role is missing (or --officer-of, for a person)");
    if (role && !cert_role_known(role))
        return wrong_role(role, why);
    if (role && officer_of && strcmp(role, "officer") != 0)
        return cause_set(why, "--officer-of is for the role officer, not for %s", role);
    if (role && !officer_of && strcmp(role, "officer") == 0)
        return cause_set(why, "an officer needs --officer-of NODE");
    (void)snprintf(self->role, sizeof self->role, "%s", role ? role : "officer");
    return 0;
}

int holder_set(holder_t *self, const char *name, const char *role,
    const char *organisation, const char *officer_of, cause_t *why)
{
    *self = (holder_t){0};
    if (!name)
        return cause_set(why, "--id is missing");
    if (!organisation)
        return cause_set(why, "--org is missing");
    if (set_id(self->name, name, "an id", why) != 0 ||
        set_role(self, role, officer_of, why) != 0 ||
        set_organisation(self, organisation, why) != 0)
        return -1;
    return set_id(self->node, officer_of ? officer_of : name, "a node's id", why);
}

int holder_set_office(
    holder_t *self, const char *office, const char *territory, cause_t *why)
{
    if (office && !holder_is_officer(self))
        return cause_set(why, "--office is for a person: give --officer-of NODE too");
    if (territory && !office)
        return cause_set(why, "--territory is that of an office: give --office too");
    if (office && !cert_office_valid(span_text(office)))
        return cause_set(why,
            "'%s' cannot be an office: take 1 to %d of a-z, 0-9 and '-' (not at an end), "
            "as the rules spell it, such as deputy-head",
            office, OFFICE_MAX - 1);
    if (territory && !cert_territory_valid(span_text(territory)))
        return cause_set(why,
            "'%s' cannot be the code of a territory: take 1 to %d printable ASCII "
            "characters but space, comma, quote and backslash, as in KZ-75",
            territory, TERRITORY_MAX - 1);
    (void)snprintf(self->office, sizeof self->office, "%s", office ? office : "");
    (void)snprintf(
        self->territory, sizeof self->territory, "%s", territory ? territory : "");
    return 0;
}

bool holder_is_officer(const holder_t *self)
{
    return strcmp(self->role, "officer") == 0;
}

void holder_of_cert(holder_t *self, const cert_t *cert)
{
    memcpy(self->name, cert->name, sizeof self->name);
    memcpy(self->role, cert->role, sizeof self->role);
    memcpy(self->organisation, cert->organisation, sizeof self->organisation);
    memcpy(self->node, cert->node, sizeof self->node);
    memcpy(self->office, cert->office, sizeof self->office);
    memcpy(self->territory, cert->territory, sizeof self->territory);
}

bool holder_same(const holder_t *a, const holder_t *b)
{
    return strcmp(a->role, b->role) == 0 &&
           strcmp(a->organisation, b->organisation) == 0 &&
           strcmp(a->office, b->office) == 0 && strcmp(a->territory, b->territory) == 0 &&
           (!holder_is_officer(a) || strcmp(a->node, b->node) == 0);
}
