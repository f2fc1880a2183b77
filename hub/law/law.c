// law - all files are read into a law_t of its own before anything of it is used.  The
// roster is read before the rules, because it says whose seal on the rules counts.

#include "hub/law/law.h"

#include "lib/base/file.h"
#include "lib/lawcheck/rules_fit.h"
#include "lib/pki/rulesseal.h"
#include "lib/rules/packset.h"

#include <stdio.h>
#include <string.h>

void law_close(law_t *law)
{
    schemas_close(&law->schemas);
    roster_close(&law->roster);
    registry_close(&law->registry);
    rules_close(&law->rules);
    buf_destroy(&law->rules_seal);
    buf_destroy(&law->roster_text);
    warnings_close(&law->warnings);
}

// Messages of such a kind may be there from earlier: it is no fault.
void law_warn_of_ages(law_t *law, const ages_t *ages)
{
    for (size_t i = 0; i < ages->n; i++)
        if (strcmp(ages->age[i].kind, AGES_OTHERS) != 0 &&
            !schemas_knows(law->schemas, ages->age[i].kind))
            warnings_add(&law->warnings,
                "retention.ages names a kind that no schema in force is of: %s",
                ages->age[i].kind);
}

// Only an officer of an nccis node may seal rules.
static int check_sealer(const law_t *law, const rulesseal_t *seal, int64_t now_ms,
    const cert_t **cert, cause_t *why)
{
    const char *state = "unknown";
    *cert = roster_by_seal(law->roster, seal->key_id, now_ms, &state);
    if (!*cert)
        return cause_set(
            why, "sealed by key %.16s..., whose certificate is %s", seal->key_id, state);
    const member_t *node = roster_member(law->roster, (*cert)->node);
    if (strcmp((*cert)->role, "officer") != 0 || !node ||
        strcmp(node->role, "nccis") != 0)
        return cause_set(why,
            "sealed by %s (role %s), and only an officer of an nccis node may seal rules",
            (*cert)->name, (*cert)->role);
    return 0;
}

static bool is(const hash_t *expected, span_t text)
{
    hash_t hash;
    sha256(text, &hash);
    return hash_equal(expected, &hash);
}

static bool unchanged(const law_t *law, const enacted_t *enacted)
{
    return is(&enacted->rules, rules_text(law->rules)) &&
           is(&enacted->rules_seal, buf_span(&law->rules_seal));
}

static int judge(const law_t *law, const char *origin, span_t pack, span_t text,
    int64_t now_ms, cause_t *why)
{
    rulesseal_t seal;
    const cert_t *cert;
    if (rulesseal_parse(&seal, text, why) != 0 ||
        check_sealer(law, &seal, now_ms, &cert, why) != 0)
        return -1;
    return rulesseal_check(&seal, origin, pack, cert->key, why);
}

// A seal is judged when its pack is loaded, and once: the certificate of the officer who
// gave it may end while the pack stays in force, and neither a restart nor the loading of
// another pack must stop at that.
static int check_seal(law_t *law, const law_source_t *source, const law_before_t *before,
    size_t i, int64_t now_ms, cause_t *why)
{
    char path[4096 + 8];
    size_t begin = law->rules_seal.size;
    span_t pack = rules_pack_text(law->rules, i);
    (void)snprintf(path, sizeof path, "%s.seal", rules_pack_path(law->rules, i));
    if (file_read(path, RULESSEAL_MAX, &law->rules_seal, why) != 0)
        return cause_prefix(why, "the rules are not sealed");
    span_t seal = span_of(law->rules_seal.data + begin, law->rules_seal.size - begin);
    if (packset_has(before->rules, before->rules_seal, pack, seal))
        return 0;
    return judge(law, source->origin, pack, seal, now_ms, why) == 0
               ? 0
               : cause_prefix(why, "%s", path);
}

static int check_seals(law_t *law, const law_source_t *source, const law_before_t *before,
    int64_t now_ms, cause_t *why)
{
    for (size_t i = 0; i < rules_packs(law->rules); i++)
        if (check_seal(law, source, before, i, now_ms, why) != 0)
            return -1;
    return 0;
}

// The certificate of the hub's seal key must be in the roster, and no key of the hub may
// be anybody else's.
static int check_own(
    const law_t *law, const law_source_t *source, int64_t now_ms, cause_t *why)
{
    const char *state = "unknown";
    const law_own_t *own = &source->own;
    const own_key_t keys[] = {{own->log, "the key of this hub's log", NULL},
        {own->seal, "the seal key of this hub", own->name},
        {own->channel, "the channel key of this hub", own->name}};
    if (roster_check_keys(law->roster, keys, sizeof keys / sizeof keys[0], why) != 0)
        return -1;
    if (roster_by_seal(law->roster, own->seal_id, now_ms, &state))
        return 0;
    return cause_set(why,
        "the certificate of the hub's own seal key is %s in the roster: copy the newest "
        "certs/seal.pem there",
        state);
}

static int check_size(const law_t *law, cause_t *why)
{
    size_t bytes = law->roster_text.size + law->rules_seal.size +
                   registry_text(law->registry).size + rules_text(law->rules).size +
                   schemas_text(law->schemas).size;
    if (bytes <= LAW_BYTES)
        return 0;
    return cause_set(why,
        "rules, registry and roster come to %zu bytes together, and a batch of the "
        "journal has room for %d of them",
        bytes, LAW_BYTES);
}

law_source_t law_source_of(const hub_options_t *options, const identity_t *who)
{
    return (law_source_t){.schemas = options->schemas,
        .roster = options->roster,
        .ca = options->ca,
        .crl = options->crl,
        .registry = options->registry,
        .rules = options->rules,
        .origin = options->origin,
        .own = {.name = who->member.id,
            .seal_id = who->seal.id,
            .log = who->log.public_key,
            .seal = who->seal.public_key,
            .channel = who->channel_public},
        .absent_roles = &options->absent_roles};
}

