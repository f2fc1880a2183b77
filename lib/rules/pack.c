// pack - strict like all that is sealed: what is missing or unknown is a complaint with
// file and line.

#include "lib/rules/pack_inside.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/rules/citation.h"
#include "lib/rules/oblige.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_MAX = 512, NUMBER_MOST = 9999 };

static const char *const act_names[ACTS] = {[ACT_LAW] = "law",
    [ACT_DECREE] = "decree",
    [ACT_RESOLUTION] = "resolution",
    [ACT_ORDER] = "order",
    [ACT_LOCAL] = "local"};

const char *act_name(act_t act)
{
    return act_names[act];
}

static int read_instrument(pack_t *self, const load_t *load)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const char *text =
        settings_text(load->file, load->group, "instrument", INSTRUMENT_MAX, load->why);
    if (text == NULL)
        return -1;
    if (strspn(text, allowed) != strlen(text) || strcmp(text, "default") == 0)
        return complain(load, member_of(load, "instrument"),
            "instrument '%s' may have lower-case letters, digits and hyphens", text);
    (void)snprintf(self->instrument, sizeof self->instrument, "%s", text);
    return 0;
}

static int read_act(pack_t *self, const load_t *load)
{
    const char *text = settings_text(load->file, load->group, "act", 16, load->why);
    if (text == NULL)
        return -1;
    for (self->act = 0; self->act < ACTS; self->act++)
        if (strcmp(text, act_names[self->act]) == 0)
            return 0;
    return complain(load, member_of(load, "act"),
        "act must be \"law\", \"decree\", \"resolution\", \"order\" or \"local\"");
}

static int read_title(pack_t *self, const load_t *load)
{
    static const char *const keys[] = {"kk", "ru", "en", NULL};
    const config_setting_t *group = member_of(load, "title");
    if (group == NULL)
        return complain(load, load->group, "title is missing");
    if (settings_known(load->file, group, keys, load->why) != 0)
        return -1;
    return told_read(&self->title, load->file, group, load->why);
}

int pack_read_date(const load_t *load, const char *key, char out[DATE_MAX])
{
    char moment[DATE_MAX + 12];
    int64_t ignored;
    const char *text = settings_text(load->file, load->group, key, DATE_MAX, load->why);
    if (text == NULL)
        return -1;
    (void)snprintf(moment, sizeof moment, "%sT00:00:00Z", text);
    if (!time_parse(span_text(moment), &ignored))
        return complain(
            load, member_of(load, key), "%s must be a date, such as \"2018-08-09\"", key);
    (void)snprintf(out, DATE_MAX, "%s", text);
    return 0;
}

static int read_identity(pack_t *self, const load_t *load)
{
    if (read_instrument(self, load) != 0 || read_act(self, load) != 0 ||
        read_title(self, load) != 0)
        return -1;
    const char *number =
        settings_text(load->file, load->group, "number", PACK_NUMBER_MAX, load->why);
    if (number == NULL || pack_read_date(load, "date", self->date) != 0 ||
        pack_read_date(load, "edition", self->edition) != 0)
        return -1;
    (void)snprintf(self->number, sizeof self->number, "%s", number);
    const char *source =
        settings_text(load->file, load->group, "source", SOURCE_MAX, load->why);
    self->source = source ? memory_text(source) : NULL;
    return source ? 0 : -1;
}

// "8" or "8.3" as the number above, 0 for none, and its own.
static bool parse_paragraph(span_t text, uint64_t *above, uint64_t *number)
{
    const uint8_t *dot = memchr(text.data, '.', text.size);
    size_t head = dot == NULL ? 0 : (size_t)(dot - text.data);
    *above = 0;
    if (dot != NULL) {
        if (!decimal_decode(span_of(text.data, head), above) || *above == 0)
            return false;
        text = span_of(dot + 1, text.size - head - 1);
    }
    return decimal_decode(text, number) && *number > 0 && *number <= NUMBER_MOST &&
           *above <= NUMBER_MOST;
}

// "3.1 to 3.8", or one alone.
static bool parse_range(const char *text, range_t *range)
{
    static const char between[] = " to ";
    const char *to = strstr(text, between);
    uint64_t above;
    span_t first = to ? span_of(text, (size_t)(to - text)) : span_text(text);
    if (!parse_paragraph(first, &range->above, &range->first))
        return false;
    range->last = range->first;
    if (to == NULL)
        return true;
    return parse_paragraph(span_text(to + strlen(between)), &above, &range->last) &&
           above == range->above && range->last > range->first;
}

