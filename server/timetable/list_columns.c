#include "server/timetable/list_columns.h"

#include <string.h>

#include "server/csv/head.h"

/* clang-format off: a table of texts of two widths */
static const struct {
    enum list_field field;
    const char *label;
    const char *names; /* as csv_fold() leaves them */
} columns[] = {
    {LIST_ID,       "编号 / id",             "编号|id"                                               },
    {LIST_SCHOOL,   "学校 / school",         "学校|学校编号|school|schoolid"                     },
    {LIST_CLASS,    "班级 / class",          "班级|班级编号|class|classes|classid"               },
    {LIST_TITLE,    "课程 / title",          "课程|科目|课程名称|title|subject"                },
    {LIST_LECTURER, "主讲教师 / lecturer", "主讲教师|教师|教师编号|工号|lecturer|teacher"},
    {LIST_WEEKDAY,  "星期 / weekday",        "星期|周几|weekday|day"                               },
    {LIST_DATE,     "日期 / date",           "日期|date"                                             },
    {LIST_START,    "开始 / start",          "开始|开始时间|上课|start"                        },
    {LIST_END,      "结束 / end",            "结束|结束时间|下课|end"                          },
    {LIST_LENGTH,   "时长 / minutes",        "时长|分钟|minutes|length"                            },
    {LIST_WEEKS,    "单双周 / weeks",       "单双周|weeks"                                         },
    {LIST_FROM,     "开始日期 / from",     "开始日期|起|from"                                   },
    {LIST_TO,       "结束日期 / to",       "结束日期|止|to"                                     },
    {LIST_KIND,     "类型 / kind",           "类型|kind"                                             },
    {LIST_PLACE,    "方式 / place",          "方式|place"                                            },
    {LIST_LINK,     "链接 / link",           "链接|网址|link|url"                                  },
};

static const struct {
    enum list_field field;
    int value;
    const char *words;
} words[] = {
    {LIST_WEEKDAY, 1,                    "1|一|星期一|周一|礼拜一|mon|monday"                     },
    {LIST_WEEKDAY, 2,                    "2|二|星期二|周二|礼拜二|tue|tuesday"                    },
    {LIST_WEEKDAY, 3,                    "3|三|星期三|周三|礼拜三|wed|wednesday"                  },
    {LIST_WEEKDAY, 4,                    "4|四|星期四|周四|礼拜四|thu|thursday"                   },
    {LIST_WEEKDAY, 5,                    "5|五|星期五|周五|礼拜五|fri|friday"                     },
    {LIST_WEEKDAY, 6,                    "6|六|星期六|周六|礼拜六|sat|saturday"                   },
    {LIST_WEEKDAY, 7,                    "7|日|天|星期日|星期天|周日|周天|礼拜天|sun|sunday"},
    {LIST_WEEKS,   TIMETABLE_EVERY_WEEK, "每周|every"                                                    },
    {LIST_WEEKS,   TIMETABLE_ODD_WEEKS,  "单|单周|odd"                                                  },
    {LIST_WEEKS,   TIMETABLE_EVEN_WEEKS, "双|双周|even"                                                 },
    {LIST_KIND,    POLICY_LECTURE,       "大班课|直播课|lecture"                                     },
    {LIST_KIND,    POLICY_SEMINAR,       "小班课|seminar"                                               },
    {LIST_KIND,    POLICY_QA,            "答疑|qa"                                                       },
    {LIST_KIND,    POLICY_MEETING,       "会议|meeting"                                                  },
    {LIST_KIND,    POLICY_REHEARSAL,     "试讲|rehearsal"                                                },
    {LIST_PLACE,   TIMETABLE_ONLINE,     "线上|online"                                                   },
    {LIST_PLACE,   TIMETABLE_AT_SCHOOL,  "线下|教室|atschool"                                          },
    {LIST_PLACE,   TIMETABLE_ELSEWHERE,  "外部|电视|elsewhere|tv"                                      },
};
/* clang-format on */

enum list_field list_field_of(const char *name)
{
    char folded[CSV_FOLDED_SIZE];
    csv_fold(folded, name);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (csv_is_one_of(folded, columns[i].names))
            return columns[i].field;
    }
    return LIST_FIELDS;
}

const char *list_field_name(enum list_field field)
{
    return columns[field].label;
}

