#include "server/roster/columns.h"

#include <stdio.h>
#include <string.h>

#include "server/csv/head.h"

/* Names as csv_fold() leaves them: what we write in either language, and others between bars. */
struct column {
    enum roster_kind kind;
    enum field field;
    bool is_required;
    const char *zh;
    const char *en;
    const char *others;
};

/* clang-format off: a table of texts of two widths */
static const struct column columns[] = {
    {ROSTER_SCHOOL,   FIELD_SCHOOL,    true,  "学校编号",    "schoolid",        "学校代码|sourcedid"                                 },
    {ROSTER_SCHOOL,   FIELD_NAME,      true,  "学校名称",    "schoolname",      "学校|校名|name"                                     },
    {ROSTER_SCHOOL,   FIELD_STATUS,    false, "状态",          "status",          ""                                                       },
    {ROSTER_SCHOOL,   FIELD_TYPE,      false, "类型",          "type",            ""                                                       },

    {ROSTER_CLASS,    FIELD_SCHOOL,    false, "学校",          "school",
     "学校编号|学校代码|学校名称|schoolid|schoolsourcedid"                                                                       },
    {ROSTER_CLASS,    FIELD_CLASS,     true,  "班级编号",    "classid",         "班号|班级代码|sourcedid"                          },
    {ROSTER_CLASS,    FIELD_NAME,      true,  "班级名称",    "classname",       "班级|班名|title"                                    },
    {ROSTER_CLASS,    FIELD_GRADE,     false, "年级",          "grade",           "grades"                                                 },
    {ROSTER_CLASS,    FIELD_STATUS,    false, "状态",          "status",          ""                                                       },

    {ROSTER_PERSON,   FIELD_HOME,      false, "学校",          "school",
     "学校编号|学校代码|学校名称|schoolid|orgsourcedids"                                                                         },
    {ROSTER_PERSON,   FIELD_CLASS,     false, "班级",          "class",
     "班级编号|班号|班级代码|班级名称|所在班级|classid"                                                                    },
    {ROSTER_PERSON,   FIELD_PERSON,    true,  "编号",          "personid",
     "学号|工号|学生编号|studentid|teacherid|id|sourcedid"                                                                           },
    {ROSTER_PERSON,   FIELD_NAME,      true,  "姓名",          "name",            "学生姓名|教师姓名|学生|教师|名字|fullname"},
    {ROSTER_PERSON,   FIELD_FAMILY,    true,  "姓",             "familyname",      "lastname"                                               },
    {ROSTER_PERSON,   FIELD_GIVEN,     true,  "名",             "givenname",       "firstname"                                              },
    {ROSTER_PERSON,   FIELD_ROLE,      false, "角色",          "role",            "身份"                                                 },
    {ROSTER_PERSON,   FIELD_AGENTS,    false, "关联人编号", "agentsourcedids", "agents"                                                 },
    {ROSTER_PERSON,   FIELD_STATUS,    false, "状态",          "status",          ""                                                       },

    {ROSTER_ROLE,     FIELD_SCHOOL,    false, "学校",          "school",
     "学校编号|学校代码|学校名称|schoolid|schoolsourcedid"                                                                       },
    {ROSTER_ROLE,     FIELD_CLASS,     true,  "班级",          "class",
     "班级编号|班号|班级代码|班级名称|所在班级|classid|classsourcedid"                                                     },
    {ROSTER_ROLE,     FIELD_HOME,      false, "人员学校",    "homeschool",      ""                                                       },
    {ROSTER_ROLE,     FIELD_PERSON,    true,  "编号",          "personid",
     "学号|工号|学生编号|studentid|teacherid|usersourcedid"                                                                          },
    {ROSTER_ROLE,     FIELD_ROLE,      true,  "角色",          "role",            "身份"                                                 },
    {ROSTER_ROLE,     FIELD_PRIMARY,   false, "首要",          "primary",         ""                                                       },
    {ROSTER_ROLE,     FIELD_STATUS,    false, "状态",          "status",          ""                                                       },

    {ROSTER_GUARDIAN, FIELD_SCHOOL,    false, "学校",          "school",          "学校编号|学校代码|学校名称|schoolid"        },
    {ROSTER_GUARDIAN, FIELD_WARD,      true,  "学号",          "studentid",       "学生编号|学生学号|编号|pupilid"               },
    {ROSTER_GUARDIAN, FIELD_WARD_NAME, false, "学生姓名",    "studentname",
     "姓名|学生|pupilname|name"                                                                                                          },
    {ROSTER_GUARDIAN, FIELD_HOME,      false, "家长学校",    "guardianschool",  ""                                                       },
    {ROSTER_GUARDIAN, FIELD_PERSON,    false, "家长编号",    "guardianid",
     "监护人编号|家长代码|parentid"                                                                                                 },
    {ROSTER_GUARDIAN, FIELD_NAME,      true,  "家长姓名",    "guardianname",
     "家长|监护人|监护人姓名|parent|parentname|guardian"                                                                           },
    {ROSTER_GUARDIAN, FIELD_RELATION,  false, "关系",          "relation",
     "与学生关系|亲属关系|家庭关系|称谓|relationship"                                                                         },
    {ROSTER_GUARDIAN, FIELD_STATUS,    false, "状态",          "status",          ""                                                       },
};
/* clang-format on */

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* Parts of names under which lists keep what we never do. "学籍号" is a G and the identity card. */
static const char *const private_parts[] = {
    "电话", "手机",  "联系方式", "地址",   "住址",  "户口",     "户籍", "身份证", "证件",
    "学籍", "邮箱",  "微信",     "qq",     "出生",  "生日",     "民族", "phone",  "mobile",
    "sms",  "email", "address",  "idcard", "birth", "password", "密码", NULL};

