// What laws derive, over random laws: each is refused when it is loaded, or lets every
// message that it accepts be followed by everything that its rules say follows.
//
// DERIVATIONS=n tries so many laws, SEED=n begins elsewhere.

#include "lib/json/writer.h"
#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc", "isoc", "SOC"},
    {"kib", "national-security", "KNB"},
    {"mid", "foreign-affairs", "MID"},
    {"nccis", "nccis", "STS"},
};

enum { KINDS = 6, CAUSES = 24 };

static const char *const kinds[KINDS] = {"k0", "k1", "k2", "k3", "k4", "k5"};
static const char *const words[] = {"red", "green", "blue"};
static const char *const markings[] = {
    "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};
static const char *const fields[] = {"level", "flag", "word", "at"};

static uint64_t seed;

static unsigned draw(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static void put_file(mini_t *mini, const char *name, span_t text)
{
    char path[64];
    (void)snprintf(path, sizeof path, "schemas/%s", name);
    people_put(&mini->people, path, text);
}

static void put_ref(writer_t *json, const char *name, const char *what)
{
    char ref[64];
    (void)snprintf(ref, sizeof ref, "envelope.json%s", what);
    writer_object(json, name);
    writer_text(json, "$ref", ref);
    writer_end(json);
}

static void put_fields(writer_t *json, size_t kind)
{
    writer_object(json, "properties");
    put_ref(json, "cause", "#/$defs/reference");
    put_ref(json, "carried", "#/$defs/carried");
    writer_object(json, "level");
    writer_text(json, "type", "integer");
    writer_integer(json, "minimum", kind && draw(5) == 0 ? 1 : 0);
    writer_integer(json, "maximum", kind && draw(5) == 0 ? 3 : 4);
    writer_end(json);
    writer_object(json, "flag");
    writer_text(json, "type", "boolean");
    writer_end(json);
    writer_object(json, "word");
    writer_array(json, "enum");
    size_t many = kind == 0 || draw(5) ? 3 : 2;
    for (size_t i = 0; i < many; i++)
        writer_text(json, NULL, words[i]);
    writer_end(json);
    writer_end(json);
    put_ref(json, "at", "#/$defs/moment");
    writer_end(json);
}

// With the same four fields as each kind, of which one may have to be there; levels of
// some have other bounds, and some have fewer words.
static void print_schema(buf_t *out, size_t kind)
{
    char id[64];
    const char *required = NULL;
    writer_t json = writer_to(out);
    for (size_t f = 0; f < 4; f++)
        if (draw(8) == 0)
            required = fields[f];
    (void)snprintf(id, sizeof id, "https://dabyl.example/schemas/%s.json", kinds[kind]);
    writer_object(&json, NULL);
    writer_text(&json, "$id", id);
    writer_text(&json, "$ref", "envelope.json");
    writer_object(&json, "properties");
    writer_object(&json, "kind");
    writer_text(&json, "const", kinds[kind]);
    writer_end(&json);
    writer_object(&json, "body");
    writer_text(&json, "type", "object");
    if (required) {
        writer_array(&json, "required");
        writer_text(&json, NULL, required);
        writer_end(&json);
    }
    writer_bool(&json, "additionalProperties", false);
    put_fields(&json, kind);
    writer_end(&json);
    writer_end(&json);
    writer_bool(&json, "unevaluatedProperties", false);
    writer_end(&json);
}

static void make_schemas(mini_t *mini)
{
    buf_t text = {0};
    char name[16];
    people_must(
        folder_make(scratch_at(&mini->people.scratch, "schemas"), 0700, &mini->why) == 0,
        &mini->why);
    people_must(
        file_read("schemas/envelope.json", 1 << 20, &text, &mini->why) == 0, &mini->why);
    put_file(mini, "envelope.json", buf_span(&text));
    for (size_t i = 0; i < KINDS; i++) {
        buf_clear(&text);
        print_schema(&text, i);
        (void)snprintf(name, sizeof name, "%s.json", kinds[i]);
        put_file(mini, name, buf_span(&text));
    }
    buf_destroy(&text);
    schemas_close(&mini->law.schemas);
    mini->law.schemas =
        schemas_open(scratch_at(&mini->people.scratch, "schemas"), &mini->why);
    people_must(mini->law.schemas != NULL, &mini->why);
}

static void put_test(buf_t *out)
{
    switch (draw(8)) {
    case 0:
        buf_printf(out, "{ field = \"/body/level\"; at_least = %u; }", draw(5));
        break;
    case 1:
        buf_printf(out, "{ field = \"/body/level\"; at_most = %u; }", draw(5));
        break;
    case 2:
        buf_printf(
            out, "{ field = \"/body/level\"; in = [ %u, %u ]; }", draw(5), draw(5));
        break;
    case 3:
        buf_printf(
            out, "{ field = \"/body/flag\"; is_true = %s; }", draw(2) ? "true" : "false");
        break;
    case 4:
        buf_printf(out, "{ field = \"/body/word\"; in = [ \"%s\", \"%s\" ]; }",
            words[draw(3)], words[draw(3)]);
        break;
    case 5:
        buf_printf(out, "{ field = \"/marking\"; equals = \"%s\"; }", markings[draw(5)]);
        break;
    case 6:
        buf_printf(out, "{ field = \"/to\"; present = %s; }", draw(2) ? "true" : "false");
        break;
    default:
        buf_printf(out, "{ field = \"/body/%s\"; present = %s; }", fields[draw(4)],
            draw(4) ? "true" : "false");
    }
}

static void put_emissions(buf_t *out, size_t kind)
{
    unsigned n = 1 + draw(3) / 2;
    bool back = draw(40) == 0;
    buf_printf(out, " emit = ( ");
    for (unsigned i = 0; i < n; i++) {
        unsigned to =
            back ? draw(KINDS) : (unsigned)kind + 1 + draw(KINDS - (unsigned)kind - 1);
        buf_printf(out, "%s{ kind = \"%s\"; carry = %s; body = {", i ? ", " : "",
            kinds[to], kind == 0 && draw(2) ? "true" : "false");
        for (size_t f = 0; f < 4; f++)
            if (draw(5))
                buf_printf(out, " %s = \"/body/%s\";", fields[f], fields[f]);
        buf_printf(out, " }; }");
    }
    buf_printf(out, " );");
}

static void put_rule(buf_t *out, size_t kind, unsigned number)
{
    static const char *const targets[] = {"role:national-security", "role:nccis",
        "role:foreign-affairs", "to", "parties", "all"};
    unsigned tests = draw(kind ? 7 : 3) ? 0 : 1 + draw(2);
    bool emits = kind + 1 < KINDS && draw(kind == 0 ? 2 : 4) == 0;
    buf_printf(out,
        "%s{ id = \"r%u\"; cites = \"14\"; tell = \"sender\"; on = \"%s\"; from = [ "
        "\"%s\" ];",
        number ? ",\n" : "", number, kinds[kind], kind ? "hub" : "isoc");
    for (unsigned i = 0; i < tests; i++) {
        buf_printf(out, i ? ", " : " when = ( ");
        put_test(out);
    }
    buf_printf(out, tests ? " );" : "");
    if (!emits || draw(2))
        buf_printf(out, " deliver = [ \"%s\" ];", targets[draw(6)]);
    if (emits)
        put_emissions(out, kind);
    if (draw(16) == 0)
        buf_printf(out,
            " oblige = ( { duty = \"d\"; debtor = \"author\"; towards = \"role:nccis\"; "
            "met_by = \"delivery\"; "
            "from = "
            "\"%s\"; within = \"1 h\"; default = true; } );",
            draw(2) ? "/body/at" : "accepted");
    buf_printf(out, " }");
}

static void put_law(buf_t *out)
{
    unsigned number = 0;
    buf_clear(out);
    buf_printf(out, "rules = (\n");
    put_rule(out, 0, number++);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (unsigned n = kind ? 1 + draw(2) : draw(3); n > 0; n--)
            put_rule(out, kind, number++);
    buf_printf(out, " );\n");
}

// Of any shape that k0's schema may take or refuse, and not in the future.
static json_t *cause(mini_t *mini)
{
    char id[MESSAGE_ID_MAX];
    mini_id(mini, id);
    json_t *body = json_object();
    if (draw(8))
        (void)json_object_set_new(body, "level", json_integer(draw(5)));
    if (draw(2))
        (void)json_object_set_new(body, "flag", json_boolean(draw(2)));
    if (draw(3))
        (void)json_object_set_new(body, "word", json_string(words[draw(3)]));
    if (draw(2))
        (void)json_object_set_new(body, "at", json_string("2026-11-22T11:00:00Z"));
    json_t *message = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:o}",
        "dabyl", 1, "id", id, "kind", kinds[0], "from", "isoc", "sent",
        "2026-11-22T12:00:00Z", "status", "actual", "marking", markings[draw(5)], "nonce",
        "8f2a1c7be09d4436a5d1f07c93be6e12", "summary", "en", "x", "body", body);
    if (draw(3) == 0)
        (void)json_object_set_new(message, "to", json_pack("[s]", "kib"));
    return message;
}

