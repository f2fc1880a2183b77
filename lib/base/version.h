// version - of the programs; formats have versions of their own.

#ifndef LIB_BASE_VERSION_H
#define LIB_BASE_VERSION_H

#define DABYL_VERSION "0.1.0"

#endif
