// target - whom a rule means: receivers of a message, or those who owe an answer to it.

#ifndef LIB_RULES_TARGET_H
#define LIB_RULES_TARGET_H

#include "lib/config/settings.h"
#include "lib/pki/cert.h"

typedef enum {
    TARGET_ROLE,         // "role:nccis": every node with that role
    TARGET_ALL,          // "all": every node, as far as the marking goes
    TARGET_OBJECT_OWNER, // "object.owner": the owner nodes of the object's owner
    TARGET_OBJECT_ISOC,  // "object.isoc": the isoc nodes of the centre serving the object
    TARGET_TO,           // "to": the addressees the message names; "to:owner": those of
                         // them with that role
    TARGET_RE_AUTHOR,    // "re.author": the author of the message that `re` names
    TARGET_RE_RECEIVERS, // "re.receivers": all who had the message that `re` names
    TARGET_PARTIES,      // "parties": all who had the message that `incident` names, its
                         // author,
                         //  and all who had what was derived from it
    TARGET_AUTHOR,       // "author": the author itself
    TARGET_MEMBERS,      // "members": of the set that the message begins, those who join
                         // or leave with it among them
    TARGET_RE_MEMBERS,   // "re.members": of the set that the message named in `re` began
} target_type_t;

typedef struct {
    target_type_t type;
    char role[ROLE_MAX];     // TARGET_ROLE; TARGET_TO, where "" is any
    char word[ROLE_MAX + 8]; // as it is written
} target_t;

// Read one target; `key` is where it stands, for the complaint.
int target_read(target_t *self, const char *key, const settings_t *file,
    const config_setting_t *at, cause_t *why);

#endif