bool list_word(enum list_field field, const char *text, int *out)
{
    char folded[CSV_FOLDED_SIZE];
    csv_fold(folded, text);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].field == field && csv_is_one_of(folded, words[i].words)) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

const struct message *list_message(enum list_reason reason)
{
    static const struct message messages[LIST_REASONS] = {
        [LIST_MISSING_COLUMN] = {"missing_column",   "缺少这一列",                                                                                            "this column is missing"             },
        [LIST_DOUBLE_COLUMN] = {"double_column",    "这一列出现了两次",                                                                                   "this column is there twice"         },
        [LIST_IGNORED_COLUMN] = {"ignored_column",   "用不到这一列，已忽略",
                                 "this column is not used: left out"                                                                                                                                    },
        [LIST_TOO_MANY] = {"too_many_rows",    "一次导入的行数太多",                                                                                "too many rows for one import"       },
        [LIST_EMPTY] = {"empty",            "不能为空",                                                                                               "may not be empty"                   },
        [LIST_BAD_WEEKDAY] = {"bad_weekday",      "星期应为 1 到 7，或如“星期一”",
                                 "a weekday is 1 to 7, or as in Monday"                                                                                                                                 },
        [LIST_BAD_DATE] = {"bad_date",         "没有这一天，日期如 2024-02-29",
                                 "no such day; a date is as in 2024-02-29"                                                                                                                              },
        [LIST_BAD_TIME] = {"bad_time",         "时间如 08:00",                                                                                            "a time is as in 08:00"              },
        [LIST_BAD_LENGTH] = {"bad_length",       "时长不对：一节课在同一天内结束",
                                 "a lesson has some minutes, and ends on its day"                                                                                                                       },
        [LIST_BAD_WEEKS] = {"bad_weeks",        "应为每周、单周或双周",                                                                             "every, odd or even"                 },
        [LIST_BAD_KIND] = {"bad_kind",         "应为大班课、小班课、答疑、会议或试讲",
                                 "lecture, seminar, qa, meeting or rehearsal"                                                                                                                           },
        [LIST_BAD_PLACE] = {"bad_place",        "应为线上、线下或外部",                                                                             "online, at school or elsewhere"     },
        [LIST_BAD_LINK] = {"bad_link",         "应为 http(s) 网址；外部课程必须有网址",
                                 "an http(s) address, which a lesson elsewhere must have"                                                                                                               },
        [LIST_TOO_MANY_CLASSES] = {"too_many_classes", "一行最多 512 个班",
                                 "at most 512 classes in a row"                                                                                                                                         },
        [LIST_WHICH_SCHOOL] = {"which_school",     "没有写明学校",                                                                                         "does not say which school"          },
        [LIST_OTHER_SCHOOL] = {"other_school",     "属于另一所学校，不能由这里修改",
                                 "belongs to another school: not to be changed from here"                                                                                                               },
        [LIST_UNKNOWN_CLASS] = {"unknown_class",    "没有这个班（别的学校的班写成“学校编号/班级”）",
                                 "no such class (one of another school is written SCHOOL/CLASS)"                                                                                                        },
        [LIST_UNKNOWN_TEACHER] = {"unknown_teacher",
                                 "没有这位教师（别的学校的教师写成“学校编号/工号”）",
                                 "no such teacher (one of another school is written SCHOOL/CODE)"                                                                                                       },
        [LIST_OTHERS] = {"others",           "不是本校的；别的学校的要由区县管理员导入",
                                 "not of this school: what is of another one is the district's to import"                                                                                               },
        [LIST_OTHERS_ROW] =
            {"others_row",       "这一行还有别的学校的班，要由区县管理员修改",
                                 "this row is for classes of other schools, too: the district's to change"                                                                                              },
        [LIST_LONG_ID] =
            {"long_id",          "学校和班级的编号太长，拼不成这一行的编号（最多 63 个字节），请自己写编号",
                                 "school and class are too long to make the row's id of (63 bytes at most): give it one"                                                                                },
        [LIST_DUPLICATE] = {"duplicate",        "编号与前面的一行重复",
                                 "this id was there before in another row"                                                                                                                              },
        [LIST_TEACHER_CLASH] = {"teacher_clash",    "教师时间冲突",
                                 "the teacher is in another lesson then"                                                                                                                                },
        [LIST_CLASS_CLASH] = {"class_clash",      "班级时间冲突",                                                                                         "the class is in another lesson then"},
    };
    return &messages[reason];
}
