// verify_attachment - the leaf has the hash of the entry's text, and the text has the
// SHA-256 of the file.

#include "nodes/tools/verify_attachment.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/message/attachment.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/proof.h"

#include <limits.h>
#include <string.h>

enum { PROOF_MAX = 1 << 20 };

static const char ending[] = ".attachment";

bool verify_is_attachment(const char *path)
{
    size_t size = strlen(path);
    return size > sizeof ending - 1 &&
           strcmp(path + size - (sizeof ending - 1), ending) == 0;
}

static int read_both(const char *path, buf_t *text, buf_t *proof, cause_t *why)
{
    char beside[PATH_MAX];
    int stem = (int)(strlen(path) - (sizeof ending - 1));
    if (snprintf(beside, sizeof beside, "%.*s.tlog-proof", stem, path) >= PATH_MAX)
        return cause_set(why, "the name is too long");
    return file_read(path, PROOF_MAX, text, why) == 0
               ? file_read(beside, PROOF_MAX, proof, why)
               : -1;
}

static int check(span_t text, span_t proof, const log_vkey_t *vkey,
    attachment_t *attachment, leaf_t *leaf, checkpoint_t *checkpoint, cause_t *why)
{
    hash_t hash;
    sha256(text, &hash);
    if (proof_receipt(proof, vkey, leaf, checkpoint, why) != 0 ||
        attachment_parse(attachment, text, why) != 0)
        return -1;
    if (strcmp(leaf->type, "attachment") != 0)
        return cause_set(why, "its proof is of an entry of another type");
    if (!leaf->has_document || !hash_equal(&hash, &leaf->document))
        return cause_set(why, "this text is not the one that the log recorded");
    return 0;
}

static void print(const call_t *call, const char *path, const attachment_t *attachment,
    const leaf_t *leaf, const checkpoint_t *checkpoint)
{
    char digest[HASH_HEX], time[TIME_TEXT];
    hex_encode(attachment->digest.bytes, sizeof attachment->digest.bytes, digest);
    time_print(leaf->time_ms, time);
    if (call->common.json) {
        json_t *object = json_pack("{s:s, s:b, s:s, s:s, s:I, s:I, s:s}", "file", path,
            "good", 1, "author", leaf->author, "sha256", digest, "size",
            (json_int_t)attachment->size, "position", (json_int_t)leaf->position, "time",
            time);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    screen_paint(stdout, PAINT_GOOD, "GOOD");
    printf(say("  %s\n  %s handed in %s, %llu bytes\n"), path, leaf->author, digest,
        (unsigned long long)attachment->size);
    printf(say("  taken by the log %s at position %llu, "), checkpoint->origin,
        (unsigned long long)leaf->position);
    screen_time_ms(stdout, leaf->time_ms);
    printf(say("\n  proven in its signed checkpoint of %llu entries\n"),
        (unsigned long long)checkpoint->size);
}

int verify_attachment(
    const call_t *call, const char *path, const log_vkey_t *vkey, cause_t *why)
{
    buf_t text = {0}, proof = {0};
    attachment_t attachment;
    leaf_t leaf;
    checkpoint_t checkpoint;
    int result = read_both(path, &text, &proof, why);
    if (result == 0)
        result = check(buf_span(&text), buf_span(&proof), vkey, &attachment, &leaf,
            &checkpoint, why);
    if (result == 0)
        print(call, path, &attachment, &leaf, &checkpoint);
    buf_destroy(&text);
    buf_destroy(&proof);
    return result;
}