// Roles that somebody has, and roles of which an operator says that nobody has them yet.
typedef struct {
    const roster_t *roster;
    const texts_t *absent;
} expected_t;

static bool is_expected(const void *context, const char *role)
{
    const expected_t *expected = context;
    for (size_t i = 0; i < expected->absent->n; i++)
        if (strcmp(expected->absent->text[i], role) == 0)
            return true;
    return roster_has_role(expected->roster, role);
}

static int check_absent(const law_source_t *source, cause_t *why)
{
    for (size_t i = 0; i < source->absent_roles->n; i++)
        if (!cert_role_known(source->absent_roles->text[i]))
            return cause_set(
                why, "absent_roles: unknown role '%s'", source->absent_roles->text[i]);
    return 0;
}

static void warn(law_t *law, const law_source_t *source)
{
    expected_t expected = {law->roster, source->absent_roles};
    rules_warn(law->rules, is_expected, &expected, &law->warnings);
}

int law_recall(law_t *law, const law_source_t *source, const law_texts_t *texts,
    int64_t now_ms, cause_t *why)
{
    *law = (law_t){.recalled = true};
    buf_put_span(&law->rules_seal, texts->rules_seal);
    buf_put_span(&law->roster_text, texts->roster);
    if ((law->schemas = schemas_parse(texts->schemas, why)) &&
        (law->roster = roster_recall(texts->roster, now_ms, why)) &&
        (law->registry = registry_parse("registry", texts->registry, why)) &&
        (law->rules = rules_recall(texts->rules, why)) &&
        rules_fit(law->rules, law->schemas, why) == 0 &&
        check_own(law, source, now_ms, why) == 0) {
        warn(law, source);
        return 0;
    }
    law_close(law);
    return -1;
}

// A hub that starts without its files takes the law from the journal.  So before a law
// comes into force it is read back from the texts that would be written; one that the
// journal has already was read back then.
static int check_recall(const law_t *law, const law_source_t *source,
    const law_before_t *before, int64_t now_ms, cause_t *why)
{
    law_t again;
    const law_texts_t texts = {.schemas = schemas_text(law->schemas),
        .roster = buf_span(&law->roster_text),
        .registry = registry_text(law->registry),
        .rules = rules_text(law->rules),
        .rules_seal = buf_span(&law->rules_seal)};
    const enacted_t *enacted = &before->enacted;
    if (is(&enacted->schemas, texts.schemas) &&
        hash_equal(&enacted->roster, &law->roster_hash) &&
        hash_equal(&enacted->registry, &law->registry_hash) && unchanged(law, enacted))
        return 0;
    if (law_recall(&again, source, &texts, now_ms, why) != 0)
        return cause_prefix(why, "as the journal would have it");
    law_close(&again);
    return 0;
}

int law_open(law_t *law, const law_source_t *source, const law_before_t *before,
    int64_t now_ms, cause_t *why)
{
    *law = (law_t){0};
    if (check_absent(source, why) != 0 ||
        !(law->schemas = schemas_open(source->schemas, why)) ||
        !(law->roster = roster_open(
              source->roster, source->ca, source->crl, before->roster, now_ms, why)) ||
        !(law->registry = registry_open(source->registry, why)) ||
        !(law->rules = rules_open(source->rules, why)) ||
        rules_fit(law->rules, law->schemas, why) != 0 ||
        check_seals(law, source, before, now_ms, why) != 0 ||
        check_own(law, source, now_ms, why) != 0) {
        law_close(law);
        return -1;
    }
    roster_print(law->roster, &law->roster_text);
    sha256(buf_span(&law->roster_text), &law->roster_hash);
    sha256(registry_text(law->registry), &law->registry_hash);
    if (check_size(law, why) != 0 ||
        check_recall(law, source, before, now_ms, why) != 0) {
        law_close(law);
        return -1;
    }
    warn(law, source);
    return 0;
}

int law_begin(law_t *law, const law_source_t *source, const enacted_t *enacted,
    const law_texts_t *texts, int64_t now_ms, cause_t *why)
{
    roster_t *roster = NULL;
    if (texts->roster.size && !(roster = roster_recall(texts->roster, now_ms, why)))
        return cause_prefix(why, "the journal's last roster");
    law_before_t before = {roster, *enacted, texts->rules, texts->rules_seal};
    int result = law_open(law, source, &before, now_ms, why);
    roster_close(&roster);
    return result;
}

// The roster of many nodes is megabytes: it is neither copied nor hashed in a turn.
static void record_text(draft_t *draft, const char *type, span_t text, const hash_t *hash)
{
    draft_set_document(draft_add(draft, type, "", "", ""), text, hash);
}

uint64_t law_record(const law_t *law, const enacted_t *enacted, draft_t *draft)
{
    span_t schemas = schemas_text(law->schemas);
    uint64_t position = enacted->rules_position;
    if (law->recalled)
        return position;
    if (!hash_equal(&enacted->roster, &law->roster_hash))
        record_text(draft, "roster", buf_span(&law->roster_text), &law->roster_hash);
    if (!hash_equal(&enacted->registry, &law->registry_hash))
        record_text(draft, "registry", registry_text(law->registry), &law->registry_hash);
    if (!unchanged(law, enacted)) {
        draft_item_t *item = draft_add(draft, "rules", "", "", "");
        draft_set_document(item, rules_text(law->rules), NULL);
        draft_set_seal(item, buf_span(&law->rules_seal));
        position = item->leaf.position;
    }
    if (!is(&enacted->schemas, schemas))
        draft_add_text(draft, "schemas", "", schemas);
    return position;
}
