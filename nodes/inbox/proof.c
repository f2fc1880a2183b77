// proof - the order matters for what is said at the first fault: the receipt first (it
// gives the moment at which certificates must have been good), then that it is of these
// very bytes, then whose.

#include "nodes/inbox/proof.h"

#include "lib/base/catalogue.h"
#include "nodes/inbox/mail.h"

#include <string.h>
#include <unistd.h>

static bool remembered(const memo_t *memo, const hash_t *what)
{
    for (size_t i = 0; memo && i < MEMO_SIZE; i++)
        if (hash_equal(&memo->good[i], what))
            return true;
    return false;
}

static void remember(memo_t *memo, const hash_t *what)
{
    if (memo)
        memo->good[memo->next++ % MEMO_SIZE] = *what;
}

static int check_signature(const seal_head_t *head, size_t i,
    const uint8_t public_key[32], memo_t *memo, cause_t *why)
{
    buf_t text = {0};
    hash_t what;
    seal_signed_text(head, head->signature[i].key_id, &text);
    buf_put(&text, head->signature[i].bytes, sizeof head->signature[i].bytes);
    sha256(buf_span(&text), &what);
    buf_destroy(&text);
    if (remembered(memo, &what))
        return 0;
    if (seal_check_signature(head, i, public_key, why) != 0)
        return -1;
    remember(memo, &what);
    return 0;
}

// The first signature is the node's own, further ones are by officers of that node.
static int check_signer(const cert_t *cert, const char *author, size_t i, cause_t *why)
{
    bool officer = strcmp(cert->role, "officer") == 0;
    if (strcmp(cert->node, author) != 0)
        return cause_set(why, "signature %zu is by %s%s%s, not by %s", i + 1, cert->name,
            officer ? say(", officer of ") : "", officer ? cert->node : "", author);
    if (officer != (i > 0))
        return cause_set(why, "signature %zu is %s", i + 1,
            officer ? say("an officer's where the node's must be")
                    : say("a node's where an officer's must be"));
    return 0;
}

int proof_seal(const proof_trust_t *trust, const char *author, const hash_t *document,
    span_t text, int64_t at_ms, signers_t *signers, cause_t *why)
{
    seal_t seal;
    if (seal_parse(&seal, text, why) != 0)
        return cause_prefix(why, "seal");
    if (trust->origin && strcmp(seal.head.origin, trust->origin) != 0)
        return cause_set(
            why, "seal: made for the log %s, not %s", seal.head.origin, trust->origin);
    if (seal_check_place(&seal, document, why) != 0)
        return cause_prefix(why, "seal");
    signers->n = 0;
    for (size_t i = 0; i < seal.head.signatures; i++) {
        const char *key_id = seal.head.signature[i].key_id;
        const cert_t *cert = keyring_find(trust->keys, key_id, at_ms, why);
        if (!cert || check_signer(cert, author, i, why) != 0 ||
            check_signature(&seal.head, i, cert->key, trust->memo, why) != 0)
            return cause_prefix(why, "seal");
        signers->cert[signers->n++] = cert;
    }
    return 0;
}

int proof_receipt(span_t text, const log_vkey_t *vkey, leaf_t *leaf,
    checkpoint_t *checkpoint, cause_t *why)
{
    tlog_proof_t proof = {0};
    if (tlog_proof_parse(&proof, text, why) != 0)
        return cause_prefix(why, "receipt");
    int result = tlog_proof_check(&proof, vkey, checkpoint, why);
    if (result == 0)
        result = leaf_take(leaf, proof.extra, why);
    if (result == 0 && leaf->position != proof.index)
        result =
            cause_set(why, "the leaf says position %llu, its place in the tree is %llu",
                (unsigned long long)leaf->position, (unsigned long long)proof.index);
    tlog_proof_close(&proof);
    return result == 0 ? 0 : cause_prefix(why, "receipt");
}

int proof_names(const json_t *document, const leaf_t *leaf, cause_t *why)
{
    const struct {
        const char *field, *recorded;
    } same[] = {{"from", leaf->author}, {"id", leaf->id}, {"kind", leaf->kind}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(mail_text(document, same[i].field), same[i].recorded) != 0)
            return cause_set(why, "the log recorded %s '%s', the document says otherwise",
                same[i].field, same[i].recorded);
    return 0;
}

static int check_part(
    bool there, const hash_t *recorded, span_t part, const char *what, cause_t *why)
{
    hash_t hash;
    sha256(part, &hash);
    if (!there)
        return cause_set(why, "the log recorded no %s", what);
    if (!hash_equal(&hash, recorded))
        return cause_set(why, "the %s is not the one that the log recorded", what);
    return 0;
}

static int decode_text(const json_t *object, const char *field, buf_t *out)
{
    return base64_decode(span_text(mail_text(object, field)), out) ? 0 : -1;
}

