// ledger - an array in memory, in the order of issue.  At each change the whole file is
// written anew and renamed over the old one, so that a crash never leaves half a line; a
// CA issues thousands of certificates in its life, not millions.

#include "certs/folder/ledger.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/pki/seal.h"

#include <stdlib.h>
#include <string.h>

enum { LEDGER_MAX = 256 << 20 };

standing_t issued_standing(const issued_t *self, int64_t now_ms)
{
    if (self->revoked_ms)
        return REVOKED;
    if (now_ms >= self->not_after_ms)
        return EXPIRED;
    return now_ms < self->not_before_ms ? NOT_YET : IN_FORCE;
}

const char *standing_name(standing_t standing)
{
    static const char *const names[] = {
        MARK("in force"), MARK("not yet valid"), MARK("expired"), MARK("revoked")};
    return names[standing];
}

static void put_text(json_t *out, const char *key, const char *text)
{
    if (json_object_set_new(out, key, json_string(text)) != 0)
        abort(); // out of memory: every text here is ASCII
}

static void put_time(json_t *out, const char *key, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    put_text(out, key, text);
}

json_t *issued_json(const issued_t *self)
{
    char key[HASH_BASE64];
    json_t *out = json_object();
    put_text(out, "id", self->holder.name);
    put_text(out, "role", self->holder.role);
    put_text(out, "organisation", self->holder.organisation);
    put_text(out, "node", self->holder.node);
    if (self->holder.office[0])
        put_text(out, "office", self->holder.office);
    if (self->holder.territory[0])
        put_text(out, "territory", self->holder.territory);
    put_text(out, "use", cert_use_name(self->use));
    put_text(out, "serial", self->serial);
    put_text(out, "key", self->key_id);
    base64_encode(self->key, sizeof self->key, key);
    put_text(out, "public", key);
    put_time(out, "issued", self->issued_ms);
    put_time(out, "from", self->not_before_ms);
    put_time(out, "until", self->not_after_ms);
    if (self->revoked_ms) {
        put_time(out, "revoked", self->revoked_ms);
        put_text(out, "reason", self->reason);
    }
    return out;
}

