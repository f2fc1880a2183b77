// registry - who serves whom: organisations, objects, their owners and serving centres.
//
// Loaded whole from a libconfig file.  Object ids are opaque; names stay in here.

#ifndef LIB_LAWCHECK_REGISTRY_H
#define LIB_LAWCHECK_REGISTRY_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct {
    const char *id;
    const char *sector;
    const char *owner; // organisation code
    const char *isoc;  // organisation code, or "" when no centre serves it
    bool in_scope;     // false: a protected system outside the plan (para 2)
} object_t;

typedef struct registry registry_t;

registry_t *registry_open(const char *path, cause_t *why);
// The same of a text; `name` is for the complaints.
registry_t *registry_parse(const char *name, span_t text, cause_t *why);
void registry_close(registry_t **self_p);
const object_t *registry_object(const registry_t *self, const char *id); // NULL: unknown
// Whether some object of this owner is served by some centre (for TLP:AMBER).
bool registry_served(const registry_t *self, const char *owner);
size_t registry_objects(const registry_t *self);
span_t registry_text(const registry_t *self); // the file's bytes, for the journal

#endif
