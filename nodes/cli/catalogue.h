// catalogue - for tools it is part of how they speak.

#ifndef NODES_CLI_CATALOGUE_H
#define NODES_CLI_CATALOGUE_H

#include "lib/base/catalogue.h"

#endif