// Whether one of the entries from this place on is a message of this kind by the hub.
static bool is_derived(const mini_t *mini, size_t from, const char *kind)
{
    for (size_t i = from; i < draft_count(mini->draft); i++) {
        const leaf_t *leaf = &draft_at(mini->draft, i)->leaf;
        if (strcmp(leaf->author, "hub") == 0 && strcmp(leaf->kind, kind) == 0)
            return true;
    }
    return false;
}

// Everything that the rules say follows from this entry is there.
static void check_entry(const mini_t *mini, size_t from, size_t i, const char *law)
{
    const draft_item_t *item = draft_at(mini->draft, i);
    const char *role = strcmp(item->leaf.author, "hub") == 0 ? "hub" : "isoc";
    value_t *root = document_again(item->document);
    const rule_t *rule;
    assert_non_null(root);
    rules_walk_t walk = rules_walk(mini->law.rules, item->leaf.kind, role, root);
    while ((rule = rules_next(&walk)) != NULL)
        for (size_t e = 0; e < rule->emits; e++)
            if (!is_derived(mini, from, rule->emit[e].kind))
                fail_msg(
                    "rule %s has no %s follow:\n%s", rule->id, rule->emit[e].kind, law);
    value_free(&root);
}

// Each line `emit` is kept.
static void check_record(const mini_t *mini, size_t from, size_t i)
{
    routing_t routing;
    cause_t why;
    assert_int_equal(routing_parse(&routing, draft_at(mini->draft, i)->record, &why), 0);
    for (size_t k = 0; k < routing.n; k++)
        if (routing.route[k].type == ROUTE_EMIT)
            assert_true(is_derived(mini, from, routing.route[k].kind));
    routing_close(&routing);
}

