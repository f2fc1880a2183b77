// verdict - what was proven is said with whose word it is: the seals, the log, and what
// was not checked.

#include "nodes/tools/verdict.h"

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/tools/verify_cms.h"

#include <jansson.h>

void verdict_good(const char *name)
{
    screen_paint(stdout, PAINT_GOOD, "GOOD");
    printf("  %s\n", name);
}

done_t verdict_fault(const call_t *call, const char *name, const cause_t *why)
{
    if (call->common.json) {
        json_t *object =
            json_pack("{s:s, s:b, s:s}", "file", name, "good", 0, "fault", why->text);
        screen_json(stdout, object);
        json_decref(object);
        return DONE_NO;
    }
    screen_paint(stdout, PAINT_BAD, "NOT GOOD");
    printf("  %s\n  ", name);
    screen_text(stdout, why->text);
    putchar('\n');
    return DONE_NO;
}

static void print_signers(const proven_t *p)
{
    for (size_t i = 0; i < p->signers.n; i++) {
        const cert_t *cert = p->signers.cert[i];
        printf(say("  %s %s (%s%s%s%s%s, %s), key %.16s\n"),
            i == 0 ? say("sealed by") : say("and by officer"), cert->name,
            words_title(&words_roles, cert->role),
            cert->office[0] ? say(", office ") : "",
            words_title(&words_offices, cert->office),
            cert->territory[0] ? say(" in ") : "", cert->territory, cert->organisation,
            cert->key_id);
    }
}

static void print_erased(const proven_t *p, const erased_t *erased)
{
    if (!erased->there)
        return;
    printf(say("  erased by law at the hub, which position %llu of its log proves, "),
        (unsigned long long)erased->position);
    screen_time_ms(stdout, erased->at_ms);
    putchar('\n');
    if (p->gone)
        puts(say("  its text is not here any more either: what is proven is that of its "
                 "hash"));
}

void verdict_print(const proven_t *p, const erased_t *erased, bool revocation)
{
    print_signers(p);
    if (p->carries)
        printf(say("  carries what %s sealed%s\n"), p->carried_author,
            p->carried_checked
                ? say(", its seal is good too")
                : say("; NOT checked: no certificate of that author here"));
    printf(say("  taken by the log %s at position %llu, "), p->checkpoint.origin,
        (unsigned long long)p->leaf.position);
    screen_time_ms(stdout, p->leaf.time_ms);
    printf(say("\n  proven in its signed checkpoint of %llu entries\n"),
        (unsigned long long)p->checkpoint.size);
    puts(revocation
             ? say("  certificates were valid then, and not revoked")
             : say("  certificates were valid then; revocation NOT checked (no --crl)"));
    print_erased(p, erased);
}

void verdict_print_json(
    const char *name, const proven_t *p, const erased_t *erased, const cms_signers_t *cms)
{
    char time[TIME_TEXT];
    time_print(p->leaf.time_ms, time);
    json_t *signers = json_array();
    for (size_t i = 0; i < p->signers.n; i++)
        json_array_append_new(signers, json_string(p->signers.cert[i]->name));
    json_t *object = json_pack("{s:s, s:b, s:s, s:s, s:s, s:I, s:s, s:I, s:o}", "file",
        name, "good", 1, "author", p->leaf.author, "id", p->leaf.id, "kind", p->leaf.kind,
        "position", (json_int_t)p->leaf.position, "time", time, "size",
        (json_int_t)p->checkpoint.size, "signers", signers);
    if (erased->there)
        json_object_set_new(object, "erased",
            json_pack("{s:I, s:b}", "position", (json_int_t)erased->position, "here",
                !p->gone));
    if (cms->n > 0)
        json_object_set_new(object, "cms", verify_cms_json(cms));
    screen_json(stdout, object);
    json_decref(object);
}
