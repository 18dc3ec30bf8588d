#include <stddef.h>
#include <strings.h>

#include "server/roster/impl.h"

/* The first name of each of ours is our own. */
static const struct role_word role_words[] = {
    {"student",         ROLE_OURS,     ROSTER_STUDENT },
    {"homeroom",        ROLE_OURS,     ROSTER_HOMEROOM},
    {"tutor",           ROLE_OURS,     ROSTER_TUTOR   },
    {"lecturer",        ROLE_OURS,     ROSTER_LECTURER},
    {"学生",          ROLE_OURS,     ROSTER_STUDENT },
    {"班主任",       ROLE_OURS,     ROSTER_HOMEROOM},
    {"辅导教师",    ROLE_OURS,     ROSTER_TUTOR   },
    {"主讲教师",    ROLE_OURS,     ROSTER_LECTURER},
    {"任课教师",    ROLE_OURS,     ROSTER_TUTOR   },
    {"pupil",           ROLE_OURS,     ROSTER_STUDENT },
    {"teacher",         ROLE_TEACHER,  ROSTER_TUTOR   },
    {"教师",          ROLE_TEACHER,  ROSTER_TUTOR   },
    {"老师",          ROLE_TEACHER,  ROSTER_TUTOR   },
    {"administrator",   ROLE_BY_HAND,  0              },
    {"aide",            ROLE_BY_HAND,  0              },
    {"guardian",        ROLE_GUARDIAN, 0              },
    {"parent",          ROLE_GUARDIAN, 0              },
    {"relative",        ROLE_GUARDIAN, 0              },
    {"家长",          ROLE_GUARDIAN, 0              },
    {"监护人",       ROLE_GUARDIAN, 0              },
    {"proctor",         ROLE_BY_HAND,  0              },
    {"district_admin",  ROLE_BY_HAND,  0              },
    {"school_admin",    ROLE_BY_HAND,  0              },
    {"patrol",          ROLE_BY_HAND,  0              },
    {"reporter",        ROLE_BY_HAND,  0              },
    {"管理员",       ROLE_BY_HAND,  0              },
    {"区县管理员", ROLE_BY_HAND,  0              },
    {"学校管理员", ROLE_BY_HAND,  0              },
    {"巡课",          ROLE_BY_HAND,  0              },
    {"校级巡课",    ROLE_BY_HAND,  0              },
    {"县级巡课",    ROLE_BY_HAND,  0              },
    {"市级巡课",    ROLE_BY_HAND,  0              },
    {"patrol_school",   ROLE_BY_HAND,  0              },
    {"patrol_county",   ROLE_BY_HAND,  0              },
    {"patrol_city",     ROLE_BY_HAND,  0              },
    {"信息员",       ROLE_BY_HAND,  0              },
};

enum { ROLE_WORDS = sizeof(role_words) / sizeof(role_words[0]) };

const char *roster_role_name(enum roster_role role)
{
    for (size_t i = 0; i < ROSTER_ROLES; i++) {
        if (role_words[i].role == role)
            return role_words[i].word;
    }
    return "";
}

const char *role_label(enum roster_role role, enum language language)
{
    for (size_t i = ROSTER_ROLES; language == LANGUAGE_ZH && i < ROLE_WORDS; i++) {
        if (role_words[i].role == role)
            return role_words[i].word;
    }
    return roster_role_name(role);
}

const struct role_word *role_word_find(const char *raw)
{
    for (size_t i = 0; i < ROLE_WORDS; i++) {
        if (strcasecmp(raw, role_words[i].word) == 0)
            return &role_words[i];
    }
    return NULL;
}