typedef struct {
    size_t laws, taken, derived, refused;
} seen_t;

static void try_causes(mini_t *mini, const char *law, seen_t *seen)
{
    for (size_t i = 0; i < CAUSES; i++) {
        size_t from = draft_count(mini->draft);
        if (!mini_publish(mini, cause(mini))) {
            // moments are good and nothing is asked of the log: all that the law could
            // refuse of what follows was seen when it was loaded
            if (strcmp(mini->refusal.code, "rule.emit") == 0)
                fail_msg("%s at %s: %s\n%s", mini->refusal.by, mini->refusal.pointer,
                    mini->refusal.text, law);
            seen->refused++;
            continue;
        }
        seen->taken++;
        for (size_t k = from; k < draft_count(mini->draft); k++) {
            if (strcmp(draft_at(mini->draft, k)->leaf.type, "message") != 0)
                continue;
            check_entry(mini, from, k, law);
            check_record(mini, from, k);
        }
        seen->derived += mini_messages(mini, from) - 1;
    }
}

static void a_law_is_refused_or_carried_out(void **state)
{
    const char *many = getenv("DERIVATIONS"), *first = getenv("SEED");
    size_t n = many ? strtoull(many, NULL, 10) : 1500;
    mini_t *mini = *state;
    seen_t seen = {0};
    buf_t law = {0};
    seed = first ? strtoull(first, NULL, 10) : 24;
    for (size_t i = 0; i < n; i++) {
        if (i % 50 == 0)
            make_schemas(mini);
        put_law(&law);
        if (mini_law(mini, buf_text(&law)) != 0)
            continue;
        seen.laws++;
        try_causes(mini, buf_text(&law), &seen);
    }
    print_message(
        "%zu of %zu laws are good; %zu messages taken, %zu derived, %zu refused\n",
        seen.laws, n, seen.taken, seen.derived, seen.refused);
    assert_true(seen.laws > n / 20 && seen.laws < n / 2);
    assert_true(seen.derived > seen.laws && seen.refused > seen.laws);
    buf_destroy(&law);
}

static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, sizeof members / sizeof members[0], "law.conf");
    *state = &mini;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_law_is_refused_or_carried_out, set_up, mini_tear_down),
    };
    return test_group(tests, NULL, NULL);
}
