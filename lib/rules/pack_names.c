// pack_names - what people call the paragraphs of an act and those who have a part in it.

#include "lib/rules/pack_inside.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_paragraph(const pack_t *pack, reminder_t *self, const load_t *load)
{
    const char *text =
        settings_text(load->file, load->group, "paragraph", PARAGRAPH_MAX, load->why);
    if (text == NULL)
        return -1;
    if (!pack_has(pack, span_text(text)))
        return complain(load, member_of(load, "paragraph"), "'%s' is no paragraph of %s",
            text, pack->instrument);
    if (pack_says(pack, text))
        return complain(load, member_of(load, "paragraph"), "'%s' is said already", text);
    (void)snprintf(self->paragraph, sizeof self->paragraph, "%s", text);
    return 0;
}

static int read_reminder(pack_t *self, const load_t *load)
{
    static const char *const keys[] = {"paragraph", "kk", "ru", "en", NULL};
    reminder_t *reminder = &self->reminder[self->reminders];
    if (settings_known(load->file, load->group, keys, load->why) != 0 ||
        read_paragraph(self, reminder, load) != 0)
        return -1;
    self->reminders++;
    return told_read(&reminder->words, load->file, load->group, load->why);
}

// Days are compared as texts: they are written with leading zeros.
static bool overlap(const body_t *a, const body_t *b)
{
    return strcmp(a->role, b->role) == 0 &&
           (!a->until[0] || strcmp(b->from, a->until) < 0) &&
           (!b->until[0] || strcmp(a->from, b->until) < 0);
}

static int check_body(const pack_t *self, const body_t *body, const load_t *load)
{
    if (!cert_role_known(body->role))
        return complain(load, member_of(load, "role"), "unknown role '%s'", body->role);
    if (body->until[0] && strcmp(body->until, body->from) <= 0)
        return complain(load, member_of(load, "until"), "until must be after from");
    for (const body_t *other = self->body; other < body; other++)
        if (overlap(other, body))
            return complain(load, member_of(load, "from"),
                "'%s' has a name for these days already", body->role);
    return 0;
}

static int read_body(pack_t *self, const load_t *load)
{
    static const char *const keys[] = {"role", "from", "until", "kk", "ru", "en", NULL};
    body_t *body = &self->body[self->bodies++];
    if (settings_known(load->file, load->group, keys, load->why) != 0)
        return -1;
    const char *role =
        settings_text(load->file, load->group, "role", ROLE_MAX, load->why);
    if (role == NULL || pack_read_date(load, "from", body->from) != 0 ||
        (member_of(load, "until") && pack_read_date(load, "until", body->until) != 0))
        return -1;
    (void)snprintf(body->role, sizeof body->role, "%s", role);
    if (check_body(self, body, load) != 0)
        return -1;
    return told_read(&body->name, load->file, load->group, load->why);
}

static int read_list(pack_t *self, const load_t *load, const char *key, int n,
    int (*read)(pack_t *, const load_t *))
{
    const config_setting_t *at = member_of(load, key);
    for (int i = 0; i < n; i++) {
        load_t one = {load->file, config_setting_get_elem(at, (unsigned)i), load->why};
        if (read(self, &one) != 0)
            return -1;
    }
    return n < 0 ? -1 : 0;
}

int pack_read_names(pack_t *self, const load_t *load)
{
    int n = load_list(load, "says", "{ paragraph = ...; }", PACK_SAYS_MAX, "paragraphs");
    self->reminder = memory_new(n > 0 ? (size_t)n : 0, sizeof *self->reminder);
    if (read_list(self, load, "says", n, read_reminder) != 0)
        return -1;
    n = load_list(load, "bodies", "{ role = ...; }", PACK_BODIES_MAX, "names");
    self->body = memory_new(n > 0 ? (size_t)n : 0, sizeof *self->body);
    return read_list(self, load, "bodies", n, read_body);
}

void pack_close_names(pack_t *self)
{
    for (size_t i = 0; i < self->reminders; i++)
        told_close(&self->reminder[i].words);
    for (size_t i = 0; i < self->bodies; i++)
        told_close(&self->body[i].name);
    free(self->reminder);
    free(self->body);
}

const told_t *pack_says(const pack_t *self, const char *paragraph)
{
    for (size_t i = 0; i < self->reminders; i++)
        if (strcmp(self->reminder[i].paragraph, paragraph) == 0)
            return &self->reminder[i].words;
    return NULL;
}

const body_t *pack_body(const pack_t *self, const char *role, const char *day)
{
    for (size_t i = 0; i < self->bodies; i++) {
        const body_t *body = &self->body[i];
        if (strcmp(body->role, role) == 0 && strcmp(body->from, day) <= 0 &&
            (!body->until[0] || strcmp(day, body->until) < 0))
            return body;
    }
    return NULL;
}
