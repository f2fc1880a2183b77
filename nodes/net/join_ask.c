// join_ask - a connection for each question: there is nothing to keep.

#include "nodes/net/join_ask.h"

#include "lib/enrol/join.h"

#include <unistd.h>

enum { STEP_MS = 10000 };

static int take_answer(int fd, const join_keys_t *keys, buf_t *answer, cause_t *why)
{
    uint8_t length[JOIN_LENGTH];
    buf_t sealed = {0};
    if (tcp_read(fd, length, sizeof length, STEP_MS, why) != 0)
        return -1;
    const size_t size = join_take_length(length);
    if (size == 0)
        return cause_set(why, "its answer has a length that no answer has");
    buf_reserve(&sealed, size);
    int result = tcp_read(fd, sealed.data, size, STEP_MS, why);
    if (result == 0 && join_take_answer(keys, span_of(sealed.data, size), answer) != 0)
        result = cause_set(why, "its answer was changed on the way");
    buf_destroy(&sealed);
    return result;
}

static int converse(
    int fd, join_keys_t *keys, span_t request, buf_t *answer, cause_t *why)
{
    uint8_t hello[JOIN_HELLO];
    buf_t question = {0};
    if (tcp_read(fd, hello, sizeof hello, STEP_MS, why) != 0 ||
        join_take_hello(keys, hello, why) != 0)
        return -1;
    join_ask(keys, request, &question);
    int result = tcp_write(fd, buf_span(&question), STEP_MS, why);
    buf_destroy(&question);
    return result == 0 ? take_answer(fd, keys, answer, why) : -1;
}

static bool is_answer(const json_t *answer)
{
    static const char *const names[] = {"state", "vkey", "ca"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!json_is_string(json_object_get(answer, names[i])))
            return false;
    return true;
}

static json_t *read_answer(span_t text, cause_t *why)
{
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    if (is_answer(answer))
        return answer;
    json_decref(answer);
    (void)cause_set(why, "its answer cannot be read");
    return NULL;
}

json_t *join_ask_hub(const tcp_address_t *hub, span_t request, cause_t *why)
{
    join_keys_t keys;
    buf_t text = {0};
    json_t *answer = NULL;
    char name[TCP_HOST_MAX + 32];
    tcp_print(hub, name);
    int fd = tcp_dial(hub, STEP_MS, why);
    if (fd < 0)
        return NULL;
    join_keys_new(&keys);
    if (converse(fd, &keys, request, &text, why) == 0)
        answer = read_answer(buf_span(&text), why);
    if (!answer)
        (void)cause_prefix(why, "%s", name);
    join_keys_close(&keys);
    buf_destroy(&text);
    (void)close(fd);
    return answer;
}

const char *join_text(const json_t *answer, const char *name)
{
    const char *text = json_string_value(json_object_get(answer, name));
    return text ? text : "";
}

void join_digits_of(span_t request, const json_t *answer, char *out)
{
    join_digits(request, span_text(join_text(answer, "vkey")),
        span_text(join_text(answer, "ca")), out);
}
