// fuzz_target - what browsers ask for: whatever is taken has no step that leads
// elsewhere, and a cookie that is found is in its header.

#include "lib/base/text.h"
#include "web/http/target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_step(const char *step)
{
    if (!step[0] || strcmp(step, ".") == 0 || strcmp(step, "..") == 0 ||
        strpbrk(step, "/\\") || !text_is_line(span_text(step)) ||
        strlen(step) >= TARGET_STEP)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static target_t target;
    char cookie[65];
    span_t raw = span_of(data, size);
    if (target_parse(&target, raw)) {
        for (size_t i = 0; i < target.steps; i++)
            try_step(target.step[i]);
        for (size_t i = 0; i < target.pairs; i++)
            if (!text_is_line(span_text(target_query(&target, target.pair[i].name))))
                abort();
    }
    if (target_cookie(raw, "dabyl-7680", cookie, sizeof cookie) && cookie[0] &&
        !memmem(data, size, cookie, strlen(cookie)))
        abort();
    return 0;
}