static int read_paragraphs(pack_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "paragraphs");
    if (at == NULL)
        return complain(load, load->group, "paragraphs is missing");
    if (!config_setting_is_array(at) || config_setting_length(at) > PACK_RANGES_MAX)
        return complain(load, at,
            "paragraphs must be an array of at most %d, such as [ \"1 to 23\", \"3.1 to "
            "3.8\" ]",
            PACK_RANGES_MAX);
    for (int i = 0; i < config_setting_length(at); i++) {
        const char *text = config_setting_get_string_elem(at, i);
        if (text == NULL || !parse_range(text, &self->range[self->ranges++]))
            return complain(load, at,
                "'%s' is neither a paragraph, such as \"8.3\", nor several, such as "
                "\"3.1 "
                "to 3.8\"",
                text ? text : "");
    }
    return 0;
}

static int read_time(pack_t *self, const load_t *load)
{
    static const char *const keys[] = {"paragraph", "within", NULL};
    lawful_time_t *time = &self->time[self->times++];
    if (settings_known(load->file, load->group, keys, load->why) != 0)
        return -1;
    const char *paragraph =
        settings_text(load->file, load->group, "paragraph", PARAGRAPH_MAX, load->why);
    if (paragraph == NULL)
        return -1;
    if (!pack_has(self, span_text(paragraph)))
        return complain(load, member_of(load, "paragraph"), "'%s' is no paragraph of %s",
            paragraph, self->instrument);
    (void)snprintf(time->paragraph, sizeof time->paragraph, "%s", paragraph);
    const char *within =
        settings_text(load->file, load->group, "within", PACK_WITHIN_MAX, load->why);
    if (within == NULL)
        return -1;
    (void)snprintf(time->within, sizeof time->within, "%s", within);
    if (!duration_parse(within, &time->within_ms))
        return complain(load, member_of(load, "within"),
            "within must be a whole number and its unit (s, min, h or d), such as \"24 "
            "h\"");
    return 0;
}

static int read_times(pack_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "times");
    int n = load_list(load, "times", "{ paragraph = ...; }", PACK_TIMES_MAX, "times");
    for (int i = 0; i < n; i++) {
        load_t one = {load->file, config_setting_get_elem(at, (unsigned)i), load->why};
        if (read_time(self, &one) != 0)
            return -1;
    }
    return n < 0 ? -1 : 0;
}

pack_t *pack_read(const settings_t *file, const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {"instrument", "act", "title", "number", "date",
        "edition", "source", "paragraphs", "times", "says", "bodies", NULL};
    load_t load = {file, group, why};
    if (settings_known(file, group, keys, why) != 0)
        return NULL;
    pack_t *self = memory_new(1, sizeof *self);
    if (read_identity(self, &load) != 0 || read_paragraphs(self, &load) != 0 ||
        read_times(self, &load) != 0 || pack_read_names(self, &load) != 0)
        pack_close(&self);
    return self;
}

void pack_close(pack_t **self_p)
{
    pack_t *self = *self_p;
    *self_p = NULL;
    if (self == NULL)
        return;
    told_close(&self->title);
    pack_close_names(self);
    free(self->source);
    free(self);
}

bool pack_has(const pack_t *self, span_t paragraph)
{
    uint64_t above, number;
    if (!parse_paragraph(paragraph, &above, &number))
        return false;
    for (size_t i = 0; i < self->ranges; i++) {
        const range_t *range = &self->range[i];
        if (above == range->above && number >= range->first && number <= range->last)
            return true;
    }
    return false;
}

static void print_paragraph(uint64_t above, uint64_t number, buf_t *out)
{
    if (above > 0)
        buf_printf(out, "%llu.", (unsigned long long)above);
    buf_printf(out, "%llu", (unsigned long long)number);
}

void pack_print_paragraphs(const pack_t *self, buf_t *out)
{
    for (size_t i = 0; i < self->ranges; i++) {
        const range_t *range = &self->range[i];
        buf_put_text(out, i > 0 ? ", " : "");
        print_paragraph(range->above, range->first, out);
        if (range->last > range->first) {
            buf_put_text(out, " to ");
            print_paragraph(range->above, range->last, out);
        }
    }
}

bool pack_gives(const pack_t *self, const char *cites, int64_t within_ms)
{
    for (size_t i = 0; i < self->times; i++) {
        char wanted[INSTRUMENT_MAX + PARAGRAPH_MAX];
        (void)snprintf(
            wanted, sizeof wanted, "%s:%s", self->instrument, self->time[i].paragraph);
        if (self->time[i].within_ms == within_ms && citation_names(cites, wanted))
            return true;
    }
    return false;
}