// A derived message brings its cause along, sealed by the cause's author.
static int check_carried(const proof_trust_t *trust, const json_t *root, int64_t at_ms,
    proven_t *proven, cause_t *why)
{
    const json_t *body = json_object_get(root, "body");
    const json_t *carried = json_object_get(body, "carried");
    buf_t document = {0}, seal = {0};
    seal_t parsed;
    hash_t hash;
    cause_t missing;
    signers_t signers;
    if (!json_is_object(carried))
        return 0;
    const char *author = mail_text(json_object_get(body, "cause"), "author");
    snprintf(proven->carried_author, sizeof proven->carried_author, "%s", author);
    proven->carries = true;
    int result = 0;
    if (decode_text(carried, "document", &document) != 0 ||
        decode_text(carried, "seal", &seal) != 0)
        result = cause_set(why, "not canonical base64");
    sha256(buf_span(&document), &hash);
    if (result == 0 && (result = seal_parse(&parsed, buf_span(&seal), why)) == 0) {
        // A receiver of the alert alone may never have met the author's certificate.
        proven->carried_checked =
            keyring_find(trust->keys, parsed.head.signature[0].key_id, at_ms, &missing);
        result = proven->carried_checked ? proof_seal(trust, author, &hash,
                                               buf_span(&seal), at_ms, &signers, why)
                                         : seal_check_place(&parsed, &hash, why);
    }
    buf_destroy(&document);
    buf_destroy(&seal);
    return result == 0 ? 0 : cause_prefix(why, "the message carried inside");
}

static int check_document(
    const proof_trust_t *trust, span_t document, proven_t *proven, cause_t *why)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)document.data, document.size, 0, &error);
    if (!root)
        return cause_set(why, "the document is not JSON: %s", error.text);
    int result = proof_names(root, &proven->leaf, why);
    if (result == 0)
        result = check_carried(trust, root, proven->leaf.time_ms, proven, why);
    json_decref(root);
    return result;
}

// `document` is its hash.
static int check_sealed(const proof_trust_t *trust, const hash_t *document, span_t seal,
    proven_t *proven, cause_t *why)
{
    proof_trust_t before = *trust; // what was taken over was sealed for the log before
    const leaf_t *leaf = &proven->leaf;
    before.origin = NULL;
    if (check_part(leaf->has_seal, &leaf->seal, span_of(seal.data, seal_head_size(seal)),
            "seal", why) != 0)
        return -1;
    return proof_seal(leaf_is_former(leaf) ? &before : trust, leaf->author, document,
        seal, leaf->time_ms, &proven->signers, why);
}

static int check_receipt(
    span_t proof, const log_vkey_t *vkey, proven_t *proven, cause_t *why)
{
    *proven = (proven_t){0};
    if (proof_receipt(proof, vkey, &proven->leaf, &proven->checkpoint, why) != 0)
        return -1;
    return leaf_is_message(&proven->leaf)
               ? 0
               : cause_set(why, "the receipt is for a %s entry, not for a message",
                     proven->leaf.type);
}

int proof_message(const proof_trust_t *trust, const log_vkey_t *vkey, span_t document,
    span_t seal, span_t proof, proven_t *proven, cause_t *why)
{
    const leaf_t *leaf = &proven->leaf;
    hash_t hash;
    sha256(document, &hash);
    if (check_receipt(proof, vkey, proven, why) != 0 ||
        check_part(leaf->has_document, &leaf->document, document, "document", why) != 0 ||
        check_sealed(trust, &hash, seal, proven, why) != 0)
        return -1;
    return check_document(trust, document, proven, why);
}

int proof_left(const proof_trust_t *trust, const log_vkey_t *vkey, span_t seal,
    span_t proof, proven_t *proven, cause_t *why)
{
    if (check_receipt(proof, vkey, proven, why) != 0)
        return -1;
    proven->gone = true;
    return proven->leaf.has_document
               ? check_sealed(trust, &proven->leaf.document, seal, proven, why)
               : cause_set(why, "the log recorded no document");
}

static int read_part(const char *stem, const char *ending, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s%s", stem, ending) >= sizeof path)
        return cause_set(why, "the name is too long");
    return file_read(path, MAIL_SIZE_MAX, out, why);
}

// By this node: then its document is not missed.
static bool was_erased(const char *stem)
{
    char path[PATH_MAX];
    return (size_t)snprintf(path, sizeof path, "%s.erased", stem) < sizeof path &&
           access(path, F_OK) == 0;
}

int proof_files(const proof_trust_t *trust, const log_vkey_t *vkey, const char *stem,
    proven_t *proven, cause_t *why)
{
    buf_t document = {0}, seal = {0}, proof = {0};
    int result = -1;
    if (read_part(stem, ".tlog-proof", &proof, why) == 0 &&
        read_part(stem, ".seal", &seal, why) == 0) {
        if (read_part(stem, ".json", &document, why) == 0)
            result = proof_message(trust, vkey, buf_span(&document), buf_span(&seal),
                buf_span(&proof), proven, why);
        else if (was_erased(stem))
            result =
                proof_left(trust, vkey, buf_span(&seal), buf_span(&proof), proven, why);
    }
    buf_destroy(&document);
    buf_destroy(&seal);
    buf_destroy(&proof);
    return result;
}
