// taking - copies are found by the names of files, and whose they are by the proofs
// beside them.

#include "nodes/erasing/taking.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/sys/clock.h"
#include "nodes/cli/handover.h"
#include "nodes/inbox/erased.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/mail.h"
#include "nodes/index/mail_index.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *node;
    const reference_t *message;
    const char *by;
    size_t texts;
    cause_t *why;
} taking_t;

typedef int each_fn(taking_t *self, const char *folder, const char *name);

static bool is_of(const taking_t *self, const mail_t *mail)
{
    return mail->has_leaf && strcmp(mail->leaf.author, self->message->author) == 0 &&
           strcmp(mail->leaf.id, self->message->id) == 0;
}

// Its copies in one folder, whatever number they have.
static int in_folder(taking_t *self, const char *folder, each_fn *each)
{
    names_t names = {0};
    char id[MESSAGE_ID_MAX];
    uint64_t number;
    int result = 0;
    if (file_absent(folder))
        return 0;
    if (names_list(&names, folder, ".json", self->why) != 0)
        return -1;
    for (size_t i = 0; result == 0 && i < names.n; i++)
        if (mail_name(names.name[i], &number, id) && strcmp(id, self->message->id) == 0)
            result = each(self, folder, names.name[i]);
    names_free(&names);
    return result;
}

static int in_home(taking_t *self, const char *home, each_fn *each)
{
    static const char *const folders[] = {"inbox", "carried", "sent"};
    char folder[PATH_MAX];
    int result = 0;
    for (size_t i = 0; result == 0 && i < sizeof folders / sizeof *folders; i++)
        result = path_join(folder, sizeof folder, home, folders[i], self->why) == 0
                     ? in_folder(self, folder, each)
                     : -1;
    return result;
}

static int everywhere(taking_t *self, each_fn *each)
{
    char former[PATH_MAX];
    int result = in_home(self, self->node, each);
    for (int n = former_last(self->node); result == 0 && n > 0; n--) {
        former_nth(self->node, n, former);
        result = in_home(self, former, each);
    }
    return result;
}

// "x/inbox/NAME.json" -> "x/inbox/NAME.erased"
static int beside(const char *folder, const char *name, char out[PATH_MAX], cause_t *why)
{
    char other[NAME_MAX + 16];
    (void)snprintf(
        other, sizeof other, "%.*s.erased", (int)(strlen(name) - strlen(".json")), name);
    return path_join(out, PATH_MAX, folder, other, why);
}

static int count(taking_t *self, const char *folder, const char *name)
{
    mail_t mail;
    cause_t ignored;
    if (mail_open(&mail, folder, name, &ignored) == 0 && is_of(self, &mail))
        self->texts++;
    mail_close(&mail);
    return 0;
}

bool taking_text_here(const char *node, const reference_t *message)
{
    cause_t ignored;
    taking_t self = {.node = node, .message = message, .why = &ignored};
    return everywhere(&self, count) != 0 || self.texts > 0;
}

// --------------------------------------------------------------------------------

static int mark(taking_t *self, const char *folder, const char *name)
{
    char path[PATH_MAX], time[TIME_TEXT];
    buf_t text = {0};
    time_print(clock_now().wall_ms, time);
    buf_printf(&text, "time %s\nby %s\n", time, self->by);
    int result = beside(folder, name, path, self->why);
    if (result == 0 && access(path, F_OK) != 0)
        result = handover_file(self->node, path, buf_span(&text), self->why);
    buf_destroy(&text);
    return result;
}

static int remove_at(const char *path, cause_t *why)
{
    return unlink(path) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}

// The files of a folder whose names are this digest, or begin with it.
static int drop_named(const char *folder, const char *digest, cause_t *why)
{
    names_t names;
    char path[PATH_MAX];
    int result = 0;
    if (file_absent(folder))
        return 0;
    if (names_list(&names, folder, "", why) != 0)
        return -1;
    for (size_t i = 0; result == 0 && i < names.n; i++)
        if (strncmp(names.name[i], digest, HASH_HEX - 1) == 0)
            result = path_join(path, sizeof path, folder, names.name[i], why) == 0
                         ? remove_at(path, why)
                         : -1;
    names_free(&names);
    return result;
}

// What was fetched, is coming or is wanted of it.  Who wants it for another message
// fetches it again.
static int drop_file(taking_t *self, const char *digest)
{
    static const char *const folders[] = {
        "attachments/wanted", "attachments/coming", "attachments/whole"};
    char folder[PATH_MAX];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (path_join(folder, sizeof folder, self->node, folders[i], self->why) != 0 ||
            drop_named(folder, digest, self->why) != 0)
            return -1;
    return 0;
}

// Each SHA-256 that an object of the document has; one that is no file's names nothing.
static int drop_files(taking_t *self, const json_t *value)
{
    size_t i;
    const char *key, *digest = json_string_value(json_object_get(value, "sha256"));
    json_t *member;
    uint8_t bytes[32];
    int result = digest && hex_decode(span_text(digest), bytes, sizeof bytes)
                     ? drop_file(self, digest)
                     : 0;
    json_array_foreach(value, i, member) result |= drop_files(self, member);
    json_object_foreach((json_t *)value, key, member) result |= drop_files(self, member);
    return result;
}

static int take_beside(taking_t *self, const char *folder, const char *name)
{
    mail_t mail;
    cause_t ignored;
    int result = 0;
    if (mail_open(&mail, folder, name, &ignored) == 0 && is_of(self, &mail)) {
        result = mark(self, folder, name);
        if (result == 0)
            result = drop_files(self, json_object_get(mail.root, "body"));
    }
    mail_close(&mail);
    return result;
}

static int take_text(taking_t *self, const char *folder, const char *name)
{
    mail_t mail;
    char path[PATH_MAX];
    cause_t ignored;
    bool ours = mail_open(&mail, folder, name, &ignored) == 0 && is_of(self, &mail);
    mail_close(&mail);
    if (!ours)
        return 0;
    return path_join(path, sizeof path, folder, name, self->why) == 0 &&
                   remove_at(path, self->why) == 0
               ? folder_sync(folder, self->why)
               : -1;
}

// The catalogue is made anew of what is left, since no word can be taken out of the one
// there is; and not before the texts are gone.
taken_how_t taking_run(
    const char *node, const reference_t *message, const char *by, cause_t *why)
{
    taking_t self = {.node = node, .message = message, .by = by, .why = why};
    mail_index_t *index = NULL;
    if (erased_begin(node, message, by, why) != 0 || everywhere(&self, take_beside) != 0)
        return TAKEN_NOT;
    index_hold_t hold = mail_index_forget(node, &index, why);
    bool done = hold == INDEX_WRITES && everywhere(&self, take_text) == 0 &&
                erased_done(node, message, why) == 0;
    mail_index_close(&index);
    return done ? TAKEN : hold == INDEX_HELD ? TAKEN_LATER : TAKEN_NOT;
}