/* Of OneRoster's courses and academicSessions, which else look like classes. */
static const char *const not_needed[] = {"coursecode", "startdate", NULL};

static bool is_called(const struct column *c, const char *folded)
{
    return strcmp(folded, c->zh) == 0 || strcmp(folded, c->en) == 0 ||
           csv_is_one_of(folded, c->others);
}

static const struct column *column_find(enum roster_kind kind, const char *folded)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].kind == kind && is_called(&columns[i], folded))
            return &columns[i];
    }
    return NULL;
}

static bool is_private(const char *folded)
{
    for (size_t i = 0; private_parts[i]; i++) {
        if (strstr(folded, private_parts[i]))
            return true;
    }
    return false;
}

static bool has_name(const struct csv_row *head, const char *const *names)
{
    for (size_t i = 0; i < head->n; i++) {
        char folded[CSV_FOLDED_SIZE];
        csv_fold(folded, head->field[i]);
        for (size_t k = 0; names[k]; k++) {
            if (strcmp(folded, names[k]) == 0)
                return true;
        }
    }
    return false;
}

/* The columns of a list of that kind; how many there are. */
static size_t match(struct sheet *out, enum roster_kind kind, const struct csv_row *head)
{
    size_t found = 0;
    *out = (struct sheet){.kind = kind, .n = (uint32_t)head->n};
    for (size_t i = 0; i < head->n; i++) {
        char folded[CSV_FOLDED_SIZE];
        csv_fold(folded, head->field[i]);
        const struct column *c = column_find(kind, folded);
        if (c && out->column[c->field] == 0) {
            out->column[c->field] = (uint32_t)i + 1;
            found++;
        }
    }
    return found;
}

/* The first field that it lacks and can't do without; FIELDS: none. A name may be in two parts. */
static enum field missing_field(const struct sheet *s)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const struct column *c = &columns[i];
        if (c->kind != s->kind || !c->is_required || s->column[c->field])
            continue;
        bool is_whole = s->kind == ROSTER_PERSON && s->column[FIELD_NAME];
        bool is_parted = s->column[FIELD_FAMILY] && s->column[FIELD_GIVEN];
        bool is_part = c->field == FIELD_FAMILY || c->field == FIELD_GIVEN;
        if ((is_part && is_whole) || (c->field == FIELD_NAME && is_parted))
            continue;
        return c->field;
    }
    return FIELDS;
}

