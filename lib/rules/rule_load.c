// rule_load - an empty list is a mistake: whoever wants nothing leaves the key out.

#include "lib/rules/rule_load.h"

int load_list(
    const load_t *self, const char *key, const char *example, int most, const char *what)
{
    const config_setting_t *at = member_of(self, key);
    if (at == NULL)
        return 0;
    if (!config_setting_is_list(at))
        return complain(self, at, "%s must be a list ( %s, ... )", key, example);
    int n = config_setting_length(at);
    return n >= 1 && n <= most
               ? n
               : complain(self, at, "%s must have 1 to %d %s", key, most, what);
}
