// dabyl attachment - the files that a message names: which of them are there, and how to
// have one.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/attachments/attach.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/folder_watch.h"
#include "nodes/cli/handover.h"
#include "nodes/cli/progress.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/tools/named.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *into;
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"into", OPTION_TEXT, offsetof(options_t, into), "PATH", NULL,
        "get: the file to write, or a folder; else its name, here"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "get: how long to wait; the node goes on by itself"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const char *state_words(const char *state)
{
    if (strcmp(state, "fetched") == 0)
        return say("fetched, lies in the node");
    if (strcmp(state, "wanted") == 0)
        return say("asked for: the node fetches it as soon as it is there");
    if (strcmp(state, "handed-in") == 0)
        return say("handed in");
    if (strcmp(state, "waiting") == 0)
        return say("waits here to be handed in");
    if (strcmp(state, "absent") == 0)
        return say("not handed in yet");
    return say("the hub could not be asked");
}

static void print_file(const named_t *self, const named_file_t *file, FILE *out)
{
    const char *state = named_state(self, file);
    fputs("  ", out);
    screen_column(out, file->name, 40);
    fprintf(out, "%12" PRIu64 "  ", file->size);
    screen_paint(out, strcmp(state, "absent") == 0 ? PAINT_WARNING : PAINT_GOOD, "%s",
        state_words(state));
    if (file->handed_in)
        fprintf(out, say(", position %llu"), (unsigned long long)file->position);
    fprintf(out, "\n      %s\n", file->digest);
}

static void print_file_json(const named_t *self, const named_file_t *file)
{
    json_t *object = json_pack("{s:s, s:I, s:s, s:s}", "name", file->name, "size",
        (json_int_t)file->size, "sha256", file->digest, "state", named_state(self, file));
    if (file->handed_in)
        json_object_set_new(object, "position", json_integer((json_int_t)file->position));
    screen_json(stdout, object);
    json_decref(object);
}

static done_t list(const call_t *call, named_t *self)
{
    named_ask(self, call);
    if (self->n == 0 && !call->common.json)
        puts(say("this message names no files"));
    for (size_t i = 0; i < self->n; i++)
        if (call->common.json)
            print_file_json(self, &self->file[i]);
        else
            print_file(self, &self->file[i], stdout);
    return DONE_OK;
}

// The one that is meant; NULL after saying why that cannot be told.
static const named_file_t *choose(
    const call_t *call, const named_t *self, const char *name, done_t *done)
{
    const named_file_t *found = NULL;
    for (size_t i = 0; i < self->n; i++)
        if (!name || strcmp(self->file[i].name, name) == 0 ||
            strcmp(self->file[i].digest, name) == 0) {
            if (found && strcmp(found->digest, self->file[i].digest) != 0) {
                for (size_t k = 0; k < self->n; k++)
                    print_file(self, &self->file[k], stderr);
                *done =
                    call_usage(call, "which of these files?  Name one, or its SHA-256");
                return NULL;
            }
            found = &self->file[i];
        }
    if (!found)
        *done =
            call_fail(call, DONE_NO, "the message names no %s", name ? name : "files");
    return found;
}

// The author chose the name: it must not lead anywhere.
static bool is_plain(const char *name)
{
    return name[0] && name[0] != '.' && !strchr(name, '/') &&
           text_is_line(span_text(name));
}

// Where it goes: nothing that is there is written over.
static int target_of(const char *into, const char *name, char out[PATH_MAX], cause_t *why)
{
    struct stat info;
    if (!into || (stat(into, &info) == 0 && S_ISDIR(info.st_mode))) {
        if (!is_plain(name))
            return cause_set(why, "its name is no plain one: say which with --into");
        if (path_join(out, PATH_MAX, into ? into : ".", name, why) != 0)
            return -1;
    } else if ((size_t)snprintf(out, PATH_MAX, "%s", into) >= PATH_MAX) {
        return cause_set(why, "%s: too long", into);
    }
    if (lstat(out, &info) == 0)
        return cause_set(why, "%s is there already: say --into another", out);
    return 0;
}

static int path_in(const named_t *self, const char *folder, const named_file_t *file,
    const char *ending, char out[PATH_MAX], cause_t *why)
{
    char name[HASH_HEX + 64];
    (void)snprintf(name, sizeof name, "%s/%s%s", folder, file->digest, ending);
    return path_join(out, PATH_MAX, self->node, name, why);
}

