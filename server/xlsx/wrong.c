#include "server/xlsx/wrong.h"

/* clang-format off: a table of texts of two widths */
static const struct message messages[WRONGS] = {
    [WRONG_NOTHING] = {"fine",                  "没有问题",                                                                                            "nothing is wrong"},
    [WRONG_OLD] = {"old_workbook",          "这是旧版 Excel 的 .xls 文件，请另存为 .xlsx 或 CSV",
                       "this is an .xls of old Excel: please save it as .xlsx or CSV"                                                                                        },
    [WRONG_ENCRYPTED] = {"encrypted_workbook",    "工作簿设有密码，请去掉密码再导入",
                       "the workbook has a password: please save it without one"                                                                                             },
    [WRONG_ODS] = {"ods_workbook",          "这是 OpenDocument 文件（.ods），请另存为 .xlsx 或 CSV",
                       "this is an OpenDocument file (.ods): please save it as .xlsx or CSV"                                                                                 },
    [WRONG_BINARY] = {"binary_workbook",       "这是二进制工作簿（.xlsb），请另存为 .xlsx 或 CSV",
                       "this is a binary workbook (.xlsb): please save it as .xlsx or CSV"                                                                                   },
    [WRONG_OTHER] = {"no_workbook",           "这不是 Excel 工作簿，也不是 CSV 文件",
                       "this is neither an Excel workbook nor a CSV file"                                                                                                    },
    [WRONG_DAMAGED] =
        {"damaged_workbook",      "工作簿已损坏或不完整，请用 Excel 打开后重新保存",
                       "the workbook is damaged or incomplete: please open it in Excel and save it again"                                                                    },
    [WRONG_TOO_LARGE] =
        {"large_workbook",        "工作簿太大，请只保留名单所在的工作表，或另存为 CSV",
                       "the workbook is too large: please keep only the sheet with the list, or save it as CSV"                                                              },
    [WRONG_NO_SHEET] = {"no_sheet",              "工作簿里没有这个工作表，或者没有可见的工作表",
                       "the workbook has no such sheet, or none that can be seen"                                                                                            },
    [WRONG_DIGITS] =
        {"lost_digits",           "数字超过 15 位，Excel 已丢失后面的数位，请把这一列设为“文本”后重新填写",
                       "a number of more than 15 digits, of which Excel has lost the last: format the column as text and enter it again"                                     },
    [WRONG_ERROR] = {"error_cell",            "单元格里是错误值（如 #N/A），请更正",
                       "the cell holds an error (as #N/A): please correct it"                                                                                                },
    [WRONG_NO_VALUE] =
        {"formula_without_value", "公式没有计算结果，请用 Excel 打开后重新保存",
                       "a formula without a result: please open the workbook in Excel and save it again"                                                                     },
};
/* clang-format on */

const struct message *wrong_message(enum wrong wrong)
{
    return &messages[wrong < WRONGS ? wrong : WRONG_NOTHING];
}
