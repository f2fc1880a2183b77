// hub_ask - see the header.

#include "nodes/upkeep/hub_ask.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/tlog/operator.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/net/ask.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

const char *hub_folder(const char *named, cause_t *why)
{
    const char *hub = named ? named : getenv("DABYL_HUB");
    if (!hub && access("hub.conf", F_OK) == 0)
        hub = ".";
    if (!hub)
        cause_set(why, "which hub?  Name its folder, or set DABYL_HUB");
    return hub;
}

int hub_conf_read(const char *hub, hub_options_t *conf, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, hub, "hub.conf", why) != 0)
        return -1;
    return conf_read(hub_options_table, path, conf, why);
}

done_t hub_ask_text(const call_t *call, const char *named, const char *request,
    int64_t wait_ms, buf_t *answer)
{
    cause_t why;
    hub_options_t conf;
    const char *hub = hub_folder(named, &why);
    if (!hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(hub, &conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    int result = ask(conf.control, span_text(request), wait_ms, answer, &why);
    conf_free(hub_options_table, &conf);
    return result == 0 ? DONE_OK : call_fail(call, DONE_UNREACHABLE, "%s", why.text);
}

done_t hub_ask(const call_t *call, const char *named, const char *request,
    int64_t wait_ms, json_t **answer)
{
    buf_t text = {0};
    done_t done = hub_ask_text(call, named, request, wait_ms, &text);
    if (done == DONE_OK)
        *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    buf_destroy(&text);
    if (done != DONE_OK)
        return done;
    return *answer ? DONE_OK : call_fail(call, DONE_NO, "the hub's answer is not JSON");
}

static done_t fail(const call_t *call, const char *refused, const char *text)
{
    buf_t told = {0};
    retell_put(&told, text);
    done_t done = call_fail(call, DONE_NO, "%s%s%s", refused ? say(refused) : "",
        refused ? ": " : "", buf_text(&told));
    buf_destroy(&told);
    return done;
}

done_t hub_order(const call_t *call, const char *named, const char *request,
    int64_t wait_ms, const char *refused, const char *done_text)
{
    json_t *answer = NULL;
    done_t done = hub_ask(call, named, request, wait_ms, &answer);
    if (done != DONE_OK)
        return done;
    const char *text = json_string_value(json_object_get(answer, "text"));
    if (!json_is_true(json_object_get(answer, "ok")))
        done = fail(call, refused, text ? text : MARK("no reason given"));
    else if (call->common.json)
        screen_json(stdout, answer);
    else
        puts(say(done_text));
    json_decref(answer);
    return done;
}

// A line that does not fit is refused, never cut.
static int take(const char *text, const char *what, char *out, size_t room, cause_t *why)
{
    if (!text || (text_is_line(span_text(text)) && text_copy(span_text(text), out, room)))
        return 0;
    return cause_set(why,
        "%s: it has to be a line of at most %zu bytes without control characters", what,
        room - 1);
}

int hub_act_print(const hub_act_t *self, buf_t *out, cause_t *why)
{
    operation_t operation = {0};
    if (operator_name(self->as, operation.by, why) != 0 ||
        take(self->act, "act", operation.act, sizeof operation.act, why) != 0 ||
        take(self->to, self->to, operation.to, sizeof operation.to, why) != 0 ||
        take(self->reason, "--reason", operation.reason, sizeof operation.reason, why) !=
            0)
        return -1;
    buf_printf(out, "%s\n", self->line);
    operation_put(&operation, out);
    if (self->rest)
        buf_put_text(out, self->rest);
    return 0;
}

int hub_answered(span_t text, cause_t *why)
{
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    const char *reason = json_string_value(json_object_get(answer, "text"));
    int result =
        json_is_true(json_object_get(answer, "ok"))
            ? 0
            : cause_set(why, "%s", reason ? reason : "the hub's answer is not JSON");
    json_decref(answer);
    return result;
}

done_t hub_act(const call_t *call, const char *named, const hub_act_t *act,
    int64_t wait_ms, const char *refused, const char *done_text)
{
    cause_t why;
    buf_t request = {0};
    if (hub_act_print(act, &request, &why) != 0) {
        buf_destroy(&request);
        return call_fail(call, DONE_USAGE, "%s", why.text);
    }
    buf_put_u8(&request, 0);
    done_t done =
        hub_order(call, named, (const char *)request.data, wait_ms, refused, done_text);
    buf_destroy(&request);
    return done;
}
