#ifndef AIRCLASS_SERVER_DIRECTORY_DIRECTORY_H
#define AIRCLASS_SERVER_DIRECTORY_DIRECTORY_H

#include "server/store/store.h"

/* A role that somebody holds; codes as in store.h. */
struct directory_role {
    enum store_role role;
    const char *school;
    const char *klass;
};

struct directory_person {
    const char *id;     /* ours, for ever */
    const char *school; /* where they are at home; "": the district's office */
    const char *code;
    const struct directory_role *roles;
    size_t n_roles;
    const char *const *wards; /* ids of those they are a guardian of */
    size_t n_wards;
};

#endif