static bool get_text(const json_t *in, const char *key, char *out, size_t room)
{
    const char *text = json_string_value(json_object_get(in, key));
    if (!text || strlen(text) >= room)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

// One that may be left out; "" then.
static bool get_optional(const json_t *in, const char *key, char *out, size_t room)
{
    out[0] = 0;
    return !json_object_get(in, key) || get_text(in, key, out, room);
}

static bool get_time(const json_t *in, const char *key, int64_t *ms)
{
    char text[40];
    return get_text(in, key, text, sizeof text) && time_parse(span_text(text), ms);
}

static bool get_use(const json_t *in, cert_use_t *use)
{
    char text[16];
    if (!get_text(in, "use", text, sizeof text))
        return false;
    for (*use = CERT_SEAL; *use <= CERT_BROWSER; (*use)++)
        if (strcmp(text, cert_use_name(*use)) == 0)
            return true;
    return false;
}

// The key's id must be its own: renewing trusts this file for the key.
static bool get_key(const json_t *in, issued_t *out)
{
    char public_key[HASH_BASE64];
    char id[HASH_HEX];
    if (!get_text(in, "public", public_key, sizeof public_key) ||
        !get_text(in, "key", out->key_id, sizeof out->key_id) ||
        !base64_decode_exact(span_text(public_key), out->key, sizeof out->key))
        return false;
    seal_key_id(out->key, id);
    return strcmp(id, out->key_id) == 0;
}

static bool get_revocation(const json_t *in, issued_t *out)
{
    return !json_object_get(in, "revoked") ||
           (get_time(in, "revoked", &out->revoked_ms) && out->revoked_ms != 0 &&
               get_text(in, "reason", out->reason, sizeof out->reason));
}

static bool get_issued(const json_t *in, issued_t *out)
{
    *out = (issued_t){0};
    return get_text(in, "id", out->holder.name, sizeof out->holder.name) &&
           get_text(in, "role", out->holder.role, sizeof out->holder.role) &&
           get_text(in, "organisation", out->holder.organisation,
               sizeof out->holder.organisation) &&
           get_text(in, "node", out->holder.node, sizeof out->holder.node) &&
           get_optional(in, "office", out->holder.office, sizeof out->holder.office) &&
           get_optional(
               in, "territory", out->holder.territory, sizeof out->holder.territory) &&
           get_use(in, &out->use) &&
           get_text(in, "serial", out->serial, sizeof out->serial) && get_key(in, out) &&
           get_time(in, "issued", &out->issued_ms) &&
           get_time(in, "from", &out->not_before_ms) &&
           get_time(in, "until", &out->not_after_ms) && get_revocation(in, out);
}

static bool get_head(const json_t *in, ledger_t *out)
{
    const json_t *number = json_object_get(in, "crl_number");
    json_int_t value = json_integer_value(number);
    out->crl_number = (uint64_t)value;
    return json_integer_value(json_object_get(in, "dabyl_ca")) == 1 &&
           json_is_integer(number) && value >= 0;
}

// One line, the first of which is the head.
static bool take_entry(ledger_t *self, span_t line, size_t number)
{
    issued_t entry;
    json_t *json =
        json_loadb((const char *)line.data, line.size, JSON_REJECT_DUPLICATES, NULL);
    bool good = json && (number == 1 ? get_head(json, self) : get_issued(json, &entry));
    json_decref(json);
    // A serial twice would leave one of the two beyond the reach of revocation.
    if (good && number > 1)
        good = !ledger_by_serial(self, entry.serial);
    if (good && number > 1)
        ledger_add(self, &entry);
    return good;
}

int ledger_read(ledger_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    int result = 0;
    *self = (ledger_t){0};
    if (file_read(path, LEDGER_MAX, &text, why) != 0)
        return -1;
    reader_t reader = reader_of(buf_span(&text));
    size_t number = 0;
    do {
        span_t line = take_line(&reader);
        if (reader.bad || !take_entry(self, line, ++number))
            result = cause_set(why,
                "%s:%zu: damaged line; copy the file back, or make it anew with `dabyl "
                "ca "
                "rebuild`, before anything is issued or revoked",
                path, number + reader.bad);
    } while (result == 0 && reader.rest.size > 0);
    buf_destroy(&text);
    if (result != 0)
        ledger_free(self);
    return result;
}

bool ledger_salvage(ledger_t *self, const char *path)
{
    buf_t text = {0};
    cause_t ignored;
    *self = (ledger_t){0};
    bool whole = file_read(path, LEDGER_MAX, &text, &ignored) == 0;
    reader_t reader = reader_of(buf_span(&text));
    for (size_t number = 1; !reader.bad && reader.rest.size > 0; number++) {
        span_t line = take_line(&reader);
        whole &= !reader.bad && take_entry(self, line, number);
    }
    whole &= !reader.bad && text.size > 0;
    buf_destroy(&text);
    return whole;
}

static void print_line(json_t *json, buf_t *out)
{
    char *line = json_dumps(json, JSON_COMPACT);
    if (!line)
        abort();
    buf_put_text(out, line);
    buf_put_text(out, "\n");
    free(line);
    json_decref(json);
}

int ledger_write(const ledger_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    print_line(
        json_pack("{s:i,s:I}", "dabyl_ca", 1, "crl_number", (json_int_t)self->crl_number),
        &text);
    for (size_t i = 0; i < self->n; i++)
        print_line(issued_json(&self->entry[i]), &text);
    int result = file_replace(path, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}

void ledger_free(ledger_t *self)
{
    free(self->entry);
    *self = (ledger_t){0};
}

void ledger_add(ledger_t *self, const issued_t *entry)
{
    // Grows at powers of two, so that no capacity need be kept.
    if ((self->n & (self->n - 1)) == 0) {
        size_t room = self->n ? 2 * self->n : 1;
        self->entry = memory_grow(self->entry, room, sizeof *self->entry);
    }
    self->entry[self->n++] = *entry;
}

issued_t *ledger_by_serial(const ledger_t *self, const char *serial)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->entry[i].serial, serial) == 0)
            return &self->entry[i];
    return NULL;
}

const issued_t *ledger_newest(const ledger_t *self, const char *name, cert_use_t use)
{
    const issued_t *found = NULL;
    for (size_t i = 0; i < self->n; i++) {
        const issued_t *entry = &self->entry[i];
        if (strcmp(entry->holder.name, name) == 0 && entry->use == use &&
            !entry->revoked_ms)
            found = entry; // entries are in order of issue
    }
    return found;
}

bool ledger_outlasts(const ledger_t *self, const issued_t *entry, int64_t until_ms)
{
    for (size_t i = 0; i < self->n; i++) {
        const issued_t *other = &self->entry[i];
        if (other->use == entry->use && !other->revoked_ms &&
            other->not_after_ms > until_ms &&
            strcmp(other->holder.name, entry->holder.name) == 0)
            return true;
    }
    return false;
}
