// law_find - a hub that is asked answers in little when the node's copy is the law still.

#include "nodes/writing/law_find.h"

#include "lib/base/catalogue.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/rules/rules_words.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 5000 };

static void find_role(law_found_t *self, const char *node)
{
    cause_t ignored;
    char path[PATH_MAX];
    cert_t cert = {0};
    node_path(node, NODE_SEAL_CERTIFICATE, path);
    if (cert_read(&cert, path, &ignored) != 0)
        return;
    (void)snprintf(self->role, sizeof self->role, "%s", cert.role);
    cert_close(&cert);
}

// What the hub says of the law now; empty when it cannot be asked.
static void ask_hub(const law_found_t *self, const char *node, buf_t *answer)
{
    cause_t ignored;
    buf_t request = {0};
    char control[PATH_MAX];
    node_path(node, NODE_CONTROL, control);
    buf_put_text(&request, "ask law\n");
    law_copy_ask(self->law.parts ? &self->law : NULL, &request);
    if (ask(control, buf_span(&request), WAIT_MS, answer, &ignored) != 0)
        buf_clear(answer);
    buf_destroy(&request);
}

static int read_vkey(log_vkey_t *vkey, const char *node, cause_t *why)
{
    char path[PATH_MAX];
    node_path(node, NODE_VKEY, path);
    return log_vkey_read(vkey, path, why);
}

static int find_here(law_found_t *self, const char *node, cause_t *why)
{
    log_vkey_t vkey;
    law_copy_t fresh;
    buf_t answer = {0};
    cause_t ignored;
    if (read_vkey(&vkey, node, why) != 0)
        return -1;
    bool known = law_copy_load(&self->law, node, &vkey, why) == 0;
    self->standing = LAW_KNOWN;
    ask_hub(self, node, &answer);
    if (known && law_copy_same(buf_span(&answer)))
        self->standing = LAW_IN_FORCE;
    else if (law_copy_read(&fresh, buf_span(&answer), &vkey, &ignored) == 0) {
        law_copy_close(&self->law);
        self->law = fresh;
        self->standing = LAW_IN_FORCE;
        known = true;
    }
    buf_destroy(&answer);
    return known ? 0 : -1;
}

static int find_shipped(law_found_t *self, cause_t *why)
{
    char rules[PATH_MAX], schemas[PATH_MAX];
    self->standing = LAW_SHIPPED;
    if (!rules_shipped("etc/plan.rules", "hub/etc/plan.rules", rules) ||
        !rules_shipped("schemas", "schemas", schemas))
        return cause_set(why, "neither the hub's law nor the one that was shipped is "
                              "here");
    self->law.rules = rules_open(rules, why);
    self->law.schemas = self->law.rules ? schemas_open(schemas, why) : NULL;
    return self->law.schemas ? 0 : -1;
}

static void say_standing(const law_found_t *self)
{
    if (self->standing == LAW_KNOWN)
        fprintf(stderr, "%s\n",
            say("note: the hub cannot be asked; this is by the law as the node knew it "
                "last"));
    else if (self->standing == LAW_SHIPPED)
        fprintf(stderr, "%s\n",
            say("note: the hub cannot be asked; this is by the law as it was shipped"));
}

int law_find(law_found_t *self, const call_t *call, cause_t *why)
{
    *self = (law_found_t){0};
    const char *node = call_node(call, why);
    if (node)
        find_role(self, node);
    if ((!node || find_here(self, node, why) != 0) && find_shipped(self, why) != 0) {
        law_found_close(self);
        return -1;
    }
    say_standing(self);
    return 0;
}

void law_find_words(law_found_t *self, const char *node)
{
    log_vkey_t vkey;
    cause_t ignored;
    *self = (law_found_t){.standing = LAW_KNOWN};
    if ((read_vkey(&vkey, node, &ignored) != 0 ||
            law_copy_load(&self->law, node, &vkey, &ignored) != 0) &&
        find_shipped(self, &ignored) != 0)
        law_found_close(self);
}

void law_found_close(law_found_t *self)
{
    law_copy_close(&self->law);
}