/* The kind of which all columns are there that it needs, and most in all; else, where `is_whole` is
 * false, the one of which most are. */
static size_t best_match(struct sheet *out, const struct csv_row *head, bool is_whole)
{
    size_t best = 0;
    for (int kind = 0; kind < ROSTER_KINDS; kind++) {
        struct sheet s;
        size_t found = match(&s, (enum roster_kind)kind, head);
        if (found > best && (!is_whole || missing_field(&s) == FIELDS)) {
            best = found;
            *out = s;
        }
    }
    return best;
}

/* Guardians in a list of pupils, who want a list of their own: with the class left out, or the
 * relation told, it would be one. */
static bool is_of_guardians(const struct sheet *s, const char *folded)
{
    const struct column *c = column_find(ROSTER_GUARDIAN, folded);
    return s->kind == ROSTER_PERSON && c && c->field == FIELD_NAME;
}

/* What is there and not taken; false: that can't be. */
static bool check_columns(const struct sheet *s, const struct csv_row *head, column_note_fn *note,
                          void *arg)
{
    bool is_fine = true;
    for (size_t i = 0; i < head->n; i++) {
        char folded[CSV_FOLDED_SIZE];
        uint32_t column = (uint32_t)i + 1;
        csv_fold(folded, head->field[i]);
        const struct column *c = column_find(s->kind, folded);
        if (c && s->column[c->field] == column)
            continue;
        if (c)
            note(arg, ROSTER_DOUBLE_COLUMN, column, head->field[i]);
        else if (is_of_guardians(s, folded))
            note(arg, ROSTER_GUARDIANS_LEFT, column, head->field[i]);
        else if (is_private(folded))
            note(arg, ROSTER_PRIVATE_COLUMN, column, head->field[i]);
        else if (folded[0])
            note(arg, ROSTER_IGNORED_COLUMN, column, head->field[i]);
        is_fine &= !c;
    }
    return is_fine;
}

enum roster_reason sheet_read(struct sheet *out, const struct csv_row *head, column_note_fn *note,
                              void *arg)
{
    static const char *const oneroster[] = {"sourcedid", NULL};
    if (has_name(head, not_needed))
        return ROSTER_NOT_NEEDED;
    if (best_match(out, head, true) > 0)
        return check_columns(out, head, note, arg) ? ROSTER_FINE : ROSTER_DOUBLE_COLUMN;
    if (has_name(head, oneroster))
        return ROSTER_NOT_NEEDED;
    if (best_match(out, head, false) < 2)
        return ROSTER_UNKNOWN_FILE;
    enum field lacks = missing_field(out);
    char names[CSV_VALUE_SIZE];
    snprintf(names, sizeof(names), "%s / %s", field_name(out->kind, lacks, LANGUAGE_ZH),
             field_name(out->kind, lacks, LANGUAGE_EN));
    note(arg, ROSTER_MISSING_COLUMN, 0, names);
    return ROSTER_MISSING_COLUMN;
}

static void say_nothing(void *arg, enum roster_reason reason, uint32_t column, const char *name)
{
    (void)arg;
    (void)reason;
    (void)column;
    (void)name;
}

enum table_names sheet_names(void *arg, const struct csv_row *row)
{
    struct sheet sheet;
    (void)arg;
    switch (sheet_read(&sheet, row, say_nothing, NULL)) {
    case ROSTER_UNKNOWN_FILE: return TABLE_NO_NAMES;
    case ROSTER_MISSING_COLUMN: return TABLE_SOME_NAMES;
    default: return TABLE_ALL_NAMES;
    }
}

const char *field_name(enum roster_kind kind, enum field field, enum language language)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].kind == kind && columns[i].field == field)
            return language == LANGUAGE_ZH ? columns[i].zh : columns[i].en;
    }
    return NULL;
}
