// pack_changes - an act is known by its instrument; of what its pack says of it, what
// rules rest on is compared.

#include "nodes/rules/pack_changes.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/rules/rules_words.h"

#include <stdio.h>
#include <string.h>

static const pack_t *pack_of(const rules_t *rules, const char *instrument)
{
    for (size_t i = 0; i < rules_packs(rules); i++)
        if (strcmp(rules_pack(rules, i)->instrument, instrument) == 0)
            return rules_pack(rules, i);
    return NULL;
}

static void print_json(const char *change, const pack_t *pack)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "change", change, "what", "act",
        "instrument", pack->instrument, "edition", pack->edition);
    screen_json(stdout, object);
    json_decref(object);
}

static size_t print_missing(const rules_t *of, const rules_t *in, bool added, bool json)
{
    size_t n = 0;
    for (size_t i = 0; i < rules_packs(of); i++) {
        const pack_t *pack = rules_pack(of, i);
        if (pack_of(in, pack->instrument))
            continue;
        n++;
        const char *title = rules_told(&pack->title);
        if (json)
            print_json(added ? "added" : "removed", pack);
        else {
            fputs(added ? "+ " : "- ", stdout);
            if (added)
                printf(say("the act %s comes in: %s"), pack->instrument, title);
            else
                printf(say("the act %s goes out: %s"), pack->instrument, title);
            putchar('\n');
        }
    }
    return n;
}

static bool same_times(const pack_t *a, const pack_t *b)
{
    for (size_t i = 0; a->times == b->times && i < a->times; i++)
        if (strcmp(a->time[i].paragraph, b->time[i].paragraph) != 0 ||
            a->time[i].within_ms != b->time[i].within_ms)
            return false;
    return a->times == b->times;
}

static bool same(const pack_t *a, const pack_t *b)
{
    buf_t one = {0}, other = {0};
    pack_print_paragraphs(a, &one);
    pack_print_paragraphs(b, &other);
    bool result = a->act == b->act && strcmp(a->edition, b->edition) == 0 &&
                  strcmp(a->number, b->number) == 0 && strcmp(a->date, b->date) == 0 &&
                  same_times(a, b) && span_equal(buf_span(&one), buf_span(&other));
    buf_destroy(&one);
    buf_destroy(&other);
    return result;
}

static size_t print_changed(const rules_t *before, const rules_t *after, bool json)
{
    size_t n = 0;
    for (size_t i = 0; i < rules_packs(after); i++) {
        const pack_t *now = rules_pack(after, i);
        const pack_t *old = pack_of(before, now->instrument);
        if (!old || same(old, now))
            continue;
        n++;
        if (json) {
            print_json("changed", now);
            continue;
        }
        fputs("~ ", stdout);
        printf(say("of the act %1$s other things are said: now as of %2$s, before as of "
                   "%3$s; compare its packs"),
            now->instrument, now->edition, old->edition);
        putchar('\n');
    }
    return n;
}

size_t pack_changes_print(const rules_t *before, const rules_t *after, bool json)
{
    size_t n = print_missing(after, before, true, json);
    n += print_missing(before, after, false, json);
    return n + print_changed(before, after, json);
}
