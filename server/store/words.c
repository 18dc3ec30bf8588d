#include <errno.h>
#include <string.h>

#include "server/store/store.h"

static const struct role_row {
    const char *name;
    enum store_place_kind place;
} roles[] = {
    [STORE_DISTRICT_ADMIN] = {"district_admin", STORE_DISTRICT},
    [STORE_SCHOOL_ADMIN] = {"school_admin",   STORE_SCHOOL  },
    [STORE_HOMEROOM] = {"homeroom",       STORE_CLASS   },
    [STORE_LECTURER] = {"lecturer",       STORE_SCHOOL  },
    [STORE_TUTOR] = {"tutor",          STORE_CLASS   },
    [STORE_STUDENT] = {"student",        STORE_CLASS   },
    [STORE_GUARDIAN] = {"guardian",       STORE_NOWHERE },
    [STORE_PATROL_SCHOOL] = {"patrol_school",  STORE_SCHOOL  },
    [STORE_PATROL_COUNTY] = {"patrol_county",  STORE_DISTRICT},
    [STORE_PATROL_CITY] = {"patrol_city",    STORE_DISTRICT},
    [STORE_REPORTER] = {"reporter",       STORE_SCHOOL  },
};

enum { ROLES = sizeof(roles) / sizeof(*roles) };

static const struct role_row *row_of(enum store_role role)
{
    size_t i = (size_t)role;
    return i < ROLES && roles[i].name ? &roles[i] : NULL;
}

const char *store_role_name(enum store_role role)
{
    const struct role_row *row = row_of(role);
    return row ? row->name : NULL;
}

int store_role_parse(const char *name, enum store_role *out)
{
    for (size_t i = 1; i < ROLES; i++) {
        if (strcmp(roles[i].name, name) == 0) {
            *out = (enum store_role)i;
            return 0;
        }
    }
    return -EINVAL;
}

enum store_place_kind store_role_place(enum store_role role)
{
    const struct role_row *row = row_of(role);
    return row ? row->place : STORE_NOWHERE;
}
