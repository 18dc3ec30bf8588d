#include <errno.h>
#include <string.h>

#include "server/csv/head.h"
#include "server/table/impl.h"

/* What sums stand behind, in the first cell of their row; folded. */
static const char sums[] = "合计|总计|共计|小计|备注|total";
/* What all cells of a row begin with that is not of the table. */
static const char *const remarks[] = {"合计", "总计", "共计",  "小计",  "总人数", "备注",   "注：",
                                      "注:",  "说明", "填表",  "制表",  "审核",   "负责人", "校长",
                                      "盖章", "日期", "Total", "total", "Note",   "note",   NULL};

/* ---- above ---- */

static bool is_other(const struct table *t, size_t one, const struct csv_row *row)
{
    return !ahead_is_same(&t->ahead[(t->first + one) % TABLE_AHEAD_MAX], row);
}

static void take_names(const struct table *t, size_t i, const struct csv_row *row,
                       enum table_names are, struct table_head *head)
{
    uint64_t before = head->are == TABLE_SOME_NAMES ? head->row : 0;
    if (are > head->are)
        *head = (struct table_head){.above = i, .row = row->at.row, .rival = before, .are = are};
    else if (are == TABLE_ALL_NAMES && !head->rival && is_other(t, head->above, row))
        head->rival = row->at.row;
}

int table_find_head(struct table *t, table_names_fn *names, void *arg, struct table_head *out)
{
    struct csv_row row = {.n = 0};
    int err = 0;
    *out = (struct table_head){.are = TABLE_NO_NAMES};
    for (size_t i = 0; i < TABLE_AHEAD_MAX && err != -ENODATA; i++) {
        err = table_peek(t, i, &row);
        if (err == -ENOMEM)
            return err;
        if (!err)
            take_names(t, i, &row, names(arg, &row), out);
    }
    err = table_peek(t, out->above, &row);
    if (err)
        return err == -ENOMEM ? err : 0;
    out->row = row.at.row;
    return ahead_keep(&t->head, &row);
}

/* ---- below ---- */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

static bool begins_with_remark(const char *text)
{
    for (size_t i = 0; remarks[i]; i++) {
        if (strncmp(text, remarks[i], strlen(remarks[i])) == 0)
            return true;
    }
    return false;
}

/* Sums have numbers beside them, which in the wrong column would pass for names. */
static bool is_below(const struct csv_row *row)
{
    bool is_first = true;
    for (size_t i = 0; i < row->n; i++) {
        const char *text = skip_blanks(row->field[i]);
        if (!*text)
            continue;
        if (!begins_with_remark(text))
            return false;
        char folded[CSV_FOLDED_SIZE];
        csv_fold(folded, text);
        if (is_first && csv_is_one_of(folded, sums))
            return true;
        is_first = false;
    }
    return !is_first;
}

enum table_sort table_sort_of(const struct table *t, const struct csv_row *row)
{
    if (ahead_is_same(&t->head, row))
        return TABLE_HEAD_AGAIN;
    return is_below(row) ? TABLE_BELOW : TABLE_DATA;
}

/* ---- what is said of it ---- */

const struct message *table_message(enum table_remark remark)
{
    static const struct message messages[TABLE_REMARKS] = {
        [TABLE_IS_TITLE] = {"title_row",      "列名之上的一行，当作标题略过",
                            "above the names of the columns, taken for a title: left out"                                              },
        [TABLE_IS_HEAD_AGAIN] = {"head_again",     "又是列名，略过",
                            "the names of the columns again: left out"                                                                 },
        [TABLE_IS_BELOW] = {"below_table",    "合计、备注一类的行，略过",
                            "a sum or a remark: left out"                                                                              },
        [TABLE_IS_RIVAL] =
            {"two_heads",      "这一行也像列名，分不清哪一行才是；请只留一行列名",
                            "this row could name the columns as well as one before: please leave only one of them"                     },
        [TABLE_IS_HIDDEN] = {"hidden_sheet",   "这个工作表是隐藏的，没有读",
                            "this sheet is hidden: left out"                                                                           },
        [TABLE_IS_NONE] = {"no_table",       "这个工作表里没有名单，没有读",
                            "there is no list in this sheet: left out"                                                                 },
        [TABLE_IS_PARTIAL] =
            {"partial_list",   "如果这个工作表不是名单，请在 Excel 里把它隐藏，或只选要读的工作表",
                            "if this sheet is no list, hide it in Excel, or choose the sheet that is"                                  },
        [TABLE_IS_CLASS] = {"class_by_sheet", "没有班级列，工作表名就是班级",
                            "there is no column for the class: the sheet is called like one"                                           },
        [TABLE_IS_NOBODYS] =
            {"no_class",       "没有班级列，工作表名也不是这所学校的班级：只导入人员，没有编班",
                            "there is no column for the class, nor is the sheet called like one of this school: people without a class"},
    };
    return &messages[remark];
}
