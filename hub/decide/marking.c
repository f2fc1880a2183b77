// marking - one case for each label of TLP 2.0.  Where TLP speaks of a community or of an
// organisation's clients, the roles are those that the plan counts among them.

#include "hub/decide/marking.h"

#include <string.h>

static bool among(const char *role, const char *const *roles)
{
    while (*roles != NULL && strcmp(role, *roles) != 0)
        roles++;
    return *roles != NULL;
}

// Paragraph 3.7, and more: the state bodies to which paragraphs 15 and 17 give a part are
// counted among the agencies authorised to respond, which is our reading; the media (23)
// and foreign partners (4) are told, and do not belong to the system.
static bool is_entity(const char *role)
{
    static const char *const entities[] = {"isoc", "nccis", "owner", "response-service",
        "authority", "national-security", "headquarters", "foreign-affairs",
        "communications", "prosecutor", NULL};
    return among(role, entities);
}

// AMBER may go on to the clients of those who have it: the owners that a centre serves.
static bool is_amber_circle(const receiver_t *receiver)
{
    static const char *const circle[] = {"nccis", "isoc", NULL};
    return among(receiver->role, circle) ||
           (receiver->served_owner && strcmp(receiver->role, "owner") == 0);
}

bool marking_allows(tlp_t marking, const receiver_t *receiver)
{
    bool named = receiver->reach == NAMED || receiver->addressed;
    switch (marking) {
    case TLP_RED:
        return receiver->addressed;
    case TLP_AMBER_STRICT:
        return named;
    case TLP_AMBER:
        return named || is_amber_circle(receiver);
    case TLP_GREEN:
        return named || is_entity(receiver->role);
    case TLP_CLEAR:
        return true;
    }
    return false; // a marking that is added and forgotten here lets nobody have anything
}
