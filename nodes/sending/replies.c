// replies - the catalogue names what may be one, and the files say whether it is.

#include "nodes/sending/replies.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_fresh.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKED_AT = 256 }; // newest ones that name a message

struct replies {
    char inbox[PATH_MAX];
    mail_index_t *index;
};

replies_t *replies_open(const char *node)
{
    const index_fresh_t soon = {FRESH_SOON, NULL, NULL};
    index_remark_t remark;
    cause_t ignored;
    replies_t *self = memory_new(1, sizeof *self);
    self->index = index_fresh(node, &soon, &remark, &ignored);
    if (!self->index ||
        path_join(self->inbox, sizeof self->inbox, node, "inbox", &ignored) != 0)
        replies_close(&self);
    return self;
}

void replies_close(replies_t **self_p)
{
    replies_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    mail_index_close(&self->index);
    free(self);
}

static bool names(const mail_t *mail, const reference_t *message)
{
    const json_t *re = json_object_get(mail->root, "re");
    return strcmp(mail_text(re, "id"), message->id) == 0 &&
           strcmp(mail_text(re, "author"), message->author) == 0;
}

static json_t *reply_json(const mail_t *mail)
{
    char at[TIME_TEXT] = "";
    const char *kind = mail_text(mail->root, "kind");
    bool word = strcmp(kind, "acknowledgement") == 0;
    if (mail->has_leaf)
        time_print(mail->leaf.time_ms, at);
    return json_pack("{s:s, s:s, s:s, s:I, s:s}", "from", mail_text(mail->root, "from"),
        word ? "answer" : "kind",
        word ? mail_text(json_object_get(mail->root, "body"), "answer") : kind, "at",
        at[0] ? at : mail_text(mail->root, "sent"), "number", (json_int_t)mail->number,
        "id", mail_text(mail->root, "id"));
}

// An answer that was corrected or taken back stands no more.
static void add(
    const replies_t *self, const char *stem, const reference_t *message, json_t *replies)
{
    char name[NAME_MAX + 1];
    mail_t mail;
    cause_t ignored;
    if ((size_t)snprintf(name, sizeof name, "%s.json", stem) < sizeof name &&
        mail_open(&mail, self->inbox, name, &ignored) == 0) {
        if (names(&mail, message) && mail_amended(&mail).state == AMENDED_NOT)
            (void)json_array_insert_new(replies, 0, reply_json(&mail));
        mail_close(&mail);
    }
}

json_t *replies_of(replies_t *self, const reference_t *message)
{
    cause_t ignored;
    json_t *replies = json_array();
    index_query_t query = {.thread = message};
    query.folder[INDEX_INBOX] = true;
    index_found_t *found = index_find(self->index, &query, LOOKED_AT, &ignored);
    while (found && index_found_next(found, &ignored) == 1)
        add(self, index_found_stem(found), message, replies);
    index_found_close(&found);
    return replies;
}
