// duty_answer - looks in the log for what meets a duty, beside what is said now.

#ifndef HUB_STATE_DUTY_ANSWER_H
#define HUB_STATE_DUTY_ANSWER_H

#include "lib/rules/duty.h"
#include "lib/rules/require.h"

// The newest message that stands and meets the duty, of those that name its message or a
// correction of it.  It costs what there is of this kind about that message.
bool duty_answer_find(const duty_t *duty, const precedents_t *log, leaf_t *answer);

#endif
