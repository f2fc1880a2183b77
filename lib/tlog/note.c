// note - the bytes are those of C2SP signed-note, tlog-checkpoint and tlog-proof,
// version 1.
//
// A note is its text, an empty line, and signature lines.  The text is what is signed,
// with its last LF but without the empty line.  Only the signature by the log's own key
// is looked at: witnesses' lines must be well-formed and are otherwise passed over.

#include "lib/tlog/note.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/tlog/merkle.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static const char DASH[] = "\xe2\x80\x94 "; // em dash and space

enum { ED25519 = 1, TAG_SIZE = 4, SIGNATURE_SIZE = 64, PATH_MAX_HASHES = 64 };

static bool origin_valid(span_t origin)
{
    return text_is_word(origin) && !memchr(origin.data, '+', origin.size);
}

// The first bytes of SHA-256(origin || LF || signature type || key).
static void compute_key_id(log_vkey_t *self)
{
    uint8_t bytes[ORIGIN_MAX + 34];
    size_t length = strlen(self->origin);
    hash_t hash;
    memcpy(bytes, self->origin, length);
    bytes[length] = '\n';
    bytes[length + 1] = ED25519;
    memcpy(bytes + length + 2, self->key, sizeof self->key);
    sha256(span_of(bytes, length + 34), &hash);
    memcpy(self->key_id, hash.bytes, sizeof self->key_id);
}

int log_vkey_of(log_vkey_t *self, const char *origin, const uint8_t key[32], cause_t *why)
{
    if (!origin_valid(span_text(origin)) ||
        !text_copy(span_text(origin), self->origin, sizeof self->origin))
        return cause_set(why,
            "a log's origin is 1 to %d printable characters without "
            "space or '+'",
            ORIGIN_MAX - 1);
    memcpy(self->key, key, sizeof self->key);
    compute_key_id(self);
    return 0;
}

// The bytes before the next '+'.
static span_t take_to_plus(reader_t *reader)
{
    span_t rest = reader->rest;
    const uint8_t *plus = rest.size ? memchr(rest.data, '+', rest.size) : NULL;
    if (!plus) {
        reader->bad = true;
        return (span_t){NULL, 0};
    }
    span_t taken = take_bytes(reader, (size_t)(plus - rest.data));
    (void)take_u8(reader);
    return taken;
}

int log_vkey_parse(log_vkey_t *self, span_t text, cause_t *why)
{
    char origin[ORIGIN_MAX];
    uint8_t id[TAG_SIZE];
    uint8_t typed_key[33];
    if (text.size && text.data[text.size - 1] == '\n')
        text.size--;
    reader_t reader = reader_of(text);
    span_t name = take_to_plus(&reader);
    span_t hex = take_to_plus(&reader);
    span_t base64 = take_rest(&reader);
    if (reader.bad || !text_copy(name, origin, sizeof origin) ||
        !hex_decode(hex, id, sizeof id) ||
        !base64_decode_exact(base64, typed_key, sizeof typed_key))
        return cause_set(
            why, "not a verifier key: expected <origin>+<8 hex digits>+<base64>");
    if (typed_key[0] != ED25519)
        return cause_set(
            why, "verifier key of type %u: only Ed25519 (1) is known", typed_key[0]);
    if (log_vkey_of(self, origin, typed_key + 1, why) != 0)
        return -1;
    if (memcmp(self->key_id, id, sizeof id) != 0)
        return cause_set(why, "verifier key: its id does not match its name and key");
    return 0;
}