static void print_got(const call_t *call, const named_file_t *file, const char *target)
{
    if (call->common.json) {
        json_t *object = json_pack("{s:s, s:s, s:I}", "file", target, "sha256",
            file->digest, "size", (json_int_t)file->size);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    screen_paint(stdout, PAINT_GOOD, "%s", say("GOT IT"));
    fputs("  ", stdout);
    screen_text(stdout, target);
    printf("\n      %" PRIu64 "  %s\n", file->size, file->digest);
}

static void folder_of(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int size = slash == path ? 1 : slash ? (int)(slash - path) : 1;
    (void)snprintf(out, PATH_MAX, "%.*s", size, slash ? path : ".");
}

// Give the copy its final name, unless that is in use.
static int give_name(
    const char *copy, const char *folder, const char *target, cause_t *why)
{
    int result = link(copy, target) == 0 ? 0 : cause_errno(why, "%s", target);
    (void)unlink(copy);
    return result == 0 ? folder_sync(folder, why) : -1;
}

// What was fetched goes where it is wanted, hashed once more on its way.
static done_t take_away(
    const call_t *call, const named_t *self, const named_file_t *file, const char *target)
{
    char whole[PATH_MAX], folder[PATH_MAX], copy[PATH_MAX], digest[HASH_HEX];
    attachment_t found;
    cause_t why;
    folder_of(target, folder);
    progress_t progress;
    progress_begin(&progress, say("copying the file"), PROGRESS_BYTES);
    const digest_watch_t watch = {progress_show, &progress, 0, 0};
    int result = path_in(self, "attachments/whole", file, "", whole, &why);
    if (result == 0)
        result = attach_transfer(NULL, whole, folder, &watch, copy, &found, &why);
    progress_end(&progress);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    hex_encode(found.digest.bytes, sizeof found.digest.bytes, digest);
    if (strcmp(digest, file->digest) != 0) {
        (void)unlink(copy);
        (void)unlink(whole);
        return call_fail(call, DONE_NO,
            "what was fetched was spoiled on this disk, and dropped: get it once more");
    }
    if (give_name(copy, folder, target, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    (void)unlink(whole);
    print_got(call, file, target);
    return DONE_OK;
}

static done_t say_refused(
    const call_t *call, const named_t *self, const named_file_t *file)
{
    char path[PATH_MAX];
    cause_t why;
    json_t *reason = path_in(self, "refused", file, ".reason.json", path, &why) == 0
                         ? mail_load(path, &why)
                         : NULL;
    done_t done = call_fail(call, DONE_NO, "%s: %s", file->name,
        reason ? mail_text(reason, "sentence") : "refused");
    json_decref(reason);
    return done;
}

static done_t say_not_yet(const call_t *call, named_t *self, const named_file_t *file)
{
    char control[PATH_MAX];
    node_path(self->node, NODE_CONTROL, control);
    if (!ask_alive(control))
        return call_fail(call, DONE_UNREACHABLE,
            "dabyl-node is not running in %s; it fetches the file when it is back",
            self->node);
    named_ask(self, call);
    if (self->asked && !file->handed_in)
        return call_fail(call, DONE_UNREACHABLE,
            "not there yet: %s has not handed it in.  The node asks again by itself; "
            "run this again later",
            mail_text(self->mail.root, "from"));
    return call_fail(call, DONE_UNREACHABLE,
        "not all of it is here yet.  The node goes on by itself; run this again later");
}

static int watch_folders(const named_t *self, folder_watch_t *watch, cause_t *why)
{
    char whole[PATH_MAX], refused[PATH_MAX];
    if (path_join(whole, sizeof whole, self->node, "attachments/whole", why) != 0 ||
        path_join(refused, sizeof refused, self->node, "refused", why) != 0 ||
        handover_folder(self->node, whole, why) != 0 ||
        handover_folder(self->node, refused, why) != 0)
        return -1;
    folder_watch_set(watch, (const char *const[]){whole, refused}, 2);
    return 0;
}

static bool refused_now(const named_t *self, const named_file_t *file)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_in(self, "refused", file, ".reason.json", path, &ignored) == 0 &&
           access(path, F_OK) == 0;
}

// While there is no daemon, nothing will come: that is said at once.
static int64_t until(const call_t *call, const named_t *self)
{
    const options_t *o = call->options;
    char control[PATH_MAX];
    node_path(self->node, NODE_CONTROL, control);
    return ask_alive(control) ? call_until(o->timeout_s) : 0;
}

// How much of it has come so far.
static uint64_t come_so_far(const named_t *self, const named_file_t *file)
{
    char folder[PATH_MAX], path[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    uint64_t most = 0;
    struct stat info;
    if (path_join(folder, sizeof folder, self->node, "attachments/coming", &ignored) !=
            0 ||
        names_list(&names, folder, "", &ignored) != 0)
        return 0;
    for (size_t i = 0; i < names.n; i++)
        if (strncmp(names.name[i], file->digest, strlen(file->digest)) == 0 &&
            path_join(path, sizeof path, folder, names.name[i], &ignored) == 0 &&
            lstat(path, &info) == 0 && (uint64_t)info.st_size > most)
            most = (uint64_t)info.st_size;
    names_free(&names);
    return most;
}

// Until it is there, is refused, or the time is over.
static void wait_for(const named_t *self, const named_file_t *file, folder_watch_t *watch,
    int64_t until_ms)
{
    enum { LOOK_MS = 250 };
    progress_t progress;
    cause_t ignored;
    progress_begin(&progress, say("fetching the file"), PROGRESS_BYTES);
    while (!named_lies_in(self, "whole", file) && !refused_now(self, file)) {
        int64_t now_ms = clock_now().monotonic_ms, look_ms = now_ms + LOOK_MS;
        if (now_ms >= until_ms ||
            folder_watch_wait(watch, look_ms < until_ms ? look_ms : until_ms, &ignored) <
                0)
            break;
        progress_show(&progress, come_so_far(self, file), file->size);
    }
    progress_end(&progress);
}

static done_t get(const call_t *call, named_t *self, const char *name)
{
    const options_t *o = call->options;
    char target[PATH_MAX];
    cause_t why;
    folder_watch_t watch = {-1};
    done_t done = DONE_NO;
    const named_file_t *file = choose(call, self, name, &done);
    if (!file)
        return done;
    if (target_of(o->into, file->name, target, &why) != 0 ||
        watch_folders(self, &watch, &why) != 0 ||
        (!named_lies_in(self, "whole", file) && named_want(self, file, &why) != 0)) {
        folder_watch_close(&watch);
        return call_fail(call, DONE_NO, "%s", why.text);
    }
    int64_t until_ms = until(call, self);
    wait_for(self, file, &watch, until_ms);
    if (named_lies_in(self, "whole", file))
        done = take_away(call, self, file, target);
    else if (refused_now(self, file))
        done = say_refused(call, self, file);
    else
        done = say_not_yet(call, self, file);
    folder_watch_close(&watch);
    return done;
}

static done_t run(const call_t *call)
{
    cause_t why;
    char *const *operand = call->operand;
    bool gets = call->operands >= 2 && strcmp(operand[0], "get") == 0;
    if (!(call->operands == 1 || (gets && call->operands <= 3)))
        return call_usage(call, "needs one message, or get, a message and a file's name");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    char id[MESSAGE_ID_MAX];
    const char *wanted = chosen(call, node, MAIL_HERE, operand[gets ? 1 : 0], id);
    if (!wanted)
        return DONE_USAGE;
    named_t *files = calloc(1, sizeof *files);
    if (!files)
        abort();
    done_t done;
    if (named_open(files, node, wanted, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else if (gets)
        done = get(call, files, call->operands == 3 ? operand[2] : NULL);
    else
        done = list(call, files);
    named_close(files);
    free(files);
    return done;
}

const command_t cmd_attachment = {
    .name = "attachment",
    .operands = "[get] ID|NUMBER [NAME]",
    .summary = "the files that a message names, and how to have one",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_INBOX,
    .run = run,
    .notes =
        "  dabyl attachment 12                       which files, and are they there?\n"
        "  dabyl attachment get 12 --into plans/     fetch the one that it names\n"
        "  dabyl attachment get 12 plan.pdf          fetch this one\n\n"
        "Exit code 3: it is not there yet, and the node goes on by itself.\n",
};
