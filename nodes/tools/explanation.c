// explanation - the node answers {"error": ...} where there is no verdict: the hub is
// away.  A refusal by the node names its field `pointer`, one by the hub `field`.

#include "nodes/tools/explanation.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/refused.h"
#include "nodes/inbox/routes.h"
#include "nodes/net/ask.h"

#include <string.h>

static json_t *read_answer(span_t text, cause_t *why)
{
    json_error_t error;
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, &error);
    const char *said = mail_text(answer, "error");
    if (!answer)
        (void)cause_set(why, "the node's answer is not JSON: %s", error.text);
    else if (mail_text(answer, "verdict")[0])
        return answer;
    else
        (void)cause_set(why, "%s", said[0] ? said : "the node gave no verdict");
    json_decref(answer);
    return NULL;
}

json_t *explanation_ask(
    const char *node, span_t document, int64_t timeout_ms, cause_t *why)
{
    buf_t request = {0}, text = {0};
    char control[PATH_MAX];
    json_t *answer = NULL;
    node_path(node, NODE_CONTROL, control);
    buf_put_text(&request, "explain\n");
    buf_put_span(&request, document);
    if (ask(control, buf_span(&request), timeout_ms, &text, why) == 0)
        answer = read_answer(buf_span(&text), why);
    buf_destroy(&request);
    buf_destroy(&text);
    return answer;
}

bool explanation_accepts(const json_t *verdict)
{
    return strcmp(mail_text(verdict, "verdict"), "accept") == 0;
}

void explanation_print(const json_t *verdict, FILE *out)
{
    if (explanation_accepts(verdict)) {
        screen_paint(out, PAINT_GOOD, "%s", say("would be accepted"));
        fprintf(out, "  (%s)\n", say("nothing was sent"));
        routes_print(verdict, ROUTES_ASKED, out);
    } else {
        screen_paint(out, PAINT_BAD, "%s", say("would be REFUSED"));
        fputc('\n', out);
        refused_print(verdict, out);
    }
}

const char *explanation_field(const json_t *verdict)
{
    const char *field = mail_text(verdict, "field");
    return field[0] ? field : mail_text(verdict, "pointer");
}