int log_vkey_read(log_vkey_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(path, VKEY_MAX, &text, why);
    if (result == 0 && log_vkey_parse(self, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

void log_vkey_print(const log_vkey_t *self, char out[VKEY_MAX])
{
    uint8_t typed_key[33] = {ED25519};
    memcpy(typed_key + 1, self->key, sizeof self->key);
    size_t length = strlen(self->origin);
    memcpy(out, self->origin, length);
    out[length] = '+';
    hex_encode(self->key_id, sizeof self->key_id, out + length + 1);
    out[length + 9] = '+';
    base64_encode(typed_key, sizeof typed_key, out + length + 10);
}

void checkpoint_sign(const checkpoint_t *self, const log_vkey_t *vkey,
    const uint8_t secret[64], buf_t *note)
{
    uint8_t tagged[TAG_SIZE + SIGNATURE_SIZE];
    size_t start = note->size;
    buf_put_text(note, self->origin);
    buf_put_u8(note, '\n');
    buf_put_decimal(note, self->size);
    buf_put_u8(note, '\n');
    buf_put_base64(note, span_of(self->root.bytes, sizeof self->root.bytes));
    buf_put_u8(note, '\n');
    memcpy(tagged, vkey->key_id, TAG_SIZE);
    (void)crypto_sign_detached(
        tagged + TAG_SIZE, NULL, note->data + start, note->size - start, secret);
    buf_put_u8(note, '\n');
    buf_put_text(note, DASH);
    buf_put_text(note, vkey->origin);
    buf_put_u8(note, ' ');
    buf_put_base64(note, span_of(tagged, sizeof tagged));
    buf_put_u8(note, '\n');
}

// What the note consists of: the text that is signed and the signature lines.
typedef struct {
    span_t text, signatures;
} parts_t;

// UTF-8 without control characters below U+0020 other than LF.
static bool note_clean(span_t note)
{
    uint32_t code = 0;
    while (note.size) {
        size_t size = text_code_point(note, &code);
        if (size == 0 || (code < 0x20 && code != '\n'))
            return false;
        note = span_of(note.data + size, note.size - size);
    }
    return true;
}

// The last empty line divides a note.
static int divide(span_t note, parts_t *parts, cause_t *why)
{
    static const uint8_t empty_line[] = {'\n', '\n'};
    const uint8_t *last = note.size ? memrchr(note.data, '\n', note.size) : NULL;
    if (note.size > NOTE_LIMIT || !note_clean(note) || !last ||
        last != note.data + note.size - 1)
        return cause_set(why,
            "not a signed note: at most %d bytes of UTF-8 lines expected", NOTE_LIMIT);
    for (size_t i = note.size - 1; i > 1; i--)
        if (memcmp(note.data + i - 2, empty_line, 2) == 0) {
            parts->text = span_of(note.data, i - 1);
            parts->signatures = span_of(note.data + i, note.size - i);
            return 0;
        }
    return cause_set(why, "not a signed note: no empty line before the signatures");
}

static bool is_space(uint32_t code)
{
    return code == 0x20 || code == 0x85 || code == 0xa0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

// Key names may be any UTF-8 but spaces and '+'.
static bool key_name_valid(span_t name)
{
    uint32_t code = 0;
    bool any = name.size > 0;
    while (name.size) {
        size_t size = text_code_point(name, &code);
        if (size == 0 || is_space(code) || code == '+')
            return false;
        name = span_of(name.data + size, name.size - size);
    }
    return any;
}

typedef struct {
    span_t name;
    buf_t bytes; // four bytes of key id, then the signature
} signature_t;

static bool take_signature(reader_t *reader, signature_t *out)
{
    reader_t line = reader_of(take_line(reader));
    bool dash = span_is(take_bytes(&line, sizeof DASH - 1), DASH);
    out->name = take_word(&line);
    span_t base64 = take_rest(&line);
    buf_clear(&out->bytes);
    return dash && !line.bad && key_name_valid(out->name) &&
           base64_decode(base64, &out->bytes) && out->bytes.size > TAG_SIZE;
}

static bool signature_good(
    const signature_t *signature, span_t text, const log_vkey_t *vkey)
{
    return signature->bytes.size == TAG_SIZE + SIGNATURE_SIZE &&
           crypto_sign_verify_detached(
               signature->bytes.data + TAG_SIZE, text.data, text.size, vkey->key) == 0;
}

// At least one signature by the log's key, and none by it that is bad.
static int check_signatures(const parts_t *parts, const log_vkey_t *vkey, cause_t *why)
{
    signature_t signature = {0};
    reader_t reader = reader_of(parts->signatures);
    const char *wrong = reader.rest.size ? NULL : "it has no signature";
    bool signed_by_log = false;
    while (!wrong && reader.rest.size) {
        if (!take_signature(&reader, &signature)) {
            wrong = "a signature line is malformed";
        } else if (span_is(signature.name, vkey->origin) &&
                   memcmp(signature.bytes.data, vkey->key_id, TAG_SIZE) == 0) {
            signed_by_log = true;
            if (!signature_good(&signature, parts->text, vkey))
                wrong = "the log's signature is wrong";
        }
    }
    if (!wrong && !signed_by_log)
        wrong = "the log's key has not signed it";
    buf_destroy(&signature.bytes);
    return wrong ? cause_set(why, "signed note: %s", wrong) : 0;
}

// Lines behind the third are extensions: signed, opaque, never empty.
static int parse_text(checkpoint_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    span_t origin = take_line(&reader);
    span_t size = take_line(&reader);
    span_t root = take_line(&reader);
    bool empty_extension = false;
    while (!reader.bad && reader.rest.size)
        empty_extension |= take_line(&reader).size == 0;
    if (reader.bad || empty_extension || origin.size == 0 ||
        !text_copy(origin, self->origin, sizeof self->origin) ||
        !decimal_decode(size, &self->size) ||
        !base64_decode_exact(root, self->root.bytes, sizeof self->root.bytes))
        return cause_set(why, "not a checkpoint: expected origin, size and root");
    return 0;
}

int checkpoint_open(checkpoint_t *self, span_t note, const log_vkey_t *vkey, cause_t *why)
{
    parts_t parts = {0};
    if (divide(note, &parts, why) != 0 || check_signatures(&parts, vkey, why) != 0 ||
        parse_text(self, parts.text, why) != 0)
        return -1;
    if (strcmp(self->origin, vkey->origin) != 0)
        return cause_set(
            why, "checkpoint of log '%s', not of '%s'", self->origin, vkey->origin);
    return 0;
}

static const char PROOF_LINE[] = "c2sp.org/tlog-proof@v1";

void tlog_proof_write(
    buf_t *out, span_t leaf, uint64_t index, span_t path, span_t checkpoint_note)
{
    reader_t hashes = reader_of(path);
    assert(path.size % sizeof(hash_t) == 0);
    buf_put_text(out, PROOF_LINE);
    if (leaf.size) {
        buf_put_text(out, "\nextra ");
        buf_put_base64(out, leaf);
    }
    buf_put_text(out, "\nindex ");
    buf_put_decimal(out, index);
    while (hashes.rest.size) {
        buf_put_u8(out, '\n');
        buf_put_base64(out, take_bytes(&hashes, sizeof(hash_t)));
    }
    buf_put_text(out, "\n\n");
    buf_put_span(out, checkpoint_note);
}

// Leaf and path are decoded into one buffer; it moves while it grows, so the spans are
// set last.
static bool parse_proof(tlog_proof_t *self, reader_t *reader)
{
    bool good = true;
    (void)take_line(reader); // its version, which was looked at
    if (reader_at(reader, "extra")) {
        span_t base64 = take_field(reader, "extra");
        good &= base64.size > 0 && base64_decode(base64, &self->memory);
    }
    size_t leaf_size = self->memory.size;
    good &= decimal_decode(take_field(reader, "index"), &self->index);
    unsigned hashes = 0;
    for (span_t line = take_line(reader); good && line.size; line = take_line(reader)) {
        size_t before = self->memory.size;
        good = hashes++ < PATH_MAX_HASHES && base64_decode(line, &self->memory) &&
               self->memory.size - before == sizeof(hash_t);
    }
    self->extra = span_of(self->memory.data, leaf_size);
    self->path = span_of(self->memory.data + leaf_size, self->memory.size - leaf_size);
    self->note = take_rest(reader);
    return good && !reader->bad;
}

int tlog_proof_parse(tlog_proof_t *self, span_t text, cause_t *why)
{
    *self = (tlog_proof_t){0};
    reader_t reader = reader_of(text), first = reader;
    if (edition_line(take_line(&first), PROOF_LINE, "a transparency log proof", why) != 0)
        return -1;
    buf_reserve(&self->memory, 1);
    if (parse_proof(self, &reader))
        return 0;
    tlog_proof_close(self);
    return cause_set(why, "not a transparency log proof (c2sp.org/tlog-proof@v1)");
}

void tlog_proof_close(tlog_proof_t *self)
{
    buf_destroy(&self->memory);
    *self = (tlog_proof_t){0};
}

int tlog_proof_check(const tlog_proof_t *self, const log_vkey_t *vkey,
    checkpoint_t *checkpoint, cause_t *why)
{
    hash_t leaf;
    hash_t root;
    if (self->extra.size == 0)
        return cause_set(why, "the proof has no extra line, so its leaf is not known");
    if (checkpoint_open(checkpoint, self->note, vkey, why) != 0)
        return -1;
    merkle_leaf(self->extra, &leaf);
    if (merkle_path_root(&leaf, self->index, checkpoint->size, self->path, &root) != 0)
        return cause_set(why, "the proof does not fit entry %llu of %llu",
            (unsigned long long)self->index, (unsigned long long)checkpoint->size);
    if (!hash_equal(&root, &checkpoint->root))
        return cause_set(why, "the entry is not in the log that the checkpoint signs");
    return 0;
}
