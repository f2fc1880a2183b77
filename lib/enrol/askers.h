// askers - how many newcomers' requests nobody has looked at, by the names of files
// alone: what strangers wrote into them is not read for that.

#ifndef LIB_ENROL_ASKERS_H
#define LIB_ENROL_ASKERS_H

#include "lib/enrol/joins.h"

// Of those that have not expired; 0 where there is no folder, or it cannot be read.
size_t askers_count(const joins_limits_t *limits, int64_t now_ms);

#endif
