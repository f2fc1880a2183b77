// named - the message says which files, the hub which were handed in, the node's folders
// which are here.

#include "nodes/tools/named.h"

#include "lib/base/file.h"
#include "lib/message/document.h"
#include "nodes/cli/handover.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/tools/query.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ASK_MS = 10000 };

static void add_file(void *context, const attachment_t *attachment)
{
    named_t *self = context;
    if (self->n == NAMED_MAX)
        return;
    named_file_t *file = &self->file[self->n++];
    hex_encode(attachment->digest.bytes, sizeof(hash_t), file->digest);
    file->size = attachment->size;
    file->name = strdup(attachment->name);
}

static int read_files(named_t *self, cause_t *why)
{
    static const document_limits_t limits = {MAIL_SIZE_MAX, 256};
    buf_t text = {0};
    value_t *root = NULL;
    refusal_t refusal;
    if (file_read_plain(self->mail.path, MAIL_SIZE_MAX, &text, why) != 0)
        return -1;
    int result = document_load(buf_span(&text), &limits, &root, &refusal) == 0
                     ? 0
                     : cause_set(why, "%s: %s", self->mail.path, refusal.text);
    if (result == 0)
        attachments_each(root, add_file, self);
    value_free(&root);
    buf_destroy(&text);
    return result;
}

int named_open(named_t *self, const char *node, const char *wanted, cause_t *why)
{
    self->node = node;
    return mail_open_here(&self->mail, node, wanted, why) == 0 ? read_files(self, why)
                                                               : -1;
}

int named_take(named_t *self, const char *node, mail_t *mail, cause_t *why)
{
    self->node = node;
    self->mail = *mail;
    *mail = (mail_t){0};
    return read_files(self, why);
}

void named_close(named_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        free(self->file[i].name);
    mail_close(&self->mail);
}

static void note_handed_in(named_t *self, const json_t *one)
{
    const json_t *position = json_object_get(one, "position");
    for (size_t i = 0; position && i < self->n; i++)
        if (strcmp(self->file[i].digest, mail_text(one, "sha256")) == 0) {
            self->file[i].handed_in = true;
            self->file[i].position = (uint64_t)json_integer_value(position);
        }
}

json_t *named_question(const named_t *self)
{
    return json_pack("{s:s, s:s}", "author", mail_text(self->mail.root, "from"), "id",
        mail_text(self->mail.root, "id"));
}

void named_answered(named_t *self, const json_t *answer)
{
    size_t i;
    json_t *one;
    self->asked = answer != NULL;
    json_array_foreach(json_object_get(answer, "attachments"), i, one)
        note_handed_in(self, one);
}

// When the hub cannot be asked, the command says so and shows what it knows without it.
void named_ask(named_t *self, const call_t *call)
{
    done_t done;
    char control[PATH_MAX];
    node_path(self->node, NODE_CONTROL, control);
    if (!ask_alive(control))
        return;
    json_t *answer = query_hub(call, "attachments", named_question(self), ASK_MS, &done);
    named_answered(self, answer);
    json_decref(answer);
}

static int path_in(const named_t *self, const char *folder, const named_file_t *file,
    const char *ending, char out[PATH_MAX], cause_t *why)
{
    char name[HASH_HEX + 64];
    (void)snprintf(name, sizeof name, "%s/%s%s", folder, file->digest, ending);
    return path_join(out, PATH_MAX, self->node, name, why);
}

int named_want(const named_t *self, const named_file_t *file, cause_t *why)
{
    char folder[PATH_MAX], path[PATH_MAX], reason[PATH_MAX], text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64 "\n", file->size);
    if (path_join(folder, sizeof folder, self->node, "attachments/wanted", why) != 0 ||
        handover_folder(self->node, folder, why) != 0 ||
        path_in(self, "attachments/wanted", file, "", path, why) != 0 ||
        path_in(self, "refused", file, ".reason.json", reason, why) != 0)
        return -1;
    (void)unlink(reason); // of an earlier try
    return handover_file(self->node, path, span_text(text), why);
}

bool named_lies_in(const named_t *self, const char *folder, const named_file_t *file)
{
    char path[PATH_MAX];
    int length = snprintf(
        path, sizeof path, "%s/attachments/%s/%s", self->node, folder, file->digest);
    return length > 0 && (size_t)length < sizeof path && access(path, F_OK) == 0;
}

// In the order of what matters most to who looks.
const char *named_state(const named_t *self, const named_file_t *file)
{
    if (named_lies_in(self, "whole", file))
        return "fetched";
    if (named_lies_in(self, "wanted", file))
        return "wanted";
    if (file->handed_in)
        return "handed-in";
    if (named_lies_in(self, "outbox", file))
        return "waiting";
    return self->asked ? "absent" : "unknown";
}
