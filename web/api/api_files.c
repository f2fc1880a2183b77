// api_files - the files that messages name: one that is to be handed in, and those that
// are here.  What can be had is what a message of this node names, and nothing else that
// lies in its folders.

#include "lib/base/digest.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "nodes/attachments/attach.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/named.h"
#include "web/api/api.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_digest(const char *text)
{
    hash_t ignored;
    return hex_decode(span_text(text), ignored.bytes, sizeof ignored.bytes);
}

// The server hashed and flushed it on its way, and left room for the node's own.
static void hand_in(web_t *web, const request_t *request, reply_t *reply)
{
    attachment_t came = {0};
    char digest[HASH_HEX];
    cause_t why;
    refusal_t refusal;
    if (!request_file_hash(request, &came.digest, &came.size)) {
        reply_error(reply, 400, "malformed", "no file came with it");
        return;
    }
    hex_encode(came.digest.bytes, sizeof came.digest.bytes, digest);
    if (strcmp(digest, request_step(request, 0)) != 0) {
        (void)refuse(&refusal, "attachment.digest", "", "",
            "what came has the SHA-256 %s: it was changed on its way, or while it was "
            "read",
            digest);
        reply_refusal(reply, &refusal);
    } else if (attach_take(web->node, request_file(request), &came, &why) < 0)
        reply_failed(reply, &why);
    else
        reply_json(reply,
            json_pack("{s:s, s:I}", "sha256", digest, "size", (json_int_t)came.size));
}

static void answer_put(web_t *web, const request_t *request, reply_t *reply)
{
    if (is_digest(request_step(request, 0)))
        hand_in(web, request, reply);
    else
        reply_error(reply, 400, "malformed", "a SHA-256 is wanted, in lower-case hex");
}

// The one of this digest, of the name that is asked for where it has several; NULL: the
// message names none.
static const named_file_t *find(
    const named_t *named, const char *digest, const char *name)
{
    const named_file_t *found = NULL;
    for (size_t i = 0; i < named->n; i++)
        if (strcmp(named->file[i].digest, digest) == 0 &&
            (!found || strcmp(named->file[i].name, name) == 0))
            found = &named->file[i];
    return found;
}

typedef void use_t(
    web_t *web, const named_t *named, const named_file_t *file, reply_t *reply);

static void with_file(web_t *web, const char *message, const char *digest,
    const char *name, use_t *use, reply_t *reply)
{
    cause_t why;
    named_t *named = memory_new(1, sizeof *named);
    const named_file_t *file = NULL;
    if (named_open(named, web->node, message, &why) == 0)
        file = find(named, digest, name);
    if (file)
        use(web, named, file, reply);
    else
        reply_error(reply, 404, "absent", "no message here names such a file");
    named_close(named);
    free(named);
}

// Bytes that a disk has changed since are given to nobody.
static bool is_whole(const char *path, const named_file_t *file)
{
    hash_t hash;
    uint64_t size;
    cause_t ignored;
    char digest[HASH_HEX];
    if (digest_file(path, &hash, &size, &ignored) != 0)
        return false;
    hex_encode(hash.bytes, sizeof hash.bytes, digest);
    return strcmp(digest, file->digest) == 0;
}

static void give(
    web_t *web, const named_t *named, const named_file_t *file, reply_t *reply)
{
    static const char *const folders[] = {"whole", "outbox"};
    char name[HASH_HEX + 32], path[PATH_MAX];
    cause_t why;
    for (size_t i = 0; i < 2; i++) {
        if (!named_lies_in(named, folders[i], file))
            continue;
        (void)snprintf(name, sizeof name, "attachments/%s/%s", folders[i], file->digest);
        if (path_join(path, sizeof path, web->node, name, &why) != 0)
            reply_failed(reply, &why);
        else if (is_whole(path, file))
            reply_file(reply, path, file->name);
        else {
            if (i == 0)
                (void)unlink(path);
            reply_error(reply, 404, "spoiled",
                "it was spoiled on this disk, and is given to nobody: fetch it again");
        }
        return;
    }
    reply_error(reply, 404, "not-here", "it is not here yet: have it fetched");
}

static void answer_get(web_t *web, const request_t *request, reply_t *reply)
{
    with_file(web, request_query(request, "message"), request_step(request, 0),
        request_query(request, "name"), give, reply);
}

static void want(
    web_t *web, const named_t *named, const named_file_t *file, reply_t *reply)
{
    (void)web;
    cause_t why;
    if (!named_lies_in(named, "whole", file) && named_want(named, file, &why) != 0)
        reply_failed(reply, &why);
}

static void answer_wanted(web_t *web, const request_t *request, reply_t *reply)
{
    json_t *body = api_body(request, reply);
    if (body)
        with_file(
            web, mail_text(body, "message"), request_step(request, 0), "", want, reply);
    json_decref(body);
}

const web_route_t api_files[] = {
    {METHOD_PUT, "/api/files/*", BODY_FILE, answer_put},
    {METHOD_GET, "/api/files/*", BODY_NONE, answer_get},
    {METHOD_POST, "/api/files/*/wanted", BODY_JSON, answer_wanted},
    {0, NULL, BODY_NONE, NULL},
};
