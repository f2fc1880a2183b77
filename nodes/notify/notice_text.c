// notice_text - see the header.

#include "nodes/notify/notice_text.h"

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "lib/json/writer.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

// Whether this recipient may read more than what kind of message it is.
static bool shows_content(const notice_text_t *self)
{
    const char *marking = mail_text(self->document, "marking");
    for (int i = TLP_CLEAR; i <= self->to->content; i++)
        if (strcmp(marking, tlp_name((tlp_t)i)) == 0)
            return true;
    return false;
}

static void put_message(const alarm_t *alarm, buf_t *out)
{
    buf_put_text(out, words_title(&words_kinds, alarm->kind));
    if (alarm->level >= 0)
        buf_printf(out, say(", level %d"), alarm->level);
    buf_printf(out, say(", number %llu"), (unsigned long long)alarm->number);
}

void notice_text_line(const notice_text_t *self, buf_t *out)
{
    const alarm_t *alarm = self->alarm;
    buf_printf(out, "%s: %s", self->node, alarm->exercise ? say("EXERCISE: ") : "");
    switch (alarm->on) {
    case ON_NEAR:
        buf_printf(out, say("a duty is nearly due (number %llu)"),
            (unsigned long long)alarm->number);
        break;
    case ON_OVERDUE:
        buf_printf(out, say("a duty is overdue (number %llu)"),
            (unsigned long long)alarm->number);
        break;
    case ON_DISCONNECTED:
        buf_put_text(out, say("the node has no session with its hub"));
        break;
    case ON_DISK:
        buf_put_text(out, say("the disk of the node is full, or nearly"));
        break;
    default:
        put_message(alarm, out);
    }
}

static void put_content(const notice_text_t *self, buf_t *out)
{
    const char *summary = mail_summary(self->document, self->language);
    buf_printf(out, say("From: %s\n"), mail_text(self->document, "from"));
    buf_printf(out, "%s\n", mail_text(self->document, "marking"));
    if (summary[0])
        buf_printf(out, "\n%s\n", summary);
}

static void put_others(const alarm_t *alarm, const step_t *step, buf_t *out)
{
    bool any = false;
    for (const step_t *one = alarm->step; one != step; one++)
        if (one->begun_ms > 0) {
            buf_printf(out, "%s%s", any ? ", " : say("Nobody has answered. Before: "),
                one->name);
            any = true;
        }
    if (any)
        buf_put_text(out, "\n");
}

void notice_text_lines(const notice_text_t *self, buf_t *out)
{
    char at[TIME_TEXT];
    time_print(self->alarm->at_ms, at);
    notice_text_line(self, out);
    buf_printf(out, "\n%s\n", at);
    if (self->alarm->number > 0)
        buf_printf(out, say("Read it at the node: dabyl inbox show %llu\n"),
            (unsigned long long)self->alarm->number);
    if (self->alarm->escalate_ms > 0)
        put_others(self->alarm, self->step, out);
    if (alarm_again(self->alarm, self->step))
        buf_put_text(out, say("This may come to you a second time.\n"));
    if (shows_content(self))
        put_content(self, out);
}

void notice_text_key(const notice_text_t *self, buf_t *out)
{
    buf_printf(out, "%s.%s.%s", self->alarm->id, self->step->name, self->node);
}

// RFC 2047, in pieces of whole characters.
static void put_header(buf_t *out, const char *name, span_t text)
{
    buf_printf(out, "%s:", name);
    while (text.size > 0) {
        size_t piece = text.size < 42 ? text.size : 42;
        while (piece < text.size && (text.data[piece] & 0xc0) == 0x80)
            piece--;
        buf_put_text(out, " =?UTF-8?B?");
        buf_put_base64(out, span_of(text.data, piece));
        text = span_of(text.data + piece, text.size - piece);
        buf_put_text(out, text.size > 0 ? "?=\n" : "?=");
    }
    buf_put_text(out, "\n");
}

static void put_date(buf_t *out, int64_t ms)
{
    // Not strftime: the names are English in every language.
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
        "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\n", days[tm.tm_wday],
        tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
        tm.tm_sec);
}

void notice_text_mail(const notice_text_t *self, buf_t *out)
{
    buf_t text = {0};
    notice_text_line(self, &text);
    if (self->from[0])
        buf_printf(out, "From: %s\n", self->from);
    buf_printf(out, "To: %s\n", self->to->to);
    put_header(out, "Subject", buf_span(&text));
    put_date(out, self->alarm->at_ms);
    buf_put_text(out, "Message-ID: <");
    notice_text_key(self, out);
    buf_put_text(out,
        "@dabyl.invalid>\n"
        "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n");
    buf_clear(&text);
    notice_text_lines(self, &text);
    for (span_t rest = buf_span(&text); rest.size > 0;) {
        size_t piece = rest.size < 54 ? rest.size : 54;
        buf_put_base64(out, span_of(rest.data, piece));
        buf_put_text(out, "\n");
        rest = span_of(rest.data + piece, rest.size - piece);
    }
    buf_destroy(&text);
}

void notice_text_json(const notice_text_t *self, buf_t *out)
{
    buf_t text = {0};
    char at[TIME_TEXT];
    const alarm_t *alarm = self->alarm;
    writer_t to = writer_to(out);
    time_print(alarm->at_ms, at);
    writer_object(&to, NULL);
    writer_text(&to, "dabyl", "notice/v1");
    writer_text(&to, "id", alarm->id);
    writer_text(&to, "on", notify_ons[alarm->on]);
    writer_text(&to, "node", self->node);
    writer_text(&to, "at", at);
    if (alarm->number > 0)
        writer_integer(&to, "number", (int64_t)alarm->number);
    if (alarm->kind[0])
        writer_text(&to, "kind", alarm->kind);
    if (alarm->level >= 0)
        writer_integer(&to, "level", alarm->level);
    writer_bool(&to, "exercise", alarm->exercise);
    writer_bool(&to, "again", alarm_again(alarm, self->step));
    notice_text_lines(self, &text);
    writer_span(&to, "text", buf_span(&text));
    if (shows_content(self)) {
        writer_text(&to, "from", mail_text(self->document, "from"));
        writer_text(&to, "marking", mail_text(self->document, "marking"));
        writer_text(&to, "summary", mail_summary(self->document, self->language));
    }
    writer_end(&to);
    buf_destroy(&text);
}
