// program - where the running program lies, so that what belongs to it is found beside
// it.

#ifndef LIB_SYS_PROGRAM_H
#define LIB_SYS_PROGRAM_H

#include <limits.h>

// Its folder, without a slash at the end; "" when the system does not say.
void program_folder(char out[PATH_MAX]);

#endif
