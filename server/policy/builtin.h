#ifndef AIRCLASS_SERVER_POLICY_BUILTIN_H
#define AIRCLASS_SERVER_POLICY_BUILTIN_H

/* config/policy.conf as it was when the program was built. Private to this folder. */
extern const char policy_builtin[];
extern const char policy_builtin_end[];

#endif
